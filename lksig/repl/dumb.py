"""The prompt on a terminal that only prints (`TERM=dumb`: an editor's shell, a serial line).

The terminal edits the line and shows what is typed; here lines are read whole and printed to. What arrives while one is
typed begins a row of its own, and the prompt is printed again behind it: the terminal still holds what was typed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lksig.repl.script import physical_lines
from lksig.repl.typed_text import logical_lines

if TYPE_CHECKING:
    from lksig.environ import Environ
    from lksig.repl.desk import Desk
    from lksig.repl.lending import OnInterrupt
    from lksig.repl.live_output import LiveOutput
    from lksig.repl.terminal import EndNow


class DumbTerminal:
    """One prompt, from the first line to the last.

    Args:
        output: the desk's.
        end_now: ends the command at once, as a second Ctrl-C does.
        on_interrupt: redirects SIGINT; the terminal itself has thrown the line away by then.
    """

    def __init__(
        self, desk: Desk, output: LiveOutput, environ: Environ, *, end_now: EndNow, on_interrupt: OnInterrupt
    ) -> None:
        self._desk = desk
        self._output = output
        self._environ = environ
        self._end_now = end_now
        self._on_interrupt = on_interrupt
        self._is_prompted = False

    async def run(self) -> None:
        """Read and do lines until the session was left."""
        self._output.above.attach(self._print)
        self._output.above.paint()
        try:
            with self._on_interrupt(self._again):
                await self._read()
            self._desk.is_over = True
            with self._on_interrupt(self._end_now):
                self._is_prompted = False
                await self._desk.leave()
        finally:
            self._output.above.detach()

    async def _read(self) -> None:
        self._prompt()
        async for physical in physical_lines(self._environ.stdin_bytes()):
            self._is_prompted = False
            for line in logical_lines(physical.decode("utf-8", "replace").rstrip("\n")):
                await self._desk.line(line)
            self._output.above.paint()
            if self._desk.is_over:
                return
            self._prompt()
        self._again()

    def _prompt(self) -> None:
        if not self._is_prompted:
            self._write(self._desk.prompt_text())
            self._is_prompted = True

    def _again(self) -> None:
        """A new row, with a prompt."""
        self._write("\n")
        self._is_prompted = False
        self._prompt()

    def _print(self, text: str) -> None:
        if not self._is_prompted:
            self._write(text)
            return
        self._write(f"\n{text}")
        self._is_prompted = False
        asyncio.get_running_loop().call_soon(self._prompt)

    def _write(self, text: str) -> None:
        self._environ.stdout.write(text)
        self._environ.stdout.flush()
