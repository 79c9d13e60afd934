"""The seam to the `websockets` library, server side: one connection, its HTTP request and its frames.

Frames are taken where the library processes its events and are sent without waiting, so that what a machine says in one
breath leaves in one order, and nothing stands in a queue of tasks. A client that does not read is not read from either.
"""

from __future__ import annotations

import asyncio
import email.utils
import errno
import http
from typing import TYPE_CHECKING, Any, Protocol

from websockets import http11
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN, Event

from lksig.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from websockets.server import ServerProtocol

MAX_REQUEST_LINE_BYTES = (1 << 20) + 4096
"""Of a request line or a header, as the real server takes them. Source: Go's http.DefaultMaxHeaderBytes and its slack.
The library's own limit of 8192 is too short for a join request without compression."""

http11.MAX_LINE_LENGTH = max(http11.MAX_LINE_LENGTH, MAX_REQUEST_LINE_BYTES)

MAX_UNSENT_BYTES = 64 << 20
"""What may wait for a client that does not read, before its connection is cut."""
NO_CODE = 1005
"""Source: RFC 6455, section 7.4.1."""
CLOSE_TIMEOUT_S = 2.0
"""How long a client may take to answer a close frame."""

_KNOWN_STATUSES = frozenset(int(status) for status in http.HTTPStatus)
"""Those with a phrase; proxies have more, Cloudflare's 520 to 530 among them."""


class Desk(Protocol):
    """Who gets what comes in on the connections of a server."""

    def requested(self, connection: Connection, request: Request) -> Response | None:
        """An HTTP request came: the answer, or None to upgrade it."""

    def opened(self, connection: Connection) -> None:
        """The connection is a WebSocket now."""

    def frame(self, connection: Connection, data: bytes, *, text: bool) -> None:
        """A whole data message, inflated, not checked to be UTF-8."""

    def ws_ping(self, connection: Connection, payload: bytes) -> None:
        """A WebSocket ping of the client; the library answered it."""

    def ws_pong(self, connection: Connection, payload: bytes) -> None:
        """A WebSocket pong of the client."""

    def gone(self, connection: Connection) -> None:
        """The socket is closed."""


class Connection(ServerConnection):
    """One client."""

    def __init__(self, protocol: ServerProtocol, *args: Any, desk: Desk, number: int, **options: Any) -> None:
        super().__init__(protocol, *args, **options)
        self.desk = desk
        self.number = number
        """Of this socket at this server, from 1."""
        self.is_open = False
        """The upgrade is through, and we did not close it."""
        self._parts: list[bytes] = []
        self._parts_text = False

    # --- what comes in ----------------------------------------------------------------------------------------------

    def process_event(self, event: Event) -> None:
        """Hand on what came; replaces the library's queue."""
        if isinstance(event, Request):
            super().process_event(event)
            return
        assert isinstance(event, Frame)
        self._open()
        if event.opcode is Opcode.PING:
            self.desk.ws_ping(self, bytes(event.data))
        elif event.opcode is Opcode.PONG:
            self.desk.ws_pong(self, bytes(event.data))
        elif event.opcode is not Opcode.CLOSE:
            self._data(event)

    def _data(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._parts_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if frame.fin:
            whole = b"".join(self._parts)
            self._parts = []
            self.desk.frame(self, whole, text=self._parts_text)

    async def handshake(self, *args: Any, **options: Any) -> None:
        """Answer the request, then say that the socket is open."""
        await super().handshake(*args, **options)
        if self.protocol.state is OPEN:
            self._open()

    def _open(self) -> None:
        """Once; a client's first frame may be faster than the end of the handshake."""
        if not self.is_open and not self._was_opened:
            self._was_opened = self.is_open = True
            self.desk.opened(self)

    _was_opened = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that it ended, once."""
        super().connection_lost(exc)
        self.is_open = False
        self.desk.gone(self)

    def pause_writing(self) -> None:
        """The client does not read: do not read from it either."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self.transport.resume_reading()

    # --- what goes out ----------------------------------------------------------------------------------------------

    def put(self, data: bytes, *, text: bool) -> bool:
        """Send one data frame without waiting; False when the socket takes no more."""
        if not self.is_open or self.protocol.state is not OPEN:
            return False
        if self.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.cut()
            return False
        (self.protocol.send_text if text else self.protocol.send_binary)(data)
        self.send_data()
        return True

    def put_ping(self) -> bool:
        """Send an empty WebSocket ping; False when the socket takes no more."""
        if not self.is_open or self.protocol.state is not OPEN:
            return False
        self.protocol.send_ping(b"")
        self.send_data()
        return True

    def put_close(self, code: int, reason: str) -> None:
        """Send a close frame; the client has a moment to answer it."""
        if self.is_open and self.protocol.state is OPEN:
            self.is_open = False
            # 1005 is how a close without a code is told, and none that may be sent.
            self.protocol.send_close(None if code == NO_CODE else code, reason)
            self.send_data()
            self.loop.call_later(CLOSE_TIMEOUT_S, self.cut)

    def cut(self) -> None:
        """Cut the TCP connection."""
        self.is_open = False
        self.transport.abort()

    @property
    def close_frame(self) -> tuple[int | None, str, bool]:
        """Code and reason of the first close frame, and whether the client sent it; no code without any."""
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        first = received if self.protocol.close_rcvd_then_sent or sent is None else sent
        if received is None or first is None:
            return None, "", False
        return int(first.code), first.reason, first is received


def make_response(status: int, headers: Iterable[tuple[str, str]], body: bytes, *, method: str) -> Response:
    """An HTTP answer as the library sends it; the connection closes behind it."""
    fields = Headers([("Date", email.utils.formatdate(usegmt=True)), ("Connection", "close"), *headers])
    if status != http.HTTPStatus.NO_CONTENT:
        fields["Content-Length"] = str(len(body))
    phrase = http.HTTPStatus(status).phrase if status in _KNOWN_STATUSES else "Unknown"
    return Response(status, phrase, fields, b"" if method == "HEAD" else body)


async def wait_until_gone(connection: ServerConnection) -> None:
    """The library's handler: everything happens in `Connection`."""
    await asyncio.shield(connection.connection_lost_waiter)


def cannot_listen(exc: OSError, host: str, port: int) -> InputError:
    """Why a port cannot be listened on."""
    if exc.errno == errno.EADDRINUSE:
        return InputError(
            f"port {port} of `{host}` is in use",
            code="port-in-use",
            layer="tcp",
            hint="`--port 0` takes a free one",
        )
    if exc.errno in (errno.EACCES, errno.EPERM):
        return InputError(
            f"port {port} may only be used by root", code="port-forbidden", layer="tcp", hint="take one above 1023"
        )
    return InputError(f"cannot listen on `{host}`: {exc.strerror or exc}", code="cannot-listen", layer="tcp")
