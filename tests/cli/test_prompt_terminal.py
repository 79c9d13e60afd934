"""The terminal of `lksig connect` in this process, on a pseudo terminal: which prompt it gets, and how it appears."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from lksig.cli.flags import OutputFlags
from lksig.cli.prompt_terminal import COLLECTIONS, PromptTerminal, short_collections
from lksig.cli.screen import Screen
from lksig.cli.signals import Interrupts
from lksig.environ import Environ
from lksig.repl.desk import Desk
from lksig.wire.redaction import Secrets
from tests.support.typing_at import FakeDesk


class OnPty:
    """A terminal whose other end is held here."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.master, slave = os.openpty()
        self.stdin = os.fdopen(slave, closefd=True)
        self.stdout = os.fdopen(os.dup(slave), "w")
        self.raw = b""
        self.fd = slave
        known = {"XDG_STATE_HOME": str(folder), "TERM": "xterm"} | variables
        self.environ = Environ(known, self.stdin, self.stdout, self.stdout, folder)
        self.desk = FakeDesk()

    def __enter__(self) -> OnPty:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdin.close()
        self.stdout.close()
        os.close(self.master)

    def start(self, terminal: PromptTerminal, interrupts: Interrupts) -> asyncio.Task[None]:
        asyncio.get_running_loop().add_reader(self.master, self._read)
        screen = Screen(OutputFlags(), Secrets(b"key"), terminal.environ)
        output = terminal.output(screen, OutputFlags(), Secrets(b"key"))
        self.output = output
        return asyncio.create_task(terminal.run(cast(Desk, self.desk), output, interrupts))

    def _read(self) -> None:
        self.raw += os.read(self.master, 65_536)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():  # noqa: ASYNC110  # bytes of a terminal, which come through the selector
            await asyncio.sleep(0.001)

    async def until_seen(self, text: str) -> None:
        await self.until(lambda: text.encode() in self.raw)


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[OnPty]:
    with OnPty(tmp_path) as made:
        yield made


@pytest.fixture
def dumb(tmp_path: Path) -> Iterator[OnPty]:
    with OnPty(tmp_path, TERM="dumb") as made:
        yield made


async def test_the_prompt_stands_before_its_editor_and_keys_wait_for_it(
    pty: OnPty, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = PromptTerminal(pty.environ)
    gate: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(terminal, "_load", lambda: gate)
    before = termios.tcgetattr(pty.fd)
    with Interrupts() as interrupts:
        running = pty.start(terminal, interrupts)
        await pty.until_seen("standup probe> ")
        assert not termios.tcgetattr(pty.fd)[3] & termios.ECHO
        pty.type("ping 5")
        pty.output.text("a message")
        await pty.until_seen("a message\r\n")
        assert b"ping" not in pty.raw
        gate.set_result(None)
        await pty.until_seen("ping")
        pty.type("\r\x04")
        await running
    assert pty.desk.done == ["ping 5"]
    assert termios.tcgetattr(pty.fd) == before
    assert pty.output.width == 80


async def test_a_dumb_terminal_has_lines_without_escapes(dumb: OnPty) -> None:
    terminal = PromptTerminal(dumb.environ)
    terminal.preload()
    with Interrupts() as interrupts:
        running = dumb.start(terminal, interrupts)
        await dumb.until_seen("standup probe> ")
        dumb.type("ping 1\n")
        await dumb.until(lambda: dumb.desk.done == ["ping 1"])
        await dumb.until(lambda: dumb.raw.count(b"standup probe> ") == 2)
        dumb.output.text("one")
        await dumb.until_seen("\r\none\r\n")
        dumb.output.text("two")
        await dumb.until_seen("two\r\nstandup probe> ")
        os.kill(os.getpid(), 2)
        await dumb.until(lambda: dumb.raw.endswith(b"\r\nstandup probe> "))
        assert not interrupts.stopped.is_set()
        dumb.type("\x04")
        await running
    assert (dumb.desk.left, dumb.desk.is_over, dumb.desk.codes) == (1, True, set())
    assert b"\x1b" not in dumb.raw


async def test_a_dumb_terminal_is_left_with_quit_and_at_once_with_ctrl_c(dumb: OnPty) -> None:
    terminal = PromptTerminal(dumb.environ)
    dumb.desk.leaves.clear()
    reached = False
    with Interrupts() as interrupts:
        running = dumb.start(terminal, interrupts)
        await dumb.until_seen("standup probe> ")
        dumb.type("/quit\nping\n")
        await dumb.until(lambda: dumb.desk.left == 1)
        assert dumb.desk.done == ["/quit"]
        os.kill(os.getpid(), 2)
        await asyncio.sleep(1)
        reached = True
    assert (reached, interrupts.code) == (False, 130)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_draws_is_loaded_once(pty: OnPty) -> None:
    terminal = PromptTerminal(pty.environ)
    assert terminal._load() is terminal._load()
    await terminal._load()


async def test_without_a_real_terminal_nothing_is_hushed(tmp_path: Path) -> None:
    from lksig.repl.above import Above
    from lksig.repl.early import EarlyPrompt

    out = io.StringIO()
    environ = Environ({}, io.StringIO(), out, out, tmp_path)
    above = Above(out)
    with EarlyPrompt(environ, above, "a very long prompt> ", width=20, colour=False):
        pass
    assert out.getvalue() == "a very lo…\r\x1b[J"


def test_collections_are_short_while_a_prompt_is_there_and_as_before_behind_it() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with short_collections():
        assert gc.get_threshold() == COLLECTIONS
        assert gc.get_freeze_count() > frozen
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
