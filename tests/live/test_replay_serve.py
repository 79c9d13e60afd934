"""`replay --serve` in the place of the real server: SDKs come to the same outcome, from recordings without secrets.

The SDK joins the real server through a wire tap, then the recording of that is served to the same SDK. It is told to
use relays only, of which there are none: without media it gets as far as signaling goes, on both.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lksig.recording.reader import open_recording
from lksig.schema.cases import KEEPALIVE_CASES
from lksig.wire.access_token import mint
from lksig.wire.events import Http, Message
from tests.live.real_sdks import SdkError, browser_signal, chromium, python_signal
from tests.live.real_server import KEY, SECRET, RealServer
from tests.live.tap import tapped
from tests.support.cli import run
from tests.support.replaying import replaying

STAY_S = "6.5"
"""Long enough for what the server says 3 and 5 seconds after a join."""
_rooms = itertools.count()


@pytest.fixture
def room(real_server: RealServer) -> Iterator[str]:
    """A room with alice in it."""
    name = f"replayed-{os.getpid()}-{next(_rooms)}"
    flags = ["--api-key", KEY, "--api-secret", SECRET, "--room", name, "--identity", "alice"]
    command = [sys.executable, "-m", "lksig", "listen", real_server.url, *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as alice:
        assert alice.stdout is not None
        assert " join " in alice.stdout.readline()
        yield name
        alice.kill()


def token(room: str) -> str:
    grants = {"canUpdateOwnMetadata": True}
    return mint(KEY, SECRET, identity="ann", room=room, now_s=int(time.time()), grants=grants)


def environment(**variables: str) -> dict[str, str]:
    """Without proxies: the Rust core takes them for the loopback, too."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | variables


def installed(command: Any) -> list[str]:
    try:
        return list(command())
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)


def play(command: list[str], *words: str, **variables: str) -> str:
    """What an SDK's script prints."""
    done = subprocess.run(
        [*command, *words], env=environment(**variables), timeout=50, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def recorded(server: RealServer, path: Path, command: list[str], *words: str, **variables: str) -> str:
    """What the script prints on the real server; the tap's recording goes into a file."""

    async def through() -> str:
        async with tapped(server.url) as tap:
            said = await asyncio.to_thread(play, command, tap.url, *words, **variables)
        recordings.append(tap.recording())
        return said

    recordings: list[bytes] = []
    said = asyncio.run(through())
    path.write_bytes(recordings[0])
    return said


def outcome(path: Path) -> dict[str, Any]:
    """What the signaling of a recording came to."""
    messages: list[Message] = []
    upgrades = []
    with open_recording(path) as recording:
        for event in recording:
            if isinstance(event, Message) and event.case not in KEEPALIVE_CASES:
                messages.append(event)
            elif isinstance(event, Http):
                upgrades.append(event.path.partition("?")[0])
    joins: list[Any] = [message.envelope for message in messages if message.case == "join"]
    ours = {message.case for message in messages if message.direction == "to_server"}
    theirs = {message.case for message in messages if message.direction == "to_client"}
    return {
        "sockets": upgrades,
        "joined": [(one.join.participant.identity, one.join.participant.sid) for one in joins],
        "others": [[other.identity for other in one.join.other_participants] for one in joins],
        "to_server": ours - {"trickle"},
        "to_client": theirs,
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["v0", "v1"])
def test_the_python_sdk(real_server: RealServer, room: str, tmp_path: Path, path: str) -> None:
    command, own = installed(python_signal), token(room)
    first, second = tmp_path / "first.lksig", tmp_path / "second.lksig"
    assert recorded(real_server, first, command, own, path, STAY_S) == "no media"
    assert run("redact", "--check", str(first), variables={"LIVEKIT_TOKEN": own}).exit_code == 0
    with replaying(first, "--record", str(second)) as server:
        assert play(command, server.url, own, path, STAY_S) == "no media"
        server.stop()
    assert "other sections" not in server.stderr
    expected = outcome(first)
    assert expected["others"] == [["alice"]]
    assert {"join", "answer", "refresh_token", "update"} <= expected["to_client"]
    assert outcome(second) == expected


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["v0", "v1"])
def test_the_browser_sdk(real_server: RealServer, room: str, tmp_path: Path, path: str) -> None:
    """It sees the same people, gets the same track published, and is called what it wanted to be called."""
    command, own = installed(browser_signal), token(room)
    where = {"CHROMIUM": chromium()}
    first = tmp_path / "first.lksig"
    real = json.loads(recorded(real_server, first, command, own, path, **where))
    with replaying(first) as server:
        again = json.loads(play(command, server.url, own, path, **where))
        server.stop()
    assert real["others"] == ["alice"]
    assert (real["track"][:3], real["name"]) == ("TR_", "done")
    assert again == real


STORY = (
    *("add_track", "cid=cam1", "type=VIDEO", "source=CAMERA", "mute", "sid=%cam1", "muted=true"),
    *("update_metadata", "name=Ann", "mute", "sid=TR_nope", "muted=true"),
    *("publish_data_track_request", "pub_handle=3", "name=pose"),
)


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_lksig_itself_sees_no_difference(real_server: RealServer, room: str, tmp_path: Path, path: str) -> None:
    first, second = str(tmp_path / "first.lksig"), str(tmp_path / "second.lksig")
    flags = ["--token", token(room), "--path", path, "--until", "room_update.room.num_participants=2"]
    assert run("send", real_server.url, *flags, "--record", first, *STORY).exit_code == 1
    with replaying(first) as server:
        assert run("send", server.url, *flags, "--record", second, *STORY).exit_code == 1
        server.stop()
    compared = run("diff", first, second)
    assert compared.exit_code == 0, compared.stdout
