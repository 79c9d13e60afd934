"""Why a binary frame is no signal message, and from which byte on.

The library's parser is asked first, and only what it refuses comes here. It says "corrupt" and nothing more, so the
frame is walked again, into every sub-message the schema knows, until something makes no sense. Names stand beside
field numbers, because a person reads this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.wire.events import DecodeError
from lksig.wire.wire_format import LENGTH, Field, Malformed, read_fields, read_varint

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor


def locate_error(raw: bytes, descriptor: Descriptor) -> DecodeError | None:
    """What is wrong with the bytes of a message of this type; None when nothing is."""
    try:
        _check_message(raw, 0, len(raw), descriptor, "", 0)
    except Malformed as exc:
        return DecodeError(exc.reason, exc.offset)
    return None


def _check_message(raw: bytes, start: int, end: int, descriptor: Descriptor, path: str, depth: int) -> None:
    for found in _fields(raw, start, end, path, depth):
        field = descriptor.fields_by_number.get(found.number)
        # A known field of another wire type is an unknown field to the parser, and its content is nobody's.
        if field is not None and found.wire_type == LENGTH:
            _check_content(raw, found.start, found.end, field, f"{path}.{field.name}" if path else field.name, depth)


def _fields(raw: bytes, start: int, end: int, path: str, depth: int) -> Iterator[Field]:
    try:
        yield from read_fields(raw, start, end, depth=depth)
    except Malformed as exc:
        raise _in(path, exc) from exc


def _in(path: str, problem: Malformed) -> Malformed:
    return Malformed(f"{problem.reason} (in `{path}`)", problem.offset) if path else problem


def _check_content(raw: bytes, start: int, end: int, field: FieldDescriptor, path: str, depth: int) -> None:
    if field.message_type is not None:
        _check_message(raw, start, end, field.message_type, path, depth + 1)
    elif field.type == field.TYPE_STRING:
        _check_text(raw, start, end, path)
    elif field.is_repeated:  # enums, packed: the signal schema has no repeated bytes and no other packed numbers
        _check_packed(raw, start, end, path)


def _check_text(raw: bytes, start: int, end: int, path: str) -> None:
    try:
        raw[start:end].decode()
    except UnicodeDecodeError as exc:
        raise Malformed(f"`{path}` is no valid UTF-8", start + exc.start) from exc


def _check_packed(raw: bytes, start: int, end: int, path: str) -> None:
    at = start
    while at < end:
        try:
            _, at = read_varint(raw, at, end)
        except Malformed as exc:
            raise _in(path, exc) from exc
