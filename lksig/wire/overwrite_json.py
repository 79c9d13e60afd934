"""A text frame with its secrets overwritten in place; the counterpart of `overwrite` for JSON.

The rule is the same: length and structure stay, and hidden is what the views hide in the decoded message. Names are
taken in both spellings. A secret is found in what a string says and overwritten where it is written, so that no escape
hides it. What the schema does not know is scrubbed.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, NamedTuple

from lksig.wire.json_frame import fields_by_key
from lksig.wire.json_scan import Literal, Path, Token, read_literal, scan_json
from lksig.wire.overwrite import OF_KEY, Found, Overwritten, crossed_out, hide_whole, key_text, listed
from lksig.wire.secret_text import Span

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    from lksig.wire.redaction import Secrets


def overwrite_text(raw: bytes, descriptor: Descriptor, secrets: Secrets, *, broken: bool = False) -> Overwritten:
    """The bytes of a text frame without its secrets, and what stood where.

    Args:
        broken: it is no message: it is read as far as it can be, nothing but `x` is written, the places mean nothing.
    """
    try:
        work = _Text(raw.decode(), "utf-8", descriptor, secrets, broken)
    except UnicodeDecodeError:
        work = _Text(raw.decode("latin-1"), "latin-1", descriptor, secrets, broken)
    for token in scan_json(work.text):
        work.token(token)
    return Overwritten(work.written(), listed(work.places))


class _Target(NamedTuple):
    """What the schema knows about a place in the JSON."""

    field: FieldDescriptor
    """Of an element or a map value the repeated field, or the value field of the map's entry."""
    path: str
    """With the `.proto` names."""
    is_whole: bool
    """Whether it is all of a repeated field or map, not an element."""


class _Text:
    """The work on one text frame."""

    def __init__(self, text: str, encoding: str, descriptor: Descriptor, secrets: Secrets, broken: bool) -> None:
        self.text = text
        self._broken = broken
        self.places: Found = {}
        self._encoding = encoding
        self._descriptor = descriptor
        self._secrets = secrets
        self._changes: list[tuple[int, int, str]] = []
        self._new_keys: dict[Path, str] = {}

    def written(self) -> bytes:
        pieces, at = [], 0
        for start, end, new in self._changes:
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]]).encode(self._encoding)

    def token(self, token: Token) -> None:
        """Overwrite what is secret in one key or value."""
        is_text = self.text[token.start] == '"'
        target = self._resolve(token.path[:-1] if token.is_key else token.path)
        if not is_text:
            self._bare(token, target)
        elif token.is_key:
            self._key(token, self._literal(token), target)
        elif target is None or target.field.type not in (target.field.TYPE_STRING, target.field.TYPE_BYTES):
            self._scrub(self._literal(token))
        else:
            self._value(self._literal(token), target)

    def _literal(self, token: Token) -> Literal:
        return read_literal(self.text, token.start, token.end)

    def _resolve(self, path: Path) -> _Target | None:
        """Follow a path of the JSON through the schema; None for the envelope and for what it does not know."""
        descriptor: Descriptor | None = self._descriptor
        target = None
        for index, step in enumerate(path):
            if target is not None and target.is_whole:
                target = self._element(target, step, path[: index + 1])
            else:
                field = fields_by_key(descriptor).get(str(step)) if descriptor is not None else None
                if field is None:
                    return None
                target = _Target(field, f"{target.path}.{field.name}" if target else field.name, field.is_repeated)
            descriptor = target.field.message_type
        return target

    def _element(self, whole: _Target, step: str | int, path: Path) -> _Target:
        inside = whole.field.message_type
        if inside is None or not inside.GetOptions().map_entry:
            return _Target(whole.field, f"{whole.path}.{step}", False)
        key = self._new_keys.get(path, str(step))
        is_text = inside.fields_by_name["key"].type == whole.field.TYPE_STRING
        value_field = inside.fields_by_name["value"]
        return _Target(value_field, f"{whole.path}[{key_text(key) if is_text else key}]", False)

    def _key(self, token: Token, literal: Literal, target: _Target | None) -> None:
        if target is None or not target.is_whole:
            self._scrub(literal)
            return
        key, spans = self._parts(literal, self._secrets.find_in_field(None, literal.text), is_key=True)
        self._new_keys[token.path] = key
        if spans:
            self.places[f"{target.path}[{key_text(key)}]{OF_KEY}"] = spans

    def _value(self, literal: Literal, target: _Target) -> None:
        how = self._secrets.treatment(target.field)
        self.places.pop(target.path, None)  # of a key that is there twice the last one counts
        if how == "secret_bytes":
            value, new = _base64_content(literal.text)
            self._whole(literal, target, value, "x" * len(new) if self._broken else new)
        elif how == "secret":
            self._whole(literal, target, literal.text, "x" * self._size(literal, 0, len(literal.text)))
        else:  # of bytes that are no secret nothing is found: base64 has no dots and no colons
            _, spans = self._parts(literal, self._secrets.find_in_field(how, literal.text))
            if spans:
                self.places[target.path] = spans

    def _parts(
        self, literal: Literal, spans: list[Span], is_key: bool = False
    ) -> tuple[str, list[tuple[int, int, str]]]:
        """Overwrite secrets in a text; what it says then, and their places in that."""
        text, at, places = "", 0, []
        for span in spans:
            placeholder = self._secrets.stand_in(span.kind, literal.text[span.start : span.end])
            size = self._size(literal, span.start, span.end)
            kind = "secret" if self._broken else "key" if is_key else span.kind
            new = crossed_out(kind, placeholder, size)
            self._change(literal, span.start, span.end, new)
            text += literal.text[at : span.start]
            places.append((len(text), len(text) + size, placeholder))
            text, at = text + new, span.end
        return text + literal.text[at:], places

    def _whole(self, literal: Literal, target: _Target, value: str | bytes, new: str) -> None:
        placeholder = hide_whole(value, self._secrets)
        if placeholder is not None:
            self._change(literal, 0, len(literal.text), new)
            self.places[target.path] = [(-1, -1, placeholder)]

    def _bare(self, token: Token, target: _Target | None) -> None:
        """A secret without its quotes, in a frame that is no JSON any more."""
        value = self.text[token.start : token.end]
        if target is not None and self._secrets.treatment(target.field) is not None and value not in ("{", "[", "null"):
            self._changes.append((token.start, token.end, "x" * len(value.encode(self._encoding))))

    def _scrub(self, literal: Literal) -> None:
        for span in self._secrets.find_to_scrub(literal.text):
            self._change(literal, span.start, span.end, "x" * self._size(literal, span.start, span.end))

    def _size(self, literal: Literal, start: int, end: int) -> int:
        """The bytes that a piece of the literal's text takes in the frame."""
        return len(self.text[literal.places[start] : literal.places[end]].encode(self._encoding))

    def _change(self, literal: Literal, start: int, end: int, new: str) -> None:
        self._changes.append((literal.places[start], literal.places[end], new))


def _base64_content(text: str) -> tuple[bytes, str]:
    """The bytes a base64 text stands for, and base64 of the same length for as many `x`."""
    bare = text.rstrip("=")
    if not bare.strip("x"):
        return b"x", text  # what is left below of a text that is no base64
    try:
        content = base64.b64decode(bare.translate(_STANDARD) + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return text.encode("utf-8", "surrogatepass"), "x" * len(text)
    new = base64.b64encode(b"x" * len(content)).decode("ascii").rstrip("=")
    return content, new + text[len(bare) :]


_STANDARD = str.maketrans("-_", "+/")
