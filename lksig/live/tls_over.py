"""TLS inside of TLS, blocking: to a server with TLS behind a proxy that wants TLS itself.

The standard library wraps a plain socket only: its `wrap_socket` would take the outer connection's file descriptor and
talk past it. Here the inner session works on memory, and what it makes is sent over the outer one. It can what
`http.client` needs of a socket, and no more.
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import socket

T = TypeVar("T")

_CHUNK_BYTES = 16 * 1024
"""At a time from the outer connection: a TLS record is not larger. Source: RFC 8446 section 5.1."""


def over(below: socket.socket, context: ssl.SSLContext, name: str) -> ssl.SSLSocket | TlsOver:
    """The connection with TLS on it, its handshake done.

    Args:
        below: a connection, plain or with TLS.
        name: the server's, for SNI and verification.

    Raises:
        OSError: there was no TLS.
    """
    if isinstance(below, ssl.SSLSocket):
        return TlsOver(below, context, name)
    return context.wrap_socket(below, server_hostname=name)


def mend_asyncio() -> None:
    """Let TLS inside of TLS fail in asyncio, too: there the failure of the inner handshake failed itself.

    To be removed with Python 3.11. Source: cpython issue 113214, mended in 3.11.8 and 3.12.2.
    """
    from asyncio.sslproto import SSLProtocol

    protocol: Any = SSLProtocol
    abort = protocol._abort
    if abort.__code__.co_argcount == 1:
        protocol._abort = lambda self, _exc=None: abort(self)


class TlsOver:
    """A TLS session over a connection that has TLS already."""

    def __init__(self, below: ssl.SSLSocket, context: ssl.SSLContext, name: str) -> None:
        self._below = below
        self._arrived, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._arrived, self._leaving, server_hostname=name)
        self._is_read = False
        try:
            self._done(self._tls.do_handshake)
        except BaseException:
            below.close()
            raise

    def _done(self, step: Callable[[], T]) -> T:
        """What `step` gives when it needs nothing more from the other side."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self._flush()
                data = self._below.recv(_CHUNK_BYTES)
                if data:
                    self._arrived.write(data)
                else:
                    self._arrived.write_eof()
            finally:
                self._flush()

    def _flush(self) -> None:
        if self._leaving.pending:
            self._below.sendall(self._leaving.read())

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        rest = memoryview(data)
        while rest:
            piece = rest
            rest = rest[self._done(lambda: self._tls.write(piece)) :]  # noqa: B023 - called at once

    def recv_into(self, buffer: Any) -> int:
        """Read into `buffer`; 0 at the end, also at one without goodbye."""
        view = memoryview(buffer)
        try:
            return int(self._done(lambda: self._tls.read(len(view), view)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A stream of what comes; with it the connection is closed."""
        self._is_read = True
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Close, unless somebody reads: then the stream closes it."""
        if not self._is_read:
            self.shut()

    def shut(self) -> None:
        """Close the connection below."""
        self._below.close()


class _Incoming(io.RawIOBase):
    def __init__(self, connection: TlsOver) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._connection.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._connection.shut()
        super().close()
