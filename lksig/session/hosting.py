"""What a hosted machine and the server that hosts it say to each other.

A machine has `handle(event)` and gives back actions; `lksig.live.server` owns the sockets, makes the events and does
what the actions say, in order. The embedded rooms are one such machine; nothing here knows of rooms.

The rule: a socket is known by its number, from 1, and every action names the one it is for. An action for a socket that
is gone is dropped by the host, so that no machine has to know who is faster.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lksig.wire.events import Encoding, Message
    from lksig.wire.target import Path

Headers = tuple[tuple[str, str], ...]

# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Requested:
    """An HTTP request, upgrades included; answered by exactly one `Respond` or `Accept`."""

    t_ns: int
    socket: int
    method: str
    target: str
    """Path and query as they were sent."""
    headers: Headers

    def __repr__(self) -> str:
        # The target and the headers may hold a token.
        return f"Requested(t_ns={self.t_ns}, socket={self.socket}, {self.method} {self.target.partition('?')[0]})"

    def header(self, name: str) -> str | None:
        """The first value of a header; names in any case."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A socket that was accepted is through; what was done for it before is sent by now."""

    t_ns: int
    socket: int


@dataclass(slots=True)
class Received:
    """A frame of a client, decoded. Not frozen: this is a hot one."""

    t_ns: int
    socket: int
    message: Message
    """Its `session` and `socket` are the journal's numbers, not the host's."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A socket is closed, whoever did it."""

    t_ns: int
    socket: int


@dataclass(frozen=True, slots=True)
class Expired:
    """A deadline that was scheduled has passed."""

    t_ns: int
    timer: Hashable


@dataclass(frozen=True, slots=True)
class Stopped:
    """The server is asked to stop."""

    t_ns: int


HostEvent = Requested | Opened | Received | Gone | Expired | Stopped

# --- actions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer an HTTP request and close the connection."""

    socket: int
    status: int
    headers: Headers
    body: bytes
    session: int = 0
    """Number of the participant that somebody wanted to be; 0 for a request that has nothing to do with joining."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Upgrade a request to a WebSocket: a participant's session begins, or goes on over a new socket."""

    socket: int
    session: int
    """Number of the participant, from 1."""
    path: Path
    room: str
    identity: str
    join_request: Any = None
    """The decoded `livekit.JoinRequest`, where there was one."""
    resumed: bool = False


@dataclass(slots=True)
class Send:
    """Send a SignalResponse. Not frozen: this is the hot one."""

    socket: int
    envelope: Any
    """Never changed once it is here; the same object may go to many sockets."""
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Send a frame exactly as it is, whether or not it decodes."""

    socket: int
    data: bytes
    encoding: Encoding

    def __repr__(self) -> str:
        # The bytes may hold a token.
        return f"SendFrame(socket={self.socket}, {len(self.data)} bytes, {self.encoding})"


@dataclass(frozen=True, slots=True)
class SendPing:
    """Send an empty WebSocket ping."""

    socket: int


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Send what is still to be sent, then a close frame."""

    socket: int
    code: int = 1000
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DropSocket:
    """Cut the TCP connection, without a close frame."""

    socket: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell whoever looks at the session of a socket something that is no message: a `wire.events.Note`."""

    socket: int
    code: str
    """Searchable, `kebab-case`."""
    text: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """(Re)start a deadline; it replaces one of the same name and comes back as `Expired`."""

    timer: Hashable
    after_s: float


@dataclass(frozen=True, slots=True)
class Cancel:
    """Forget a deadline; one that is not running is no error."""

    timer: Hashable


HostAction = Respond | Accept | Send | SendFrame | SendPing | CloseSocket | DropSocket | Tell | Schedule | Cancel


class Machine(Protocol):
    """Decides what a server does, without a socket or a clock."""

    def handle(self, event: HostEvent) -> Iterable[HostAction]:
        """What follows from an event, in order."""


@dataclass(slots=True)
class Outbox:
    """The actions of one `handle`, gathered while it works."""

    actions: list[HostAction] = field(default_factory=list)

    def put(self, action: HostAction) -> None:
        """Add an action at the end."""
        self.actions.append(action)

    def take(self) -> list[HostAction]:
        """All actions since the last call."""
        taken, self.actions = self.actions, []
        return taken
