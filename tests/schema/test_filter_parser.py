"""Tokens to tests: precedence, grouping, and what is said when something is missing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Set
from typing import Any

import pytest

from lksig.errors import InputError
from lksig.schema.filter_lexer import Token
from lksig.schema.filter_parser import MAX_DEPTH, Comparison, Scope, Test, parse


class Letters:
    """A scope where a name holds when the subject, a set of letters, has it; `a(b)` looks for `ab`."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def is_set(self, word: Token) -> Test:
        return lambda subject: self.prefix + word.value in subject

    def compare(self, word: Token, comparison: Comparison) -> Test:
        return lambda subject: f"{word.value}{comparison.op}{comparison.value.value}" in subject

    def enter(self, word: Token) -> tuple[Scope, Callable[[Test], Test]]:
        return Letters(word.value), lambda test: test

    def text(self, token: Token) -> Test:
        return lambda subject: f"~{token.value}" in subject


def holds(source: str, subject: Set[str]) -> bool:
    return parse(source, Letters())(subject)


def error(source: str) -> tuple[str, str, str | None]:
    with pytest.raises(InputError) as caught:
        parse(source, Letters())
    exc = caught.value
    assert exc.source == source
    return exc.text, source[exc.start : exc.end], exc.hint


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("a", "a"),
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("(a or b) and c", "(a or b) and c"),
        ("not a and b", "(not a) and b"),
        ("not (a and b)", "not (a and b)"),
        ("not not a", "a"),
        ("a or b or c", "a or b or c"),
        ("a and b and c", "a and b and c"),
        ("a and not b or not c", "(a and not b) or not c"),
    ],
)
def test_precedence_is_that_of_python(source: str, python: str) -> None:
    for a, b, c in itertools.product([False, True], repeat=3):
        names: dict[str, Any] = {"a": a, "b": b, "c": c}
        subject = {name for name, there in names.items() if there}
        expected = eval(python, {}, names)  # noqa: S307 - the oracle, on the constants above
        assert holds(source, subject) is bool(expected), (source, subject)


def test_comparison_text_and_group() -> None:
    assert holds("a = b", {"a=b"})
    assert not holds("a ge b", {"a=b"})
    assert holds("a ge b", {"a>=b"})
    assert holds('~"x y"', {"~x y"})
    assert holds("a(b and not c)", {"ab"})
    assert not holds("a(b and not c)", {"ab", "ac"})
    assert holds("a(b) and c", {"ab", "c"})


def test_unequal_is_the_negation_of_equal() -> None:
    assert not holds("a != b", {"a=b"})
    assert holds("a != b", set())
    assert holds("not a != b", {"a=b"})


def test_depth_has_a_limit_and_length_has_none() -> None:
    deepest = "(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH
    assert holds(deepest, {"a"})
    assert holds(" and ".join([deepest] * 3), {"a"})
    assert holds("not " * MAX_DEPTH + "a", {"a"})
    for too_deep in (f"({deepest})", f"not {deepest}", "a(" * (MAX_DEPTH + 1) + "b"):
        assert error(too_deep)[0] == f"nested more than {MAX_DEPTH} deep"
    assert holds(" or ".join(["b"] * 5000 + ["a"]), {"a"})
    assert not holds(" and ".join(["b"] * 5000 + ["a"]), {"b"})
    assert not holds(" or ".join(["b"] * 5000), {"a"})
    assert holds(" and ".join(["b"] * 5000), {"b"})


@pytest.mark.parametrize(
    ("source", "text", "place", "hint"),
    [
        ("", "the filter is empty", "", "name a case, for example `track_published`"),
        ("  ", "the filter is empty", "", "name a case, for example `track_published`"),
        ("a and", "something is missing after `and`", "", None),
        ("a and or b", "something is missing before `or`", "or", None),
        ("and a", "something is missing before `and`", "and", None),
        ("not", "something is missing after `not`", "", None),
        ("(", "something is missing after `(`", "", None),
        ("()", "something is missing before `)`", ")", None),
        ("a(", "something is missing after `(`", "", None),
        (")", "no `(` belongs to this `)`", ")", None),
        ("a)", "no `(` belongs to this `)`", ")", None),
        ("(a", "this `(` is not closed", "(", None),
        ("b and a(b", "this `(` is not closed", "(", None),
        ("(a b)", "`and` or `or` is missing before `b`", "b", "write `or b`, or `and b`"),
        ("update leave", "`and` or `or` is missing before `leave`", "leave", "write `or leave`, or `and leave`"),
        ("a not b", "`and` or `or` is missing before `not`", "not", "write `and not`"),
        ("n=Ann B.", "`and` or `or` is missing before `B.`", "B.", 'a value with blanks is quoted: "Ann B."'),
        ('n="Ann" b', "`and` or `or` is missing before `b`", "b", "write `or b`, or `and b`"),
        ("a (b)", "no blank may stand between a path and its `(`", "(", None),
        ("a && b", "`&&` is no operator", "&&", "write `and` or `or`"),
        ("~a ~b", "`and` or `or` is missing before `~b`", "~b", "write `or ~b`, or `and ~b`"),
        ("(a) (b)", "`and` or `or` is missing before `(`", "(", "write `or (`, or `and (`"),
    ],
)
def test_what_is_missing_is_said(source: str, text: str, place: str, hint: str | None) -> None:
    assert error(source) == (text, place, hint)
