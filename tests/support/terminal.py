"""A program on a real pseudo terminal, and the screen a person would see: for tests and benchmarks of the prompt.

pyte plays the terminal. Waiting is for a condition, never for a time; the time limit only ends what would never end.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import pyte

LIMIT_S = 30.0
"""After this long something will never be."""

HISTORY_ROWS = 100_000


class OnTerminal:
    """A command whose standard streams are a terminal.

    Args:
        command: program and arguments.
        variables: the whole environment.
        emulates: False keeps bytes only, for benchmarks.
        limit_s: how long is waited for what never comes.
    """

    def __init__(
        self,
        command: Sequence[str],
        variables: dict[str, str],
        *,
        columns: int = 100,
        rows: int = 30,
        emulates: bool = True,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._limit_s = limit_s
        self.raw = bytearray()
        """Everything that was written to the terminal."""
        self.screen = pyte.HistoryScreen(columns, rows, history=HISTORY_ROWS, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen) if emulates else None
        self._code: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            _set_size(0, columns, rows)
            os.execvpe(command[0], list(command), variables)
        _set_size(self.fd, columns, rows)

    def __enter__(self) -> OnTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    # --- keys -------------------------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Press keys."""
        data = text.encode()
        while data:
            data = data[os.write(self.fd, data) :]

    def resize(self, columns: int, rows: int) -> None:
        """Pull the window to another size."""
        self.screen.resize(rows, columns)
        _set_size(self.fd, columns, rows)

    # --- what is seen -----------------------------------------------------------------------------------------------

    def read(self, timeout_s: float) -> bool:
        """Take what the program wrote; False when nothing came in time, or nothing will."""
        ready, _, _ = select.select([self.fd], [], [], timeout_s)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65_536)
        except OSError:  # EIO: everybody has closed it
            return False
        self.raw += data
        if self._stream is not None:
            self._stream.feed(data)
        return bool(data)

    def until(self, holds: Callable[[], bool], what: str = "it") -> None:
        """Read until something holds."""
        end = time.monotonic() + self._limit_s
        while not holds():
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{what} never was:\n{self._told()}")
            self.read(min(left, 0.2))

    def until_seen(self, text: str) -> None:
        """Read until a text is on the screen or above it."""
        self.until(lambda: any(text in row for row in self.rows()) or text in self.scrolled(), f"`{text}`")

    def rows(self) -> list[str]:
        """The rows of the screen, without blanks at their ends and without empty ones at the bottom."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def scrolled(self) -> str:
        """What has scrolled off the screen."""
        width = self.screen.columns
        return "\n".join("".join(row[at].data for at in range(width)).rstrip() for row in self.screen.history.top)

    def everything(self) -> list[str]:
        """What scrolled off and what is on the screen, as rows."""
        scrolled = self.scrolled()
        return [*(scrolled.split("\n") if scrolled else []), *self.rows()]

    def _told(self) -> str:
        return "\n".join(self.rows()) if self._stream is not None else repr(bytes(self.raw[-2000:]))

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor."""
        return self.screen.cursor.y, self.screen.cursor.x

    def cursor_row(self) -> str:
        """The row the cursor stands in."""
        return str(self.screen.display[self.screen.cursor.y]).rstrip()

    # --- the end ----------------------------------------------------------------------------------------------------

    def wait(self) -> int:
        """Read to the end; gives the exit code, negative for a signal."""
        end = time.monotonic() + self._limit_s
        while self._code is None:
            if time.monotonic() > end:
                raise AssertionError(f"it never ended:\n{self._told()}")
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        while self.read(0.0):
            pass
        return self._code


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
