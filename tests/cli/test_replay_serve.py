"""`lksig replay FILE --serve`: what a client gets from a recording, what is said about it, and how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from websockets.asyncio.client import connect

from lksig.cli import serve
from lksig.live.host import Host
from tests.support.cli import Ran, run
from tests.support.recordings import recorded
from tests.support.replaying import Replaying, replaying
from tests.support.tape import Tape

SCHEMA = json.loads(resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8"))
KEPT = Path(__file__).parent.parent / "recordings"
KEYS = {"LIVEKIT_API_KEY": "any", "LIVEKIT_API_SECRET": "thing"}
JOIN = {
    "room": {"name": "standup", "sid": "RM_a"},
    "participant": {"sid": "PA_me", "identity": "probe"},
    "ping_interval": 5,
    "ping_timeout": 15,
    "server_info": {"protocol": 17},
}


def ask(server: Replaying, *words: str, identity: str = "ann") -> Ran:
    return run("send", server.url, "--room", "standup", "--identity", identity, *words, variables=KEYS)


def listen(server: Replaying, *words: str) -> Ran:
    named = ("--room", "standup", "--identity", "probe", "--timeout", "5")
    return run("listen", server.url, *named, *words, variables=KEYS)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """A join, a track that is answered, a refusal, an update 300 ms later, a leave."""
    tape = Tape().open_v1().says(0.3, join=JOIN).says(0.1, refresh_token="x" * 40)
    tape.asks(900, add_track={"cid": "cam", "type": "VIDEO"})
    tape.says(80, track_published={"cid": "cam", "track": {"sid": "TR_cam", "type": "VIDEO"}})
    tape.asks(5, mute={"sid": "TR_nope"}).says(request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_nope"}})
    tape.says(300, speakers_changed={"speakers": [{"sid": "PA_me", "active": True}]})
    tape.asks(100, leave={}).says(leave={"reason": "CLIENT_INITIATED"}).close(1, 1000, by="client")
    return kept(tape, tmp_path)


def kept(tape: Tape, folder: Path) -> Path:
    path = folder / "call.lksig"
    path.write_bytes(recorded(tape.events))
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_well(call: Path, number: signal.Signals) -> None:
    with replaying(call) as server:
        assert server.first.startswith("listening ws://127.0.0.1:")
        assert server.stop(number) == 0
    assert (server.stdout, server.stderr) == ("", "= plays probe\n= accepts any well-formed token\n")


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_a_client_gets_what_was_recorded(call: Path, path: str) -> None:
    with replaying(call) as server:
        ran = ask(server, "add_track", "cid=mine", "type=VIDEO", "mute", "sid=TR_nope", "--path", path, "--json", "-v")
        server.stop()
    assert ran.exit_code == 1
    messages = [line for line in ran.json if line["kind"] == "message" and line["dir"] == "to_client"]
    cases = [line["case"] for line in messages]
    assert cases[:4] == ["join", "refresh_token", "track_published", "request_response"]
    assert messages[0]["message"]["join"]["participant"]["identity"] == "ann"
    assert messages[2]["message"]["track_published"]["cid"] == "mine"
    results = {line["case"]: line["outcome"] for line in ran.json if line["kind"] == "result"}
    assert results == {"add_track": "answered", "mute": "refused"}
    assert "= - - ann gets what probe got" in server.stderr
    assert server.stdout.splitlines()[0].split()[4] == "join"
    # The token that is renewed is the client's own: SDKs come back with it.
    assert "[jwt" in next(line for line in server.stdout.splitlines() if "refresh_token" in line)


def test_its_own_times_and_none(call: Path) -> None:
    with replaying(call, "--speed", "0.1") as server:
        early = ask(server, "add_track", "cid=c", "type=VIDEO", "--until", "speakers_changed", "--timeout", "0.5")
        server.stop()
    assert early.exit_code == 6
    with replaying(call, "--speed", "max") as server:
        ran = ask(server, "add_track", "cid=c", "type=VIDEO", "mute", "sid=TR_nope", "--until", "speakers_changed")
        server.stop()
    assert "speakers_changed" in ran.stdout


def test_what_is_missing_is_told(call: Path) -> None:
    with replaying(call, "--timeout", "0", "--speed", "1000") as server:
        ran = listen(server, "--until", "speakers_changed")
        assert ask(server, "store_data_blob_request", "--timeout", "0.2", identity="probe").exit_code == 6
        server.stop()
    assert ran.exit_code == 0
    assert "going on without add_track (3), mute (5): the client did not ask" in server.stderr
    assert "the recording has no answer to this store_data_blob_request" in server.stderr
    assert "everybody in the recording was played: it begins again" in server.stderr


def test_json_lines_and_a_recording_of_its_own(call: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.lksig"
    with replaying(call, "--json", "--record", str(again)) as server:
        ask(server, "add_track", "cid=c", "type=VIDEO")
        assert server.stop() == 0
    assert json.loads(server.first) == {"kind": "listening", "url": server.url}
    assert [line["kind"] for line in server.json][:3] == ["start", "http", "note"]
    for line in server.json:
        jsonschema.validate(line, SCHEMA)
    assert server.stderr == ""
    shown = run("show", str(again), "--json")
    assert shown.lines == server.stdout.splitlines()
    with replaying(again) as server:
        assert ask(server, "add_track", "cid=d", "type=VIDEO").exit_code == 0
        server.stop()


def test_a_part_of_it(call: Path) -> None:
    with replaying(call, "--until", "track_published", "--speed", "max") as server:
        ran = ask(server, "add_track", "cid=c", "type=VIDEO", "mute", "sid=TR_nope")
        server.stop()
    # Without the recorded refusal the fence is what comes back.
    assert ran.exit_code == 0
    assert "everything recorded was played" in server.stderr
    with replaying(call, "--from", "7") as server:
        ran = listen(server, "--until", "speakers_changed", "--json")
        server.stop()
    assert ran.exit_code == 0
    with replaying(call, "--to", "2", "speakers_changed") as server:
        assert listen(server, "--until", "refresh_token").exit_code == 0
        server.stop()
    assert server.stdout == ""


def test_closes_drops_and_refusals_are_played(tmp_path: Path) -> None:
    tape = Tape().http("/rtc/v1", 520, b"\xffproxy", ("X-Proxy", "yes")).open_v1().says(0, join=JOIN)
    tape.close(5, 1011, "because").open_v1().says(0, join=JOIN).close(5, None, by="network")
    tape.open_v1().says(0, join=JOIN).close(5, 1005)
    with replaying(kept(tape, tmp_path)) as server:
        refused = listen(server, "--json")
        ends = [listen(server, "--json") for _ in range(3)]
        server.stop()
    assert refused.exit_code == 3
    assert "HTTP 520" in refused.stderr
    assert [ran.exit_code for ran in ends] == [8, 3, 8]
    closes = [next(line for line in ran.json if line["kind"] == "close") for ran in ends]
    assert [one["code"] for one in closes] == [1011, None, 1005]
    assert closes[0]["reason"] == "because"
    assert "plays probe (3 sockets)" in server.stderr


@pytest.mark.parametrize("speed", ["1", "max"])
def test_both_sides_of_a_recording_play_with_each_other(call: Path, speed: str) -> None:
    with replaying(call, "--speed", speed) as server:
        ran = run("replay", str(call), server.url, "--speed", speed, variables=KEYS)
        server.stop()
    assert ran.exit_code == 0, ran.stdout
    assert "3 of 3 answers came again as recorded" in ran.stdout + ran.stderr
    assert "unasked: 2 recorded, 2 here" in ran.stdout + ran.stderr


def test_a_resume_gets_the_next_socket(tmp_path: Path) -> None:
    tape = Tape().open_v1().says(0, join=JOIN).close(5, None, by="network")
    tape.open_v1(reconnect=True, participant_sid="PA_me").says(0, reconnect={}).says(50, room_update={})
    with replaying(kept(tape, tmp_path), "--json") as server:
        ran = listen(server, "--reconnect", "--until", "room_update", "--json")
        server.stop()
    assert ran.exit_code == 0
    upgrades = [line for line in server.json if line["kind"] == "http"]
    assert [(line["session"], line["socket"]) for line in upgrades] == [(1, 1), (1, 2)]
    cases = [line["case"] for line in server.json if line["kind"] == "message" and line["dir"] == "to_client"]
    assert cases[:3] == ["join", "reconnect", "room_update"]


def test_any_token_will_do(call: Path) -> None:
    expired = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJleHAiOjF9."
    with replaying(call) as server:
        assert run("listen", server.url, "--token", expired, "--until", "join").exit_code == 0
        server.stop()
    assert "as ann in unnamed" in server.stderr


def test_an_incomplete_recording_is_served_and_told() -> None:
    with replaying(KEPT / "truncated.lksig") as server:
        assert listen(server, "--until", "join").exit_code == 0
        assert server.stop() == 7
    assert "is incomplete" in server.stderr


def test_a_recording_with_everything_in_it(tmp_path: Path) -> None:
    with replaying(KEPT / "full.lksig", "--speed", "max", "--timeout", "0") as server:
        ran = listen(server, "--until", "undecodable", "--json")
        server.stop()
    assert ran.exit_code == 0
    assert {line.get("case") for line in ran.json} >= {"join", "offer", "room_moved", "data_track_subscriber_handles"}


def test_who_is_in_it(tmp_path: Path) -> None:
    tape = Tape("p1")
    for number in range(2, 12):
        tape.open().says(join={}).start(f"p{number}", number)
    tape.http("/rtc", 401)
    with replaying(kept(tape, tmp_path)) as server:
        server.stop()
    assert "plays p1, p2, p3, p4, p5, p6, p7, p8, …" in server.stderr
    tape = Tape(None).open().start("ann", 2).http("/rtc", 401)
    with replaying(kept(tape, tmp_path)) as server:
        server.stop()
    assert "plays somebody without identity, ann (refused)" in server.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--port", "70000"), "`--port 70000` is no port"),
        (("--speed", "fast"), "`--speed fast` is no speed"),
        (("--idle-limit", "0"), "an idle limit of 0 s is none"),
        (("--timeout", "-1"), "`--timeout` needs a number of seconds"),
        (("--until", "room_moved"), "no message of `{}` matches `--until`"),
        (("--until", "nonsense"), "nonsense"),
        (("--from", "99"), "`--from 99` is behind the last message"),
        (("--format", "x"), "`--format x` is no view"),
        (("--token", "a.b.c"), "`--token` is about connecting to a server"),
        (("--dry-run",), "`--dry-run` is about connecting to a server"),
        (("--force",), "are about a recording"),
        (("ws://127.0.0.1:1",), "one of them can be played at a time"),
    ],
)
def test_what_makes_no_sense(call: Path, words: tuple[str, ...], text: str) -> None:
    ran = run("replay", str(call), "--serve", *words)
    assert ran.exit_code == 2
    assert text.format(call) in ran.stderr


# --- in this process, with a client instead of the wait for Ctrl-C ----------------------------------------------------


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The first frame that a client got from the server."""
    frames: list[bytes] = []

    async def visit(stopped: asyncio.Event, server: Host) -> None:
        query = "access_token=e30.eyJzdWIiOiJwcm9iZSJ9.e30"
        async with connect(f"{server.url}/rtc?{query}", proxy=None, ping_interval=None) as socket:
            frames.append(await asyncio.wait_for(socket.recv(decode=False), 5))

    monkeypatch.setattr(serve, "_until_stopped", visit)
    return frames


@pytest.mark.parametrize("words", [(), ("--json",), ("--speed", "max"), ("-q",), ("--from", "2", "--until", "mute")])
def test_a_visit(call: Path, visited: list[bytes], words: tuple[str, ...]) -> None:
    if "--until" in words:
        words = (*words[:-1], "to_server and mute")
    ran = run("replay", str(call), "--serve", "--port", "0", *words)
    assert ran.exit_code == 0, ran.stderr
    assert "listening" in ran.lines[0]
    assert visited[0][:1] == b"\x0a", "a join"
    assert ("plays probe" in ran.stderr) == (not {"--json", "-q"} & set(words))


def test_a_visit_to_what_is_incomplete(visited: list[bytes]) -> None:
    ran = run("replay", str(KEPT / "truncated.lksig"), "--serve", "--port", "0", "--json")
    assert (ran.exit_code, ran.stderr_json[-1]["error"]["exit"]) == (7, 7)
    assert visited


def test_everybody_is_named_in_one_line(tmp_path: Path, visited: list[bytes]) -> None:
    tape = Tape("probe").open().says(0, join=JOIN).open().says(0, join=JOIN).start(None, 2).open().says(0, join={})
    ran = run("replay", str(kept(tape.start("eve", 3).http("/rtc", 401), tmp_path)), "--serve", "--port", "0")
    assert "plays probe (2 sockets), somebody without identity, eve (refused)" in ran.stderr


def test_nothing_to_serve(tmp_path: Path) -> None:
    ran = run("replay", str(kept(Tape(), tmp_path)), "--serve", "--json")
    error: Any = ran.stderr_json[-1]["error"]
    assert (ran.exit_code, error["code"]) == (2, "nothing-to-serve")
