"""The client's side of one signaling session, without a socket.

Theory. A session is DISCONNECTED, CONNECTING until the first message, CONNECTED, DISCONNECTING after a `leave` in
either direction, and DISCONNECTED again; RESUMING is CONNECTING with the participant kept, over a second socket.
Events go in with their time, actions come out; deadlines are actions too (`Schedule`), and come back as `Expired`.

lksig behaves as the SDKs do where behaving is needed to stay: it sends `ping_req` every `ping_interval` of the join,
starting one interval after it, and takes any message as a sign of life. It never closes a socket by itself because of
silence: a debugger stays and watches, and says what an SDK would do.

Sources: livekit_rtc.proto JoinResponse.ping_interval/ping_timeout (seconds), Ping (milliseconds), LeaveRequest;
Observed: livekit-server 1.13.5 answers a client's `leave` with a `leave` and close 1000.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

from lksig.records import record
from lksig.wire.events import EndedBy, SessionState

# --- events ---------------------------------------------------------------------------------------------------------


@record
class Connect:
    """Open a socket: for a new session, or with `resume` for the one that is known."""

    t_ns: int
    resume: bool = False


@record
class Opened:
    """The upgrade succeeded."""

    t_ns: int


@record
class Received:
    """A message of the server: its case (None when it has none) and the decoded envelope (None if undecodable)."""

    t_ns: int
    case: str | None
    envelope: Any


@record
class Sent:
    """A message went out, whoever made it."""

    t_ns: int
    case: str | None


@record
class Leave:
    """Leave politely."""

    t_ns: int


@record
class CloseAsked:
    """A person closes the socket, with a close frame or by cutting it."""

    t_ns: int


@record
class Expired:
    """A deadline that was scheduled has passed."""

    t_ns: int
    timer: Timer


@record
class Closed:
    """The socket is gone. `code` is None when the peer sent no close frame."""

    t_ns: int
    code: int | None
    reason: str


@record
class Failed:
    """The socket could not be opened; `why` in a few words."""

    t_ns: int
    why: str


Event = Connect | Opened | Received | Sent | Leave | CloseAsked | Expired | Closed | Failed


# --- actions --------------------------------------------------------------------------------------------------------


class Timer(enum.Enum):
    """The deadlines a session knows."""

    PING = "ping"
    SILENCE = "silence"
    FIRST_MESSAGE = "first_message"
    GOODBYE = "goodbye"


@record
class Enter:
    """The session is in this state now."""

    state: SessionState
    why: str


@record
class OpenTransport:
    """Dial."""

    resume: bool


@record
class SendPing:
    """Send `ping_req`: the wall clock is the shell's."""

    rtt_ms: int
    """The last round trip that was measured, 0 before."""


@record
class SendLeave:
    """Send `leave` with reason CLIENT_INITIATED."""


@record
class Schedule:
    """(Re)start a deadline; it replaces one of the same name."""

    timer: Timer
    after_s: float


@record
class Cancel:
    """Forget a deadline."""

    timer: Timer


@record
class CloseTransport:
    """Send a close frame with this code."""

    code: int


@record
class Say:
    """Tell the person something a clock caused."""

    code: str
    text: str


Action = Enter | OpenTransport | SendPing | SendLeave | Schedule | Cancel | CloseTransport | Say

FIRST_MESSAGE_S = 5.0
"""How long JS and Rust SDKs wait for the first message after the upgrade. Source: client-sdk-js 2.21, rust-sdks."""

GOODBYE_S = 1.0
"""How long the echo of our `leave` is awaited; it comes within milliseconds (Observed: livekit-server 1.13.5)."""

NO_MEDIA_S = 60.0
"""How long a session without media lasts. Observed: livekit-server 1.13.5."""

NO_MEDIA = f"without media a livekit-server ends this session {NO_MEDIA_S:g} s after the join (leave JOIN_FAILURE)"
"""Observed: livekit-server 1.13.5; pings do not help."""

EMBEDDED_REGION = "lksig"
"""The region the embedded server names: its sessions last without media."""

TRANSITIONS: dict[SessionState, tuple[SessionState, ...]] = {
    "DISCONNECTED": ("CONNECTING", "RESUMING"),
    "CONNECTING": ("CONNECTED", "DISCONNECTING", "DISCONNECTED"),
    "CONNECTED": ("RESUMING", "DISCONNECTING", "DISCONNECTED"),
    "RESUMING": ("CONNECTED", "DISCONNECTING", "DISCONNECTED"),
    "DISCONNECTING": ("DISCONNECTED", "RESUMING"),
}
"""Every step there is; the drawing in the documentation is made from it."""

_OPEN_STATES: tuple[SessionState, ...] = ("CONNECTING", "CONNECTED", "RESUMING")
"""Nobody has said goodbye yet."""


class ClientSession:
    """`handle(event)` yields what to do; see the module."""

    def __init__(self) -> None:
        self.state: SessionState = "DISCONNECTED"
        self.ping_interval_s = 0.0
        self.ping_timeout_s = 0.0
        self.participant_sid = ""
        self._first = True
        self._rtt_ms = 0
        self._ended_by: EndedBy | None = None
        """Who said first that it is over."""
        self._heard_ns = 0

    def handle(self, event: Event) -> Iterator[Action]:
        """What follows from one event; nothing, where it comes too late."""
        match event:
            case Connect():
                yield from self._connect(event)
            case Opened() if self.state != "DISCONNECTED":
                yield Schedule(Timer.FIRST_MESSAGE, FIRST_MESSAGE_S)
            case Received() if self.state != "DISCONNECTED":
                yield from self._received(event)
            case Sent(case="leave") if self.state in _OPEN_STATES:
                self._ended_by = "client"
                yield from self._enter("DISCONNECTING", "the client leaves")
            case Leave() if self.state != "DISCONNECTED":
                yield from self._leave()
            case CloseAsked():
                self._ended_by = self._ended_by or "client"
            case Expired():
                yield from self._expired(event)
            case Closed() | Failed():
                yield from self._gone(event)

    def ended_by(self, code: int | None) -> EndedBy:
        """Who ended it, when the socket closed with `code` (None: no close frame came)."""
        return self._ended_by or ("network" if code is None else "server")

    def _enter(self, state: SessionState, why: str) -> Iterator[Action]:
        if state != self.state:
            assert state in TRANSITIONS[self.state], (self.state, state)
            self.state = state
            yield Enter(state, why)

    def _connect(self, event: Connect) -> Iterator[Action]:
        self._first = True
        self._ended_by = None
        if self.state != "DISCONNECTED":
            # The deadlines of the socket before it are not this one's.
            yield from self._forget_deadlines()
        yield from self._enter("RESUMING" if event.resume else "CONNECTING", "dialing")
        yield OpenTransport(event.resume)

    def _received(self, event: Received) -> Iterator[Action]:
        if self._first:
            self._first = False
            yield Cancel(Timer.FIRST_MESSAGE)
        self._heard_ns = event.t_ns
        if event.case == "leave":
            yield from self._left()
        elif self.state == "DISCONNECTING":
            return  # what still comes after a goodbye changes nothing
        elif event.case == "join":
            yield from self._joined(event.envelope.join)
        elif self.state == "RESUMING" and event.case is not None:
            # `reconnect` comes first, but not to a JS SDK before 1.6.3. Observed: livekit-server 1.13.5.
            yield from self._enter("CONNECTED", "resumed")
            yield from self._keep_alive()

    def _joined(self, join: Any) -> Iterator[Action]:
        self.ping_interval_s = float(join.ping_interval)
        self.ping_timeout_s = float(join.ping_timeout)
        self.participant_sid = str(join.participant.sid)
        yield from self._enter("CONNECTED", "joined")
        if join.server_info.region != EMBEDDED_REGION:
            yield Say("no-media", NO_MEDIA)
        yield from self._keep_alive()

    def _keep_alive(self) -> Iterator[Action]:
        """Start the deadlines the join asked for; a session that was resumed keeps those of its join."""
        if self.ping_interval_s > 0:
            yield Schedule(Timer.PING, self.ping_interval_s)
        if self.ping_timeout_s > 0:
            yield Schedule(Timer.SILENCE, self.ping_timeout_s)

    def _left(self) -> Iterator[Action]:
        """A `leave` came: the echo of ours, or the server ends the session. Either way the server closes."""
        self._ended_by = self._ended_by or "server"
        yield from self._enter("DISCONNECTING", "the server said leave")
        yield Cancel(Timer.PING)
        yield Schedule(Timer.GOODBYE, GOODBYE_S)

    def _leave(self) -> Iterator[Action]:
        if self.state in _OPEN_STATES:
            self._ended_by = "client"
            yield SendLeave()
            yield from self._enter("DISCONNECTING", "the client leaves")
        yield Cancel(Timer.PING)
        yield Schedule(Timer.GOODBYE, GOODBYE_S)

    def _expired(self, event: Expired) -> Iterator[Action]:
        if event.timer is Timer.PING and self.state == "CONNECTED" and self.ping_interval_s:
            yield SendPing(self._rtt_ms)
            yield Schedule(Timer.PING, self.ping_interval_s)
        elif event.timer is Timer.SILENCE and self.state == "CONNECTED" and self.ping_timeout_s:
            yield from self._silence(event.t_ns)
        elif event.timer is Timer.FIRST_MESSAGE:
            yield Say(
                "no-first-message",
                f"no message {FIRST_MESSAGE_S:g} s after the upgrade: SDKs give up here",
            )
        elif event.timer is Timer.GOODBYE:
            yield CloseTransport(1000)

    def _silence(self, t_ns: int) -> Iterator[Action]:
        """Any message is a sign of life; the deadline is moved when it expires, not at each message."""
        left_s = self.ping_timeout_s - (t_ns - self._heard_ns) / 1e9
        if left_s > 0:
            yield Schedule(Timer.SILENCE, left_s)
            return
        yield Say(
            "ping-timeout",
            f"nothing came for {self.ping_timeout_s:g} s (ping_timeout): an SDK would close now and resume",
        )
        yield Schedule(Timer.SILENCE, self.ping_timeout_s)

    def measured(self, rtt_ms: float) -> None:
        """Remember a round trip; the next `ping_req` reports it, as whole milliseconds and never 0."""
        self._rtt_ms = max(1, round(rtt_ms))

    def _forget_deadlines(self) -> Iterator[Action]:
        for timer in Timer:
            yield Cancel(timer)

    def _gone(self, event: Closed | Failed) -> Iterator[Action]:
        yield from self._forget_deadlines()
        if isinstance(event, Failed):
            yield from self._enter("DISCONNECTED", event.why)
        else:
            yield from self._enter("DISCONNECTED", f"closed by the {self.ended_by(event.code)}")
