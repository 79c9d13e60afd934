"""The events of the run so far, so that a recording may begin at any time and still begin at the beginning.

Bounded as the messages are that `/show` reaches. What has to go goes from the front, and is counted: a recording that
begins later than the session says so. The starts are kept in any case, no recording can do without them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.session.recent import MAX_BYTES, MAX_MESSAGES
from lksig.wire.events import Message, Start

if TYPE_CHECKING:
    from lksig.wire.events import Event

MAX_EVENTS = 2 * MAX_MESSAGES
"""Pings, states and notes count too."""


class RunHistory:
    """A recorder that writes nothing."""

    def __init__(self, *, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._starts: list[Start] = []
        self._held: deque[Event] = deque()
        self._bytes = 0
        self.dropped = 0
        """Messages that are no longer held."""

    def event(self, event: Event) -> None:
        """Hold an event."""
        if isinstance(event, Start):
            self._starts.append(event)
        self._held.append(event)
        self._bytes += _size(event)
        while len(self._held) > 1 and (len(self._held) > self._max_events or self._bytes > self._max_bytes):
            oldest = self._held.popleft()
            self._bytes -= _size(oldest)
            self.dropped += type(oldest) is Message

    def end(self, t_ns: int, session: int) -> None:
        """Nothing is to be held of an end."""

    def starts(self) -> tuple[Start, ...]:
        """How the sessions began."""
        return tuple(self._starts)

    def events(self) -> Iterator[Event]:
        """What is held, behind the starts that are no longer among it."""
        held = set(map(id, self._held))
        yield from (start for start in self._starts if id(start) not in held)
        yield from tuple(self._held)


def _size(event: Event) -> int:
    return len(event.raw) if type(event) is Message else 0
