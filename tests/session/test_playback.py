"""When each reading is due, and what keys change about it."""

from __future__ import annotations

import pytest

from lksig.errors import InputError
from lksig.session.playback import MAX_DEBT_S, MAX_SPEED, Player, parse_speed
from lksig.wire.events import Marker, Note, Reading

S = 1_000_000_000


def at(seconds: float) -> Reading:
    return Reading(Marker(round(seconds * S), "here"))


def other(seconds: float) -> Reading:
    return Reading(Note(round(seconds * S), "any", "thing"))


@pytest.mark.parametrize(("text", "speed"), [("0.5", 0.5), ("1", 1.0), ("10x", 10.0), ("max", None)])
def test_speeds(text: str, speed: float | None) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "", "nan", "inf", "1e9"])
def test_no_speeds(text: str) -> None:
    with pytest.raises(InputError, match="is no speed"):
        parse_speed(text)


@pytest.mark.parametrize("cap_s", [0.0, -1.0, float("nan")])
def test_a_cap_must_be_positive(cap_s: float) -> None:
    with pytest.raises(InputError, match="idle limit"):
        Player(1.0, cap_s)


def test_its_own_pace() -> None:
    player = Player()
    player.next(at(5))
    assert player.wait_s == 0, "the first one is due at once"
    player.next(at(7))
    assert player.wait_s == 2
    player.passed(0.5)
    assert player.wait_s == 1.5
    player.passed(1.6)
    assert player.wait_s == 0
    player.next(at(8))
    assert player.wait_s == pytest.approx(0.9), "what was waited too long is made up for"


def test_not_all_of_a_long_sleep_is_made_up_for() -> None:
    player = Player()
    player.next(at(0))
    player.passed(100)
    player.next(at(3))
    assert player.wait_s == 3 - MAX_DEBT_S


@pytest.mark.parametrize(("speed", "expected"), [(0.5, 4.0), (10.0, 0.2), (None, 0.0)])
def test_other_speeds(speed: float | None, expected: float) -> None:
    player = Player(speed)
    player.next(at(0))
    player.next(at(2))
    player.passed(0)
    assert player.wait_s == expected


def test_silences_are_cut_before_the_speed_counts() -> None:
    player = Player(2.0, idle_limit_s=1.0)
    player.next(at(0))
    player.next(at(3600))
    assert player.wait_s == 0.5


def test_what_is_left_out_takes_no_time() -> None:
    player = Player()
    player.next(at(0))
    player.next(at(100), at_once=True)
    assert player.wait_s == 0
    player.next(at(101))
    assert player.wait_s == 1


def test_a_pause_is_as_long_as_it_is() -> None:
    player = Player()
    player.next(at(0))
    player.next(at(2))
    player.press(" ")
    assert player.wait_s is None
    player.passed(60)
    player.press(" ")
    assert player.wait_s == 2


@pytest.mark.parametrize("key", ["s", "."])
def test_a_step_shows_one_line(key: str) -> None:
    player = Player()
    player.next(other(0))
    player.next(other(50))
    assert not player.is_stepping
    player.press(key)
    assert player.is_stepping
    assert player.wait_s == 0
    player.next(other(90))  # nothing that is shown
    assert player.wait_s == 0
    player.shown(other(90))
    player.next(other(91))
    assert player.wait_s is None


@pytest.mark.parametrize("key", ["m", "]"])
def test_to_the_next_mark(key: str) -> None:
    player = Player()
    player.press(" ")
    player.next(other(0))
    player.press(key)
    for seconds in (10, 20):
        player.next(other(seconds))
        assert player.wait_s == 0
        player.shown(other(seconds))
    player.next(at(30))
    assert player.wait_s == 0
    player.shown(at(30))
    player.next(other(35))
    assert player.wait_s == 5


def test_faster_and_slower() -> None:
    player = Player()
    player.next(at(0))
    player.next(at(8))
    player.press("+")
    assert player.wait_s == 4
    player.press("-")
    player.press("-")
    assert player.wait_s == 16
    for _ in range(100):
        player.press("+")
    assert player.speed == MAX_SPEED
    at_once = Player(None)
    at_once.press("+")
    assert at_once.speed is None


def test_quit_and_keys_without_a_meaning() -> None:
    player = Player()
    player.press("x")
    assert not player.is_over
    player.press("q")
    assert player.is_over
