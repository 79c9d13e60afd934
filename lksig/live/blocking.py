"""The library for programs without an event loop: the same verbs, which return when they are done.

The rule: everything asynchronous runs on one loop in a thread of its own; the caller's thread only waits for it. The
pytest plugin stands on this, so that a test needs neither `async` nor another plugin.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from lksig.errors import LksigError

if TYPE_CHECKING:
    from lksig.live.library import Session
    from lksig.live.library_values import Answer, Received

T = TypeVar("T")


class LoopThread:
    """An event loop in a thread, for as long as it is entered."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lksig", daemon=True)

    def __enter__(self) -> LoopThread:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives; what it raises is raised here. Ctrl-C stops it."""
        __tracebackhide__ = True
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except LksigError as exc:
            raise exc.with_traceback(
                None
            ) from None  # a test that fails shows what frames hold: tokens, answers to them
        except KeyboardInterrupt:
            future.cancel()
            raise


class BlockingSession:
    """A `Session` whose verbs block; see there for what they take, give and raise."""

    def __init__(self, loop: LoopThread, opening: AbstractAsyncContextManager[Session]) -> None:
        __tracebackhide__ = True
        self._loop = loop
        self._opening = opening
        self._session: Session = loop.run(opening.__aenter__())
        self._is_closed = False

    def __repr__(self) -> str:
        return repr(self._session)

    @property
    def room(self) -> str | None:
        """The room, as the token names it."""
        return self._session.room

    @property
    def identity(self) -> str | None:
        """The participant's identity, as the token names it."""
        return self._session.identity

    @property
    def sid(self) -> str:
        """The participant's sid, of the last join."""
        return self._session.sid

    @property
    def state(self) -> str:
        """`DISCONNECTED`, `CONNECTING`, `CONNECTED`, `RESUMING` or `DISCONNECTING`."""
        return self._session.state

    @property
    def messages(self) -> list[Received]:
        """The messages of both directions that are held, oldest first."""

        async def messages() -> list[Received]:
            return self._session.messages

        return self._loop.run(messages())

    def request(self, request: str | Mapping[str, Any], /, **fields: Any) -> Answer:
        """Send one request and wait for what becomes of it."""
        __tracebackhide__ = True
        return self._loop.run(self._session.request(request, **fields))

    def wait(self, expression: str, *, after: int = 0, timeout_s: float | None = None) -> Received:
        """The first message that matches, whether it came already or is to come."""
        __tracebackhide__ = True
        return self._loop.run(self._session.wait(expression, after=after, timeout_s=timeout_s))

    def leave(self) -> None:
        """Leave politely before the test is over."""
        self._loop.run(self._session.leave())

    def close(self) -> None:
        """Leave politely, and let go of everything; once."""
        if not self._is_closed:
            self._is_closed = True
            self._loop.run(self._opening.__aexit__(None, None, None))
