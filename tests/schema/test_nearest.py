"""The word that was probably meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.nearest import MAX_WORD, listed, nearest, with_article, with_guess
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields

CASES = [*case_fields(TO_SERVER), *case_fields(TO_CLIENT)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("muet", "mute"),
        ("mut", "mute"),
        ("MUTE", "mute"),
        ("addTrack", "add_track"),
        ("add-track", "add_track"),
        ("ad_trak", "add_track"),
        ("track_settings", "track_setting"),
        ("publish_data", "publish_data_track_request"),
        ("subscribtion", "subscription"),
        ("pnig", "ping"),
        ("update_metdata", "update_metadata"),
    ],
)
def test_a_misspelled_case_is_recognised(word: str, meant: str) -> None:
    assert nearest(word, CASES) == meant


@pytest.mark.parametrize("word", ["", "x", "xy", "zebra", "q" * (MAX_WORD + 1), "offeroffer", "l"])
def test_what_resembles_nothing_gets_no_guess(word: str) -> None:
    assert nearest(word, CASES) is None


def test_swapped_letters_are_one_mistake() -> None:
    assert nearest("VIDOE", ["AUDIO", "VIDEO", "DATA"]) == "VIDEO"


def test_ties_go_to_the_first() -> None:
    assert nearest("xat", ["cat", "bat"]) == "cat"
    assert nearest("xat", ["bat", "cat"]) == "bat"


def test_a_near_word_beats_a_longer_one_that_starts_alike() -> None:
    assert nearest("ping_re", ["ping_relay_settings", "ping_req"]) == "ping_req"


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=6))
def test_any_word_gives_one_of_the_choices_or_none(word: str, choices: list[str]) -> None:
    guess = nearest(word, choices)
    assert guess is None or guess in choices
    if word in choices and 0 < len(word) <= MAX_WORD:
        assert guess is not None


def test_lists_read_as_a_sentence() -> None:
    assert listed([]) == ""
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A or B"
    assert listed(["A", "B", "C"], "and") == "A, B and C"
    assert listed([str(number) for number in range(13)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or …"


def test_the_article_fits() -> None:
    assert with_article("TrackType") == "a TrackType"
    assert with_article("Encryption.Type") == "an Encryption.Type"
    assert with_article("uint32") == "a uint32"


def test_a_guess_stands_behind_the_sentence() -> None:
    assert with_guess("not a case", None) == "not a case"
    assert with_guess("not a case", "mute") == "not a case (did you mean mute?)"
