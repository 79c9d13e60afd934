"""The one seam to the `websockets` library, client side.

Frames are taken where the library processes its events and not from `recv()`: there an invalid UTF-8 text frame is
lost, pings are invisible, and a queue stands between the wire and the screen. What comes in one TCP segment is handed
on in order, with nothing in between.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidMessage, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Event

from lksig.errors import TransportError
from lksig.live.transport import Receiver, Upgrade
from lksig.session.endings import limit_words, violation_words
from lksig.wire.handshake import request_head

if TYPE_CHECKING:
    from websockets.client import ClientProtocol

    from lksig.wire.handshake import Handshake

QUIET = logging.getLogger("lksig.websockets")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
QUIET.setLevel(logging.CRITICAL + 1)

OPEN_TIMEOUT_S = 15.0
"""The real server may hold an upgrade for 3 + 4 + 5 s. Source: livekit-server, `signal_relay` configuration."""

CLOSE_TIMEOUT_S = 2.0


class _Connection(ClientConnection):
    """A client connection that hands every frame to a receiver and queues nothing."""

    def __init__(self, protocol: ClientProtocol, *, receiver: Receiver, handshake: Handshake, **options: Any) -> None:
        super().__init__(protocol, **options)
        self._receiver = receiver
        send_request = protocol.send_request

        def send_as_told(request: Request) -> None:
            """The library has an order of headers of its own, and adds a given one to its own of that name."""
            made = {name.lower(): value for name, value in request.headers.raw_items()}
            offers_deflate = "sec-websocket-extensions" in made
            request.headers = Headers(request_head(handshake, made["sec-websocket-key"], offers_deflate=offers_deflate))
            send_request(request)

        # No seam lies between making the request and sending it; go when websockets has one.
        protocol.send_request = send_as_told  # type: ignore[method-assign]
        self._parts: list[bytes] = []
        self._parts_text = False
        self.lost: Exception | None = None
        """Why the socket was lost, where it did not just end."""

    def process_event(self, event: Event) -> None:
        """Hand on what came; replaces the library's queue."""
        if isinstance(event, Response):
            request = self.request
            assert request is not None
            upgrade = Upgrade(
                tuple(request.headers.raw_items()),
                event.status_code,
                tuple(event.headers.raw_items()),
                bytes(event.body or b""),
            )
            self._receiver.upgraded(upgrade)
            super().process_event(event)
            return
        assert isinstance(event, Frame)
        if event.opcode is Opcode.PING:
            self._receiver.ws_ping(bytes(event.data), ours=False)
            # The library has already answered it when the event arrives here.
            self._receiver.ws_pong(bytes(event.data), ours=True)
        elif event.opcode is Opcode.PONG:
            self._receiver.ws_pong(bytes(event.data), ours=False)
        elif event.opcode is not Opcode.CLOSE:
            self._data(event)

    def _data(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._parts_text = frame.opcode is Opcode.TEXT
            if frame.fin:
                self._receiver.frame(bytes(frame.data), text=self._parts_text)
                return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            whole = b"".join(self._parts)
            self._parts = []
            self._receiver.frame(whole, text=self._parts_text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell how it ended, once."""
        super().connection_lost(exc)
        self.lost = exc
        if self.response is None or self.response.status_code != 101:
            return
        received = self.protocol.close_rcvd
        if received is not None:
            self._receiver.closed(int(received.code), received.reason)
            return
        self._receiver.closed(None, _given_up_because(self.protocol.parser_exc))


def _given_up_because(problem: Exception | None) -> str:
    """Why the library gave up the socket."""
    if problem is None:
        return ""
    if isinstance(problem, PayloadTooBig):
        return limit_words(
            problem.max_size, None if problem.size is None else problem.size + (problem.current_size or 0)
        )
    return str(problem) if isinstance(problem, EOFError) else violation_words(str(problem))


class WebSocketTransport:
    """A `Transport` over a connection of the library."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, data: bytes, *, text: bool) -> None:
        """Send one data frame."""
        try:
            await self._connection.send(data, text=text)
        except ConnectionClosed as exc:
            raise TransportError("the connection is gone", code="connection-gone") from exc

    async def ping(self, payload: bytes) -> None:
        """Send a WebSocket ping."""
        try:
            await self._connection.ping(payload)
        except ConnectionClosed as exc:
            raise TransportError("the connection is gone", code="connection-gone") from exc

    async def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake and wait until the socket is gone."""
        await self._connection.close(code, reason)

    def abort(self) -> None:
        """Cut the connection without goodbye."""
        self._connection.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the socket is gone."""
        await self._connection.wait_closed()


class _NoRedirect(connect):
    """Dials without following redirects: a debugger shows the 301 that a browser's WebSocket would fail on too."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Never go elsewhere."""
        return exc


async def open_websocket(
    handshake: Handshake,
    receiver: Receiver,
    *,
    tls: ssl.SSLContext | None,
    compression: bool,
    proxy: str | None,
    open_timeout_s: float = OPEN_TIMEOUT_S,
    max_message_bytes: int | None = None,
    server_hostname: str | None = None,
) -> WebSocketTransport:
    """Dial and upgrade; `receiver` gets everything that comes, the first message maybe before this returns.

    Raises:
        whatever the library or the system raises: `lksig.live.dial` translates it, in one place.
    """
    options: dict[str, Any] = {}
    if tls is not None:
        options["ssl"] = tls
    if server_hostname is not None:
        options["server_hostname"] = server_hostname
    made: list[_Connection] = []

    def make(protocol: ClientProtocol, **arguments: Any) -> _Connection:
        made.append(_Connection(protocol, receiver=receiver, handshake=handshake, **arguments))
        return made[-1]

    dialing = _NoRedirect(
        handshake.url,
        user_agent_header=None,
        compression="deflate" if compression else None,
        proxy=proxy,
        open_timeout=open_timeout_s,
        close_timeout=CLOSE_TIMEOUT_S,
        ping_interval=None,
        max_size=max_message_bytes,
        max_queue=None,
        logger=QUIET,
        create_connection=make,  # type: ignore[arg-type]  # the library wants a class, and calls it
        **options,
    )
    try:
        connection = await dialing
    except InvalidMessage as exc:
        # TLS 1.3 lets a server refuse a client's certificate, or the lack of one, after the handshake.
        lost = next((connection.lost for connection in made if isinstance(connection.lost, ssl.SSLError)), None)
        if lost is None:
            raise
        raise lost from exc
    await asyncio.sleep(0)
    return WebSocketTransport(connection)
