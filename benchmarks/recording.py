"""Recordings: their size, how fast they are written and read, and how much memory that takes.

The goals: at most 1.45 times the payload for a session of 500 bytes mean; a million events are opened and decoded at
60 000 a second or more on one core, and shown as JSON lines or through a filter within 150 MiB of resident memory.
Times are ratios within one run: the yardstick is base64 and JSON, which every line of text must go through.

    python benchmarks/recording.py [EVENTS] [ROUNDS]

A tenth of the million is enough to see a view that keeps what it shows; with 1000000 it takes three minutes.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lksig.recording.compression import compressor_for
from lksig.recording.format_v1 import Header
from lksig.recording.reader import open_recording
from lksig.recording.redact import Redactor
from lksig.recording.writer import Recorder, create_file
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame
from lksig.wire.events import Event, Http, Note, Start, State
from lksig.wire.redaction import Secrets

GOAL_RATIO = 1.45
GOAL_RATE = 60_000
GOAL_MIB = 150
EVENTS = 100_000
SAMPLE = 20_000
"""Events in one round of a measured rate."""

Frame = tuple[Direction, bytes]


def session() -> list[Frame]:
    """The messages of a call, as often as they come in one: 200 messages, 500 bytes on average."""
    people = {"participants": [_participant(n) for n in range(1, 5)]}
    join: dict[str, Any] = {
        "room": {"sid": "RM_ZFV2HgSmfCVm", "name": "standup", "turn_password": "burp12NujTWLvagTS9fmtoqnqefZqw0V9r"},
        "participant": _participant(0),
        "other_participants": people["participants"],
        "ice_servers": [{"urls": ["turn:turn.example.com:443"], "username": "u", "credential": "kX2mvTqPz0aWbYc8"}],
        "sif_trailer": b"mjqT8tLbXv2Rk5NfWq",
    }
    token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiJhbm4ifQ" * 12 + ".2tz3a0HZeJERjsy8mCFqDMpMBMzcm8b"
    quality = {"updates": [{"participant_sid": f"PA_{n:012d}", "quality": 2, "score": 4.5} for n in range(12)]}
    speakers = {"speakers": [{"sid": f"PA_{n:012d}", "level": 0.875, "active": True} for n in range(8)]}
    subscription = {"track_sids": [f"TR_VC{n:012d}" for n in range(10)], "subscribe": True}
    often: list[tuple[int, Direction, dict[str, Any]]] = [
        (1, TO_CLIENT, {"join": join}),
        (1, TO_CLIENT, {"refresh_token": token}),
        (2, TO_SERVER, {"offer": {"type": "offer", "sdp": _sdp(3)}}),
        (2, TO_CLIENT, {"answer": {"type": "answer", "sdp": _sdp(3)}}),
        (2, TO_CLIENT, {"offer": {"type": "offer", "sdp": _sdp(8)}}),
        (2, TO_SERVER, {"answer": {"type": "answer", "sdp": _sdp(8)}}),
        (12, TO_SERVER, {"trickle": {"candidateInit": _CANDIDATE}}),
        (4, TO_CLIENT, {"trickle": {"candidateInit": _CANDIDATE, "target": 1}}),
        (30, TO_CLIENT, {"update": people}),
        (40, TO_CLIENT, {"update": {"participants": [_participant(2)]}}),
        (34, TO_CLIENT, {"connection_quality": quality}),
        (40, TO_CLIENT, {"speakers_changed": speakers}),
        (6, TO_SERVER, {"subscription": subscription}),
        (12, TO_SERVER, {"ping_req": {"timestamp": 1_795_617_245_811, "rtt": 4}}),
        (12, TO_CLIENT, {"pong_resp": {"last_ping_timestamp": 1_795_617_245_811, "timestamp": 1_795_617_245_812}}),
    ]
    return [(way, envelope_class(way)(**case).SerializeToString()) for count, way, case in often for _ in range(count)]


_CANDIDATE = json.dumps(
    {
        "candidate": "candidate:2070692838 1 udp 2130706431 192.0.2.2 50123 typ host ufrag QtynhGOwyLmWtbui",
        "sdpMid": "0",
        "sdpMLineIndex": 0,
        "usernameFragment": "QtynhGOwyLmWtbui",
    }
)


def _participant(n: int) -> dict[str, Any]:
    track = {"sid": f"TR_VC{n:012d}", "type": 1, "source": 1, "name": "camera", "mime_type": "video/VP8"}
    layers = [{"quality": q, "width": 320 << q, "height": 180 << q, "bitrate": 150_000 << q} for q in range(3)]
    return {
        "sid": f"PA_{n:012d}",
        "identity": f"participant-{n}",
        "state": 2,
        "name": "Ann B.",
        "joined_at": 1_795_617_245,
        "permission": {"can_subscribe": True, "can_publish": True, "can_publish_data": True},
        "attributes": {"lk.mood": "ok"},
        "tracks": [{**track, "width": 1280, "height": 720, "layers": layers}],
    }


def _sdp(sections: int) -> str:
    """An SDP of a browser: some 50 lines for each section."""
    ice = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:QtynhGOwyLmWtbui\r\na=ice-pwd:qdJgEtgSvmtkSxGhnognluBcasvxksQg\r\n"
    codecs = "".join(
        f"a=rtpmap:{n} VP8/90000\r\na=rtcp-fb:{n} goog-remb\r\na=rtcp-fb:{n} nack pli\r\n" for n in range(96, 108)
    )
    media = f"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n{ice}a=setup:actpass\r\na=mid:1\r\na=sendonly\r\n{codecs}"
    return "v=0\r\no=- 6444203045483076329 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + media * sections


def events(frames: list[Frame], count: int) -> Iterator[Event]:
    """A run of `count` events, messages but for the first few."""
    yield Start(0, 1_795_617_245_000_000_000, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe")
    yield Http(1_000_000, "GET", "/rtc/v1", (("Host", "127.0.0.1:7880"),), 101, (), b"", 900_000)
    yield State(2_000_000, "CONNECTED", "joined")
    yield Note(3_000_000, "media-deadline", "without media the server ends this session in 60 s")
    for n in range(count - 4):
        way, raw = frames[n % len(frames)]
        yield decode_frame(raw, direction=way, t_ns=(n + 4) * 1_234_567, by="server" if way is TO_CLIENT else "user")


def record(path: Path, frames: list[Frame], count: int) -> float:
    """Write a recording as a live session does; gives the seconds that took, without making the events."""

    def failed(exc: OSError) -> None:
        raise exc

    redactor = Redactor(Secrets(b"0" * 16))
    tape = Recorder(
        create_file(str(path), force=True),
        Header(1_795_617_245_000_000_000, redactor.redacted, "listen"),
        redactor=redactor,
        compressor=compressor_for(path.name),
        on_failure=failed,
    )
    took = 0.0
    for event in events(frames, count):
        begin = time.perf_counter()
        tape.event(event)
        took += time.perf_counter() - begin
    tape.end(count * 1_234_567, 1)
    tape.close()
    return took


def read(path: Path) -> float:
    """Open a recording and decode all of it; gives the seconds that took."""
    begin = time.perf_counter()
    with open_recording(path) as recording:
        for _ in recording:
            pass
        assert recording.problem() is None
    return time.perf_counter() - begin


def read_readings(path: Path) -> float:
    begin = time.perf_counter()
    with open_recording(path) as recording:
        for _ in recording.readings():
            pass
    return time.perf_counter() - begin


def yardstick(frames: list[Frame], count: int) -> float:
    """The same bytes through base64 and JSON, both ways, and nothing else."""
    lines = [json.dumps([1, "<", 1, 1, "server", base64.b64encode(raw).decode()]) for _, raw in frames]
    begin = time.perf_counter()
    for n in range(count):
        base64.b64decode(json.loads(lines[n % len(lines)])[5])
    return time.perf_counter() - begin


def rates(folder: Path, frames: list[Frame], rounds: int) -> None:
    works: dict[str, Callable[[], float]] = {
        "base64 and JSON alone": lambda: yardstick(frames, SAMPLE),
        "write, flushed": lambda: record(folder / "sample.lksig", frames, SAMPLE),
        "write .gz": lambda: record(folder / "sample.lksig.gz", frames, SAMPLE),
        "write .zst": lambda: record(folder / "sample.lksig.zst", frames, SAMPLE),
        "open and decode": lambda: read(folder / "sample.lksig"),
        "open and decode .gz": lambda: read(folder / "sample.lksig.gz"),
        "open and decode .zst": lambda: read(folder / "sample.lksig.zst"),
        "readings": lambda: read_readings(folder / "sample.lksig"),
    }
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(work())
    base = statistics.median(took["base64 and JSON alone"])
    for name, times in took.items():
        median = statistics.median(times)
        goal = ""
        if name == "open and decode":
            goal = f"   goal {GOAL_RATE:,}/s: {'met' if SAMPLE / median >= GOAL_RATE else 'missed'}"
        print(f"{name:24} {SAMPLE / median:>10,.0f}/s {median / base:6.1f}x{goal}")


def sizes(folder: Path, frames: list[Frame]) -> None:
    payload = sum(len(frames[n % len(frames)][1]) for n in range(SAMPLE - 4))
    for suffix in ("", ".gz", ".zst"):
        ratio = (folder / f"sample.lksig{suffix}").stat().st_size / payload
        goal = f"   goal {GOAL_RATIO}: {'met' if ratio <= GOAL_RATIO else 'missed'}" if not suffix else ""
        print(f"size {'.lksig' + suffix:24} {ratio:6.2f} x payload{goal}")


def memory(path: Path, count: int) -> None:
    """Show a whole recording in processes of their own."""
    views = {
        "show --json": ["--json"],
        "show --filter": ["--filter", "update.participants.identity=participant-3"],
        "show": ["-v"],
        "show --stats": ["--stats"],
        "show --timeline": ["--timeline"],
        "show --state end": ["--state", "end"],
    }
    for name, flags in views.items():
        code = (
            "import resource, sys, time; begin = time.perf_counter()\n"
            "from lksig.entry import run\nfrom lksig.environ import Environ\n"
            "run(sys.argv[1:], Environ.of_process())\n"
            "peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "sys.stderr.write(f'{peak_kib / 1024} {time.perf_counter() - begin}')"
        )
        with open(os.devnull, "wb") as nowhere:
            done = subprocess.run(
                [sys.executable, "-c", code, "show", str(path), *flags, "-q"],
                stdout=nowhere,
                stderr=subprocess.PIPE,
                text=True,
                check=True,
            )
        mib, seconds = (float(word) for word in done.stderr.split()[-2:])
        goal = "met" if mib <= GOAL_MIB else "missed"
        print(f"{name:24} {count / seconds:>10,.0f}/s {mib:6.0f} MiB   goal {GOAL_MIB} MiB: {goal}")


def main(count: int = EVENTS, rounds: int = 3) -> None:
    frames = session()
    mean = statistics.mean(len(raw) for _, raw in frames)
    print(f"{len(frames)} messages, {mean:.0f} bytes on average; median of {rounds} interleaved rounds of {SAMPLE:,}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rates(folder, frames, rounds)
        sizes(folder, frames)
        record(folder / "long.lksig", frames, count)
        seconds = read(folder / "long.lksig")
        print(f"{f'{count:,} events, read':24} {count / seconds:>10,.0f}/s")
        print(f"{'memory of this process':24} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:17.0f} MiB")
        memory(folder / "long.lksig", count)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
