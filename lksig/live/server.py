"""The embedded server: the machine of `lksig.session.server`, hosted on a port.

It is a server for tests, for demonstrations and for looking at clients; it carries no media.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from lksig.live.clock import Clock, SystemClock
from lksig.live.host import MAX_MESSAGE_BYTES, Host
from lksig.session.rooms import Options
from lksig.session.server import RoomServer
from lksig.wire.access_token import mint

if TYPE_CHECKING:
    from lksig.live.run import Run


class EmbeddedServer(Host):
    """A LiveKit server without media, for tests and for looking at clients.

        async with EmbeddedServer() as server:
            ...connect to server.url with a token of devkey/secret

    Args:
        options: how it behaves.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        options: Options | None = None,
        run: Run | None = None,
        compression: bool = True,
        max_message_bytes: int | None = MAX_MESSAGE_BYTES,
    ) -> None:
        clock: Clock = run.clock if run is not None else SystemClock()
        rooms = RoomServer(options or Options(), wall_ns=clock.wall_ns, below=secrets.randbelow)
        super().__init__(
            rooms,
            host=host,
            port=port,
            run=run,
            clock=clock,
            compression=compression,
            max_message_bytes=max_message_bytes,
        )

    async def __aenter__(self) -> EmbeddedServer:
        # Signing for the first time loads a library for 100 ms: before anybody waits for a `join`.
        mint("nobody", "nothing", identity="", room=None, now_s=0)
        await super().__aenter__()
        return self
