"""Data tracks and data blobs: announced over signaling alone, so they work without any media.

Source: livekit-server pkg/rtc/participant_data_track.go, participant_data_blob_handler.go, pkg/config/config.go
(CheckDataTrackFrameEncoding, CheckDataBlobKeyLength, CanAddDataBlob). Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import message_class
from lksig.session.people import Participant
from lksig.session.room_subscriptions import data_track_appeared
from lksig.session.rooms import Room

MAX_HANDLE = 65535
MAX_NAME_BYTES = 256
MAX_CUSTOM_ENCODING_BYTES = 32
MAX_BLOB_KEY_BYTES = 256
MAX_BLOBS_BYTES = 64_000
"""Of a participant, keys included; a blob that would replace another is counted on top of it."""

_BAD_ENCODING = "encoding identifier is empty or exceeds the maximum length"


def handle_publish(room: Room, participant: Participant, request: Any) -> None:
    """`publish_data_track_request`. The `update` comes before the answer, once the participant is a publisher."""
    reason, message = _objection(room, participant, request)
    if reason:
        participant.tell_refusal(room.world.out, reason, message, publish_data_track=request)
        return
    info = message_class("DataTrackInfo")(
        pub_handle=request.pub_handle,
        sid=room.world.ids.sid("DTR"),
        name=request.name,
        encryption=request.encryption,
        frame_encoding=request.frame_encoding if request.HasField("frame_encoding") else None,
        schema=request.schema if request.HasField("schema") else None,
    )
    participant.data_tracks[info.pub_handle] = info
    room.broadcast(participant, skip_source=True)
    data_track_appeared(room, participant, info.sid)
    participant.tell(room.world.out, "publish_data_track_response", {"info": info})
    participant.is_publisher = True
    participant.is_dirty = True


def _objection(room: Room, participant: Participant, request: Any) -> tuple[str, str]:
    """Reason and text of the refusal, in the server's order; two empty ones when there is none."""
    if not participant.grants.can_publish_data or not room.world.options.allows_data_tracks:
        return "NOT_ALLOWED", "does not have permission to publish data"
    if not 0 < request.pub_handle <= MAX_HANDLE:
        return "INVALID_HANDLE", "handle should be > 0 AND < 65536"
    if not 0 < len(request.name.encode()) <= MAX_NAME_BYTES:
        return "INVALID_NAME", "name should not be empty and should not exceed 256 characters"
    if not _is_encoding(request.frame_encoding) or not _is_encoding(request.schema.encoding):
        return "INVALID_REQUEST", _BAD_ENCODING
    if request.pub_handle in participant.data_tracks:
        return "DUPLICATE_HANDLE", "a data track with same handle already exists"
    if request.name in [info.name for info in participant.data_tracks.values()]:
        return "DUPLICATE_NAME", "a data track with same name already exists"
    return "", ""


def _is_encoding(encoding: Any) -> bool:
    """Only a custom one can be wrong; well-known ones pass, unknown numbers too."""
    if encoding.WhichOneof("value") != "custom":
        return True
    return 0 < len(encoding.custom.encode()) <= MAX_CUSTOM_ENCODING_BYTES


def handle_unpublish(room: Room, participant: Participant, request: Any) -> None:
    """`unpublish_data_track_request`; the handle is cut to 16 bits."""
    info = participant.data_tracks.pop(request.pub_handle & MAX_HANDLE, None)
    if info is None:
        participant.tell_refusal(room.world.out, "NOT_FOUND", unpublish_data_track=request)
        return
    room.data_tracks_gone(participant, [info.sid])
    room.broadcast(participant, skip_source=True)
    participant.tell(room.world.out, "unpublish_data_track_response", {"info": info})
    participant.is_dirty = True


def handle_store(room: Room, participant: Participant, request: Any) -> None:
    """`store_data_blob_request`: nobody else is told."""
    reason, message = _blob_objection(room, participant, request)
    if reason:
        participant.tell_refusal(room.world.out, reason, message, request_id=request.request_id)
        return
    key = request.blob.key
    participant.blobs[key.SerializeToString(deterministic=True)] = request.blob
    body = {"request_id": request.request_id, "key": key}
    participant.tell(room.world.out, "store_data_blob_response", body)


def _blob_objection(room: Room, participant: Participant, request: Any) -> tuple[str, str]:
    if not room.world.options.allows_data_blobs:
        return "NOT_ALLOWED", "data blob not enabled"
    key = request.blob.key
    if key.WhichOneof("key") is None or _key_bytes(key) > MAX_BLOB_KEY_BYTES:
        return "INVALID_REQUEST", "data blob is invalid"
    if not _is_encoding(key.schema_id.encoding):
        return "INVALID_REQUEST", _BAD_ENCODING
    if not request.blob.contents:
        return "INVALID_REQUEST", "data blob is empty"
    blobs = [*participant.blobs.values(), request.blob]
    if sum(_key_bytes(blob.key) + len(blob.contents) for blob in blobs) > MAX_BLOBS_BYTES:
        return "LIMIT_EXCEEDED", "async attribute definition exceeds limit"
    return "", ""


def _key_bytes(key: Any) -> int:
    """Length of a key as protobuf text, which is how servers before 1.13.8 measure it: `generic:"k"`."""
    if key.WhichOneof("key") == "generic":
        return len(f'generic:"{key.generic}"'.encode())
    schema = key.schema_id
    encoding = schema.encoding
    value = encoding.custom if encoding.WhichOneof("value") == "custom" else str(encoding.well_known)
    return len(f'schema_id:{{name:"{schema.name}" encoding:{{{value}}}}}'.encode())


def handle_get(room: Room, participant: Participant, request: Any) -> None:
    """`get_data_blob_request`, of anybody in the room, oneself included."""
    out = room.world.out
    if not request.HasField("key"):
        message = "data blob key is required"
        participant.tell_refusal(out, "INVALID_REQUEST", message, request_id=request.request_id)
        return
    owner = room.participants.get(request.participant_identity)
    blob = owner.blobs.get(request.key.SerializeToString(deterministic=True)) if owner is not None else None
    if blob is None:
        message = "participant not found" if owner is None else "data blob not found"
        participant.tell_refusal(out, "NOT_FOUND", message, request_id=request.request_id)
        return
    participant.tell(out, "get_data_blob_response", {"request_id": request.request_id, "blob": blob})
