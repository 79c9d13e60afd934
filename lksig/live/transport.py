"""A socket that carries signal frames, as a port: the WebSocket and the in-memory one are equal in rank."""

from __future__ import annotations

from typing import Protocol

from lksig.records import record


class Transport(Protocol):
    """What a session does to its socket."""

    async def send(self, data: bytes, *, text: bool) -> None:
        """Send one data frame.

        Raises:
            TransportError: the socket is gone.
        """

    async def ping(self, payload: bytes) -> None:
        """Send a WebSocket ping."""

    async def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake and wait until the socket is gone."""

    def abort(self) -> None:
        """Cut the connection without goodbye."""

    async def wait_closed(self) -> None:
        """Wait until the socket is gone, whoever closed it."""


@record
class Upgrade:
    """The HTTP exchange that opened, or did not open, the socket."""

    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Receiver(Protocol):
    """Who gets what comes in on a socket; called in order, before anything else happens on it."""

    def upgraded(self, upgrade: Upgrade) -> None:
        """The server answered the handshake, with 101 or a refusal."""

    def frame(self, data: bytes, *, text: bool) -> None:
        """A whole data message, inflated, not checked to be UTF-8."""

    def ws_ping(self, payload: bytes, *, ours: bool) -> None:
        """A WebSocket ping, of the peer or `ours`."""

    def ws_pong(self, payload: bytes, *, ours: bool) -> None:
        """A WebSocket pong, of the peer or `ours`."""

    def closed(self, code: int | None, reason: str) -> None:
        """The socket is gone; `code` is None when the peer sent no close frame."""
