"""The room as one session knew it after some message, every value with the number of the message it comes from.

A pure fold over readings: what the server told is taken as it was told, what the client asked is kept apart. A value
that is said again keeps the number of the message that said it first.
Sources: livekit_rtc.proto, livekit_models.proto; client-sdk-js 2.21 (an update with an older `version` is dropped);
Observed: livekit-server 1.13.5 (own tracks without media are in no update, of a participant that came back the old sid
leaves after the new one has joined).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from lksig.schema.pool import TO_CLIENT, Direction
from lksig.session.roster import DISCONNECTED, MAX_OWN_TRACKS, MAX_PARTICIPANTS
from lksig.wire.events import Close, Message, Reading, State

MAX_DESCRIPTIONS = 1000
"""Offers and answers that are remembered; the oldest go first."""

MAX_TRACKS_SAID = 200_000
"""Tracks of which something was said or asked that is no part of TrackInfo."""

MAX_SESSIONS = 1000
"""Of a run; more are not followed."""

_NOT_OF_THE_CONNECTION = ("room", "participant", "other_participants", "sif_trailer")
"""Fields of JoinResponse that are told elsewhere, or are no state."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that was said, by message `n`."""

    value: Any
    n: int


class Entity:
    """A message of the schema that is told again and again, and where each of its fields comes from."""

    __slots__ = ("sources", "value")

    def __init__(self, value: Any, n: int) -> None:
        self.value = value
        self.sources: dict[str, int] = {entry.name: n for entry in value.DESCRIPTOR.fields}
        """Field → number of the message that gave it the value it has; for an unset one, that left it unset."""

    def update(self, value: Any, n: int) -> None:
        """Take a newer value; what did not change keeps its source."""
        if value == self.value:
            return
        for entry in value.DESCRIPTOR.fields:
            if getattr(self.value, entry.name) != getattr(value, entry.name):
                self.sources[entry.name] = n
        self.value = value


@dataclass(slots=True)
class Person:
    """One participant."""

    info: Entity
    """ParticipantInfo; its tracks are told one by one."""
    tracks: dict[str, Entity] = field(default_factory=dict)
    data_tracks: dict[str, Entity] = field(default_factory=dict)
    quality: Entity | None = None
    """ConnectionQualityInfo."""
    speaking: Entity | None = None
    """SpeakerInfo."""


@dataclass(slots=True)
class Description:
    """One offer or answer."""

    n: int
    direction: Direction
    type: str
    id: int
    answered_by: int | None = None
    """Number of the answer to this offer."""
    answered_ns: int | None = None
    answers: int | None = None
    """Number of the offer that this answer answers."""


@dataclass(slots=True)
class Candidates:
    """Candidates for one peer connection, in one direction."""

    count: int = 0
    last: int = 0
    """Number of the newest."""
    final: int | None = None
    """Number of the one that said it is the last."""


class RoomState:
    """What one session knows."""

    def __init__(self, session: int = 1) -> None:
        self.session = session
        self.phase: State | None = None
        """The last state of the connection; a state is no message and has no number."""
        self.connection: Entity | None = None
        """JoinResponse, without the room and the people in it."""
        self.resumed: list[int] = []
        """Numbers of the `reconnect` messages, the newest MAX_DESCRIPTIONS."""
        self.token: int | None = None
        """The message that brought the newest token."""
        self.room: Entity | None = None
        self.me: str | None = None
        """This session's identity."""
        self.people: dict[str, Person] = {}
        """By identity, in the order they became known."""
        self._identities: dict[str, str] = {}
        """By sid, of those who were ever here."""
        self.announced: dict[str, Entity] = {}
        """Own tracks (TrackInfo) by sid: the server gave them a sid, but no media came yet."""
        self.cids: dict[str, Known] = {}
        """Sid of an own track → the cid it was asked for with."""
        self.said: OrderedDict[str, dict[str, Known]] = OrderedDict()
        """Track → aspect → what the server said of it: `allowed`, `stream_state`, `error`, `quality`, `codecs`,
        `subscribed`."""
        self.asked: OrderedDict[str, dict[str, Known]] = OrderedDict()
        """Track → aspect → what the client asked for: `subscribe`, `settings`, `muted`."""
        self.permissions: Known | None = None
        """The last SubscriptionPermission: who may subscribe to the own tracks."""
        self.handles: Known | None = None
        """The last DataTrackSubscriberHandles."""
        self.sections: Known | None = None
        """The last MediaSectionsRequirement."""
        self.descriptions: OrderedDict[int, Description] = OrderedDict()
        """Offers and answers by number."""
        self.candidates: dict[tuple[Direction, int], Candidates] = {}
        """By direction and `SignalTarget`."""
        self.leave: Known | None = None
        self.close: Close | None = None
        self._socket = 0
        """The newest that brought a message: an older one that closes has been taken over."""

    def observe(self, reading: Reading) -> None:
        """Take note of a reading of this session."""
        event = reading.event
        if type(event) is Message:
            self._socket = max(self._socket, event.socket)
            if event.case is not None:
                note = (_FROM_SERVER if event.direction is TO_CLIENT else _FROM_CLIENT).get(event.case)
                if note is not None:
                    note(self, getattr(event.envelope, event.case), reading)
        elif isinstance(event, State):
            self.phase = event
        elif isinstance(event, Close) and event.socket >= self._socket:
            self.close = event

    # --- the room and its people ------------------------------------------------------------------------------------

    def _joined(self, join: Any, reading: Reading) -> None:
        n = reading.n or 0
        connection = _copy(join)
        for name in _NOT_OF_THE_CONNECTION:
            connection.ClearField(name)
        self.connection = Entity(connection, n)
        self.announced.clear()
        self.cids.clear()
        self.said.clear()
        self.asked.clear()
        self.leave = self.close = None
        self._entered(join, n)

    def _entered(self, told: Any, n: int) -> None:
        """A room, new or for the first time: of the people of another one nothing holds any more."""
        self.room = Entity(told.room, n)
        self.me = told.participant.identity
        self.people = {}
        for info in (told.participant, *told.other_participants):
            self._put(info, n)

    def _moved(self, moved: Any, reading: Reading) -> None:
        self.token = reading.n
        self._entered(moved, reading.n or 0)

    def _resumed(self, _: Any, reading: Reading) -> None:
        self.resumed = [*self.resumed[1 - MAX_DESCRIPTIONS :], reading.n or 0]
        self.leave = self.close = None

    def _room_changed(self, update: Any, reading: Reading) -> None:
        if self.room is None:
            self.room = Entity(update.room, reading.n or 0)
        else:
            self.room.update(update.room, reading.n or 0)

    def _updated(self, update: Any, reading: Reading) -> None:
        n = reading.n or 0
        if update.full_snapshot:
            named = {info.identity for info in update.participants} | {self.me}
            self.people = {identity: person for identity, person in self.people.items() if identity in named}
        for info in update.participants:
            known = self.people.get(info.identity)
            if info.state != DISCONNECTED:
                self._put(info, n)
            elif known is not None and known.info.value.sid == info.sid:
                del self.people[info.identity]

    def _put(self, info: Any, n: int) -> None:
        person = self.people.get(info.identity)
        if person is None or person.info.value.sid != info.sid:
            person = Person(Entity(info, n))
            _keep(self.people, info.identity, person, MAX_PARTICIPANTS)
            _keep(self._identities, info.sid, info.identity, MAX_PARTICIPANTS)
        elif info.version < person.info.value.version:
            return
        else:
            person.info.update(info, n)
        person.tracks = _merged(person.tracks, info.tracks, n)
        person.data_tracks = _merged(person.data_tracks, info.data_tracks, n)
        if info.identity == self.me:
            for sid in person.tracks:
                self.announced.pop(sid, None)

    def _by_sid(self, sid: str) -> Person | None:
        person = self.people.get(self._identities.get(sid, ""))
        return person if person is not None and person.info.value.sid == sid else None

    def _qualities(self, update: Any, reading: Reading) -> None:
        for info in update.updates:
            person = self._by_sid(info.participant_sid)
            if person is not None:
                person.quality = _renewed(person.quality, info, reading.n or 0)

    def _speakers(self, changed: Any, reading: Reading) -> None:
        for info in changed.speakers:
            person = self._by_sid(info.sid)
            if person is not None:
                person.speaking = _renewed(person.speaking, info, reading.n or 0)

    # --- own tracks -------------------------------------------------------------------------------------------------

    def _published(self, published: Any, reading: Reading) -> None:
        n, track = reading.n or 0, published.track
        _keep(self.announced, track.sid, _renewed(self.announced.get(track.sid), track, n), MAX_OWN_TRACKS)
        _keep(self.cids, track.sid, Known(published.cid, n), MAX_OWN_TRACKS)

    def _unpublished(self, unpublished: Any, reading: Reading) -> None:
        self.announced.pop(unpublished.track_sid, None)
        self.cids.pop(unpublished.track_sid, None)
        own = self.people.get(self.me or "")
        if own is not None:
            own.tracks.pop(unpublished.track_sid, None)

    def _data_published(self, response: Any, reading: Reading) -> None:
        own = self.people.get(self.me or "")
        if own is not None:
            info = response.info
            tracks = own.data_tracks
            _keep(tracks, info.sid, _renewed(tracks.get(info.sid), info, reading.n or 0), MAX_OWN_TRACKS)

    def _data_unpublished(self, response: Any, reading: Reading) -> None:
        own = self.people.get(self.me or "")
        if own is not None:
            own.data_tracks.pop(response.info.sid, None)

    def _muted(self, mute: Any, reading: Reading) -> None:
        """An administrator muted or unmuted an own track."""
        own = self.people.get(self.me or "")
        published = own.tracks.get(mute.sid) if own is not None else None
        for track in (self.announced.get(mute.sid), published):
            if track is not None:
                value = _copy(track.value)
                value.muted = mute.muted
                track.update(value, reading.n or 0)

    # --- what else is said of tracks, and asked for -----------------------------------------------------------------

    def _say(self, sid: str, aspect: str, value: Any, reading: Reading) -> None:
        _aspects(self.said, sid)[aspect] = Known(value, reading.n or 0)

    def _ask(self, sids: Iterable[str], aspect: str, value: Any, reading: Reading) -> None:
        for sid in sids:
            _aspects(self.asked, sid)[aspect] = Known(value, reading.n or 0)

    def _permission_told(self, update: Any, reading: Reading) -> None:
        self._say(update.track_sid, "allowed", update.allowed, reading)

    def _streams(self, update: Any, reading: Reading) -> None:
        for info in update.stream_states:
            self._say(info.track_sid, "stream_state", info, reading)

    def _subscription_failed(self, response: Any, reading: Reading) -> None:
        self._say(response.track_sid, "error", response, reading)

    def _quality_wanted(self, update: Any, reading: Reading) -> None:
        self._say(update.track_sid, "quality", update, reading)

    def _codecs_wanted(self, update: Any, reading: Reading) -> None:
        self._say(update.track_sid, "codecs", update, reading)

    def _is_subscribed(self, told: Any, reading: Reading) -> None:
        self._say(told.track_sid, "subscribed", True, reading)

    def _subscribe(self, body: Any, reading: Reading) -> None:
        sids = [*body.track_sids, *(sid for part in body.participant_tracks for sid in part.track_sids)]
        self._ask(sids, "subscribe", body.subscribe, reading)

    def _subscribe_data(self, body: Any, reading: Reading) -> None:
        for update in body.updates:
            self._ask([update.track_sid], "subscribe", update.subscribe, reading)

    def _set(self, body: Any, reading: Reading) -> None:
        self._ask(body.track_sids, "settings", body, reading)

    def _mute(self, body: Any, reading: Reading) -> None:
        self._ask([body.sid], "muted", body.muted, reading)

    def _permit(self, body: Any, reading: Reading) -> None:
        self.permissions = Known(body, reading.n or 0)

    def _handles_told(self, body: Any, reading: Reading) -> None:
        self.handles = Known(body, reading.n or 0)

    def _sections_told(self, body: Any, reading: Reading) -> None:
        self.sections = Known(body, reading.n or 0)

    # --- offers and answers, ends -----------------------------------------------------------------------------------

    def _described(self, body: Any, reading: Reading) -> None:
        message: Message = reading.event
        made = Description(reading.n or 0, message.direction, body.type, body.id, answers=reading.reply_to)
        offer = self.descriptions.get(reading.reply_to or 0)
        if offer is not None:
            offer.answered_by, offer.answered_ns = reading.n, reading.reply_ns
        _keep(self.descriptions, made.n, made, MAX_DESCRIPTIONS)

    def _candidate(self, body: Any, reading: Reading) -> None:
        message: Message = reading.event
        found = self.candidates.setdefault((message.direction, int(body.target)), Candidates())
        found.count += 1
        found.last = reading.n or 0
        if body.final:
            found.final = reading.n

    def _refreshed(self, _: Any, reading: Reading) -> None:
        self.token = reading.n

    def _left(self, body: Any, reading: Reading) -> None:
        self.leave = Known(body, reading.n or 0)


_Note = Callable[[RoomState, Any, Reading], None]

_FROM_SERVER: dict[str, _Note] = {
    "join": RoomState._joined,
    "reconnect": RoomState._resumed,
    "room_moved": RoomState._moved,
    "room_update": RoomState._room_changed,
    "update": RoomState._updated,
    "connection_quality": RoomState._qualities,
    "speakers_changed": RoomState._speakers,
    "track_published": RoomState._published,
    "track_unpublished": RoomState._unpublished,
    "publish_data_track_response": RoomState._data_published,
    "unpublish_data_track_response": RoomState._data_unpublished,
    "mute": RoomState._muted,
    "subscription_permission_update": RoomState._permission_told,
    "stream_state_update": RoomState._streams,
    "subscription_response": RoomState._subscription_failed,
    "subscribed_quality_update": RoomState._quality_wanted,
    "subscribed_audio_codec_update": RoomState._codecs_wanted,
    "track_subscribed": RoomState._is_subscribed,
    "data_track_subscriber_handles": RoomState._handles_told,
    "media_sections_requirement": RoomState._sections_told,
    "offer": RoomState._described,
    "answer": RoomState._described,
    "trickle": RoomState._candidate,
    "refresh_token": RoomState._refreshed,
    "leave": RoomState._left,
}

_FROM_CLIENT: dict[str, _Note] = {
    "offer": RoomState._described,
    "answer": RoomState._described,
    "trickle": RoomState._candidate,
    "subscription": RoomState._subscribe,
    "update_data_subscription": RoomState._subscribe_data,
    "track_setting": RoomState._set,
    "mute": RoomState._mute,
    "subscription_permission": RoomState._permit,
    "leave": RoomState._left,
}


class RoomStates:
    """The rooms of all sessions of a run."""

    def __init__(self) -> None:
        self.sessions: dict[int, RoomState] = {}
        self.last_n = 0
        self.last_ns = 0

    def observe(self, reading: Reading) -> None:
        """Take note of a reading."""
        session: int = reading.event.session
        state = self.sessions.get(session)
        if state is None:
            if len(self.sessions) >= MAX_SESSIONS:
                return
            state = self.sessions[session] = RoomState(session)
        state.observe(reading)
        self.last_n = reading.n or self.last_n
        self.last_ns = reading.event.t_ns


def _copy(value: Any) -> Any:
    made = type(value)()
    made.CopyFrom(value)
    return made


def _keep(entries: dict[Any, Any], key: Any, value: Any, limit: int) -> None:
    """Put an entry in, and the oldest one out when there are too many."""
    entries[key] = value
    if len(entries) > limit:
        del entries[next(iter(entries))]


def _renewed(entity: Entity | None, value: Any, n: int) -> Entity:
    if entity is None:
        return Entity(value, n)
    entity.update(value, n)
    return entity


def _merged(known: dict[str, Entity], told: Iterable[Any], n: int) -> dict[str, Entity]:
    """The tracks that were told, all of them: one that is not told any more is gone."""
    return {track.sid: _renewed(known.get(track.sid), track, n) for track in told}


def _aspects(tracks: OrderedDict[str, dict[str, Known]], sid: str) -> dict[str, Known]:
    found = tracks.get(sid)
    if found is None:
        found = {}
        _keep(tracks, sid, found, MAX_TRACKS_SAID)
    return found
