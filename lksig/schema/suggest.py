"""What can be typed next in a line of requests: cases, fields, values, at any depth.

    suggest("mute sid=", 9, known)     the tracks of the room, with name and owner
    suggest("add_track ty", 12, known) `type=`

Rules: any text and any cursor give an answer; nothing is offered that the grammar then refuses; what is typed already
before the cursor and behind it counts. Modules by subject: `suggest_paths`, `suggest_values`, `suggest_json`,
`suggest_references`; where the cursor stands is said by `half_typed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.schema.half_typed import HalfTyped, half_typed, lenient_parts
from lksig.schema.lexer import BLANKS, Parts, Span, skip_blanks
from lksig.schema.paths import is_map, parse_path
from lksig.schema.pool import TO_SERVER, Direction, envelope_class
from lksig.schema.references import written_name
from lksig.schema.suggest_json import suggest_json, suggest_json_field
from lksig.schema.suggest_paths import path_items, tail_of
from lksig.schema.suggest_references import suggest_reference
from lksig.schema.suggest_values import kinds_of, value_items
from lksig.schema.suggestions import (
    Known,
    NothingKnown,
    Suggestion,
    Suggestions,
    about_field,
    matching,
    name_end,
    nothing,
    plain_prefix,
    written_file,
)
from lksig.schema.value_text import item_end

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

__all__ = ["Known", "NothingKnown", "Suggestion", "Suggestions", "suggest", "written_file"]


def suggest(text: str, cursor: int, known: Known, *, direction: Direction = TO_SERVER) -> Suggestions:
    """The ways to go on at `cursor` in a line of requests."""
    cursor = max(0, min(cursor, len(text)))
    end = name_end(text, cursor)
    place = half_typed(text, cursor, end, direction)
    found = _at(place, known)
    if not found.items and not found.wants_file:
        return nothing(cursor)
    items = found.items
    if text.startswith(("=", "+="), end):
        # A name is replaced in front of its value, which stays.
        items = tuple(item for item in items if item.text.endswith("="))
        end = text.index("=", end) + 1
    return Suggestions(found.start, end, items, found.wants_file, found.file_prefix)


def _at(place: HalfTyped, known: Known) -> Suggestions:
    word = place.word
    if place.case is None:
        return _opening(word, envelope_class(place.direction).DESCRIPTOR, known) or _cases(place)
    message = place.case.message_type
    if message is None:
        return _bare_value(place, place.case, known)
    parts = lenient_parts(word)
    if parts is not None and not word.text.startswith("{"):
        return _value(place, parts, message, known)
    if place.is_first and word.text.startswith("%"):
        return suggest_reference(word, place.case, known, _announced(place))
    inside = message if place.is_first else envelope_class(place.direction).DESCRIPTOR
    return _opening(word, inside, known) or _fields_and_cases(place, message, known)


def _opening(word: Span, message: Descriptor, known: Known) -> Suggestions | None:
    """A whole message as JSON, or a file with it; None where neither is begun."""
    start = skip_blanks(word.source, word.start, word.end)
    if word.source.startswith("{", start):
        return suggest_json(word.cut(start), message, known)
    return _file(word) if _is_file(word.text) else None


# --- cases and fields -----------------------------------------------------------------------------------------------


def _case_items(place: HalfTyped) -> Iterator[Suggestion]:
    for name, field in place.cases.items():
        yield Suggestion(name, about_field(field))


def _cases(place: HalfTyped) -> Suggestions:
    word = place.word
    return Suggestions(word.start, word.end, matching(_case_items(place), word.text))


def _fields_and_cases(place: HalfTyped, message: Descriptor, known: Known) -> Suggestions:
    """What sets more in the request; cases begin the next one, and are offered when one is begun or nothing is left."""
    word = place.word
    tail = tail_of(word, message)
    if tail is None:
        return nothing(word.end)
    items = path_items(place, tail, message, known)
    if not tail.opener and (word.text or not items):
        items += _case_items(place)
    # Indices and keys are written with their separator.
    start = tail.typed.start - 1 if items and items[0].text[:1] in (".", "[") else tail.typed.start
    return Suggestions(start, word.end, matching(items, tail.typed.text.lstrip('"')))


def _bare_value(place: HalfTyped, case: FieldDescriptor, known: Known) -> Suggestions:
    word = place.word
    if word.text.startswith("timestamp="):
        word = word.cut(word.start + len("timestamp="))
        return _single(place, case, word, known)
    if word.text.startswith(("%", "@")):
        return _single(place, case, word, known)
    items = [*value_items(case, known), *(_case_items(place) if word.text else ())]
    return Suggestions(word.start, word.end, matching(items, word.text))


# --- values ---------------------------------------------------------------------------------------------------------


def _value(place: HalfTyped, parts: Parts, message: Descriptor, known: Known) -> Suggestions:
    try:
        steps = parse_path(parts.path, message)
    except InputError:
        return nothing(parts.value.end)
    last, text = steps[-1], parts.value
    append = parts.append and last.is_whole
    if not place.can_set(steps, append=append):
        return nothing(text.end)
    field = last.value_field
    if last.is_whole and is_map(last.field):
        return _whole_map(last.field, text, known)
    taken = list(place.at(steps) or ()) if last.is_whole and field.message_type is None else []
    if last.is_whole and text.text.startswith("["):
        item = _last_item(text)
        if item is None:
            return nothing(text.end)
        text = item
    parent = steps[-2].field.name if len(steps) > 1 else place.case.name if place.case else ""
    return _single(place, field, text, known, taken=taken, parent=parent)


def _whole_map(field: FieldDescriptor, text: Span, known: Known) -> Suggestions:
    if text.text.startswith("{"):
        return suggest_json_field(text, field, known)
    return _file(text) if _is_file(text.text) else nothing(text.end)


def _last_item(text: Span) -> Span | None:
    """What is typed of the last item of `[a,b`; None behind the closing bracket."""
    at = text.start + 1
    while True:
        at = skip_blanks(text.source, at, text.end)
        item = text.cut(at)
        try:
            end = item_end(item)
        except InputError:
            return item
        if end is None:
            return item
        if text.source[end] == "]":
            return None
        at = end + 1


def _single(
    place: HalfTyped,
    field: FieldDescriptor,
    text: Span,
    known: Known,
    *,
    taken: list[object] | None = None,
    parent: str = "",
) -> Suggestions:
    """One value of a field."""
    typed = text.text
    if typed.startswith(("%%", "@@")):
        return nothing(text.end)
    if typed.startswith("%"):
        return suggest_reference(text, field, known, _announced(place))
    if typed.startswith("@"):
        return _file(text) if _takes_file(field) else nothing(text.end)
    if field.message_type is not None:
        if typed.startswith("{"):
            return suggest_json(text, field.message_type, known)
        return Suggestions(text.start, text.end, () if typed else (Suggestion("{", "the message as JSON"),))
    items = value_items(field, known, taken=taken or (), parent=parent)
    if "track-reference" in kinds_of(field):
        announced = {f"%{name}": "announced in this line" for name in _announced(place)}
        items = [item for item in items if item.text not in announced]
        items = [*(Suggestion(*pair) for pair in announced.items()), *items]
    return Suggestions(text.start, text.end, matching(items, typed.removeprefix('"').rstrip(BLANKS)))


def _announced(place: HalfTyped) -> tuple[str, ...]:
    return tuple(written_name(name) for name in dict.fromkeys(place.names))


# --- files ----------------------------------------------------------------------------------------------------------


def _takes_file(field: FieldDescriptor) -> bool:
    return field.message_type is not None or field.type in (field.TYPE_STRING, field.TYPE_BYTES)


def _is_file(typed: str) -> bool:
    return typed.startswith("@") and not typed.startswith("@@")


def _file(text: Span) -> Suggestions:
    """The name of a file behind `@`."""
    return Suggestions(text.start + 1, text.end, wants_file=True, file_prefix=plain_prefix(text.text[1:]))
