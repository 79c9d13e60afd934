"""A session again at its own pace: when each reading is due, and what pause, step and skip change about it.

The rule: no clock and no key is read here. The shell says how much time passed and which key was pressed; what was
waited too long is made up for, so that a session of an hour takes an hour.
"""

from __future__ import annotations

from lksig.errors import InputError
from lksig.wire.events import Marker, Reading

MAX_SPEED = 1_000_000.0
"""More is `max`."""

MAX_DEBT_S = 0.5
"""Time that is made up for; what is more was a machine that slept."""

KEYS = {" ": "pause", "s": "step", ".": "step", "m": "mark", "]": "mark", "q": "quit", "+": "faster", "-": "slower"}
"""Key → what it does."""


def parse_speed(text: str) -> float | None:
    """`0.5`, `10`, `10x`; None for `max`: as fast as it goes.

    Raises:
        InputError: it is no speed.
    """
    if text == "max":
        return None
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not 0 < speed <= MAX_SPEED:
        raise InputError(f"`--speed {text}` is no speed", code="bad-option", hint="`0.5`, `1`, `10`, or `max`")
    return speed


class Player:
    """Tells how long to wait before the next reading.

    Args:
        speed: times its own pace; None for no waiting at all.
        idle_limit_s: no gap is longer than this, before `speed` is applied; None for as long as it was.

    Raises:
        InputError: the limit is not positive.
    """

    def __init__(self, speed: float | None = 1.0, idle_limit_s: float | None = None) -> None:
        if idle_limit_s is not None and not idle_limit_s > 0:
            raise InputError(f"an idle limit of {idle_limit_s:g} s is none", code="bad-option", hint="more than 0")
        self.speed = speed
        self.is_paused = False
        self.is_over = False
        """The person has seen enough."""
        self._limit_s = idle_limit_s
        self._last_ns: int | None = None
        self._left_s = 0.0
        """Of the session's time; negative when it is late."""
        self._may_step = False
        self._is_seeking = False

    def next(self, reading: Reading, *, at_once: bool = False) -> None:
        """The next reading is at hand.

        Args:
            at_once: it is not due at any time: a part that is left out.
        """
        t_ns: int = reading.event.t_ns
        gap_s = 0.0 if self._last_ns is None else max(t_ns - self._last_ns, 0) / 1e9
        self._last_ns = t_ns
        if self._limit_s is not None:
            gap_s = min(gap_s, self._limit_s)
        if not at_once:
            self._left_s = max(self._left_s, -MAX_DEBT_S * (self.speed or 1)) + gap_s

    @property
    def wait_s(self) -> float | None:
        """Seconds until the reading is due; 0 when it is, None while paused."""
        if self._is_seeking or self._may_step:
            return 0.0
        if self.is_paused:
            return None
        return 0.0 if self.speed is None else max(self._left_s / self.speed, 0.0)

    @property
    def is_stepping(self) -> bool:
        """A step was asked for and has not been made."""
        return self._may_step

    def shown(self, reading: Reading) -> None:
        """The reading was shown: a step is done, and at a mark the search for one is over."""
        self._may_step = False
        if self._is_seeking and isinstance(reading.event, Marker):
            self._is_seeking = False
            self._left_s = 0.0

    def passed(self, seconds: float) -> None:
        """So much time went by; while paused it does not count."""
        if not self.is_paused and self.speed is not None:
            self._left_s -= seconds * self.speed

    def press(self, key: str) -> None:
        """A key was pressed; one without a meaning changes nothing."""
        action = KEYS.get(key)
        if action == "pause":
            self.is_paused = not self.is_paused
        elif action == "step":
            self.is_paused, self._may_step, self._left_s = True, True, 0.0
        elif action == "mark":
            self.is_paused, self._is_seeking = False, True
        elif action == "quit":
            self.is_over = True
        elif action in ("faster", "slower"):
            factor = 2.0 if action == "faster" else 0.5
            self.speed = None if self.speed is None else min(max(self.speed * factor, 1 / MAX_SPEED), MAX_SPEED)
