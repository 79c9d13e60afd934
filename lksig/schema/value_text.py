"""The value behind an `=`, for the type of its field.

    everything    literal text, read as the field's type
    "…"           the same without the quotes, when it is one whole JSON string
    {…} […]       JSON, for messages, maps and lists; items of a typed list may be bare: `[TR_a,%bob/cam]`
    @file         the exact bytes of a file, for text, bytes and JSON; `@@` is a literal `@`
    %…            a reference; `%%` is a literal `%`
    now           for fields that are a time since the epoch

Rule: any text gives a value or an InputError that points into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.schema.json_reader import JsonReader
from lksig.schema.lexer import (
    BLANKS,
    Span,
    json_string,
    key_end,
    nested_end,
    skip_blanks,
    string_end,
    stripped,
    unclosed_error,
)
from lksig.schema.nearest import with_article
from lksig.schema.paths import Step, is_map, short_name
from lksig.schema.pool import message_class
from lksig.schema.references import parse_reference
from lksig.schema.scalars import Scalar, Unfit, check_text, parse_scalar
from lksig.schema.values import Inputs, Items, Mention, Now, Plain, Value, empty_value

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

EPOCH_FIELDS = {
    "ping": Now(1, 1),
    "pong": Now(1, 1),
    "timestamp": Now(1, 1),
    "last_ping_timestamp": Now(1, 1),
    "joined_at_ms": Now(1, 1),
    "creation_time_ms": Now(1, 1),
    "joined_at": Now(1, 1000),
    "creation_time": Now(1, 1000),
    "unix_micro": Now(1000, 1),
}
"""Fields that take `now`, with their unit: ms, s or µs since the epoch.
Source: livekit_rtc.proto Ping, Pong; livekit_models.proto Room, ParticipantInfo, TimedVersion."""


def parse_value(step: Step, text: Span, inputs: Inputs, *, append: bool) -> Value:
    """The value that `text` gives to what `step` stands for.

    Raises:
        InputError: it is no value of that type.
    """
    if step.is_whole and is_map(step.field):
        return _parse_map(step.field, text, inputs)
    if step.is_whole:
        return _parse_list(step.field, text, inputs, append=append)
    return parse_single(step.value_field, text, inputs)


def parse_single(field: FieldDescriptor, text: Span, inputs: Inputs, *, many: bool = False) -> Value:
    """One value: of a field, of an element of a list, or of an entry of a map; `many` if a reference may give more."""
    if is_reference(text):
        return Mention(parse_reference(text), field, many)
    if field.message_type is not None:
        return _parse_message(field, text, inputs)
    return _parse_scalar(field, text, inputs)


def _parse_map(field: FieldDescriptor, text: Span, inputs: Inputs) -> Value:
    if not text.text:
        return Plain({})
    if text.text[0] == "{":
        return _json_field(field, JsonReader(text))
    if is_file(text):
        return _json_field(field, json_file(text, inputs))
    hint = f"or JSON: `{field.name}={{…}}`"
    raise text.mistake(f"`{field.name}` is a map: `{field.name}.KEY=…`", code="bad-value", hint=hint)


def _parse_list(field: FieldDescriptor, text: Span, inputs: Inputs, *, append: bool) -> Value:
    if not text.text:
        return Plain(empty_value(field)) if append else Plain([])
    if text.text[0] == "[":
        return Items(tuple(parse_single(field, item, inputs) for item in _items(text, field)))
    if is_file(text):
        return _list_file(field, text, _read(text, inputs))
    return parse_single(field, text, inputs, many=True)


def _list_file(field: FieldDescriptor, text: Span, data: bytes) -> Value:
    """A list as JSON, or one element: JSON of a message, else exact text."""
    opener = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if opener != b"[" and field.message_type is None:
        return Plain(_from_bytes(field, text, data))
    reader = _json_reader(text, data)
    return _json_message(field, reader) if opener == b"{" else _json_field(field, reader)


def _items(text: Span, field: FieldDescriptor) -> Iterator[Span]:
    """The items of `[a,b]`, without the blanks around them."""
    source, at = text.source, text.start + 1
    while True:
        at = skip_blanks(source, at, text.end)
        end = item_end(text.cut(at))
        if end is None:
            raise unclosed_error(text)
        item = stripped(text.cut(at, end))
        closes = source[end] == "]"
        if item.text:
            yield item
        elif not closes or source[text.start + 1 : end].strip(BLANKS):
            hint = 'an empty text is written `""`'
            raise text.cut(at, end).mistake(f"an item of `{field.name}` is missing here", code="bad-value", hint=hint)
        at = end + 1
        if closes:
            break
    if at != text.end:
        raise text.cut(at).mistake(f"text behind the list of `{field.name}`", code="bad-value")


_ITEM_STOP = re.compile(r'[,\[\]{"]')


def item_end(rest: Span) -> int | None:
    """The place of the `,` or `]` behind the item that begins here; None when there is none."""
    at = rest.start
    while found := _ITEM_STOP.search(rest.source, at, rest.end):
        start, stop = found.start(), found.group()
        if stop in ",]":
            return start
        closed: int | None = found.end()
        if stop == '"' and (start == rest.start or rest.source[start - 1] in "%/.["):
            closed = string_end(rest.source, start, rest.end)
        elif stop in "{[" and start == rest.start:
            closed = nested_end(rest.source, start, rest.end)
        elif stop == "[":
            closed = key_end(rest.source, start, rest.end)
        if closed is None:
            raise unclosed_error(rest.cut(start))
        at = closed
    return None


def _parse_message(field: FieldDescriptor, text: Span, inputs: Inputs) -> Value:
    if not text.text:
        return Plain(empty_value(field))
    if text.text[0] == "{":
        return _json_message(field, JsonReader(text))
    if is_file(text):
        return _json_message(field, json_file(text, inputs))
    kind = with_article(short_name(field.message_type))
    hint = f"name its fields (`{field.name}.…=…`), or give JSON: `{field.name}={{…}}`"
    raise text.mistake(f"not {kind}: `{field.name}` is a message", code="bad-value", hint=hint)


def _parse_scalar(field: FieldDescriptor, text: Span, inputs: Inputs) -> Value:
    typed = text.text
    if not typed:
        return Plain(empty_value(field))
    if typed.startswith(("%%", "@@")):
        return _literal(field, text, typed[1:])
    if typed[0] == "@":
        return Plain(_from_bytes(field, text, _read(text, inputs)))
    if typed == "now" and field.cpp_type == field.CPPTYPE_INT64 and field.name in EPOCH_FIELDS:
        return EPOCH_FIELDS[field.name]
    quoted = json_string(typed)
    return _literal(field, text, typed if quoted is None else quoted, quoted=quoted is not None)


def _literal(field: FieldDescriptor, text: Span, meaning: str, *, quoted: bool = False) -> Plain:
    try:
        if quoted and field.type == field.TYPE_BYTES:
            return Plain(check_text(meaning).encode())
        return Plain(parse_scalar(field, meaning))
    except Unfit as unfit:
        raise text.mistake(f"not {unfit.wanted}", code="bad-value", guess=unfit.guess) from None


# --- files ----------------------------------------------------------------------------------------------------------


def is_reference(text: Span) -> bool:
    """It is a reference, and no text that begins with `%`."""
    return text.text.startswith("%") and not text.text.startswith("%%")


def is_file(text: Span) -> bool:
    """It names a file, and is no text that begins with `@`."""
    return text.text.startswith("@") and not text.text.startswith("@@")


def _file_name(text: Span) -> str:
    typed = text.text[1:]
    quoted = json_string(typed)
    return typed if quoted is None else quoted


def _read(text: Span, inputs: Inputs) -> bytes:
    name = _file_name(text)
    if not name:
        hint = "a literal `@` is written `@@`"
        raise text.mistake("the name of a file is missing behind `@`", code="bad-value", hint=hint)
    try:
        return inputs.read_file(name)
    except OSError as exc:
        reason = exc.strerror or "it cannot be read"
        raise _file_error(text, f"cannot read `{name}`: {reason}") from exc
    except ValueError as exc:
        raise _file_error(text, f"no file can be called `{name}`") from exc
    except InputError as exc:
        error = text.mistake(exc.text, code=exc.code, hint=exc.hint)
        error.layer = exc.layer
        raise error from exc


def _file_error(text: Span, what: str) -> InputError:
    error = text.mistake(what, code="unreadable-file")
    error.layer = "file"
    return error


def _from_bytes(field: FieldDescriptor, text: Span, data: bytes) -> Scalar:
    """What a file gives a scalar field."""
    if field.type == field.TYPE_BYTES:
        return data
    if field.type == field.TYPE_STRING:
        return _decoded(text, data)
    raise text.mistake(f"a file gives text, bytes or JSON: `{field.name}` is none of them", code="bad-value")


def _decoded(text: Span, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        what = f"`{_file_name(text)}` is not UTF-8 text at byte {exc.start}"
        raise _file_error(text, what) from None


def _json_reader(text: Span, data: bytes) -> JsonReader:
    content = _decoded(text, data).removeprefix("\ufeff")
    return JsonReader(Span(content, 0, len(content)), (_file_name(text), text))


def json_file(text: Span, inputs: Inputs) -> JsonReader:
    """The JSON in a file.

    Raises:
        InputError: it cannot be read, or is no UTF-8.
    """
    return _json_reader(text, _read(text, inputs))


def _json_message(field: FieldDescriptor, reader: JsonReader) -> Plain:
    """A JSON object as a message of the field's type."""
    message = message_class(short_name(field.message_type))()
    reader.whole(lambda: reader.message(message))
    return Plain(message, tuple(reader.given))


def _json_field(field: FieldDescriptor, reader: JsonReader) -> Plain:
    """JSON for a whole list or map."""
    holder = message_class(short_name(field.containing_type))()
    reader.whole(lambda: reader.value(holder, field))
    filled = getattr(holder, field.name)
    thing = {key: filled[key] for key in sorted(filled)} if is_map(field) else list(filled)
    return Plain(thing, tuple(reader.given[1:]))
