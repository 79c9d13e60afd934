"""From what a person types after `lksig schema` to the elements of the schema it means.

Accepted: a case (`add_track`, in both directions where both have it; `>` or `<` before it picks one), a message or
enum (`TrackInfo`, `LeaveRequest.Action`, `Action`), an enum value (`CAMERA`, `TrackSource.CAMERA`), a path below any of
them (`add_track.layers.0.quality`, `update.participants.identity`), the number of a case (`4`, `<4`), a path of numbers
as `protoc --decode_raw` prints them (`4.9.1`), a bare field name (every field of that name), and all of that in
camelCase or any other case. Names come from the descriptors alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lksig.errors import InputError
from lksig.schema.nearest import nearest, with_guess
from lksig.schema.pool import PACKAGE, TO_CLIENT, TO_SERVER, Direction, case_fields, pool

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor, EnumValueDescriptor, FieldDescriptor

MARKS = {TO_SERVER: ">", TO_CLIENT: "<"}
"""The marks of the two directions, as on every line lksig prints."""

Kind = Literal["case", "message", "enum", "value", "field"]


@dataclass(frozen=True, slots=True)
class Found:
    """An element of the schema, as it was reached.

    Set are the descriptor that goes with `kind` (for a value also its enum), and for a case or field the message or
    enum it holds: for a map that of its values.
    """

    kind: Kind
    path: str
    """As it is typed: `add_track.layers.quality`, `VideoLayer.quality`, `TrackSource.CAMERA`."""
    direction: Direction | None = None
    """Of the case it is or lies in; None for what does not hang on a case."""
    field: FieldDescriptor | None = None
    message: Descriptor | None = None
    enum: EnumDescriptor | None = None
    value: EnumValueDescriptor | None = None
    trail: tuple[FieldDescriptor, ...] = ()
    """The fields from the root of the path to here; the first one of a case is the case."""


def short_name(element: Descriptor | EnumDescriptor) -> str:
    """The name of a message or enum without its package: `LeaveRequest.Action`."""
    return element.full_name.removeprefix(f"{PACKAGE}.")


@functools.cache
def messages() -> dict[str, Descriptor]:
    """Every message of the schema by short name, nested ones included, entries of maps left out."""
    found: dict[str, Descriptor] = {}

    def collect(message: Descriptor) -> None:
        if not message.GetOptions().map_entry:
            found[short_name(message)] = message
            for nested in message.nested_types:
                collect(nested)

    for file in ("livekit_models.proto", "livekit_rtc.proto"):
        for message in pool().FindFileByName(file).message_types_by_name.values():
            collect(message)
    return dict(sorted(found.items()))


@functools.cache
def enums() -> dict[str, EnumDescriptor]:
    """Every enum of the schema by short name."""
    found = {short_name(enum): enum for message in messages().values() for enum in message.enum_types}
    for file in ("livekit_models.proto", "livekit_rtc.proto"):
        found |= {short_name(enum): enum for enum in pool().FindFileByName(file).enum_types_by_name.values()}
    return dict(sorted(found.items()))


def find(name: str) -> list[Found]:
    """The elements that `name` means; several where it fits several equally well.

    Raises:
        InputError: nothing has that name. It marks the part that is wrong and names what is near.
    """
    text = name.strip()
    directions = [direction for direction, mark in MARKS.items() if text.startswith(mark)] or list(MARKS)
    bare = re.sub(r"\[([^\]]*)\]", r".\1", text.lstrip("<> ")).removeprefix(f"{PACKAGE}.")
    words = bare.split(".")
    if all(_is_number(word) for word in words):
        return _by_numbers(name, [int(word) for word in words], directions)
    for same in (_exactly, _folded):
        # The first group that has any: a case is meant before a field of the same name.
        for group in (_paths, _nested, _values, _fields):
            if found := list(group(words, directions, same)):
                return found
    raise _unknown(name, words, directions)


Same = Callable[[str, str], bool]
"""Whether a typed word means a name."""


def _is_number(word: str) -> bool:
    # Other scripts have digits, too, and `²` is one that is no number. Field numbers have 29 bits.
    return word.isascii() and word.isdigit() and len(word) < 10


def _exactly(typed: str, name: str) -> bool:
    return typed == name


def _folded(typed: str, name: str) -> bool:
    """Equal but for case and underscores, so that camelCase fits."""
    return typed.replace("_", "").casefold() == name.replace("_", "").casefold()


def _roots(directions: Sequence[Direction]) -> Iterator[Found]:
    """Everything a path can begin with."""
    for direction in directions:
        for field in case_fields(direction).values():
            yield _case(direction, field)
    for name, message in messages().items():
        yield Found("message", name, message=message)
    for name, enum in enums().items():
        yield Found("enum", name, enum=enum)


def _case(direction: Direction, field: FieldDescriptor) -> Found:
    return Found("case", field.name, direction, field=field, message=field.message_type, trail=(field,))


def _walks(words: Sequence[str], directions: Sequence[Direction], same: Same) -> Iterator[tuple[Found, int]]:
    """Where each root that the first words name leads to, and how many words that took."""
    for root in _roots(directions):
        depth = root.path.count(".") + 1
        if same(".".join(words[:depth]), root.path):
            yield _walk(root, words, depth, same)


def _walk(root: Found, words: Sequence[str], at: int, same: Same) -> tuple[Found, int]:
    here, has_key = root, False
    while at < len(words):
        if not has_key and _takes_key(here, words[at]):
            if here.message is None and is_map(here.field):
                return here, len(words)  # dots are legal in the key of a map of scalars: all the rest is key
            has_key = True
        elif (step := _step(here, words[at], same)) is not None:
            here, has_key = step, False
        else:
            break
        at += 1
    return here, at


def is_map(field: FieldDescriptor | None) -> bool:
    """Whether a field is a map."""
    return field is not None and field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _takes_key(here: Found, word: str) -> bool:
    """Whether a word behind a field is the index or key of one of its elements; both may be left out."""
    if here.field is None or not here.field.is_repeated:
        return False
    return _is_number(word) or (is_map(here.field) and here.message is None)


def _step(here: Found, word: str, same: Same) -> Found | None:
    """One level down, by name or number."""
    if here.message is not None:
        for field in here.message.fields:
            if same(word, field.name) or word == str(field.number):
                return _field(here, field)
    if here.enum is not None and here.value is None:
        for value in here.enum.values:
            if same(word, value.name) or word == str(value.number):
                path = f"{here.path}.{value.name}"
                return Found("value", path, here.direction, enum=here.enum, value=value, trail=here.trail)
    return None


def _field(owner: Found, field: FieldDescriptor) -> Found:
    entry = field.message_type if is_map(field) else None
    inner = field if entry is None else entry.fields_by_name["value"]
    return Found(
        "field",
        f"{owner.path}.{field.name}",
        owner.direction,
        field=field,
        message=inner.message_type,
        enum=inner.enum_type,
        trail=(*owner.trail, field),
    )


def _paths(words: Sequence[str], directions: Sequence[Direction], same: Same) -> Iterator[Found]:
    return (found for found, used in _walks(words, directions, same) if used == len(words))


def _nested(words: Sequence[str], _directions: Sequence[Direction], same: Same) -> Iterator[Found]:
    """Nested messages and enums, by their last name."""
    typed = ".".join(words)
    for name, message in messages().items():
        if same(typed, message.name):
            yield Found("message", name, message=message)
    for name, enum in enums().items():
        if same(typed, enum.name):
            yield Found("enum", name, enum=enum)


def _values(words: Sequence[str], _directions: Sequence[Direction], same: Same) -> Iterator[Found]:
    """Enum values, by their own name."""
    for name, enum in enums().items():
        for value in enum.values:
            if same(".".join(words), value.name):
                yield Found("value", f"{name}.{value.name}", enum=enum, value=value)


def _fields(words: Sequence[str], _directions: Sequence[Direction], same: Same) -> Iterator[Found]:
    """Fields, by their own name."""
    for name, message in messages().items():
        for field in message.fields:
            if same(".".join(words), field.name):
                yield _field(Found("message", name, message=message), field)


def _by_numbers(name: str, numbers: Sequence[int], directions: Sequence[Direction]) -> list[Found]:
    """Cases, or the fields in them, by numbers alone: none of them is an index."""
    found = []
    for direction in directions:
        here = next((root for root in _roots([direction]) if root.field and root.field.number == numbers[0]), None)
        for number in numbers[1:]:
            fields = here.message.fields_by_number if here is not None and here.message is not None else {}
            here = _field(here, fields[number]) if here is not None and number in fields else None
        if here is not None:
            found.append(here)
    if not found:
        taken = [f"{MARKS[direction]} {_ranges(case_fields(direction).values())}" for direction in directions]
        raise InputError(
            f"the schema has no case number `{name}`" if len(numbers) == 1 else f"no field has the numbers `{name}`",
            code="unknown-number",
            hint=f"a number that a case has: {' or '.join(taken)}",
            source=name,
            end=len(name),
        )
    return found


def _ranges(fields: Iterable[FieldDescriptor]) -> str:
    """Field numbers in order, neighbours as `1-8`."""
    spans: list[list[int]] = []
    for field in fields:
        if spans and spans[-1][-1] == field.number - 1:
            spans[-1].append(field.number)
        else:
            spans.append([field.number])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


def _unknown(name: str, words: Sequence[str], directions: Sequence[Direction]) -> InputError:
    """The error that says which word nobody knows, and what is near it."""
    here, used = max(_walks(words, directions, _folded), key=lambda walk: walk[1], default=(None, 0))
    word = words[used]
    start = 0
    for before in words[:used]:
        start = name.index(before, start) + len(before)
    start = name.index(word, start)
    if here is None:
        every = {element.path for element in _roots(directions)}
        every |= {value.name for enum in enums().values() for value in enum.values}
        every |= {field.name for message in messages().values() for field in message.fields}
        text, hint = f"`{word}` is nothing in the schema", "`lksig schema`, which lists the cases"
    else:
        every, text, hint = _below(here, word)
    guess = nearest(word, sorted(every))
    text = with_guess(text, f"`{guess}`" if guess else None)
    return InputError(text, code="unknown-name", hint=hint, source=name, start=start, end=start + max(len(word), 1))


def _below(here: Found, word: str) -> tuple[set[str], str, str]:
    """What could have stood below an element, what to say about a word that is not there, and a hint."""
    if here.message is not None:
        of, what, names = short_name(here.message), "field", set(here.message.fields_by_name)
    elif here.enum is not None and here.value is None:
        of, what, names = short_name(here.enum), "value", set(here.enum.values_by_name)
    else:
        page = f"`lksig schema {here.path}`, which says what it is"
        return set(), f"nothing is below `{here.path}`, so not `{word}`", page
    return names, f"{of} has no {what} `{word}`", f"`lksig schema {of}`, which lists its {what}s"
