"""Times as text: nanoseconds of a run become clock times, milliseconds and durations.

A run's wall clock is read once, at its start; every later time is that plus the monotonic offset, so the times of a
session never jump. Texts are cached by the second, because every line of every view holds one.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lksig.wire.events import Start

UTC = datetime.UTC

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
_MAX_UNIX_S = 253402300800
"""1 January of the year 10000: beyond it `datetime` ends, and no clock is meant."""

_DURATION_STEPS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0))


class WallClock:
    """The wall clock of one run, where its reader is.

    Args:
        zone: where the reader is; None for the zone of this computer at the time of the run.
    """

    def __init__(self, zone: datetime.tzinfo | None = UTC) -> None:
        self.zone = zone or UTC
        self.base_ns: int | None = None
        """Nanoseconds since the epoch at the run's `t_ns` 0; None where nobody knows (one pasted frame)."""
        self._is_local = zone is None
        self._second: int | None = None
        self._prefix = ""
        self._clock_key: tuple[int, bool] | None = None
        self._clock_text: str | None = None

    def start(self, start: Start) -> None:
        """Take the time of a session's start; the first one of a run counts."""
        if self.base_ns is not None:
            return
        self.base_ns = start.wall_ns - start.t_ns
        if self._is_local and 0 <= start.wall_ns // 1_000_000_000 < _MAX_UNIX_S - 86_400:
            # The zone of that day, not of today: a recording may come from the other side of a clock change.
            self._clock_key = None
            moment = datetime.datetime.fromtimestamp(start.wall_ns // 1_000_000_000, UTC)
            self.zone = moment.astimezone().tzinfo or UTC

    def rfc3339(self, t_ns: int) -> str | None:
        """The time in UTC with six digits and `Z`; None without a base, and for what is no sensible time."""
        if self.base_ns is None:
            return None
        second, micro = divmod((self.base_ns + t_ns) // 1000, 1_000_000)
        if second != self._second:
            if not 0 <= second < _MAX_UNIX_S:
                return None
            self._second = second
            self._prefix = (_EPOCH + datetime.timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.")
        return f"{self._prefix}{micro:06d}Z"

    def unix_ns(self, t_ns: int) -> int:
        """Nanoseconds since the epoch; of a run without a start, since it began."""
        return (self.base_ns or 0) + t_ns

    def clock(self, unix_ns: int, *, date: bool = False, millis: bool = True) -> str | None:
        """A time of day for the reader, `10:38:05.513`, with `Z` behind it for UTC; None for what is no sensible time.

        Args:
            date: put the day in front.
            millis: down to the millisecond, otherwise to the second.
        """
        second, rest = divmod(unix_ns, 1_000_000_000)
        key = second, date
        if key != self._clock_key:
            self._clock_key = key
            self._clock_text = clock_text(second * 1_000_000_000, self.zone, date=date)
        text = self._clock_text
        if text is None:
            return None
        zulu = "Z" if self.zone is UTC else ""
        return f"{text}.{rest // 1_000_000:03d}{zulu}" if millis else f"{text}{zulu}"


def clock_text(unix_ns: int, zone: datetime.tzinfo, *, date: bool = False) -> str | None:
    """`10:38:05` in a zone; None for what is no sensible time.

    Args:
        unix_ns: nanoseconds since the epoch.
        zone: where the reader is.
        date: put the day in front.
    """
    second = unix_ns // 1_000_000_000
    if not 0 < second < _MAX_UNIX_S:
        return None
    try:
        moment = (_EPOCH + datetime.timedelta(seconds=second)).astimezone(zone)
    except OverflowError:  # the last hours of the year 9999, east of Greenwich
        return None
    return moment.isoformat(" ", "seconds")[0 if date else 11 : 19]  # a quarter of what strftime takes


def duration_text(seconds: float) -> str:
    """`6 h`, `41.3 s`, `0.8 ms`: one number with the unit that fits."""
    size = abs(seconds)
    for unit, step in _DURATION_STEPS:
        if size >= 2 * step or (step == 3600.0 and size >= step):
            return f"{seconds / step:.3g} {unit}"
    if size >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms"


def bytes_text(count: int) -> str:
    """`58 B`, `18.2 kB`, `12.6 MB`; decimal, as network tools count."""
    if count < 1000:
        return f"{count} B"
    for unit, step in (("kB", 1e3), ("MB", 1e6)):
        if count < 1000 * step * 0.99995:
            return f"{count / step:.1f} {unit}"
    return f"{count / 1e9:.1f} GB"
