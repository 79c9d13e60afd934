"""The ```console blocks of the documentation: read, run against an embedded server, compared, written anew.

A block holds commands after `$ `, each with what a person sees on a terminal of COLUMNS columns, both streams in one. A
line `...` stands for lines that are left out. `--dev` means the embedded server, which has a simulated participant
alice, as `lksig serve --with alice` has; `wss://lk.example.com` is a proxy that loses the Upgrade header.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lksig.entry import run
from lksig.environ import Environ

COLUMNS = 112
ELLIPSIS = "..."

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """One command, and what is shown below it."""

    command: str
    """As it is written, with its line breaks."""
    output: tuple[str, ...]


def examples(text: str) -> list[Example]:
    """The commands of a document, in their order."""
    return [example for block in _BLOCK.findall(text) for example in of_block(block)]


def of_block(block: str) -> list[Example]:
    """The commands of one block."""
    found: list[Example] = []
    command, continues = "", False
    output: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ ") or continues:
            if not continues:
                if command:
                    found.append(Example(command, tuple(output)))
                command, output = "", []
            command += ("\n" if command else "") + (line if continues else line[2:])
            continues = line.endswith("\\")
        else:
            output.append(line)
    return [*found, Example(command, tuple(output))] if command else found


def rewritten(text: str, outputs: Sequence[Sequence[str]]) -> str:
    """A document with other outputs, one for each command."""
    waiting = iter(outputs)

    def block(match: re.Match[str]) -> str:
        lines = []
        for example in of_block(match[1]):
            lines += [f"$ {example.command}", *next(waiting)]
        return "```console\n" + "\n".join(lines) + "\n```"

    return _BLOCK.sub(block, text)


class _Screen(io.TextIOWrapper):
    """Both streams of a command, as a terminal shows them."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="", write_through=True)

    def isatty(self) -> bool:
        return True

    def shown(self) -> list[str]:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode().splitlines()


def run_example(command: str, places: Mapping[str, str], folder: Path) -> list[str]:
    """What a command shows.

    Args:
        places: what stands in the document → what stands for it here; the other way round in what is shown.
        folder: where files are made; the caller is there already.
    """
    text = command.replace("\\\n", " ")
    for shown, real in places.items():
        text = text.replace(shown, real)
    # What a pipe, a redirection or another program shows is shown by a shell.
    words = shlex.split(text)
    lines = _in_shell(text, folder) if words[0] != "lksig" or re.search(r" [|<>]+ ", text) else _here(words[1:], folder)
    for shown, real in places.items():
        lines = [line.replace(real, shown) for line in lines]
    return [line.rstrip() for line in lines]


def _here(words: Sequence[str], folder: Path) -> list[str]:
    screen = _Screen()
    variables = {"COLUMNS": str(COLUMNS), "NO_COLOR": "1", "PAGER": "cat"}
    run(words, Environ(variables, _Screen(), screen, screen, folder))
    return screen.shown()


def _in_shell(text: str, folder: Path) -> list[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "HOME": str(folder), "NO_COLOR": "1"}
    done = subprocess.run(["sh", "-c", text], env=variables, capture_output=True, text=True, check=False)
    return (done.stderr + done.stdout).splitlines()


def normalised(line: str) -> str:
    """A line without what differs from run to run: numbers, ids, fingerprints, and the blanks that make columns.

    A summary is cut where the time of the answer begins, so the word that is cut counts up to nowhere.
    """
    line = re.sub(r"\S*…(?=\s+→|$)", "…", line)
    line = re.sub(r" · longest gap .*| \(?[\d.]+ m?s ago\)?", "", line)
    line = re.sub(r"\b(PA|TR|RM|DTR|ND)_\w+", r"\1_…", line)
    line = re.sub(r"\[(jwt|secret) [0-9a-f]{8}\]", r"[\1]", line)
    line = re.sub(r"\blksig-[a-z]{4}\b", "lksig-…", line)
    line = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "JWT", line)
    line = re.sub(r"\d+(\.\d+)?", "N", line)
    return " ".join(line.split())


def same(wanted: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether what was shown is what the document says, but for what `normalised` leaves out and `...` stands for."""
    left, right = [normalised(line) for line in wanted], [normalised(line) for line in shown]
    if ELLIPSIS not in left:
        return left == right
    at = left.index(ELLIPSIS)
    rest = wanted[at + 1 :]
    return left[:at] == right[:at] and any(same(rest, shown[start:]) for start in range(at, len(shown) + 1))
