"""The newest messages of a run, by number: what `%N` and `/show N` reach.

Bounded twice, by count and by bytes, so that memory stays flat however long a run lasts. A recording can stand behind
it and give what is no longer held.
"""

from __future__ import annotations

from collections.abc import Callable

from lksig.wire.events import Message, Reading

MAX_MESSAGES = 10_000
"""Messages that are held."""

MAX_BYTES = 64 * 2**20
"""Bytes of messages that are held, as they were on the wire; one larger message is held all the same."""

Older = Callable[[int], Reading | None]
"""Gives a message that is no longer held, by number."""


class RecentMessages:
    """The newest messages of a run.

    Args:
        max_messages: how many are held.
        max_bytes: how many bytes of them.
        older: looks up what is no longer held.
    """

    def __init__(
        self, *, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES, older: Older | None = None
    ) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._held: dict[int, Reading] = {}
        self._bytes = 0
        self.older = older
        self.newest = 0
        """The highest number so far; 0 before the first message."""

    def add(self, reading: Reading) -> None:
        """Hold a message; readings of anything else are passed over."""
        if reading.n is None or type(reading.event) is not Message:
            return
        self._held[reading.n] = reading
        self._bytes += len(reading.event.raw)
        self.newest = reading.n
        while len(self._held) > 1 and (len(self._held) > self._max_messages or self._bytes > self._max_bytes):
            oldest = self._held.pop(next(iter(self._held)))
            self._bytes -= len(oldest.event.raw)

    def held(self, n: int) -> Reading | None:
        """Message `n`, where it is in memory."""
        return self._held.get(n)

    def get(self, n: int) -> Reading | None:
        """Message `n`, or None when it is no longer held, or not yet there."""
        held = self._held.get(n)
        return held if held is not None or self.older is None else self.older(n)
