"""What stands under the cursor of a typed line: a case or a field, its type, its unit, what it is for.

For the line below the prompt. Any text and any cursor give an answer, or None where there is nothing to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.records import record
from lksig.schema.docs import summary
from lksig.schema.half_typed import HalfTyped, half_typed, lenient_parts
from lksig.schema.lexer import Span
from lksig.schema.manual import type_of
from lksig.schema.paths import parse_path
from lksig.schema.pool import TO_SERVER, Direction
from lksig.schema.suggest_paths import tail_of
from lksig.schema.units import unit_of

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor


@record
class Signature:
    """A case or a field."""

    path: str
    """As typed, from the case on: `add_track.layers.0.quality`."""
    type: str
    """As `.proto` files write it: `uint32`, `repeated VideoLayer`, `AddTrackRequest`."""
    unit: str | None
    doc: str
    """The first sentence of the documentation."""
    is_case: bool = False
    deprecated: bool = False


def signature(text: str, cursor: int, *, direction: Direction = TO_SERVER) -> Signature | None:
    """What the cursor stands in: a field, the request around it, or the case that is typed."""
    cursor = max(0, min(cursor, len(text)))
    end = cursor
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    place = half_typed(text, cursor, cursor, direction)
    whole = Span(text, place.word.start, end)
    case = place.cases.get(whole.text)
    if case is not None:
        return _of(case.name, case, is_case=True)
    if place.case is None:
        return None
    return _field(place, whole, place.case.message_type) or _of(place.case.name, place.case, is_case=True)


def _field(place: HalfTyped, word: Span, message: Descriptor | None) -> Signature | None:
    """The field that a word sets, or whose name the cursor stands in."""
    parts = lenient_parts(place.word)
    if message is None or word.text.startswith("{"):
        return None
    path = parts.path if parts is not None else word
    try:
        steps = parse_path(path, message)
    except InputError:
        tail = tail_of(path, message)
        steps = tail.steps if tail is not None else ()
    if not steps:
        return None
    shown = path.cut(path.start, steps[-1].span.end).text
    return _of(f"{place.case.name if place.case else ''}.{shown}", steps[-1].field)


def _of(path: str, field: FieldDescriptor, *, is_case: bool = False) -> Signature:
    return Signature(path, type_of(field), unit_of(field), summary(field), is_case, bool(field.GetOptions().deprecated))
