"""Ctrl-C and SIGTERM: the first asks to leave politely, the second stops at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from lksig.exit_codes import ExitCode

_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


class Interrupts:
    """While entered, signals set `stopped` instead of ending the process.

    Must be entered in a coroutine of the main thread.
    """

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.code: ExitCode | None = None
        self._task: asyncio.Task[object] | None = None
        self._handler: Callable[[], None] | None = None

    @contextmanager
    def handed_to(self, handler: Callable[[], None]) -> Iterator[None]:
        """While entered, Ctrl-C calls `handler` and ends nothing."""
        before, self._handler = self._handler, handler
        try:
            yield
        finally:
            self._handler = before

    def end_now(self) -> None:
        """What a second Ctrl-C does."""
        self.code = ExitCode.INTERRUPTED
        self.stopped.set()
        assert self._task is not None
        self._task.cancel()

    def __enter__(self) -> Interrupts:
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        for number in _CODES:
            loop.add_signal_handler(number, self._on_signal, number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> bool:
        loop = asyncio.get_running_loop()
        for number in _CODES:
            loop.remove_signal_handler(number)
        # A second signal cancels the task; its exit code is known, so that is an end and no error.
        return kind is asyncio.CancelledError and self.code is not None

    def _on_signal(self, number: signal.Signals) -> None:
        if number == signal.SIGINT and self._handler is not None:
            self._handler()
            return
        if self.stopped.is_set():
            assert self._task is not None
            self._task.cancel()
            return
        self.code = _CODES[signal.Signals(number)]
        self.stopped.set()
