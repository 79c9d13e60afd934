"""Every token of a JSON text with its path and place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.wire.json_scan import MAX_DEPTH, Path, place_of, read_literal, scan_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """The scalars of a value by path."""
    if isinstance(value, dict):
        return {found: leaf for key in value for found, leaf in leaves(value[key], (*path, key)).items()}
    if isinstance(value, list):
        return {found: leaf for i, inner in enumerate(value) for found, leaf in leaves(inner, (*path, i)).items()}
    return {path: value}


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_values_have_their_path_and_place(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = {
        token.path: json.loads(text[token.start : token.end])
        for token in scan_json(text)
        if not token.is_key and text[token.start] not in "{["
    }
    assert found == leaves(value)


@given(st.text(max_size=20), st.booleans())
def test_a_literal_says_what_the_parser_says_and_where(value: str, ascii_only: bool) -> None:
    source = json.dumps(value, ensure_ascii=ascii_only)
    literal = read_literal(source, 0, len(source))
    assert literal.text == value
    assert len(literal.places) == len(value) + 1
    for index, character in enumerate(value):
        assert json.loads(f'"{source[literal.places[index] : literal.places[index + 1]]}"') == character


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('"open', "open"),
        ('"', ""),
        ('"a\\', "a\\"),
        ('"\\q\\/"', "q/"),
        ('"\\ud83d"', "\ud83d"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u00zz"', "u00zz"),
    ],
)
def test_a_literal_may_be_broken(source: str, text: str) -> None:
    assert read_literal(source, 0, len(source)).text == text


def paths(text: str) -> list[tuple[Path, str]]:
    return [(token.path, text[token.start : token.end]) for token in scan_json(text) if not token.is_key]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ('{"a":{"b":"cut', [((), "{"), (("a",), "{"), (("a", "b"), '"cut')]),
        ('{"a":[1,"x', [((), "{"), (("a",), "["), (("a", 0), "1"), (("a", 1), '"x')]),
        ("}],1", [((), "1")]),
        ('{"a" 1,2}', [((), "{"), (("a",), "1"), (("a",), "2")]),
        ('{,"a":eyJ}', [((), "{"), (("a",), "eyJ")]),
    ],
)
def test_a_broken_text_is_read_as_far_as_it_goes(text: str, found: list[tuple[Path, str]]) -> None:
    assert paths(text) == found


def test_the_scan_ends_where_no_signal_message_goes() -> None:
    assert len(list(scan_json("[" * 5000))) == MAX_DEPTH + 1


@given(st.text('{}[]",:\\ua1 \n', max_size=30))
def test_the_scan_never_fails(text: str) -> None:
    for token in scan_json(text):
        assert 0 <= token.start < token.end <= len(text)


def test_the_place_of_a_path() -> None:
    text = '{"mute": {"sid": "TR_x", "muted": [1]}, "mute": 3}'
    assert text[place_of(text, ("mute", "muted")) :].startswith("[1]")
    assert text[place_of(text, ("mute", "gone", "deeper")) :].startswith('{"sid"')
    assert place_of(text, ("offer",)) == 0
    assert place_of("", ("offer",)) == 0
