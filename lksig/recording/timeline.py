"""A session as rungs between client and server, with a line from each request to what answered it.

The rule: readings pass once, and only AHEAD rungs are held back: far enough to know at a request whether its line will
end. A request that is answered later than that has no line; its answer names it all the same.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Literal

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire.events import Close, Http, Marker, Message, Note, Reading, WsPing, WsPong

AHEAD = 200
"""Rungs."""

MAX_LANES = 4
"""Lines side by side; one more would not be told apart."""

Kind = Literal["message", "ws", "http", "close", "lost", "note", "mark"]


@dataclass(slots=True)
class Rung:
    """One thing that happened between client and server, or to both."""

    reading: Reading
    kind: Kind
    direction: Direction | None
    """None for what concerns both sides."""
    label: str
    """What it is, in words of the schema or of the recording: not neutralised, not redacted."""
    begins: int | None = None
    """The lane of the line that begins here."""
    ends: int | None = None
    passing: frozenset[int] = field(default_factory=frozenset)
    """Lanes of lines that began before and end later."""


class Timeline:
    """Makes rungs from readings; feed it every reading that shall be one, then ask for the `rest`."""

    def __init__(self) -> None:
        self._waiting: deque[Rung] = deque()
        self._asked: Counter[int] = Counter()
        """Requests that are answered by rungs that wait, and by how many."""
        self._lanes: dict[int, int] = {}
        """Request → lane of its line."""

    def add(self, reading: Reading) -> list[Rung]:
        """The rungs that are ready when this reading is known."""
        rung = rung_of(reading)
        if rung is None:
            return []
        self._waiting.append(rung)
        if reading.reply_to is not None:
            self._asked[reading.reply_to] += 1
        return [self._next()] if len(self._waiting) > AHEAD else []

    def rest(self) -> list[Rung]:
        """What was held back."""
        return [self._next() for _ in range(len(self._waiting))]

    def _next(self) -> Rung:
        rung = self._waiting.popleft()
        reading = rung.reading
        passing = set(self._lanes.values())
        if reading.reply_to is not None:
            self._asked[reading.reply_to] -= 1
            if not self._asked[reading.reply_to]:
                del self._asked[reading.reply_to]
            rung.ends = self._lanes.pop(reading.reply_to, None)
            passing.discard(-1 if rung.ends is None else rung.ends)
        if reading.n is not None and self._asked[reading.n]:
            free = [lane for lane in range(MAX_LANES) if lane not in passing and lane != rung.ends]
            if free:
                rung.begins = self._lanes[reading.n] = free[0]
        rung.passing = frozenset(passing)
        return rung


def rung_of(reading: Reading) -> Rung | None:
    """The rung of one reading; None for what is neither said nor noted (states, results, start and end)."""
    event = reading.event
    if type(event) is Message:
        name = event.case or ("undecodable" if event.error is not None else "no case")
        return Rung(reading, "message", event.direction, f"{name} {reading.n}")
    if isinstance(event, WsPing | WsPong):
        name = "ws_ping" if isinstance(event, WsPing) else "ws_pong"
        return Rung(reading, "ws", event.direction, name)
    if isinstance(event, Http):
        status = "no answer" if event.status is None else event.status
        return Rung(reading, "http", TO_SERVER, f"{event.path.partition('?')[0]} {status}")
    if isinstance(event, Close):
        if event.ended_by == "network":
            return Rung(reading, "lost", None, "connection lost")
        direction = TO_CLIENT if event.ended_by == "server" else TO_SERVER
        return Rung(reading, "close", direction, f"close {event.code or ''} {event.reason}".rstrip())
    if isinstance(event, Note):
        return Rung(reading, "note", None, event.text)
    if isinstance(event, Marker):
        return Rung(reading, "mark", None, f"mark: {event.text}")
    return None
