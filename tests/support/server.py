"""The embedded server as a fixture, and clients that talk to it over real sockets.

from tests.support.server import lksig_server  # noqa: F401  # a fixture

async def test_something(lksig_server: EmbeddedServer) -> None:
    async with joined(lksig_server, "ann") as ann:
        ...
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.protobuf import json_format
from websockets.asyncio.client import ClientConnection, connect

from lksig.live.host import Host
from lksig.live.server import EmbeddedServer
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class
from tests.support.live_driver import target, token
from tests.support.scenarios import Join

ANSWER_TIMEOUT_S = 5.0
"""Of a test that waits for something that never comes."""


@pytest.fixture
async def lksig_server() -> AsyncIterator[EmbeddedServer]:
    """An embedded server on a free port of the loopback."""
    async with EmbeddedServer() as server:
        yield server


class SocketClient:
    """A participant over a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def receive(self) -> Any:
        """The next SignalResponse."""
        frame = await asyncio.wait_for(self.socket.recv(), ANSWER_TIMEOUT_S)
        envelope = envelope_class(TO_CLIENT)()
        if isinstance(frame, str):
            json_format.Parse(frame, envelope)
        else:
            envelope.ParseFromString(frame)
        return envelope

    async def until(self, case: str) -> Any:
        """The next SignalResponse with that case; others are forgotten."""
        while (envelope := await self.receive()).WhichOneof("message") != case:
            pass
        return envelope

    async def send(self, *requests: dict[str, Any], text: bool = False) -> None:
        """Send requests, given as proto3 JSON."""
        for request in requests:
            message = json_format.ParseDict(request, envelope_class(TO_SERVER)())
            await self.socket.send(json_format.MessageToJson(message) if text else message.SerializeToString())

    async def closed(self) -> tuple[int | None, str]:
        """Code and reason of the close, once it is there."""
        await asyncio.wait_for(self.socket.wait_closed(), ANSWER_TIMEOUT_S)
        return self.socket.close_code, self.socket.close_reason or ""


@contextlib.asynccontextmanager
async def joined(
    server: Host, who: str = "ann", *, compression: str | None = None, **fields: Any
) -> AsyncIterator[SocketClient]:
    """A participant, as `tests.support.scenarios.Join` describes it."""
    step = Join(who, **fields)
    url = server.url + target(step, step.room, token(step, step.room))
    async with connect(url, proxy=None, compression=compression, max_size=None, ping_interval=None) as socket:
        yield SocketClient(socket)
