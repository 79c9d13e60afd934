"""The place where a binary frame stops making sense, and the same verdict as protobuf's parser."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import Direction, envelope_class, message_class
from lksig.wire.locate import locate_error
from tests.support.messages import envelopes, varint

REQUEST: Any = message_class("SignalRequest").DESCRIPTOR
RESPONSE: Any = message_class("SignalResponse").DESCRIPTOR


def sized(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


@pytest.mark.parametrize(
    ("raw", "reason", "offset"),
    [
        (b"\x82\x01\x05abc", "field 16 takes 5 bytes, 3 are left", 0),
        (sized(16, b"a\xffb"), "`refresh_token` is no valid UTF-8", 4),
        (sized(6, b"\x0a\x01\xff"), "`track_published.cid` is no valid UTF-8", 4),
        (sized(6, sized(2, b"\x0a\x09TR")), "field 1 takes 9 bytes, 2 are left (in `track_published.track`)", 4),
        (sized(6, b"\x0f"), "wire type 7 (field 1) does not exist (in `track_published`)", 2),
        (
            sized(5, sized(1, sized(15, sized(2, b"\xc3")))),
            "`update.participants.attributes.value` is no valid UTF-8",
            8,
        ),
        (
            sized(6, sized(2, sized(19, b"\x01\x80"))),
            "a number is cut short (in `track_published.track.audio_features`)",
            8,
        ),
        (
            sized(6, sized(2, sized(19, b"\x01\x80\x01")) + b"\x0f"),
            "wire type 7 (field 1) does not exist (in `track_published`)",
            10,
        ),
    ],
)
def test_the_place_is_found_inside_known_messages(raw: bytes, reason: str, offset: int) -> None:
    error = locate_error(raw, RESPONSE)
    assert error is not None
    assert (error.reason, error.offset) == (reason, offset)


def test_a_known_field_of_another_wire_type_is_not_looked_into() -> None:
    assert locate_error(b"\x80\x01\x05", RESPONSE) is None
    assert locate_error(sized(18, b"\xff\xff"), RESPONSE) is None  # pong, a number, as bytes


def test_bytes_need_no_utf8() -> None:
    assert locate_error(sized(22, sized(2, sized(2, b"\xff\x00"))), REQUEST) is None


def test_depth_counts_messages_and_groups_together() -> None:
    groups = varint(99 << 3 | 3) * 99 + varint(99 << 3 | 4) * 99
    assert locate_error(sized(5, groups), REQUEST) is None
    deeper = varint(99 << 3 | 3) + groups + varint(99 << 3 | 4)
    error = locate_error(sized(5, deeper), REQUEST)
    assert error is not None
    assert error.reason == "messages and groups are nested more than 100 deep (in `mute`)"


@given(envelopes(unknown=True), st.data())
def test_the_verdict_is_that_of_the_parser_on_damaged_messages(
    made: tuple[Direction, Any], data: st.DataObject
) -> None:
    direction, envelope = made
    raw = bytearray(envelope.SerializeToString())
    for _ in range(data.draw(st.integers(0, 3))):
        if raw:
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw)
    error = locate_error(cut, envelope.DESCRIPTOR)
    try:
        envelope_class(direction).FromString(cut)
    except DecodeError:
        assert error is not None
        assert error.offset is not None
        assert 0 <= error.offset <= len(cut)
    else:
        assert error is None
