"""The terminal of `lksig connect`: its streams print above the line being typed, and signals go where keys go.

What draws is `lksig.repl.terminal`, with prompt_toolkit. Loading it takes as long as joining, so it is loaded while the
network is waited for, or while the first prompt stands there already.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO, cast

from lksig.repl.above import Above, AboveStream
from lksig.repl.live_output import LiveOutput

if TYPE_CHECKING:
    from lksig.cli.flags import OutputFlags
    from lksig.cli.screen import Screen
    from lksig.cli.signals import Interrupts
    from lksig.environ import Environ
    from lksig.repl.desk import Desk
    from lksig.wire.redaction import Secrets

PRELOAD_AFTER_S = 0.03
"""A server that answers sooner is near: its join is shown first, and the prompt with it."""

COLLECTIONS = (2_000, 20, 1_000_000)
"""New objects between two collections of the youngest, such between two of the next, and those between two of all."""

DUMB = "dumb"
"""A terminal that only prints: no cursor to move, nothing to draw over."""


@contextlib.contextmanager
def short_collections() -> Iterator[None]:
    """Collect garbage often and little, so that no key waits for it: a walk through all that a session holds takes a
    tenth of a second. Messages are no cycles, they need none (`benchmarks/prompt.py` looks at the memory)."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class PromptTerminal:
    """A person's terminal.

    Args:
        environ: with terminals behind stdin and stdout.
    """

    def __init__(self, environ: Environ) -> None:
        self._real = environ
        self._above = Above(environ.stdout)
        self._module = "dumb" if environ.variable("TERM") == DUMB else "terminal"
        stdout = cast(TextIO, AboveStream(self._above, environ.stdout))
        is_one = environ.is_terminal(environ.stderr)
        stderr = cast(TextIO, AboveStream(self._above, environ.stderr)) if is_one else environ.stderr
        self.environ = dataclasses.replace(environ, stdout=stdout, stderr=stderr)
        """Surroundings whose streams print above the prompt."""
        self._loading: asyncio.Future[Any] | None = None

    def output(self, screen: Screen, output: OutputFlags, secrets: Secrets) -> LiveOutput:
        """What the desk writes to."""
        return LiveOutput(
            screen,
            self._above,
            self.environ.stderr,
            width=self._real.width(self._real.stdout),
            colour=self._real.wants_colour(self._real.stdout),
            is_quiet=bool(output.quiet),
            scrub=secrets.scrub,
        )

    def preload(self) -> None:
        """Load what draws while the first dial waits for the network, if it does."""
        asyncio.get_running_loop().call_later(PRELOAD_AFTER_S, self._load)

    def _load(self) -> asyncio.Future[Any]:
        if self._loading is None:
            name = f"lksig.repl.{self._module}"
            self._loading = asyncio.get_running_loop().run_in_executor(None, importlib.import_module, name)
        return self._loading

    async def _appear(self, desk: Desk, output: LiveOutput) -> None:
        """Show the prompt while what draws it is loaded."""
        from lksig.repl.early import EarlyPrompt

        prompt = desk.prompt_text()
        with EarlyPrompt(self._real, self._above, prompt, width=output.width, colour=output.colour):
            await self._load()

    async def run(self, desk: Desk, output: LiveOutput, interrupts: Interrupts) -> None:
        """Do what is typed until the session was left."""
        if self._module == "terminal":
            with interrupts.handed_to(lambda: None):  # there is no line yet that could be cleared
                await self._appear(desk, output)
        if self._module == "dumb":
            from lksig.repl.dumb import DumbTerminal

            await DumbTerminal(
                desk, output, self._real, end_now=interrupts.end_now, on_interrupt=interrupts.handed_to
            ).run()
        else:
            from lksig.repl.terminal import Terminal

            with short_collections():
                await Terminal(
                    desk, output, self._real, end_now=interrupts.end_now, on_interrupt=interrupts.handed_to
                ).run()
        # What was typed wrong, or refused, the person has seen and gone on from.
        desk.codes.clear()
