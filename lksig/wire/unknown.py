"""What the schema does not know in a message that decoded: fields, cases, JSON keys.

The rule: nothing is lost, and looking costs little when there is nothing, because every message is looked at: the
library's own C code discards the unknown fields of a copy, and only if that made it shorter the list is made.
(Measured: 1–2 µs a message; asking every sub-message from Python costs twice that.)

In binary frames the library keeps unknown fields byte for byte. Observed: protobuf 7.36 keeps a map entry that holds
an unknown field as an unknown field of the message around the map. In text frames the keys the server ignores are
found by reading the text again; their `wire` is `json` and `field` is the key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from google.protobuf.unknown_fields import UnknownFieldSet

from lksig.wire.events import Message

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

    from lksig.wire.redaction import Secrets

Wire = Literal["varint", "fixed64", "bytes", "group", "fixed32", "json"]

_WIRES: dict[int, Wire] = {0: "varint", 1: "fixed64", 2: "bytes", 3: "group", 5: "fixed32"}


class UnknownField(NamedTuple):
    """One thing in a message that the schema does not know."""

    path: str
    """Of the containing message: `""` is the envelope, `update.participants.0` the first participant."""
    field: int | str
    """The field number; of a text frame the key."""
    wire: Wire
    value: str
    """Decimal text, unsigned; base64 for `bytes` and `group` (the fields inside); compact JSON for `json`."""


def has_unknown(envelope: ProtoMessage) -> bool:
    """Whether a decoded binary message holds an unknown field anywhere."""
    known = type(envelope)()
    known.CopyFrom(envelope)
    known.DiscardUnknownFields()
    return known.ByteSize() != envelope.ByteSize()


def unknown_fields(message: Message) -> list[UnknownField]:
    """Everything in a message that the schema does not know, outer messages first; empty for an undecodable one."""
    envelope = message.envelope
    if envelope is None:
        return []
    if message.encoding == "json":
        from lksig.wire.json_frame import fill_message, parse_json

        keys = fill_message(type(envelope)(), parse_json(message.raw.decode()))
        return [UnknownField(path, key, "json", value) for path, key, value in keys]
    # Decoding again costs a third of a copy. With placeholders in the envelope, or a NaN, the two differ all the same.
    known = type(envelope).FromString(message.raw)
    known.DiscardUnknownFields()
    return [] if known == envelope else list(_unknown_in(envelope, ""))


def scrubbed(unknown: UnknownField, secrets: Secrets) -> UnknownField:
    """The same with secrets overwritten by `x`, as it is shown."""
    path, field, wire, value = unknown
    if wire in ("bytes", "group"):
        value = base64.b64encode(secrets.scrub_bytes(base64.b64decode(value))).decode("ascii")
    elif wire == "json":
        field, value = secrets.scrub(str(field)), secrets.scrub(value)
    return UnknownField(secrets.scrub(path), field, wire, value)


def unknown_text(unknown: list[UnknownField], secrets: Secrets) -> str:
    """The `unknown` value of a JSON line."""
    entries = [scrubbed(entry, secrets)._asdict() for entry in unknown]
    return json.dumps(entries, separators=(",", ":"))


def _unknown_in(message: Any, path: str) -> Iterator[UnknownField]:
    found: Any = UnknownFieldSet(message)  # its stub lacks that it can be iterated over
    for unknown in found:
        wire = _WIRES[unknown.wire_type]
        yield UnknownField(path, unknown.field_number, wire, _value_text(unknown.data))
    for field, value in message.ListFields():
        if field.message_type is not None:
            for step, child in _children(field, field.message_type, value):
                yield from _unknown_in(child, f"{path}.{step}" if path else step)


def _children(field: FieldDescriptor, inside: Descriptor, value: Any) -> Iterator[tuple[str, ProtoMessage]]:
    """The messages in a set message field, with the path steps to them."""
    if not field.is_repeated:
        yield field.name, value
    elif not inside.GetOptions().map_entry:
        for index, child in enumerate(value):
            yield f"{field.name}.{index}", child
    elif inside.fields_by_name["value"].message_type is not None:
        for key in sorted(value):
            yield f"{field.name}.{key}", value[key]


def _value_text(data: Any) -> str:
    if isinstance(data, int):
        return str(data)
    content = data if isinstance(data, bytes) else b"".join(_serialized(data))
    return base64.b64encode(content).decode("ascii")


def _serialized(group: Any) -> Iterator[bytes]:
    """The fields inside a group as they stood on the wire."""
    for unknown in group:
        number, wire_type, data = unknown.field_number, unknown.wire_type, unknown.data
        yield _varint(number << 3 | wire_type)
        if wire_type == 0:
            yield _varint(data)
        elif wire_type == 2:
            yield _varint(len(data)) + data
        elif wire_type == 3:
            yield from _serialized(data)
            yield _varint(number << 3 | 4)
        else:
            yield data.to_bytes(8 if wire_type == 1 else 4, "little")


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
