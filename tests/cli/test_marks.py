"""Marks set while a session is recorded."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.served import Served
from tests.support.serving import serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


def recorded_marks(path: Path) -> list[str]:
    return [line["text"] for line in run("show", str(path), "--json").json if line["kind"] == "marker"]


def test_by_signal(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    with served.start("listen", "--json", "--record", str(path)) as process:
        assert process.stdout is not None
        while '"CONNECTED"' not in process.stdout.readline():
            pass
        while '"case":"refresh_token"' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGUSR1)
        while True:
            line = json.loads(process.stdout.readline())
            if line["kind"] == "marker":
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert (line["text"], recorded_marks(path)) == ("mark", ["mark"])


def test_by_typing_at_a_terminal(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lksig", "record", str(path), *served.flags("--json")]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while '"case":"refresh_token"' not in process.stdout.readline():
            pass
        os.write(ours, b"here it froze\n\n")
        texts: list[str] = []
        while len(texts) < 2:
            line = json.loads(process.stdout.readline())
            if line["kind"] == "marker":
                texts.append(line["text"])
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 130
    assert recorded_marks(path) == ["here it froze", "mark"]
