"""`lksig replay FILE --serve` as a process of its own, and what it printed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIMEOUT_S = 20


class Replaying:
    """A running server, and what it printed once it has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.first = process.stdout.readline().rstrip("\n")
        self.stdout = self.stderr = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(json.loads(self.first)["url"]) if self.first.startswith("{") else self.first.split()[1]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it, and give its exit code."""
        self.process.send_signal(number)
        self.stdout, self.stderr = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode

    @property
    def json(self) -> list[Any]:
        """The lines of `--json` behind the first one."""
        return [json.loads(line) for line in self.stdout.splitlines()]


@contextmanager
def replaying(file: Path | str, *words: str) -> Iterator[Replaying]:
    """A server that plays a recording on a free port, as long as this is entered."""
    command = [sys.executable, "-m", "lksig", "replay", str(file), "--serve", "--port", "0", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept) as process:
        try:
            yield Replaying(process)
        finally:
            process.kill()
