"""Suggestions for the path in front of an `=`: the fields that can still be set, indices, keys that were seen.

A path that is not finished is read up to its last separator by the grammar of paths; what stands behind it is what is
typed. Fields that hold others are offered with the dot behind them, the others with their `=`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.records import record
from lksig.schema.lexer import Span
from lksig.schema.paths import Step, is_map, map_fields, parse_path
from lksig.schema.suggestions import Known, Suggestion, about_field
from lksig.schema.typed_text import format_key

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    from lksig.schema.half_typed import HalfTyped

_SEPARATOR = re.compile(r"[.\[]")

MAX_SEPARATORS = 40
"""Of a path that is read; nothing in the schema is nearly as deep."""


@record
class Tail:
    """A path up to its last separator, and what is typed behind it."""

    steps: tuple[Step, ...]
    opener: str
    """The separator; empty at the beginning of the path."""
    typed: Span

    def message(self, root: Descriptor) -> Descriptor | None:
        """The message one of whose fields is typed; None for an index or a key."""
        if not self.steps:
            return root
        last = self.steps[-1]
        return None if last.is_whole or self.opener != "." else last.value_field.message_type


def tail_of(path: Span, root: Descriptor) -> Tail | None:
    """The unfinished path, taken apart; None where it goes wrong before its end."""
    places = [found.start() for found in _SEPARATOR.finditer(path.source, path.start, path.end)]
    for at in reversed(places[:MAX_SEPARATORS]):
        try:
            steps = parse_path(path.cut(path.start, at), root)
        except InputError:
            continue
        if not (steps[-1].takes_rest and steps[-1].value_field.message_type is None):
            return Tail(steps, path.source[at], path.cut(at + 1))
    return None if places else Tail((), "", path)


def path_items(place: HalfTyped, tail: Tail, root: Descriptor, known: Known) -> list[Suggestion]:
    """The ways in which a path of the request can go on behind its last separator.

    Items for indices and keys begin with the separator.
    """
    message = tail.message(root)
    if message is not None:
        return list(_fields(place, tail.steps, message))
    if not tail.steps or not tail.steps[-1].is_whole:
        return []
    last = tail.steps[-1]
    return list(_keys(place, tail, known) if is_map(last.field) else _indices(place, tail.steps, last.field))


# --- fields ---------------------------------------------------------------------------------------------------------


@functools.cache
def _ordered(message: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields of a message in the order of their numbers, the deprecated ones and `request_id` last."""
    return tuple(
        sorted(
            message.fields,
            key=lambda field: (bool(field.GetOptions().deprecated), field.name == "request_id", field.number),
        )
    )


def _fields(place: HalfTyped, steps: Sequence[Step], message: Descriptor) -> Iterator[Suggestion]:
    here = steps[-1].span if steps else place.word
    for field in _ordered(message):
        meaning = about_field(field)
        if field.is_repeated and not is_map(field) and field.message_type is not None:
            for index in _open_indices(place, steps, field, here):
                yield Suggestion(f"{field.name}.{index}.", meaning)
        elif _is_open(place, (*steps, Step(field, None, here))):
            yield Suggestion(field.name + _behind(field), meaning)


def _behind(field: FieldDescriptor) -> str:
    """What follows the name of a field."""
    if is_map(field):
        return "."
    if field.is_repeated:
        return "+="
    return "." if field.message_type is not None and field.message_type.fields else "="


def _is_open(place: HalfTyped, steps: tuple[Step, ...]) -> bool:
    """Whether anything can still be set at or below the field that the last step names."""
    field = steps[-1].field
    if field.is_repeated and steps[-1].key is None:
        return place.can_set(steps, append=True)
    inner = steps[-1].value_field.message_type
    if inner is None or not inner.fields:
        return place.can_set(steps)
    if not place.can_set(steps, append=True):
        return False
    return any(_is_open(place, (*steps, Step(below, None, steps[-1].span))) for below in inner.fields)


def _open_indices(place: HalfTyped, steps: Sequence[Step], field: FieldDescriptor, here: Span) -> list[int]:
    """The elements of a list of messages in which something can be set, and the next one; the newest first."""
    if not place.can_set((*steps, Step(field, None, here)), append=True):
        return []
    count = place.count(place.at(steps), field)
    held = [index for index in range(count) if _is_open(place, (*steps, Step(field, index, here)))]
    # Of many elements the last one is being typed; the others are reached by their number.
    return [*held[-1:], count]


# --- indices and keys -----------------------------------------------------------------------------------------------


def _indices(place: HalfTyped, steps: tuple[Step, ...], field: FieldDescriptor) -> Iterator[Suggestion]:
    count = place.count(place.at(steps[:-1]), field)
    is_message = field.message_type is not None
    for index in range(count + 1):
        element = (*steps[:-1], Step(field, index, steps[-1].span))
        if _is_open(place, element):
            meaning = "one more element" if index == count else "already there"
            yield Suggestion(f".{index}{'.' if is_message else '='}", meaning, str(index))


def _keys(place: HalfTyped, tail: Tail, known: Known) -> Iterator[Suggestion]:
    step = tail.steps[-1]
    inner = map_fields(step.field)[1].message_type
    seen = dict(known.keys(step.field.name))
    there: Any = place.at(tail.steps) or {}
    for key in [*seen, *(str(key) for key in there if str(key) not in seen)]:
        element = (*tail.steps[:-1], Step(step.field, _as_key(step.field, key), step.span))
        if _is_open(place, element):
            yield Suggestion(_written_key(key, tail.opener) + ("=" if inner is None else "."), seen.get(key, ""), key)


def _as_key(field: FieldDescriptor, key: str) -> Any:
    kind = map_fields(field)[0]
    return key if kind.type == kind.TYPE_STRING else int(key)


def _written_key(key: str, opener: str) -> str:
    """The key behind its map, in brackets where it was begun so."""
    written = format_key(key)
    if opener == "[" and written.startswith("."):
        return f'["{written[1:]}"]'
    return written
