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
