"""A wire tap between a client and the real server: what passes becomes a recording, secrets hidden by default."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lksig.live.clock import SystemClock
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire import events
from lksig.wire.access_token import read_token
from lksig.wire.codec import decode_frame
from lksig.wire.join_request import decode_join_request
from lksig.wire.redaction import Secrets
from lksig.wire.target import first_value, parse_query
from tests.support.recordings import KEY, recorded

PASSED_ON = ("Authorization", "User-Agent", "Origin")


class Tap:
    """What passed so far."""

    def __init__(self, upstream: str) -> None:
        self.events: list[events.Event] = []
        self.url = ""
        self._clock = SystemClock()
        self._upstream = upstream
        self._sessions = 0

    def recording(self) -> bytes:
        """The bytes of it, as `lksig record` would have written them."""
        return recorded(self.events, secrets=Secrets(KEY))

    async def client(self, client: ServerConnection) -> None:
        """One socket: opened to the server, then everything is passed on both ways."""
        assert client.request is not None
        target = client.request.path
        headers = {name: client.request.headers[name] for name in PASSED_ON if name in client.request.headers}
        try:
            server = await connect(
                self._upstream + target,
                additional_headers=headers,
                user_agent_header=None,
                proxy=None,
                max_size=None,
                ping_interval=None,
            )
        except InvalidStatus:
            await client.close(1011)
            return
        self._sessions += 1
        session = self._sessions
        self._begins(target, headers, session)
        async with server:
            ways = [self._pump(client, server, TO_SERVER, session), self._pump(server, client, TO_CLIENT, session)]
            await asyncio.gather(*ways)
        self.events.append(events.Close(self._clock.now_ns(), None, "", "network", session))

    def _begins(self, target: str, headers: dict[str, str], session: int) -> None:
        where, _, query = target.partition("?")
        pairs = parse_query(query)
        token = read_token(first_value(pairs, "access_token") or headers["Authorization"].removeprefix("Bearer "))
        text = first_value(pairs, "join_request")
        asked: Any = decode_join_request(text).join_request if text else None
        path: Any = "v1" if where.endswith("/v1") else "v0"
        now_ns, wall_ns = self._clock.now_ns(), self._clock.wall_ns
        url = self._upstream + where
        self.events.append(events.Start(now_ns, wall_ns + now_ns, url, path, token.room, token.identity, session))
        around = ((), 101, (), b"", 0, asked, session)
        self.events.append(events.Http(self._clock.now_ns(), "GET", target, *around))

    async def _pump(
        self, source: ServerConnection | ClientConnection, sink: Any, direction: Direction, session: int
    ) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in source:
                data = frame.encode() if isinstance(frame, str) else frame
                by: events.By = "client" if direction is TO_SERVER else "server"
                encoding: events.Encoding = "json" if isinstance(frame, str) else "protobuf"
                t_ns = self._clock.now_ns()
                about: Any = {"direction": direction, "encoding": encoding, "t_ns": t_ns, "by": by, "session": session}
                self.events.append(decode_frame(data, **about))
                await sink.send(frame)
        await sink.close()


@contextlib.asynccontextmanager
async def tapped(upstream: str) -> AsyncIterator[Tap]:
    """A tap in front of a server, on a free port."""
    tap = Tap(upstream)
    async with serve(tap.client, "127.0.0.1", 0, max_size=None, ping_interval=None) as server:
        tap.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield tap
