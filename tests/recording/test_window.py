"""Parts of a session: what `--from` and `--to` take, and what is within."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterator

import pytest

from lksig.errors import InputError
from lksig.recording.window import MAX_NAMED, Window, parse_place
from lksig.render.json_lines import JsonLines
from lksig.render.times import WallClock
from lksig.wire.events import Marker, Reading, Result
from tests.support.readings import frame, secrets, start

WALL = datetime.datetime(2026, 11, 25, 14, 34, 5, 811_000, datetime.UTC)
WALL_NS = 1_795_617_245_811_000_000
S = 1_000_000_000


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reader an hour east of Greenwich."""
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def offset_ns(text: str) -> int:
    place = parse_place(text, "--from")
    assert place.kind == "time"
    return place.t_ns(WALL_NS)


@pytest.mark.parametrize(
    ("text", "t_ns"),
    [
        ("30s", 30 * S),
        ("0s", 0),
        ("1.5s", 3 * S // 2),
        ("1500ms", 3 * S // 2),
        ("0.5ms", S // 2000),
        ("2m", 120 * S),
        ("2min", 120 * S),
        ("1m30s", 90 * S),
        ("1h1s", 3601 * S),
        ("14:34:05.811Z", 0),
        ("14:34Z", -5_811_000_000),
        ("15:34:06", 189_000_000),
        ("15:35", 54_189_000_000),
        ("14:34:06.811z", S),
        ("16:34:06.811+02:00", S),
        ("09:04:06.811-0530", S),
        ("2026-11-25T14:34:06.811Z", S),
        ("2026-11-26 15:34:05.811", 86_400 * S),
        ("3:34:05.811", -12 * 3600 * S),
        ("03:34:05.8109", -100_000 - 12 * 3600 * S + 86_400 * S),
        ("3:34:06Z", -39_599_811_000_000),
    ],
)
def test_times(text: str, t_ns: int) -> None:
    assert offset_ns(text) == t_ns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "x",
        "1x",
        "1.5",
        "s",
        "ms",
        "25:00",
        "14:60",
        "14:34:61",
        "14:3",
        "mark:",
        "2026-13-01T00:00",
        "9" * 400 + "s",
    ],
)
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(InputError, match=f"`--to {text}` is no place in a recording") as refused:
        parse_place(text, "--to")
    assert refused.value.hint == "a message number, an offset like `30s`, a time like `14:32:05`, or `mark:NAME`"


READINGS = [
    start(),
    frame(b"", n=1, t_ns=1 * S),
    Reading(Result(1 * S, 1, "mute", "answered")),
    frame(b"", n=2, t_ns=2 * S),
    Reading(Marker(3 * S, "here")),
    frame(b"", n=3, t_ns=4 * S),
    Reading(Marker(5 * S, "there")),
]


def within(first: str | None, last: str | None) -> list[int]:
    """Which readings are within, by index."""
    window = window_of(first, last)
    return [index for index, reading in enumerate(READINGS) if window.has(reading)]


def window_of(first: str | None, last: str | None) -> Window:
    window = Window(
        None if first is None else parse_place(first, "--from"), None if last is None else parse_place(last, "--to")
    )
    window.start(WALL_NS)
    return window


@pytest.mark.parametrize(
    ("first", "last", "indexes"),
    [
        (None, None, [0, 1, 2, 3, 4, 5, 6]),
        ("2", None, [3, 4, 5, 6]),
        (None, "1", [0, 1, 2]),
        ("2", "2", [3]),
        ("2s", "4s", [3, 4, 5]),
        ("1500ms", "3", [3, 4, 5]),
        ("mark:here", None, [4, 5, 6]),
        ("mark:here", "mark:there", [4, 5, 6]),
        (None, "mark:here", [0, 1, 2, 3, 4]),
        ("15:34:09.811", None, [5, 6]),
        (None, "14:34:07Z", [0, 1, 2]),
        ("9", None, []),
        (None, "9", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_both_ends_are_within_and_what_follows_from_the_last_message(
    first: str | None, last: str | None, indexes: list[int]
) -> None:
    assert within(first, last) == indexes


@pytest.mark.parametrize("t_ns", [1_500_000_000, 1_500_000_001, 1_500_000_999, 1_500_999_499, 1_500_999_500])
@pytest.mark.parametrize("later_ns", [0, 1141])
def test_a_time_copied_from_a_line_finds_its_message(t_ns: int, later_ns: int) -> None:
    """Whichever clock the file has: the one that the lines are printed by was read a little later."""
    first = start(wall_ns=WALL_NS + later_ns)
    readings = [first, frame(b"", n=1, t_ns=1), frame(b"", n=2, t_ns=t_ns), frame(b"", n=3, t_ns=9 * S)]
    lines = JsonLines(secrets())
    printed = [json.loads(lines.text(one)) for one in readings][2]
    clock = WallClock(None)
    clock.start(first.event)
    shown = str(clock.clock(clock.unix_ns(t_ns), date=True))
    for text in (printed["time"], printed["time"][11:], shown, f"{printed['t_ms']:.3f}ms"):
        window = window_of(text, text)
        assert [one.n for one in readings if window.has(one)] == [2], text


def test_a_full_second_is_meant_as_it_stands() -> None:
    window = window_of(None, "14:34:07Z")
    assert [window.has(frame(b"", n=n, t_ns=t)) for n, t in ((1, 1_189_000_000), (2, 1_189_000_001))] == [True, False]


def test_an_end_before_the_beginning_is_a_mistake() -> None:
    with pytest.raises(InputError, match="`--to 2` comes before `--from 3`"):
        window_of("3", "2")


def problem(first: str | None, last: str | None) -> InputError | None:
    window = window_of(first, last)
    for reading in READINGS:
        window.has(reading)
    return window.problem()


def test_places_that_are_not_there_are_told() -> None:
    assert problem("2", "9") is None
    assert problem("3s", "mark:there") is None
    assert problem("90s", None) is None
    assert str(problem("9", None)) == "`--from 9` is behind the last message, 3"
    missing = problem(None, "mark:nowhere")
    assert missing is not None
    assert (str(missing), missing.hint) == ("there is no mark `nowhere` in the recording", "there are: here, there")
    window = window_of("mark:nowhere", None)
    assert not window.has(READINGS[1])
    lost = window.problem()
    assert lost is not None
    assert lost.hint == "there is no mark at all"


def test_only_some_marks_are_named() -> None:
    window = window_of("mark:nowhere", None)
    for number in range(MAX_NAMED + 5):
        window.has(Reading(Marker(number, f"m{number}")))
    missing = window.problem()
    assert missing is not None
    assert missing.hint == "there are: " + ", ".join(f"m{number}" for number in range(MAX_NAMED))
