"""One realistic message for each of the 22 + 30 cases, as livekit-server 1.13.5 and real clients fill them.

Observed: livekit-server 1.13.5 for all but `room_moved`, which it never sends. Ids, times and keys are invented.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class

WALL_NS = 1_795_617_245_811_000_000
"""2026-11-25T14:34:05.811Z."""
_NOW_S = WALL_NS // 1_000_000_000
_NOW_MS = WALL_NS // 1_000_000

MIC_CID = "9f3c6a52-77a5-4b0e-8f0e-6c5d1a2b3c4d"
CAM_CID = "cam1"


def _token(identity: str, room: str) -> str:
    """A token as the server signs it; the signature is no real one."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "devkey", "sub": identity, "nbf": _NOW_S, "iat": _NOW_S, "exp": _NOW_S + 21600, "name": "Ann B."}
    video = {"roomJoin": True, "room": room, "canPublishData": True, "canUpdateOwnMetadata": True}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({**claims, 'video': video})}.2tz3a0HZeJERjsy8mCFqDMpMBMzcm8b"


TOKEN = _token("probe", "standup")

UFRAG, PWD = "QtynhGOwyLmWtbui", "qdJgEtgSvmtkSxGhnognluBcasvxksQg"
OTHER_UFRAG = "tYEhxtSVXSbqZoOY"
TURN_PASSWORD = "burp12NujTWLvagTS9fmtoqnqefZqw0V9rDgexCNejAD"
CREDENTIAL = "kX2mvTqPz0aWbYc8"
SIF_TRAILER = b"mjqT8tLbXv2Rk5NfWq"
SECRETS = (TOKEN, UFRAG, PWD, OTHER_UFRAG, TURN_PASSWORD, CREDENTIAL, SIF_TRAILER.decode())
"""No view may show any of them without `--show-secrets`."""

_HEADER = f"v=0\r\no=- 6444203045483076329 {_NOW_S} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
_ICE = f"c=IN IP4 0.0.0.0\r\na=ice-ufrag:{UFRAG}\r\na=ice-pwd:{PWD}\r\na=setup:actpass\r\n"
SDP = (
    f"{_HEADER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{_ICE}a=mid:0\r\na=sctp-port:5000\r\n"
    f"a=candidate:2070692838 1 udp 2130706431 192.0.2.2 7882 typ host ufrag {UFRAG}\r\n"
    f"a=candidate:1 1 udp 1694498815 203.0.113.7 50000 typ srflx raddr 10.0.0.4 rport 50000 ufrag {UFRAG}\r\n"
    "a=end-of-candidates\r\n"
    f"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n{_ICE}a=mid:1\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=rtpmap:63 red/48000/2\r\na=msid:PA_huZgjKYCr3H|camera TR_AMHY4ht4bDDgyu\r\n"
    f"m=video 9 UDP/TLS/RTP/SAVPF 96 97 102\r\n{_ICE}a=mid:2\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:97 rtx/90000\r\na=rtpmap:102 H264/90000\r\n"
)
DATA_SDP = f"{_HEADER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{_ICE}a=mid:0\r\n"


def candidate_init(candidate: str = f"candidate:1 1 udp 2130706431 192.0.2.2 7882 typ host ufrag {UFRAG}") -> str:
    """The JSON of a `trickle`, spelled as livekit-server spells it."""
    init = {"candidate": candidate, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": None}
    return json.dumps(init, separators=(",", ":"))


_SIZE = {"width": 1280, "height": 720}
_LAYERS = [
    {"quality": "LOW", "width": 320, "height": 180, "bitrate": 120_000},
    {"quality": "HIGH", **_SIZE, "bitrate": 1_500_000, "ssrc": 3_735_928_559},
]
_CAMERA: dict[str, Any] = {
    "sid": "TR_VCMZbTsgrXwLLd",
    "type": "VIDEO",
    "source": "CAMERA",
    "name": "camera",
    **_SIZE,
    "mime_type": "video/VP8",
    "stream": "camera",
    "layers": _LAYERS,
}
_MIC: dict[str, Any] = {"sid": "TR_AMHY4ht4bDDgyu", "source": "MICROPHONE", "muted": True, "mime_type": "audio/opus"}
_PERMISSION = {"can_subscribe": True, "can_publish": True, "can_publish_data": True, "can_update_metadata": True}
_ME: dict[str, Any] = {
    "sid": "PA_duHZgjKYCr3H",
    "identity": "probe",
    "name": "Ann B.",
    "metadata": '{"a":1}',
    "joined_at": _NOW_S,
    "joined_at_ms": _NOW_MS,
    "permission": _PERMISSION,
    "attributes": {"lk.mood": "ok", "b": "2"},
}
_ALICE: dict[str, Any] = {
    "sid": "PA_huZgjKYCr3H",
    "identity": "alice",
    "state": "ACTIVE",
    "version": 7,
    "is_publisher": True,
    "tracks": [_CAMERA, _MIC],
    "data_tracks": [{"pub_handle": 1, "sid": "DTR_ojtZfwqjMuoe", "name": "pose"}],
}
_AGENT: dict[str, Any] = {"sid": "PA_agent2345678", "identity": "agent-x", "state": "ACTIVE", "kind": "AGENT"}
_BOB: dict[str, Any] = {
    "sid": "PA_bob23456789",
    "identity": "bob",
    "state": "DISCONNECTED",
    "disconnect_reason": "CLIENT_INITIATED",
}
_ROOM: dict[str, Any] = {
    "sid": "RM_zeMP2FTjcyUB",
    "name": "standup",
    "empty_timeout": 300,
    "departure_timeout": 20,
    "creation_time": _NOW_S,
    "creation_time_ms": _NOW_MS,
    "turn_password": TURN_PASSWORD,
    "enabled_codecs": [{"mime": "audio/opus"}, {"mime": "video/VP8"}],
    "num_participants": 2,
    "num_publishers": 1,
}
_SERVER = {"version": "1.13.5", "protocol": 17, "node_id": "ND_NPViy4ACZQcB", "agent_protocol": 1}
_ICE_SERVERS = [
    {"urls": ["stun:stun.example.com:3478"]},
    {"urls": ["turn:192.0.2.9:3478?transport=udp"], "username": "1795617545:probe", "credential": CREDENTIAL},
]
_SCHEMA = {"name": "geometry_msgs/Pose", "encoding": {"well_known": "WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG"}}

REQUESTS: dict[str, Any] = {
    "offer": {"type": "offer", "sdp": SDP, "id": 1},
    "answer": {"type": "answer", "sdp": DATA_SDP, "id": 249},
    "trickle": {"candidateInit": candidate_init(), "target": "SUBSCRIBER"},
    "add_track": {"cid": CAM_CID, "type": "VIDEO", "source": "CAMERA", **_SIZE, "layers": _LAYERS},
    "mute": {"sid": "TR_nope", "muted": True},
    "subscription": {"track_sids": ["TR_x", "TR_y"], "subscribe": True},
    "track_setting": {"track_sids": ["TR_x"], "disabled": True},
    "leave": {"reason": "CLIENT_INITIATED"},
    "update_layers": {"track_sid": "TR_x", "layers": _LAYERS},
    "subscription_permission": {
        "track_permissions": [{"participant_identity": "alice", "track_sids": ["TR_x"]}],
    },
    "sync_state": {
        "answer": {"type": "answer", "sdp": DATA_SDP, "id": 249},
        "subscription": {"track_sids": ["TR_x"]},
        "publish_tracks": [{"cid": CAM_CID, "track": _CAMERA}],
        "data_channels": [{"label": "_reliable", "id": 1}, {"label": "_lossy", "id": 2, "target": "SUBSCRIBER"}],
        "track_sids_disabled": ["TR_z"],
        "datachannel_receive_states": [{"publisher_sid": "PA_huZgjKYCr3H", "last_seq": 12}],
        "publish_data_tracks": [{"info": {"pub_handle": 1, "sid": "DTR_a", "name": "pose"}}],
        "data_subscription": {"updates": [{"track_sid": "DTR_b", "subscribe": True}]},
    },
    "simulate": {"speaker_update": 3},
    "ping": _NOW_MS,
    "update_metadata": {"name": "Ann B.", "attributes": {"lk.mood": "ok", "a=b": "c"}, "request_id": 7},
    "ping_req": {"timestamp": _NOW_MS, "rtt": 3},
    "update_audio_track": {"track_sid": "TR_x", "features": ["TF_STEREO", "TF_NO_DTX"]},
    "update_video_track": {"track_sid": "TR_x", **_SIZE},
    "publish_data_track_request": {"pub_handle": 1, "name": "pose", "schema": _SCHEMA},
    "unpublish_data_track_request": {"pub_handle": 1},
    "update_data_subscription": {
        "updates": [{"track_sid": "DTR_b", "subscribe": True, "options": {"target_fps": 30}}],
    },
    "store_data_blob_request": {"request_id": 3, "blob": {"key": {"generic": "k"}, "contents": b"\x00\xff"}},
    "get_data_blob_request": {"request_id": 4, "participant_identity": "probe", "key": {"schema_id": _SCHEMA}},
}
"""Body by case."""

RESPONSES: dict[str, Any] = {
    "join": {
        "room": _ROOM,
        "participant": _ME,
        "other_participants": [_ALICE, _AGENT],
        "server_version": "1.13.5",
        "ice_servers": _ICE_SERVERS,
        "subscriber_primary": True,
        "ping_timeout": 15,
        "ping_interval": 5,
        "server_info": _SERVER,
        "sif_trailer": SIF_TRAILER,
        "enabled_publish_codecs": [{"mime": "video/VP8"}, {"mime": "audio/opus"}],
        "fast_publish": True,
    },
    "answer": {"type": "answer", "sdp": DATA_SDP, "id": 1, "mid_to_track_id": {"1": "TR_x", "10": "TR_z", "2": "TR_y"}},
    "offer": {"type": "offer", "sdp": SDP, "id": 249},
    "trickle": {
        "candidateInit": candidate_init(
            f"candidate:3 1 tcp 1671430143 fd00::2 7881 typ host tcptype passive ufrag {OTHER_UFRAG}"
        ),
        "final": True,
    },
    "update": {"participants": [_ALICE, _BOB]},
    "track_published": {"cid": CAM_CID, "track": _CAMERA},
    "leave": {"reason": "DUPLICATE_IDENTITY"},
    "mute": {"sid": "TR_AMHY4ht4bDDgyu", "muted": True},
    "speakers_changed": {
        "speakers": [{"sid": "PA_duHZgjKYCr3H", "level": 0.9, "active": True}, {"sid": "PA_huZgjKYCr3H"}],
    },
    "room_update": {"room": {**_ROOM, "active_recording": True, "metadata": '{"topic":"x"}'}},
    "connection_quality": {
        "updates": [
            {"participant_sid": "PA_duHZgjKYCr3H", "quality": "EXCELLENT", "score": 4.5},
            {"participant_sid": "PA_huZgjKYCr3H", "score": 1.6},
        ],
    },
    "stream_state_update": {
        "stream_states": [
            {"participant_sid": "PA_huZgjKYCr3H", "track_sid": "TR_x", "state": "PAUSED"},
            {"participant_sid": "PA_huZgjKYCr3H", "track_sid": "TR_y"},
        ],
    },
    "subscribed_quality_update": {
        "track_sid": "TR_VCMZbTsgrXwLLd",
        "subscribed_codecs": [
            {
                "codec": "vp8",
                "qualities": [
                    {"quality": "LOW", "enabled": True},
                    {"quality": "MEDIUM", "enabled": True},
                    {"quality": "HIGH"},
                ],
            },
        ],
    },
    "subscription_permission_update": {"participant_sid": "PA_huZgjKYCr3H", "track_sid": "TR_x", "allowed": True},
    "refresh_token": TOKEN,
    "track_unpublished": {"track_sid": "TR_x"},
    "pong": _NOW_MS,
    "reconnect": {"ice_servers": _ICE_SERVERS, "server_info": _SERVER, "last_message_seq": 12},
    "pong_resp": {"last_ping_timestamp": _NOW_MS, "timestamp": _NOW_MS + 1},
    "subscription_response": {"track_sid": "TR_x", "err": "SE_TRACK_NOTFOUND"},
    "request_response": {"reason": "NOT_FOUND", "mute": {"sid": "TR_nope", "muted": True}},
    "track_subscribed": {"track_sid": "TR_VCMZbTsgrXwLLd"},
    "room_moved": {
        "room": {"sid": "RM_other2345678", "name": "breakout"},
        "token": TOKEN,
        "participant": {**_ME, "sid": "PA_moved2345678"},
        "other_participants": [_ALICE],
    },
    "media_sections_requirement": {"num_audios": 1, "num_videos": 2},
    "subscribed_audio_codec_update": {
        "track_sid": "TR_AMHY4ht4bDDgyu",
        "subscribed_audio_codecs": [{"codec": "opus", "enabled": True}, {"codec": "red"}],
    },
    "publish_data_track_response": {"info": {"pub_handle": 1, "sid": "DTR_ojtZfwqjMuoe", "name": "pose"}},
    "unpublish_data_track_response": {"info": {"pub_handle": 1, "sid": "DTR_ojtZfwqjMuoe", "name": "pose"}},
    "data_track_subscriber_handles": {
        "sub_handles": {
            10: {"publisher_identity": "alice", "publisher_sid": "PA_huZgjKYCr3H", "track_sid": "DTR_a"},
            9: {"publisher_identity": "bob", "publisher_sid": "PA_bob23456789", "track_sid": "DTR_b"},
        },
    },
    "store_data_blob_response": {"request_id": 3, "key": {"generic": "k"}},
    "get_data_blob_response": {"request_id": 4, "blob": {"key": {"generic": "k"}, "contents": b"\x00\xff" * 40}},
}
"""Body by case."""

SAMPLES: dict[tuple[Direction, str], Any] = {
    **{(TO_SERVER, case): body for case, body in REQUESTS.items()},
    **{(TO_CLIENT, case): body for case, body in RESPONSES.items()},
}


def envelope(direction: Direction, case: str, body: Any = None) -> Any:
    """A signal message; the sample of its case where no body is given."""
    return envelope_class(direction)(**{case: SAMPLES[direction, case] if body is None else body})
