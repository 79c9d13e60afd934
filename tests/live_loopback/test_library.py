"""The library against the embedded server, over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import lksig
from lksig.errors import AuthError, CheckFailedError, DeadlineError, EndedError, InputError, TransportError
from lksig.live.server import EmbeddedServer
from lksig.recording.reader import open_recording
from lksig.session.rooms import Options
from lksig.wire.access_token import mint
from lksig.wire.join_options import JoinOptions
from tests.support.cli import run

ANN: dict[str, Any] = {"api_key": "devkey", "api_secret": "secret", "room": "r", "identity": "ann"}


@pytest.fixture
async def server() -> AsyncIterator[EmbeddedServer]:
    async with EmbeddedServer() as server:
        yield server


async def test_a_session(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN, name="Ann") as session:
        assert (session.room, session.identity, session.state) == ("r", "ann", "CONNECTED")
        assert session.sid.startswith("PA_")
        join = session.messages[0]
        assert (join.n, join.case, join.direction, join.by) == (1, "join", "to_client", "server")
        assert join.body.participant.name == "Ann"
        answer = await session.request("add_track", cid="c1", name='%c "x"', type="VIDEO", layers=[{"width": 9}])
        assert (answer.outcome, answer.case, answer.is_accepted) == ("answered", "add_track", True)
        assert answer.ms is not None
        assert answer.reply is not None
        assert answer.reply.reply_to == answer.n
        assert answer.reply.as_dict()["track"]["name"] == '%c "x"'
        assert answer.reply.body.track.layers[0].width == 9
        muted = await session.request("mute sid=%c1 muted=true")
        assert (muted.outcome, muted.reply, muted.is_accepted) == ("unopposed", None, True)
    assert session.state == "DISCONNECTED"
    assert session.messages[-1].case == "leave"
    assert repr(session) == "Session('ann' in 'r', DISCONNECTED)"


async def test_a_refusal_is_an_answer(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as session:
        for request, fields in (("mute", {"sid": "TR_x", "muted": None}), ({"mute": {"sid": "TR_x"}}, {})):
            answer = await session.request(request, **fields)
            assert (answer.outcome, answer.reason, answer.is_accepted) == ("refused", "NOT_FOUND", False)
            assert answer.reply is not None
            assert answer.reply.is_refusal


async def test_requests_at_once_get_their_own_answers(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as session:
        answers = await asyncio.gather(*(session.request("add_track", cid=f"c{n}", type="AUDIO") for n in range(5)))
    assert [answer.reply.body.cid for answer in answers if answer.reply] == [f"c{n}" for n in range(5)]


async def test_without_fences_nothing_is_known_of_a_silent_request(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN, fences=False) as session:
        assert (await session.request("mute", sid="TR_x")).outcome == "sent"


async def test_waiting_looks_back_and_ahead(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as ann:
        assert (await ann.wait("join")).n == 1
        coming = asyncio.ensure_future(ann.wait("update.participants.identity=bob", after=1))
        async with lksig.connect(server.url, **ANN | {"identity": "bob"}):
            assert (await coming).case == "update"
        answer = await ann.request("mute", sid="TR_x")
        assert (await ann.wait("mute and to_server", after=answer.n - 1)).n == answer.n
        assert (await ann.wait("~NOT_FOUND")).reply_to == answer.n
        with pytest.raises(DeadlineError, match="no message matched `join` in 0 s"):
            await ann.wait("join", after=1, timeout_s=0)
        with pytest.raises(InputError, match="jion"):
            await ann.wait("jion")


async def test_mistakes_send_nothing(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as session:
        before = len(session.messages)
        with pytest.raises(InputError, match="did you mean sid"):
            await session.request("mute", sdi="x")
        with pytest.raises(InputError, match="one request, and 2 were given"):
            await session.request("ping leave")
        with pytest.raises(InputError, match="has its fields in it"):
            await session.request({"ping": 1}, sid="x")
        with pytest.raises(InputError, match="`sid` is a object, which no field takes"):
            await session.request("mute", sid=object())
        with pytest.raises(InputError, match="cannot read `no-such-file`"):
            await session.request("trickle candidateInit=@no-such-file")
        for request, fields in (("mute", {"sid": "x", "muted": "maybe"}), ("mute sid=x muted=maybe", {})):
            with pytest.raises(InputError, match=r"^`muted`: not a boolean: true or false$"):
                await session.request(request, **fields)
        with pytest.raises(InputError, match=r"`update_metadata\.metadata` holds a placeholder of a secret"):
            await session.request("update_metadata", metadata="[secret 91be22d0]")
        assert len(session.messages) == before


async def test_bytes_files_and_times(server: EmbeddedServer, tmp_path: Path) -> None:
    (tmp_path / "sdp").write_text("v=0\r\n")
    async with lksig.connect(server.url, **ANN) as session:
        await session.request("store_data_blob_request", **{"blob.contents": b"\x00\x01", "blob.key.generic": "k"})
        sent = await session.wait("store_data_blob_request and to_server")
        assert sent.body.blob.contents == b"\x00\x01"
        pong = await session.request("ping")
        assert pong.reply is not None
        assert pong.reply.as_dict() == str(pong.reply.body)
        await session.request(f"update_metadata metadata=@{tmp_path / 'sdp'}")
        assert (await session.wait("update_metadata.metadata and to_server")).body.metadata == "v=0\r\n"


async def test_what_refers_to_something_refused_is_not_sent(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN, grants={"canPublish": False}, timeout_s=0.2) as session:
        assert (await session.request("add_track", cid="c1", type="VIDEO")).outcome == "refused"
        with pytest.raises(CheckFailedError, match="needs what was refused"):
            await session.request("mute sid=%c1")
        with pytest.raises(DeadlineError, match="waits for message 999"):
            await session.request("mute sid=%999.track.sid")
        with pytest.raises(InputError, match="nobody"):
            await session.request("mute sid=%nobody")


async def test_the_end_is_an_error_for_who_waits(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as first:
        async with lksig.connect(server.url, **ANN):
            with pytest.raises(EndedError, match="another participant joined"):
                await first.wait("speakers_changed")
        with pytest.raises(EndedError):
            await first.request("ping")


async def test_a_lost_connection(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as session:
        assert (await session.request("leave")).outcome == "answered"
        await session.leave()
        with pytest.raises(EndedError) as raised:
            await session.request("ping")
        assert raised.value.code == "session-over"


async def test_refused_and_unreachable() -> None:
    async with EmbeddedServer(options=Options(keys={"other": "key"})) as server:
        with pytest.raises(AuthError):
            async with lksig.connect(server.url, **ANN):
                raise AssertionError
        url = server.url
    with pytest.raises(TransportError):
        async with lksig.connect(url, **ANN):
            raise AssertionError
    with pytest.raises(InputError, match="`v7` is no signal path"):
        async with lksig.connect(url, **ANN, path="v7"):  # type: ignore[arg-type]
            raise AssertionError
    with pytest.raises(InputError, match="nothing to join with"):
        async with lksig.connect(url):
            raise AssertionError


async def test_tokens_paths_and_options(server: EmbeddedServer) -> None:
    token = mint("devkey", "secret", identity="bob", room="q", now_s=1_700_000_000, ttl_s=10**9)
    options = JoinOptions(protocol=9, sdk="js")
    async with lksig.connect(server.url, token, path="v0", join=options, headers={"X-Test": "1"}) as session:
        assert (session.identity, session.room) == ("bob", "q")
        assert session.live.handshake is not None
        assert session.live.handshake.path == "v0"
        assert ("X-Test", "1") in session.live.handshake.headers
    async with lksig.connect(f"{server.url}/rtc?access_token={token}") as session:
        assert session.identity == "bob"


async def test_a_recording(server: EmbeddedServer, tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    async with lksig.connect(server.url, **ANN, record=path) as session:
        await session.request("ping")
        said = [message.case for message in session.messages]
    shown = run("show", str(path), "--json")
    assert shown.exit_code == 0
    assert [line["case"] for line in shown.json if line["kind"] == "message"][: len(said)] == said
    assert shown.json[-1]["kind"] == "end"
    with open_recording(path) as recording:
        assert recording.header.redacted == ("secrets",)
    assert run("redact", "--check", str(path)).exit_code == 0
    with pytest.raises(InputError, match="exists"):
        async with lksig.connect(server.url, **ANN, record=path):
            raise AssertionError


async def test_content_is_not_in_a_repr_and_secrets_not_in_a_dict(server: EmbeddedServer) -> None:
    async with lksig.connect(server.url, **ANN) as session:
        refresh = await session.wait("refresh_token")
        assert refresh.body.count(".") == 2
        assert refresh.as_dict().startswith("[jwt ")
        assert repr(refresh) == f"Received({refresh.n} < refresh_token, {len(refresh.raw)} B)"
        assert refresh.envelope.refresh_token == refresh.body
        assert 0 < refresh.t_ms < 60_000


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute `conect`"):
        lksig.conect  # noqa: B018  # it is to fail
