"""The prompt without a terminal: lines from a file or a pipe, each done as it arrives.

Rule: requests go out one behind the other, nothing waits for their verdicts; a command of the prompt looks at what
became of the lines before it, so it waits until they have theirs, and what follows waits until it is done. After a
mistake the next line is read all the same.
Nothing is read ahead: a program that writes one line and reads what comes of it gets its answer.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, BinaryIO

from lksig.errors import InputError
from lksig.repl import lines
from lksig.schema.lexer import BLANKS
from lksig.schema.scripts import LineJoiner, ScriptLine

if TYPE_CHECKING:
    from lksig.repl.desk import Desk

CHUNK = 65_536
"""Bytes that are read at once."""

MAX_WAITING = 500
"""Requests that wait; a longer script is read on when they have their verdicts, so that memory stays flat."""


async def run_script(desk: Desk, source: BinaryIO) -> None:
    """Do every line, wait for every verdict. Whoever opened the session leaves."""
    joiner = LineJoiner()
    async for physical in physical_lines(source):
        try:
            logical = joiner.feed(physical.decode())
        except UnicodeDecodeError as exc:
            text = f"a line is not UTF-8 at byte {exc.start}"
            desk.failed(InputError(text, code="not-utf8", hint="give requests as text"), "")
            continue
        if logical is not None:
            await _do(desk, logical)
        if desk.is_over:
            break
    else:
        logical = joiner.finish()
        if logical is not None:
            await _do(desk, logical)
    await desk.idle()


async def _do(desk: Desk, line: ScriptLine) -> None:
    is_command = line.text.lstrip(BLANKS)[:1] in (lines.SLASH, lines.PIPE, lines.SHELL)
    if is_command or desk.active.sequence.waiting > MAX_WAITING:
        await desk.idle()
    await desk.line(line.text)
    if is_command:
        await desk.idle()


async def physical_lines(source: BinaryIO) -> AsyncIterator[bytes]:
    """The lines of a stream with their ends, without holding up the loop where they come slowly."""
    rest = b""
    async for chunk in _chunks(source):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


async def _chunks(source: BinaryIO) -> AsyncIterator[bytes]:
    fd = _descriptor(source)
    while True:
        if fd is None:
            chunk = source.read(CHUNK)
        else:
            await _readable(fd)
            chunk = os.read(fd, CHUNK)
        if not chunk:
            return
        yield chunk


def _descriptor(source: BinaryIO) -> int | None:
    """The descriptor that can be waited for; None for a file, whose lines are there already, and for memory."""
    try:
        fd = source.fileno()
    except OSError:  # `io.UnsupportedOperation` is one
        return None
    kind = os.fstat(fd).st_mode
    return fd if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or os.isatty(fd) else None


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
