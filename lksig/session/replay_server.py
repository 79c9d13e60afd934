"""The server's side of a recording, played to whoever connects: HTTP in, recorded sockets out.

Theory. A recording of a client holds everything its server said to it, and what was asked before. To another client the
same can be said again, in step with its own requests, as long as what a client chooses itself is put into the answers
(`replay_rebind`). Who comes plays the part of a recorded participant (`replay_casting`): each join or resume gets that
participant's next socket (`replay_scene`, where it stands what is played when). The script itself is `replay_script`.

    what comes                           what it gets
    a token that is none, or no token    HTTP 401, as from a real server; any other is taken, whatever it allows
    /validate, an upgrade                the recorded status and body, where the recording was refused there
    an upgrade that was accepted         the recorded socket, over v0 or v1 alike
    a resume that was not recorded       `leave{STATE_MISMATCH, RECONNECT}` and a close: the client joins anew
    a join, where none was recorded      HTTP 503
    ping, ping_req, a fence of lksig     its answer, always; recorded ones are not played
    a request                            what was recorded for one of its kind; else nothing, and a note
    leave                                the recorded end; else an echo and a close
    a frame that does not decode         nothing
    the end of the recording             silence, but for keep-alives; a note

The rule: nothing is made up but what keeps a session alive or ends it.

Source: livekit-server pkg/service/rtcservice.go, pkg/rtc/room.go ResumeParticipant (resume of an unknown participant).
Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.session.fence import fence_answer, is_fence
from lksig.session.hosting import (
    Accept,
    CloseSocket,
    Expired,
    Gone,
    HostAction,
    HostEvent,
    Opened,
    Outbox,
    Received,
    Requested,
    Respond,
    Schedule,
    Send,
    SendPing,
    Tell,
)
from lksig.session.joining import Joining
from lksig.session.people import Action, Reason, leave_body
from lksig.session.replay_casting import Casting, Part
from lksig.session.replay_scene import Pace, ScenePlayer
from lksig.session.server import WS_PING_S
from lksig.session.server_http import (
    UNNAMED,
    VALIDATE_PATHS,
    Answer,
    answer,
    clean_query,
    is_signal_path,
    open_to_browsers,
    token_text,
)
from lksig.wire.access_token import read_token
from lksig.wire.target import first_value

if TYPE_CHECKING:
    from lksig.session.replay_script import Scene, Take
    from lksig.wire.events import Message

HONOURED = frozenset({Reason.CLIENT_INITIATED, Reason.USER_UNAVAILABLE, Reason.USER_REJECTED, Reason.AGENT_ERROR})
"""Reasons of a `leave` that are echoed; others become CLIENT_INITIATED. Observed: livekit-server 1.13.5."""

NO_JOIN = b"the recording holds no join"
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_OF_THE_CONNECTION = ("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade", "vary")
"""Headers of a recorded answer that are made anew, as are those of CORS."""


class _Seat:
    """One open socket."""

    def __init__(self, part: Part, joining: Joining, player: ScenePlayer) -> None:
        self.part = part
        self.joining = joining
        self.player = player


class ReplayServer:
    """Plays a recording's server.

    Args:
        takes: the participants of the recording, at least one.
        wall_ns: nanoseconds since the epoch when `t_ns` of the events was 0.
    """

    def __init__(self, takes: list[Take], pace: Pace, *, wall_ns: int) -> None:
        self._casting = Casting(takes)
        self._pace = pace
        self._wall_ns = wall_ns
        self._out = Outbox()
        self._seats: dict[int, _Seat] = {}
        self._sessions = 0

    def handle(self, event: HostEvent) -> Iterator[HostAction]:
        """What follows from an event, in order."""
        if type(event) is Received:
            self._message(event.t_ns, event.socket, event.message)
        elif isinstance(event, Requested):
            self._requested(event)
        elif isinstance(event, Opened):
            self._opened(event)
        elif isinstance(event, Gone):
            seat = self._seats.pop(event.socket, None)
            if seat is not None:
                seat.player.stop()
        elif isinstance(event, Expired):
            self._expired(event)
        else:
            self._stop()
        return iter(self._out.take())

    # --- HTTP and joining -------------------------------------------------------------------------------------------

    def _requested(self, request: Requested) -> None:
        found = answer(request, None, self._unix_ms(request.t_ns) / 1000)
        path = VALIDATE_PATHS.get(request.target.partition("?")[0])
        if isinstance(found, Joining):
            self._join(request, found)
            return
        if path is not None and found.status == 200:
            token = read_token(token_text(request, _pairs(request)) or "")
            scene = self._casting.probed(token.identity or UNNAMED, path)
            found = found if scene is None else _recorded(request, scene)
        self._respond(request, found)

    def _respond(self, request: Requested, found: Answer) -> None:
        session = self._number() if is_signal_path(request.target) else 0
        self._out.put(Respond(request.socket, found.status, found.headers, found.body, session))

    def _number(self) -> int:
        self._sessions += 1
        return self._sessions

    def _join(self, request: Requested, joining: Joining) -> None:
        identity, path = joining.grants.identity, joining.path
        if joining.reconnect:
            given = self._casting.resumed(identity, _sid(request, joining), path)
        else:
            given = self._casting.joined(identity, path)
        if given is None and joining.reconnect:
            self._refuse_resume(request, joining)
        elif given is None:
            self._respond(request, open_to_browsers(request, 503, (_TEXT,), NO_JOIN))
        elif given[1].refusal is not None:
            self._respond(request, _recorded(request, given[1]))
        else:
            self._accept(request, joining, *given)

    def _accept(self, request: Requested, joining: Joining, part: Part, scene: Scene) -> None:
        """The recorded socket, for its new client."""
        socket, out = request.socket, self._out
        is_new = not part.session
        part.session = part.session or self._number()
        part.rebinding.token = token_text(request, _pairs(request)) or ""
        player = ScenePlayer(scene, socket, part.rebinding, self._pace, out)
        self._seats[socket] = _Seat(part, joining, player)
        self._upgrade(socket, part.session, joining, is_resume=not is_new)
        if is_new:
            for text in _casting_words(part):
                out.put(Tell(socket, "replay-part", text))
        for body in joining.add_tracks:
            player.request(request.t_ns, "add_track", body)
        if joining.publisher_offer is not None:
            player.request(request.t_ns, "offer", joining.publisher_offer)

    def _opened(self, event: Opened) -> None:
        """Only now the recorded clock begins: a handshake takes as long as it takes."""
        seat = self._seats.get(event.socket)
        if seat is not None:
            seat.player.open(event.t_ns)

    def _upgrade(self, socket: int, session: int, joining: Joining, *, is_resume: bool) -> None:
        room, identity = joining.room, joining.grants.identity
        self._out.put(Accept(socket, session, joining.path, room, identity, joining.join_request, resumed=is_resume))
        self._out.put(Schedule(("ws_ping", socket), WS_PING_S))

    def _refuse_resume(self, request: Requested, joining: Joining) -> None:
        """Nobody to be resumed: the client is told to join anew."""
        socket = request.socket
        self._upgrade(socket, self._number(), joining, is_resume=False)
        self._out.put(Tell(socket, "replay-resume", "the recording has no such resume: the client has to join anew"))
        leave = leave_body(joining.client.protocol, Reason.STATE_MISMATCH, Action.RECONNECT)
        self._out.put(Send(socket, envelope_class(TO_CLIENT)(leave=leave), "protobuf"))
        self._out.put(CloseSocket(socket))

    # --- messages ---------------------------------------------------------------------------------------------------

    def _message(self, t_ns: int, socket: int, message: Message) -> None:
        seat = self._seats.get(socket)
        if seat is None or seat.player.is_over or message.error is not None:
            return
        seat.player.encoding = message.encoding
        if message.case is None:
            return
        body = getattr(message.envelope, message.case)
        said = self._keepalive(t_ns, message.case, body)
        if said is not None:
            self._out.put(Send(socket, said, message.encoding))
        elif message.case == "leave":
            seat.player.leave(t_ns, _echo(seat.joining, body))
        else:
            seat.player.request(t_ns, message.case, body)

    def _keepalive(self, t_ns: int, case: str, body: Any) -> Any:
        """The answer to what is asked only to see that somebody is there; None for everything else."""
        unix_ms = self._unix_ms(t_ns)
        if case == "ping":
            return envelope_class(TO_CLIENT)(pong=unix_ms)
        if case == "ping_req":
            pong = {"last_ping_timestamp": body.timestamp, "timestamp": unix_ms}
            return envelope_class(TO_CLIENT)(pong_resp=pong)
        return fence_answer(case, body) if is_fence(case, body) else None

    def _unix_ms(self, t_ns: int) -> int:
        return (self._wall_ns + t_ns) // 1_000_000

    # --- deadlines --------------------------------------------------------------------------------------------------

    def _expired(self, event: Expired) -> None:
        name, socket = event.timer if isinstance(event.timer, tuple) else (event.timer, None)
        seat = self._seats.get(socket)
        if seat is None:
            return
        if name == "ws_ping":
            self._out.put(SendPing(socket))
            self._out.put(Schedule(event.timer, WS_PING_S))
        else:
            seat.player.expired(event.t_ns)

    def _stop(self) -> None:
        """The end: everybody is told, nobody is asked to come back."""
        for socket, seat in self._seats.items():
            if not seat.player.is_over:
                seat.player.stop()
                leave = leave_body(seat.joining.client.protocol, Reason.SERVER_SHUTDOWN)
                self._out.put(Send(socket, envelope_class(TO_CLIENT)(leave=leave), seat.player.encoding))
                self._out.put(CloseSocket(socket))


def _pairs(request: Requested) -> list[tuple[str, str]]:
    return clean_query(request.target.partition("?")[2])


def _sid(request: Requested, joining: Joining) -> str | None:
    """The participant that a client says it was."""
    if joining.join_request is not None:
        return str(joining.join_request.participant_sid) or None
    return first_value(_pairs(request), "sid")


def _recorded(request: Requested, scene: Scene) -> Answer:
    """A recorded answer, with the headers that are about its content."""
    assert scene.refusal is not None
    status, headers, body = scene.refusal
    kept = tuple((name, value) for name, value in headers if _is_kept(name.lower(), value))
    return open_to_browsers(request, status, kept, body)


def _is_kept(name: str, value: str) -> bool:
    is_about_here = name in _OF_THE_CONNECTION or name.startswith(("access-control-", "sec-websocket-"))
    return not is_about_here and (name + value).isascii() and (name + value).isprintable()


def _casting_words(part: Part) -> Iterator[str]:
    """What a person should know of who plays whom."""
    recorded = part.take.identity
    if recorded != part.identity:
        whom = "a participant without identity" if recorded is None else recorded
        namesake = f", who is called {recorded} here too: the recording has another {part.identity}"
        yield f"{part.identity} gets what {whom} got{namesake if part.rebinding.is_namesake else ''}"
    if part.is_again:
        yield "everybody in the recording was played: it begins again"


def _echo(joining: Joining, body: Any) -> Any:
    reason = next((one for one in HONOURED if one == body.reason), Reason.CLIENT_INITIATED)
    return envelope_class(TO_CLIENT)(leave=leave_body(joining.client.protocol, reason))
