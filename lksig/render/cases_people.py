"""Summaries of the messages about people and rooms: who is there, with what, in which state.

Source: livekit_models.proto ParticipantInfo, Room, TrackInfo; Observed: livekit-server 1.13.5 (which fields are set).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.render.phrases import SEPARATOR, counted, names_of, parts, some
from lksig.render.times import bytes_text

if TYPE_CHECKING:
    from lksig.render.phrases import Case
    from lksig.render.summaries import Summaries
    from lksig.wire.events import Reading

_SOURCE = names_of("TrackSource")
_TYPE = names_of("TrackType")
_KIND = names_of("ParticipantInfo.Kind")
_STATE = names_of("ParticipantInfo.State")
_REASON = names_of("DisconnectReason")
_EDITION = names_of("ServerInfo.Edition")
_QUALITY = names_of("ConnectionQuality")


MAX_ATTRIBUTE = 64
"""Characters of an attribute's value that a line shows."""

_SOURCES = {"CAMERA": "cam", "MICROPHONE": "mic", "SCREEN_SHARE": "screen", "SCREEN_SHARE_AUDIO": "screen audio"}


def _track(tell: Summaries, track: Any) -> str:
    """`cam`, `mic muted`: by source, otherwise by name, otherwise by type."""
    source = _SOURCE[track.source]
    name = _SOURCES.get(source) or (tell.word(track.name) if track.name else _TYPE[track.type].lower())
    return f"{name} muted" if track.muted else name


def _tracks(tell: Summaries, participant: Any) -> str:
    tracks, data_tracks = participant.tracks, participant.data_tracks
    told = some(tracks, lambda track: _track(tell, track)) if tracks else ""
    if data_tracks:
        data = some(data_tracks, lambda track: tell.word(track.name or track.sid))
        told = f"{told}, data {data}" if told else f"data {data}"
    return told


def _who(tell: Summaries, participant: Any) -> str:
    name = tell.word(participant.identity or participant.sid)
    kind = participant.kind
    return f"{name} ({_KIND[kind].lower()})" if kind else name


def _other(tell: Summaries, participant: Any) -> str:
    """`alice: cam, mic`, in a list of those who were there before."""
    tracks = _tracks(tell, participant)
    return f"{_who(tell, participant)}: {tracks}" if tracks else _who(tell, participant)


def _who_and_state(tell: Summaries, participant: Any) -> str:
    """`alice ACTIVE`, `bob DISCONNECTED (CLIENT_INITIATED)`."""
    reason = participant.disconnect_reason
    told = f"{_who(tell, participant)} {_STATE[participant.state]}"
    return f"{told} ({_REASON[reason]})" if reason else told


def _changed(tell: Summaries, participant: Any) -> str:
    """`alice ACTIVE: cam, mic`, in an update."""
    tracks = _tracks(tell, participant)
    who = _who_and_state(tell, participant)
    return f"{who}: {tracks}" if tracks else who


def _in_full(tell: Summaries, participant: Any) -> str:
    """One participant alone in an update: everything an expert compares with the one before."""
    told = _who_and_state(tell, participant)
    sid, version, name = participant.sid, participant.version, participant.name
    if sid and participant.identity:
        told = f"{told} {tell.word(sid)}"
    if version:
        told = f"{told} v{version}"
    tracks = _tracks(tell, participant)
    if tracks:
        told += SEPARATOR + tracks
    if name:
        told += f"{SEPARATOR}name={tell.word(name)}"
    metadata, attributes = participant.metadata, participant.attributes
    if metadata:
        told += f"{SEPARATOR}{_size('metadata', metadata)}"
    if attributes:
        told += f"{SEPARATOR}attributes {some(sorted(attributes), lambda key: _attribute(tell, key, attributes[key]))}"
    return told


def _attribute(tell: Summaries, key: str, value: str) -> str:
    """`lk.mood=ok`; a long value is counted."""
    told = tell.word(value) if len(value) <= MAX_ATTRIBUTE else f"({bytes_text(len(value.encode()))})"
    return f"{tell.word(key)}={told}"


def _others(tell: Summaries, participants: Any) -> str:
    return some(participants, lambda one: _other(tell, one), "; ") if participants else "nobody else"


def _size(title: str, text: str) -> str | None:
    """Metadata is counted: it is often JSON of many kilobytes, and its own business."""
    return f"{title} {bytes_text(len(text.encode()))}" if text else None


def _room(tell: Summaries, room: Any) -> str:
    name = tell.word(room.name) if room.name else "no room name"
    return f"{name} {tell.word(room.sid)}" if room.sid else name


def _server(tell: Summaries, info: Any, version: str = "") -> str | None:
    """`livekit 1.13.5`, with edition and region where they say something."""
    version = info.version or version
    if not version:
        return None
    words = ["livekit", tell.word(version)]
    if info.edition:
        words.append(_EDITION[info.edition].lower())
    if info.region:
        words.append(tell.word(info.region))
    return " ".join(words)


def _join(tell: Summaries, body: Any, reading: Reading) -> str:
    ping = f"ping {body.ping_interval} s/{body.ping_timeout} s" if body.ping_interval or body.ping_timeout else None
    return parts(
        _room(tell, body.room),
        f"you {tell.word(body.participant.sid)}" if body.participant.sid else None,
        _others(tell, body.other_participants),
        _server(tell, body.server_info, body.server_version),
        ping,
        f"try {tell.word(body.alternative_url)} instead" if body.alternative_url else None,
    )


def _reconnect(tell: Summaries, body: Any, reading: Reading) -> str:
    return parts(
        "resumed",
        _server(tell, body.server_info),
        f"ice_servers×{len(body.ice_servers)}" if body.ice_servers else None,
        f"last_message_seq={body.last_message_seq}" if body.last_message_seq else None,
    )


def _room_moved(tell: Summaries, body: Any, reading: Reading) -> str:
    return parts(
        f"now in {_room(tell, body.room)}",
        f"you {tell.word(body.participant.sid)}" if body.participant.sid else None,
        _others(tell, body.other_participants),
        tell.token(body.token, reading.event.t_ns) if body.token else None,
    )


def _update(tell: Summaries, body: Any, reading: Reading) -> str:
    people = body.participants
    if len(people) == 1:
        told = _in_full(tell, people[0])
    elif people:
        told = f"{len(people)} participants: " + some(people, lambda one: _changed(tell, one), "; ")
    else:
        told = "nobody"
    return parts(told, "full_snapshot" if body.full_snapshot else None)


def _room_update(tell: Summaries, body: Any, reading: Reading) -> str:
    room = body.room
    return parts(
        _room(tell, room),
        f"{counted(room.num_participants, 'participant')}, {counted(room.num_publishers, 'publisher')}",
        "recording" if room.active_recording else None,
        _size("metadata", room.metadata),
    )


def _speakers(tell: Summaries, body: Any, reading: Reading) -> str:
    def speaker(info: Any) -> str:
        return f"{tell.word(info.sid)} {f'speaks {info.level:.2f}' if info.active else 'silent'}"

    return some(body.speakers, speaker) if body.speakers else "nobody"


def _quality(tell: Summaries, body: Any, reading: Reading) -> str:
    def one(info: Any) -> str:
        return f"{tell.word(info.participant_sid)} {_QUALITY[info.quality]} {info.score:.3g}"

    return some(body.updates, one) if body.updates else "nobody"


def _handles(tell: Summaries, body: Any, reading: Reading) -> str:
    handles = body.sub_handles

    def one(handle: int) -> str:
        track = handles[handle]
        owner = tell.word(track.publisher_identity or track.publisher_sid)
        return f"{handle}={tell.word(track.track_sid)} of {owner}"

    return some(sorted(handles), one) if handles else "no data tracks"


RESPONSES: dict[str, Case] = {
    "join": _join,
    "reconnect": _reconnect,
    "room_moved": _room_moved,
    "update": _update,
    "room_update": _room_update,
    "speakers_changed": _speakers,
    "connection_quality": _quality,
    "data_track_subscriber_handles": _handles,
}
"""Responses by case."""
