"""Frames into messages and back: nothing lost, nothing raised."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import DecodeError, Encoding, Message
from tests.support.messages import envelopes


def decode(raw: bytes, direction: Direction = TO_CLIENT, encoding: Encoding = "protobuf") -> Message:
    return decode_frame(raw, direction=direction, encoding=encoding, t_ns=5, by="server")


@given(envelopes(unknown=True))
def test_a_binary_frame_round_trips_with_its_unknown_fields(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    raw = envelope.SerializeToString()
    message = decode(raw, direction)
    assert message.error is None
    assert message.case == envelope.WhichOneof("message")
    assert message.raw is raw
    again = encode_frame(message.envelope)  # type: ignore[arg-type]
    assert len(again) == len(raw)
    assert again == encode_frame(envelope) == encode_frame(envelope_class(direction).FromString(again))


@given(envelopes())
def test_a_text_frame_round_trips(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    text = encode_frame(envelope, "json")
    assert b"\n" not in text
    message = decode(text, direction, "json")
    assert (message.error, message.encoding, message.case) == (None, "json", envelope.WhichOneof("message"))
    assert encode_frame(message.envelope) == encode_frame(envelope)  # type: ignore[arg-type]
    # Others read it too, and mean the same.
    parsed = json_format.Parse(text.decode(), envelope_class(direction)())
    assert encode_frame(parsed) == encode_frame(envelope)


def test_a_text_frame_looks_like_the_servers() -> None:
    request = envelope_class(TO_SERVER)()
    request.ping_req.timestamp = 1732444800000
    assert encode_frame(request, "json") == b'{"pingReq":{"timestamp":"1732444800000"}}'
    request.mute.SetInParent()
    assert encode_frame(request, "json") == b'{"mute":{}}'


def test_what_a_message_carries() -> None:
    message = decode_frame(
        b"\x90\x01\x07", direction=TO_CLIENT, encoding="protobuf", t_ns=9, by="replay", session=2, socket=3
    )
    assert (message.t_ns, message.by, message.session, message.socket) == (9, "replay", 2, 3)
    assert (message.direction, message.encoding, message.places) == (TO_CLIENT, "protobuf", ())
    assert message.case == "pong"


@pytest.mark.parametrize(
    ("raw", "encoding"), [(b"", "protobuf"), (b"\xfa\x07\x00", "protobuf"), (b"{}", "json"), (b'{"x":1}', "json")]
)
def test_an_envelope_without_known_case(raw: bytes, encoding: Encoding) -> None:
    message = decode(raw, TO_SERVER, encoding)
    assert message.envelope is not None
    assert (message.case, message.error) == (None, None)


def test_of_two_cases_the_last_wins() -> None:
    assert decode(b"\x70\x01" + b"\x2a\x00", TO_SERVER).case == "mute"


@pytest.mark.parametrize(
    ("raw", "encoding", "reason", "offset"),
    [
        (b"\x2a\x05abc", "protobuf", "field 5 takes 5 bytes, 3 are left", 0),
        (b"\x2a\x03\x0a\x01\xff", "protobuf", "`mute.sid` is no valid UTF-8", 4),
        ('{"mute":{"sid":"é\xff'.encode("latin-1"), "json", "the text is no valid UTF-8", 16),
        (b"", "json", "it is no JSON: expecting value", 0),
        ('{"mute":"é"x'.encode(), "json", "it is no JSON: expecting ',' delimiter", 12),
        ('{"mute":{"sid":"é","muted":2}}'.encode(), "json", "`mute.muted` is true or false, this is a number", 28),
        (b'{"mute":{},"leave":{}}', "json", "`mute` and `leave` exclude each other", 19),
        (b"[" * 100000, "json", "values are nested too deep for a signal message", None),
        (b'{"ping":' + b"9" * 5000 + b"}", "json", "a number has too many digits", None),
    ],
)
def test_an_undecodable_frame_says_why_and_where(
    raw: bytes, encoding: Encoding, reason: str, offset: int | None
) -> None:
    message = decode(raw, TO_SERVER, encoding)
    assert (message.envelope, message.case, message.raw) == (None, None, raw)
    assert message.error == DecodeError(reason, offset)


@given(st.sampled_from([TO_SERVER, TO_CLIENT]), st.sampled_from(["protobuf", "json"]), st.binary(max_size=40))
def test_any_bytes_are_a_message(direction: Direction, encoding: Encoding, raw: bytes) -> None:
    message = decode(raw, direction, encoding)
    assert (message.envelope is None) == (message.error is not None)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mute", "sid", "muted", "offer", "sdp", "id", "addTrack", "layers", "type", "ping"]),
            inner,
            max_size=4,
        )
    ),
)


@given(_JSON)
def test_any_json_is_a_message(value: object) -> None:
    message = decode(json.dumps(value).encode(), TO_SERVER, "json")
    assert (message.envelope is None) == (message.error is not None)
