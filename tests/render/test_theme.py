"""Colour: repeated, never added."""

from __future__ import annotations

from lksig.render.theme import Paint


def test_without_colour_nothing_changes() -> None:
    assert Paint(False)("refused", "x") == "x"


def test_colour_is_closed_behind_the_text() -> None:
    assert Paint(True)("refused", "x") == "\x1b[31mx\x1b[0m"


def test_nothing_is_painted_around_nothing() -> None:
    assert Paint(True)("refused", "") == ""
