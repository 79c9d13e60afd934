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
