"""Words of a line, and where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lexer import (
    BLANKS,
    Span,
    join_arguments,
    json_string,
    key_end,
    nested_end,
    scan_line,
    skip_blanks,
    split_assignment,
    split_line,
    string_end,
    stripped,
)
from tests.support.typed import mistake


def words(line: str) -> list[str]:
    return [word.text for word in split_line(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        (" \t ", []),
        ("mute sid=TR_x  muted=true ", ["mute", "sid=TR_x", "muted=true"]),
        ('update_metadata name="Ann B." x', ["update_metadata", 'name="Ann B."', "x"]),
        (r'name="a \" b" c', [r'name="a \" b"', "c"]),
        ('name="Ann"B c', ['name="Ann"B', "c"]),
        ('attributes["a b"]=c d', ['attributes["a b"]=c', "d"]),
        ('attributes["a] b"]="c d" e', ['attributes["a] b"]="c d"', "e"]),
        ("layers[0].width=1 x", ["layers[0].width=1", "x"]),
        ('mute {"sid": "TR x", "muted": true} leave', ["mute", '{"sid": "TR x", "muted": true}', "leave"]),
        ('{"mute": {"sid": "} {"}} x', ['{"mute": {"sid": "} {"}}', "x"]),
        ('x={"a": [1, 2]}y z', ['x={"a": [1, 2]}y', "z"]),
        ("x=[a, b] c", ["x=[a, b]", "c"]),
        ('x=%"a b"/"c d".sid e', ['x=%"a b"/"c d".sid', "e"]),
        ('x=%alice.attributes["a b"] c', ['x=%alice.attributes["a b"]', "c"]),
        ('x=@"my offer.sdp" y', ['x=@"my offer.sdp"', "y"]),
        ('x=%%"a b"', ['x=%%"a', 'b"']),
        ('x=@@"a b"', ['x=@@"a', 'b"']),
        ('x=%a"b c', ['x=%a"b', "c"]),
        ("x=% y", ["x=%", "y"]),
        ('name=5" tall', ['name=5"', "tall"]),
        ("name=:-{ x", ["name=:-{", "x"]),
        ("name=a(b [c] d", ["name=a(b", "[c]", "d"]),
        ("a=b=c d", ["a=b=c", "d"]),
        ("name=Ann\u00a0B. x", ["name=Ann\u00a0B.", "x"]),
        ('"a b" c', ['"a b"', "c"]),
        ("x=", ["x="]),
    ],
)
def test_a_line_is_split_outside_of_quotes_and_brackets(line: str, expected: list[str]) -> None:
    scan = scan_line(line)
    assert [word.text for word in scan.words] == expected


@pytest.mark.parametrize(
    ("line", "rest", "opener"),
    [
        ('mute sid="TR_x muted=true', '"TR_x muted=true', '"'),
        ('mute {"sid": "TR_x"', '{"sid": "TR_x"', "{"),
        ('mute {"sid": "TR_x}', '{"sid": "TR_x}', "{"),
        ("track_setting track_sids=[a, b", "[a, b", "["),
        ("update_metadata attributes[a=b", "[a=b", "["),
        ('update_metadata attributes["a=b', '["a=b', "["),
        ('mute sid=%"a.b muted=true', '"a.b muted=true', '"'),
        ("x=[", "[", "["),
    ],
)
def test_what_is_left_open_is_pointed_at(line: str, rest: str, opener: str) -> None:
    error = mistake(split_line, line)
    assert (error.text, error.marked, error.code) == (f"`{opener}` is not closed", rest, "unclosed")
    scan = scan_line(line)
    assert scan.unclosed == line.index(rest)
    assert scan.words[-1].end == len(line)


def test_text_with_a_bracket_is_told_to_go_into_quotes() -> None:
    assert mistake(split_line, "x=[a").hint == 'text that begins with `[` stands in quotes: `"[…"`'
    assert mistake(split_line, 'x="a').hint is None
    assert mistake(split_line, "mute {a").hint is None


def test_blanks_are_skipped_up_to_an_end() -> None:
    assert [skip_blanks(" \ta", start, 3) for start in range(4)] == [2, 2, 2, 3]
    assert skip_blanks("   a", 0, 2) == 2


def test_arguments_are_words_as_they_stand() -> None:
    given = ["update_metadata", "name=Ann B.", "", '{"a']
    spans = join_arguments(given)
    assert [span.text for span in spans] == given
    assert {span.source for span in spans} == {'update_metadata name=Ann B.  {"a'}


@pytest.mark.parametrize(("text", "inner"), [("a", "a"), (" a\n", "a"), ("\t", ""), ("", ""), ("\u00a0a", "\u00a0a")])
def test_blanks_around_a_part_are_cut(text: str, inner: str) -> None:
    found = stripped(Span(f"({text})", 1, 1 + len(text)))
    assert found.text == inner
    assert 1 <= found.start <= found.end <= 1 + len(text)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("sid=TR_x", ("sid", False, "TR_x")),
        ("x+=a", ("x", True, "a")),
        ("x=+=a", ("x", False, "+=a")),
        ("=a", ("", False, "a")),
        ("+=a", ("", True, "a")),
        ("x=", ("x", False, "")),
        ("a=b=c", ("a", False, "b=c")),
        ('attributes["a=b"]=c', ('attributes["a=b"]', False, "c")),
        ("attributes[a=b]=c", ("attributes[a=b]", False, "c")),
        ("attributes.my key=c", ("attributes.my key", False, "c")),
    ],
)
def test_an_assignment_is_split_at_the_first_equals_outside_brackets(word: str, parts: tuple[str, bool, str]) -> None:
    padded = Span(f"mute+ {word} =x", 6, 6 + len(word))
    found = split_assignment(padded)
    assert found is not None
    assert (found.path.text, found.append, found.value.text) == parts


def test_a_word_without_equals_is_no_assignment() -> None:
    assert split_assignment(Span("mute =x", 0, 4)) is None
    assert split_assignment(Span('a["=="]', 0, 7)) is None


def test_an_open_bracket_in_a_path_is_a_mistake() -> None:
    error = mistake(split_assignment, Span("attributes[a=b ]", 0, 14))
    assert (error.text, error.marked) == ("`[` is not closed", "[a=b")


def test_ends_are_found_only_inside_the_part_asked_for() -> None:
    assert string_end('"ab"', 0) == 4
    assert string_end('"ab"', 0, 3) is None
    assert nested_end("[[]]", 0) == 4
    assert nested_end("[[]]", 0, 3) is None
    assert nested_end('["]', 0) is None
    assert nested_end('["]"]', 0) == 5
    assert key_end("[a]", 0) == 3
    assert key_end("[a]", 0, 2) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('"a"', "a"),
        (r'"\u00e9\n"', "é\n"),
        ('""', ""),
        ('"', None),
        ("a", None),
        ('"a"b"', None),
        ('"a" "b"', None),
        (r'"\d"', None),
        ('"a\tb"', None),
        (r'"\ud800"', "\ud800"),
    ],
)
def test_only_a_whole_json_string_is_one(text: str, meaning: str | None) -> None:
    assert json_string(text) == meaning


@given(st.text())
def test_a_json_string_means_what_json_says(text: str) -> None:
    assert json_string(json.dumps(text)) == text


LINES = st.text(alphabet=st.sampled_from("ab=+%@/.,:\"\\{}[] \t\n'é\ud800"), max_size=40)


@given(LINES)
def test_any_line_gives_words_that_stand_where_they_say(line: str) -> None:
    scan = scan_line(line)
    at = 0
    for word in scan.words:
        assert line[at : word.start].strip(BLANKS) == ""
        assert word.text
        at = word.end
    assert line[at:].strip(BLANKS) == ""
    if scan.unclosed is None:
        assert split_line(line) == list(scan.words)
    else:
        assert line[scan.unclosed] in '"[{'
        with pytest.raises(InputError):
            split_line(line)


@given(LINES)
def test_any_word_is_an_assignment_or_not(line: str) -> None:
    try:
        found = split_assignment(Span(line, 0, len(line)))
    except InputError:
        return
    if found is not None:
        sign = "+=" if found.append else "="
        assert found.path.text + sign + found.value.text == line
