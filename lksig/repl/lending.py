"""The terminal lent to other programs: commands of the shell, the editor, the shell itself behind Ctrl-Z.

Rule: meanwhile nothing is printed and no key is read, Ctrl-C is the other program's; what arrives is printed then.
The session goes on, its pings are answered.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from prompt_toolkit.application import Application, in_terminal
from prompt_toolkit.application.current import set_app

if TYPE_CHECKING:
    from lksig.repl.above import Above
    from lksig.repl.drawing import OneWrite

SIGNALLED = 128
"""A shell gives this and the signal's number for a program that a signal ended."""

OnInterrupt = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""While entered, a SIGINT calls this instead of ending the command."""


class Lending:
    """Lends the terminal of a prompt.

    Args:
        on_interrupt: redirects SIGINT, which reaches everybody in front of the terminal.
    """

    def __init__(self, app: Application[None], screen: OneWrite, above: Above, on_interrupt: OnInterrupt) -> None:
        self._app = app
        self._screen = screen
        self._above = above
        self._on_interrupt = on_interrupt

    async def run_program(self, command: str, text: str | None = None) -> int:
        """Run a command of the shell and give its exit code; the prompt is back when it is done.

        Args:
            text: its standard input; None leaves it the terminal.
        """
        stdin = asyncio.subprocess.PIPE if text is not None else None
        async with self._lent():
            process = await asyncio.create_subprocess_shell(command, stdin=stdin)
            try:
                await process.communicate(None if text is None else text.encode())
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
        code = process.returncode or 0
        return code if code >= 0 else SIGNALLED - code

    async def suspend(self) -> None:
        """Stop until the shell says `fg`."""
        async with self._lent():
            os.kill(0, signal.SIGTSTP)

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[None]:
        self._above.hold()
        try:
            with set_app(self._app), self._on_interrupt(lambda: None):
                async with in_terminal():
                    yield
                    # A full row of blanks ends in the next row, unless it began in the first column: the prompt never
                    # stands behind what a program did not end with a newline.
                    self._screen.write_raw(" " * self._screen.get_size().columns + "\r")
                    self._screen.flush()
        finally:
            self._above.release()
