"""One socket of a live session, as the receiver of its transport.

A session may have two for a moment: a resume opens its socket while the one before is still there, and a server takes a
session over only then (Observed: livekit-server 1.13.5 forgets a participant without media when its socket closes). So
every socket knows its number, and the session knows which one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import WsPing, WsPong

if TYPE_CHECKING:
    from lksig.live.transport import Transport, Upgrade
    from lksig.wire.events import Event


class Owner(Protocol):
    """The session of a socket."""

    number: int

    def now_ns(self) -> int:
        """Nanoseconds on the run's clock."""

    def happened(self, event: Event) -> None:
        """Put an event into the run."""

    def upgraded(self, socket: SessionSocket, upgrade: Upgrade) -> None:
        """The server answered the handshake."""

    def received(self, socket: SessionSocket, data: bytes, *, text: bool) -> None:
        """A message of the server came."""

    def socket_closed(self, socket: SessionSocket, code: int | None, reason: str) -> None:
        """The socket is gone."""


class SessionSocket:
    """A `Receiver` that says which socket it was."""

    def __init__(self, owner: Owner, number: int) -> None:
        self.number = number
        self.transport: Transport | None = None
        self.is_aborted = False
        """We cut it ourselves."""
        self._owner = owner

    def abort(self) -> None:
        """Cut it; a socket that is just opening goes with the dial that opens it."""
        self.is_aborted = True
        if self.transport is not None:
            self.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until it is gone."""
        if self.transport is not None:
            await self.transport.wait_closed()

    # --- Receiver ---------------------------------------------------------------------------------------------------

    def upgraded(self, upgrade: Upgrade) -> None:
        """The server answered the handshake."""
        self._owner.upgraded(self, upgrade)

    def frame(self, data: bytes, *, text: bool) -> None:
        """A message of the server."""
        self._owner.received(self, data, text=text)

    def ws_ping(self, payload: bytes, *, ours: bool) -> None:
        """A WebSocket ping."""
        now, session = self._owner.now_ns(), self._owner.number
        if ours:
            self._owner.happened(WsPing(now, TO_SERVER, payload, "user", session, self.number))
        else:
            self._owner.happened(WsPing(now, TO_CLIENT, payload, "server", session, self.number))

    def ws_pong(self, payload: bytes, *, ours: bool) -> None:
        """A WebSocket pong."""
        now, session = self._owner.now_ns(), self._owner.number
        if ours:
            self._owner.happened(WsPong(now, TO_SERVER, payload, "auto", session, self.number))
        else:
            self._owner.happened(WsPong(now, TO_CLIENT, payload, "server", session, self.number))

    def closed(self, code: int | None, reason: str) -> None:
        """The socket is gone. Of one that we cut ourselves the library says how it noticed, which is no reason."""
        self._owner.socket_closed(self, code, "" if code is None and self.is_aborted else reason)
