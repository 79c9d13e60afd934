"""What is long goes through the pager when a person reads it: $PAGER, else `less -FIRX`.

The pager stands in for the terminal: it gets notices and data in one stream, with the colours and the width the
terminal would have got. Leaving it before the end is no failure.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shlex
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from lksig.environ import Environ

LESS_OPTIONS = "FIRX"
"""Quit if it fits on one screen, ignore case, let colours through, leave the screen as it is."""


class PagerStream(io.TextIOWrapper):
    """The standard input of a pager, which looks like the terminal it writes to."""

    def __init__(self, pipe: io.BufferedWriter, terminal: TextIO) -> None:
        super().__init__(pipe, encoding="utf-8", errors="backslashreplace", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._terminal.fileno()


@contextlib.contextmanager
def paged(environ: Environ, wanted: bool) -> Iterator[Environ]:
    """The surroundings with a pager between us and the terminal, where there is a terminal and a pager.

    The end waits until the person has read.
    """
    command = _command(environ) if wanted and environ.is_terminal(environ.stdout) else []
    process = _start(command, environ) if command else None
    if process is None or process.stdin is None:
        yield environ
        return
    pipe: io.BufferedWriter = process.stdin  # type: ignore[assignment]  # what Popen makes of a buffered pipe
    stream = PagerStream(pipe, environ.stdout)
    try:
        stderr = stream if environ.is_terminal(environ.stderr) else environ.stderr
        yield dataclasses.replace(environ, stdout=stream, stderr=stderr)
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        _wait(process)


def _command(environ: Environ) -> list[str]:
    if "PAGER" not in environ.variables:
        return ["less"]
    try:
        words = shlex.split(environ.variables["PAGER"])
    except ValueError:
        return []
    return [] if words == ["cat"] else words


def _start(command: list[str], environ: Environ) -> subprocess.Popen[bytes] | None:
    """The pager, running; None where it does not exist."""
    variables = {"LESS": LESS_OPTIONS, **environ.variables}
    environ.stdout.flush()
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=variables)
    except OSError:
        return None


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C in a pager is meant for the pager."""
    while True:
        try:
            process.wait()
            return
        except KeyboardInterrupt:
            continue
