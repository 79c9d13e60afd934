"""A HAR that is made is a HAR, and read back it holds the same messages."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from lksig.recording.exporters.har import HELD_BYTES, har_pieces
from lksig.recording.format_v1 import Record
from lksig.recording.importers.har_entries import message_bytes, message_ns
from lksig.recording.opening import session_file
from lksig.recording.reader import open_recording
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.codec import decode_frame
from lksig.wire.events import Http, Message, Start
from tests.support.readings import message
from tests.support.recordings import sessions
from tests.support.samples import WALL_NS

KEPT = Path(__file__).parent.parent.parent / "recordings"
START = Start(0, WALL_NS, "wss://lk.example.com/rtc", "v0", "standup", "probe")


def made(records: list[Record]) -> Any:
    return json.loads(b"".join(har_pieces(records, WALL_NS)))


def frames_of(document: Any) -> list[list[Any]]:
    """Of each socket that has some: direction, encoding, bytes and microseconds."""
    return [
        [
            (
                one["type"] == "send",
                one["opcode"] == 1,
                message_bytes(one, as_characters=False),
                message_ns(one["time"]),
            )
            for one in entry["_webSocketMessages"]
        ]
        for entry in document["log"]["entries"]
        if entry.get("_webSocketMessages")
    ]


@given(sessions())
def test_har_out_har_in(records: list[Record]) -> None:
    sockets: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for one in records:
        if isinstance(one, Message):
            us = (WALL_NS + one.t_ns) // 1000
            told = (one.direction is TO_SERVER, one.encoding == "json", one.raw, us * 1000)
            sockets[one.session, one.socket].append(told)
    document = made(records)
    assert sorted(frames_of(document)) == sorted(sockets.values())
    exchanges = sum(isinstance(one, Http) for one in records)
    assert len(document["log"]["entries"]) >= max(exchanges, len(sockets))


@pytest.mark.parametrize("name", ["full", "minimal", "odd"])
def test_kept_recordings_come_back(name: str) -> None:
    def messages(file: Any) -> list[Any]:
        found = [one for one in file if isinstance(one, Message)]
        facts = [(one.direction, one.encoding, one.raw, one.places, one.case or "") for one in found]
        # A word that a later version may have for who made it is not known to an importer.
        makers = [one.by for one in found] if name != "odd" else facts
        return sorted(zip(facts, makers, strict=True))

    with open_recording(KEPT / f"{name}.lksig") as recording:
        data = b"".join(har_pieces(recording.records(), recording.header.wall_ns))
    with open_recording(KEPT / f"{name}.lksig") as recording:
        assert messages(session_file(io.BytesIO(data), "made.har")) == messages(recording)


def test_an_entry_is_what_was_asked_and_answered() -> None:
    path = "/rtc?access_token=[jwt 4f3a9c1e]&protocol=16"
    asked = (("Host", "lk.example.com"),)
    answered = (("Upgrade", "websocket"),)
    http = Http(5_000_000, "GET", path, asked, 101, answered, b"", 2_000_000)
    (entry,) = made([START, http, message(TO_SERVER, "mute", t_ns=6_000_000).event])["log"]["entries"]
    assert entry["startedDateTime"] == "2026-11-25T14:34:05.814000Z"
    assert entry["time"] == 2
    assert entry["request"]["url"] == f"wss://lk.example.com{path}"
    assert entry["request"]["queryString"][0] == {"name": "access_token", "value": "[jwt 4f3a9c1e]"}
    assert entry["request"]["headers"] == [{"name": "Host", "value": "lk.example.com"}]
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (101, "Switching Protocols")
    assert [(one["type"], one["time"]) for one in entry["_webSocketMessages"]] == [("send", 1795617245.817)]


def test_probes_and_refusals() -> None:
    kind = (("Content-Type", "application/json"),)
    refused = Http(1, "GET", "/rtc", (), None, (), b"", 0)
    probe = Http(2, "GET", "/rtc/validate", (), 401, kind, b"no", 0)
    odd = Http(3, "GET", "/rtc/validate", (), 500, (), b"\xff", 0)
    first, second, third = made([START, refused, probe, odd])["log"]["entries"]
    assert (first["request"]["url"], first["response"]["status"]) == ("wss://lk.example.com/rtc", 0)
    assert first["_webSocketMessages"] == []
    assert second["request"]["url"] == "https://lk.example.com/rtc/validate"
    assert second["response"]["content"] == {"size": 2, "mimeType": "application/json", "text": "no"}
    assert "_webSocketMessages" not in second
    assert third["response"]["content"] == {"size": 1, "mimeType": "text/plain", "text": "/w==", "encoding": "base64"}


def test_messages_without_a_handshake() -> None:
    """Of lines of frames nobody knows the URL; of a part of a session the start may be missing."""
    one = message(TO_CLIENT, "pong", t_ns=1).event
    lines = Start(0, WALL_NS, "-", "v1", None, None)
    assert [
        made(records)["log"]["entries"][0]["request"]["url"] for records in ([one], [lines, one], [START, one])
    ] == [
        "ws://unknown/rtc/v1",
        "ws://unknown/rtc/v1",
        "wss://lk.example.com/rtc",
    ]


def test_a_socket_that_is_said_to_open_twice_has_its_frames_once() -> None:
    http = Http(1, "GET", "/rtc", (), 101, (), b"", 0)
    entries = made([START, http, http, message(TO_CLIENT, "pong", t_ns=2).event])["log"]["entries"]
    assert sorted(len(entry["_webSocketMessages"]) for entry in entries) == [0, 1]


def test_many_frames_of_sockets_that_take_turns() -> None:
    big = b"\x0a" * (HELD_BYTES // 3)
    records: list[Record] = [
        decode_frame(big + b"%d" % n, direction=TO_SERVER, t_ns=n, by="user", session=1 + n % 2) for n in range(12)
    ]
    frames = frames_of(made(records))
    assert [[one[2][-2:].strip(b"\x0a") for one in socket] for socket in frames] == [
        [b"%d" % n for n in range(0, 12, 2)],
        [b"%d" % n for n in range(1, 12, 2)],
    ]


def test_times_beyond_all_calendars() -> None:
    records: list[Record] = [START, decode_frame(b"", direction=TO_SERVER, t_ns=2**62, by="user")]
    late = Http(2**62, "GET", "/rtc/validate", (), 200, (), b"", 0)
    assert len(made([*records, late])["log"]["entries"]) == 2
    assert made([Http(-(2**62), "GET", "/", (), 200, (), b"", 0)])["log"]["entries"][0]["startedDateTime"].startswith(
        "1970"
    )


def test_nothing() -> None:
    assert made([])["log"]["entries"] == []
