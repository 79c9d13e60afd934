"""A binary frame with its secrets overwritten in place: what `--raw`, `--format hex` and recordings keep of it.

The rule: length and structure stay. Every byte of a secret becomes `x`, in SDP and candidates an ICE character (the
fingerprint, then `x`), so that the frame decodes to the same fields; where something stood and which placeholder
belongs there is told beside it, for `places.put_placeholders`. Hidden is exactly what the views hide in the decoded
message, so a view of the overwritten frame prints the same as a view of the original.

A frame that does not decode is walked as far as it makes sense, and then scrubbed as a whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from lksig.schema.pool import case_fields, envelope_class
from lksig.wire.redaction import is_hidden, treatment
from lksig.wire.secret_text import Span, merged, overwritten_ice
from lksig.wire.unknown import has_unknown
from lksig.wire.wire_format import GROUP, LENGTH, VARINT, Field, Malformed, read_fields, read_varint

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

    from lksig.schema.pool import Direction
    from lksig.wire.events import Message
    from lksig.wire.redaction import Secrets

Place = tuple[str, str]
"""A path in the message and the placeholder that stands there: `refresh_token`, or with the characters of a text field
that it replaces, `offer.sdp[420:428]`. Map keys stand in brackets: `update_metadata.attributes["lk.mood"][0:9]`, and
where a key itself held a secret, `update_metadata.attributes["4f3a9c1exx"]@key[0:10]`."""

OF_KEY = "@key"


class Overwritten(NamedTuple):
    """A frame that holds no secret any more."""

    raw: bytes
    places: tuple[Place, ...]
    """What was overwritten and can be told from the decoded message; empty where nothing was, or nothing decodes."""


def overwrite(message: Message, secrets: Secrets) -> Overwritten:
    """The frame of a message without its secrets; one that was overwritten before stays as it is."""
    raw = message.raw
    if secrets.show or message.places:
        return Overwritten(raw, message.places)
    if message.encoding == "json":
        from lksig.wire.overwrite_json import overwrite_text as walk
    elif message.envelope is None or _may_hold_secrets(message, message.envelope):
        walk = overwrite_bytes
    else:
        return Overwritten(raw, ())
    descriptor: Any = envelope_class(message.direction).DESCRIPTOR
    if message.envelope is not None:
        done: Overwritten = walk(raw, descriptor, secrets)
        return done
    # What is overwritten in a broken frame may change what the next walk takes for its fields. Nothing but `x` is
    # written into it, so this comes to an end.
    before = b""
    while raw != before:
        before, hidden = raw, secrets.scrub_bytes(walk(raw, descriptor, secrets, broken=True).raw)
        raw = _still_broken(raw, hidden)
    return Overwritten(raw, ())


def _still_broken(raw: bytes, hidden: bytes) -> bytes:
    """The hidden bytes with those kept that make no UTF-8: what did not decode for them should not decode now."""
    if raw.isascii() or raw == hidden:
        return hidden
    return bytes(old if old > 0x7F else new for old, new in zip(raw, hidden, strict=True))


def overwrite_bytes(raw: bytes, descriptor: Descriptor, secrets: Secrets, *, broken: bool = False) -> Overwritten:
    """The same for the bytes of any message of the schema.

    Args:
        broken: they are no such message: nothing but `x` is written, and the places mean nothing.
    """
    work = _Frame(raw, secrets, broken)
    work.message(0, len(raw), descriptor, "")
    return Overwritten(bytes(work.out), listed(work.places))


Found = dict[str, list[tuple[int, int, str]]]
"""By path: start, end and placeholder of each secret in a text field; `-1, -1` for a field that is one as a whole."""


def listed(places: Found) -> tuple[Place, ...]:
    """What was found as places."""
    return tuple(
        (path if start < 0 else f"{path}[{start}:{end}]", placeholder)
        for path, spans in places.items()
        for start, end, placeholder in spans
    )


def hide_whole(value: str | bytes, secrets: Secrets) -> str | None:
    """The placeholder for a field that is a secret as a whole; None when it is empty or was hidden before."""
    if isinstance(value, bytes):
        hidden = secrets.secret_bytes(value)
        return None if hidden == value else hidden.decode("latin-1")
    return None if is_hidden(value) else secrets.secret(value)


def key_text(key: str | int) -> str:
    """A map key as it stands in brackets in a path."""
    return json.dumps(key)


def _proper(text: str) -> str:
    """Latin-1 characters back to the text whose UTF-8 they are."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


def _wire_type(field: FieldDescriptor) -> int:
    """How a field of a map entry stands on the wire; the schema's maps have no other kinds."""
    return VARINT if field.type in (field.TYPE_UINT32, field.TYPE_INT64) else LENGTH


def crossed_out(kind: str, placeholder: str, size: int) -> str:
    """What stands in the bytes instead of a secret; `key` is one in a map's key: two keys must stay two."""
    return overwritten_ice(placeholder[-9:-1], size) if kind in ("ufrag", "pwd", "key") else "x" * size


_secret_cases: dict[Direction, frozenset[str]] = {}


def _may_hold_secrets(message: Message, envelope: ProtoMessage) -> bool:
    """Whether it is worth walking the bytes; most messages hold nothing and are let through at once."""
    cases = _secret_cases.get(message.direction)
    if cases is None:
        fields = case_fields(message.direction)
        cases = _secret_cases[message.direction] = frozenset(name for name in fields if _is_treated(fields[name]))
    return message.case in cases or b"eyJ" in message.raw or has_unknown(envelope)


def _is_treated(field: FieldDescriptor) -> bool:
    """Whether a field is a secret or a message that has one inside; the schema has no message inside itself."""
    if field.message_type is not None:
        return any(_is_treated(inner) for inner in field.message_type.fields)
    return treatment(field) is not None


class _Frame:
    """The work on one frame. Bytes are read as Latin-1: every character is the byte at the same place."""

    def __init__(self, raw: bytes, secrets: Secrets, broken: bool) -> None:
        self.raw = raw
        self._broken = broken
        self.out = bytearray(raw)
        self.places: Found = {}
        self._secrets = secrets
        self._counts: dict[str, int] = {}

    def message(self, start: int, end: int, descriptor: Descriptor, path: str) -> None:
        """Overwrite the secrets of a message; of a broken one as far as it can be read."""
        try:
            for found in read_fields(self.raw, start, end, clip=True):
                field = descriptor.fields_by_number.get(found.number)
                if field is None or found.wire_type != LENGTH:
                    if found.wire_type in (LENGTH, GROUP):
                        self._scrub(found)
                    continue
                self._field(found, field, f"{path}.{field.name}" if path else field.name)
        except Malformed:
            pass  # the caller scrubs what is left

    def _field(self, found: Field, field: FieldDescriptor, path: str) -> None:
        inside = field.message_type
        if field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            self._leaf(found.start, found.end, field, self._element(path) if field.is_repeated else path)
        elif inside is None:
            self._scrub(found)  # a number is not written so; of packed ones nothing looks like a secret
        elif inside.GetOptions().map_entry:
            self._entry(found, inside, path)
        else:
            self.message(found.start, found.end, inside, self._element(path) if field.is_repeated else path)

    def _element(self, path: str) -> str:
        index = self._counts.get(path, 0)
        self._counts[path] = index + 1
        return f"{path}.{index}"

    def _entry(self, found: Field, entry: Descriptor, path: str) -> None:
        """A map entry. Observed: one with an unknown field in it is an unknown field to protobuf 7.36."""
        try:
            parts = {part.number: part for part in read_fields(self.raw, found.start, found.end, clip=True)}
        except Malformed:
            parts = {0: found}
        fields = entry.fields_by_number
        if not all(number in fields and part.wire_type == _wire_type(fields[number]) for number, part in parts.items()):
            self._scrub(found)
            return
        here = f"{path}[{self._key(parts.get(1), fields[1], path)}]"
        value = parts.get(2)
        if value is not None and fields[2].message_type is not None:
            self.message(value.start, value.end, fields[2].message_type, here)
        elif value is not None and fields[2].type == entry.fields[0].TYPE_STRING:
            self._leaf(value.start, value.end, fields[2], here)

    def _key(self, part: Field | None, field: FieldDescriptor, path: str) -> str:
        """Overwrite what is secret in a key, and give what stands in brackets in a path."""
        if part is None:
            return key_text("" if field.type == field.TYPE_STRING else 0)
        if field.type != field.TYPE_STRING:
            return key_text(read_varint(self.raw, part.start, part.end)[0])
        spans = []
        text = self._text(part.start, part.end)
        for span in self._secrets.find_in_field(None, text):
            spans.append(self._part(part.start, span, text[span.start : span.end], is_key=True))
        key = key_text(self._decoded(part.start, part.end))
        if spans:
            self.places[f"{path}[{key}]{OF_KEY}"] = spans
        return key

    def _leaf(self, start: int, end: int, field: FieldDescriptor, path: str) -> None:
        how = self._secrets.treatment(field)
        self.places.pop(path, None)  # of a field that is there twice the last one counts
        text = self._text(start, end)
        if how in ("secret", "secret_bytes"):
            content = self.raw[start:end]
            placeholder = hide_whole(content if how == "secret_bytes" else _proper(text), self._secrets)
            if placeholder is not None:
                self._write(start, "x" * len(text))
                self.places[path] = [(-1, -1, placeholder)]
        elif field.type == field.TYPE_STRING:
            spans = self._secrets.find_in_field(how, text)
            if self._broken:  # here the text is known to end; to the scrubbing of the whole frame it goes on
                spans = merged([*spans, *self._secrets.find_to_scrub(text)])
            if spans:
                self.places[path] = [self._part(start, span, text[span.start : span.end]) for span in spans]

    def _part(self, start: int, span: Span, value: str, is_key: bool = False) -> tuple[int, int, str]:
        """Overwrite a secret in a text that begins at `start`; its place in the text."""
        placeholder = self._secrets.stand_in(span.kind, _proper(value))
        kind = "secret" if self._broken else "key" if is_key else span.kind
        self._write(start + span.start, crossed_out(kind, placeholder, len(value)))
        # Places count characters of the decoded text: what is now before the secret, then one for each of its bytes.
        before = len(self._decoded(start, start + span.start))
        return before, before + len(value), placeholder

    def _scrub(self, found: Field) -> None:
        self.out[found.start : found.end] = self._secrets.scrub_bytes(self.raw[found.start : found.end])

    def _text(self, start: int, end: int) -> str:
        return self.raw[start:end].decode("latin-1")

    def _decoded(self, start: int, end: int) -> str:
        return bytes(self.out[start:end]).decode("utf-8", "replace")

    def _write(self, at: int, text: str) -> None:
        self.out[at : at + len(text)] = text.encode("ascii")
