"""The small phrases of summaries."""

from __future__ import annotations

from lksig.render.phrases import MAX_NAMED, counted, joined, listed, names_of, parts, some


def test_a_number_the_enum_does_not_know_stays_a_number() -> None:
    assert names_of("TrackType")[1] == "VIDEO"
    assert names_of("TrackType")[77] == "77"


def test_one_is_singular() -> None:
    assert [counted(n, "publisher") for n in (0, 1, 2)] == ["0 publishers", "1 publisher", "2 publishers"]


def test_of_many_the_first_are_named() -> None:
    assert some([], str) == ""
    assert some([1, 2], str) == "1, 2"
    assert some(range(MAX_NAMED), str, "; ") == "; ".join(map(str, range(MAX_NAMED)))
    assert some(range(MAX_NAMED + 2), str).endswith("7, +2 more")
    assert joined(["a"], 1) == "a"


def test_a_list_has_a_title_unless_it_is_empty() -> None:
    assert listed("tracks", [1], str) == "tracks 1"
    assert listed("tracks", [], str) is None


def test_only_what_is_there_is_joined() -> None:
    assert parts("a", None, "", "b") == "a · b"
