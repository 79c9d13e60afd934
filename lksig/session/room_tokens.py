"""The tokens the server renews by itself: at the start of a session, every 5 minutes, and when claims change.

Source: livekit-server pkg/service/roommanager.go (refreshToken, tokenRefreshInterval). Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from lksig.session.hosting import Schedule
from lksig.session.people import Participant
from lksig.session.rooms import Room
from lksig.wire.access_token import mint

REFRESH_S = 300
MIN_TTL_S = 600
"""A renewed token lives for what is left of the original, and at least this long."""

_PLAIN_FLAGS = frozenset(
    {"roomCreate", "roomList", "roomRecord", "roomAdmin", "roomJoin", "ingressAdmin", "hidden", "recorder", "agent"}
)
"""Grants that Go leaves out when they are false; the others keep an explicit false."""


def keep_token(room: Room, participant: Participant) -> None:
    """Send `refresh_token`, and again in 5 minutes."""
    tell_token(room, participant)
    room.world.out.put(Schedule(("token", participant.sid), REFRESH_S))


def tell_token(room: Room, participant: Participant) -> None:
    """Send `refresh_token`; who has no socket has no key either."""
    if participant.socket is None:
        return
    world, grants = room.world, participant.grants
    now_s = world.unix_ms // 1000
    video = {
        key: value for key, value in grants.video.items() if value not in (None, "", []) and not _is_off(key, value)
    }
    token = mint(
        grants.api_key,
        world.options.keys[grants.api_key],
        identity=grants.identity,
        room=room.name,
        now_s=now_s,
        name=grants.name or None,
        metadata=grants.metadata or None,
        attributes=grants.attributes or None,
        ttl_s=max(MIN_TTL_S, int(grants.expires_s) - now_s),
        grants=video,
        claims={"identity": grants.identity, **grants.others},
    )
    participant.tell(world.out, "refresh_token", token)


def _is_off(key: str, value: object) -> bool:
    return value is False and key in _PLAIN_FLAGS
