"""The embedded server's machine: HTTP in, rooms inside, signal messages out.

Theory. A request is answered or becomes a participant's session; a session ends by a `leave` of either side, by a
broken frame, by its socket going away, or with its room. All the server does by itself it does on deadlines. Who
decides how a connection is treated is `RoomServer._admit`, in one place: a mode that misbehaves on purpose for certain
tokens (upstream's own mock takes them from the attribute `lk.mock`) belongs there.

Source: livekit-server pkg/service/rtcservice.go serve, roommanager.go StartSession, rtcSessionWorker, pkg/rtc/room.go
Join, ResumeParticipant. Observed: livekit-server 1.13.5: `tests/golden/server` holds what it said to the scripts of
`tests/support/scenarios.py`, and this machine says the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.session.hosting import (
    Accept,
    CloseSocket,
    Expired,
    Gone,
    HostAction,
    HostEvent,
    Received,
    Requested,
    Respond,
    Schedule,
    Send,
    SendPing,
    Stopped,
)
from lksig.session.ids import Below, Ids
from lksig.session.joining import Joining
from lksig.session.people import Action, Participant, Reason, State, leave_body
from lksig.session.room_join import join, resume
from lksig.session.room_requests import (
    MAX_ATTRIBUTES_BYTES,
    MAX_METADATA_BYTES,
    attributes_bytes,
    handle_request,
    tell_speaker,
)
from lksig.session.room_subscriptions import reconcile_tick
from lksig.session.room_tokens import keep_token
from lksig.session.rooms import Options, Room, World, open_room
from lksig.session.server_http import Answer, answer, is_signal_path, server_error
from lksig.session.simulated import act

if TYPE_CHECKING:
    from lksig.wire.events import Message

WS_PING_S = 10
"""Between two WebSocket pings of the server; nobody waits for the pong."""
CONNECT_ATTEMPTS = 3
"""How often a session that cannot be made is tried; the others in the room see each. Source: config.go SignalRelay."""
NO_SESSION = "connection closed by media"


class RoomServer:
    """A LiveKit server without media.

    Args:
        wall_ns: nanoseconds since the epoch when `t_ns` of the events was 0.
        below: where random numbers come from.
    """

    def __init__(self, options: Options, *, wall_ns: int, below: Below) -> None:
        ids = Ids(below)
        self._world = World(options, ids, wall_ns, ids.sid("ND"))

    @property
    def rooms(self) -> dict[str, Room]:
        """The rooms there are, by name; to look at."""
        return self._world.rooms

    def handle(self, event: HostEvent) -> Iterator[HostAction]:
        """What follows from an event, in order."""
        world = self._world
        world.t_ns = event.t_ns
        if type(event) is Received:
            self._message(event.socket, event.message)
        elif isinstance(event, Requested):
            self._requested(event)
        elif isinstance(event, Gone):
            self._gone(event.socket)
        elif isinstance(event, Expired):
            self._expired(event.timer)
        elif isinstance(event, Stopped):
            self._stop()
        for room in world.rooms.values():
            if room.is_due:
                room.refresh()
        return iter(world.out.take())

    # --- HTTP and joining -------------------------------------------------------------------------------------------

    def _requested(self, request: Requested) -> None:
        world = self._world
        found = answer(request, world.options.keys, world.unix_ms / 1000)
        if isinstance(found, Joining):
            self._admit(request, found)
        else:
            self._respond(request, found)

    def _respond(self, request: Requested, found: Answer) -> None:
        session = 0
        if is_signal_path(request.target):
            self._world.sessions += 1
            session = self._world.sessions
        self._world.out.put(Respond(request.socket, found.status, found.headers, found.body, session))

    def _admit(self, request: Requested, joining: Joining) -> None:
        """Make, resume or refuse a session."""
        world, grants = self._world, joining.grants
        if len(grants.metadata.encode()) > MAX_METADATA_BYTES:
            self._respond(request, server_error(request, NO_SESSION))
            return
        if attributes_bytes(grants.attributes) > MAX_ATTRIBUTES_BYTES:
            self._respond(request, server_error(request, NO_SESSION))
            return
        config = grants.others.get("roomConfig")
        room = open_room(world, joining.room, config if isinstance(config, dict) else {})
        present = room.participants.get(grants.identity)
        if joining.reconnect:
            self._resume(request, joining, room, present)
            return
        if present is not None:
            room.remove(present, Reason.DUPLICATE_IDENTITY, leave=Action.DISCONNECT)
        if room.is_full and not grants.is_dependent:
            self._turn_away(request, joining, room)
            return
        participant = self._participant(joining, request.socket)
        self._accept(request.socket, participant.session, joining)
        world.sockets[request.socket] = room, participant
        join(room, participant, joining)
        if world.options.join_timeout_s is not None:
            world.out.put(Schedule(("join", participant.sid), world.options.join_timeout_s))

    def _participant(self, joining: Joining, socket: int | None) -> Participant:
        world = self._world
        world.sessions += 1
        return Participant(
            session=world.sessions,
            sid=world.ids.sid("PA"),
            grants=joining.grants,
            client=joining.client,
            single_pc=joining.single_pc,
            joined_ms=world.unix_ms,
            socket=socket,
            auto_subscribe=joining.auto_subscribe,
            auto_subscribe_data=joining.auto_subscribe_data,
            next_handle=world.ids.first_handle(),
        )

    def _accept(self, socket: int, session: int, joining: Joining, *, resumed: bool = False) -> None:
        room, identity = joining.room, joining.grants.identity
        self._world.out.put(
            Accept(socket, session, joining.path, room, identity, joining.join_request, resumed=resumed)
        )
        self._world.out.put(Schedule(("ws_ping", socket), WS_PING_S))

    def _turn_away(self, request: Requested, joining: Joining, room: Room) -> None:
        """A full room: HTTP 500, and everybody sees the one who could not join, once for each try."""
        for _ in range(CONNECT_ATTEMPTS):
            ghost = self._participant(joining, None)
            ghost.reason = Reason.JOIN_FAILURE
            ghost.enter(State.DISCONNECTED)
            room.broadcast(ghost, skip_source=True)
        self._respond(request, server_error(request, NO_SESSION))

    def _resume(self, request: Requested, joining: Joining, room: Room, present: Participant | None) -> None:
        """Give a participant its new socket, or say that there is nobody to resume."""
        world, socket = self._world, request.socket
        if present is None or present.socket is None:
            world.sessions += 1
            self._accept(socket, world.sessions, joining)
            leave = leave_body(joining.client.protocol, Reason.STATE_MISMATCH, Action.RECONNECT)
            world.out.put(Send(socket, envelope_class(TO_CLIENT)(leave=leave), "protobuf"))
            world.out.put(CloseSocket(socket))
            return
        self._accept(socket, present.session, joining, resumed=True)
        world.out.put(CloseSocket(present.socket))
        del world.sockets[present.socket]
        world.sockets[socket] = room, present
        present.socket, present.encoding = socket, "protobuf"
        resume(room, present)

    # --- messages ---------------------------------------------------------------------------------------------------

    def _message(self, socket: int, message: Message) -> None:
        seat = self._world.sockets.get(socket)
        if seat is None:
            return
        room, participant = seat
        if message.error is not None:
            # No word of what was wrong: the socket is closed, and without media that is the end.
            room.remove(participant, Reason.SIGNAL_CLOSE, leave=None)
            return
        participant.encoding = message.encoding
        if participant.told_gone:
            participant.told_gone.clear()
        if message.case is not None:
            handle_request(room, participant, message.case, getattr(message.envelope, message.case))

    def _gone(self, socket: int) -> None:
        seat = self._world.sockets.get(socket)
        if seat is not None:
            room, participant = seat
            room.remove(participant, Reason.SIGNAL_CLOSE, leave=None)

    # --- deadlines --------------------------------------------------------------------------------------------------

    def _expired(self, timer: Hashable) -> None:
        name, key = timer if isinstance(timer, tuple) else (timer, None)
        if name == "ws_ping":
            if key in self._world.sockets:
                self._world.out.put(SendPing(key))
                self._world.out.put(Schedule(timer, WS_PING_S))
            return
        room = self._world.rooms.get(key)
        if room is not None:
            self._room_timer(room, name)
        for room in list(self._world.rooms.values()):
            participant = room.find(key)
            if participant is not None:
                self._participant_timer(room, participant, name)

    def _room_timer(self, room: Room, name: str) -> None:
        if name == "batch":
            room.flush_batch()
        elif name == "room":
            room.tick()
        elif name == "empty":
            room.close(Reason.ROOM_CLOSED)
        elif name == "simulated":
            act(room)

    def _participant_timer(self, room: Room, participant: Participant, name: str) -> None:
        if name == "token":
            keep_token(room, participant)
        elif name == "subscriptions":
            reconcile_tick(room, participant)
        elif name == "quiet":
            tell_speaker(room, participant, 0.0)
        elif name == "join":
            room.remove(participant, Reason.JOIN_FAILURE, leave=Action.DISCONNECT)

    def _stop(self) -> None:
        """The end: everybody is told, nobody is asked to come back."""
        for room in list(self._world.rooms.values()):
            room.close(Reason.SERVER_SHUTDOWN)
