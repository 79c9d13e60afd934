"""From raw bytes to text, on one core: JSON lines and one-line views of mixed messages of 200-250 bytes.

Prints messages per second for each view, and the same as a multiple of what the protobuf library's own converter and
`json` do in the same run. The goal is 80 000 a second for each view, set on a machine where that reference made 75 000
of such messages: the ratio is what can be compared between machines and mixes.

    python -m benchmarks.lines [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from lksig.render.json_lines import JsonLines
from lksig.render.line import LineView
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame
from lksig.wire.events import Message, Reading, Start
from lksig.wire.redaction import Secrets

GOAL = 80_000 / 75_000
"""What each view must reach, as a multiple of the reference."""
MESSAGES = 5_000
"""In one round."""

Frame = tuple[Direction, bytes]


def corpus() -> list[Frame]:
    """Messages in the mix of a real session: candidates, updates, descriptions, tracks, pongs."""
    kinds: list[tuple[int, Direction, dict[str, Any]]] = [
        (4, TO_CLIENT, {"trickle": {"candidateInit": _CANDIDATE, "target": 1}}),
        (2, TO_SERVER, {"trickle": {"candidateInit": _CANDIDATE}}),
        (4, TO_CLIENT, {"update": {"participants": [_participant(1)]}}),
        (2, TO_CLIENT, {"update": {"participants": [_participant(2), _participant(3)]}}),
        (1, TO_CLIENT, {"offer": {"type": "offer", "sdp": _SDP, "id": 7}}),
        (1, TO_SERVER, {"answer": {"type": "answer", "sdp": _SDP, "id": 7}}),
        (1, TO_CLIENT, {"join": _join()}),
        (2, TO_CLIENT, {"track_published": {"cid": _CID, "track": _track(4)}}),
        (2, TO_SERVER, {"add_track": {"cid": _CID, "type": 1, "source": 1, **_SIZE}}),
        (1, TO_CLIENT, {"connection_quality": {"updates": [_quality(n) for n in range(8)]}}),
        (2, TO_CLIENT, {"speakers_changed": {"speakers": [_speaker(n) for n in range(3)]}}),
        (1, TO_CLIENT, {"request_response": {"reason": 1, "mute": {"sid": "TR_VCnope12345678", "muted": True}}}),
        (1, TO_CLIENT, {"room_update": {"room": _room()}}),
        (1, TO_SERVER, {"subscription": {"track_sids": [f"TR_VC{n:012d}" for n in range(10)], "subscribe": True}}),
        (1, TO_SERVER, {"update_metadata": {"attributes": {f"lk.key{n}": "value " * 3 for n in range(8)}}}),
        (1, TO_CLIENT, {"pong_resp": {"last_ping_timestamp": 1_795_617_246_824, "timestamp": 1_795_617_248_791}}),
    ]
    return [
        (way, envelope_class(way)(**fields).SerializeToString()) for times, way, fields in kinds for _ in range(times)
    ]


_CID = "c9b1a7f0-6a53-4f0c-9d7d-3f6f0a1d2b11"
_SDP = "\r\n".join(
    (
        "v=0",
        "o=- 6444203045483076329 1795617245 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=msid-semantic:WMS *",
        "a=fingerprint:sha-256 " + ":".join(("B1", "32", "F8", "06") * 8),
        "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=setup:actpass",
        "a=mid:0",
        "a=sctp-port:5000",
        "a=max-message-size:65535",
        "a=ice-ufrag:QtynhGOwyLmWtbui",
        "a=ice-pwd:qdJgEtgSvmtkSxGhnognluBcasvxksQg",
        "",
    )
)
_SIZE = {"width": 1280, "height": 720, "layers": [{"quality": 2, "width": 1280, "height": 720, "bitrate": 1_500_000}]}
_CANDIDATE = json.dumps(
    {
        "candidate": "candidate:2070692838 1 udp 2130706431 192.0.2.2 50123 typ host ufrag QtynhGOwyLmWtbui",
        "sdpMid": "0",
        "sdpMLineIndex": 0,
        "usernameFragment": None,
    },
    separators=(",", ":"),
)


def _track(n: int) -> dict[str, Any]:
    return {"sid": f"TR_VC{n:012d}", "type": 1, "source": 1, "name": "camera", "mime_type": "video/VP8", **_SIZE}


def _participant(n: int) -> dict[str, Any]:
    return {
        "sid": f"PA_{n:012d}",
        "identity": f"participant-{n}",
        "state": 2,
        "name": "Ann B.",
        "joined_at": 1_795_617_245,
        "version": 3,
        "permission": {"can_subscribe": True, "can_publish": True, "can_publish_data": True},
        "attributes": {"lk.mood": "ok"},
        "tracks": [_track(n)],
    }


def _quality(n: int) -> dict[str, Any]:
    return {"participant_sid": f"PA_{n:012d}", "quality": 2, "score": 4.5}


def _speaker(n: int) -> dict[str, Any]:
    return {"sid": f"PA_{n:012d}", "level": 0.875, "active": True}


def _join() -> dict[str, Any]:
    return {
        "room": _room(),
        "participant": _participant(5),
        "other_participants": [_participant(n) for n in range(6, 12)],
        "server_info": {"version": "1.13.5", "protocol": 17, "node_id": "ND_NPViy4ACZQcB"},
        "ice_servers": [{"urls": ["stun:stun.example.com:3478"]}],
        "ping_interval": 5,
        "ping_timeout": 15,
    }


def _room() -> dict[str, Any]:
    codecs = ("audio/opus", "audio/red", "video/VP8", "video/H264", "video/VP9", "video/AV1", "video/rtx")
    return {
        "sid": "RM_ZFV2HgSmfCVm",
        "name": "standup",
        "empty_timeout": 300,
        "turn_password": "burp12NujTWLvagTS9fmtoqnqefZqw0V9rDgexCNejAD",
        "enabled_codecs": [{"mime": mime} for mime in codecs],
        "num_participants": 2,
    }


def views() -> dict[str, Callable[[Frame, int], object]]:
    """Name → what turns the frame into text; each starts from raw bytes."""
    json_lines = JsonLines(Secrets(b"0" * 16))
    piped = LineView(Secrets(b"0" * 16), piped=True)
    terminal = LineView(Secrets(b"0" * 16), piped=False, colour=True, width=120)
    start = Reading(Start(0, 1_795_617_245_000_000_000, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe"))
    for view in (json_lines, piped, terminal):
        view.text(start)
    return {
        "JSON lines": lambda frame, n: json_lines.text(_reading(frame, n)),
        "lines on a pipe": lambda frame, n: piped.text(_reading(frame, n)),
        "lines on a terminal": lambda frame, n: terminal.text(_reading(frame, n)),
        "MessageToDict + json": _reference,
    }


def _reading(frame: Frame, n: int) -> Reading:
    way, raw = frame
    message: Message = decode_frame(raw, direction=way, t_ns=n * 1_000_000, by="server")
    return Reading(message, n=n, dt_ns=1_000_000)


def _reference(frame: Frame, n: int) -> object:
    from google.protobuf.json_format import MessageToDict

    way, raw = frame
    parsed: Any = envelope_class(way).FromString(raw)
    return json.dumps(MessageToDict(parsed, preserving_proto_field_name=True))


def rate(text_of: Callable[[Frame, int], object], frames: list[Frame]) -> float:
    """Messages a second in one round."""
    count = len(frames)
    begin = time.perf_counter()
    for n in range(MESSAGES):
        text_of(frames[n % count], n + 1)
    return MESSAGES / (time.perf_counter() - begin)


def main(rounds: int = 7) -> None:
    frames = corpus()
    mean = statistics.mean(len(raw) for _, raw in frames)
    print(f"{len(frames)} messages, {mean:.0f} bytes on average; median of {rounds} interleaved rounds")
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, text_of in views().items():
            found.setdefault(name, []).append(rate(text_of, frames))
    reference = statistics.median(found["MessageToDict + json"])
    for name, rates in found.items():
        median = statistics.median(rates)
        ratio = median / reference
        verdict = (
            "" if name == "MessageToDict + json" else f"   goal {GOAL:.2f}x: {'met' if ratio >= GOAL else 'missed'}"
        )
        print(f"{name:22} {median:>10,.0f}/s   {ratio:4.2f}x{verdict}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
