"""One plain HTTP GET, for the probes beside the socket.

The standard library's client in a thread: nothing is followed, nothing is retried, what came is given as it is.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from lksig.errors import TransportError
from lksig.live.proxy import open_through
from lksig.live.tls_over import over

if TYPE_CHECKING:
    from lksig.live.proxy import ProxyAddress

MAX_BODY_BYTES = 64 * 1024
"""Of an answer; LiveKit's own are short texts."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def http_get(
    url: str,
    headers: Sequence[tuple[str, str]],
    *,
    tls: ssl.SSLContext | None,
    timeout_s: float,
    proxy: ProxyAddress | None = None,
    server_name: str | None = None,
) -> HttpAnswer:
    """GET `url` once.

    Args:
        server_name: for SNI and verification, where it is not the URL's host.

    Raises:
        TransportError: there was no HTTP answer.
    """
    parts = urlsplit(url)
    connection = _Connection(parts, timeout_s, tls, proxy, server_name)
    try:
        return await asyncio.to_thread(_get, connection, parts, headers)
    except (OSError, http.client.HTTPException) as exc:
        text = f"no HTTP answer from {parts.netloc}: {getattr(exc, 'strerror', None) or _words(exc)}"
        raise TransportError(text, code="no-http-answer", layer="http", hint="check host and port") from exc


class _Connection(http.client.HTTPConnection):
    """The standard library's, through a proxy of any kind and with a name for TLS of our own."""

    def __init__(
        self,
        parts: SplitResult,
        timeout_s: float,
        tls: ssl.SSLContext | None,
        proxy: ProxyAddress | None,
        server_name: str | None,
    ) -> None:
        self._timeout_s = timeout_s
        self._tls = tls if parts.scheme == "https" else None
        self._proxy = proxy
        self.default_port = 443 if parts.scheme == "https" else 80  # which the Host header leaves out
        super().__init__(parts.hostname or "", parts.port)
        self._server_name = server_name or self.host

    def connect(self) -> None:
        """Open the socket."""
        self.sock = open_through(self._proxy, self.host, self.port, self._timeout_s)
        self.sock.settimeout(self._timeout_s)
        if self._tls is not None:
            self.sock = over(self.sock, self._tls, self._server_name)


def _get(connection: _Connection, parts: SplitResult, headers: Sequence[tuple[str, str]]) -> HttpAnswer:
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers=dict(headers))
        answer = connection.getresponse()
        return HttpAnswer(answer.status, tuple(answer.getheaders()), answer.read(MAX_BODY_BYTES))
    finally:
        connection.close()


def _words(exc: Exception) -> str:
    """The text of an OSError without number, which is ours or the library's; else the kind of error."""
    return str(exc) if isinstance(exc, OSError) and exc.args and isinstance(exc.args[0], str) else type(exc).__name__
