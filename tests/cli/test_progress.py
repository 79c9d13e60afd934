"""A bar for who waits for a long file, and for nobody else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lksig.cli import progress as subject
from lksig.cli.progress import progress
from lksig.environ import Environ
from lksig.recording.reader import open_recording
from lksig.wire.events import End

FULL = Path(__file__).parent.parent / "recordings" / "full.lksig"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stderr: io.StringIO, *, wanted: bool = True) -> str:
    """What is on stderr after the whole recording was read."""
    environ = Environ({"TERM": "xterm"}, io.StringIO(), io.StringIO(), stderr, Path("/nonexistent"))
    with open_recording(FULL) as recording, progress(recording, environ, wanted=wanted) as readings:
        assert isinstance(list(readings)[-1].event, End)
    return stderr.getvalue()


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MIN_BYTES", 1)
    text = shown(Terminal())
    assert "kB" in text or "bytes" in text


def test_no_bar_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Terminal()) == "", "a short file"
    monkeypatch.setattr(subject, "MIN_BYTES", 1)
    assert shown(io.StringIO()) == ""
    assert shown(Terminal(), wanted=False) == ""
