"""The message alone: indented JSON, hex, base64, bytes."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.render.bodies import body_bytes, body_pieces, indented
from lksig.schema.pool import TO_CLIENT
from tests.support.readings import frame, message, secrets, start
from tests.support.samples import TURN_PASSWORD

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_indenting_is_what_json_does(value: object) -> None:
    compact = json.dumps(value, separators=(",", ":"))
    assert "\n".join(indented([compact])) == json.dumps(value, indent=2)


def test_pieces_are_joined() -> None:
    assert list(indented(['{"a":', "[", "1", ",2", "]", "}"])) == ["{", '  "a": [', "    1,", "    2", "  ]", "}"]


def test_json_is_the_message_without_anything_around() -> None:
    reading = message(TO_CLIENT, "mute")
    text = "".join(body_pieces(reading, secrets(), "json"))
    assert text == '{\n  "mute": {\n    "sid": "TR_AMHY4ht4bDDgyu",\n    "muted": true\n  }\n}\n'


def test_defaults_are_printed_when_asked_for() -> None:
    text = "".join(body_pieces(message(TO_CLIENT, "leave"), secrets(), "json", defaults=True))
    assert json.loads(text)["leave"]["can_reconnect"] is False


def test_a_frame_that_does_not_decode_has_bytes_but_no_json() -> None:
    broken = frame(b"\x0a\x05abc")
    assert list(body_pieces(broken, secrets(), "json")) == []
    assert "".join(body_pieces(broken, secrets(), "hex")).startswith("00000000: 0a05 6162 63 ")
    assert "".join(body_pieces(broken, secrets(), "base64")) == "CgVhYmM=\n"


@pytest.mark.parametrize("form", ["json", "hex", "base64"])
def test_what_is_no_message_has_no_body(form: str) -> None:
    assert list(body_pieces(start(), secrets(), form)) == []  # type: ignore[arg-type]  # parametrized


def test_secrets_are_overwritten_in_place() -> None:
    reading = message(TO_CLIENT, "join")
    raw = body_bytes(reading.event, secrets())
    assert len(raw) == len(reading.event.raw)
    assert TURN_PASSWORD.encode() not in raw
    assert base64.b64decode("".join(body_pieces(reading, secrets(), "base64"))) == raw
    assert body_bytes(reading.event, secrets(show=True)) == reading.event.raw
