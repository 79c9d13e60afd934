"""Filters: which messages to show, to wait for, to count.

    track_published                                          a case, in whichever direction it goes
    to_server and not keepalive
    update.participants.identity=alice                       any participant
    update.participants(identity=alice and state=ACTIVE)     one that is both
    bytes gt 16k · refused · unknown · close · ~word

A filter is read once, checked against the schema, and becomes closures: what it says of a case costs one comparison a
message. It sees a message through `Facts`, which the layer above provides.

`a != b` is `not a = b`: true as well for every message that has no `a`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from lksig.errors import InputError
from lksig.records import record
from lksig.schema.filter_lexer import Token
from lksig.schema.filter_parser import Comparison, Scope, Test, parse
from lksig.schema.filter_paths import Step, enter_path, path_compares, path_is_set, read_path
from lksig.schema.filter_values import number_test, word_test, wrong
from lksig.schema.nearest import listed, nearest
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage


class Facts(Protocol):
    """What a filter can ask about one reading."""

    @property
    def kind(self) -> str:
        """As in JSON lines: `message`, `close`, `ws_ping`…"""
        ...

    @property
    def direction(self) -> Direction | None: ...

    @property
    def case(self) -> str | None: ...

    @property
    def envelope(self) -> ProtoMessage | None:
        """Never None where `case` is not."""
        ...

    @property
    def size(self) -> int:
        """Bytes, after decompression."""
        ...

    @property
    def by(self) -> str: ...

    @property
    def refused(self) -> bool: ...

    @property
    def has_unknown(self) -> bool:
        """Holds fields or a case that the schema does not know."""
        ...

    @property
    def undecodable(self) -> bool: ...

    @property
    def keepalive(self) -> bool: ...

    @property
    def n(self) -> int | None: ...

    @property
    def for_auto(self) -> bool:
        """Answers a message that lksig made by itself."""
        ...

    def text(self) -> str:
        """As printed."""
        ...


KINDS = ("start", "message", "state", "ws_ping", "ws_pong", "close", "http", "note", "marker", "result", "end")
MAKERS = ("server", "user", "auto", "replay", "rule", "client", "agent")
"""The values of `by`."""

FLAGS: dict[str, Callable[[Facts], bool]] = {
    "to_server": lambda facts: facts.direction == TO_SERVER,
    "to_client": lambda facts: facts.direction == TO_CLIENT,
    "refused": lambda facts: facts.refused,
    "unknown": lambda facts: facts.has_unknown,
    "undecodable": lambda facts: facts.undecodable,
    "keepalive": lambda facts: facts.keepalive,
    "for_auto": lambda facts: facts.for_auto,
}
NUMBERS: dict[str, Callable[[Facts], int | None]] = {
    "bytes": lambda facts: facts.size if facts.kind == "message" else None,
    "n": lambda facts: facts.n,
}
TEXTS: dict[str, Callable[[Facts], str | None]] = {
    "by": lambda facts: facts.by,
    "case": lambda facts: facts.case,
}


@record
class Filter:
    """A filter, read and checked."""

    text: str
    matches: Callable[[Facts], bool]
    names_direction: bool
    """It names `to_server` or `to_client`: then nothing about direction is assumed for it."""


def parse_filter(text: str) -> Filter:
    """The filter that `text` describes.

    Raises:
        InputError: it is none, or speaks of something the schema does not know; it points at the mistake.
    """
    scope = _Message(text)
    test = parse(text, scope)
    return Filter(text, test, scope.names_direction)


def words_to_filter(words: Iterable[str]) -> str:
    """The words of a command line as one expression: quotes the shell took away are not put back."""
    return " ".join(words)


def cases() -> dict[str, FieldDescriptor]:
    """Every case by name; the five that go both ways are of the same type in both."""
    return {**case_fields(TO_CLIENT), **case_fields(TO_SERVER)}


class _Message:
    """The names of a whole message: cases, paths from them, and what lksig knows about it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cases = cases()
        self.names_direction = False

    def is_set(self, word: Token) -> Test:
        name = word.value
        if name in FLAGS:
            self.names_direction |= name in ("to_server", "to_client")
            return FLAGS[name]
        if name in KINDS:
            return lambda facts: facts.kind == name
        if name in NUMBERS or name in TEXTS:
            get: Callable[[Facts], Any] = NUMBERS.get(name) or TEXTS[name]
            return lambda facts: bool(get(facts))
        if name in self.cases:
            return lambda facts: facts.case == name
        steps = self.steps(word)
        return self.in_case(steps[0].field.name, path_is_set(steps))

    def compare(self, word: Token, comparison: Comparison) -> Test:
        name = word.value
        if name in NUMBERS:
            return _of(NUMBERS[name], number_test(self.source, comparison))
        if name == "case":
            return _of(TEXTS[name], word_test(self.source, comparison, self.cases, "a case"))
        if name == "by":
            return _of(TEXTS[name], word_test(self.source, comparison, MAKERS, "a maker of messages"))
        if name in FLAGS or name in KINDS:
            at = comparison.operator
            hint = f"`{name}` or `not {name}`"
            raise wrong(self.source, at, f"`{name}` has no value", code="bad-operator", hint=hint)
        steps = self.steps(word)
        return self.in_case(steps[0].field.name, path_compares(self.source, steps, comparison))

    def enter(self, word: Token) -> tuple[Scope, Callable[[Test], Test]]:
        steps = self.steps(word)
        scope, outward = enter_path(self.source, steps)
        return scope, lambda test: self.in_case(steps[0].field.name, outward(test))

    def text(self, token: Token) -> Test:
        wanted = token.value
        return lambda facts: wanted in facts.text()

    def steps(self, word: Token) -> list[Step]:
        """The path of `word`, its first step the case."""
        name = re.split(r"[.\[]", word.value, maxsplit=1)[0]
        if name not in self.cases:
            raise self.unknown(Token("word", word.start, word.start + len(name), name))
        direction = TO_SERVER if name in case_fields(TO_SERVER) else TO_CLIENT
        return read_path(self.source, envelope_class(direction).DESCRIPTOR, word.start, word.end)

    def in_case(self, name: str, test: Test) -> Test:
        return lambda facts: facts.case == name and test(facts.envelope)

    def unknown(self, at: Token) -> InputError:
        words = [*FLAGS, *NUMBERS, *TEXTS]
        if at.value in (*words, *KINDS):
            return wrong(self.source, at, f"`{at.value}` has no fields", code="unknown-field")
        text = f"`{at.value}` is no case and no word of filters"
        hint = self.advice(at.value)
        guess = None if hint else nearest(at.value, [*self.cases, *words, *KINDS])
        return wrong(self.source, at, text, guess=guess, code="unknown-name", hint=hint)

    def advice(self, name: str) -> str | None:
        """What was probably meant by a word that is no case."""
        if name.startswith("!"):
            return "`!` is written `not`"
        if "&" in name or "|" in name:
            return "write `and` and `or`"
        if name[:1] in ('"', "'"):
            return f"a text anywhere in the printed line is `~{name}`"
        holders = [
            case
            for case, field in self.cases.items()
            if field.message_type and name in field.message_type.fields_by_name
        ]
        if holders:
            return f"a path starts with its case: {listed([f'`{case}.{name}`' for case in holders])}"
        return None


def _of(get: Callable[[Facts], int | str | None], test: Test) -> Test:
    def compare(facts: Facts) -> bool:
        value = get(facts)
        return value is not None and test(value)

    return compare
