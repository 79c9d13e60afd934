"""Text of strangers: nothing acts, nothing hides, everything is visible."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.render.safe_text import masked, neutralise, quoted, word

TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\nb\r\tc", "a\\x0ab\\x0d\\x09c"),
        ("\x7f\x9b31m", "\\x7f\\x9b31m"),
        ("ab\u202edc", "ab\\u202edc"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("ze\u200bro\u200d\ufeff", "ze\\u200bro\\u200d\\ufeff"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3164", "\\u3164"),
        ("\u00ad", "\\xad"),
    ],
)
def test_what_acts_or_hides_is_shown_as_its_escape(hostile: str, shown: str) -> None:
    assert neutralise(hostile) == shown


@pytest.mark.parametrize(
    "harmless", ["", "Ann B.", "Zoë Müller", "日本語", "❤\ufe0f", "[red]x[/red]", "\\x1b", "→ · …"]
)
def test_what_is_visible_stays_as_it_is(harmless: str) -> None:
    assert neutralise(harmless) == harmless


@given(TEXT)
def test_nothing_that_acts_is_left(text: str) -> None:
    for shown in (neutralise(text), quoted(text), word(text)):
        assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert "\n" not in shown
        shown.encode("utf-8")


def test_masked_text_keeps_its_places() -> None:
    assert masked("a\x1b[2J\u202eb") == "a\ufffd[2J\ufffdb"
    assert masked("Zoë 🎥") == "Zoë 🎥"


@given(TEXT)
def test_neutral_text_is_not_changed_again(text: str) -> None:
    once = neutralise(text)
    assert neutralise(once) == once


@pytest.mark.parametrize("plain", ["TR_Vx7cycqyXMBpA", "Zoë", "wss://x/y?a=b&c=d", "a.b-c_d:1", "PA_x|cam", "5"])
def test_a_plain_word_stands_as_it_is(plain: str) -> None:
    assert word(plain) == plain


@pytest.mark.parametrize(
    "special", ["", "Ann B.", '"', "a\\b", "[x]", "{}", "a,b", "%self", "@file", "#1", "=", "a\u00a0b", "(x)", "it's"]
)
def test_anything_else_becomes_a_json_string(special: str) -> None:
    assert word(special) == json.dumps(special, ensure_ascii=False)


def test_hostile_characters_are_json_escapes_inside_quotes() -> None:
    assert word("\x1b[31m\u202e") == '"\\u001b[31m\\u202e"'
    assert quoted("\x7f\U000e0041") == '"\\u007f\\udb40\\udc41"'


@given(TEXT)
def test_a_word_can_be_read_back(text: str) -> None:
    spelled = word(text)
    assert (json.loads(spelled) if spelled.startswith('"') else spelled) == text
    assert " " not in spelled or spelled.startswith('"')
