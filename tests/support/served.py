"""One embedded server for a module of command-line tests, and `lksig` against it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from tests.support.cli import Ran, run

CREDENTIALS = ("--api-key", "devkey", "--api-secret", "secret")


class Served:
    """Runs command lines against one server, each in a room of its own unless it names one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._rooms = 0

    def flags(self, *given: str) -> tuple[str, ...]:
        """URL and credentials, with a fresh room where none is given."""
        self._rooms += 1
        room = () if "--room" in given else ("--room", f"room{self._rooms}")
        return (self.url, *CREDENTIALS, *room, *given)

    def run(self, command: str, *words: str, **options: Any) -> Ran:
        """`lksig COMMAND URL WORDS…` in this process."""
        return run(command, *self.flags(*words), **options)

    def start(self, command: str, *words: str) -> subprocess.Popen[str]:
        """The same as a process of its own, for signals and pipes."""
        line = [sys.executable, "-m", "lksig", command, *self.flags(*words)]
        return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def messages(ran: Ran, case: str | None = None) -> list[Any]:
    """The message lines of `--json`."""
    lines = [line for line in ran.json if line["kind"] == "message"]
    return [line for line in lines if case is None or line["case"] == case]


def results(ran: Ran) -> list[tuple[str, str]]:
    """Case and outcome of every result."""
    return [(line["case"], line["outcome"]) for line in ran.json if line["kind"] == "result"]


def error(ran: Ran) -> Any:
    """The one error told under `--json`."""
    (found,) = [line["error"] for line in ran.stderr_json if "error" in line]
    return found
