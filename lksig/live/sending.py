"""Driving a sequence of requests through a live session.

`lksig.session.sequence` decides, this shell waits and sends. It returns when every request has its verdict, or when
the session is over.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from lksig.errors import TransportError
from lksig.session import sequence as seq
from lksig.session.journal import TIMEOUT_NOTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from lksig.live.session import LiveSession
    from lksig.schema.grammar import ParsedRequest
    from lksig.wire.events import Reading


async def send_all(
    session: LiveSession,
    sequence: seq.Sequence,
    *,
    on_not_sent: Callable[[ParsedRequest], None] = lambda request: None,
) -> list[seq.NotSent]:
    """Send what the sequence holds and wait for the verdicts; gives what could not be sent.

    Args:
        on_not_sent: told of each of those at once, so that what refers to it does not wait for it.
    """
    run = session.run
    news = asyncio.Event()
    not_sent: list[seq.NotSent] = []

    def observe(reading: Reading) -> None:
        sequence.observe(reading)
        news.set()

    run.add_sink(observe)
    try:
        while True:
            news.clear()
            match sequence.next(run.clock.now_ns()):
                case seq.Done():
                    return not_sent
                case seq.SendRequest(envelope, raw, encoding):
                    await session.send(envelope, by="user", raw=raw, encoding=encoding)
                case seq.SendFence(envelope):
                    await session.send(envelope, by="auto")
                    sequence.fence_sent(run.clock.now_ns())
                case seq.TimedOut(n):
                    session.note(TIMEOUT_NOTE, f"no answer to {n} in time", n)
                case seq.NotSent() as failed:
                    not_sent.append(failed)
                    on_not_sent(failed.request)
                case seq.Wait(until_ns):
                    await _wait(news, None if until_ns is None else (until_ns - run.clock.now_ns()) / 1e9)
    except TransportError:
        # The close is in the readings; whoever asked sees who ended it.
        return not_sent
    finally:
        run.remove_sink(observe)


async def _wait(news: asyncio.Event, timeout_s: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), timeout_s)


class Pump:
    """Drives the sequence of a session for as long as the session is used: requests may be added at any time.

    Args:
        on_not_sent: told of each request that cannot be sent.
    """

    def __init__(
        self, session: LiveSession, sequence: seq.Sequence, on_not_sent: Callable[[seq.NotSent], None]
    ) -> None:
        self._session = session
        self._sequence = sequence
        self._on_not_sent = on_not_sent
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._is_held = False
        self._is_closed = False
        session.run.add_sink(self._observe)
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._ended)

    def add(self, *requests: ParsedRequest) -> None:
        """Send these behind those that wait."""
        for request in requests:
            self._sequence.add(request)
        self.wake()

    def wake(self) -> None:
        """Something about the sequence was changed."""
        self._idle.clear()
        self._news.set()

    def hold(self) -> None:
        """Send nothing until `release`: another socket is being opened."""
        self._is_held = True

    def release(self) -> None:
        """Send again."""
        self._is_held = False
        self.wake()

    async def idle(self) -> None:
        """Wait until every request has its verdict, or never will."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop; what was not sent stays so."""
        self._session.run.remove_sink(self._observe)
        # `wait_for` of Python 3.11 swallows a cancellation that meets what it waits for: the flag ends the loop then.
        self._is_closed = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _observe(self, reading: Reading) -> None:
        self._sequence.observe(reading)
        self._news.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._idle.set()  # nothing will become of what still waits
        if not task.cancelled() and (exc := task.exception()) is not None:
            self._session.broke(exc)

    async def _run(self) -> None:
        while not self._is_closed:
            self._news.clear()
            action = seq.Done() if self._is_held else self._sequence.next(self._session.run.clock.now_ns())
            if isinstance(action, seq.Done):
                await self._rest()
            elif isinstance(action, seq.Wait):
                await _wait(self._news, (action.until_ns - self._session.run.clock.now_ns()) / 1e9)
            else:
                with contextlib.suppress(TransportError):  # the close is in the readings
                    await self._do(action)

    async def _rest(self) -> None:
        """Nothing to do before something happens."""
        if not self._is_held:
            if self._sequence.is_over:
                for request in self._sequence.abandon():
                    self._on_not_sent(seq.NotSent(request, _gone()))
            self._idle.set()
        await self._news.wait()

    async def _do(self, action: seq.Action) -> None:
        session = self._session
        match action:
            case seq.SendRequest(envelope, raw, encoding):
                await session.send(envelope, by="user", raw=raw, encoding=encoding)
            case seq.SendFence(envelope):
                await session.send(envelope, by="auto")
                self._sequence.fence_sent(session.run.clock.now_ns())
            case seq.TimedOut(n):
                session.note(TIMEOUT_NOTE, f"no answer to {n} in time", n)
            case seq.NotSent():
                self._on_not_sent(action)


def _gone() -> TransportError:
    return TransportError("the connection is gone", code="connection-gone", hint="`/resume`, or `/rejoin`")
