"""The embedded server over real sockets of the loopback, with the `websockets` client as an independent peer."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from lksig.errors import InputError
from lksig.live.clock import SystemClock
from lksig.live.host import MAX_MESSAGE_BYTES, Host
from lksig.live.run import Run
from lksig.live.server import EmbeddedServer
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.rooms import Options
from lksig.wire.events import Close, End, Http, Note, Reading, Start
from tests.support.live_driver import target, token
from tests.support.scenarios import Join
from tests.support.server import joined, lksig_server

__all__ = ["lksig_server"]


@pytest.fixture
def run() -> Run:
    return Run(SystemClock())


def watch(run: Run) -> list[Reading]:
    readings: list[Reading] = []
    run.add_sink(readings.append)
    return readings


def target_of(who: str, **fields: Any) -> str:
    step = Join(who, **fields)
    return target(step, step.room, token(step, step.room))


async def ask(server: Host, request: str) -> tuple[int, dict[str, str], str]:
    """Status, headers (names in lower case) and body of an HTTP request, by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request.replace("\n", "\r\n").encode())
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body


# --- HTTP -----------------------------------------------------------------------------------------------------------


async def test_plain_requests(lksig_server: EmbeddedServer) -> None:
    status, headers, body = await ask(lksig_server, "GET / HTTP/1.1\nHost: x\nOrigin: http://o\n\n")
    assert (status, body, headers["content-length"]) == (200, "OK", "2")
    assert headers["access-control-allow-origin"] == "http://o"
    assert "date" in headers
    assert (await ask(lksig_server, "GET /rtc HTTP/1.1\nHost: x\n\n"))[::2] == (404, "")
    status, headers, body = await ask(lksig_server, "HEAD / HTTP/1.1\nHost: x\n\n")
    assert (status, body, headers["content-length"]) == (200, "", "2")
    preflight = "OPTIONS /rtc HTTP/1.1\nHost: x\nOrigin: http://o\nAccess-Control-Request-Method: GET\n\n"
    status, headers, body = await ask(lksig_server, preflight)
    assert (status, body, "content-length" in headers) == (204, "", False)


async def test_long_request_lines_pass(lksig_server: EmbeddedServer) -> None:
    padding = "y" * 500_000
    request = f"GET /rtc/validate?access_token={token(Join('ann'), 'r')}&x={padding} HTTP/1.1\nHost: x\n\n"
    assert (await ask(lksig_server, request))[::2] == (200, "success")


async def test_a_refused_upgrade_has_its_body(lksig_server: EmbeddedServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{lksig_server.url}/rtc?access_token=x", proxy=None)
    assert refused.value.response.status_code == 401
    assert refused.value.response.body == b"invalid authorization token"


async def test_an_upgrade_that_the_library_refuses_leaves_no_participant(lksig_server: EmbeddedServer) -> None:
    request = (
        f"GET {target_of('ann')} HTTP/1.0\nHost: x\nConnection: Upgrade\nUpgrade: websocket\n"
        "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n\n"
    )
    assert (await ask(lksig_server, request))[0] == 505
    async with joined(lksig_server, "bob") as bob:
        assert not (await bob.receive()).join.other_participants


async def test_several_servers_in_one_loop() -> None:
    async with EmbeddedServer() as one, EmbeddedServer(options=Options(keys={"k": "s"})) as two:
        assert one.port != two.port
        with pytest.raises(InvalidStatus):
            await connect(two.url + target_of("ann"), proxy=None)


async def test_a_port_in_use_is_told(lksig_server: EmbeddedServer) -> None:
    with pytest.raises(InputError, match=f"port {lksig_server.port} of `127.0.0.1` is in use") as refused:
        async with EmbeddedServer(port=lksig_server.port):
            pass
    assert (refused.value.code, refused.value.layer) == ("port-in-use", "tcp")


async def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(InputError) as refused:
        async with EmbeddedServer("203.0.113.1"):
            pass
    assert refused.value.code == "cannot-listen"


@pytest.mark.skipif(not sockets.has_ipv6, reason="this machine has no IPv6")
async def test_ipv6() -> None:
    async with EmbeddedServer("::1") as server:
        assert server.url == f"ws://[::1]:{server.port}"


# --- sessions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("path", ["v0", "v1"])
async def test_join_ask_leave(lksig_server: EmbeddedServer, path: str, compression: str | None) -> None:
    async with joined(lksig_server, "ann", path=path, compression=compression) as ann:
        join = (await ann.receive()).join
        assert (join.participant.identity, join.room.name) == ("ann", "r")
        await ann.send({"mute": {"sid": "TR_nope", "muted": True}})
        assert (await ann.until("request_response")).request_response.mute.sid == "TR_nope"
        await ann.send({"leave": {}})
        assert (await ann.until("leave")).leave.reason == 1
        assert await ann.closed() == (1000, "")


async def test_deflate_is_negotiated_as_the_real_server_does(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann", compression="deflate") as ann:
        assert ann.socket.response is not None
        agreed = ann.socket.response.headers["Sec-WebSocket-Extensions"]
        assert agreed == "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    async with EmbeddedServer(compression=False) as plain, joined(plain, "ann", compression="deflate") as ann:
        assert ann.socket.response is not None
        assert "Sec-WebSocket-Extensions" not in ann.socket.response.headers


async def test_text_frames_are_answered_with_text(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.until("refresh_token")
        await ann.send({"ping": "5"}, text=True)
        while not isinstance(frame := await ann.socket.recv(), str):
            pass
        assert list(json.loads(frame)) == ["pong"]


async def test_a_message_may_come_in_fragments(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.socket.send([b"\x70", b"\x05"])
        assert (await ann.until("pong")).pong > 0


@pytest.mark.parametrize("frame", [b"\x2a\x05abc", '{"ping": 1, "mute": {}}', ""])
async def test_a_frame_that_does_not_decode(lksig_server: EmbeddedServer, frame: bytes | str) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.socket.send(frame)
        assert await ann.closed() == (1000, "")


async def test_text_that_is_no_utf8(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.socket.send(b'{"a": "\xff"}', text=True)
        assert await ann.closed() == (1000, "")


async def test_a_message_that_is_too_large(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.socket.send(b"\x00" * (MAX_MESSAGE_BYTES + 1))
        assert (await ann.closed())[0] == 1009
    async with EmbeddedServer(max_message_bytes=None) as free, joined(free, "ann") as ann:
        await ann.send({"trickle": {"candidateInit": " " * MAX_MESSAGE_BYTES}})
        assert (await ann.until("request_response")).request_response.reason == 6


async def test_two_participants_and_a_resume(lksig_server: EmbeddedServer) -> None:
    grants = {"canUpdateOwnMetadata": True}
    async with joined(lksig_server, "bob") as bob, joined(lksig_server, "ann", grants=grants) as ann:
        await ann.send({"update_metadata": {"name": "Ann B."}})
        assert (await bob.until("update")).update.participants[0].name == "Ann B."
        async with joined(lksig_server, "ann", params={"reconnect": "1"}) as again:
            assert (await again.receive()).WhichOneof("message") == "reconnect"
            assert await ann.closed() == (1000, "")
            await again.send({"ping": 1})
            await again.until("pong")


async def test_leaving_the_server_tells_everybody() -> None:
    async with EmbeddedServer() as server, joined(server, "ann") as ann:
        await ann.receive()
        await server.stop()
        assert (await ann.until("leave")).leave.reason == 3
        assert await ann.closed() == (1000, "")
        await server.stop()


async def test_what_was_joined_is_gone_when_the_client_is(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.receive()
        ann.socket.transport.abort()
    async with joined(lksig_server, "bob") as bob:
        while [one.identity for one in (await bob.receive()).join.other_participants]:
            pass


async def test_a_client_that_does_not_read_is_not_read_from(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        await ann.receive()
        long = {"trickle": {"candidateInit": "x" * 100_000}}
        flood = asyncio.ensure_future(ann.send(*[long] * 80))
        await asyncio.sleep(0)
        for _ in range(80):
            await ann.until("request_response")
        await flood


# --- what the run sees ----------------------------------------------------------------------------------------------


def kinds(readings: list[Reading]) -> list[str]:
    return [type(reading.event).__name__ for reading in readings]


async def test_everything_is_an_event_of_the_run(run: Run) -> None:
    readings = watch(run)
    async with EmbeddedServer(run=run) as server, joined(server, "ann", path="v1") as ann:
        await ann.until("refresh_token")
        await ann.send({"mute": {"sid": "TR_x"}})
        await ann.until("request_response")
        await ann.send({"leave": {}})
        await ann.closed()
    start, http, *middle, close, end = [reading.event for reading in readings]
    assert isinstance(start, Start)
    assert (start.url, start.path, start.room, start.identity) == (f"{server.url}/rtc/v1", "v1", "r", "ann")
    assert isinstance(http, Http)
    join_request: Any = http.join_request
    assert (http.method, http.status, join_request.client_info.protocol) == ("GET", 101, 17)
    assert [(one.direction, one.case, one.by) for one in middle] == [
        (TO_CLIENT, "join", "server"),
        (TO_CLIENT, "refresh_token", "server"),
        (TO_SERVER, "mute", "client"),
        (TO_CLIENT, "request_response", "server"),
        (TO_SERVER, "leave", "client"),
        (TO_CLIENT, "leave", "server"),
    ]
    assert readings[5].reply_to == readings[4].n
    assert isinstance(close, Close)
    assert (close.code, close.ended_by) == (1000, "client")
    assert isinstance(end, End)


@pytest.mark.parametrize(("code", "seen", "ended_by"), [(4000, 4000, "client"), (None, None, "network")])
async def test_who_closed(run: Run, code: int | None, seen: int | None, ended_by: str) -> None:
    readings = watch(run)
    async with EmbeddedServer(run=run) as server, joined(server, "ann") as ann:
        await ann.receive()
        ended = asyncio.ensure_future(run.first(lambda reading: isinstance(reading.event, End) or None, 5))
        await asyncio.sleep(0)
        if code is None:
            ann.socket.transport.abort()
        else:
            await ann.socket.close(code)
        assert await ended
    (close,) = [reading.event for reading in readings if isinstance(reading.event, Close)]
    assert (close.code, close.ended_by) == (seen, ended_by)


async def test_the_server_closed(run: Run) -> None:
    readings = watch(run)
    async with EmbeddedServer(run=run) as server, joined(server, "ann") as ann:
        await ann.send({"simulate": {"server_leave": True}})
        await ann.closed()
    (close,) = [reading.event for reading in readings if isinstance(reading.event, Close)]
    assert (close.code, close.ended_by) == (1000, "server")


async def test_a_resume_is_another_socket_of_the_same_session(run: Run) -> None:
    readings = watch(run)
    async with EmbeddedServer(run=run) as server, joined(server, "ann") as ann:
        await ann.receive()
        async with joined(server, "ann", params={"reconnect": "1"}) as again:
            await again.until("reconnect")
            await again.send({"leave": {}})
            await again.closed()
    assert kinds(readings).count("Start") == kinds(readings).count("End") == 1
    assert [(e.session, e.socket) for e in (r.event for r in readings) if isinstance(e, Http)] == [(1, 1), (1, 2)]


async def test_what_was_refused_is_seen_without_a_session_to_end(run: Run) -> None:
    readings = watch(run)
    async with EmbeddedServer(run=run) as server:
        await ask(server, "GET / HTTP/1.1\nHost: x\n\n")
        await ask(server, "GET /rtc/v1/validate?access_token=x.y.z HTTP/1.1\nHost: x\n\n")
    start, http, note = [reading.event for reading in readings]
    assert isinstance(start, Start)
    assert isinstance(http, Http)
    assert isinstance(note, Note)
    assert (start.path, start.identity, http.status, http.body) == ("v1", None, 401, b"invalid authorization token")
    assert note.text == "GET answered with HTTP 401 invalid authorization token"
