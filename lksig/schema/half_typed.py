"""A line that is not finished: which request the cursor stands in, what that request sets, what it can still set.

The words are those of `lksig.schema.lexer`, and what they set is found by the assignments of the grammar itself, made
one by one on a sketch. A word that is wrong sets nothing and ends nothing. What stands behind the cursor counts too: a
field that is set there is not offered here.

Rule: any text and any cursor give an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.grammar import assign, begins_json
from lksig.schema.json_reader import Path
from lksig.schema.lexer import Parts, Span, json_string, scan_line, split_assignment, stripped
from lksig.schema.paths import Step, is_map, other_arm, parse_path
from lksig.schema.pool import TO_SERVER, Direction, case_fields, envelope_class
from lksig.schema.requests import Draft
from lksig.schema.value_text import is_reference, parse_single
from lksig.schema.values import Plain, empty_value

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor


class _NoInputs:
    """Files are empty while a line is typed, and it is always the same time."""

    def now_ms(self) -> int:
        return 0

    def read_file(self, name: str) -> bytes:
        return b""


NO_INPUTS = _NoInputs()


class HalfTyped:
    """Where the cursor stands in a line.

    Args:
        word: the word it stands in, up to the cursor; empty behind a blank.
    """

    def __init__(self, word: Span, direction: Direction) -> None:
        self.word = word
        self.direction = direction
        self.cases = case_fields(direction)
        self.case: FieldDescriptor | None = None
        """Of the request the word belongs to; None where a request begins."""
        self.case_word: Span | None = None
        self.is_first = False
        """The word stands directly behind its case."""
        self.names: list[str] = []
        """The cids that requests of this line announce."""
        self._sketch: Any = None
        self._draft = Draft(None, ())

    # --- what is set ------------------------------------------------------------------------------------------------

    def can_set(self, steps: Sequence[Step], *, append: bool = False) -> bool:
        """Whether the grammar takes one more assignment to this path of the request."""
        here = self.body
        for step in steps:
            if here is not None and other_arm(here, step.field) is not None:
                return False
            if isinstance(step.key, int) and not is_map(step.field) and step.key > self.count(here, step.field):
                return False
            here = inside(here, step)
        return append or self._path(steps) not in self._draft.given

    @property
    def body(self) -> Any:
        """The message of the request as far as it is typed."""
        return getattr(self._sketch, self.case.name) if self.case is not None else None

    def at(self, steps: Sequence[Step]) -> Any:
        """What is typed at a path; None where nothing is."""
        here = self.body
        for step in steps:
            here = inside(here, step)
        return here

    def count(self, message: Any, field: FieldDescriptor) -> int:
        """How many elements a list has that is typed so far."""
        return len(getattr(message, field.name)) if message is not None else 0

    def _path(self, steps: Sequence[Step]) -> Path:
        parts: list[Any] = [self.case.name] if self.case is not None else []
        for step in steps:
            parts += [step.field.name] if step.key is None else [step.field.name, step.key]
        return tuple(parts)

    # --- reading ----------------------------------------------------------------------------------------------------

    def begin(self, field: FieldDescriptor, word: Span) -> None:
        """A word that names a case."""
        self.case, self.case_word, self.is_first = field, word, True
        self._sketch = envelope_class(self.direction)()
        self._draft = Draft(self._sketch, (Step(field, None, word),))

    def take(self, word: Span) -> None:
        """A finished word."""
        field = self.cases.get(word.text)
        if field is not None:
            self.begin(field, word)
            return
        first, self.is_first = self.is_first, False
        if self.case is None:
            return
        if self.case.message_type is None or (begins_json(word) and not first):
            # The only value there is, or a whole envelope: the next word begins a request.
            self.case = None
        elif first and (begins_json(word) or is_reference(word)):
            self._whole(self.case, word)
        else:
            self._assign(word)

    def _whole(self, case: FieldDescriptor, word: Span) -> None:
        try:
            self._draft.assign((), parse_single(case, stripped(word), NO_INPUTS), path=word)
        except InputError:
            return

    def _assign(self, word: Span) -> None:
        message = self.case.message_type if self.case is not None else None
        parts = lenient_parts(word)
        if parts is None or message is None:
            return
        try:
            assign(self._draft, message, parts, NO_INPUTS)
        except InputError:
            self._set_empty(message, parts)

    def _set_empty(self, message: Descriptor, parts: Parts) -> None:
        """The field is set also where its value is wrong, or is not known before a file is read."""
        try:
            steps = parse_path(parts.path, message)
            if not steps[-1].is_whole:
                self._draft.assign(steps, Plain(empty_value(steps[-1].value_field)), path=parts.path)
            elif not parts.append:
                self._draft.note([self._path(steps)])
        except InputError:
            return


def inside(message: Any, step: Step) -> Any:
    """What a step leads to in a message that is typed so far; None where nothing is."""
    if message is None:
        return None
    here = getattr(message, step.field.name)
    if step.key is None:
        return here
    if is_map(step.field):
        return here[step.key] if step.key in here else None  # noqa: SIM401 - maps of messages have no default
    return here[step.key] if int(step.key) < len(here) else None


def lenient_parts(word: Span) -> Parts | None:
    """A word at its `=`; None where it has none yet."""
    try:
        return split_assignment(word)
    except InputError:
        return None


def half_typed(text: str, cursor: int, end: int, direction: Direction = TO_SERVER) -> HalfTyped:
    """Where the cursor stands.

    Args:
        end: behind the part of the word that will be replaced.
    """
    head = text[:cursor]
    scan = scan_line(head)
    words = list(scan.words)
    here = words.pop() if words and words[-1].end == len(head) else Span(head, len(head), len(head))
    place = HalfTyped(here, direction)
    last = max((at for at, word in enumerate(words) if word.text in place.cases), default=0)
    place.names += _announced(words[:last])
    for word in words[last:]:
        place.take(word)
    if scan.unclosed is None and place.case is not None and place.case.message_type is not None:
        _take_behind(place, text[end:])
    return place


def _announced(words: Sequence[Span]) -> Iterator[str]:
    """The cids of the tracks that finished requests announce."""
    adds = False
    for word in words:
        text = word.text
        if text.startswith("cid=") and adds:
            cid = json_string(text[4:])
            yield text[4:] if cid is None else cid
        elif "=" not in text:
            adds = text == "add_track"


def _take_behind(place: HalfTyped, tail: str) -> None:
    """What the same request sets behind the cursor."""
    is_first = place.is_first
    words = scan_line(tail).words
    for word in words:
        if word.start == 0:
            continue  # the rest of the word that is typed
        if word.text in place.cases or begins_json(word):
            break
        place.take(word)
    place.is_first = is_first
