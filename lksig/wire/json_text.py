"""The `message` of a JSON line: a whole envelope as proto3 JSON, secrets hidden.

The rule: one pass, one string, and the same bytes in every process. What stands where is decided in `json_plan`, what
is secret in `redaction`. A message that is very large is written in pieces, so that nobody needs it as one string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from lksig.wire.json_plan import Style, compile_fields, field_key, in_order, message_function

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

    from lksig.wire.json_plan import MessageText
    from lksig.wire.redaction import Secrets

LARGE_BYTES = 1 << 18
"""From this size of a message on it is written in pieces. JSON text is about four times as long as the message."""

_ELEMENTS = 64
"""Elements of a list in one piece."""

_maybe_token = re.compile("eyJ").search
"""The cheapest test for a JWT in a text. Measured: a compiled pattern is faster than `in` and `find`."""


def message_text(envelope: ProtoMessage, secrets: Secrets, *, defaults: bool = False) -> str:
    """A message as one line of ASCII JSON without blanks.

    Args:
        defaults: print every field that has no presence, set or not.
    """
    return message_text_and_unknown(envelope, secrets, defaults=defaults)[0]


def message_text_and_unknown(envelope: ProtoMessage, secrets: Secrets, *, defaults: bool = False) -> tuple[str, bool]:
    """`message_text`, and whether the message holds unknown fields: seen in the same pass, for a tenth of the cost."""
    function = _functions.get((type(envelope), secrets.show, defaults)) or _function(envelope, secrets.show, defaults)
    unknown: list[Any] = []
    text = function(envelope, secrets, unknown)
    if not secrets.show and _maybe_token(text):
        text = secrets.tokens_in_json(text)
    return text, bool(unknown)


def iter_message_text(envelope: ProtoMessage, secrets: Secrets, *, defaults: bool = False) -> Iterator[str]:
    """The pieces of `message_text`; one piece for a message that is not large."""
    style = _style(secrets.show, defaults)
    for piece in _pieces(envelope, secrets, style):
        yield secrets.tokens_in_json(piece) if style.hidden and _maybe_token(piece) else piece


def protojson(envelope: Any) -> str:
    """A message as a text frame: camelCase names, only what is set."""
    return message_function(envelope.DESCRIPTOR, _FRAME)(envelope, None, [])


_FRAME = Style(camel=True, unset="none", hidden=False)

_functions: dict[tuple[type, bool, bool], MessageText] = {}


def _function(message: Any, show: bool, defaults: bool) -> MessageText:
    function = message_function(message.DESCRIPTOR, _style(show, defaults))
    return _functions.setdefault((type(message), show, defaults), function)


def _style(show: bool, defaults: bool) -> Style:
    return Style(unset="all" if defaults else "meaningful", hidden=not show)


def _pieces(message: Any, secrets: Secrets, style: Style) -> Iterator[str]:
    if message.ByteSize() < LARGE_BYTES:
        yield message_function(message.DESCRIPTOR, style)(message, secrets, [])
        return
    comma = ""
    yield "{"
    for part in _parts(message.DESCRIPTOR, style):
        if callable(part):
            text = part(message, secrets, [])[1:-1]
            if text:
                yield comma + text
                comma = ","
        elif part.is_repeated or message.HasField(part.name):
            elements = getattr(message, part.name)
            if elements or not part.is_repeated or style.unset == "all":
                yield comma + field_key(part, style)
                comma = ","
                if part.is_repeated:
                    yield from _list_pieces(elements, part.message_type, secrets, style)
                else:
                    yield from _pieces(elements, secrets, style)
    yield "}"


def _list_pieces(elements: Any, inside: Any, secrets: Secrets, style: Style) -> Iterator[str]:
    comma, remaining, function = "", iter(elements), message_function(inside, style)
    yield "["
    while chunk := [function(one, secrets, []) for one in islice(remaining, _ELEMENTS)]:
        yield comma + ",".join(chunk)
        comma = ","
    yield "]"


_cut: dict[tuple[str, Style], list[MessageText | FieldDescriptor]] = {}


def _parts(descriptor: Descriptor, style: Style) -> list[MessageText | FieldDescriptor]:
    """The fields of a message in order: those that hold messages one by one, the others as functions for many."""
    key = descriptor.full_name, style
    parts = _cut.get(key)
    if parts is None:
        parts, together = [], []
        for field in in_order(descriptor):
            if field.message_type is None or field.message_type.GetOptions().map_entry:
                together.append(field)
                continue
            if together:
                parts.append(compile_fields(descriptor, together, style))
                together = []
            parts.append(field)
        if together:
            parts.append(compile_fields(descriptor, together, style))
        _cut[key] = parts
    return parts
