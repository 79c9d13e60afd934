"""`lksig export --to pytest`: the test that is made passes where it was recorded, and fails where an answer differs."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.live.blocking import LoopThread
from lksig.live.server import EmbeddedServer
from lksig.session.rooms import Options
from tests.support.cli import run
from tests.support.samples import SECRETS, TOKEN
from tests.support.served import Served
from tests.support.serving import serving

FULL = str(Path(__file__).parent.parent / "recordings" / "full.lksig")
CHROME = str(Path(__file__).parent.parent / "recordings" / "har" / "chrome.har")
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
        ((FULL, "--to", "html5"), 2, "one of har, jsonl, mermaid, pytest"),
        (("no-such-file", "--to", "har"), 2, "cannot read `no-such-file`"),
        ((__file__, "--to", "jsonl"), 7, "is no lksig recording"),
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


@pytest.mark.parametrize(("kind", "option"), [("jsonl", "--json"), ("mermaid", "--mermaid")], ids=["jsonl", "mermaid"])
@pytest.mark.parametrize("file", [FULL, CHROME], ids=["recording", "har"])
def test_what_show_prints(kind: str, option: str, file: str, tmp_path: Path) -> None:
    """But for the values that are hashed with the key of a run."""

    def known(text: str) -> str:
        return re.sub(r"\[secret [0-9a-f]{8}\]", "[secret]", text)

    shown = run("show", file, option)
    assert known(run("export", file, "--to", kind).stdout) == known(shown.stdout)
    out = tmp_path / "out"
    ran = run("export", file, "--to", kind, "-o", str(out))
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert known(out.read_text()) == known(shown.stdout)
    assert [secret for secret in SECRETS if secret in out.read_text()] == []


@pytest.mark.parametrize("file", [FULL, CHROME], ids=["recording", "har"])
def test_a_har(file: str, tmp_path: Path) -> None:
    out, again = tmp_path / "out.har", tmp_path / "again.har"
    ran = run("export", file, "--to", "har", "-o", str(out))
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
    assert [secret for secret in SECRETS if secret in out.read_text()] == []
    assert run("redact", "--check", str(out)).exit_code == 0
    assert run("export", str(out), "--to", "har", "-o", str(again)).exit_code == 0
    assert run("diff", str(out), str(again)).exit_code == 0
    counts = [sum("n" in line for line in run("show", str(one), "--json").json) for one in (file, out)]
    assert counts[0] == counts[1]


def test_every_byte_is_kept_when_asked() -> None:
    assert TOKEN not in run("export", CHROME, "--to", "har").stdout
    assert TOKEN in run("export", CHROME, "--to", "har", "--no-redact").stdout
    assert TOKEN in run("export", CHROME, "--to", "jsonl", "--no-redact").stdout


@pytest.mark.parametrize("kind", ["har", "jsonl", "mermaid"])
def test_an_incomplete_recording_is_exported_as_far_as_it_goes(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("export", TRUNCATED, "--to", kind, "-o", str(out))
    assert ran.exit_code == 7
    assert "incomplete" in ran.stderr
    assert out.stat().st_size > 500


def test_what_holds_a_secret_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lksig.wire.redaction.Secrets.secret", lambda self, value: value)
    monkeypatch.setattr("lksig.wire.redaction.Secrets.tokens", lambda self, text: text)
    out = tmp_path / "out"
    ran = run("export", CHROME, "--to", "jsonl", "-o", str(out))
    assert ran.exit_code == 1
    assert "is not written" in ran.stderr
    assert not out.exists()


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    for kind in ("har", "jsonl", "mermaid", "pytest"):
        assert run("export", FULL, "--to", kind, "-o", str(out)).exit_code == 2
    assert out.read_text() == "mine"
    assert run("export", FULL, "--to", "har", "-o", str(out), "--force").exit_code == 0
