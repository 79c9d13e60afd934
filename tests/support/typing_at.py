"""A prompt without a terminal: keys come from a pipe, drawing goes into memory, the desk does what a test says."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input

from lksig.environ import Environ
from lksig.errors import LksigError
from lksig.repl.above import Above, AboveStream
from lksig.repl.desk import Desk
from lksig.repl.drawing import OneWrite
from lksig.repl.live_output import LiveOutput
from lksig.repl.status import Status
from lksig.repl.terminal import Terminal
from lksig.wire.events import Reading
from lksig.wire.redaction import Secrets

STATUS = Status(
    room="standup",
    identity="probe",
    sid="PA_1",
    state="CONNECTED",
    path="v1",
    protocol=17,
    rtt_ms=(),
    to_client=4,
    to_server=2,
    media_deadline_s=None,
    recording=None,
    unanswered=0,
    not_shown=0,
    is_filtered=False,
    is_quiet=False,
    others=(),
)

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])|\r")


class FakeDesk:
    """Remembers lines; a test may say what becomes of them."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.codes: set[int] = {2}
        self.perform: dict[str, Callable[[], Awaitable[None]]] = {}
        self.secrets = Secrets(b"key")
        self.known: Any = None
        self.is_over = False
        self.prompt = "standup probe> "
        self.now = STATUS
        self.leaves = asyncio.Event()
        self.leaves.set()
        self.left = 0
        self.run_program: Any = None
        self.edit: Any = None
        self.on_wake: Callable[[], None] = lambda: None

    async def line(self, text: str) -> None:
        self.done.append(text)
        if text == "/quit":
            self.is_over = True
        if text in self.perform:
            await self.perform[text]()

    async def leave(self) -> None:
        self.left += 1
        await self.leaves.wait()

    def prompt_text(self) -> str:
        return self.prompt

    def status(self) -> Status:
        return self.now


class FakeScreen:
    """Prints the number of a reading."""

    is_json = False

    def __init__(self, out: Any) -> None:
        self._out = out
        self.noted: list[Reading] = []
        self.widths: list[int | None] = []

    def sink(self, reading: Reading) -> None:
        self._out.write(f"message {reading.n}\n")

    def note(self, reading: Reading) -> None:
        self.noted.append(reading)

    def resized(self, width: int | None) -> None:
        self.widths.append(width)

    def data(self, text: str) -> None:
        self._out.write(f"{text}\n")

    def notice(self, text: str) -> None:
        self._out.write(f"{text}\n")

    def warn(self, code: str, text: str) -> None:
        self._out.write(f"{code}: {text}\n")


class AtPrompt:
    """One prompt: type, wait, look."""

    def __init__(self, folder: Path, pipe: PipeInput, *, columns: int, colour: bool, editor: str | None) -> None:
        self.drawn = io.StringIO()
        self.pipe = pipe
        self.desk = FakeDesk()
        self.size = Size(rows=24, columns=columns)
        variables = {"XDG_STATE_HOME": str(folder), "PATH": "/usr/bin:/bin"}
        if editor is not None:
            variables["EDITOR"] = editor
        self.environ = Environ(variables, io.StringIO(), self.drawn, self.drawn, folder)
        self.above = Above(self.drawn)
        stream = cast(Any, AboveStream(self.above, self.drawn))
        self.screen = FakeScreen(stream)
        self.output = LiveOutput(
            self.screen, self.above, stream, width=columns, colour=colour, is_quiet=False, scrub=lambda text: text
        )
        self.ended_now = 0
        self.terminal = Terminal(
            cast(Desk, self.desk),
            self.output,
            self.environ,
            end_now=self._end_now,
            on_interrupt=self._handed_to,
            keys=pipe,
            screen=OneWrite(self.drawn, lambda: self.size, "xterm"),
        )
        self._running: asyncio.Task[None] | None = None

    def _end_now(self) -> None:
        self.ended_now += 1

    @contextmanager
    def _handed_to(self, handler: Callable[[], None]) -> Iterator[None]:
        yield

    async def __aenter__(self) -> AtPrompt:
        self._running = asyncio.create_task(self.terminal.run())
        await self.until(lambda: self.terminal.app.is_running and self.terminal.app.render_counter > 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._running is not None
        self.desk.leaves.set()
        if not self._running.done():
            self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def ended(self) -> None:
        """Wait until the prompt is gone."""
        assert self._running is not None
        await self._running

    async def type(self, keys: str) -> None:
        """Press keys, and let them be handled."""
        self.pipe.send_text(keys)
        for _ in range(20):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)  # the pipe is read by the loop's selector

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let things happen until something holds."""
        while not holds():  # noqa: ASYNC110  # what is waited for are keys, which come through the selector
            await asyncio.sleep(0.001)

    @property
    def line(self) -> str:
        """What is being typed."""
        return self.terminal.buffer.text

    @property
    def text(self) -> str:
        """Everything that was drawn so far, without escapes."""
        return _ESCAPES.sub("", self.drawn.getvalue())

    def bar(self) -> str:
        """What the toolbar says."""
        return self.terminal._bar_text(self.size.columns)


@contextmanager
def at_prompt(
    folder: Path, *, columns: int = 100, colour: bool = True, editor: str | None = None
) -> Iterator[AtPrompt]:
    """A prompt that is not begun yet: `async with` it."""
    with create_pipe_input() as pipe:
        yield AtPrompt(folder, pipe, columns=columns, colour=colour, editor=editor)


def failing(error: LksigError, output: LiveOutput, line: str) -> Callable[[], Awaitable[None]]:
    """What a desk does with a wrong line."""

    async def perform() -> None:
        output.error(error, line)

    return perform
