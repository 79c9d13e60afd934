"""The same story twice on the real server is equal; another path or configuration gives exactly what is other.

The server does several things at once, so the busy story is told many times: with two participants who publish, change
themselves and leave at the same time, in rooms that are new each time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lksig.recording.reader import open_recording
from lksig.wire.events import Message
from tests.live.real_server import RealServer
from tests.support.cli import Ran, run
from tests.support.scenarios import OFFER_SDP
from tests.support.served import CREDENTIALS, Served

RUNS = {"v1": 11, "v0": 4}
"""The first one is compared with the others."""

# The server looks for its candidates while it answers: who leaves at once does not hear of all of them.
ALONE = (
    *("add_track", "cid=cam1", "type=VIDEO", "source=CAMERA", "name=cam"),
    *("offer", "type=offer", f"sdp={OFFER_SDP}", "id=1", "mute", "sid=%cam1", "muted=true"),
    *("update_metadata", "metadata=one", "name=Ann", "mute", "sid=TR_nope", "muted=true"),
    *("publish_data_track_request", "pub_handle=1", "name=pose", "ping_req", "timestamp=now"),
    *("--until", "trickle(final=true and target=PUBLISHER)"),
)
OFFER = json.dumps({"offer": {"type": "offer", "id": 1, "sdp": OFFER_SDP}})
ANN = (
    "add_track cid=cam1 type=VIDEO source=CAMERA name=cam",
    "add_track cid=mic1 type=AUDIO source=MICROPHONE",
    OFFER,
    "mute sid=%cam1 muted=true",
    "update_metadata metadata=one name=Ann attributes.mood=ok",
    "mute sid=TR_nope muted=true",
    "publish_data_track_request pub_handle=1 name=pose",
    "publish_data_track_request pub_handle=2 name=imu",
    "store_data_blob_request blob.key.generic=k blob.contents=hex:00ff",
    "update_metadata metadata=two",
    "unpublish_data_track_request pub_handle=1",
    "track_setting track_sids+=TR_x disabled=true",
    "ping_req timestamp=now",
    "update_metadata metadata=done",
)
BOB = (
    "update_metadata metadata=one",
    "publish_data_track_request pub_handle=7 name=map",
    "add_track cid=mic type=AUDIO",
    "update_metadata name=Bob",
    "ping_req timestamp=now",
    "subscription_permission all_participants=true",
    "update_metadata metadata=done",
)


class Actor:
    """Somebody in the room `busy`, as a process that is told what to say."""

    def __init__(self, server: RealServer, identity: str, file: Path, path: str) -> None:
        around = [server.url, *CREDENTIALS, "--room", "busy", "--identity", identity, "--path", path]
        command = [sys.executable, "-m", "lksig", "connect", *around, "--json", "--record", str(file)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        self._heard: list[Any] = []
        self.until(lambda line: line.get("case") == "refresh_token")

    def until(self, wanted: Callable[[Any], bool]) -> None:
        """Wait until a line came, or do not where it came before."""
        if any(wanted(line) for line in self._heard):
            return
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._heard.append(json.loads(text))
            if wanted(self._heard[-1]):
                return
        raise AssertionError(f"it ended too early, with {self._heard[-3:]}")

    def until_it_sees(self, identity: str, **facts: Any) -> None:
        """Wait for an update about somebody."""

        def sees(line: Any) -> bool:
            told = line.get("message", {}).get("update", {}).get("participants", [])
            return any(one["identity"] == identity and facts.items() <= one.items() for one in told)

        self.until(sees)

    def say(self, *lines: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("".join(line + "\n" for line in lines))
        self._process.stdin.flush()

    def leave(self) -> None:
        self._process.communicate()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def busy_story(server: RealServer, folder: Path, path: str) -> list[Path]:
    """Two who do everything at once, and one who listens; gives what each of them recorded."""
    folder.mkdir()
    files = [folder / f"{name}.lksig" for name in ("carl", "bob", "ann")]
    actors: list[Actor] = []
    try:
        for file in files:
            actors.append(Actor(server, file.stem, file, path))
            for other in actors[:-1]:
                other.until_it_sees(file.stem)
        carl, bob, ann = actors
        bob.say(*BOB)
        ann.say(*ANN)
        for seeing in actors:
            for one in ("bob", "ann"):
                seeing.until_it_sees(one, metadata="done")
        ann.until(lambda line: bool(line.get("message", {}).get("trickle", {}).get("final")) and _is_own_side(line))
        ann.leave()
        for seeing in (carl, bob):
            seeing.until_it_sees("ann", state="DISCONNECTED")
        bob.leave()
        carl.until_it_sees("bob", state="DISCONNECTED")
        carl.leave()
    finally:
        for actor in actors:
            actor.kill()
    return files


def _is_own_side(line: Any) -> bool:
    return bool(line["message"]["trickle"]["target"] == "PUBLISHER")


def lonely_story(folder: Path, path: str, settings: Mapping[str, Any] | None = None) -> Path:
    """One who does a few things, on a server with these settings."""
    folder.mkdir()
    server, file = RealServer(folder, settings), folder / "ann.lksig"
    server.start()
    try:
        around = ("--room", "lonely", "--identity", "ann", "--path", path, "--record", str(file))
        ran = Served(server.url).run("send", *around, *ALONE)
        assert ran.exit_code == 1, ran.stderr  # the mute of a track that is not there
    finally:
        server.kill()
    return file


def differences(ran: Ran) -> list[tuple[Any, ...]]:
    """What was told under `--json`: change, case or event, path, both values."""
    lines = [line for line in ran.json if line["kind"] == "difference"]
    return [(line["change"], line["case"] or line["event"], line["path"], line["a"], line["b"]) for line in lines]


@pytest.mark.timeout(240, func_only=True)
@pytest.mark.parametrize("path", RUNS)
def test_a_busy_story_told_many_times_is_equal(tmp_path: Path, path: str) -> None:
    server, first = RealServer(tmp_path), list[Path]()
    for number in range(RUNS[path]):
        server.start()
        try:
            files = busy_story(server, tmp_path / str(number), path)
        finally:
            server.kill()
        first = first or files
        for a, b in zip(first, files, strict=True):
            ran = run("diff", str(a), str(b))
            assert (ran.exit_code, ran.lines[0].startswith("equal: ")) == (0, True), ran.stdout
    with open_recording(first[-1]) as recording:
        assert sum(isinstance(event, Message) for event in recording) > 50


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_a_session_that_is_resumed_twice_is_equal(tmp_path: Path, path: str) -> None:
    """The server closes the old socket whenever it comes to it, before or after the new one is used."""
    script = "add_track cid=c type=VIDEO\n/resume\nmute sid=%c muted=true\n/resume\nping 5\nupdate_metadata name=Ann\n"
    server, files = RealServer(tmp_path), [tmp_path / f"{number}.lksig" for number in range(4)]
    for file in files:
        server.start()
        try:
            around = [server.url, *CREDENTIALS, "--room", "resumed", "--identity", "ann", "--path", path]
            assert run("connect", *around, "--record", str(file), stdin=script).exit_code == 0
        finally:
            server.kill()
    for file in files[1:]:
        ran = run("diff", str(files[0]), str(file))
        assert (ran.exit_code, ran.lines[0].startswith("equal: ")) == (0, True), ran.stdout


def test_one_who_leaves_at_once_in_a_room_that_is_there_already(tmp_path: Path) -> None:
    """The server may not come to tell that one has joined; how many are in the room it knows about a second late."""
    server, files = RealServer(tmp_path), [tmp_path / f"{number}.lksig" for number in range(9)]
    server.start()
    try:
        for file in files:
            around = ("--room", "short", "--identity", "ann", "--record", str(file))
            assert Served(server.url).run("send", *around, "add_track", "cid=c", "type=VIDEO", "leave").exit_code == 0
    finally:
        server.kill()
    for file in files[2:]:
        ran = run("diff", str(files[1]), str(file))
        assert (ran.exit_code, ran.lines[0].startswith("equal: ")) == (0, True), ran.stdout


def test_v0_against_v1(tmp_path: Path) -> None:
    """Observed: livekit-server 1.13.5 on v0 has a second connection, which it offers and which is the primary one."""
    ran = run("diff", str(lonely_story(tmp_path / "v0", "v0")), str(lonely_story(tmp_path / "v1", "v1")), "--json")
    assert ran.exit_code == 1
    told = differences(ran)
    assert told[0] == ("changed", "start", "start.path", "v0", "v1")
    assert [one[:3] for one in told[1:4]] == [
        ("changed", "http", "http.path"),
        ("changed", "http", "http.parameters"),
        ("changed", "http", "http.join_request"),
    ]
    assert told[4] == ("changed", "join", "join.subscriber_primary", "true", "false")
    rest = [(change, case, "target=SUBSCRIBER" in str(a)) for change, case, _, a, _ in told[5:]]
    assert set(rest) == {("only_a", "offer", False), ("only_a", "trickle", True)}


def test_two_configurations(tmp_path: Path) -> None:
    codecs = [{"mime": "audio/opus"}, {"mime": "video/VP8"}]
    other = {"room": {"enabled_codecs": codecs, "max_participants": 7}, "enable_data_tracks": False}
    a, b = lonely_story(tmp_path / "a", "v1"), lonely_story(tmp_path / "b", "v1", other)
    ran = run("diff", str(a), str(b), "--json")
    assert ran.exit_code == 1
    codecs_left_out, rest = [], []
    for change, case, path, said, instead in differences(ran):
        if "_codecs." in path:
            codecs_left_out.append(path.rpartition(".")[2])
            assert (change, case, said, instead) == ("changed", "join", f"mime={codecs_left_out[-1]}", None)
        else:
            rest.append((change, case, path, said, instead))
    assert {"video/H264", "video/AV1", "audio/PCMU"} <= set(codecs_left_out)
    assert not {"audio/opus", "video/VP8"} & set(codecs_left_out)
    assert rest == [
        ("changed", "join", "join.room.max_participants", "0", "7"),
        ("changed", "publish_data_track_response", "case", "publish_data_track_response", "request_response"),
    ]
    assert run("diff", str(a), str(b)).lines[0] == f"first difference: message 1 of {a}, message 1 of {b}"
