"""`lksig replay FILE`: the same lines as `show`, when they are due, and what keys do."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

from tests.support.cli import run

KEPT = Path(__file__).parent.parent / "recordings"
FULL = str(KEPT / "full.lksig")


def test_it_shows_what_show_shows() -> None:
    assert run("replay", FULL, "--speed", "max").stdout == run("show", FULL).stdout
    assert run("replay", FULL, "--speed", "max", "--json", "mute").stdout == run("show", FULL, "--json", "mute").stdout


def test_it_takes_its_time() -> None:
    began = time.monotonic()
    ran = run("replay", FULL, "--idle-limit", "0.1", "--from", "50")
    took_s = time.monotonic() - began
    assert ran.lines[0].split()[1] == "50"
    assert 0.1 < took_s < 4, "the five silent seconds of the recording are cut"


def test_what_is_missing_is_told() -> None:
    assert run("replay", str(KEPT / "truncated.lksig"), "--speed", "max").exit_code == 7
    assert run("replay", FULL, "--speed", "max", "--from", "mark:nowhere").exit_code == 2


def test_mistakes() -> None:
    for words in (
        (),
        (FULL, "--speed", "fast"),
        (FULL, "--idle-limit", "0"),
        (FULL, "--port", "7880"),
        (FULL, "--dry-run", "--dev"),
    ):
        ran = run("replay", *words)
        assert (ran.exit_code, ran.stdout) == (2, "")


def play(keys: bytes, *words: str) -> tuple[int, str]:
    """Exit code and output of a replay at a terminal on which somebody types."""
    person, side = pty.openpty()
    try:
        command = [sys.executable, "-m", "lksig", "replay", FULL, *words]
        process = subprocess.Popen(command, stdin=side, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert "q quits" in process.stderr.readline()
        os.write(person, keys)
        out, _ = process.communicate(timeout=30)
    finally:
        os.close(person)
        os.close(side)
    return process.returncode, out


def test_quit() -> None:
    code, out = play(b" q", "--speed", "0.001")
    assert (code, out) == (0, "")


def test_steps() -> None:
    code, out = play(b" ....q", "--speed", "0.001", "to_client")
    assert code == 0
    # Where the first key comes before the first line, which is the notice of the start, one of the steps is its.
    assert [line.split()[4] for line in out.splitlines()] in (
        ["join", "answer", "offer"],
        ["join", "answer", "offer", "trickle"],
    )


def test_to_the_mark() -> None:
    code, out = play(b"m", "--speed", "1000000", "--to", "mark:before the odd ones")
    assert code == 0
    assert len(out.splitlines()) > 40
