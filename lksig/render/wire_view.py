"""A frame as it is on the wire: every field with its place, its tag, its number and type, and what it holds.

    @0    12 0b       2 add_track  bytes 11
    @2    0a 04         1 cid  bytes 4  "cam1"

For whoever writes an encoder, or doubts one. Secrets are overwritten in the bytes before anything is read from them.
JSON frames have no such form; their bytes are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.render.hexdump import hexdump
from lksig.render.safe_text import quoted
from lksig.schema.pool import envelope_class
from lksig.wire.wire_format import FIXED32, FIXED64, GROUP, LENGTH, VARINT, Field, Malformed, read_fields

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    from lksig.wire.events import Message
    from lksig.wire.redaction import Secrets

TYPES = {VARINT: "varint", FIXED64: "fixed64", LENGTH: "bytes", GROUP: "group", FIXED32: "fixed32"}
HEX_WIDTH = 10
MAX_TEXT = 60
"""Characters of a text that are quoted."""


def wire_rows(message: Message, secrets: Secrets) -> Iterator[str]:
    """One row for each field, nested ones below their message."""
    raw = secrets.overwrite(message).raw
    if message.encoding == "json":
        yield from hexdump(raw)
        return
    yield from _rows(raw, 0, len(raw), envelope_class(message.direction).DESCRIPTOR, "")


def _rows(data: bytes, start: int, end: int, kind: Descriptor | None, indent: str) -> Iterator[str]:
    fields = read_fields(data, start, end)
    while True:
        try:
            field = next(fields, None)
        except Malformed as broken:
            yield f"@{broken.offset:<5}{indent}! {broken.reason}"
            return
        if field is None:
            return
        known = None if kind is None else kind.fields_by_number.get(field.number)
        yield f"@{field.tag_at:<5}{_head(data, field):<{HEX_WIDTH}}  {indent}{_told(data, field, known)}".rstrip()
        inner = None if known is None else known.message_type
        if field.wire_type == GROUP or (field.wire_type == LENGTH and inner is not None):
            yield from _rows(data, field.start, field.end, inner, indent + "  ")


def _head(data: bytes, field: Field) -> str:
    """The bytes of tag and length; of a number its own too."""
    stop = field.end if field.wire_type == VARINT else field.start
    return data[field.tag_at : stop].hex(" ")


def _told(data: bytes, field: Field, known: FieldDescriptor | None) -> str:
    name = "?" if known is None else known.name
    what = f"{field.number} {name}  {TYPES[field.wire_type]}"
    content = data[field.start : field.end]
    if field.wire_type == VARINT:
        return f"{what} {_number(content)}{_enum(known, _number(content))}"
    if field.wire_type in (FIXED32, FIXED64):
        return f"{what} {content.hex(' ')}"
    what = f"{what} {len(content)}"
    if field.wire_type == GROUP or (known is not None and known.message_type is not None):
        return what
    return f"{what}  {_text(content)}" if content else what


def _number(content: bytes) -> int:
    return sum((byte & 0x7F) << 7 * index for index, byte in enumerate(content))


def _enum(known: FieldDescriptor | None, number: int) -> str:
    if known is None or known.enum_type is None:
        return ""
    value = known.enum_type.values_by_number.get(number)
    return "" if value is None else f" {value.name}"


def _text(content: bytes) -> str:
    """As text where it is text, as hex where it is not."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        shown = content[: MAX_TEXT // 3].hex(" ")
        return shown + (" …" if len(content) > MAX_TEXT // 3 else "")
    return quoted(text[:MAX_TEXT]) + (" …" if len(text) > MAX_TEXT else "")
