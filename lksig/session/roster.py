"""Who is in the room and which tracks they have, as the server told one session.

Participants come with `join`, `update` and `room_moved`. Own tracks come with their answers too, because a track that
has no media yet is in no `update` (Observed: livekit-server 1.13.5), and only the answer tells the `cid`.
"""

from __future__ import annotations

from typing import Any

MAX_OWN_TRACKS = 10_000
"""Own tracks that are remembered; the server allows far fewer, but nothing a server says may grow without bound."""

MAX_PARTICIPANTS = 200_000
"""Participants that are remembered. The largest rooms LiveKit speaks of hold 100 000."""

DISCONNECTED = 3
"""Source: livekit_models.proto ParticipantInfo.State."""


class Roster:
    """Participants and own tracks of one session."""

    def __init__(self) -> None:
        self.identity: str | None = None
        """This session's identity, where it is known before the server tells: a resumed session gets no join."""
        self.me: Any = None
        """This session's ParticipantInfo; None before the join."""
        self.people: dict[str, Any] = {}
        """ParticipantInfo by identity, this session's own among them."""
        self.own_tracks: dict[str, Any] = {}
        """Own tracks, TrackInfo or DataTrackInfo, by sid."""
        self.own_cids: dict[str, str] = {}
        """The sid of the newest own track that was published under a cid."""

    def observe(self, case: str, body: Any) -> None:
        """Take note of a message to the client."""
        note = _NOTES.get(case)
        if note is not None:
            note(self, body)

    def _joined(self, join: Any) -> None:
        self.own_tracks.clear()
        self.own_cids.clear()
        self._moved(join)

    def _moved(self, moved: Any) -> None:
        """A new room: of the participants of the old one nothing holds any more."""
        self.people = {}
        self.identity = moved.participant.identity
        for info in (*moved.other_participants, moved.participant):
            self._put(info)

    def _updated(self, update: Any) -> None:
        if update.full_snapshot:
            self.people = {self.me.identity: self.me} if self.me is not None else {}
        for info in update.participants:
            if info.state != DISCONNECTED:
                self._put(info)
            # Of a participant that came back the old sid leaves after the new one has joined.
            elif (known := self.people.get(info.identity)) is not None and known.sid == info.sid:
                del self.people[info.identity]

    def _put(self, info: Any) -> None:
        _keep(self.people, info.identity, info, MAX_PARTICIPANTS)
        if info.identity == self.identity:
            self.me = info
            for track in (*info.tracks, *info.data_tracks):
                _keep(self.own_tracks, track.sid, track, MAX_OWN_TRACKS)

    def _published(self, published: Any) -> None:
        _keep(self.own_tracks, published.track.sid, published.track, MAX_OWN_TRACKS)
        _keep(self.own_cids, published.cid, published.track.sid, MAX_OWN_TRACKS)

    def _unpublished(self, unpublished: Any) -> None:
        self.own_tracks.pop(unpublished.track_sid, None)

    def _data_published(self, published: Any) -> None:
        _keep(self.own_tracks, published.info.sid, published.info, MAX_OWN_TRACKS)

    def _data_unpublished(self, unpublished: Any) -> None:
        self.own_tracks.pop(unpublished.info.sid, None)


_NOTES = {
    "join": Roster._joined,
    "room_moved": Roster._moved,
    "update": Roster._updated,
    "track_published": Roster._published,
    "track_unpublished": Roster._unpublished,
    "publish_data_track_response": Roster._data_published,
    "unpublish_data_track_response": Roster._data_unpublished,
}


def _keep(entries: dict[str, Any], key: str, value: Any, limit: int) -> None:
    """Put an entry in, and the oldest one out when there are too many."""
    entries[key] = value
    if len(entries) > limit:
        del entries[next(iter(entries))]
