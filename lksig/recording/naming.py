"""What names the things that ids stand for: identities, track names, cids.

The rule: a name is only taken from a message that says what an id is; a cid or name that is an id itself names
nothing. Who is who is the same in two runs of one story, whatever the order in which the server told it.
Source: livekit_models.proto ParticipantInfo, TrackInfo, DataTrackInfo; livekit_rtc.proto TrackPublishedResponse.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import enum_descriptor

if TYPE_CHECKING:
    from lksig.wire.events import Message

Replace = Callable[[str], str]
"""A text with roles instead of ids."""

Names = Iterator[tuple[str, str]]
"""Ids, each with the role that its name gives it."""


def names_in(message: Message, replace: Replace, known: Container[str]) -> Names:
    """What a message names.

    Args:
        known: ids that have a role already; what they are called now does not matter any more.
    """
    tell = _CASES.get(message.case or "")
    return tell(getattr(message.envelope, message.case or ""), replace, known) if tell is not None else iter(())


def _participants(body: Any, replace: Replace, known: Container[str]) -> Names:
    if body.HasField("participant"):
        yield from _participant(body.participant, replace, known)
    for participant in body.other_participants:
        yield from _participant(participant, replace, known)


def _update(update: Any, replace: Replace, known: Container[str]) -> Names:
    for participant in update.participants:
        yield from _participant(participant, replace, known)


def _participant(participant: Any, replace: Replace, known: Container[str]) -> Names:
    sid = participant.sid
    if participant.identity and sid not in known:
        yield sid, f"PA_{replace(participant.identity)}"
    for track in participant.tracks:
        if track.sid not in known:
            yield track.sid, f"TR_{replace(sid).removeprefix('PA_')}/{_name(track, replace)}"
    for track in participant.data_tracks:
        if track.sid not in known:
            yield track.sid, f"DTR_{replace(sid).removeprefix('PA_')}/{replace(track.name)}"


def _published(published: Any, replace: Replace, known: Container[str]) -> Names:
    """The client's own track: its cid names it, unless that is as random as a sid."""
    cid = published.cid
    name = cid if cid and replace(cid) == cid else _name(published.track, replace)
    yield published.track.sid, f"TR_{name}"


def _add_track(request: Any, replace: Replace, known: Container[str]) -> Names:
    yield request.cid, f"cid_{_name(request, replace)}"


def _data_track(response: Any, replace: Replace, known: Container[str]) -> Names:
    yield response.info.sid, f"DTR_self/{replace(response.info.name)}"


def _name(track: Any, replace: Replace) -> str:
    """What tells a track from its neighbours: its name, or its source, or at least its kind."""
    if track.name:
        return replace(track.name)
    enum, number = ("TrackSource", track.source) if track.source else ("TrackType", track.type)
    value = enum_descriptor(enum).values_by_number.get(number)
    return str(number) if value is None else value.name.lower()


_CASES: dict[str, Callable[[Any, Replace, Container[str]], Names]] = {
    "join": _participants,
    "update": _update,
    "room_moved": _participants,
    "track_published": _published,
    "add_track": _add_track,
    "publish_data_track_response": _data_track,
}
