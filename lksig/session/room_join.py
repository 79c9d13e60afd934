"""What a client gets when it joins a room, and when it resumes.

Where the real server sends several things at once in any order, one order is chosen here: the answer to what the join
request asked, the renewed token, then the server's own offer.

Source: livekit-server pkg/rtc/room.go (createJoinResponseLocked, Join, ResumeParticipant), participant_signal.go
(HandleReconnectAndSendResponse), pkg/clientconfiguration/conf.go. Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from typing import Any

from lksig.session.joining import Client, Joining
from lksig.session.people import Participant, Reason, State
from lksig.session.room_requests import handle_request
from lksig.session.room_sdp import negotiate_subscriber, restart_ice
from lksig.session.room_subscriptions import subscribe_to_existing
from lksig.session.room_tokens import keep_token
from lksig.session.room_tracks import AUDIO, VIDEO, publish_codecs
from lksig.session.rooms import Room
from lksig.session.simulated import populate

SERVER_VERSION = "1.13.6"
"""The release whose behaviour this is; SDKs read it."""
SERVER_PROTOCOL = 17
REGION = "lksig"
"""What tells this server from a real one: a real one that has no region leaves it empty."""
DEBUG_INFO = "lksig embedded server: signaling only, it carries no media"
PING_INTERVAL_S = 5
PING_TIMEOUT_S = 15
STUN_SERVERS = (
    "stun:global.stun.twilio.com:3478",
    "stun:stun.l.google.com:19302",
    "stun:stun1.l.google.com:19302",
)


def join(room: Room, participant: Participant, joining: Joining) -> None:
    """Let a participant in and tell it, and everybody else, what there is to tell."""
    if not room.participants:
        populate(room)
    room.add(participant)
    join_response = _join_response(room, participant)
    participant.tell(room.world.out, "join", join_response)
    participant.knows(join_response["other_participants"])
    participant.enter(State.JOINED)
    subscribe_to_existing(room, participant)
    for request in joining.add_tracks:
        handle_request(room, participant, "add_track", request)
    keep_token(room, participant)
    if joining.publisher_offer is not None:
        handle_request(room, participant, "offer", joining.publisher_offer)
    if participant.state is State.DISCONNECTED:
        return
    if participant.is_subscriber_primary or participant.media_subscriptions:
        negotiate_subscriber(room, participant)
    room.broadcast(participant, skip_source=True)


def resume(room: Room, participant: Participant) -> None:
    """Tell a participant that came back over a new socket what it may have missed."""
    out = room.world.out
    armed = participant.resumes_to_drop if room.world.t_ns < participant.armed_until_ns else ""
    participant.resumes_to_drop = ""
    if armed == "disconnect_signal_on_resume_no_messages":
        _lose(room, participant)
        return
    if participant.client.takes_reconnect:
        body = {**_ice_and_configuration(participant.client), "server_info": _server_info(room)}
        participant.tell(out, "reconnect", body)
        gone = [_gone(info) for info in participant.told_gone.values()]
        if gone and participant.protocol >= 9:
            participant.tell(out, "update", {"participants": gone})
    participant.tell_update(out, room.visible())
    participant.tell(out, "room_update", {"room": room.proto})
    restart_ice(room, participant)
    if armed:
        _lose(room, participant)
        return
    keep_token(room, participant)


def _lose(room: Room, participant: Participant) -> None:
    """The socket of a resumed session goes away; without media that is its end."""
    room.remove(participant, Reason.SIGNAL_CLOSE, leave=None)


def _gone(info: Any) -> dict[str, Any]:
    return {"sid": info.sid, "identity": info.identity, "version": info.version, "state": info.state}


def _join_response(room: Room, participant: Participant) -> dict[str, Any]:
    codecs = publish_codecs(participant.client, VIDEO) + publish_codecs(participant.client, AUDIO)
    return {
        "room": room.proto,
        "participant": participant.info(),
        "other_participants": room.visible(participant),
        "server_version": SERVER_VERSION,
        "server_region": REGION,
        "server_info": _server_info(room),
        "subscriber_primary": participant.is_subscriber_primary,
        "ping_interval": PING_INTERVAL_S,
        "ping_timeout": PING_TIMEOUT_S,
        "sif_trailer": room.trailer,
        "enabled_publish_codecs": [{"mime": mime} for mime in codecs],
        "fast_publish": participant.grants.can_publish and participant.identity not in room.prefers_tcp,
        **_ice_and_configuration(participant.client),
    }


def _server_info(room: Room) -> dict[str, Any]:
    return {
        "version": SERVER_VERSION,
        "protocol": SERVER_PROTOCOL,
        "agent_protocol": 1,
        "region": REGION,
        "node_id": room.world.node_sid,
        "debug_info": DEBUG_INFO,
    }


def _ice_and_configuration(client: Client) -> dict[str, Any]:
    """What `join` and `reconnect` have in common; the configuration is there for browsers with known defects only."""
    fields: dict[str, Any] = {"ice_servers": [{"urls": STUN_SERVERS}]}
    disabled = {"codecs": client.disabled_codecs, "publish": client.disabled_for_publishing}
    if any(disabled.values()):
        codecs = {name: [{"mime": mime} for mime in mimes] for name, mimes in disabled.items()}
        fields["client_configuration"] = {"disabled_codecs": codecs}
    return fields
