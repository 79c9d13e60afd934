"""What the user gave as a secret is hidden in the middle of messages, as a recording hides it, and nothing else is."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.format_v1 import record_line
from lksig.recording.format_v1_lines import LineReader
from lksig.recording.redact import Redactor
from lksig.render.cover import Cover, covered
from lksig.render.json_lines import JsonLines
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, message_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Encoding, Http, Message, Note, Reading, Start
from lksig.wire.known_values import KnownValues, forms
from lksig.wire.redaction import Secrets
from tests.support.messages import envelopes
from tests.support.samples import PWD, SDP

KEY = b"k" * 16
VALUE = "APIsecret0123456789"
SHOWN = Secrets(KEY).placeholder(VALUE)
FORMS = [form.text for form in forms(VALUE)]


def secrets() -> Secrets:
    made = Secrets(KEY)
    made.give(VALUE)
    return made


def update(metadata: str, encoding: Encoding = "protobuf", **more: Any) -> Reading:
    request = message_class("SignalRequest")(update_metadata={"metadata": metadata, **more})
    raw = encode_frame(request, encoding)
    frame = decode_frame(raw, direction=TO_SERVER, encoding=encoding, t_ns=5, by="user", session=2, socket=3)
    return Reading(frame, n=7, dt_ns=1, reply_to=3, reply_ns=2, refused=True, for_auto=True)


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_hidden_in_every_form(form: str, encoding: Encoding) -> None:
    reading = update(f'{{"is":"{form}"}}', encoding)
    covered = Cover(secrets()).reading(reading)
    shown = covered.event.envelope.update_metadata.metadata
    assert form not in shown
    assert shown.startswith('{"is":"[secret ')
    assert form.encode() not in covered.event.raw
    assert len(covered.event.raw) == len(reading.event.raw)
    assert form in reading.event.envelope.update_metadata.metadata  # others still see the message that came


def test_the_rest_of_the_reading_stays() -> None:
    covered = Cover(secrets()).reading(update(VALUE))
    assert covered.event.envelope.update_metadata.metadata == SHOWN
    assert [getattr(covered, name) for name in ("n", "dt_ns", "reply_to", "reply_ns", "refused", "for_auto")] == [
        *(7, 1, 3, 2, True, True),
    ]
    assert [getattr(covered.event, name) for name in ("t_ns", "session", "socket", "by", "case")] == [
        *(5, 2, 3, "user", "update_metadata"),
    ]


def test_what_holds_none_is_the_same_object() -> None:
    cover = Cover(secrets())
    for reading in (update("nothing"), update('{"a":1}', "json"), Reading(Note(0, "code", VALUE))):
        assert cover.reading(reading) is reading


def test_a_value_that_is_given_later_is_hidden_from_then_on() -> None:
    made = Secrets(KEY)
    cover = Cover(made)
    assert cover.reading(update(VALUE)).event.envelope.update_metadata.metadata == VALUE
    made.give(VALUE)
    assert cover.reading(update(VALUE)).event.envelope.update_metadata.metadata == SHOWN


def test_one_reading_and_secrets_that_are_shown() -> None:
    reading = update(VALUE)
    assert covered(reading, secrets()).event.envelope.update_metadata.metadata == SHOWN
    shown = Secrets(KEY, show=True)
    shown.give(VALUE)
    assert covered(reading, shown) is reading


def test_what_stands_beside_it_is_hidden_once() -> None:
    frame = message_class("SignalRequest")(offer={"type": VALUE, "sdp": SDP})
    reading = Reading(decode_frame(encode_frame(frame), direction=TO_SERVER, t_ns=0, by="user"), n=1)
    made = secrets()
    covered = Cover(made).reading(reading)
    assert covered.event.envelope.offer.type == SHOWN
    lines = JsonLines(made, raw=True)
    text = lines.text(covered)
    assert SHOWN in text
    assert PWD not in text
    assert PWD.encode() not in base64.b64decode(text.rpartition('"raw":"')[2].rstrip('"}'))


def test_a_frame_that_does_not_decode() -> None:
    frame = decode_frame(b"\x7f" + VALUE.encode(), direction=TO_CLIENT, t_ns=0, by="server")
    covered = Cover(secrets()).reading(Reading(frame, n=1))
    assert covered.event.envelope is None
    assert VALUE.encode() not in covered.event.raw
    assert covered.event.error == frame.error


def test_start_and_http() -> None:
    cover = Cover(secrets())
    start = cover.event(Start(0, 0, f"ws://127.0.0.1/{VALUE}", "v1", "standup", "probe"))
    assert VALUE not in start.url
    join = message_class("JoinRequest")(metadata=f"is {VALUE}")
    http = cover.event(Http(0, "GET", "/rtc/v1", (), 101, (), b"", 0, join))
    assert http.join_request.metadata == f"is {SHOWN}"
    for innocent in (Start(0, 0, "ws://127.0.0.1", "v1", "standup", "probe"), Http(0, "GET", "/", (), 200, (), b"", 0)):
        assert cover.event(innocent) is innocent


@given(envelopes(TO_SERVER), st.sampled_from(FORMS), st.booleans())
def test_a_view_prints_what_a_view_of_the_file_prints(made: tuple[Direction, Any], form: str, as_text: bool) -> None:
    direction, envelope = made
    envelope.update_metadata.attributes[f"-{form}-"] = f"{form}{form}"
    encoding: Encoding = "json" if as_text else "protobuf"
    raw = encode_frame(envelope, encoding)
    frame = decode_frame(raw, direction=direction, encoding=encoding, t_ns=0, by="server")
    known = secrets()
    hidden = Redactor(known, None, KnownValues(KEY, [VALUE])).hide(frame)
    stored: Any = LineReader().read(record_line(hidden, 0).encode())
    covered = Cover(known).event(frame)
    assert isinstance(covered, Message)
    assert _line(covered, known) == _line(stored, known)


def _line(message: Message, known: Secrets) -> str:
    return JsonLines(known, raw=True).text(Reading(message, n=1))
