"""JSON inside typed requests: read straight into a message, with the place of every mistake.

It reads proto3 JSON: names as in the `.proto` or in camelCase, 64-bit integers as text or number, enums by name or
number, bytes as base64, `null` for a field that is left out. Unlike `json_format` it knows where a mistake stands,
takes no name twice, and only goes as deep as the schema does, so that no text exhausts the stack.
Source: protobuf.dev, ProtoJSON format.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.lexer import Span, string_end
from lksig.schema.paths import fields_by_name, is_map, map_fields, other_arm, two_arms, unknown_field
from lksig.schema.scalars import Scalar, Unfit, check_text, parse_base64, parse_scalar

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

Path = tuple[Any, ...]
"""Names, indices and keys from the message that is read."""

_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r"-?[0-9][0-9.eE+-]*|[A-Za-z]+")
_WHOLE_FLOAT = re.compile(r"(-?[0-9]{1,20})\.0+")


class JsonReader:
    """Reads one JSON text.

    Args:
        text: the JSON, as a part of the typed line or of a file.
        file: for a file, its name and the words of the line that named it: mistakes point there.
    """

    def __init__(self, text: Span, file: tuple[str, Span] | None = None) -> None:
        self._text = text
        self._file = file
        self._at = text.start
        self.given: list[Path] = []
        """Path of every field, element and entry that was set, in order."""

    # --- what callers ask for ---------------------------------------------------------------------------------------

    def whole(self, read: Callable[[], object]) -> None:
        """Run `read` and see that nothing but blanks follows."""
        read()
        self._skip()
        if self._at < self._text.end:
            raise self._wrong(self._text.cut(self._at), "text behind the JSON")

    def message(self, message: ProtoMessage, path: Path = ()) -> None:
        """An object, into a message."""
        # The stubs know two classes of descriptors, of which one never exists.
        descriptor: Any = message.DESCRIPTOR
        names: set[str] = set()
        for key, name in self._members(descriptor.name):
            field = self._field(key, name, descriptor)
            self._once(key, name, field.name, names)
            if self._take("null"):
                continue
            first = other_arm(message, field)
            if first is not None:
                raise self._told(two_arms(key, field, first))
            self._value(message, field, (*path, field.name))

    def value(self, message: ProtoMessage, field: FieldDescriptor, path: Path = ()) -> None:
        """Whatever fits `field`, into that field of `message`."""
        self._value(message, field, path)

    # --- structure --------------------------------------------------------------------------------------------------

    def _members(self, what: str) -> Iterator[tuple[Span, str]]:
        """Place and text of each key of an object; the caller reads the value."""
        self._expect("{", f"a JSON object for {what}")
        if self._take("}"):
            return
        while True:
            key = self._string_span(f"a name in quotes, of a field of {what}")
            name = self._string(key)
            self._expect(":", "`:` behind the name")
            yield key, name
            if self._take("}"):
                return
            self._expect(",", "`,` or `}`")

    def _items(self, what: str) -> Iterator[int]:
        self._expect("[", f"a JSON list for `{what}`")
        if self._take("]"):
            return
        index = 0
        while True:
            yield index
            index += 1
            if self._take("]"):
                return
            self._expect(",", "`,` or `]`")

    def _field(self, key: Span, name: str, descriptor: Descriptor) -> FieldDescriptor:
        field = _fields_by_json_name(descriptor).get(name)
        if field is None:
            inside = Span(key.source, key.start + 1, key.end - 1)
            raise self._told(unknown_field(inside, descriptor))
        return field

    def _once(self, key: Span, shown: str, name: Any, names: set[Any]) -> None:
        if name in names:
            raise self._wrong(key, f"`{shown}` is set twice", code="set-twice")
        names.add(name)

    def _value(self, message: ProtoMessage, field: FieldDescriptor, path: Path) -> None:
        self.given.append(path)
        if is_map(field):
            self._map(getattr(message, field.name), field, path)
        elif field.is_repeated:
            self._list(getattr(message, field.name), field, path)
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            self.message(inner, path)
        else:
            setattr(message, field.name, self._scalar(field))

    def _list(self, elements: Any, field: FieldDescriptor, path: Path) -> None:
        for index in self._items(field.name):
            self.given.append((*path, index))
            if field.message_type is not None:
                self.message(elements.add(), (*path, index))
            else:
                elements.append(self._scalar(field))

    def _map(self, entries: Any, field: FieldDescriptor, path: Path) -> None:
        key_field, value_field = map_fields(field)
        keys: set[Scalar] = set()
        for key, name in self._members(field.name):
            try:
                meaning = parse_scalar(key_field, name)
            except Unfit as unfit:
                raise self._wrong(key, f"not a key of `{field.name}`: {unfit.wanted}") from None
            self._once(key, name, meaning, keys)
            self.given.append((*path, meaning))
            if value_field.message_type is not None:
                entry = entries[meaning]
                entry.SetInParent()
                self.message(entry, (*path, meaning))
            else:
                entries[meaning] = self._scalar(value_field)

    # --- scalars ----------------------------------------------------------------------------------------------------

    def _scalar(self, field: FieldDescriptor) -> Scalar:
        self._skip()
        start = self._at
        is_text = self._text.source.startswith('"', start, self._text.end)
        span = self._string_span("a value") if is_text else self._token(field)
        try:
            return _json_scalar(field, span.text, self._string(span) if is_text else None)
        except Unfit as unfit:
            raise self._wrong(span, f"not {unfit.wanted}", guess=unfit.guess, code="bad-value") from None

    def _token(self, field: FieldDescriptor) -> Span:
        found = _TOKEN.match(self._text.source, self._at, self._text.end)
        if not found:
            raise self._wrong(self._text.cut(self._at, self._at + 1), f"a value for `{field.name}` is expected here")
        self._at = found.end()
        return self._text.cut(found.start(), found.end())

    # --- tokens -----------------------------------------------------------------------------------------------------

    def _skip(self) -> None:
        found = _SPACE.match(self._text.source, self._at, self._text.end)
        self._at = found.end() if found else self._at

    def _take(self, token: str) -> bool:
        """Step over `token` if it stands here."""
        self._skip()
        if not self._text.source.startswith(token, self._at, self._text.end):
            return False
        self._at += len(token)
        return True

    def _expect(self, token: str, what: str) -> None:
        if not self._take(token):
            raise self._wrong(self._text.cut(self._at, self._at + 1), f"{what} is expected here")

    def _string_span(self, what: str) -> Span:
        self._skip()
        start = self._at
        end = string_end(self._text.source, start, self._text.end)
        if end is None:
            raise self._wrong(self._text.cut(start, start + 1), f"{what} is expected here")
        self._at = end
        return self._text.cut(start, end)

    def _string(self, span: Span) -> str:
        try:
            return str(json.loads(span.text))
        except ValueError:
            raise self._wrong(span, "not a JSON string: a control character, or a `\\` that escapes nothing") from None

    # --- mistakes ---------------------------------------------------------------------------------------------------

    def _wrong(self, span: Span, text: str, *, code: str = "bad-json", guess: str | None = None) -> InputError:
        return self._told(span.mistake(text, code=code, guess=guess))

    def _told(self, error: InputError) -> InputError:
        """The error as the line shows it: one in a file names line and column, and points at the file's name."""
        if self._file is None:
            return error
        name, words = self._file
        before = self._text.source[: error.start]
        line = before.count("\n") + 1
        column = error.start - (before.rfind("\n") + 1) + 1
        return words.mistake(f"`{name}` line {line}, column {column}: {error.text}", code=error.code)


@functools.cache
def _fields_by_json_name(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """The fields by every name JSON may give them."""
    return {field.json_name: field for field in descriptor.fields} | fields_by_name(descriptor)


def _json_scalar(field: FieldDescriptor, token: str, text: str | None) -> Scalar:
    """A JSON token as a value; `text` is what a string means, None for other tokens."""
    if field.type == field.TYPE_STRING:
        if text is None:
            raise Unfit("a text: it stands in quotes")
        return check_text(text)
    if field.type == field.TYPE_BYTES:
        if text is None:
            raise Unfit("bytes: base64 in quotes")
        return parse_base64(text)
    if field.type == field.TYPE_BOOL:
        if token not in ("true", "false"):
            raise Unfit("a boolean: true or false")
        return token == "true"
    whole = _WHOLE_FLOAT.fullmatch(token)
    return parse_scalar(field, whole.group(1) if whole and field.type != field.TYPE_FLOAT else text or token)
