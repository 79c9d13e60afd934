"""The wire format by hand: positions, and the same verdict as protobuf's parser."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import message_class
from lksig.wire.wire_format import (
    FIXED32,
    FIXED64,
    GROUP,
    LENGTH,
    MAX_DEPTH,
    VARINT,
    Malformed,
    read_fields,
    read_varint,
)
from tests.support.messages import varint


def refusal(data: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        list(read_fields(data, 0, len(data)))
    return caught.value


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_a_number_is_read_with_the_place_behind_it(value: int, rest: bytes) -> None:
    data = b"\xff" + varint(value) + rest
    assert read_varint(data, 1, len(data)) == (value, len(data) - len(rest))


def test_every_kind_of_field_has_its_place() -> None:
    data = b"\x08\x96\x01" + b"\x11" + bytes(8) + b"\x1a\x02hi" + b"\x23\x08\x01\x24" + b"\x2d" + bytes(4)
    found = [tuple(field) for field in read_fields(data, 0, len(data))]
    assert found == [
        (1, VARINT, 0, 1, 3),
        (2, FIXED64, 3, 4, 12),
        (3, LENGTH, 12, 14, 16),
        (4, GROUP, 16, 17, 19),
        (5, FIXED32, 20, 21, 25),
    ]


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        (b"\x08", "a number is cut short", 1),
        (b"\x08\x80", "a number is cut short", 1),
        (b"\x08" + b"\x80" * 10 + b"\x00", "a number is longer than 10 bytes", 1),
        (b"\x80" * 5 + b"\x00", "a number is longer than 5 bytes", 0),
        (b"\x08\x01\x00\x01", "field number 0 does not exist", 2),
        (b"\xf8\xff\xff\xff\x1f\x01", "a field number is larger than 536870911", 0),
        (b"\x0e", "wire type 6 (field 1) does not exist", 0),
        (b"\x0f", "wire type 7 (field 1) does not exist", 0),
        (b"\x1a\x05hi", "field 3 takes 5 bytes, 2 are left", 0),
        (b"\x1a\xff\xff\xff\xff\x0fhi", "field 3 takes 4294967295 bytes, 2 are left", 0),
        (b"\x11\x00", "field 2 takes 8 bytes, 1 are left", 0),
        (b"\x2d\x00", "field 5 takes 4 bytes, 1 are left", 0),
        (b"\x24", "a group ends (field 4) that was not begun", 0),
        (b"\x23\x08\x01", "the group of field 4 has no end", 1),
        (b"\x23\x08\x01\x2c", "a group begun as field 4 ends as field 5", 3),
        (b"\x23\x2b\x2c\x0e", "wire type 6 (field 1) does not exist", 3),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(data: bytes, reason: str, offset: int) -> None:
    problem = refusal(data)
    assert (problem.reason, problem.offset, str(problem)) == (reason, offset, reason)


def test_groups_may_be_nested_a_hundred_deep() -> None:
    deep = b"\x23" * MAX_DEPTH + b"\x24" * MAX_DEPTH
    assert [field.number for field in read_fields(deep, 0, len(deep))] == [4]
    assert refusal(b"\x23" + deep + b"\x24").reason == "messages and groups are nested more than 100 deep"
    with pytest.raises(Malformed):
        list(read_fields(deep, 0, len(deep), depth=1))


def test_a_clipped_reading_goes_as_far_as_the_bytes() -> None:
    data = b"\x08\x01\x1a\x7fhi"
    assert [tuple(field) for field in read_fields(data, 0, len(data), clip=True)] == [
        (1, VARINT, 0, 1, 2),
        (3, LENGTH, 2, 4, 6),
    ]


@given(st.binary(max_size=24) | st.lists(st.sampled_from([b"\x0b", b"\x0c", b"\x08\x01", b"\x12\x01a"])).map(b"".join))
def test_the_verdict_is_that_of_the_parser(data: bytes) -> None:
    numbers_known: Any = message_class("Ping")
    try:
        numbers_known.FromString(data)
        legal = True
    except DecodeError:
        legal = False
    try:
        list(read_fields(data, 0, len(data)))
        accepted = True
    except Malformed:
        accepted = False
    assert accepted == legal
