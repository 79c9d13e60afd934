"""Every request of a participant, by case, and those that have no home of their own.

The rule: what the real server leaves without an answer stays without one here.

Source: livekit-server pkg/rtc/signalling/signalhandler.go (which cases have a handler), participant.go
(UpdateMetadata), room.go (onSyncState, onSimulateScenario). Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lksig.session.hosting import Schedule
from lksig.session.people import Action, Participant, Reason
from lksig.session.room_data import handle_get, handle_publish, handle_store, handle_unpublish
from lksig.session.room_sdp import handle_answer, handle_offer, handle_trickle, mismatch, restart_ice
from lksig.session.room_subscriptions import handle_data_subscription, handle_permission, handle_subscription
from lksig.session.room_tokens import tell_token
from lksig.session.room_tracks import (
    handle_add_track,
    handle_mute,
    handle_update_audio_track,
    handle_update_video_track,
)
from lksig.session.rooms import Room

MAX_NAME_BYTES = 256
MAX_METADATA_BYTES = 512 * 1024
MAX_ATTRIBUTES_BYTES = 64 * 1024
"""Keys and values together. Source: livekit-server pkg/config/config.go LimitConfig, defaults."""
SPEAKER_LEVEL = 0.9
ARMED_S = 5
"""How long a simulated disconnect waits for a resume."""

Handler = Callable[[Room, Participant, Any], None]


def handle_request(room: Room, participant: Participant, case: str, body: Any) -> None:
    """Do what a request asks for; a case without a handler is accepted and ignored."""
    handler = HANDLERS.get(case)
    if handler is not None:
        handler(room, participant, body)


def _ping(room: Room, participant: Participant, timestamp: int) -> None:
    participant.tell(room.world.out, "pong", room.world.unix_ms)


def _ping_req(room: Room, participant: Participant, request: Any) -> None:
    body = {"last_ping_timestamp": request.timestamp, "timestamp": room.world.unix_ms}
    participant.tell(room.world.out, "pong_resp", body)


_HONOURED = (Reason.CLIENT_INITIATED, Reason.USER_UNAVAILABLE, Reason.USER_REJECTED, Reason.AGENT_ERROR)


def _leave(room: Room, participant: Participant, request: Any) -> None:
    """`leave`: echoed with the reason the server makes of it; the action is ignored."""
    reason = next((one for one in _HONOURED if one == request.reason), Reason.CLIENT_INITIATED)
    room.remove(participant, reason, leave=Action.DISCONNECT)


# --- metadata -------------------------------------------------------------------------------------------------------


def _update_metadata(room: Room, participant: Participant, request: Any) -> None:
    """`update_metadata`: each part that changes is told by itself; attributes are told whenever any were sent."""
    reason, message = _metadata_objection(participant, request)
    if not reason:
        grants = participant.grants
        if request.name and request.name != grants.name:
            grants.name = request.name
            changed_claims(room, participant)
        if request.metadata and request.metadata != grants.metadata:
            grants.metadata = request.metadata
            changed_claims(room, participant)
        if request.attributes:
            kept = {key: value for key, value in grants.attributes.items() if request.attributes.get(key) != ""}
            grants.attributes = kept | {key: value for key, value in request.attributes.items() if value}
            changed_claims(room, participant)
    participant.tell_refusal(
        room.world.out, reason or "OK", message, request_id=request.request_id, update_metadata=request
    )


def _metadata_objection(participant: Participant, request: Any) -> tuple[str, str]:
    if not participant.grants.can_update_metadata:
        return "NOT_ALLOWED", "does not have permission to update own metadata"
    if len(request.name.encode()) > MAX_NAME_BYTES:
        return "LIMIT_EXCEEDED", "exceeds name length limit"
    if len(request.metadata.encode()) > MAX_METADATA_BYTES:
        return "LIMIT_EXCEEDED", "exceeds metadata size limit"
    if attributes_bytes(request.attributes) > MAX_ATTRIBUTES_BYTES:
        return "LIMIT_EXCEEDED", "exceeds attributes size limit"
    return "", ""


def attributes_bytes(attributes: Any) -> int:
    """Size of attributes as the server measures it."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())


def changed_claims(room: Room, participant: Participant) -> None:
    """Tell everybody of changed metadata, and its owner with a new token."""
    participant.is_dirty = True
    room.touch()
    room.broadcast(participant, immediate=True)
    tell_token(room, participant)


# --- sync_state -----------------------------------------------------------------------------------------------------


def _sync_state(room: Room, participant: Participant, request: Any) -> None:
    """`sync_state`: a track the server does not know ends the session; subscriptions count, the rest does not."""
    for one in request.publish_tracks:
        if not one.HasField("track") or not _knows_track(participant, one.track.sid):
            mismatch(room, participant)
            return
    data_sids = {info.sid for info in participant.data_tracks.values()}
    for one in request.publish_data_tracks:
        if not one.HasField("info") or one.info.sid not in data_sids:
            mismatch(room, participant)
            return
    handle_subscription(room, participant, request.subscription)


def _knows_track(participant: Participant, sid: str) -> bool:
    return sid in participant.published or participant.pending_track(sid) is not None


# --- simulate -------------------------------------------------------------------------------------------------------


def _simulate(room: Room, participant: Participant, request: Any) -> None:
    """`simulate`: naming a scenario starts it, whatever its value; some mean nothing without media."""
    scenario = request.WhichOneof("scenario")
    if scenario == "speaker_update":
        tell_speaker(room, participant, SPEAKER_LEVEL)
        after_s = max(0, request.speaker_update)
        room.world.out.put(Schedule(("quiet", participant.sid), after_s))
    elif scenario == "node_failure":
        room.remove(participant, Reason.SERVER_SHUTDOWN, leave=None)
    elif scenario == "migration":
        room.remove(participant, Reason.MIGRATION, leave=None)
    elif scenario == "server_leave":
        room.remove(participant, Reason.SERVER_SHUTDOWN, leave=Action.DISCONNECT)
    elif scenario == "switch_candidate_protocol":
        (room.prefers_tcp.add if request.switch_candidate_protocol else room.prefers_tcp.discard)(participant.identity)
        restart_ice(room, participant)
    elif scenario in ("disconnect_signal_on_resume", "disconnect_signal_on_resume_no_messages"):
        participant.resumes_to_drop = scenario
        participant.armed_until_ns = room.world.t_ns + ARMED_S * 1_000_000_000


def tell_speaker(room: Room, participant: Participant, level: float) -> None:
    """Tell a participant and everybody subscribed to it how loud it is; protocol 3 and later."""
    speakers = [{"sid": participant.sid, "level": level, "active": level > 0}]
    for one in room.participants.values():
        if one.protocol >= 3 and (one is participant or one.is_subscribed_to(participant.sid)):
            one.tell(room.world.out, "speakers_changed", {"speakers": speakers})


HANDLERS: dict[str, Handler] = {
    "offer": handle_offer,
    "answer": handle_answer,
    "trickle": handle_trickle,
    "add_track": handle_add_track,
    "mute": handle_mute,
    "subscription": handle_subscription,
    "leave": _leave,
    "subscription_permission": handle_permission,
    "sync_state": _sync_state,
    "simulate": _simulate,
    "ping": _ping,
    "update_metadata": _update_metadata,
    "ping_req": _ping_req,
    "update_audio_track": handle_update_audio_track,
    "update_video_track": handle_update_video_track,
    "publish_data_track_request": handle_publish,
    "unpublish_data_track_request": handle_unpublish,
    "update_data_subscription": handle_data_subscription,
    "store_data_blob_request": handle_store,
    "get_data_blob_request": handle_get,
}
"""By case; `track_setting` and `update_layers` say nothing that matters without media."""
