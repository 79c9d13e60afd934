"""Protobuf's wire format read by hand: tags, varints and lengths, with the place of every byte.

The rule: positions. The parser of the protobuf library says only that a frame is corrupt; what it says not, where and
why, and where in the frame a value lies, is read here. It accepts and refuses exactly what that parser does.

Source: protobuf.dev "Encoding". Observed: protobuf 7.36 (upb) accepts overlong tags and lengths of up to five bytes,
numbers of up to ten, and groups nested up to a hundred deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

VARINT, FIXED64, LENGTH, GROUP, GROUP_END, FIXED32 = 0, 1, 2, 3, 4, 5

MAX_DEPTH = 100
"""Messages and groups in each other. Observed: protobuf 7.36, `upb_DecodeOptions` default depth limit."""

_MAX_SIZE = 2**31 - 1
"""Bytes of one field. Source: protobuf.dev "Proto Limits", 2 GiB."""


class Malformed(Exception):
    """The bytes stop making sense: why, in words, and at which byte."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


class Field(NamedTuple):
    """One field on the wire; positions are indexes into the bytes it was read from."""

    number: int
    wire_type: int
    tag_at: int
    start: int
    """Of its content: the number, the fixed bytes, or what a length or a group encloses."""
    end: int
    """Behind its content; a group's end tag still follows."""


def read_varint(data: bytes, at: int, end: int, max_bytes: int = 10) -> tuple[int, int]:
    """The number at `at`, and the index behind it.

    Raises:
        Malformed: it runs past `end`, or is longer than `max_bytes`.
    """
    value = 0
    for index in range(max_bytes):
        if at + index >= end:
            raise Malformed("a number is cut short", at)
        byte = data[at + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise Malformed(f"a number is longer than {max_bytes} bytes", at)


def read_fields(data: bytes, start: int, end: int, *, clip: bool = False, depth: int = 0) -> Iterator[Field]:
    """The fields between `start` and `end`, in their order; groups are checked inside and come as one field.

    Args:
        clip: read a length that points past `end` as far as the bytes go, as the last field.
        depth: how many messages and groups enclose these bytes.

    Raises:
        Malformed: after the last field that makes sense.
    """
    at = start
    while at < end:
        field = _read_field(data, at, end, clip, depth)
        if field.wire_type == GROUP_END:
            raise Malformed(f"a group ends (field {field.number}) that was not begun", field.tag_at)
        yield field
        at = _behind(data, field, end)


def _read_field(data: bytes, tag_at: int, end: int, clip: bool, depth: int) -> Field:
    tag, at = read_varint(data, tag_at, end, 5)
    number, wire_type = tag >> 3, tag & 7
    if number == 0:
        raise Malformed("field number 0 does not exist", tag_at)
    if tag > 0xFFFFFFFF:
        raise Malformed("a field number is larger than 536870911", tag_at)
    if wire_type == VARINT:
        return Field(number, wire_type, tag_at, at, read_varint(data, at, end)[1])
    if wire_type == LENGTH:
        return _sized(data, Field(number, wire_type, tag_at, at, end), clip)
    if wire_type == GROUP:
        return Field(number, wire_type, tag_at, at, _group_end(data, number, at, end, clip, depth + 1))
    if wire_type == GROUP_END:
        return Field(number, wire_type, tag_at, at, at)
    if wire_type in (FIXED32, FIXED64):
        size = 4 if wire_type == FIXED32 else 8
        if at + size > end:
            raise Malformed(f"field {number} takes {size} bytes, {end - at} are left", tag_at)
        return Field(number, wire_type, tag_at, at, at + size)
    raise Malformed(f"wire type {wire_type} (field {number}) does not exist", tag_at)


def _sized(data: bytes, field: Field, clip: bool) -> Field:
    size, at = read_varint(data, field.start, field.end, 5)
    if size > _MAX_SIZE or at + size > field.end:
        if clip:
            return field._replace(start=at)
        raise Malformed(f"field {field.number} takes {size} bytes, {field.end - at} are left", field.tag_at)
    return field._replace(start=at, end=at + size)


def _group_end(data: bytes, number: int, start: int, end: int, clip: bool, depth: int) -> int:
    """The index of a group's end tag."""
    if depth > MAX_DEPTH:
        raise Malformed(f"messages and groups are nested more than {MAX_DEPTH} deep", start)
    at = start
    while at < end:
        field = _read_field(data, at, end, clip, depth)
        if field.wire_type == GROUP_END:
            if field.number != number:
                raise Malformed(f"a group begun as field {number} ends as field {field.number}", at)
            return at
        at = _behind(data, field, end)
    raise Malformed(f"the group of field {number} has no end", start)


def _behind(data: bytes, field: Field, end: int) -> int:
    return read_varint(data, field.end, end, 5)[1] if field.wire_type == GROUP else field.end
