"""Summaries as a whole: what has no case, what is unknown, tokens; and that they can be typed back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given

from lksig.schema.grammar import parse_line
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_of
from lksig.wire.events import DecodeError, Message, Reading
from tests.support.messages import envelopes
from tests.support.readings import frame, message
from tests.support.samples import TOKEN
from tests.support.telling import request, response, summaries, tell


def test_a_frame_that_does_not_decode_shows_where_and_its_first_bytes() -> None:
    assert tell(frame(b"\x0a\x05abc")).startswith("does not decode at byte ")
    long = tell(frame(b"\x0a" + b"\xff" * 40))
    assert long.endswith(f" · 0a{'ff' * 15}…")


def test_a_frame_without_bytes_or_offset_says_only_why() -> None:
    broken = Message(0, TO_CLIENT, b"", None, None, by="server", error=DecodeError("odd \x1b", None))
    assert tell(Reading(broken, n=1)) == "does not decode: odd \\x1b"


def test_no_token_is_among_the_bytes_that_are_shown() -> None:
    assert TOKEN[:10].encode().hex() not in tell(frame(b"\x82" + TOKEN.encode()))


def test_an_envelope_without_a_case() -> None:
    assert tell(frame(b"")) == "empty envelope"
    assert tell(frame(b"\x9a\x06\x02hi")) == "unknown: field 99 bytes"
    assert tell(frame(b"\x98\x06\x05")) == "unknown: field 99 varint 5"


def test_unknown_fields_follow_the_known_ones() -> None:
    assert tell(frame(b"\x4a\x08\x0a\x04TR_x\x78\x05")) == "sid=TR_x muted=false · unknown: mute field 15 varint 5"
    assert tell(frame(b"\x62\x02\x78\x05", TO_SERVER)) == "unknown: sync_state field 15 varint 5"
    many = tell(frame(b"\x4a\x14" + b"\x78\x05" * 10))
    assert many.endswith("mute field 15 varint 5, +2 more")


def test_unknown_keys_of_text_frames_are_harmless() -> None:
    told = tell(frame(b'{"mute":{"\\u001b[31m":1}}', encoding="json"))
    assert told == "muted=false · unknown: mute field \\x1b[31m json 1"


def test_a_bare_number_is_its_own_summary() -> None:
    assert request("ping", 1_732_444_800_000) == "1732444800000"


def test_a_token_is_explained() -> None:
    told = response("refresh_token")
    assert told.startswith("[jwt ")
    assert told.endswith("] probe in standup, expires 20:34:05Z (6 h)")
    assert tell(message(TO_CLIENT, "refresh_token"), show=True).startswith(f"{TOKEN} probe in standup")


def test_of_a_hidden_token_nothing_is_said() -> None:
    assert response("refresh_token", "[jwt 4f3a9c1e]") == "[jwt 4f3a9c1e]"


def test_what_is_no_token_is_said_to_be_none() -> None:
    assert response("refresh_token", "hush-hush").endswith("] no access token")
    assert "hush" not in response("refresh_token", "hush-hush")


@pytest.mark.parametrize("case", ["update", "speakers_changed", "connection_quality"])
def test_the_readers_words_come_from_one_place(case: str) -> None:
    told = summaries()
    assert told.text(message(TO_CLIENT, case)) == told.text(message(TO_CLIENT, case))


HAND_WRITTEN = {"offer", "answer", "trickle", "sync_state"}
"""Their lines tell what is inside a text; that cannot be typed back."""


class NoInputs:
    """The grammar needs nothing from outside here."""

    def now_ms(self) -> int:
        raise AssertionError

    def read_file(self, name: str) -> bytes:
        raise AssertionError(name)


@given(envelopes(TO_SERVER))
def test_the_words_of_a_request_can_be_typed_back(sample: tuple[Direction, Any]) -> None:
    way, any_envelope = sample
    case = case_of(any_envelope)
    told = tell(frame(any_envelope.SerializeToString(), way), show=True)
    assume(case not in HAND_WRITTEN and "×" not in told and " B)" not in told)
    (typed,) = parse_line(f"{case} {told}", NoInputs())
    assert typed.build().SerializeToString(deterministic=True) == any_envelope.SerializeToString(deterministic=True)
