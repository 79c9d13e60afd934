"""The ```prompt blocks of the documentation: a session at a terminal, as it stays on the screen.

The first line is the command, after `$ `; lines that begin with a prompt are what was typed. Each is typed when the
document's lines before it have appeared. `--dev` means the embedded server, as in `tests.support.examples`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tests.support.examples import COLUMNS, same
from tests.support.terminal import OnTerminal

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET_S = 0.3
"""Where what comes is not what the document says: so long nothing comes before it goes on. Once a second the toolbar is
drawn again."""

_BLOCK = re.compile(r"```prompt\n\$ (.*)\n((?:.*\n)*?)```")
_TYPED = re.compile(r"\w[\w ]*> (.+)")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session, and what stays of it."""

    command: str
    rows: tuple[str, ...]

    def typed(self) -> list[tuple[str, list[str]]]:
        """What is typed, and what stands above it by then."""
        return [
            (found[1], list(self.rows[:at])) for at, row in enumerate(self.rows) if (found := _TYPED.fullmatch(row))
        ]

    def before_the_end(self) -> list[str]:
        """What is there when it is left."""
        return list(takewhile(lambda row: not row.startswith("  x "), self.rows))


def transcripts(text: str) -> list[Transcript]:
    """The sessions of a document."""
    return [Transcript(found[1], tuple(found[2].splitlines())) for found in _BLOCK.finditer(text)]


def rewritten(text: str, shown: list[list[str]]) -> str:
    """A document with other sessions in its blocks."""
    waiting = iter(shown)
    return _BLOCK.sub(lambda found: "\n".join([f"```prompt\n$ {found[1]}", *next(waiting), "```"]), text)


def play(transcript: Transcript, places: Mapping[str, str], folder: Path) -> list[str]:
    """What stays on the screen when this is typed.

    Args:
        places: what stands in the document → what stands for it here; the other way round in what is shown.
    """
    command = transcript.command
    for shown, real in places.items():
        command = command.replace(shown, real)
    words = [sys.executable, "-m", "lksig", *shlex.split(command)[1:]]
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    variables = home | {"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}
    with OnTerminal(words, variables, columns=COLUMNS, rows=50) as at:
        at.until(lambda: at.cursor_row().endswith(">") and b"\x1b[?2004h" in at.raw, "the prompt")
        for line, above in transcript.typed():
            _settle(at, above, places)
            at.type(f"{line}\r")
            at.until(lambda line=line: at.cursor_row().endswith(">") and any(line in row for row in at.rows()), line)  # type: ignore[misc]
        _settle(at, transcript.before_the_end(), places)
        at.type("\x04")
        at.wait()
        return _named(at.everything(), places)


def _settle(at: OnTerminal, wanted: list[str], places: Mapping[str, str]) -> None:
    """Read until the screen above the prompt is as wanted, or nothing comes any more."""
    while not same(wanted, _named(at.everything(), places)[: len(_above(at))]) and at.read(QUIET_S):
        pass


def _above(at: OnTerminal) -> list[str]:
    rows = at.everything()
    ends = [n for n, row in enumerate(rows) if row.endswith(">")]
    return rows[: ends[-1]] if ends else rows


def _named(rows: list[str], places: Mapping[str, str]) -> list[str]:
    for shown, real in places.items():
        rows = [row.replace(real, shown) for row in rows]
    return rows
