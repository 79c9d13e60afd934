"""Everything that can happen in a session, one class per kind.

`live` (or a recording) makes events, `session.journal` numbers them and adds what follows from them, and recorder,
filter and renderer receive the resulting `Reading`: the same live and from a file.

Times: `t_ns` are nanoseconds on a monotonic clock since the run's `Start`; the wall clock is read once, for `Start`,
so that a session's times never jump. `session` numbers the participants of a run and `socket` the WebSockets, from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lksig.records import record

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage

    from lksig.schema.pool import Direction

By = Literal["server", "user", "auto", "replay", "rule", "client", "agent"]
"""Who made it. `auto` is lksig itself: keep-alives, fences, the answers it gives unasked."""
Encoding = Literal["protobuf", "json"]
EndedBy = Literal["server", "client", "network"]


@record
class DecodeError:
    """Why a frame is no signal message."""

    reason: str
    offset: int | None
    """Bytes into the frame where decoding stopped making sense; None where nobody can tell."""


class Message:
    """One signal message, decoded once. Plain slots: a frozen dataclass costs 0.7 µs more, per message.

    `envelope` is None when the frame did not decode; then `error` says why. `case` is None for an undecodable frame,
    an empty envelope and a case the schema does not know (the unknown field stays in `envelope`).
    `raw` are the exact bytes after decompression (for `encoding` "json" the UTF-8 text). `places` is not empty when
    those bytes come from a redacted recording: paths and placeholders of what was overwritten in them; then the
    placeholders stand in `envelope` (`wire.places`).
    """

    __slots__ = (
        "by",
        "case",
        "direction",
        "encoding",
        "envelope",
        "error",
        "places",
        "raw",
        "session",
        "socket",
        "t_ns",
    )

    def __init__(
        self,
        t_ns: int,
        direction: Direction,
        raw: bytes,
        envelope: ProtoMessage | None,
        case: str | None,
        *,
        by: By,
        encoding: Encoding = "protobuf",
        error: DecodeError | None = None,
        session: int = 1,
        socket: int = 1,
        places: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.t_ns = t_ns
        self.direction = direction
        self.raw = raw
        self.places = places
        self.envelope = envelope
        self.case = case
        self.by = by
        self.encoding = encoding
        self.error = error
        self.session = session
        self.socket = socket

    def __repr__(self) -> str:
        return f"Message(t_ns={self.t_ns}, {self.direction}, {self.case}, by={self.by}, {len(self.raw)} bytes)"


@record
class Start:
    """A participant's session begins; the first event of it. `t_ns` is 0 for the first one of a run."""

    t_ns: int
    wall_ns: int
    """Nanoseconds since the epoch at `t_ns`."""
    url: str
    """Without query and without credentials."""
    path: Literal["v0", "v1"]
    room: str | None
    identity: str | None
    session: int = 1


@record
class WsPing:
    """A WebSocket ping frame."""

    t_ns: int
    direction: Direction
    payload: bytes
    by: By
    session: int = 1
    socket: int = 1


@record
class WsPong:
    """A WebSocket pong frame."""

    t_ns: int
    direction: Direction
    payload: bytes
    by: By
    session: int = 1
    socket: int = 1


@record
class Close:
    """The WebSocket is over. `code` is None when no close frame came (`ended_by` "network")."""

    t_ns: int
    code: int | None
    reason: str
    ended_by: EndedBy
    session: int = 1
    socket: int = 1


@record
class Http:
    """One HTTP exchange: the upgrade, or a probe. Text is as it was on the wire: views redact it."""

    t_ns: int
    method: str
    path: str
    """Path and query of the request."""
    request_headers: tuple[tuple[str, str], ...]
    status: int | None
    """None when no answer came."""
    headers: tuple[tuple[str, str], ...]
    """Of the answer."""
    body: bytes
    took_ns: int
    join_request: ProtoMessage | None = None
    """The decoded `livekit.JoinRequest`, where the query held one."""
    session: int = 1
    socket: int = 1


SessionState = Literal["DISCONNECTED", "CONNECTING", "CONNECTED", "RESUMING", "DISCONNECTING"]


@record
class State:
    """The session entered a state; `why` in a few words."""

    t_ns: int
    state: SessionState
    why: str
    session: int = 1
    socket: int = 1


@record
class Note:
    """Something lksig did or learned that is no message.

    Notes that are handed to the journal (a clock or a person caused them) are recorded; those that the journal makes
    itself follow from other events and are made again when a recording is shown.
    """

    t_ns: int
    code: str
    """Searchable, `kebab-case`."""
    text: str
    about: int | None = None
    """The number of the message it speaks of."""
    session: int = 1
    socket: int = 1


@record
class Marker:
    """A place in the session that a person named."""

    t_ns: int
    text: str
    session: int = 1
    socket: int = 1


Outcome = Literal["answered", "refused", "queued", "unopposed", "timeout", "lost"]


@record
class Result:
    """What became of one request of the user; derived by the journal."""

    t_ns: int
    request: int
    """The number of the request."""
    case: str
    outcome: Outcome
    reason: str | None = None
    """The `RequestResponse.Reason` by name, where one was given."""
    reply: int | None = None
    """The number of the message that settled it: the answer, or for `unopposed` the fence's."""
    took_ns: int | None = None
    session: int = 1


@dataclass(frozen=True, slots=True)
class End:
    """The last reading of a session; derived by the journal."""

    t_ns: int
    ended_by: EndedBy | None
    """None when no socket ever opened, and when a recording stops before its session did."""
    code: int | None
    messages: dict[str, int] = field(default_factory=dict)
    """Counts by direction, `to_client` and `to_server`, lksig's own messages included."""
    unanswered: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    undecodable: int = 0
    session: int = 1


Event = Start | Message | WsPing | WsPong | Close | Http | State | Note | Marker
"""What happens; made by `live` or read from a recording."""
Derived = Result | End
"""What follows; made by the journal."""


class Reading:
    """An event with its number and what the journal knows about it. Plain slots, as `Message`.

    `n` numbers messages only (undecodable and empty ones too), from 1 over all sessions of a run. `dt_ns` counts from
    the previous event, printed or not. `reply_to` is the number of the message this one answers, after `reply_ns`.
    `for_auto` marks the answer to a message lksig made itself; such an answer is never `refused`.
    """

    __slots__ = ("dt_ns", "event", "for_auto", "n", "refused", "reply_ns", "reply_to")

    def __init__(
        self,
        event: Event | Derived,
        *,
        n: int | None = None,
        dt_ns: int = 0,
        reply_to: int | None = None,
        reply_ns: int | None = None,
        refused: bool = False,
        for_auto: bool = False,
    ) -> None:
        self.event: Any = event
        self.n = n
        self.dt_ns = dt_ns
        self.reply_to = reply_to
        self.reply_ns = reply_ns
        self.refused = refused
        self.for_auto = for_auto

    def __repr__(self) -> str:
        return f"Reading(n={self.n}, {self.event!r})"
