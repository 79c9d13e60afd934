"""A part of a session: from here to there, as `--from` and `--to` say it.

    12            message 12
    30s           30 s after the run began; also 1500ms, 2m, 1m30s, 1h
    14:32[:05]    a time of day where the reader is; `Z` or an offset (+02:00) may follow, a date with `T` precede
    mark:NAME     a marker

Both ends belong to the part, and so does what follows from the last message. What is printed of a time belongs to it,
too: a time that was copied from a line finds the message of that line, although the line shows no nanoseconds.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from lksig.errors import InputError
from lksig.wire.events import Marker, Reading, Start

MAX_NAMED = 20
"""Marks that are named when the one that was asked for is not there."""

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST_OFFSET = 40
"""Characters; a number of any length is no time any more."""
_OFFSET = re.compile(r"(?:(?P<h>[0-9]+)h)?(?:(?P<m>[0-9]+)m(?:in)?)?(?:(?P<s>[0-9]+(?:\.[0-9]+)?)s)?")
_MILLIS = re.compile(r"(?P<ms>[0-9]+(?:\.[0-9]+)?)ms")
_CLOCK = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ])?"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,9})?))?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_HALF_MICROSECOND_NS = 500
"""`t_ms` is rounded to microseconds; times of day are cut off."""
_DAY = datetime.timedelta(days=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a part of a session."""

    text: str
    kind: Literal["number", "time", "mark"]
    number: int = 0
    name: str = ""
    t_ns: Callable[[int], int] = lambda wall_ns: 0
    """For a time: nanoseconds of the run, when its time 0 was `wall_ns` nanoseconds after the epoch."""
    before_ns: int = 0
    """A time: how much earlier something may be that is printed like this."""
    after_ns: int = 0
    """How much later."""


def parse_place(text: str, option: str) -> Place:
    """What follows `--from` or `--to`.

    Args:
        option: for the message.

    Raises:
        InputError: it is no place.
    """
    if _NUMBER.fullmatch(text):
        return Place(text, "number", number=int(text))
    if text.startswith("mark:") and text != "mark:":
        return Place(text, "mark", name=text.removeprefix("mark:"))
    offset_ns = _offset_ns(text)
    if offset_ns is not None:
        return Place(
            text, "time", t_ns=lambda wall_ns: offset_ns, before_ns=_HALF_MICROSECOND_NS, after_ns=_HALF_MICROSECOND_NS
        )
    clock = _CLOCK.fullmatch(text)
    try:
        if clock is not None:
            _moment(clock, datetime.date(2000, 1, 1), datetime.UTC)  # whether there is such a time
            return Place(text, "time", t_ns=lambda wall_ns: _clock_ns(clock, wall_ns), after_ns=_cut_off_ns(clock))
    except ValueError:
        pass
    raise InputError(
        f"`{option} {text}` is no place in a recording",
        code="bad-place",
        hint="a message number, an offset like `30s`, a time like `14:32:05`, or `mark:NAME`",
    )


def _offset_ns(text: str) -> int | None:
    found = _MILLIS.fullmatch(text) or _OFFSET.fullmatch(text)
    if found is None or not 0 < len(text) <= _LONGEST_OFFSET:
        return None
    units = {"h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000}
    return sum(round(float(value) * units[unit]) for unit, value in found.groupdict().items() if value is not None)


def _moment(clock: re.Match[str], date: datetime.date, zone: datetime.tzinfo) -> datetime.datetime:
    second, _, fraction = (clock["second"] or "0").partition(".")
    time = datetime.time(int(clock["hour"]), int(clock["minute"]), int(second), int(fraction[:6].ljust(6, "0")))
    day = datetime.date.fromisoformat(clock["date"]) if clock["date"] else date
    return datetime.datetime.combine(day, time, zone)


def _cut_off_ns(clock: re.Match[str]) -> int:
    """What a time of day with this many digits leaves out at most; a full second or minute is meant as it stands."""
    digits = len((clock["second"] or "").partition(".")[2])
    return 10 ** (9 - min(digits, 6)) - 1 if digits else 0


def _clock_ns(clock: re.Match[str], wall_ns: int) -> int:
    """A time without a date is meant on the day of the run, or when that is half a day off, on the next to it."""
    start = _EPOCH + datetime.timedelta(microseconds=wall_ns // 1000)
    zone = _zone(clock["zone"], start)
    local = start.astimezone(zone)
    moment = _moment(clock, local.date(), zone)
    if clock["date"] is None and moment - local < -_DAY / 2:
        moment += _DAY
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1) * 1000 - wall_ns


def _zone(text: str | None, moment: datetime.datetime) -> datetime.tzinfo:
    """The zone that was named, or the reader's at the time of the run."""
    if text is None:
        return moment.astimezone().tzinfo or datetime.UTC
    if text in "Zz":
        return datetime.UTC
    digits = text.replace(":", "")
    offset = datetime.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:]))
    return datetime.timezone(-offset if text[0] == "-" else offset)


class Window:
    """Tells of each reading, in their order, whether it is within a part of the session.

    Args:
        first: where the part begins; None at the beginning.
        last: where it ends; None at the end.

    Raises:
        InputError: it would end before it begins.
    """

    def __init__(self, first: Place | None, last: Place | None) -> None:
        numbers = [place.number for place in (first, last) if place is not None and place.kind == "number"]
        if numbers != sorted(numbers):
            raise InputError(f"`--to {numbers[1]}` comes before `--from {numbers[0]}`", code="bad-place")
        self._first = first
        self._last = last
        self._from_ns: int | None = None
        self._to_ns: int | None = None
        self._knows_wall = False
        self._messages = 0
        self._marks: dict[str, None] = {}

    def start(self, wall_ns: int) -> None:
        """Before the first reading.

        Args:
            wall_ns: nanoseconds since the epoch at the run's time 0, as far as it is known before a session starts.
        """
        if self._first is not None and self._first.kind == "time":
            self._from_ns = self._first.t_ns(wall_ns) - self._first.before_ns
        if self._last is not None and self._last.kind == "time":
            self._to_ns = self._last.t_ns(wall_ns) + self._last.after_ns

    def has(self, reading: Reading) -> bool:
        """Whether a reading is within; to be asked for every one."""
        self._messages = reading.n or self._messages
        t_ns: int = reading.event.t_ns
        if isinstance(reading.event, Start) and not self._knows_wall:
            # The lines are printed by this clock; the file's own was read at another moment.
            self._knows_wall = True
            self.start(reading.event.wall_ns - t_ns)
        if self._is_over(reading, t_ns):
            return False
        if self._first is None:
            return True
        if self._from_ns is None and self._is_at(self._first, reading):
            self._from_ns = t_ns
        return self._from_ns is not None and t_ns >= self._from_ns

    def _is_over(self, reading: Reading, t_ns: int) -> bool:
        if self._last is None:
            return False
        if self._to_ns is None and self._is_at(self._last, reading):
            self._to_ns = t_ns
        return self._to_ns is not None and t_ns > self._to_ns

    def _is_at(self, place: Place, reading: Reading) -> bool:
        if place.kind == "number":
            return reading.n is not None and reading.n >= place.number
        if place.kind == "mark" and isinstance(reading.event, Marker):
            self._marks[reading.event.text] = None
            return reading.event.text == place.name
        return False

    def look_for(self, readings: Iterable[Reading]) -> InputError | None:
        """Look ahead, as far as need be, whether both ends are in a recording; gives `problem`."""
        for reading in readings:
            if all(place is None or found is not None for _, place, found in self._ends()):
                break
            self.has(reading)
        return self.problem()

    def _ends(self) -> tuple[tuple[str, Place | None, int | None], ...]:
        return ("--from", self._first, self._from_ns), ("--to", self._last, self._to_ns)

    def problem(self) -> InputError | None:
        """After the last reading: a place that is not in the recording."""
        for option, place, found in self._ends():
            if place is None or found is not None:
                continue
            if place.kind == "mark":
                marks = ", ".join(list(self._marks)[:MAX_NAMED])
                return InputError(
                    f"there is no mark `{place.name}` in the recording",
                    code="no-such-mark",
                    hint=f"there are: {marks}" if marks else "there is no mark at all",
                )
            if option == "--from":
                return InputError(
                    f"`--from {place.text}` is behind the last message, {self._messages}", code="no-such-message"
                )
        return None
