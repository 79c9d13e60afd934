"""Pieces of Markdown."""

from __future__ import annotations

from docs.generators.markdown import codes, page, table


def test_a_bar_in_a_cell_is_no_border() -> None:
    assert table(["a", "b"], [["x|y", "two\nlines"]]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | two lines |",
    ]


def test_a_page_says_what_it_is_made_from() -> None:
    assert page("Title", "`lksig/cli`", "\none\n", "two").splitlines() == [
        "<!-- Made by `make docs` from `lksig/cli`. Change that, not this page. -->",
        "",
        "# Title",
        "",
        "one",
        "",
        "two",
    ]


def test_several_words_in_a_typewriters_letters() -> None:
    assert codes(["a", "b"]) == "`a`, `b`"
