"""What stands between a client and a server, in threads: an HTTP proxy, a SOCKS proxy, and TLS in front of a port."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    answer = b""
    tls: ssl.SSLContext | None = None
    upstream = ("", 0)

    def __init__(self, handler: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.seen: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that cuts the connection is no news."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server


class _Tunnel(_Handler):
    """Knows CONNECT and nothing else."""

    def handle(self) -> None:
        first = self.rfile.readline().decode("latin-1").strip()
        self.server.seen.append(first)
        while line := self.rfile.readline().decode("latin-1").strip():
            if line.lower().startswith("proxy-authorization"):
                self.server.seen.append(line)
        if not self.server.answer.startswith(b"HTTP/1.1 200"):
            self.wfile.write(self.server.answer)
            return
        host, _, port = first.split()[1].rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.wfile.write(self.server.answer)
            _join(self.connection, upstream)


class _Socks(_Handler):
    """Version 5, with and without password. Source: RFC 1928, RFC 1929."""

    def handle(self) -> None:
        _, count = self.rfile.read(2)
        methods = self.rfile.read(count)
        if 2 in methods:
            self.wfile.write(b"\x05\x02")
            self.rfile.read(1)
            user, password = (self.rfile.read(self.rfile.read(1)[0]).decode() for _ in range(2))
            self.server.seen.append(f"{user}:{password}")
            self.wfile.write(b"\x01\x00")
        else:
            self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        host = self.rfile.read(self.rfile.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(self.rfile.read(4))
        (port,) = struct.unpack("!H", self.rfile.read(2))
        self.server.seen.append(f"{host}:{port}")
        self.wfile.write(b"\x05" + self.server.answer + b"\x00\x01\x00\x00\x00\x00\x00\x00")
        if self.server.answer == b"\x00":
            with socket.create_connection((host, port)) as upstream:
                _join(self.connection, upstream)


class _Tls(_Handler):
    """Ends TLS and hands on what is inside."""

    def setup(self) -> None:
        assert self.server.tls is not None
        self.request = self.server.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        try:
            self.request.do_handshake()
        except OSError:
            # What was not read would make of the close a reset, which overtakes the alert.
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_WR)
                while self.request.recv(65536):
                    pass
            self.request.close()
            raise
        self.server.seen.append(str(_common_name(self.request.getpeercert())))
        super().setup()

    def handle(self) -> None:
        with socket.create_connection(self.server.upstream) as upstream:
            _join(self.connection, upstream)

    def finish(self) -> None:
        super().finish()
        self.request.close()


def _common_name(certificate: Any) -> str | None:
    names = dict(pair for part in (certificate or {}).get("subject", ()) for pair in part)
    return names.get("commonName") or (names.get("organizationName"))


def _join(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(other, one))
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _running(server: _Server) -> Iterator[_Server]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _port(server: _Server) -> int:
    return int(server.server_address[1])


@contextlib.contextmanager
def connecting(answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> Iterator[tuple[str, list[str]]]:
    """The URL of an HTTP proxy while it runs, and what it saw: request lines and credentials.

    Args:
        answer: to a CONNECT; any but a 200 is the last word.
    """
    server = _Server(_Tunnel)
    server.answer = answer
    with _running(server):
        yield f"http://127.0.0.1:{_port(server)}", server.seen


@contextlib.contextmanager
def socks(reply: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Host and port of a SOCKS proxy while it runs, and what it saw: credentials and where to.

    Args:
        reply: the code it answers with; 0 lets through.
    """
    server = _Server(_Socks)
    server.answer = bytes([reply])
    with _running(server):
        yield f"127.0.0.1:{_port(server)}", server.seen


@contextlib.contextmanager
def tls_before(url: str, context: ssl.SSLContext) -> Iterator[tuple[str, list[str]]]:
    """A wss:// URL that leads to a ws:// one, and whose client certificates were seen."""
    server = _Server(_Tls)
    server.tls = context
    parts = urlsplit(url)
    server.upstream = (parts.hostname or "", parts.port or 0)
    with _running(server):
        yield f"wss://127.0.0.1:{_port(server)}", server.seen
