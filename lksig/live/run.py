"""One run of lksig: its clock, its journal, and everybody who gets the readings.

Every event of every session of the run passes `emit`, in order, and reaches the sinks before `emit` returns: what is
shown or recorded is never behind what happened, and a slow reader slows the socket instead of filling memory. A
recorder comes first, so that nothing is shown that is not in the file; it gets the events only, because what the
journal makes of them is made again when the file is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from lksig.session.journal import Journal

if TYPE_CHECKING:
    from lksig.live.clock import Clock
    from lksig.wire.events import Event, Reading

Sink = Callable[["Reading"], None]
"""Takes one reading; must not raise for anything but a reader that is gone (`BrokenPipeError`)."""
T = TypeVar("T")


class EventSink(Protocol):
    """Takes what a recording consists of; must not raise."""

    def event(self, event: Event) -> None:
        """Something happened."""

    def end(self, t_ns: int, session: int) -> None:
        """A session is over; see `Journal.end`."""


class Run:
    """The readings of a run, on their way from the sockets to the sinks."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.journal = Journal()
        self._sinks: list[Sink] = []
        self._recorders: list[EventSink] = []

    def add_recorder(self, recorder: EventSink) -> None:
        """Let `recorder` have every event from now on, before anybody sees it."""
        self._recorders.append(recorder)

    def remove_recorder(self, recorder: EventSink) -> None:
        """Stop it again; one that is not there is no error."""
        if recorder in self._recorders:
            self._recorders.remove(recorder)

    def add_sink(self, sink: Sink) -> None:
        """Let `sink` have every reading from now on."""
        self._sinks.append(sink)

    def remove_sink(self, sink: Sink) -> None:
        """Stop it again; one that is not there is no error."""
        if sink in self._sinks:
            self._sinks.remove(sink)

    def emit(self, event: Event) -> Reading:
        """Number an event and hand it, and what follows from it, to every sink."""
        for recorder in tuple(self._recorders):
            recorder.event(event)
        readings = self.journal.add(event)
        for reading in readings:
            self._hand_out(reading)
        return readings[0]

    def end(self, session: int = 1) -> Reading:
        """The last reading of a session."""
        now_ns = self.clock.now_ns()
        for recorder in tuple(self._recorders):
            recorder.end(now_ns, session)
        (reading,) = self.journal.end(now_ns, session)
        self._hand_out(reading)
        return reading

    def _hand_out(self, reading: Reading) -> None:
        for sink in tuple(self._sinks):
            sink(reading)

    async def first(self, choose: Callable[[Reading], T | None], timeout_s: float | None = None) -> T | None:
        """What `choose` makes of the first reading it does not answer with None.

        Args:
            choose: looks at each reading from now on.
            timeout_s: give up after so many seconds and return None; None waits for ever.
        """
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def look(reading: Reading) -> None:
            chosen = None if found.done() else choose(reading)
            if chosen is not None:
                found.set_result(chosen)

        self.add_sink(look)
        try:
            return await asyncio.wait_for(found, timeout_s)
        except TimeoutError:
            return None
        finally:
            self.remove_sink(look)
