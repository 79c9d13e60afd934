"""`lksig redact`: secrets out of a file, and whether any are left."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path

import pytest

from lksig.recording.reader import open_recording
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Marker, Start
from tests.support.cli import run
from tests.support.hars import entry, har
from tests.support.readings import message
from tests.support.recordings import recorded
from tests.support.samples import SECRETS, TOKEN, TURN_PASSWORD, WALL_NS

CHROME = str(Path(__file__).parent.parent / "recordings" / "har" / "chrome.har")
VALUE = "a-long-enough-secret"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A recording that keeps every byte."""
    path = tmp_path / "kept.lksig"
    path.write_bytes(
        recorded(
            [
                Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "ann@example.com"),
                Marker(1, f"{TURN_PASSWORD} before it was seen"),
                message(TO_CLIENT, "join", t_ns=2).event,
                message(TO_SERVER, "offer", t_ns=3).event,
                message(TO_SERVER, "update_metadata", {"metadata": f"is {VALUE}"}, t_ns=4).event,
                Marker(5, f"it is {VALUE}"),
            ]
        )
    )
    return path


def test_secrets_are_overwritten_and_the_session_stays_the_same(kept: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.lksig"
    ran = run("redact", str(kept), str(clean))
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
    assert stat.S_IMODE(clean.stat().st_mode) == 0o600
    assert [secret for secret in SECRETS if secret.encode() in clean.read_bytes()] == []
    assert "xxxx before it was seen" in run("show", str(clean), "--json").stdout
    # What the views of the one print, the views of the other print: they hash alike but for what can be guessed.
    messages = [
        [(line["n"], line["case"], line["bytes"]) for line in run("show", str(path), "--json").json if "n" in line]
        for path in (kept, clean)
    ]
    assert messages[0] == messages[1]


def test_it_is_idempotent(kept: Path, tmp_path: Path) -> None:
    once, twice = tmp_path / "once.lksig", tmp_path / "twice.lksig"
    assert run("redact", str(kept), str(once), "--personal").exit_code == 0
    assert run("redact", str(once), str(twice), "--personal").exit_code == 0
    assert twice.read_bytes() == once.read_bytes()
    assert "ann@example.com" not in once.read_text()


def test_values_of_the_environment_are_hidden(kept: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.lksig"
    variables = {"LIVEKIT_API_SECRET": VALUE, "LIVEKIT_TOKEN": "short"}
    assert run("redact", str(kept), str(clean), variables=variables).exit_code == 0
    assert VALUE not in clean.read_text() + run("show", str(clean), "--json").stdout
    assert run("redact", "--check", str(clean), variables=variables).exit_code == 0
    checked = run("redact", "--check", str(kept), variables=variables)
    assert checked.exit_code == 1
    assert checked.lines[-2:] == [
        "line 6: the value of LIVEKIT_API_SECRET (base64)",
        "line 7: the value of LIVEKIT_API_SECRET (as it is)",
    ]
    assert VALUE not in checked.stdout + checked.stderr


def test_streams_and_compression(kept: Path, tmp_path: Path) -> None:
    packed = tmp_path / "clean.lksig.gz"
    assert run("redact", "-", str(packed), stdin=kept.read_bytes()).exit_code == 0
    assert packed.read_bytes().startswith(b"\x1f\x8b")
    piped = run("redact", str(packed), "-")
    assert piped.exit_code == 0
    (tmp_path / "piped.lksig").write_bytes(piped.stdout_bytes)
    with open_recording(tmp_path / "piped.lksig") as recording:
        assert len(list(recording)) == 6
        assert recording.header.redacted == ("secrets",)


def test_what_exists_is_replaced_only_by_force(kept: Path) -> None:
    before = kept.read_bytes()
    ran = run("redact", str(kept), str(kept))
    assert ran.exit_code == 2
    assert "exists already" in ran.stderr
    assert kept.read_bytes() == before
    assert run("redact", str(kept), str(kept), "--force").exit_code == 0
    assert run("redact", "--check", str(kept)).exit_code == 0


def test_of_an_incomplete_recording_everything_whole_is_kept(kept: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.lksig"
    cut.write_bytes(kept.read_bytes()[:-50])
    ran = run("redact", str(cut), str(tmp_path / "clean.lksig"))
    assert ran.exit_code == 7
    assert "is incomplete behind 3 whole messages" in ran.stderr
    with open_recording(tmp_path / "clean.lksig") as recording:
        assert len(list(recording)) == 5


def test_a_disk_that_is_full(kept: Path) -> None:
    ran = run("redact", str(kept), "/dev/full")
    assert ran.exit_code == 2
    assert "cannot write `/dev/full`: No space left on device" in ran.stderr


def test_findings_are_named_one_by_one(kept: Path) -> None:
    ran = run("redact", "--check", str(kept))
    assert ran.exit_code == 1
    assert "line 4: a TURN credential (join.room.turn_password)" in ran.lines
    assert f"error: `{kept}` holds {len(ran.lines)} secrets [secret-found, layer file]" in ran.stderr
    told = run("redact", "--check", str(kept), "--json")
    assert told.json[0] == {
        "kind": "survivor",
        "line": 4,
        "what": "a TURN credential",
        "where": "join.room.turn_password",
    }
    assert [error["error"]["exit"] for error in told.stderr_json] == [1]


def test_any_file_can_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(f"GET /rtc?access_token={TOKEN}\n")
    ran = run("redact", "--check", str(path))
    assert (ran.exit_code, ran.lines) == (1, ["line 1: a JWT (as it is)"])
    assert f"`{path}` holds 1 secret [" in ran.stderr
    assert run("redact", "--check", "-", stdin="nothing here").exit_code == 0


def test_a_file_that_was_checked_in_part_is_not_clean(kept: Path, tmp_path: Path) -> None:
    packed = tmp_path / "clean.lksig.gz"
    run("redact", str(kept), str(packed))
    packed.write_bytes(packed.read_bytes()[:-4])
    ran = run("redact", "--check", str(packed))
    assert (ran.exit_code, ran.stdout) == (7, "")
    assert "was checked in part: its gzip data is cut short" in ran.stderr
    assert run("redact", "--check", str(packed), "--json").stderr_json[0]["error"]["exit"] == 7


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "two files are needed"),
        (("a",), "two files are needed"),
        (("a", "b", "c"), "two files are needed"),
        (("--check",), "one file is checked"),
        (("--check", "a", "b"), "one file is checked"),
        (("--check", "nothing"), "cannot read `nothing`"),
        (("nothing", "b"), "cannot read `nothing`"),
    ],
)
def test_mistakes(words: tuple[str, ...], text: str) -> None:
    ran = run("redact", *words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert text in ran.stderr


def test_a_har_stays_a_har(tmp_path: Path) -> None:
    out = tmp_path / "clean.har"
    assert run("redact", "--check", CHROME).exit_code == 1
    ran = run("redact", CHROME, str(out))
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
    assert run("redact", "--check", str(out)).exit_code == 0
    assert json.loads(out.read_text())["log"]["creator"]["name"] == "WebInspector"
    assert [secret for secret in SECRETS if secret in out.read_text()] == []
    assert run("diff", CHROME, str(out)).exit_code == 0
    assert "access token" not in run("show", str(out)).stderr
    assert run("redact", CHROME, str(out)).exit_code == 2
    piped = run("redact", "-", "-", stdin=Path(CHROME).read_bytes())
    assert len(piped.stdout) == len(out.read_text())  # short values are hashed with another key


def test_a_har_without_signaling_is_cleaned_too(tmp_path: Path) -> None:
    path, out = tmp_path / "page.har.gz", tmp_path / "clean.har.gz"
    path.write_bytes(gzip.compress(json.dumps(har(entry("https://x/", body=TOKEN))).encode()))
    assert run("redact", str(path), str(out), "--personal").exit_code == 0
    assert TOKEN.encode() not in gzip.decompress(out.read_bytes())


def test_what_cannot_be_cleaned(tmp_path: Path) -> None:
    cut, lines = tmp_path / "cut.har", tmp_path / "frames.txt"
    cut.write_bytes(Path(CHROME).read_bytes()[:2000])
    lines.write_text("< " + message(TO_CLIENT, "join", t_ns=2).event.raw.hex())
    for path, code, said in ((cut, 7, "cut short"), (lines, 2, "`lksig import IN OUT`"), (tmp_path, 2, "cannot read")):
        ran = run("redact", str(path), str(tmp_path / "out"))
        assert ran.exit_code == code
        assert said in ran.stderr


def test_a_har_in_which_a_secret_would_be_left_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lksig.recording.redact_har.HarRedactor._anything", lambda self, value, key="": value)
    out = tmp_path / "clean.har"
    ran = run("redact", CHROME, str(out))
    assert ran.exit_code == 1
    assert "is not written" in ran.stderr
    assert not out.exists()
