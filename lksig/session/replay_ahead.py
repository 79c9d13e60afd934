"""Readings of a recording, with a look at those that are still to come.

A handshake does not say who joined, where redaction hid its token; the `join` behind it does. The rule: no more is read
ahead than it takes to find that, so that a recording of any size, or one that comes through a pipe, is never held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Message, Reading

LOOK_AHEAD = 200
"""Readings that are looked through: a `join` is the first message over its socket, but there may be others."""


class Ahead:
    """The readings, in order, once.

    Args:
        readings: of the recording.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._source = iter(readings)
        self._seen: deque[Reading] = deque()

    def __iter__(self) -> Iterator[Reading]:
        while True:
            reading = self._seen.popleft() if self._seen else next(self._source, None)
            if reading is None:
                return
            yield reading

    def join_behind(self, opener: Reading) -> Message | None:
        """The `join` that came over the socket that this reading opens, itself included; None where none did."""
        session, socket = opener.event.session, opener.event.socket
        for reading in self._from(opener):
            event: Any = reading.event
            is_its = type(event) is Message and (event.session, event.socket) == (session, socket)
            if is_its and event.direction is TO_CLIENT:
                return event if event.case == "join" else None
        return None

    def _from(self, opener: Reading) -> Iterator[Reading]:
        yield opener
        yield from tuple(self._seen)
        while len(self._seen) < LOOK_AHEAD and (reading := next(self._source, None)) is not None:
            self._seen.append(reading)
            yield reading
