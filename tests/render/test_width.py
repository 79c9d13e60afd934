"""Text on a terminal: measured, cut, filled, in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.render.width import aligned, cut, fill, fit, width_of

SAFE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")))


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("a·b×c", 5), ("→", 1), ("日本", 4), ("e\u0301", 1), ("😀", 2)],
)
def test_wide_characters_take_two_columns(text: str, width: int) -> None:
    assert width_of(text) == width


def test_what_cannot_be_measured_takes_none() -> None:
    assert width_of("\u0100\x1b") == 0


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("a日本語", 4, "a日…"),
    ],
)
def test_a_cut_shows_itself(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


@given(SAFE, st.integers(0, 40))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width
    assert width_of(fit(text, width)) == width


def test_filling_never_cuts() -> None:
    assert fill("日", 4) == "日  "
    assert fill("abcdef", 3) == "abcdef"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert aligned([("mid", "kind"), ("日本", "x"), ("", "y")]) == ["mid   kind", "日本  x", "      y"]
