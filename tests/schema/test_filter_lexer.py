"""Filter text to tokens."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.filter_lexer import Token, begun, quote, tokens
from lksig.schema.lexer import BLANKS


def kinds(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.value) for token in tokens(source)[:-1]]


def error(source: str) -> tuple[str, str, str | None]:
    with pytest.raises(InputError) as caught:
        tokens(source)
    exc = caught.value
    assert exc.source == source
    return exc.text, source[exc.start : exc.end], exc.hint


def test_a_word_and_the_logic_around_it() -> None:
    assert kinds("not update and(mute OR leave)") == [
        ("not", ""),
        ("word", "update"),
        ("and", ""),
        ("(", ""),
        ("word", "mute"),
        ("or", ""),
        ("word", "leave"),
        (")", ""),
    ]


def test_logic_words_are_whole_words() -> None:
    assert kinds("android or order") == [("word", "android"), ("or", ""), ("word", "order")]


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("=", "="),
        ("==", "="),
        ("!=", "!="),
        ("<", "<"),
        (">", ">"),
        ("<=", "<="),
        (">=", ">="),
        (" eq ", "="),
        (" ne ", "!="),
        (" lt ", "<"),
        (" gt ", ">"),
        (" LE ", "<="),
        (" ge ", ">="),
        (" contains ", "contains"),
        (" matches ", "matches"),
        (" = ", "="),
    ],
)
def test_operators_as_symbols_and_words(written: str, meaning: str) -> None:
    assert kinds(f"a.b{written}c") == [("word", "a.b"), ("op", meaning), ("value", "c")]


def test_an_operator_word_can_be_a_name_and_a_value() -> None:
    assert kinds("eq = contains") == [("word", "eq"), ("op", "="), ("value", "contains")]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("alice", "alice"),
        ("a=b<c>", "a=b<c>"),
        ("it's", "it's"),
        ("^(a|b)$", "^(a|b)$"),
        ('"a b"', "a b"),
        (r'"a\"\u00e9\\"', 'a"é\\'),
        ('"\t"', "\t"),
        (r"'\d \" b'", r"\d \" b"),
        ('""', ""),
        ('"and"', "and"),
        ("~x", "~x"),
        ("Ann\u00a0B.", "Ann\u00a0B."),
    ],
)
def test_values_are_bare_or_quoted(written: str, value: str) -> None:
    assert kinds(f"a={written}")[-1] == ("value", value)
    assert kinds(f"(a={written})")[-2:] == [("value", value), (")", "")]


def test_a_group_is_a_parenthesis_without_blank() -> None:
    assert [kind for kind, _ in kinds("a(b) c (d)")] == ["word", "group", "word", ")", "word", "(", "word", ")"]


@pytest.mark.parametrize("path", ["a.0.b", "a[0].b", 'a["b=c (d]"]', r'a["\"]"].c', "a.it's", "a.b/c-d~e", "a[b].c"])
def test_a_path_is_one_word(path: str) -> None:
    assert kinds(f"{path}=x") == [("word", path), ("op", "="), ("value", "x")]
    assert kinds(f"{path}!=x")[1] == ("op", "!=")


def test_text_to_look_for() -> None:
    assert kinds('~alice and ~"a b"') == [("text", "alice"), ("and", ""), ("text", "a b")]
    assert kinds("(~a(b))") == [("(", ""), ("text", "a(b)"), (")", "")]


def test_places() -> None:
    assert tokens(' a  = "b" ') == [
        Token("word", 1, 2, "a"),
        Token("op", 4, 5, "="),
        Token("value", 6, 9, "b", '"'),
        Token("end", 10, 10),
    ]
    assert tokens("~a")[0] == Token("text", 0, 2, "a")


@pytest.mark.parametrize(
    ("source", "text", "place", "hint"),
    [
        ("a=", "a value is missing here", "", 'the empty text is written `""`'),
        ("a = and b", "a value is missing before `and`", "and", 'the word itself is written `"and"`'),
        ("= a", "`=` has nothing on its left to compare", "=", None),
        ("~a != b", "`!=` has nothing on its left to compare", "!=", None),
        ('a="b', 'this `"` is not closed', '"b', 'inside of quotes write `\\"`'),
        ('a="b\\', 'this `"` is not closed', '"b\\', 'inside of quotes write `\\"`'),
        ("a='b", "this `'` is not closed", "'b", "in double quotes it stands for itself"),
        ("a[0", "this `[` is not closed", "[0", None),
        ('a["0"', "this `[` is not closed", '["0"', None),
        ('a["0]', 'this `"` is not closed', '"0]', 'inside of quotes write `\\"`'),
        ('a="b"c d', "this follows a quoted text without a blank", "c", None),
        ("~", "`~` needs a text to look for", "~", "for example `~alice`"),
        ('~""', "`~` needs a text to look for", '~""', "for example `~alice`"),
        (
            r'a="\d"',
            "JSON strings have no such escape",
            r"\d",
            r"a backslash is written `\\` here; single quotes take it as it is",
        ),
        (r'a="\ud800"', "half of a surrogate pair is not text", r'"\ud800"', None),
        ("a=\udcff", "this byte is not UTF-8 text", "\udcff", None),
    ],
)
def test_mistakes_point_at_themselves(source: str, text: str, place: str, hint: str | None) -> None:
    assert error(source) == (text, place, hint)


@given(st.text())
def test_any_text_gives_tokens_or_an_input_error(source: str) -> None:
    try:
        found = tokens(source)
    except InputError as exc:
        mistake = exc
    else:
        assert found[-1].kind == "end"
        for token, following in itertools.pairwise(found):
            assert token.end <= following.start
            assert source[token.end : following.start].strip(BLANKS) == ""
        return
    assert mistake.source == source
    assert 0 <= mistake.start < mistake.end <= len(source) + 2


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_quoted_value_comes_back(value: str) -> None:
    assert kinds(f"a={quote(value)}")[-1] == ("value", value)


@pytest.mark.parametrize(
    ("source", "kinds", "state"),
    [
        ("", [], "operand"),
        ("close", ["word"], "word"),
        ("bytes gt", ["word", "op"], "value"),
        ("bytes gt 5", ["word", "op", "value"], "done"),
        ('a="x', ["word", "op"], "done"),
        ("not (", ["not", "("], "operand"),
        ("a[", [], "word"),
    ],
)
def test_a_filter_that_is_being_typed_gives_what_is_right_so_far(source: str, kinds: list[str], state: str) -> None:
    found, last = begun(source)
    assert ([token.kind for token in found], last) == (kinds, state)
