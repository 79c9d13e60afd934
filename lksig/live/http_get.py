"""One plain HTTP GET, for the probes beside the socket.

The standard library's client in a thread: nothing is followed, nothing is retried, what came is given as it is.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lksig.errors import TransportError

MAX_BODY_BYTES = 64 * 1024
"""Of an answer; LiveKit's own are short texts."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def http_get(
    url: str, headers: Sequence[tuple[str, str]], *, tls: ssl.SSLContext | None, timeout_s: float
) -> HttpAnswer:
    """GET `url` once.

    Raises:
        TransportError: there was no HTTP answer.
    """
    try:
        return await asyncio.to_thread(_get, url, headers, tls, timeout_s)
    except (OSError, http.client.HTTPException) as exc:
        where = urlsplit(url).netloc
        text = f"no HTTP answer from {where}: {getattr(exc, 'strerror', None) or type(exc).__name__}"
        raise TransportError(text, code="no-http-answer", layer="http", hint="check host and port") from exc


def _get(url: str, headers: Sequence[tuple[str, str]], tls: ssl.SSLContext | None, timeout_s: float) -> HttpAnswer:
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout_s, context=tls)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_s)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers=dict(headers))
        answer = connection.getresponse()
        return HttpAnswer(answer.status, tuple(answer.getheaders()), answer.read(MAX_BODY_BYTES))
    finally:
        connection.close()
