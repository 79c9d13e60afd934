"""The pager between a long output and the terminal."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from lksig.cli.pager import paged
from lksig.environ import Environ


class Stream(io.TextIOWrapper):
    """A file that may claim to be a terminal."""

    def __init__(self, path: Path, *, is_terminal: bool) -> None:
        super().__init__(path.open("wb"), write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[Callable[..., Environ]]:
    opened: list[Stream] = []

    def make(variables: Mapping[str, str], *, out: bool = True, err: bool = True) -> Environ:
        opened.extend([Stream(tmp_path / "out", is_terminal=out), Stream(tmp_path / "err", is_terminal=err)])
        return Environ(variables, io.TextIOWrapper(io.BytesIO()), opened[-2], opened[-1], tmp_path)

    yield make
    for stream in opened:
        stream.close()


def pager(tmp_path: Path, body: str = "sys.stdin.read()") -> str:
    """A pager that writes what it read, and its $LESS, into a file."""
    script = tmp_path / "my pager.py"
    written = f"pathlib.Path({str(tmp_path / 'paged')!r}).write_text(os.environ['LESS'] + '|' + text)"
    script.write_text(f"import os, pathlib, sys\ntext = {body}\n{written}\n")
    return f"{sys.executable} '{script}'"


def test_data_and_notices_go_through_the_pager_as_to_a_terminal(
    tmp_path: Path, environ: Callable[..., Environ]
) -> None:
    around = environ({"PAGER": pager(tmp_path)})
    with paged(around, True) as inside:
        assert inside.is_terminal(inside.stdout)
        assert inside.wants_colour(inside.stdout)
        assert inside.stdout.fileno() == around.stdout.fileno()
        inside.stdout.write("data é\n")
        inside.stderr.write("notice\n")
        inside.stdout.write("surrogate \udc80\n")
    # When the block is left, the reader has read.
    assert (tmp_path / "paged").read_text() == "FIRX|data é\nnotice\nsurrogate \\udc80\n"
    assert (tmp_path / "out").read_text() == ""


def test_notices_that_go_elsewhere_stay_there(tmp_path: Path, environ: Callable[..., Environ]) -> None:
    with paged(environ({"PAGER": pager(tmp_path), "LESS": "R"}, err=False), True) as inside:
        inside.stderr.write("notice\n")
        inside.stderr.flush()
    assert (tmp_path / "paged").read_text() == "R|"
    assert (tmp_path / "err").read_text() == "notice\n"


def test_a_pager_that_leaves_early_is_no_failure(tmp_path: Path, environ: Callable[..., Environ]) -> None:
    with paged(environ({"PAGER": pager(tmp_path, "sys.stdin.readline()")}), True) as inside:
        lines = itertools.repeat("line\n", 100_000)
        with pytest.raises(BrokenPipeError):
            inside.stdout.writelines(lines)
    assert (tmp_path / "paged").read_text() == "FIRX|line\n"


def test_nothing_left_to_write_is_no_failure_either(tmp_path: Path, environ: Callable[..., Environ]) -> None:
    with paged(environ({"PAGER": "true"}), True):
        pass


@pytest.mark.parametrize("command", ["", "cat", "/no/such/pager", "unbalanced 'quote"])
def test_without_a_pager_there_is_none(environ: Callable[..., Environ], command: str) -> None:
    around = environ({"PAGER": command})
    with paged(around, True) as inside:
        assert inside is around


def test_a_pipe_needs_no_pager(tmp_path: Path, environ: Callable[..., Environ]) -> None:
    around = environ({"PAGER": pager(tmp_path)}, out=False)
    with paged(around, True) as inside:
        assert inside is around
    terminal = environ({"PAGER": pager(tmp_path)})
    with paged(terminal, False) as inside:
        assert inside is terminal


def test_less_is_the_pager_nobody_named(tmp_path: Path, environ: Callable[..., Environ]) -> None:
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    less = bin_dir / "less"
    less.write_text(f"#!/bin/sh\nexec {pager(tmp_path)}\n")
    less.chmod(0o755)
    with paged(environ({"PATH": str(bin_dir)}), True) as inside:
        inside.stdout.write("text\n")
    assert (tmp_path / "paged").read_text() == "FIRX|text\n"


def test_ctrl_c_is_meant_for_the_pager(
    tmp_path: Path, environ: Callable[..., Environ], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    real = subprocess.Popen.wait

    def wait(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        waits.append(1)
        if len(waits) == 1:
            raise KeyboardInterrupt
        return real(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", wait)
    with paged(environ({"PAGER": pager(tmp_path)}), True) as inside:
        inside.stdout.write("text\n")
    assert (tmp_path / "paged").read_text() == "FIRX|text\n"
    assert len(waits) == 2
