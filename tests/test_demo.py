"""`make demo`: the prompt at a terminal, elsewhere a tour that notices a step that does not end as it should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.terminal import OnTerminal

ROOT = Path(__file__).resolve().parent.parent

FAKE = """#!/bin/sh
case $1 in
    serve) echo 'listening ws://nowhere' ;;
    listen) echo 'x < join x' ;;
esac
exit 0
"""
"""Says yes to everything, the request that is to be refused too."""


COMMAND = ["sh", str(ROOT / "docs" / "demo.sh")]


def surroundings(folder: Path, path: Path) -> dict[str, str]:
    return {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(folder), "HOME": str(folder)}


def demo(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    variables = surroundings(folder, path)
    return subprocess.run(COMMAND, env=variables, cwd=folder, capture_output=True, text=True, check=False)


def real(folder: Path) -> None:
    """Put lksig itself on the path."""
    (folder / "lksig").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lksig "$@"\n', "utf-8")
    (folder / "lksig").chmod(0o755)


def test_at_a_terminal_it_is_the_prompt(tmp_path: Path) -> None:
    real(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    variables = surroundings(work, tmp_path) | {"TERM": "xterm", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    with OnTerminal(COMMAND, variables | {"XDG_STATE_HOME": str(tmp_path)}) as at:
        at.until(lambda: at.cursor_row() == "standup probe>", "the prompt")
        hints = at.rows()[:3]
        assert [hint.split()[0] for hint in hints] == ["Try:", "Look:", "Ctrl-R"]
        tried = hints[0].split("  ")[1].strip()
        assert tried.startswith("add_track ")
        at.type(f"{tried}\r")
        at.until_seen("< track_published")
        at.type("\x04")
        assert at.wait() == 0
    assert list(work.iterdir()) == []  # it cleans up


def test_the_tour_shows_what_lksig_does(tmp_path: Path) -> None:
    real(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    done = demo(work, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in (
        " < join ",
        " < track_published ",
        " refused NOT_FOUND",
        "unopposed",
        " > leave ",
        "(exit 1)",
        "(exit 2)",
    ):
        assert shown in done.stdout
    assert list(work.iterdir()) == []  # it cleans up


def test_a_step_that_ends_otherwise_stops_it(tmp_path: Path) -> None:
    (tmp_path / "lksig").write_text(FAKE, "utf-8")
    (tmp_path / "lksig").chmod(0o755)
    done = demo(tmp_path, tmp_path)
    assert done.returncode == 1
    assert "demo: that was expected to end with 1" in done.stderr
