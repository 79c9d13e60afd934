"""Sockets in memory: a `LiveSession` over them, and a test that says what the server does on each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from lksig.errors import TransportError
from lksig.live.run import Run
from lksig.live.session import LiveSession
from lksig.live.transport import Receiver, Upgrade
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Message, Reading
from lksig.wire.handshake import Handshake, JoinOptions, build, read_url

HANDSHAKE = build(read_url("ws://lk.example.com"), JoinOptions(), path="v1")


class StillClock:
    """A clock that a test moves; every look at it takes a nanosecond."""

    def __init__(self) -> None:
        self.wall_ns = 1_795_600_000 * 10**9
        self.at_ns = 0

    def now_ns(self) -> int:
        self.at_ns += 1
        return self.at_ns


class MemorySocket:
    """A transport whose other end is the test; a `leave` is answered by a close, as some servers do."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.sent: list[Any] = []
        self.pings: list[bytes] = []
        self.closing: tuple[int, str] | None = None
        self.noticed = ""
        """How the library says that it noticed a cut."""
        self._gone = asyncio.Event()

    # --- what the session does ---

    async def send(self, data: bytes, *, text: bool) -> None:
        if self._gone.is_set():
            raise TransportError("the connection is gone", code="connection-gone")
        envelope = (
            decode_frame(data, direction=TO_SERVER, encoding="json" if text else "protobuf", t_ns=0, by="user").envelope
            or envelope_class(TO_SERVER)()
        )
        self.sent.append(envelope)
        if self.cases[-1] == "leave":
            self.end()

    async def ping(self, payload: bytes) -> None:
        self.pings.append(payload)

    async def close(self, code: int, reason: str = "") -> None:
        self.closing = (code, reason)
        self.end(code, reason)

    def abort(self) -> None:
        self.end(None, self.noticed)

    async def wait_closed(self) -> None:
        await self._gone.wait()

    # --- what the server does ---

    def says(self, **response: Any) -> None:
        self.receiver.frame(encode_frame(envelope_class(TO_CLIENT)(**response)), text=False)

    def end(self, code: int | None = 1000, reason: str = "") -> None:
        if not self._gone.is_set():
            self._gone.set()
            self.receiver.closed(code, reason)

    @property
    def cases(self) -> list[str]:
        """What was sent."""
        return [envelope.WhichOneof("message") for envelope in self.sent]


class Sockets:
    """Opens them; `before` may wait or raise in place of the next dial."""

    def __init__(self) -> None:
        self.opened: list[MemorySocket] = []
        self.before: Callable[[], Awaitable[None]] | None = None

    async def dial(self, handshake: Handshake, receiver: Receiver) -> MemorySocket:
        if self.before is not None:
            await self.before()
        receiver.upgraded(Upgrade((), 101, (), b""))
        self.opened.append(MemorySocket(receiver))
        return self.opened[-1]


class Stand:
    """A run with one session over sockets in memory."""

    def __init__(self) -> None:
        self.run = Run(StillClock())
        self.readings: list[Reading] = []
        self.run.add_sink(self.readings.append)
        self.sockets = Sockets()
        self.session = LiveSession(self.run, self.sockets.dial)

    async def joined(self) -> MemorySocket:
        """The first socket, with a join on it."""
        await self.session.connect(HANDSHAKE, room="r", identity="ann")
        socket = self.sockets.opened[0]
        socket.says(join={"participant": {"sid": "PA_1", "identity": "ann"}, "server_info": {"region": "lksig"}})
        return socket

    def events(self, kind: type[Any]) -> list[Any]:
        """The events of one kind so far."""
        return [reading.event for reading in self.readings if isinstance(reading.event, kind)]

    def messages(self) -> list[str]:
        """Socket and case of every message."""
        return [f"{one.socket} {one.case}" for one in self.events(Message)]


async def settle() -> None:
    """Let everybody do what can be done without waiting for anything."""
    for _ in range(20):
        await asyncio.sleep(0)
