"""Ctrl-C for commands without an event loop, so that it is never lost.

Python raises `KeyboardInterrupt` in whatever runs at that moment. Where that is the callback of a weak reference (the
import system has them, and modules are loaded late here), it is printed and forgotten: a command that waits for ever
would go on. Here it is remembered as well, and whoever waits asks.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Insistent:
    """While entered, Ctrl-C is raised where it comes, and again by `check`. For the main thread; others see nothing."""

    def __init__(self) -> None:
        self._before: Any = None
        self._came = False

    def __enter__(self) -> Insistent:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
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

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt
