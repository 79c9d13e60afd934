"""Hosting any machine: what it says before, during and after an upgrade, its deadlines, its bugs, and slow clients."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lksig.errors import InputError
from lksig.live import host, server_socket
from lksig.live.clock import SystemClock
from lksig.live.host import Host
from lksig.live.run import Run
from lksig.live.server import EmbeddedServer
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class
from lksig.session.hosting import (
    Accept,
    Cancel,
    CloseSocket,
    DropSocket,
    Expired,
    HostAction,
    HostEvent,
    Received,
    Requested,
    Schedule,
    Send,
    SendFrame,
    SendPing,
    Tell,
)
from lksig.wire.events import Message, Note, Reading, WsPing, WsPong
from tests.support.live_driver import target, token
from tests.support.scenarios import Join
from tests.support.server import SocketClient, joined, lksig_server

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


async def test_websocket_pings_both_ways(run: Run) -> None:
    readings = watch(run)
    async with Host(Puppet(), run=run) as server, connect(server.url, proxy=None, ping_interval=None) as client:
        await (await client.ping(b"hello"))
        answered = asyncio.ensure_future(run.first(_is_clients_pong, 5))
        await client.send(b"\x70\x01")
        assert await answered
    seen = [
        (type(one).__name__, one.direction, one.payload, one.by)
        for one in (reading.event for reading in readings)
        if isinstance(one, WsPing | WsPong)
    ]
    assert seen == [
        ("WsPing", TO_SERVER, b"hello", "client"),
        ("WsPong", TO_CLIENT, b"hello", "server"),
        ("WsPing", TO_CLIENT, b"", "server"),
        ("WsPong", TO_SERVER, b"", "client"),
    ]


def _is_clients_pong(reading: Reading) -> bool | None:
    return (isinstance(reading.event, WsPong) and reading.event.direction is TO_SERVER) or None


class Puppet:
    """Accepts everybody, greets before the upgrade is through, and does what single letters of a message say."""

    def handle(self, event: HostEvent) -> Iterator[HostAction]:
        if isinstance(event, Requested):
            if event.target == "/broken":
                raise RuntimeError("a bug")
            yield Accept(event.socket, event.socket, "v0", "r", f"p{event.socket}")
            yield Send(event.socket, envelope_class(TO_CLIENT)(pong=1), "protobuf")
            yield Send(99, envelope_class(TO_CLIENT)(pong=1), "protobuf")
            yield Schedule("later", 5)
            yield Cancel("later")
            yield Cancel("never")
        elif isinstance(event, Received):
            number = event.message.envelope.ping  # type: ignore[union-attr]  # tests send nothing else
            if number == 1:
                yield SendPing(event.socket)
            elif number == 2:
                yield DropSocket(event.socket)
            elif number == 3:
                yield CloseSocket(event.socket, 1011, "because")
                yield Send(event.socket, envelope_class(TO_CLIENT)(pong=2), "protobuf")
                yield SendPing(event.socket)
                yield CloseSocket(event.socket)
            elif number == 4:
                yield Schedule(event.socket, 0)
            elif number == 5:
                same = envelope_class(TO_CLIENT)(pong=9)
                yield Send(event.socket, same, "protobuf")
                yield Send(event.socket, same, "protobuf")
                yield Send(event.socket, same, "json")
            elif number == 6:
                yield Tell(event.socket, "a-code", "a text")
                yield SendFrame(event.socket, b"\xff", "protobuf")
                yield SendFrame(event.socket, b"{}", "json")
                yield CloseSocket(event.socket, 1005)
                yield SendFrame(event.socket, b"late", "protobuf")
        elif isinstance(event, Expired) and isinstance(event.timer, int):
            yield Send(event.timer, envelope_class(TO_CLIENT)(pong=7), "json")


async def puppet_client(server: Host) -> Any:
    return await connect(server.url, proxy=None, ping_interval=None, max_size=None)


async def test_what_is_said_before_the_upgrade_comes_first_after_it() -> None:
    async with Host(Puppet()) as server, await puppet_client(server) as client:
        assert (await SocketClient(client).receive()).pong == 1


@pytest.mark.parametrize(("number", "code", "reason"), [(2, 1006, ""), (3, 1011, "because")])
async def test_a_machine_may_drop_or_close_as_it_likes(number: int, code: int, reason: str) -> None:
    async with Host(Puppet()) as server, await puppet_client(server) as client:
        peer = SocketClient(client)
        await peer.receive()
        await peer.send({"ping": number})
        assert await peer.closed() == (code, reason)
        with pytest.raises(ConnectionClosed):
            await client.recv()


async def test_frames_exactly_as_they_are_and_notes(run: Run) -> None:
    readings = watch(run)
    async with Host(Puppet(), run=run) as server, await puppet_client(server) as client:
        await SocketClient(client).send({"ping": 6})
        assert [await client.recv() for _ in range(3)][1:] == [b"\xff", "{}"]
        assert await SocketClient(client).closed() == (1005, "")
    events = [reading.event for reading in readings]
    (note,) = [event for event in events if isinstance(event, Note)]
    assert (note.code, note.text, note.session, note.socket) == ("a-code", "a text", 1, 1)
    sent = [event for event in events if isinstance(event, Message) and event.by == "server"]
    assert [(one.raw, one.encoding, one.error is None) for one in sent[1:]] == [
        (b"\xff", "protobuf", False),
        (b"{}", "json", True),
    ]


async def test_what_comes_behind_our_close_is_not_looked_at(run: Run) -> None:
    readings = watch(run)
    async with Host(Puppet(), run=run) as server, await puppet_client(server) as client:
        for number in (3, 5, 5):
            client.protocol.send_binary(bytes([0x70, number]))
        client.send_data()
        await asyncio.wait_for(client.wait_closed(), 5)
    to_server = [reading for reading in readings if isinstance(reading.event, Message) and reading.event.by == "client"]
    assert len(to_server) == 1


async def test_the_same_message_is_encoded_once_for_many(run: Run) -> None:
    readings = watch(run)
    async with Host(Puppet(), run=run) as server, await puppet_client(server) as client:
        peer = SocketClient(client)
        await peer.send({"ping": 5})
        got = [(await peer.receive()).pong for _ in range(4)]
    assert got == [1, 9, 9, 9]
    raws = [reading.event.raw for reading in readings if isinstance(reading.event, Message)][-3:]
    assert raws[0] is raws[1]
    assert raws[2] == b'{"pong":"9"}'


async def test_who_never_reads_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Host(Puppet()) as server, await puppet_client(server) as client:
        peer = SocketClient(client)
        await peer.receive()
        # How much a kernel takes before anything has to wait here differs: nothing may wait.
        monkeypatch.setattr(server_socket, "MAX_UNSENT_BYTES", -1)
        await peer.send({"ping": 5})
        assert (await peer.closed())[0] == 1006


async def test_who_never_answers_a_close_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "STOP_TIMEOUT_S", 0.01)
    async with EmbeddedServer() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        writer.write(f"GET {target_of('ann')} HTTP/1.1\r\nHost: x\r\n{upgrade}{key}\r\n".encode())
        async with joined(server, "bob") as bob:
            await bob.until("refresh_token")
            await server.stop()
    writer.close()


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EADDRINUSE, "port-in-use"), (errno.EACCES, "port-forbidden"), (1234, "cannot-listen")]
)
async def test_why_a_port_cannot_be_used(monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def refuse(*args: Any, **options: Any) -> Any:
        raise OSError(number, "why")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", refuse)
    with pytest.raises(InputError) as refused:
        await EmbeddedServer().__aenter__()
    assert refused.value.code == code


async def test_deadlines_come_back() -> None:
    async with Host(Puppet()) as server, await puppet_client(server) as client:
        peer = SocketClient(client)
        await peer.send({"ping": 4})
        assert (await peer.receive()).pong == 1
        assert (await peer.receive()).pong == 7


async def test_a_bug_of_the_machine_reaches_whoever_runs_the_server() -> None:
    server = Host(Puppet())
    await server.__aenter__()
    for _ in range(2):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{server.url}/broken", proxy=None)
    assert refused.value.response.status_code == 500
    assert server.broken.done()
    with pytest.raises(RuntimeError, match="a bug"):
        await server.__aexit__(None, None, None)
