"""What answers what: the pairs of the signaling protocol, as data.

The cases themselves (names, numbers, message types) come from the descriptors; only what a descriptor cannot say
stands here. Facts: livekit-server 1.13.5, seen on the running server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KeyKind = Literal["id", "cid", "request_id", "timestamp", "order", "pub_handle", "blob"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The response that answers a request when it succeeds.

    `key` says how the two are matched: `id` (SessionDescription.id), `cid`, `request_id`, `timestamp`
    (Pong.last_ping_timestamp), `pub_handle`, `blob` (request_id, or the blob's key), or `order` (the oldest one still
    waiting).
    """

    case: str
    key: KeyKind


REPLIES: dict[str, Reply] = {
    "offer": Reply("answer", "id"),
    "add_track": Reply("track_published", "cid"),
    "leave": Reply("leave", "order"),
    "ping": Reply("pong", "order"),
    "update_metadata": Reply("request_response", "request_id"),
    "ping_req": Reply("pong_resp", "timestamp"),
    "publish_data_track_request": Reply("publish_data_track_response", "pub_handle"),
    "unpublish_data_track_request": Reply("unpublish_data_track_response", "pub_handle"),
    "store_data_blob_request": Reply("store_data_blob_response", "blob"),
    "get_data_blob_request": Reply("get_data_blob_response", "blob"),
}
"""Requests with an answer of their own. Every other one succeeds in silence, and a fence must tell."""

REQUEST_ID_CASES = ("update_metadata", "store_data_blob_request", "get_data_blob_request")
"""The requests that carry a `request_id`, which lksig fills in when it was left out."""

ECHOES: dict[str, str] = {
    "trickle": "trickle",
    "add_track": "add_track",
    "mute": "mute",
    "update_metadata": "update_metadata",
    "update_audio_track": "update_audio_track",
    "update_video_track": "update_video_track",
    "publish_data_track": "publish_data_track_request",
    "unpublish_data_track": "unpublish_data_track_request",
}
"""Arm of `RequestResponse.request` → the case of the request it echoes. Source: livekit_rtc.proto RequestResponse."""

KEEPALIVE_CASES = frozenset({"ping", "pong", "ping_req", "pong_resp"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which a server says no: a response, and the reason in it. When it does is told by the comments."""

    case: str
    reason: str
    """Name in `RequestResponse.Reason`, `DisconnectReason` or `SubscriptionError`."""


def _refused(*reasons: str) -> tuple[Refusal, ...]:
    return tuple(Refusal("request_response", reason) for reason in reasons)


_ENDED = Refusal("leave", "STATE_MISMATCH")

REFUSALS: dict[str, tuple[Refusal, ...]] = {
    "offer": (_ENDED,),
    "answer": (_ENDED,),
    "trickle": (*_refused("UNCLASSIFIED_ERROR"), _ENDED),
    "add_track": _refused("NOT_ALLOWED", "UNSUPPORTED_TYPE", "NOT_FOUND", "LIMIT_EXCEEDED"),
    "mute": _refused("NOT_FOUND"),
    "subscription": (Refusal("subscription_response", "SE_TRACK_NOTFOUND"),),
    "sync_state": (_ENDED,),
    "update_metadata": _refused("NOT_ALLOWED", "LIMIT_EXCEEDED"),
    "update_audio_track": _refused("NOT_FOUND"),
    "update_video_track": _refused("NOT_FOUND"),
    "publish_data_track_request": _refused(
        "NOT_ALLOWED", "INVALID_HANDLE", "INVALID_NAME", "INVALID_REQUEST", "DUPLICATE_HANDLE", "DUPLICATE_NAME"
    ),
    "unpublish_data_track_request": _refused("NOT_FOUND"),
    "store_data_blob_request": _refused("NOT_ALLOWED", "INVALID_REQUEST", "LIMIT_EXCEEDED"),
    "get_data_blob_request": _refused("INVALID_REQUEST", "NOT_FOUND"),
}
"""Every refusal of a request; one that is not here is never refused. A refusal by `leave` ends the session."""

FENCE_BLIND: dict[str, str] = {
    "answer": "it is applied outside the request loop: a `leave` that refuses it may come after the fence",
    "trickle": "a bad candidate may end the session later, when the remote description arrives; a wrong `target` is "
    "dropped in silence",
    "subscription": "an unknown sid is refused after 60 s, by `subscription_response`; a missing permission never",
    "track_setting": "nothing is ever refused: unknown sids are remembered in silence",
    "update_layers": "nothing: the server has no handler for it",
    "subscription_permission": "an entry with neither sid nor identity is dropped in silence and the old rules stay",
    "sync_state": "its `subscription` is refused as late as a `subscription` is",
    "simulate": "a scenario the server does not handle (`leave_request_full_reconnect`, none) is dropped in silence",
    "update_audio_track": "the sid of a video track is accepted without effect",
    "update_video_track": "the sid of an audio track is accepted without effect",
    "update_data_subscription": "an unknown sid is never refused",
}
"""What a fence behind a request does not prove. For `mute` it proves everything; the others have an answer of their
own, or end the session (`leave`)."""

EXAMPLES: dict[str, str] = {
    "offer": "offer type=offer sdp=@offer.sdp id=1",
    "answer": "answer type=answer sdp=@answer.sdp id=%last.offer.id",
    "trickle": "trickle candidateInit=@candidate.json target=SUBSCRIBER",
    "add_track": "add_track cid=cam1 type=VIDEO source=CAMERA width=1280 height=720",
    "mute": "mute sid=%cam1 muted=true",
    "subscription": "subscription track_sids+=%alice/cam subscribe=true",
    "track_setting": "track_setting track_sids+=%alice/cam quality=LOW",
    "leave": "leave reason=CLIENT_INITIATED",
    "update_layers": "update_layers track_sid=%cam1 layers.0.quality=LOW",
    "subscription_permission": "subscription_permission track_permissions.0.participant_identity=alice "
    "track_permissions.0.all_tracks=true",
    "sync_state": "sync_state subscription.track_sids+=%alice/cam subscription.subscribe=true",
    "simulate": "simulate speaker_update=3",
    "ping": "ping",
    "update_metadata": "update_metadata name=Ann attributes.mood=ok",
    "ping_req": "ping_req timestamp=now",
    "update_audio_track": "update_audio_track track_sid=%mic1 features+=TF_STEREO",
    "update_video_track": "update_video_track track_sid=%cam1 width=640 height=360",
    "publish_data_track_request": "publish_data_track_request pub_handle=1 name=pose",
    "unpublish_data_track_request": "unpublish_data_track_request pub_handle=1",
    "update_data_subscription": "update_data_subscription updates.0.track_sid=DTR_x updates.0.subscribe=true",
    "store_data_blob_request": "store_data_blob_request blob.key.generic=k blob.contents=hex:00ff",
    "get_data_blob_request": "get_data_blob_request participant_identity=%self.identity key.generic=k",
}
"""One typical request line for each case to the server, in the grammar of `lksig send`."""
