"""TLS inside of TLS: what is sent arrives, whatever its size, and every end is told as an end."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest
import trustme

from lksig.live.tls_over import TlsOver, over

NAME = "lk.example.com"
LARGE = bytes(range(256)) * 1024


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    return context


def client_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


class Inner:
    """The server's end: TLS on memory, over a TLS socket; the outer session is ended by the test's thread."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self.outer = outer
        self._arrived, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._arrived, self._leaving, server_side=True)
        self.step(self._tls.do_handshake)

    def step(self, work: Callable[[], object]) -> object:
        while True:
            try:
                return work()
            except ssl.SSLWantReadError:
                self.flush()
                self._arrived.write(self.outer.recv(65536))
            finally:
                self.flush()

    def flush(self) -> None:
        if self._leaving.pending:
            self.outer.sendall(self._leaving.read())

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.step(lambda: self._tls.read(65536))
            assert isinstance(piece, bytes)
            data += piece
        return data

    def write(self, data: bytes) -> None:
        self.step(lambda: self._tls.write(data))

    def goodbye(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self.flush()


@contextlib.contextmanager
def pair(authority: trustme.CA, serve: Callable[[Inner], None]) -> Iterator[socket.socket]:
    """The client's end of an outer TLS connection, with `serve` at the other end of an inner one."""
    near, far = socket.socketpair()
    near.settimeout(20)

    def run() -> None:
        context = server_side(authority)
        with contextlib.suppress(OSError), context.wrap_socket(far, server_side=True) as outer:
            serve(Inner(outer, context))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with client_side(authority).wrap_socket(near, server_hostname=NAME) as outer:
            yield outer
    finally:
        far.close()
        thread.join()


def test_both_ways_in_any_size(authority: trustme.CA) -> None:
    def echo(inner: Inner) -> None:
        inner.write(inner.read(len(LARGE)))
        inner.goodbye()

    with pair(authority, echo) as outer:
        connection = over(outer, client_side(authority), NAME)
        assert isinstance(connection, TlsOver)
        connection.sendall(LARGE)
        with connection.makefile("rb") as stream:
            assert stream.read() == LARGE


def test_an_end_without_goodbye_is_an_end(authority: trustme.CA) -> None:
    with pair(authority, lambda inner: inner.write(b"half")) as outer:
        connection = over(outer, client_side(authority), NAME)
        assert isinstance(connection, TlsOver)
        stream = connection.makefile("rb")
        assert stream.read() == b"half"


def test_what_is_read_is_closed_by_its_reader(authority: trustme.CA) -> None:
    with pair(authority, lambda inner: inner.write(b"late")) as outer:
        connection = over(outer, client_side(authority), NAME)
        assert isinstance(connection, TlsOver)
        stream = connection.makefile("rb")
        connection.close()
        assert stream.read(4) == b"late"
        stream.close()
        stream.close()
        assert outer.fileno() == -1


def test_without_a_reader_it_is_closed_at_once(authority: trustme.CA) -> None:
    with pair(authority, lambda inner: None) as outer:
        over(outer, client_side(authority), NAME).close()
        assert outer.fileno() == -1


def test_a_certificate_of_another_closes_it(authority: trustme.CA) -> None:
    with pair(authority, lambda inner: None) as outer:
        with pytest.raises(ssl.SSLCertVerificationError):
            over(outer, client_side(authority), "other.example.com")
        assert outer.fileno() == -1
