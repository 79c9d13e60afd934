"""From raw bytes to the `message` of a JSON line, on one core, beside what protobuf's own converter does.

    python benchmarks/decode.py [--messages N]

Rates depend on the machine; the ratios in the last column are measured in one run and do not.

The mix is that of sessions with a real server (livekit-server 1.13.5): updates, pongs, candidates, publications,
descriptions, refusals, tokens, joins, speakers, quality; 200-250 bytes on the average. Every message has secrets of its
own, which is harder than life: in a session they come again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from google.protobuf import json_format

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.wire.codec import decode_frame, has_unknown
from lksig.wire.json_text import message_text, message_text_and_unknown
from lksig.wire.redaction import Secrets

PARTICIPANTS = 100_000
ROUNDS = 7
"""The best of so many counts: the others met somebody else on the machine."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class Mix:
    """Makes messages that look like a server's; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def messages(self, count: int) -> list[bytes]:
        names = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
        return [envelope_class(TO_CLIENT)(**{name: getattr(self, name)()}).SerializeToString() for name in names]

    def letters(self, count: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=count))

    def update(self) -> dict[str, Any]:
        return {"participants": [self.participant() for _ in range(self._random.choice((1, 1, 2)))]}

    def pong_resp(self) -> dict[str, Any]:
        return {"last_ping_timestamp": 1_795_617_246_824, "timestamp": 1_795_617_246_825}

    def pong(self) -> int:
        return 1_795_617_246_824

    def trickle(self) -> dict[str, Any]:
        ufrag = self.letters(16)
        candidate = f"candidate:3551229263 1 udp 2130706431 10.0.0.7 50000 typ host ufrag {ufrag}"
        init = {"candidate": candidate, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": ufrag}
        return {"candidateInit": json.dumps(init, separators=(",", ":")), "target": self._random.randrange(2)}

    def track_published(self) -> dict[str, Any]:
        return {"cid": "c9b1a7f0-6a53-4f0c-9d7d-3f6f0a1d2b11", "track": self.track()}

    def offer(self) -> dict[str, Any]:
        lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0"]
        lines += ["a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"]
        lines += ["c=IN IP4 0.0.0.0", "a=setup:actpass", "a=mid:0", "a=sctp-port:5000", "a=max-message-size:262144"]
        lines += [f"a=ice-ufrag:{self.letters(16)}", f"a=ice-pwd:{self.letters(32)}", ""]
        return {"type": "offer", "sdp": "\r\n".join(lines), "id": self._random.randrange(99)}

    def request_response(self) -> dict[str, Any]:
        return {"request_id": 3, "reason": 1, "mute": {"sid": f"TR_{self.letters(12)}", "muted": True}}

    def refresh_token(self) -> str:
        return f"eyJhbGciOiJIUzI1NiJ9.{self.letters(260)}.{self.letters(43)}"

    def join(self) -> dict[str, Any]:
        return {
            "room": {"sid": f"RM_{self.letters(12)}", "name": "standup", "turn_password": self.letters(43)},
            "participant": self.participant(),
            "other_participants": [self.participant() for _ in range(2)],
            "server_version": "1.13.5",
            "ice_servers": [{"urls": ["turn:198.51.100.1:3478"], "username": "u", "credential": self.letters(43)}],
            "ping_timeout": 15,
            "ping_interval": 5,
            "server_info": {"version": "1.13.5", "protocol": 17, "node_id": f"ND_{self.letters(12)}"},
            "sif_trailer": self.letters(28).encode(),
        }

    def speakers_changed(self) -> dict[str, Any]:
        return {"speakers": [{"sid": self.sid(), "level": self._random.random(), "active": True} for _ in range(3)]}

    def connection_quality(self) -> dict[str, Any]:
        return {"updates": [{"participant_sid": self.sid(), "quality": 2, "score": 4.5} for _ in range(6)]}

    def sid(self) -> str:
        return f"PA_{self.letters(12)}"

    def participant(self) -> dict[str, Any]:
        return {
            "sid": self.sid(),
            "identity": f"user-{self.letters(6)}",
            "state": 2,
            "name": "Ann B.",
            "metadata": '{"role":"speaker"}',
            "joined_at": 1_795_617_246,
            "joined_at_ms": 1_795_617_246_824,
            "version": self._random.randrange(20),
            "permission": {"can_subscribe": True, "can_publish": True, "can_publish_data": True},
            "is_publisher": True,
            "attributes": {"lk.mood": "ok", "seat": self.letters(4)},
            "tracks": [self.track() for _ in range(self._random.randrange(3))],
        }

    def track(self) -> dict[str, Any]:
        return {
            "sid": f"TR_VC{self.letters(12)}",
            "type": 1,
            "name": "camera",
            "width": 1280,
            "height": 720,
            "source": 1,
            "mime_type": "video/VP8",
            "mid": "1",
            "stream": "camera",
            "version": {"unix_micro": 1_795_617_246_824_000},
        }


_WEIGHTS = {
    "update": 42,
    "pong_resp": 8,
    "trickle": 20,
    "pong": 3,
    "track_published": 8,
    "offer": 6,
    "request_response": 8,
    "refresh_token": 3,
    "join": 3,
    "speakers_changed": 5,
    "connection_quality": 3,
}


def decode(raw: bytes) -> Any:
    return decode_frame(raw, direction=TO_CLIENT, t_ns=0, by="server")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=4000, help="how many messages one round has")
    given = parser.parse_args()
    mix = Mix(4).messages(given.messages)
    hide, show = Secrets(b"benchmarks' key."), Secrets(b"benchmarks' key.", show=True)
    parse = envelope_class(TO_CLIENT).FromString

    def by_protobuf(raw: bytes) -> str:
        message = json_format.MessageToDict(parse(raw), preserving_proto_field_name=True)
        return json.dumps(message, separators=(",", ":"))

    ways: list[tuple[str, Callable[[bytes], object]]] = [
        ("MessageToDict + json", by_protobuf),
        ("decode_frame", decode),
        ("decode_frame, message_text, secrets hidden", lambda raw: message_text(decode(raw).envelope, hide)),
        ("decode_frame, message_text, secrets shown", lambda raw: message_text(decode(raw).envelope, show)),
        ("the same with unknown fields looked for", lambda raw: message_text_and_unknown(decode(raw).envelope, hide)),
        ("decode_frame, has_unknown", lambda raw: has_unknown(decode(raw).envelope)),
        ("decode_frame, overwrite", lambda raw: hide.overwrite(decode(raw))),
    ]
    print(
        f"{len(mix)} messages, {sum(map(len, mix)) / len(mix):.0f} bytes each on the average, Python {sys.version[:6]}"
    )
    base = 0.0
    for name, way in ways:
        rate = best_rate(way, mix)
        base = base or rate
        print(f"{name:46} {rate:10,.0f} /s   {rate / base:5.2f} x")


def best_rate(way: Callable[[bytes], object], messages: list[bytes]) -> float:
    """Messages a second in the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for raw in messages:
            way(raw)
        best = min(best, time.perf_counter() - began)
    return len(messages) / best


def large_update() -> bytes:
    """An update of 100 000 participants, put together from parts: merging messages is joining their bytes."""
    mix = Mix(5)
    body = bytearray()
    for _ in range(PARTICIPANTS // 1000):
        participants = [{**mix.participant(), "tracks": []} for _ in range(1000)]
        update = envelope_class(TO_CLIENT)(update={"participants": participants}).update
        body += update.SerializeToString()
    head = bytearray(b"\x2a")  # update = 5, length-delimited
    size = len(body)
    while size > 0x7F:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes(head) + bytes([size]) + bytes(body)


if __name__ == "__main__":
    main()
