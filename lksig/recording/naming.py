"""What names the things that ids stand for: identities, track names, cids.

The rule: a name is only taken from a message that says what an id is; a cid or name that is an id itself names
nothing. Who is who is the same in two runs of one story, whatever the order in which the server told it, and whoever
was told first: a session's own participant and tracks have the roles that its own messages give them when another
session is told of them before. Source: livekit_models.proto ParticipantInfo, TrackInfo, DataTrackInfo;
livekit_rtc.proto TrackPublishedResponse.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from lksig.schema.pool import enum_descriptor

if TYPE_CHECKING:
    from lksig.wire.events import Message

Replace = Callable[[str], str]
"""A text with roles instead of ids."""

Names = Iterator[tuple[str, str]]
"""Ids, each with the role that its name gives it."""

Key = TypeVar("Key")
Held = TypeVar("Held")

MAX_HELD = 4096
"""Identities of sessions, and tracks that were asked for, that are remembered; the oldest are forgotten."""


def self_of(session: int) -> str:
    """What a session's own participant is called: `self`, `self2`."""
    return "self" if session == 1 else f"self{session}"


class Naming:
    """Who is who in one recording.

    Args:
        replace: makes roles of ids in a text.
        known: ids that have a role already; what they are called now does not matter any more.
    """

    def __init__(self, replace: Replace, known: Container[str]) -> None:
        self._replace = replace
        self._known = known
        self._own: dict[str, int] = {}
        """Identity → the latest session of it."""
        self._of: dict[int, str] = {}
        self._asked: dict[str, str] = {}
        """Role of an own track by its name → its role by its cid."""

    def learn_session(self, identity: str, session: int) -> None:
        """A session whose participant has this identity."""
        self._own.pop(identity, None)
        _hold(self._own, identity, session)
        _hold(self._of, session, identity)

    def identity_of(self, session: int) -> str | None:
        """Whose session it is."""
        return self._of.get(session)

    def names_in(self, message: Message, session: int) -> Names:
        """What a message names.

        Args:
            session: whose message it is, as roles count sessions.
        """
        body: Any = getattr(message.envelope, message.case or "", None)
        match message.case:
            case "join" | "room_moved":
                if body.HasField("participant"):
                    yield from self._participant(body.participant, session)
                for participant in body.other_participants:
                    yield from self._participant(participant, session)
            case "update":
                for participant in body.participants:
                    yield from self._participant(participant, session)
            case "add_track":
                name = _name(body, self._replace)
                yield body.cid, _own("cid", session, name)
                if self._is_name(body.cid):
                    _hold(self._asked, f"TR_{self_of(session)}/{name}", _own("TR", session, body.cid))
            case "track_published":
                name = body.cid if self._is_name(body.cid) else _name(body.track, self._replace)
                yield body.track.sid, _own("TR", session, name)
            case "publish_data_track_response":
                yield body.info.sid, f"DTR_{self_of(session)}/{self._replace(body.info.name)}"

    def _session_of(self, identity: str, told: int) -> int | None:
        """Whose participant has an identity: that of the session that is told of it, else of another."""
        return told if self._of.get(told) == identity else self._own.get(identity)

    def _is_name(self, cid: str) -> bool:
        """Whether a cid is not as random as a sid."""
        return cid != "" and self._replace(cid) == cid

    def _participant(self, participant: Any, told: int) -> Names:
        sid = participant.sid
        if participant.identity and sid not in self._known:
            session = self._session_of(participant.identity, told)
            yield sid, f"PA_{self._replace(participant.identity) if session is None else self_of(session)}"
        for track in participant.tracks:
            if track.sid not in self._known:
                role = f"TR_{self._replace(sid).removeprefix('PA_')}/{_name(track, self._replace)}"
                yield track.sid, self._asked.get(role, role)
        for track in participant.data_tracks:
            if track.sid not in self._known:
                yield track.sid, f"DTR_{self._replace(sid).removeprefix('PA_')}/{self._replace(track.name)}"


def _own(kind: str, session: int, name: str) -> str:
    """The role of something that a session made; sessions may well choose the same cids."""
    return f"{kind}_{name}" if session == 1 else f"{kind}_{self_of(session)}/{name}"


def _hold(held: dict[Key, Held], key: Key, value: Held) -> None:
    held[key] = value
    if len(held) > MAX_HELD:
        del held[next(iter(held))]


def _name(track: Any, replace: Replace) -> str:
    """What tells a track from its neighbours: its name, or its source, or at least its kind."""
    if track.name:
        return replace(track.name)
    enum, number = ("TrackSource", track.source) if track.source else ("TrackType", track.type)
    value = enum_descriptor(enum).values_by_number.get(number)
    return str(number) if value is None else value.name.lower()
