"""A request that was typed: what it sets, in order, and the message it becomes.

Everything that can be wrong without a session is found while it is read: each assignment is also made on a sketch of
the message, in which references and `now` are placeholders. So an index beyond the end, a field set twice and a second
arm of a oneof point at their own place before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lksig.schema.json_reader import Path
from lksig.schema.lexer import Span
from lksig.schema.paths import Step, is_map, other_arm, two_arms
from lksig.schema.pool import Direction, envelope_class
from lksig.schema.references import Reference
from lksig.schema.values import Inputs, Items, Lookup, Mention, Plain, Value, empty_value, mentions, resolve

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage


@dataclass(frozen=True, slots=True)
class Assignment:
    """One field, element or entry, and what it is set to. In an envelope the first step is the case."""

    steps: tuple[Step, ...]
    append: bool
    value: Value

    @property
    def path(self) -> Path:
        """Names, indices and keys."""
        parts: list[Any] = []
        for step in self.steps:
            parts += [step.field.name] if step.key is None else [step.field.name, step.key]
        return tuple(parts)


class ParsedRequest:
    """One request (or, to the client, one response) as it was typed.

    `exact` is a whole envelope: it goes out as it is, nothing is filled in. `raw`, of a line that `--json --raw`
    printed, are the bytes to send in place of `build()`, as a frame of `encoding`. `case` is None only for such lines.
    """

    __slots__ = ("_assignments", "_given", "_inputs", "_whole", "case", "direction", "encoding", "raw", "text")

    def __init__(self, case: str | None, direction: Direction, text: str, inputs: Inputs) -> None:
        self.case = case
        self.direction = direction
        self.text = text
        self.raw: bytes | None = None
        self.encoding: Literal["protobuf", "json"] = "protobuf"
        self._inputs = inputs
        self._whole: ProtoMessage | None = None
        self._assignments: tuple[Assignment, ...] = ()
        self._given: frozenset[Path] = frozenset()

    @classmethod
    def of_envelope(cls, envelope: ProtoMessage, direction: Direction, text: str, inputs: Inputs) -> ParsedRequest:
        """A request that goes out exactly as `envelope`."""
        request = cls(envelope.WhichOneof("message"), direction, text, inputs)
        request._whole = envelope
        return request

    @classmethod
    def of_draft(cls, case: str, draft: Draft, direction: Direction, text: str, inputs: Inputs) -> ParsedRequest:
        """The request that a draft became."""
        request = cls(case, direction, text, inputs)
        request._assignments = tuple(draft.assignments)
        request._given = frozenset(draft.given)
        return request

    @property
    def exact(self) -> bool:
        """A whole envelope was given: nothing is filled in."""
        return self._whole is not None

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references in it, in order."""
        return tuple(reference for assignment in self._assignments for reference in mentions(assignment.value))

    def sets(self, name: str) -> bool:
        """Whether a field of the message was given, be it its default: what was not can be filled in."""
        return (self.case, name) in self._given

    def build(self, lookup: Lookup | None = None) -> Any:
        """A new envelope with everything in it.

        Args:
            lookup: gives the values of references; without it, a request that has any cannot be built.

        Raises:
            InputError: a reference has no value, or one that does not fit.
        """
        envelope = envelope_class(self.direction)()
        if self._whole is not None:
            envelope.CopyFrom(self._whole)
        return fill(envelope, self._assignments, lookup or no_session, self._inputs)

    def sketch(self) -> Any:
        """The envelope with empty values where references and `now` stand."""
        envelope = envelope_class(self.direction)()
        if self._whole is not None:
            envelope.CopyFrom(self._whole)
        for assignment in self._assignments:
            apply(envelope, assignment, _placeholder(assignment.value))
        return envelope

    def __repr__(self) -> str:
        return f"ParsedRequest({self.case}, exact={self.exact}, {len(self._assignments)} assignments)"


class Draft:
    """Assignments while they are read.

    Args:
        sketch: an empty message of the kind that is set, which the draft keeps.
        start: where in it the fields begin: the case of an envelope, or nothing.
    """

    def __init__(self, sketch: Any, start: tuple[Step, ...]) -> None:
        self._sketch = sketch
        self._start = start
        self.assignments: list[Assignment] = []
        self.given: set[Path] = set()
        """Every path that was set, and every beginning of one."""

    def assign(self, steps: Sequence[Step], value: Value, *, append: bool = False, path: Span) -> None:
        """Set a field; without steps, the whole message or the case that is a bare value.

        Args:
            path: where the field is named, for mistakes.

        Raises:
            InputError: it was set before, is beyond the end of its list, or excludes what was set before.
        """
        assignment = Assignment((*self._start, *steps), append, value)
        place = assignment.path
        if not append and place in self.given:
            raise path.mistake(f"`{path.text}` is set twice", code="set-twice")
        before = apply(self._sketch, assignment, _placeholder(value))
        self.assignments.append(assignment)
        self.note([place, *(place + inner for inner in _inner(assignment, before))])

    def note(self, paths: Iterable[Path]) -> None:
        """These paths are set."""
        for path in paths:
            self.given.update(path[:length] for length in range(1, len(path) + 1))


def _inner(assignment: Assignment, before: int) -> Iterator[Path]:
    """The paths that a value sets, from the field on. `before` elements stood in the list already."""
    value, last = assignment.value, assignment.steps[-1]
    if isinstance(value, Items):
        for index, item in enumerate(value.items, before):
            yield (index,)
            yield from ((index, *path) for path in _given_of(item))
    elif not last.is_whole or is_map(last.field):
        yield from _given_of(value)
    elif isinstance(value, Plain) and isinstance(value.thing, list):
        yield from ((before + path[0], *path[1:]) for path in value.given)
    else:
        yield (before,)
        yield from ((before, *path) for path in _given_of(value))


def _given_of(value: Value) -> tuple[Path, ...]:
    return value.given if isinstance(value, Plain) else ()


def no_session(reference: Reference) -> object:
    """Looks a reference up where there is no session; always raises InputError."""
    raise reference.span.mistake(f"`{reference.text}` has a value only in a session", code="no-session")


def _placeholder(value: Value) -> Any:
    """What stands in a sketch for a value that is not known yet."""
    if isinstance(value, Plain):
        return value.thing
    if isinstance(value, Items):
        return [_placeholder(item) for item in value.items]
    return empty_value(value.field) if isinstance(value, Mention) else 0


# --- setting --------------------------------------------------------------------------------------------------------


def fill(message: Any, assignments: Sequence[Assignment], lookup: Lookup, inputs: Inputs) -> Any:
    """The message, with everything set in it.

    Raises:
        InputError: a reference has no value, or one that does not fit.
    """
    for assignment in assignments:
        apply(message, assignment, resolve(assignment.value, lookup, inputs))
    return message


def apply(message: Any, assignment: Assignment, thing: Any) -> int:
    """Set what an assignment says; gives how many elements the list it extends had before.

    Raises:
        InputError: an index is beyond the end of its list, or another arm of a oneof is set.
    """
    here = message
    for step in assignment.steps[:-1]:
        here = _enter(here, step)
    return _put(here, assignment.steps[-1], thing)


def _check_arm(message: Any, step: Step) -> None:
    first = other_arm(message, step.field)
    if first is not None:
        raise two_arms(step.span, step.field, first)


def _enter(message: Any, step: Step) -> Any:
    """The message a step leads to; naming it makes it present."""
    _check_arm(message, step)
    field = getattr(message, step.field.name)
    if step.key is None:
        inner = field
    elif is_map(step.field):
        inner = field[step.key]
    else:
        inner = field[step.key] if _is_there(field, step) else field.add()
    inner.SetInParent()
    return inner


def _is_there(elements: Any, step: Step) -> bool:
    """Whether the list has the element; when it is the next one, it can be appended."""
    count = len(elements)
    if int(step.key or 0) > count:
        name = step.field.name
        has = f"`{name}` has {count} element{'s' if count != 1 else ''}: the next one is `{name}.{count}`"
        raise step.span.mistake(f"an index beyond the end: {has}", code="beyond-end")
    return int(step.key or 0) < count


def _put(message: Any, step: Step, thing: Any) -> int:
    name, is_message = step.field.name, step.value_field.message_type is not None
    _check_arm(message, step)
    if not step.field.is_repeated:
        if is_message:
            getattr(message, name).SetInParent()
            getattr(message, name).CopyFrom(thing)
        else:
            setattr(message, name, thing)
        return 0
    held = getattr(message, name)
    if is_map(step.field):
        for key, value in thing.items() if step.key is None else [(step.key, thing)]:
            _put_entry(held, key, value, is_message)
        return 0
    before = len(held)
    if step.key is None:
        held.extend(thing if isinstance(thing, list) else [thing])
    elif not _is_there(held, step):
        held.append(thing)
    elif is_message:
        held[step.key].CopyFrom(thing)
    else:
        held[step.key] = thing
    return before


def _put_entry(entries: Any, key: Any, value: Any, is_message: bool) -> None:
    if is_message:
        entries[key].SetInParent()
        entries[key].CopyFrom(value)
    else:
        entries[key] = value
