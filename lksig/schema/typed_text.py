"""Messages as text that can be typed: the canonical line of a request, and its words.

Rule: what is written here, `lksig.schema.grammar` reads back as the same message. Everything is written on one line of
printable characters: text that is no plain word becomes a JSON string, in which whatever could act on a terminal, or
hide, is an escape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lksig.schema.paths import is_map, map_fields
from lksig.schema.pool import Direction, case_fields
from lksig.schema.scalars import Scalar, format_scalar

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

_PLAIN = re.compile(r"[^\s\"'%@{}\[\],=\\][^\s\"'{}\[\],\\]*")
"""Text that is itself wherever a value may stand, also as an item of a list."""
_PLAIN_KEY = re.compile(r"[\w:/@-][\w:/@.-]*")

Write = Callable[["FieldDescriptor", Scalar], str]
"""Writes one scalar. A view gives its own to hide secrets."""


def format_request(envelope: ProtoMessage, direction: Direction, write: Write | None = None) -> str:
    """The canonical line of an envelope: the case, and its fields in the order of their numbers.

    Fields that the schema does not know have no text; an empty envelope is empty.
    """
    case = envelope.WhichOneof("message")
    if case is None:
        return ""
    field, body = case_fields(direction)[case], getattr(envelope, case)
    if field.message_type is None:
        word = (write or format_value)(field, body)
        # `refresh_token mute` would be two requests.
        return f"{case} {quoted(word) if word in case_fields(direction) else word or quoted('')}"
    return " ".join([case, *assignments(body, write=write)])


def assignments(message: ProtoMessage, prefix: str = "", *, write: Write | None = None) -> Iterator[str]:
    """The words that set every set field of a message.

    Args:
        prefix: path of the message with a dot behind it, where it stands inside of another.
    """
    write = write or format_value
    for field, value in message.ListFields():
        path = prefix + field.name
        if field.message_type is None:
            yield f"{path}={_scalars(field, value, write) if field.is_repeated else write(field, value)}"
        elif is_map(field):
            yield from _entries(path, map_fields(field)[1], value, write)
        elif field.is_repeated:
            for index, element in enumerate(value):
                yield from _message(f"{path}.{index}", element, write)
        else:
            yield from _message(path, value, write)


def _message(path: str, message: ProtoMessage, write: Write) -> Iterator[str]:
    words = list(assignments(message, f"{path}.", write=write))
    # An empty message was set: `path=` sets it again.
    yield from words or [f"{path}="]


def _scalars(field: FieldDescriptor, values: Any, write: Write) -> str:
    return f"[{','.join(write(field, value) or quoted('') for value in values)}]"


def _entries(path: str, kind: FieldDescriptor, entries: Any, write: Write) -> Iterator[str]:
    # upb gives the entries of a map in another order in every process.
    for key in sorted(entries):
        place = f"{path}{format_key(key)}"
        if kind.message_type is not None:
            yield from _message(place, entries[key], write)
        else:
            yield f"{place}={write(kind, entries[key])}"


def format_key(key: Scalar) -> str:
    """The key of a map's entry, as it stands behind the name of the field."""
    text = str(key)
    return f".{text}" if _PLAIN_KEY.fullmatch(text) and text.isprintable() else f"[{quoted(text)}]"


def format_value(field: FieldDescriptor, value: Scalar) -> str:
    """One scalar as a word: empty for an empty text or bytes."""
    if isinstance(value, str):
        return format_text(value) if value else ""
    return format_scalar(field, value) if value != b"" else ""


def format_text(text: str) -> str:
    """Text as one word: as it stands where that is possible, otherwise as a JSON string."""
    return text if _PLAIN.fullmatch(text) and text.isprintable() else quoted(text)


def quoted(text: str) -> str:
    """Text as a JSON string; what is visible stays readable."""
    return "".join(_escaped(char) for char in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    # `json` leaves DEL as it is.
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
