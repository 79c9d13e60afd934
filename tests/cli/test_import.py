"""`lksig import`, and other people's files given to `show`, `diff` and `replay`."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from tests.support.cli import run
from tests.support.hars import entry, frame, har, page, v1_url
from tests.support.samples import SECRETS, TOKEN

HARS = Path(__file__).parent.parent / "recordings" / "har"
CHROME = str(HARS / "chrome.har")


def lines_of(path: str | Path) -> list[object]:
    """What is shown of it, without what depends on the key of a run."""
    return [
        (line["kind"], line.get("n"), line.get("case"), line.get("socket"), line.get("t_ms"), line.get("bytes"))
        for line in run("show", str(path), "--json").json
    ]


@pytest.mark.parametrize("name", ["chrome", "firefox", "playwright", "mitmproxy"])
def test_a_har_becomes_a_recording_that_shows_the_same(name: str, tmp_path: Path) -> None:
    out = tmp_path / "call.lksig"
    ran = run("import", str(HARS / f"{name}.har"), str(out))
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "holds an access token" in ran.stderr
    assert lines_of(out) == lines_of(HARS / f"{name}.har")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert run("redact", "--check", str(out)).exit_code == 0
    assert [secret for secret in SECRETS if secret in out.read_text()] == []
    # Of a body only the recording knows less than the view does: `x` where that prints a placeholder.
    assert run("diff", str(out), str(HARS / f"{name}.har"), "to_client or to_server").exit_code == 0


def test_every_byte_is_kept_when_asked(tmp_path: Path) -> None:
    out = tmp_path / "call.lksig"
    assert run("import", CHROME, str(out), "--no-redact").exit_code == 0
    assert TOKEN in out.read_text()
    ran = run("import", CHROME, str(out))
    assert (ran.exit_code, "exists already" in ran.stderr) == (2, True)
    assert run("import", CHROME, str(out), "--force", "--personal").exit_code == 0
    assert "probe" not in out.read_text()
    assert run("redact", "--check", "--personal", str(out)).exit_code == 0


def test_streams(tmp_path: Path) -> None:
    data = (HARS / "firefox.har").read_bytes()
    made = run("import", "-", "-", stdin=data)
    assert made.exit_code == 0
    assert made.stdout_bytes.startswith(b'{"kind":"lksig-recording"')
    shown = run("show", "-", "--json", stdin=gzip.compress(data))
    assert [line["case"] for line in shown.json if "case" in line] == ["join", "mute", "request_response", "leave"]
    out = tmp_path / "call.lksig.gz"
    assert run("import", "-", str(out), stdin=data).exit_code == 0
    assert gzip.decompress(out.read_bytes()) == made.stdout_bytes


def test_lines_of_frames(tmp_path: Path) -> None:
    path = tmp_path / "frames.txt"
    frames = [frame(TO_CLIENT, "join", 0), frame(TO_SERVER, "mute", 1)]
    path.write_text("".join(f"{one['data']}\n" for one in frames))
    ran = run("show", str(path), "--json")
    assert [line["case"] for line in ran.json if "case" in line] == ["join", "mute"]
    assert [one["warning"]["code"] for one in ran.stderr_json] == ["direction-guessed", "no-times"]
    out = tmp_path / "call.lksig"
    assert run("import", str(path), str(out)).exit_code == 0
    assert lines_of(out) == lines_of(path)


def test_a_replay_of_a_har() -> None:
    ran = run("replay", str(HARS / "firefox.har"), "--speed", "max")
    assert ran.exit_code == 0
    assert [line.split()[4] for line in ran.lines] == ["join", "mute", "request_response", "leave"]


def test_where_a_har_comes_from_is_said() -> None:
    assert "= a HAR written by WebInspector 1" in run("show", CHROME, "-v").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", CHROME), "two files are needed"),
        (("import", CHROME, "out", "--personal", "--no-redact"), "exclude each other"),
        (("import", "/nonexistent.har", "/nonexistent.lksig"), "cannot read"),
        (("import", CHROME, "/nonexistent/out.lksig"), "cannot write"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str) -> None:
    ran = run(*words)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_a_har_without_signaling(tmp_path: Path) -> None:
    path = tmp_path / "page.har"
    path.write_text(json.dumps(har(page())))
    for words in (("show", str(path)), ("import", str(path), str(tmp_path / "out"))):
        ran = run(*words)
        assert ran.exit_code == 7
        assert "no LiveKit signaling" in ran.stderr
        assert "open the network panel before the call, reload, `Export HAR`" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_har_without_messages_is_imported_and_told_of(tmp_path: Path) -> None:
    path, out = tmp_path / "bare.har", tmp_path / "out.lksig"
    path.write_text(json.dumps(har(entry(v1_url()))))
    ran = run("import", str(path), str(out))
    assert ran.exit_code == 7
    assert "1 socket of it has no WebSocket messages" in ran.stderr
    assert [line["kind"] for line in run("show", str(out), "--json").json] == ["start", "http", "note", "end"]


def test_a_har_that_was_cut(tmp_path: Path) -> None:
    data = Path(CHROME).read_bytes()
    path = tmp_path / "cut.har"
    for size in (20, 300, 4000, len(data) - 5):
        path.write_bytes(data[:size])
        ran = run("show", str(path))
        assert ran.exit_code == 7
        assert "cut short" in ran.stderr
    path.write_bytes(gzip.compress(data)[:-30])
    assert run("show", str(path)).exit_code == 7


def test_an_output_with_a_secret_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What redaction would have to miss, it is not written."""
    monkeypatch.setattr("lksig.recording.redact.Redactor.hide", lambda self, event: event)
    out = tmp_path / "out.lksig"
    ran = run("import", CHROME, str(out))
    assert ran.exit_code == 1
    assert f"`{out}` is not written, 2 secrets would be in it: line" not in ran.stderr  # there are more of them
    assert "secrets would be in it: line 3: a JWT (as it is); " in ran.stderr
    assert not out.exists()
