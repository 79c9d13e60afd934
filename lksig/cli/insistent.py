"""Ctrl-C for commands without an event loop, so that it is never lost.

Python raises `KeyboardInterrupt` in whatever runs at that moment. Where that is the callback of a weak reference (the
import system has them, and modules are loaded late here), it is printed and forgotten: a command that waits for ever
would go on. Here it is remembered as well, and whoever waits asks.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import IO, Any


class Insistent:
    """While entered, Ctrl-C is raised where it comes, and again by `check`. For the main thread; others see nothing.

    One within another hears what the outer one hears.
    """

    def __init__(self) -> None:
        self._before: Any = None
        self._outer: Insistent | None = None
        self._came = False

    def __enter__(self) -> Insistent:
        handler = signal.getsignal(signal.SIGINT)
        outer = getattr(handler, "__self__", None)
        if isinstance(outer, Insistent):
            self._outer = outer
        elif threading.current_thread() is threading.main_thread() and handler is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise what came, if it has come.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed since this was entered.
        """
        if self._came:
            raise KeyboardInterrupt
        if self._outer is not None:
            self._outer.check()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt


@contextlib.contextmanager
def closed_on_failure(stream: InsistentPipe) -> Iterator[Any]:
    """The stream, which whoever takes it closes; closed here when nobody does."""
    try:
        yield stream
    except BaseException:
        stream.close()
        raise


class InsistentPipe:
    """Bytes that come when somebody writes them, which may be never: a Ctrl-C that came is raised before each wait."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._read1 = getattr(stream, "read1", stream.read)
        self._ctrl_c = Insistent().__enter__()

    def read1(self, size: int = -1) -> bytes:
        """As much as there is at a time."""
        self._ctrl_c.check()
        data: bytes = self._read1(size)
        return data

    def read(self, size: int = -1) -> bytes:
        """All of it, or as much as was asked for."""
        self._ctrl_c.check()
        return self._stream.read(size)

    def fileno(self) -> int:
        """Of the stream itself."""
        return self._stream.fileno()

    def close(self) -> None:
        """Close the stream; Ctrl-C is what it was."""
        self._ctrl_c.__exit__(None, None, None)
        self._stream.close()
