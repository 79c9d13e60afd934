"""A recording of one real server, played to another: what comes again, and what a server that refuses is told as."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lksig.cli.joining import Inputs
from lksig.environ import Environ
from lksig.live.clock import SystemClock
from lksig.live.dial import DialOptions, dial
from lksig.live.run import Run
from lksig.live.session import LiveSession
from lksig.recording.compression import Plain
from lksig.recording.format_v1 import Header
from lksig.recording.redact import Redactor
from lksig.recording.writer import Recorder, create_file
from lksig.schema.grammar import parse_words
from lksig.schema.pool import TO_SERVER, envelope_class
from lksig.wire.access_token import mint
from lksig.wire.events import Reading
from lksig.wire.handshake import JoinOptions, build, read_url
from lksig.wire.redaction import Secrets
from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import Ran, run
from tests.support.json_lines import problems

_rooms = itertools.count()

STORY = (
    *("add_track", "cid=cam1", "type=VIDEO", "source=CAMERA", "name=cam", "mute", "sid=%cam1", "muted=true"),
    *("update_metadata", "metadata=hello", "name=Ann2", "publish_data_track_request", "pub_handle=7", "name=pose"),
    *("unpublish_data_track_request", "pub_handle=7", "leave"),
)


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A second server, as fresh as the first and with the same settings."""
    server = RealServer(tmp_path_factory.mktemp("other"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """One that refuses data tracks."""
    server = RealServer(tmp_path_factory.mktemp("strict"), {"enable_data_tracks": False})
    server.start()
    yield server
    server.stop()


def replay(path: Path, server: RealServer, *words: str) -> Ran:
    return run("replay", str(path), server.url, "--api-key", KEY, "--api-secret", SECRET, *words)


@pytest.fixture(scope="module")
def story(real_server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripted session of acceptance, its secrets hidden."""
    path = tmp_path_factory.mktemp("story") / "call.lksig"
    flags = ("--api-key", KEY, "--api-secret", SECRET, "--room", "scripted", "--identity", "ann", "--name", "Ann")
    assert run("send", real_server.url, *flags, *STORY, "--record", str(path)).exit_code == 0
    return path


@pytest.mark.parametrize("speed", ["1", "max"])
def test_a_scripted_session_comes_again_on_another_server(story: Path, other_server: RealServer, speed: str) -> None:
    ran = replay(story, other_server, "--speed", speed, "--json")
    assert [problem for line in ran.json for problem in problems(line)] == []
    report = ran.json[-1]
    assert (report["kind"], report["findings"], ran.exit_code) == ("replay", [], 0)
    assert report["answers"] == {"recorded": 5, "same": 5}
    sent = [line["message"] for line in ran.json if line["kind"] == "message"]
    sids = {message["mute"]["sid"] for message in sent if "mute" in message}
    (published,) = [message["track_published"] for message in sent if "track_published" in message]
    assert sids == {published["track"]["sid"]}
    assert sids.isdisjoint(run("show", str(story)).stdout.split())


def test_a_server_that_refuses_one_request(story: Path, strict_server: RealServer) -> None:
    ran = replay(story, strict_server, "--speed", "max")
    assert ran.exit_code == 1
    (refused,) = [line for line in ran.lines if line.startswith("  publish_data_track_request")]
    assert "answered by request_response NOT_ALLOWED" in refused
    assert "recorded was publish_data_track_response" in refused


# --- more than a command line says: offers and answers, resumes, several participants -------------------------------

UFRAG, PWD = "abcdEFGH12345678", "pwd4567890123456789012345678"


def answer_to(sdp: str) -> str:
    """An answer such as a browser gives to an offer of data channels."""
    kept = [line for line in sdp.split("\r\n") if not line.startswith(("a=candidate", "a=end-of"))]
    changed = {"a=ice-ufrag": f"a=ice-ufrag:{UFRAG}", "a=ice-pwd": f"a=ice-pwd:{PWD}", "a=setup": "a=setup:active"}
    return "\r\n".join(changed.get(line.partition(":")[0], line) for line in kept)


class Script:
    """A recorded run with as many sessions as a story wants."""

    def __init__(self, url: str, path: Path) -> None:
        self._url = url
        self._run = Run(SystemClock())
        self._secrets = Secrets(os.urandom(16))
        redactor = Redactor(self._secrets)
        header = Header(self._run.clock.wall_ns, redactor.redacted, "test")
        self._recorder = Recorder(
            create_file(str(path), force=False), header, redactor=redactor, compressor=Plain(), on_failure=print
        )
        self._run.add_recorder(self._recorder)
        self._seen: list[Reading] = []
        self._run.add_sink(self._seen.append)
        self._room = f"replayed-{next(_rooms)}"
        self.sessions: list[LiveSession] = []

    async def join(self, identity: str, path: Any = "v1", **again: Any) -> LiveSession:
        """Join, or with `session=` and `sid=` resume."""

        async def dialer(handshake: Any, receiver: Any) -> Any:
            return await dial(handshake, receiver, DialOptions(), self._secrets)

        session = again.get("session") or LiveSession(self._run, dialer, number=len(self.sessions) + 1)
        if session not in self.sessions:
            self.sessions.append(session)
        grants = {"canUpdateOwnMetadata": True}
        token = mint(KEY, SECRET, identity=identity, room=self._room, now_s=int(time.time()), grants=grants)
        options = JoinOptions(protocol=17, auto_subscribe=True)
        if "sid" in again:
            options = JoinOptions(protocol=17, auto_subscribe=True, reconnect=True, participant_sid=again["sid"])
        handshake = build(read_url(self._url), options, path=path, token=session.last_token or token)
        await session.connect(handshake, room=self._room, identity=identity, resume="sid" in again)
        return session

    async def came(self, case: str, session: LiveSession) -> Any:
        """The body of the newest message of a case, when there is one."""
        while True:
            for reading in reversed(self._seen):
                event = reading.event
                found = getattr(event, "case", None) == case and event.by == "server"
                if found and (event.session, event.socket) == (session.number, session.socket):
                    return getattr(event.envelope, case)
            await self._run.first(lambda _: True)

    async def send(self, session: LiveSession, *words: str) -> None:
        """A request in the grammar, without references."""
        for request in parse_words(list(words), Inputs(Environ.of_process())):
            await session.send(request.sketch())

    async def end(self) -> None:
        """Leave, all of them."""
        for session in self.sessions:
            await session.leave()
            self._run.end(session.number)
            await session.finish()
        self._recorder.close()


@pytest.mark.parametrize("speed", ["1", "max"])
@pytest.mark.parametrize("signal_path", ["v0", "v1"])
def test_offers_are_answered_and_resumes_resumed(
    real_server: RealServer, other_server: RealServer, tmp_path: Path, signal_path: str, speed: str
) -> None:
    path = tmp_path / "call.lksig"

    async def story() -> None:
        script = Script(real_server.url, path)
        ann = await script.join("ann", signal_path)
        sid = (await script.came("join", ann)).participant.sid
        await script.send(ann, "add_track", "cid=cam", "type=VIDEO", "source=CAMERA", "name=cam")
        track = (await script.came("track_published", ann)).track.sid
        await script.send(ann, "mute", f"sid={track}", "muted=true")
        if signal_path == "v0":
            offer = await script.came("offer", ann)
            answer: Any = envelope_class(TO_SERVER)()
            answer.answer.type, answer.answer.id, answer.answer.sdp = "answer", offer.id, answer_to(offer.sdp)
            await ann.send(answer)
            candidate = f"candidate:1 1 udp 2130706431 192.0.2.2 7882 typ host ufrag {UFRAG}"
            await script.send(ann, "trickle", f'candidateInit={{"candidate":"{candidate}","sdpMid":"0"}}', "target=1")
        await script.join("ann", signal_path, session=ann, sid=sid)
        await script.came("reconnect", ann)
        await script.send(ann, "sync_state", "publish_tracks.0.cid=cam", f"publish_tracks.0.track.sid={track}")
        await script.send(ann, "mute", f"sid={track}", "muted=false", "update_metadata", "name=A", "request_id=5")
        await script.came("request_response", ann)
        await script.end()

    asyncio.run(story())
    ran = replay(path, other_server, "--speed", speed, "--json", "--show-secrets")
    assert (ran.json[-1]["findings"], ran.exit_code) == ([], 0)
    assert ran.json[-1]["answers"]["same"] == 4
    assert "reconnect" in [line.get("case") for line in ran.json]
    if signal_path == "v0":
        sent = [line["message"] for line in ran.json if line.get("by") == "replay"]
        (answer,) = [message["answer"] for message in sent if "answer" in message]
        (trickle,) = [message["trickle"] for message in sent if "trickle" in message]
        offers = [line["message"]["offer"] for line in ran.json if line.get("case") == "offer"]
        assert answer["id"] == offers[0]["id"]
        ufrag = answer["sdp"].partition("a=ice-ufrag:")[2].partition("\r")[0]
        assert len(ufrag) == len(UFRAG)
        assert "x" * 8 not in ufrag
        assert f"ufrag {ufrag}" in trickle["candidateInit"]


@pytest.mark.parametrize("speed", ["1", "max"])
def test_several_participants(real_server: RealServer, other_server: RealServer, tmp_path: Path, speed: str) -> None:
    path = tmp_path / "call.lksig"

    async def story() -> None:
        script = Script(real_server.url, path)
        ann = await script.join("ann")
        await script.came("join", ann)
        bob = await script.join("bob")
        await script.came("join", bob)
        await script.send(ann, "publish_data_track_request", "pub_handle=3", "name=pose")
        await script.came("publish_data_track_response", ann)
        update = await script.came("update", bob)
        while not any(one.data_tracks for one in update.participants):
            await asyncio.sleep(0.01)
            update = await script.came("update", bob)
        sids = [track.sid for one in update.participants for track in one.data_tracks]
        await script.send(bob, "update_data_subscription", f"updates.0.track_sid={sids[0]}", "updates.0.subscribe=true")
        await script.came("data_track_subscriber_handles", bob)
        await script.end()

    asyncio.run(story())
    ran = replay(path, other_server, "--speed", speed, "--json")
    assert (ran.json[-1]["findings"], ran.json[-1]["unbound"], ran.exit_code) == ([], [], 0)
    assert ran.json[-1]["sessions"] == 2
    assert "data_track_subscriber_handles" in [line.get("case") for line in ran.json]
