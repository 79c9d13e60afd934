"""Suggestions for references: what they can start from, and the fields behind it.

Where the field that is set can only hold part of what a reference starts from, the reference is offered with the dot
behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.schema.lexer import Span
from lksig.schema.paths import is_map
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.schema.references import Root, parse_root, possible_kinds
from lksig.schema.suggest_paths import tail_of
from lksig.schema.suggestions import Known, Suggestion, Suggestions, about_field, matching, nothing

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    from lksig.schema.pool import Direction

_LAST = "%last."


def suggest_reference(text: Span, field: FieldDescriptor, known: Known, names: tuple[str, ...] = ()) -> Suggestions:
    """The ways to go on in a reference.

    Args:
        text: from its `%` to the cursor.
        field: what is set by it.
        names: references to what this line announces.
    """
    typed = text.text
    try:
        root, end = parse_root(text)
    except InputError:
        root, end = None, text.end
    if typed.startswith(_LAST) and (root is None or end == text.end):
        return _found(text, len(_LAST), _cases(field, known))
    if root is None or end == text.end:
        return _found(text, 0, _roots(field, known, names))
    path = text.cut(end + 1)
    if text.source[end] != ".":
        return nothing(text.end)
    return _in_path(path, root, field, known)


def _found(text: Span, skipped: int, items: Iterator[Suggestion]) -> Suggestions:
    start = text.start + skipped
    return Suggestions(start, text.end, matching(items, text.cut(start).text))


# --- roots ----------------------------------------------------------------------------------------------------------


def _roots(field: FieldDescriptor, known: Known, names: tuple[str, ...]) -> Iterator[Suggestion]:
    for name in names:
        yield from _whole(field, f"%{name}", "announced in this line")
    if field.message_type is None or field.message_type.name == "ParticipantInfo":
        yield from _whole(field, "%self", "this session's participant")
    if field.message_type is None or field.message_type.name in ("TrackInfo", "DataTrackInfo"):
        for text, meaning in known.values("track-reference"):
            yield from _whole(field, text, meaning)
    if field.message_type is None or field.message_type.name == "ParticipantInfo":
        for text, meaning in known.values("participant-reference"):
            yield from _whole(field, text, meaning)
    yield Suggestion(_LAST, "the newest message of a case")
    for number, meaning in known.values("message"):
        yield from _message(field, number, meaning, known)


def _whole(field: FieldDescriptor, text: str, meaning: str) -> Iterator[Suggestion]:
    """A participant or a track: alone it is its sid, which is a text."""
    if field.message_type is not None or field.type not in (field.TYPE_STRING, field.TYPE_BYTES):
        text = f"{text}."
    yield Suggestion(text, meaning)


def _message(field: FieldDescriptor, number: str, meaning: str, known: Known) -> Iterator[Suggestion]:
    there = known.case_of(int(number))
    found = case_fields(there[0])[there[1]] if there is not None else None
    if found is not None and not (field.message_type is not None and found.message_type is None):
        yield Suggestion(f"%{number}{_behind(field, found)}", meaning)


def _behind(field: FieldDescriptor, found: FieldDescriptor) -> str:
    """A dot, where a message is found whose fields must be named."""
    if found.message_type is None:
        return ""
    return "" if field.message_type is not None and field.message_type == found.message_type else "."


def _cases(field: FieldDescriptor, known: Known) -> Iterator[Suggestion]:
    seen = dict(known.values("case"))
    fields = {**case_fields(TO_SERVER), **case_fields(TO_CLIENT)}
    for case in [*seen, *(case for case in fields if case not in seen)]:
        yield Suggestion(case + _behind(field, fields[case]), seen.get(case) or about_field(fields[case]), case)


# --- paths ----------------------------------------------------------------------------------------------------------


def _in_path(path: Span, root: Root, field: FieldDescriptor, known: Known) -> Suggestions:
    items: dict[str, tuple[bool, Suggestion]] = {}
    start = path.end
    for kind in _kinds(root, known):
        tail = tail_of(path, kind)
        message = tail.message(kind) if tail is not None else None
        if tail is None or message is None:
            continue
        start = tail.typed.start
        for is_same, item in _fields(message, field):
            items.setdefault(item.text, (is_same, item))
    # What has the same type is meant more often than what merely fits.
    likely = [item for is_same, item in items.values() if is_same]
    others = [item for is_same, item in items.values() if not is_same]
    return Suggestions(start, path.end, matching([*likely, *others], path.cut(start).text))


def _kinds(root: Root, known: Known) -> list[Descriptor]:
    if root.kind != "message":
        return possible_kinds(root)
    there: tuple[Direction, str] | None = known.case_of(root.number)
    message = case_fields(there[0])[there[1]].message_type if there is not None else None
    return [message] if message is not None else []


def _fields(message: Descriptor, wanted: FieldDescriptor) -> Iterator[tuple[bool, Suggestion]]:
    """The fields that fit or that hold others, and whether they are of the same type."""
    for field in message.fields:
        is_same = _is_same(field, wanted)
        if is_map(field):
            text = f"{field.name}."
        elif field.message_type is not None and not is_same:
            text = f"{field.name}.0." if field.is_repeated else f"{field.name}."
        elif is_same or wanted.message_type is None:
            text = field.name + (".0" if field.is_repeated and not wanted.is_repeated else "")
        else:
            continue
        yield is_same, Suggestion(text, about_field(field))


def _is_same(field: FieldDescriptor, wanted: FieldDescriptor) -> bool:
    if wanted.message_type is not None:
        return field.message_type == wanted.message_type and not is_map(field)
    if wanted.enum_type is not None:
        return field.enum_type == wanted.enum_type
    return field.type == wanted.type
