"""Times, durations and sizes as text."""

from __future__ import annotations

import datetime
import time

import pytest

from lksig.render.times import UTC, WallClock, bytes_text, clock_text, duration_text
from lksig.wire.events import Start
from tests.support.samples import WALL_NS

BERLIN = datetime.timezone(datetime.timedelta(hours=1))


def started(zone: datetime.tzinfo | None = UTC, *, t_ns: int = 0, wall_ns: int = WALL_NS) -> WallClock:
    wall = WallClock(zone)
    wall.start(Start(t_ns, wall_ns, "ws://x", "v1", None, None))
    return wall


def test_a_time_is_rfc_3339_with_six_digits() -> None:
    wall = started()
    assert wall.rfc3339(0) == "2026-11-25T14:34:05.811000Z"
    assert wall.rfc3339(1_000) == "2026-11-25T14:34:05.811001Z"
    assert wall.rfc3339(189_000_000) == "2026-11-25T14:34:06.000000Z"
    assert wall.rfc3339(188_999_999) == "2026-11-25T14:34:05.999999Z"


def test_times_count_from_the_clock_of_the_first_start() -> None:
    wall = started(t_ns=1_000_000_000)
    wall.start(Start(9, 7, "ws://x", "v1", None, None, session=2))
    assert wall.rfc3339(1_000_000_000) == "2026-11-25T14:34:05.811000Z"
    assert wall.unix_ns(1_000_000_001) == WALL_NS + 1


def test_without_a_start_there_is_no_time() -> None:
    wall = WallClock()
    assert wall.rfc3339(5) is None
    assert wall.unix_ns(5) == 5


@pytest.mark.parametrize("wall_ns", [-1, 10**21, 10**30])
def test_a_start_at_no_sensible_time_breaks_nothing(wall_ns: int) -> None:
    wall = started(None, wall_ns=wall_ns)
    assert wall.rfc3339(0) is None
    assert wall.clock(wall_ns) is None


def test_a_clock_time_is_the_readers() -> None:
    assert started(BERLIN).clock(WALL_NS) == "15:34:05.811"
    assert started(BERLIN).clock(WALL_NS, date=True, millis=False) == "2026-11-25 15:34:05"
    assert started(UTC).clock(WALL_NS) == "14:34:05.811Z"


def test_the_zone_of_the_computer_is_that_of_the_day_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        winter, summer = started(None), started(None, wall_ns=WALL_NS - 150 * 86_400 * 10**9)
        assert winter.clock(WALL_NS) == "15:34:05.811"
        assert summer.clock(WALL_NS) == "16:34:05.811"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_clock_times_of_one_second_are_told_apart() -> None:
    wall = started()
    texts = [wall.clock(WALL_NS, date=True), wall.clock(WALL_NS), wall.clock(WALL_NS + 10**6), wall.clock(-1)]
    assert texts == ["2026-11-25 14:34:05.811Z", "14:34:05.811Z", "14:34:05.812Z", None]
    assert wall.clock(WALL_NS, millis=False) == "14:34:05Z"


@pytest.mark.parametrize("unix_ns", [0, -1, 253_402_300_800 * 10**9, 2**63 * 10**6])
def test_nonsense_is_no_clock_time(unix_ns: int) -> None:
    assert clock_text(unix_ns, UTC) is None


def test_a_time_no_calendar_reaches_is_no_clock_time() -> None:
    assert clock_text(253_402_300_799 * 10**9, BERLIN) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0006, "0.6 ms"),
        (0.9996, "999.6 ms"),
        (1, "1.0 s"),
        (41.34, "41.3 s"),
        (119, "119.0 s"),
        (120, "2 min"),
        (3599, "60 min"),
        (3600, "1 h"),
        (21599.9, "6 h"),
        (86400, "24 h"),
        (10 * 86400, "10 d"),
    ],
)
def test_a_duration_has_one_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (18_240, "18.2 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (12_600_000, "12.6 MB"),
        (5_000_000_000, "5.0 GB"),
    ],
)
def test_a_size_has_one_unit(count: int, text: str) -> None:
    assert bytes_text(count) == text
