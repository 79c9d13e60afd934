"""The tour that `make demo` takes: it runs, shows what it should, and notices a step that does not end as it should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FAKE = """#!/bin/sh
case $1 in
    serve) echo 'listening ws://nowhere' ;;
    listen) echo 'x < join x' ;;
esac
exit 0
"""
"""Says yes to everything, the request that is to be refused too."""


def demo(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(folder), "HOME": str(folder)}
    command = ["sh", str(ROOT / "docs" / "demo.sh")]
    return subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False)


def test_the_tour_shows_what_lksig_does(tmp_path: Path) -> None:
    (tmp_path / "lksig").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lksig "$@"\n', "utf-8")
    (tmp_path / "lksig").chmod(0o755)
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
