"""Suggestions inside of JSON: names of fields, keys, values.

The reader of requests reads the text up to the token that is typed, and fails there; what it was reading when it failed
is what can come next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.json_reader import JsonReader, Path
from lksig.schema.lexer import Span
from lksig.schema.paths import other_arm, short_name
from lksig.schema.pool import message_class
from lksig.schema.suggest_values import in_json, value_items
from lksig.schema.suggestions import Known, Suggestion, Suggestions, about_field, matching, nothing
from lksig.schema.typed_text import quoted

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s"{}\[\],:]+|[{}\[\],:]', re.DOTALL)


class _Watch(JsonReader):
    """A reader that remembers, of the moment it fails, what it was reading."""

    def __init__(self, text: Span) -> None:
        super().__init__(text)
        self.wanted = ""
        """`name`, `value`, or the punctuation that should have come."""
        self.message_read: tuple[Any, Path] | None = None
        self.field_read: FieldDescriptor | None = None
        self.map_read: FieldDescriptor | None = None

    @property
    def _is_open(self) -> bool:
        """Nothing was remembered yet: this frame is the innermost."""
        return self.message_read is None and self.field_read is None and self.map_read is None

    def message(self, message: ProtoMessage, path: Path = ()) -> None:
        try:
            super().message(message, path)
        except InputError:
            if self._is_open:
                self.message_read = message, path
            raise

    def _map(self, entries: Any, field: FieldDescriptor, path: Path) -> None:
        try:
            super()._map(entries, field, path)
        except InputError:
            if self._is_open:
                self.map_read = field
            raise

    def _scalar(self, field: FieldDescriptor) -> Any:
        self.wanted = "value"
        try:
            return super()._scalar(field)
        except InputError:
            self.field_read = field
            raise

    def _expect(self, token: str, what: str) -> None:
        self.wanted = token
        super()._expect(token, what)

    def _string_span(self, what: str) -> Span:
        self.wanted = "value" if what == "a value" else "name"
        return super()._string_span(what)


def suggest_json(text: Span, descriptor: Descriptor, known: Known) -> Suggestions:
    """The ways to go on in JSON for a message; `text` ends at the cursor."""
    message: Any = message_class(short_name(descriptor))()
    return _suggest(text, lambda reader: reader.message(message), known)


def suggest_json_field(text: Span, field: FieldDescriptor, known: Known) -> Suggestions:
    """The ways to go on in JSON for a whole map or list."""
    holder: Any = message_class(short_name(field.containing_type))()
    return _suggest(text, lambda reader: reader.value(holder, field), known)


def _suggest(text: Span, read: Any, known: Known) -> Suggestions:
    start = _token_start(text)
    reader = _Watch(text.cut(text.start, start))
    try:
        read(reader)
    except InputError as error:
        if error.start < start:
            return nothing(text.end)
    else:
        return nothing(text.end)
    typed = text.cut(start).text.removeprefix('"')
    return Suggestions(start, text.end, matching(_items(reader, known), typed))


def _token_start(text: Span) -> int:
    """Where the name or value begins that is typed at the end of the text; its end where none is."""
    start = text.end
    for found in _TOKENS.finditer(text.source, text.start, text.end):
        token = found.group()
        is_whole = token in tuple("{}[],:") or (len(token) > 1 and token[0] == token[-1] == '"')
        if found.end() == text.end and not is_whole:
            start = found.start()
    return start


def _items(reader: _Watch, known: Known) -> list[Suggestion]:
    if reader.wanted in ("{", "["):
        return [Suggestion(reader.wanted, "an object" if reader.wanted == "{" else "a list")]
    if reader.wanted == "value" and reader.field_read is not None:
        return in_json(reader.field_read, value_items(reader.field_read, known))
    if reader.wanted != "name":
        return []
    if reader.map_read is not None:
        return [Suggestion(f"{quoted(key)}: ", meaning, key) for key, meaning in known.keys(reader.map_read.name)]
    assert reader.message_read is not None
    message, path = reader.message_read
    return [
        Suggestion(f'"{field.name}": ', about_field(field), field.name)
        for field in message.DESCRIPTOR.fields
        if (*path, field.name) not in reader.given and other_arm(message, field) is None
    ]
