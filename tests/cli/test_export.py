"""`lksig export --to pytest`: the test that is made passes where it was recorded, and fails where an answer differs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.live.blocking import LoopThread
from lksig.live.server import EmbeddedServer
from lksig.session.rooms import Options
from tests.support.cli import run
from tests.support.served import Served
from tests.support.serving import serving

FULL = str(Path(__file__).parent.parent / "recordings" / "full.lksig")
TRUNCATED = str(Path(__file__).parent.parent / "recordings" / "truncated.lksig")


@contextlib.contextmanager
def other_server() -> Iterator[str]:
    """The URL of a server that answers differently: it wants no data tracks."""
    with LoopThread() as loop:

        async def start() -> EmbeddedServer:
            return await EmbeddedServer(options=Options(allows_data_tracks=False)).__aenter__()

        server = loop.run(start())
        yield server.url
        loop.run(server.stop())


def pytest_of(project: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *flags]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=50, check=False)


def test_a_recording_becomes_a_test(tmp_path: Path) -> None:
    recording, made = tmp_path / "call.lksig", tmp_path / "tests" / "test_call.py"
    made.parent.mkdir()
    with serving() as url:
        words = "add_track cid=c type=VIDEO mute sid=%c mute sid=TR_x publish_data_track_request pub_handle=1 name=d"
        story = words.split()
        assert Served(url).run("send", *story, "--record", str(recording)).exit_code == 1
        ran = run("export", str(recording), "--to", "pytest", "-o", str(made))
        assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
        assert "add_track, mute ×2" in made.read_text()
        passed = pytest_of(made.parent, "--lksig-url", url)
        assert passed.returncode == 0, passed.stdout
    with other_server() as url:
        failed = pytest_of(made.parent, "--lksig-url", url)
    assert failed.returncode == 1, failed.stdout
    assert "publish_data_track_request" in failed.stdout
    embedded = pytest_of(made.parent)
    assert embedded.returncode == 0, embedded.stdout


def test_standard_output_is_the_default() -> None:
    ran = run("export", FULL, "--to", "pytest")
    assert ran.exit_code == 0
    assert f"RECORDING = Path({FULL!r})".replace("'", '"') in ran.stdout


def test_an_existing_file_stays(tmp_path: Path) -> None:
    made = tmp_path / "test_it.py"
    made.write_text("mine")
    ran = run("export", FULL, "--to", "pytest", "-o", str(made))
    assert ran.exit_code == 2
    assert "exists" in ran.stderr
    assert made.read_text() == "mine"
    assert run("export", FULL, "--to", "pytest", "-o", str(made), "--force").exit_code == 0
    assert "RECORDING" in made.read_text()
    nowhere = run("export", FULL, "--to", "pytest", "-o", str(tmp_path / "no" / "dir"))
    assert nowhere.exit_code == 2
    assert "cannot write" in nowhere.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        ((FULL,), 2, "`--to` is missing"),
        ((FULL, "--to", "docx"), 2, "`--to docx` is no kind of file"),
        ((FULL, "--to", "jsonl"), 2, "lksig show FILE --json"),
        (("--to", "pytest"), 2, "one recording is exported"),
        (("-", "--to", "pytest"), 2, "standard input has no name"),
        (("no-such-file", "--to", "pytest"), 2, "cannot read `no-such-file`"),
        ((TRUNCATED, "--to", "pytest"), 7, "incomplete"),
        ((__file__, "--to", "pytest"), 7, "is no lksig recording"),
    ],
)
def test_what_cannot_be_exported(words: tuple[str, ...], exit_code: int, said: str) -> None:
    ran = run("export", *words)
    assert (ran.exit_code, ran.stdout) == (exit_code, "")
    assert said in ran.stderr
