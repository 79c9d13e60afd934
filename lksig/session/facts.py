"""A reading seen by a filter: the facts that `lksig.schema.filter` asks for.

Computed when asked for: most filters look at the case only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lksig.schema.cases import KEEPALIVE_CASES
from lksig.wire import events

if TYPE_CHECKING:
    from lksig.schema.pool import Direction

KINDS: dict[type, str] = {
    events.Start: "start",
    events.Message: "message",
    events.WsPing: "ws_ping",
    events.WsPong: "ws_pong",
    events.Close: "close",
    events.Http: "http",
    events.State: "state",
    events.Note: "note",
    events.Marker: "marker",
    events.Result: "result",
    events.End: "end",
}
"""Class of an event → its `kind`, as JSON lines and filters name it."""


class ReadingFacts:
    """What a filter may ask about one reading."""

    __slots__ = ("_reading", "_text")

    def __init__(self, reading: events.Reading, text: Callable[[events.Reading], str]) -> None:
        self._reading = reading
        self._text = text

    @property
    def kind(self) -> str:
        """`message`, `close`, `note`…"""
        return KINDS[type(self._reading.event)]

    @property
    def direction(self) -> Direction | None:
        """Where it went; None for what goes nowhere."""
        return getattr(self._reading.event, "direction", None)

    @property
    def case(self) -> str | None:
        """The case of a message, None for everything else."""
        event = self._reading.event
        return event.case if type(event) is events.Message else None

    @property
    def envelope(self) -> Any:
        """The decoded envelope of a message, None for everything else and for undecodable ones."""
        event = self._reading.event
        return event.envelope if type(event) is events.Message else None

    @property
    def size(self) -> int:
        """Bytes of a message after decompression, 0 for everything else."""
        event = self._reading.event
        return len(event.raw) if type(event) is events.Message else 0

    @property
    def by(self) -> str:
        """Who made it, `` for what nobody made."""
        return str(getattr(self._reading.event, "by", ""))

    @property
    def refused(self) -> bool:
        """It says "no" to a request of somebody."""
        return self._reading.refused

    @property
    def has_unknown(self) -> bool:
        """It holds fields or a case the schema does not know."""
        event = self._reading.event
        if type(event) is not events.Message or event.envelope is None:
            return False
        from lksig.wire.codec import unknown_fields

        return bool(unknown_fields(event))

    @property
    def undecodable(self) -> bool:
        """It is a frame that did not decode."""
        event = self._reading.event
        return type(event) is events.Message and event.error is not None

    @property
    def keepalive(self) -> bool:
        """A ping or pong of any of the three kinds."""
        event = self._reading.event
        if type(event) is events.Message:
            return event.case in KEEPALIVE_CASES
        return isinstance(event, events.WsPing | events.WsPong)

    @property
    def n(self) -> int | None:
        """The message's number."""
        return self._reading.n

    @property
    def for_auto(self) -> bool:
        """It answers a message lksig made itself."""
        return self._reading.for_auto

    def text(self) -> str:
        """The line it is printed as."""
        return self._text(self._reading)
