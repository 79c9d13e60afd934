"""Lines found by some of their letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lksig.repl.fuzzy import ranked, score

LINES = [
    "mute sid=TR_x muted=true",
    "add_track cid=cam1 type=VIDEO",
    "update_metadata name=Ann",
    "add_track cid=mic1 type=AUDIO",
]


def test_letters_in_their_order() -> None:
    assert ranked("adtv", LINES, 9) == ["add_track cid=cam1 type=VIDEO"]
    assert ranked("vtda", LINES, 9) == []
    assert ranked("vv", LINES, 9) == []


def test_beginnings_of_words_and_whole_words_come_first() -> None:
    assert ranked("mute", ["update_metadata mail=umutea", "a mute"], 9)[0] == "a mute"
    assert ranked("am", ["xaxm", "add mute"], 9)[0] == "add mute"
    assert ranked("ab", ["a xxxxxxx b", "xab"], 9)[0] == "xab"


def test_a_capital_wants_a_capital() -> None:
    assert score("VID", "type=VIDEO") is not None
    assert score("Vid", "type=VIDEO") is None
    assert score("vid", "type=VIDEO") is not None


def test_the_newest_of_equals_comes_first_and_once() -> None:
    assert ranked("add_track", LINES + LINES, 9) == [LINES[1], LINES[3]]
    assert ranked("", LINES, 2) == LINES[:2]


def test_the_best_place_of_the_first_letter_counts() -> None:
    assert score("at", "axxxxx act") == score("at", "act")
    assert score("ab", "a" * 100 + "xb") is not None


@given(st.text(max_size=6), st.text(max_size=40))
def test_what_is_found_holds_the_letters_in_order(query: str, text: str) -> None:
    if score(query, text) is None:
        return
    for letters, line in ((query, text), (query.lower(), text.lower())):
        rest = iter(line)
        if all(letter in rest for letter in letters):
            return
    raise AssertionError
