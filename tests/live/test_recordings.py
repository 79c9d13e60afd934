"""Sessions with the real server as files: what was printed is there, also after SIGKILL, and no secret is."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lksig.recording.reader import open_recording
from lksig.wire.events import Message
from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import Ran, run

_rooms = itertools.count()

REQUESTS = (
    *("add_track", "cid=cam1", "type=VIDEO", "source=CAMERA", "name=cam"),
    *("mute", "sid=TR_nope", "muted=true", "update_metadata", "metadata=hello", "name=Ann"),
    *("track_setting", "track_sids+=TR_x", "disabled=true", "ping_req", "timestamp=now"),
)


def credentials(server: RealServer) -> list[str]:
    room = f"recorded-{next(_rooms)}"
    return ["--url", server.url, "--api-key", KEY, "--api-secret", SECRET, "--room", room, "--identity", "probe"]


def send(server: RealServer, path: Path, *flags: str) -> Ran:
    return run("send", *credentials(server), *REQUESTS, "--record", str(path), *flags)


@pytest.mark.parametrize("signal_path", ["v0", "v1"])
@pytest.mark.parametrize("flags", [(), ("--raw", "--json-frames"), ("--defaults",)])
def test_show_prints_what_send_printed(
    real_server: RealServer, tmp_path: Path, signal_path: str, flags: tuple[str, ...]
) -> None:
    path = tmp_path / "call.lksig"
    live = send(real_server, path, "--json", "--path", signal_path, *flags)
    shown = run("show", str(path), "--json", *(flag for flag in flags if flag != "--json-frames"))
    assert (live.exit_code, shown.exit_code) == (1, 0)
    assert shown.stdout == live.stdout
    assert run("redact", "--check", str(path)).exit_code == 0


def test_no_secret_the_session_showed_is_in_its_file(real_server: RealServer, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    live = send(real_server, path, "--json", "--show-secrets")
    join = next(line["message"]["join"] for line in live.json if line.get("case") == "join")
    token = next(line["message"]["refresh_token"] for line in live.json if line.get("case") == "refresh_token")
    secrets = {"LIVEKIT_TOKEN": token, "LIVEKIT_API_SECRET": join["room"]["turn_password"]}
    assert run("redact", "--check", str(path), variables=secrets).exit_code == 0
    shown = run("show", str(path), "--json", "--show-secrets", "--raw").stdout
    assert [secret for secret in (*secrets.values(), join["sif_trailer"]) if secret in shown] == []


def test_a_killed_recording_shows_every_message_that_was_printed(real_server: RealServer, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    around = credentials(real_server)
    room = around[around.index("--room") + 1]
    command = [sys.executable, "-m", "lksig", "record", str(path), *around, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline()]
        while b'"case":"refresh_token"' not in printed[-1]:
            printed.append(process.stdout.readline())
        # Others come and go, so that the kill falls into the middle of something.
        others = [*around[:6], "--room", room, "--identity"]
        run("send", *others, "ann", "update_metadata", "metadata=hello")
        while b'"DISCONNECTED"' not in printed[-1]:
            printed.append(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        printed += process.stdout.read().splitlines(keepends=True)
    shown = run("show", str(path), "--json")
    lines = shown.stdout_bytes.splitlines(keepends=True)
    assert shown.exit_code == 0
    assert lines[: len(printed)] == printed
    end = json.loads(lines[-1])
    assert (end["kind"], end["ended_by"]) == ("end", None)
    with open_recording(path) as recording:
        assert sum(event.case == "update" for event in recording if isinstance(event, Message)) >= 2
