"""`--record` and `record`: what a live command leaves in a file, and that it disturbs nothing."""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.recording.reader import open_recording
from lksig.wire.events import Http, Message, Note, Start
from tests.support.cli import Ran, run
from tests.support.serving import serving

MUTE = ("mute", "sid=TR_nope", "muted=true")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving("--with", "alice") as url:
        yield url


def credentials(url: str) -> list[str]:
    return ["--url", url, "--api-key", "devkey", "--api-secret", "secret", "--room", "standup"]


def listen(url: str, *words: str) -> Ran:
    return run("listen", *credentials(url), "--identity", "probe", "-n", "2", *words)


@pytest.mark.parametrize("flags", [(), ("--raw",), ("--defaults",)])
@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_show_prints_what_listen_printed(url: str, tmp_path: Path, flags: tuple[str, ...], suffix: str) -> None:
    path = tmp_path / f"call.lksig{suffix}"
    live = listen(url, "--record", str(path), "--json", *flags)
    shown = run("show", str(path), "--json", *flags)
    assert (live.exit_code, shown.exit_code) == (0, 0)
    assert shown.stdout == live.stdout
    assert shown.json[0]["kind"] == "start"
    assert shown.json[-1]["ended_by"] == "client"


def test_show_prints_what_send_printed(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    words = (*MUTE, "track_setting", "track_sids+=TR_x", "disabled=true", "--record", path, "--json", "--json-frames")
    live = run("send", *credentials(url), *words)
    shown = run("show", path, "--json")
    assert (live.exit_code, shown.exit_code) == (1, 0)
    assert shown.stdout == live.stdout
    assert {line["encoding"] for line in shown.json if line["kind"] == "message"} == {"protobuf", "json"}


def test_lines_for_people_are_the_same_too(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    live = run("record", path, *credentials(url), "-n", "1", "not refresh_token", "-v")
    shown = run("show", path, "not refresh_token", "-v")
    assert shown.stdout == live.stdout
    assert shown.stderr.splitlines()[1:] == live.stderr.splitlines()
    assert shown.stderr.startswith("= recorded by lksig ")


def test_record_is_listen_written_to_a_file(url: str, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    ran = run("record", str(path), *credentials(url), "-n", "1", "join")
    assert ran.exit_code == 0
    assert len(ran.lines) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_recording(path) as recording:
        assert (recording.header.command, recording.header.redacted) == ("record", ("secrets",))
        kinds = {event.case for event in recording if isinstance(event, Message)}
    assert kinds > {"join", "leave"}


def test_secrets_stay_out_of_the_file_though_the_screen_shows_them(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    live = listen(url, "--record", path, "--json", "--show-secrets")
    password = next(line for line in live.json if line.get("case") == "join")["message"]["join"]["room"][
        "turn_password"
    ]
    assert not password.startswith("[secret")
    for words in ([], ["--show-secrets"]):
        assert password not in run("show", path, "--json", *words).stdout
    assert run("redact", "--check", path).exit_code == 0


def test_every_byte_is_kept_when_asked_for(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    live = listen(url, "--record", path, "--json", "--show-secrets", "--raw", "--no-redact")
    assert run("show", path, "--json", "--show-secrets", "--raw").stdout == live.stdout
    assert run("redact", "--check", path).exit_code == 1


def test_personal_data_is_hidden_when_asked_for(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    listen(url, "--record", path, "--personal")
    shown = run("show", path, "--json")
    for name in ("alice", "probe", "standup"):
        assert name not in shown.stdout
    assert run("redact", "--check", "--personal", path).exit_code == 0


def test_a_file_that_exists_is_left_alone_and_nothing_is_dialed(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    path.write_text("precious")
    ran = run("record", str(path), *credentials("ws://127.0.0.1:1"))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"error: `{path}` exists already [file-exists, layer file]" in ran.stderr
    assert "connecting" not in ran.stderr
    assert path.read_text() == "precious"


def test_a_failed_handshake_is_a_recording_too(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    live = run("record", str(path), *credentials("ws://127.0.0.1:1"), "--json")
    shown = run("show", str(path), "--json")
    assert (live.exit_code, shown.exit_code) == (3, 0)
    assert shown.stdout == live.stdout


def test_a_refused_one_tells_why(url: str, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    live = run(
        "record", str(path), "--url", url, "--api-key", "devkey", "--api-secret", "wrong", "--room", "r", "--json"
    )
    assert live.exit_code == 4
    assert run("show", str(path), "--json").stdout == live.stdout
    with open_recording(path) as recording:
        statuses = [event.status for event in recording if isinstance(event, Http)]
    assert 401 in statuses
    assert run("redact", "--check", str(path)).exit_code == 0


def test_a_recording_on_standard_output(url: str) -> None:
    piped = run("record", "-", *credentials(url), "-n", "1")
    assert piped.exit_code == 0
    assert " join " in piped.stderr
    shown = run("show", "-", "--json", stdin=piped.stdout_bytes)
    assert shown.exit_code == 0
    assert shown.json[0]["kind"] == "start"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("listen", "--personal"), "`--force`, `--personal` and `--no-redact` are about a recording"),
        (("send", "ping", "--force"), "`--force`, `--personal` and `--no-redact` are about a recording"),
        (("record", "f", "--personal", "--no-redact"), "`--personal` and `--no-redact` exclude each other"),
        (("listen", "--record", "-", "--json"), "the recording and the JSON lines both want standard output"),
        (("record",), "no file to record into"),
    ],
)
def test_flags_that_make_no_sense(words: tuple[str, ...], text: str) -> None:
    ran = run(*words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert text in ran.stderr


class FullDisk:
    """`os.write` on a disk with room for the header and little more."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def write(self, fd: int, data: bytes) -> int:
        if self.room < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= len(data)
        return self._write(fd, data)


@pytest.mark.parametrize("flags", [(), ("-q",), ("--json",)])
def test_a_full_disk_ends_the_recording_and_not_the_session(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    path = tmp_path / "call.lksig"
    with monkeypatch.context() as patch:
        patch.setattr("lksig.recording.writer.os.write", FullDisk(2_000).write)
        live = listen(url, "--record", str(path), *flags)
    text = f"recording stopped: `{path}` takes nothing more (No space left on device); the session goes on"
    told = json.dumps({"warning": {"code": "recording-stopped", "text": text}}, separators=(",", ":"))
    assert live.exit_code == 0
    assert live.stderr.splitlines().count(told if flags == ("--json",) else f"warning: {text}") == 1
    assert " join " in live.stdout or '"join"' in live.stdout
    with open_recording(path) as recording:
        first, *_ = recording
        assert type(first) is Start
        assert recording.problem() is None


def test_a_killed_recording_shows_every_message_that_was_printed(url: str, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    command = [sys.executable, "-m", "lksig", "record", str(path), *credentials(url), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        printed += process.stdout.read().splitlines(keepends=True)
    shown = run("show", str(path), "--json")
    lines = shown.stdout_bytes.splitlines(keepends=True)
    assert shown.exit_code == 0
    assert lines[: len(printed)] == printed
    end = json.loads(lines[-1])
    assert (end["kind"], end["ended_by"], end["code"]) == ("end", None, None)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_recording_that_is_interrupted_is_whole(url: str, tmp_path: Path, number: int, code: int) -> None:
    path = tmp_path / "call.lksig"
    command = [sys.executable, "-m", "lksig", "record", str(path), *credentials(url), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(5)]
        process.send_signal(number)
        printed += process.stdout.read().splitlines(keepends=True)
    assert process.returncode == code
    assert b"".join(printed) == run("show", str(path), "--json").stdout_bytes
    assert json.loads(printed[-1])["ended_by"] == "client"


def test_serve_records_too(tmp_path: Path) -> None:
    path = tmp_path / "server.lksig"
    with serving("--record", str(path)) as url:
        assert run("send", *credentials(url), *MUTE).exit_code == 1
    with open_recording(path) as recording:
        events = list(recording)
    assert recording.header.command == "serve"
    assert [event.identity is not None for event in events if isinstance(event, Start)] == [True]
    assert "mute" in {event.case for event in events if isinstance(event, Message)}
    assert not [event for event in events if isinstance(event, Note) and event.code == "bug"]


def test_frames_are_kept_as_they_were(url: str, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    raw = base64.b64encode(b"\x9a\x01\x00").decode()
    line = json.dumps({"kind": "message", "by": "user", "dir": "to_server", "raw": raw, "case": None, "message": {}})
    run("send", *credentials(url), "-", "--record", str(path), stdin=line)
    with open_recording(path) as recording:
        sent = [event.raw for event in recording if isinstance(event, Message) and event.by == "user"]
    assert b"\x9a\x01\x00" in sent


SECRET = "APIsecret0123456789abcdef"
VIEWS = (
    ("--json",),
    ("--json", "--raw"),
    (),
    *(("--format", name) for name in ("tree", "json", "hex", "base64", "raw")),
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with serving("--api-key", "key", "--api-secret", SECRET) as url:
        yield url


def holds(data: bytes) -> bool:
    """Whether the secret is in the output, in the forms of its views."""
    text = data.decode("latin-1")
    bytes_of_dump = "".join(line[10:50].replace(" ", "") for line in text.splitlines())
    pieces = [text, *(part for part in re.split(r'[\s"]+', text) if len(part) > 32)]
    found = [piece.encode("latin-1") for piece in pieces]
    for piece in pieces[1:]:
        with contextlib.suppress(ValueError):
            found.append(base64.b64decode(piece, validate=True))
    with contextlib.suppress(ValueError):
        found.append(bytes.fromhex(bytes_of_dump))
    return any(SECRET.encode() in one for one in found)


def say_the_secret(url: str, *flags: str) -> Ran:
    words = ("--url", url, "--api-key", "key", "--api-secret", SECRET, "--room", "standup")
    grant = ("--grant", "canUpdateOwnMetadata=true")
    return run("send", *words, *grant, "update_metadata", f"metadata=my {SECRET}", "-v", *flags)


@pytest.mark.parametrize("flags", VIEWS, ids=" ".join)
def test_the_users_own_secret_is_hidden_in_messages_as_in_the_file(
    guarded: str, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    path = str(tmp_path / "call.lksig")
    live = say_the_secret(guarded, "--record", path, *flags)
    shown = run("show", path, *flags, "-v")
    assert (live.exit_code, shown.exit_code) == (0, 0)
    assert not holds(live.stdout_bytes)
    if flags and flags != ("--format", "tree"):  # the others tell of a token what it says, while it is there
        assert shown.stdout_bytes == live.stdout_bytes
    assert holds(say_the_secret(guarded, "--show-secrets", *flags).stdout_bytes)


@pytest.mark.parametrize("words", [("--dev", "--room", "r"), ()], ids=["refused", "probed"])
def test_a_session_that_never_opened_ends_the_same_live_and_shown(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = str(tmp_path / "call.lksig")
    live = run("listen", "ws://127.0.0.1:1", *words, "--record", path, "--json")
    shown = run("show", path, "--json")
    assert (live.exit_code, shown.exit_code) == (3, 0)
    assert shown.stdout == live.stdout
    assert [line["kind"] for line in live.json].count("end") == 1
    assert (live.json[-1]["kind"], live.json[-1]["ended_by"]) == ("end", None)


def test_a_person_is_told_that_it_never_connected_by_the_error_or_by_show(tmp_path: Path) -> None:
    path = str(tmp_path / "call.lksig")
    live = run("listen", "ws://127.0.0.1:1", "--dev", "--room", "r", "--record", path)
    assert "0 messages" not in live.stderr
    assert run("show", path).stderr.splitlines()[-1] == "never connected: connection-refused"
