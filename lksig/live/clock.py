"""The run's clock: monotonic nanoseconds since its start, and the wall clock read once.

Rule: every event's time comes from here, so that a session's times neither jump nor drift against each other.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the live room needs to know about time."""

    wall_ns: int
    """Nanoseconds since the epoch at the run's start."""

    def now_ns(self) -> int:
        """Nanoseconds since the run's start."""


class SystemClock:
    """The clock of this machine."""

    def __init__(self) -> None:
        self.wall_ns = time.time_ns()
        self._origin_ns = time.monotonic_ns()

    def now_ns(self) -> int:
        """Nanoseconds since the run's start."""
        return time.monotonic_ns() - self._origin_ns


def unix_ms(clock: Clock) -> int:
    """The wall clock now, in unix ms, as `ping_req.timestamp` carries it."""
    return (clock.wall_ns + clock.now_ns()) // 1_000_000
