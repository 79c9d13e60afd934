"""An HTTP proxy that knows CONNECT and nothing else, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        first = self.rfile.readline().decode("latin-1").strip()
        self.server.seen.append(first)  # type: ignore[attr-defined]
        while self.rfile.readline().strip():
            pass
        host, _, port = first.split()[1].rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(upstream, self.connection))
            back.start()
            _copy(self.connection, upstream)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def connecting() -> Iterator[tuple[str, list[str]]]:
    """The URL of such a proxy while it runs, and the request lines it saw."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel) as server:
        server.daemon_threads = True
        server.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server.seen  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
