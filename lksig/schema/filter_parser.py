"""The shape of a filter expression: `or` of `and` of `not`, parentheses, comparisons and groups.

What a name means is asked from a `Scope`: the whole message outside, one element inside of `path(…)`. The result is not
a tree but the test itself, made of closures: a filter is written once and run on every message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from lksig.errors import InputError
from lksig.records import record
from lksig.schema.filter_lexer import OPERATORS, Op, Token, mistake, quote, tokens

Test = Callable[[Any], bool]

MAX_DEPTH = 40
"""Parentheses, groups and `not` inside each other: far above what a person writes, far below Python's stack."""


@record
class Comparison:
    """`= value` and the like; never `!=`, which is the `not` of `=`."""

    op: Op
    operator: Token
    value: Token


class Scope(Protocol):
    """What the names of an expression stand for. Each method raises InputError for what has no meaning here."""

    def is_set(self, word: Token) -> Test:
        """A name alone."""
        ...

    def compare(self, word: Token, comparison: Comparison) -> Test:
        """A name, an operator and a value."""
        ...

    def enter(self, word: Token) -> tuple[Scope, Callable[[Test], Test]]:
        """For `path(…)`: the scope of the inside, and how a test of one element becomes a test of the outside."""
        ...

    def text(self, token: Token) -> Test:
        """`~word`."""
        ...


def parse(source: str, scope: Scope) -> Test:
    """The test that `source` describes.

    Raises:
        InputError: the text is no filter; it points at the mistake.
    """
    return _Parser(source).whole(scope)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.at]

    def advance(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def fail(self, token: Token, text: str, *, hint: str | None = None) -> InputError:
        return mistake(self.source, token.start, token.end, text, hint=hint)

    def written(self, token: Token) -> str:
        return self.source[token.start : token.end]

    def whole(self, scope: Scope) -> Test:
        if len(self.tokens) == 1:
            raise self.fail(self.current, "the filter is empty", hint="name a case, for example `track_published`")
        test = self.any_of(scope)
        if self.current.kind != "end":
            raise self.unexpected(self.current)
        return test

    def any_of(self, scope: Scope) -> Test:
        tests = [self.all_of(scope)]
        while self.current.kind == "or":
            self.advance()
            tests.append(self.all_of(scope))
        return _any(tests)

    def all_of(self, scope: Scope) -> Test:
        tests = [self.one(scope)]
        while self.current.kind == "and":
            self.advance()
            tests.append(self.one(scope))
        return _all(tests)

    def one(self, scope: Scope) -> Test:
        token = self.advance()
        match token.kind:
            case "not":
                return _negated(self.deeper(token, lambda: self.one(scope)))
            case "(":
                return self.deeper(token, lambda: self.inside(token, scope))
            case "text":
                return scope.text(token)
            case "word":
                return self.term(token, scope)
        self.at -= 1
        raise self.no_operand(token)

    def deeper(self, token: Token, rest: Callable[[], Test]) -> Test:
        if self.depth == MAX_DEPTH:
            raise self.fail(token, f"nested more than {MAX_DEPTH} deep")
        self.depth += 1
        test = rest()
        self.depth -= 1
        return test

    def inside(self, opening: Token, scope: Scope) -> Test:
        test = self.any_of(scope)
        if self.current.kind == "end":
            raise self.fail(opening, "this `(` is not closed")
        if self.current.kind != ")":
            raise self.unexpected(self.current)
        self.advance()
        return test

    def term(self, word: Token, scope: Scope) -> Test:
        if self.current.kind == "group":
            opening = self.advance()
            within, outward = scope.enter(word)
            return outward(self.deeper(opening, lambda: self.inside(opening, within)))
        if self.current.kind != "op":
            return scope.is_set(word)
        operator, value = self.advance(), self.advance()
        op = OPERATORS[operator.value]
        if op == "!=":
            return _negated(scope.compare(word, Comparison("=", operator, value)))
        return scope.compare(word, Comparison(op, operator, value))

    def no_operand(self, token: Token) -> InputError:
        if token.kind == ")" and self.at == 0:
            return self.fail(token, "no `(` belongs to this `)`")
        if token.kind in ("and", "or", ")"):
            return self.fail(token, f"something is missing before `{self.written(token)}`")
        return self.fail(token, f"something is missing after `{self.written(self.tokens[self.at - 1])}`")

    def unexpected(self, token: Token) -> InputError:
        """What stands where only `and`, `or` and `)` can."""
        if token.kind == ")":
            return self.fail(token, "no `(` belongs to this `)`")
        before = self.tokens[self.at - 1]
        written = self.written(token)
        if written in ("&&", "||", "&", "|", ","):
            return self.fail(token, f"`{written}` is no operator", hint="write `and` or `or`")
        if token.kind == "not":
            return self.fail(token, "`and` or `or` is missing before `not`", hint="write `and not`")
        if before.kind == "value" and not before.quoted:
            whole = quote(self.source[before.start : token.end])
            return self.fail(
                token, f"`and` or `or` is missing before `{written}`", hint=f"a value with blanks is quoted: {whole}"
            )
        if before.kind == "word" and token.kind == "(":
            return self.fail(token, "no blank may stand between a path and its `(`")
        hint = f"write `or {written}`, or `and {written}`"
        return self.fail(token, f"`and` or `or` is missing before `{written}`", hint=hint)


def _negated(test: Test) -> Test:
    return lambda subject: not test(subject)


def _any(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda subject: first(subject) or second(subject)

    def any_of(subject: Any) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs twice as much, per message
            if test(subject):
                return True
        return False

    return any_of


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda subject: first(subject) and second(subject)

    def all_of(subject: Any) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if not test(subject):
                return False
        return True

    return all_of
