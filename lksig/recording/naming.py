"""What names the things that ids stand for: identities, track names, cids.

The rule: a name is only taken from a message that says what an id is; a cid or name that is an id itself names
nothing. Who is who is the same in two runs of one story, whatever the order in which the server told it.
Source: livekit_models.proto ParticipantInfo, TrackInfo, DataTrackInfo; livekit_rtc.proto TrackPublishedResponse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import enum_descriptor

if TYPE_CHECKING:
    from lksig.wire.events import Message

Replace = Callable[[str], str]
"""A text with roles instead of ids."""

Names = Iterator[tuple[str, str]]
"""Ids, each with the role that its name gives it."""


def names_in(message: Message, replace: Replace) -> Names:
    """What a message names."""
    tell = _CASES.get(message.case or "")
    return tell(getattr(message.envelope, message.case or ""), replace) if tell is not None else iter(())


def _join(join: Any, replace: Replace) -> Names:
    yield from _participant(join.participant, replace)
    yield from _participants(join.other_participants, replace)


def _moved(moved: Any, replace: Replace) -> Names:
    yield from _participant(moved.participant, replace)
    yield from _participants(moved.other_participants, replace)


def _participants(participants: Any, replace: Replace) -> Names:
    for participant in participants:
        yield from _participant(participant, replace)


def _participant(participant: Any, replace: Replace) -> Names:
    if participant.identity:
        yield participant.sid, f"PA_{replace(participant.identity)}"
    owner = replace(participant.sid).removeprefix("PA_")
    for track in participant.tracks:
        yield track.sid, f"TR_{owner}/{_name(track, replace)}"
    for track in participant.data_tracks:
        yield track.sid, f"DTR_{owner}/{replace(track.name)}"


def _published(published: Any, replace: Replace) -> Names:
    """The client's own track: its cid names it, unless that is as random as a sid."""
    cid = published.cid
    name = cid if cid and replace(cid) == cid else _name(published.track, replace)
    yield published.track.sid, f"TR_{name}"


def _add_track(request: Any, replace: Replace) -> Names:
    yield request.cid, f"cid_{_name(request, replace)}"


def _data_track(response: Any, replace: Replace) -> Names:
    yield response.info.sid, f"DTR_self/{replace(response.info.name)}"


def _name(track: Any, replace: Replace) -> str:
    """What tells a track from its neighbours: its name, or its source, or at least its kind."""
    if track.name:
        return replace(track.name)
    enum, number = ("TrackSource", track.source) if track.source else ("TrackType", track.type)
    value = enum_descriptor(enum).values_by_number.get(number)
    return str(number) if value is None else value.name.lower()


_CASES: dict[str, Callable[[Any, Replace], Names]] = {
    "join": _join,
    "update": lambda update, replace: _participants(update.participants, replace),
    "room_moved": _moved,
    "track_published": _published,
    "add_track": _add_track,
    "publish_data_track_response": _data_track,
}
