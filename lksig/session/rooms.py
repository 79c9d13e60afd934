"""The rooms of the embedded server: who is in, and what everybody is told about everybody.

Three clocks are the server's own and kept here: participants that do not publish are announced in batches on a tick of
3 s, counted from the room's creation; the room itself is told about at most every 5 s; an empty room closes after 20 s.

Source: livekit-server pkg/rtc/room.go (Join, RemoveParticipant, broadcastParticipantState, PushAndDequeueUpdates,
updateProto, CloseIfEmpty), github.com/livekit/protocol utils/protoproxy.go. Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lksig.schema.pool import TO_CLIENT, envelope_class, message_class
from lksig.session.hosting import Cancel, CloseSocket, Outbox, Schedule, Send
from lksig.session.ids import Ids
from lksig.session.people import Action, Participant, Reason, State, leave_body

BATCH_TICK_S = 3
ROOM_TICK_S = 5
EMPTY_TIMEOUT_S = 300
"""Before anybody came."""
DEPARTURE_TIMEOUT_S = 20
"""After the last one left."""
SUBSCRIPTION_TICK_S = 3
"""How late a subscriber learns that a data track is gone; counted from its join."""
MAX_UPDATE_BYTES = 128 * 1024
"""Of one `update`; more participants come in several. Source: config.go UpdateBatchTargetSize."""

_NS = 1_000_000_000

ROOM_CODECS = (
    *("audio/PCMU", "audio/PCMA", "audio/opus", "audio/red"),
    *("video/VP8", "video/H264", "video/VP9", "video/AV1", "video/H265", "video/rtx"),
)
"""`Room.enabled_codecs` of the default configuration."""


@dataclass(frozen=True, slots=True, repr=False)
class Options:
    """How an embedded server behaves."""

    keys: Mapping[str, str] = field(default_factory=lambda: {"devkey": "secret"})
    """API secrets by key."""
    allows_data_tracks: bool = True
    allows_data_blobs: bool = True
    join_timeout_s: float | None = None
    """The real server ends a session without media after 60 s; None lets it last, because no media can come here."""
    max_participants: int = 0
    """Of every room; 0: any number."""
    simulated: tuple[str, ...] = ()
    """Identities that join every room with it, without a socket, and do things."""
    candidate_address: str = "127.0.0.1"
    """In the candidates the server offers; nothing listens there."""


@dataclass(slots=True)
class World:
    """Everything that all rooms share: the time, the ids, and where actions go."""

    options: Options
    ids: Ids
    wall_ns: int
    """Nanoseconds since the epoch when the machine's clock was 0."""
    node_sid: str
    out: Outbox = field(default_factory=Outbox)
    t_ns: int = 0
    """Of the event that is being handled."""
    rooms: dict[str, Room] = field(default_factory=dict)
    sockets: dict[int, tuple[Room, Participant]] = field(default_factory=dict)
    """Who sits behind each open socket."""
    sessions: int = 0
    """How many participants there were."""

    @property
    def unix_ms(self) -> int:
        """The wall clock."""
        return (self.wall_ns + self.t_ns) // 1_000_000


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a participant."""

    participant: Participant
    info: Any
    is_superseded: bool = False
    """A newer session of the same identity exists: clients from protocol 12 on are not told."""


@dataclass(slots=True)
class Room:
    """One room. Made by `open_room`."""

    world: World
    name: str
    sid: str
    created_ns: int
    turn_password: str
    trailer: bytes
    settings: Mapping[str, Any]
    """What the first token said under `roomConfig`, by the names of Room's fields."""
    participants: dict[str, Participant] = field(default_factory=dict)
    batch: dict[str, News] = field(default_factory=dict)
    """To be told on the next tick, by identity."""
    proto: Any = None
    """The Room as everybody was last told."""
    refreshed_ns: int = 0
    is_dirty: bool = False
    is_due: bool = False
    """To be told about at the end of this event."""
    was_joined: bool = False
    prefers_tcp: set[str] = field(default_factory=set)
    """Identities that asked for candidates over TCP; it outlives their sessions."""

    # --- the room itself --------------------------------------------------------------------------------------------

    def fresh_proto(self) -> Any:
        """A Room as it is now."""
        people = self.participants.values()
        created_ms = (self.world.wall_ns + self.created_ns) // 1_000_000
        fields: dict[str, Any] = {"empty_timeout": EMPTY_TIMEOUT_S, "departure_timeout": DEPARTURE_TIMEOUT_S}
        fields |= {"max_participants": self.world.options.max_participants, **self.settings}
        return message_class("Room")(
            sid=self.sid,
            name=self.name,
            creation_time=created_ms // 1000,
            creation_time_ms=created_ms,
            turn_password=self.turn_password,
            enabled_codecs=[{"mime": mime} for mime in ROOM_CODECS],
            num_participants=sum(not one.grants.is_dependent for one in people),
            num_publishers=sum(one.is_publisher for one in people),
            active_recording=any(one.grants.is_recorder for one in people),
            **fields,
        )

    @property
    def is_full(self) -> bool:
        """Whether no participant that counts can join."""
        most = int(self.fresh_proto().max_participants)
        return 0 < most <= sum(not one.grants.is_dependent for one in self.participants.values())

    def touch(self, *, immediate: bool = False) -> None:
        """The room changed: tell at once, if it was quiet for a while, or on its next tick."""
        self.is_dirty = True
        tick_ns = ROOM_TICK_S * _NS
        if immediate or self.world.t_ns - self.refreshed_ns > tick_ns:
            self.is_due = True
        else:
            self.world.out.put(Schedule(("room", self.name), self._to_tick(ROOM_TICK_S, self.refreshed_ns + tick_ns)))

    def refresh(self) -> None:
        """Tell everybody about the room, if it is different from what they know."""
        self.is_due = self.is_dirty = False
        proto = self.fresh_proto()
        if proto == self.proto:
            return
        self.proto = proto
        self.refreshed_ns = self.world.t_ns
        self.tell_all("room_update", {"room": proto})

    def tick(self) -> None:
        """The 5 s are over: tell about the room if it changed. The tick counts from when it was due."""
        if self.is_dirty:
            before = self.proto
            self.refresh()
            if self.proto is not before:
                late_ns = (self.world.t_ns - self.created_ns) % (ROOM_TICK_S * _NS)
                self.refreshed_ns = self.world.t_ns - late_ns

    def _to_tick(self, every_s: int, not_before_ns: int = 0) -> float:
        """Seconds to the next multiple of a period since the room's creation."""
        age_ns = max(self.world.t_ns, not_before_ns - 1) - self.created_ns
        next_ns = self.created_ns + (age_ns // (every_s * _NS) + 1) * every_s * _NS
        return (next_ns - self.world.t_ns) / _NS

    def tell_all(self, case: str, body: Any) -> None:
        """Tell everybody the same, encoded once."""
        envelope = envelope_class(TO_CLIENT)(**{case: body})
        for one in self.participants.values():
            if one.is_ready and one.socket is not None:
                self.world.out.put(Send(one.socket, envelope, one.encoding))

    # --- who is in --------------------------------------------------------------------------------------------------

    def others(self, than: Participant) -> list[Participant]:
        """Everybody else."""
        return [one for one in self.participants.values() if one is not than]

    def visible(self, to: Participant | None = None) -> list[Any]:
        """ParticipantInfos of everybody who is not hidden, but for `to`."""
        return [one.info() for one in self.participants.values() if one is not to and not one.grants.hidden]

    def find(self, sid: str) -> Participant | None:
        """The participant with that sid."""
        return next((one for one in self.participants.values() if one.sid == sid), None)

    def publisher_of(self, track_sid: str, *, data: bool) -> Participant | None:
        """Who publishes a track."""
        for one in self.participants.values():
            if track_sid in (one.published if not data else {info.sid for info in one.data_tracks.values()}):
                return one
        return None

    def add(self, participant: Participant) -> None:
        """Let a participant in; it is JOINING until it has its `join`."""
        self.participants[participant.identity] = participant
        if not participant.grants.is_dependent:
            self.was_joined = True
            self.world.out.put(Cancel(("empty", self.name)))
        self.touch(immediate=participant.grants.is_recorder)

    def remove(self, participant: Participant, reason: Reason, *, leave: Action | None) -> None:
        """Let a participant go: tell it with a `leave` of this action (None: without), close its socket, tell others.

        One that was replaced or is gone already is left alone.
        """
        if self.participants.get(participant.identity) is not participant:
            return
        del self.participants[participant.identity]
        self.touch(immediate=participant.grants.is_recorder)
        self._close(participant, reason, leave)
        self.broadcast(participant, skip_source=True)
        self.close_if_empty_later()

    def _close(self, participant: Participant, reason: Reason, leave: Action | None) -> None:
        participant.reason = reason
        if leave is not None:
            participant.tell(self.world.out, "leave", leave_body(participant.protocol, reason, leave))
        participant.enter(State.DISCONNECTED)
        participant.pending.clear()
        participant.published.clear()
        self.data_tracks_gone(participant, [info.sid for info in participant.data_tracks.values()])
        participant.data_tracks.clear()
        for timer in ("token", "subscriptions", "join"):
            self.world.out.put(Cancel((timer, participant.sid)))
        if participant.socket is not None:
            self.world.out.put(CloseSocket(participant.socket))
            self.world.sockets.pop(participant.socket, None)
            participant.socket = None

    def data_tracks_gone(self, publisher: Participant, sids: Sequence[str]) -> None:
        """Data tracks are no longer there: their subscribers learn it on their own tick."""
        for other in self.others(publisher):
            bound = [one for one in other.data_subscriptions.values() if one.track_sid in sids and one.is_bound]
            for one in bound:
                one.desired = False
            if bound:
                age_ms = self.world.unix_ms - other.joined_ms
                after_s = SUBSCRIPTION_TICK_S - age_ms % (SUBSCRIPTION_TICK_S * 1000) / 1000
                self.world.out.put(Schedule(("subscriptions", other.sid), after_s))

    def close_if_empty_later(self) -> None:
        """Start the countdown when nobody who counts is there."""
        if not any(not one.grants.is_dependent and one.socket is not None for one in self.participants.values()):
            proto = self.fresh_proto()
            after_s = proto.departure_timeout if self.was_joined else proto.empty_timeout
            self.world.out.put(Schedule(("empty", self.name), after_s))

    def close(self, reason: Reason) -> None:
        """End the room and everybody's session in it."""
        for one in list(self.participants.values()):
            self._close(one, reason, Action.DISCONNECT)
        for timer in ("batch", "room", "empty", "simulated"):
            self.world.out.put(Cancel((timer, self.name)))
        self.world.rooms.pop(self.name, None)

    # --- what is told of whom ---------------------------------------------------------------------------------------

    def broadcast(self, about: Participant, *, skip_source: bool = False, immediate: bool = False) -> None:
        """Tell of a participant: at once when it publishes or it is `immediate`, else on the next tick.

        Args:
            skip_source: it does not need to know itself at once.
        """
        info = about.info()
        news = [] if about.grants.hidden else self._push(News(about, info, _is_replaced(about)), immediate)
        if news:
            self._tell(news)
        elif not skip_source:
            about.tell_update(self.world.out, [info])

    def _push(self, news: News, immediate: bool) -> list[News]:
        """Put news into the batch, or give back what is to be told now."""
        identity = news.participant.identity
        queued = self.batch.get(identity)
        due = []
        immediate = immediate or news.info.is_publisher
        if queued is None:
            current = self.participants.get(identity)
            if current is not None and current.session > news.participant.session:
                return []
        elif queued.participant is not news.participant:
            if queued.participant.session > news.participant.session:
                return []
            # The older session was never told to be over: do it now, in one go with the newer one.
            gone = message_class("ParticipantInfo")()
            gone.CopyFrom(queued.info)
            gone.state = State.DISCONNECTED
            due.append(News(queued.participant, gone, is_superseded=True))
            immediate = True
        if immediate:
            self.batch.pop(identity, None)
            return [*due, news]
        if not self.batch:
            self.world.out.put(Schedule(("batch", self.name), self._to_tick(BATCH_TICK_S)))
        self.batch[identity] = news
        return []

    def flush_batch(self) -> None:
        """The tick: tell what has gathered."""
        news, self.batch = list(self.batch.values()), {}
        self._tell(news)

    def _tell(self, news: list[News]) -> None:
        every = [one.info for one in news]
        current = [one.info for one in news if not one.is_superseded]
        for participant in self.participants.values():
            for infos in _chunks(current if participant.protocol >= 12 else every):
                participant.tell_update(self.world.out, infos)


def open_room(world: World, name: str, config: Mapping[str, Any]) -> Room:
    """The room of that name, made when it is not there.

    Args:
        config: the `roomConfig` claim of the token; it counts for a room that is made.
    """
    room = world.rooms.get(name)
    if room is None:
        ids = world.ids
        room = Room(
            world,
            name,
            sid=ids.sid("RM"),
            created_ns=world.t_ns,
            turn_password=ids.secret(),
            trailer=ids.secret().encode(),
            settings=_settings(config),
        )
        room.proto = room.fresh_proto()
        room.refreshed_ns = world.t_ns
        world.rooms[name] = room
        room.close_if_empty_later()
    return room


_SETTINGS: dict[str, type] = {
    "empty_timeout": int,
    "departure_timeout": int,
    "max_participants": int,
    "metadata": str,
}


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a `roomConfig` shows in a Room; names in either spelling, what has the wrong type left out."""
    plain = {key.replace("_", "").lower(): value for key, value in config.items()}
    found = {name: plain.get(name.replace("_", "")) for name in _SETTINGS}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, _SETTINGS[name]) and not (isinstance(value, int) and not 0 <= value < 1 << 32)
    }


def _is_replaced(participant: Participant) -> bool:
    return participant.reason is Reason.DUPLICATE_IDENTITY


def _chunks(infos: Iterable[Any]) -> list[list[Any]]:
    """The infos in order, in lists of about MAX_UPDATE_BYTES."""
    chunks: list[list[Any]] = []
    size = MAX_UPDATE_BYTES
    for info in infos:
        size += info.ByteSize()
        if size > MAX_UPDATE_BYTES or not chunks:
            chunks.append([])
            size = info.ByteSize()
        chunks[-1].append(info)
    return chunks
