"""Field paths of a filter: names checked against the descriptors, and the test of a message they become.

A repeated field stands for each of its elements and matches when one does; `tracks.0` or `tracks[0]` is the first one.
In a map of scalars everything behind the field's name is the key. Values are effective ones: a number, enum or boolean
that was left out compares as its default, provided that the message around it is there. The arms of a oneof are the
exception: the ones not chosen have no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.records import record
from lksig.schema.filter_lexer import Token, mistake, string_end, unquote
from lksig.schema.filter_parser import Comparison, Scope, Test
from lksig.schema.filter_values import field_test, wrong
from lksig.schema.nearest import listed, nearest

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

_MAX_UINT32 = 2**32 - 1

_NAME = lazy_pattern(r"[^.\[]*")
_INDEX = lazy_pattern(r"\.([0-9]{1,9})(?![^.\[])|\[([0-9]{1,9})\]")


@record
class Step:
    """One field of a path, and which of its elements: all of them when `index` and `key` are None."""

    field: FieldDescriptor
    start: int
    end: int
    index: int | None = None
    key: Any = None

    @property
    def type(self) -> FieldDescriptor:
        """The field whose type the value has: of a map, its `value`."""
        entry = map_entry(self.field)
        return entry.fields_by_name["value"] if entry else self.field


class MessageScope:
    """The names inside of one message: the fields of `descriptor`."""

    def __init__(self, source: str, descriptor: Descriptor) -> None:
        self.source = source
        self.descriptor = descriptor

    def is_set(self, word: Token) -> Test:
        """A path alone: is anything there."""
        return path_is_set(read_path(self.source, self.descriptor, word.start, word.end))

    def compare(self, word: Token, comparison: Comparison) -> Test:
        """A path, an operator and a value."""
        return path_compares(self.source, read_path(self.source, self.descriptor, word.start, word.end), comparison)

    def enter(self, word: Token) -> tuple[Scope, Callable[[Test], Test]]:
        """The fields of what a path leads to, for `path(…)`."""
        return enter_path(self.source, read_path(self.source, self.descriptor, word.start, word.end))

    def text(self, token: Token) -> Test:
        """Refused: the printed text belongs to the whole message."""
        raise wrong(self.source, token, "`~` looks at the whole message", hint="write it outside of the parentheses")


def read_path(source: str, descriptor: Descriptor, start: int, end: int) -> list[Step]:
    """The steps of the path `source[start:end]`, from a message of type `descriptor`.

    Raises:
        InputError: a name, an index or a key that does not exist there.
    """
    steps: list[Step] = []
    at = start
    while True:
        step = _read_step(source, descriptor, at, end)
        steps.append(step)
        at = step.end
        if at == end:
            return steps
        if step.type.message_type is None:
            raise mistake(source, at, end, f"`{step.field.name}` is a value and has no fields", code="unknown-field")
        if source[at] != ".":
            raise _no_dot(source, step, at, end)
        at += 1
        descriptor = step.type.message_type


def _no_dot(source: str, step: Step, at: int, end: int) -> InputError:
    if step.index is not None or step.key is not None:
        text = f"a `.` is missing behind `{source[step.start : at]}`"
    elif step.field.is_repeated:
        text = f"not an index of `{step.field.name}`: a number from 0"
    else:
        text = f"`{step.field.name}` is one message, not a list"
    return mistake(source, at, end, text, code="unknown-field")


def _read_step(source: str, descriptor: Descriptor, at: int, end: int) -> Step:
    name = _NAME.findall(source, at, end)[0]
    behind = at + len(name)
    field = descriptor.fields_by_name.get(name)
    if field is None:
        raise _unknown_field(source, descriptor, Token("word", at, behind, name))
    entry = map_entry(field)
    if entry:
        return _map_step(source, field, entry, at, behind, end)
    index = _INDEX.match(source, behind, end) if field.is_repeated else None
    if index:
        return Step(field, at, index.end(), index=int(index.group(1) or index.group(2)))
    return Step(field, at, behind)


def _unknown_field(source: str, descriptor: Descriptor, at: Token) -> InputError:
    if not at.value:
        return mistake(source, at.start, at.end, "the name of a field is missing here")
    names = [field.name for field in descriptor.fields]
    guess = nearest(at.value, names)
    text = f"{descriptor.name} has no field `{at.value}`"
    return wrong(source, at, text if guess else f"{text}: {listed(names)}", guess=guess, code="unknown-field")


def _map_step(source: str, field: FieldDescriptor, entry: Descriptor, start: int, at: int, end: int) -> Step:
    """A step into a map: `field`, `field["key"]`, or `field.key`."""
    if at == end:
        return Step(field, start, at)
    text, behind = "", end
    if source.startswith('["', at):
        behind = string_end(source, at + 1) + 1
        text = unquote(source, at + 1, behind - 1)
    elif source.startswith("[", at):
        behind = source.index("]", at) + 1
        text = source[at + 1 : behind - 1]
    elif entry.fields_by_name["value"].message_type is None:
        text = source[at + 1 : end]
    else:
        name = _NAME.findall(source, at + 1, end)[0]
        if not name.isdecimal():
            # A field of the values: every entry is looked at.
            return Step(field, start, at)
        text, behind = name, at + 1 + len(name)
    return Step(field, start, behind, key=_key(source, entry, field.name, text, at, behind))


def _key(source: str, entry: Descriptor, name: str, text: str, start: int, end: int) -> str | int:
    key = entry.fields_by_name["key"]
    if key.type == key.TYPE_STRING:
        return text
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > _MAX_UINT32:
        raise mistake(source, start, end, f"not a key of `{name}`: a number up to {_MAX_UINT32}", code="bad-value")
    return int(text)


def map_entry(field: FieldDescriptor) -> Descriptor | None:
    """The `key` and `value` of a field that is declared `map<…>`; None for any other."""
    message = field.message_type
    return message if message is not None and message.GetOptions().map_entry else None


def path_is_set(steps: list[Step]) -> Test:
    """The test of the first step's message: does the path lead to anything."""
    return _along(steps[:-1], _is_set(steps[-1]))


def path_compares(source: str, steps: list[Step], comparison: Comparison) -> Test:
    """The test of the first step's message: does one value at the end of the path compare.

    Raises:
        InputError: the path leads to a message or a map, or the value does not fit.
    """
    last = steps[-1]
    at = Token("word", last.start, last.end)
    if map_entry(last.field) and last.key is None:
        raise wrong(source, at, f"`{last.field.name}` is a map", hint=f"name a key: `{last.field.name}.KEY`")
    if last.type.message_type:
        names = [field.name for field in last.type.message_type.fields]
        raise wrong(source, at, f"`{last.field.name}` is a message: name one of its fields, {listed(names)}")
    return _along(steps, field_test(source, last.type, comparison))


def enter_path(source: str, steps: list[Step]) -> tuple[Scope, Callable[[Test], Test]]:
    """The scope at the end of a path, and how a test of one element there becomes one of the first step's message.

    Raises:
        InputError: the path leads to a value.
    """
    last = steps[-1]
    inside = last.type.message_type
    if inside is None:
        at = Token("word", last.start, last.end)
        raise wrong(source, at, f"`{last.field.name}` is a value and has no fields", code="unknown-field")
    return MessageScope(source, inside), lambda test: _along(steps, test)


def _along(steps: list[Step], test: Test) -> Test:
    return reduce(lambda inner, step: _each(step, inner), reversed(steps), test)


def _is_set(step: Step) -> Test:
    name, index, key = step.field.name, step.index, step.key
    if key is not None:
        return lambda message: key in getattr(message, name)
    if index is not None:
        return lambda message: len(getattr(message, name)) > index
    if step.field.has_presence:
        return lambda message: message.HasField(name)
    return lambda message: bool(getattr(message, name))


def _each(step: Step, test: Test) -> Test:
    """The test of a message: does `test` hold for one of the values that the step leads to."""
    name, index, key = step.field.name, step.index, step.key
    if key is not None:
        # Looking a key up that is not there would add it.
        return lambda message: key in getattr(message, name) and test(getattr(message, name)[key])
    if index is not None:
        return lambda message: len(getattr(message, name)) > index and test(getattr(message, name)[index])
    if step.field.is_repeated:
        return _any_element(name, test, of_map=map_entry(step.field) is not None)
    if step.field.message_type or _is_arm(step.field):
        return lambda message: message.HasField(name) and test(getattr(message, name))
    return lambda message: test(getattr(message, name))


def _any_element(name: str, test: Test, *, of_map: bool) -> Test:
    def any_element(message: Any) -> bool:
        elements = getattr(message, name)
        for element in elements.values() if of_map else elements:  # noqa: SIM110 - a generator costs twice as much
            if test(element):
                return True
        return False

    return any_element


def _is_arm(field: FieldDescriptor) -> bool:
    """Is it an arm of a oneof that was written as one; `optional` makes a hidden oneof of one field, `_name`."""
    oneof = field.containing_oneof
    return oneof is not None and oneof.name != f"_{field.name}"
