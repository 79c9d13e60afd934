"""Participants that are only simulated: they are in every room with their tracks, and do something now and then.

They have no socket. What they do follows a fixed plan, so that a demonstration looks the same every time.
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import message_class
from lksig.session.hosting import Schedule
from lksig.session.joining import Client, Grants
from lksig.session.people import Participant, State
from lksig.session.room_requests import changed_claims, tell_speaker
from lksig.session.rooms import Room

STEP_S = 4
"""Between two things they do."""

_MOODS = ("listening", "talking", "away")


def populate(room: Room) -> None:
    """Let the simulated participants in, before the first real one."""
    world = room.world
    for identity in world.options.simulated:
        world.sessions += 1
        video = {"roomJoin": True, "room": room.name, "canUpdateOwnMetadata": True}
        grants = Grants(api_key="", identity=identity, video=video, name=identity.title())
        participant = Participant(
            session=world.sessions,
            sid=world.ids.sid("PA"),
            grants=grants,
            client=Client(protocol=17),
            single_pc=True,
            joined_ms=world.unix_ms,
            socket=None,
            state=State.ACTIVE,
            is_publisher=True,
            version=1,
        )
        for info in _tracks(room):
            participant.published[info.sid] = info
        room.participants[identity] = participant
    if world.options.simulated:
        world.out.put(Schedule(("simulated", room.name), STEP_S))


def _tracks(room: Room) -> list[Any]:
    ids = room.world.ids
    camera = {
        "type": "VIDEO",
        "source": "CAMERA",
        "name": "cam",
        "width": 1280,
        "height": 720,
        "mime_type": "video/VP8",
    }
    microphone = {"type": "AUDIO", "source": "MICROPHONE", "name": "mic", "mime_type": "audio/opus"}
    return [
        message_class("TrackInfo")(sid=ids.track(1, 1), stream="camera", mid="1", **camera),
        message_class("TrackInfo")(sid=ids.track(0, 2), stream="camera", mid="2", **microphone),
    ]


def act(room: Room) -> None:
    """One step of everybody's plan: speak, fall silent, mute or unmute the microphone, change an attribute."""
    step = round((room.world.t_ns - room.created_ns) / 1_000_000_000 / STEP_S)
    for identity in room.world.options.simulated:
        participant = room.participants.get(identity)
        # One with a socket is somebody who took the identity.
        if participant is not None and participant.socket is None:
            _act(room, participant, step)
    room.world.out.put(Schedule(("simulated", room.name), STEP_S))


def _act(room: Room, participant: Participant, step: int) -> None:
    move = step % 4
    if move in (1, 2):
        tell_speaker(room, participant, 0.625 if move == 1 else 0.0)
    elif move == 3:
        _toggle_microphone(room, participant)
    else:
        participant.grants.attributes = {"lk.mood": _MOODS[step // 4 % len(_MOODS)]}
        changed_claims(room, participant)


def _toggle_microphone(room: Room, participant: Participant) -> None:
    sid = next(sid for sid, info in participant.published.items() if info.type == 0)
    changed = message_class("TrackInfo")()
    changed.CopyFrom(participant.published[sid])
    changed.muted = not changed.muted
    participant.published[sid] = changed
    participant.is_dirty = True
    room.broadcast(participant)
