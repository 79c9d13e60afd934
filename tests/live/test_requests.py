"""Every one of the 22 requests, sent to the real server through lksig on both paths, and what became of it.

The rows say what livekit-server 1.13.5 was seen to do; a newer server that does otherwise shows up here first.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest

from lksig.schema.pool import TO_SERVER, case_fields
from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import run

_rooms = itertools.count()

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sctp-port:5000",
        "",
    ]
)


@dataclass(frozen=True)
class Row:
    """What is sent, and what becomes of the last request in it."""

    words: list[str]
    outcome: str
    exit_code: int
    reason: str | None = None
    reply: str | None = None
    """The case of the message that settled it."""
    flags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("v0", "v1")

    @property
    def case(self) -> str:
        return [word for word in self.words if word in case_fields(TO_SERVER)][-1]


def answered(reply: str, *words: str, flags: tuple[str, ...] = (), paths: tuple[str, ...] = ("v0", "v1")) -> Row:
    reason = "OK" if reply == "request_response" else None
    return Row(list(words), "answered", 0, reason, reply, flags, paths)


def refused(reason: str, *words: str, flags: tuple[str, ...] = ()) -> Row:
    return Row(list(words), "refused", 1, reason, "request_response", flags)


def silent(*words: str, flags: tuple[str, ...] = (), paths: tuple[str, ...] = ("v0", "v1")) -> Row:
    return Row(list(words), "unopposed", 0, None, "request_response", flags, paths)


TRACK = ("add_track", "cid=c", "type=VIDEO", "source=CAMERA")
DATA_TRACK = ("publish_data_track_request", "pub_handle=1", "name=d")
BLOB = ("store_data_blob_request", "blob.key.generic=k", "blob.contents=hex:00ff")

ROWS = [
    answered("answer", "offer", "type=offer", "id=7", f"sdp={OFFER}"),
    silent("answer", "type=answer", "sdp=x", paths=("v1",)),
    silent("trickle", "candidateInit={}"),
    refused("UNCLASSIFIED_ERROR", "trickle", "candidateInit=nonsense"),
    answered("track_published", *TRACK),
    refused("UNSUPPORTED_TYPE", "add_track", "cid=c", "type=DATA"),
    refused("NOT_ALLOWED", *TRACK, flags=("--grant", "canPublishSources=microphone")),
    refused("NOT_FOUND", "add_track", "cid=c", "type=VIDEO", "sid=TR_nope"),
    Row([*TRACK, *TRACK], "queued", 0, "QUEUED", "request_response"),
    silent(*TRACK, "mute", "sid=%c", "muted=true"),
    refused("NOT_FOUND", "mute", "sid=TR_nope", "muted=true"),
    silent("subscription", "track_sids+=TR_nope", "subscribe=true"),
    silent("track_setting", "track_sids+=TR_nope", "disabled=true"),
    answered("leave", "leave", "reason=CLIENT_INITIATED"),
    silent("update_layers", "track_sid=TR_nope"),
    silent("subscription_permission", "all_participants=true"),
    silent("sync_state", "track_sids_disabled+=TR_nope"),
    silent("simulate", "speaker_update=1"),
    answered("pong", "ping"),
    answered("request_response", "update_metadata", "name=Ann", "attributes.lk.mood=ok"),
    refused("NOT_ALLOWED", "update_metadata", "name=Ann", flags=("--grant", "canUpdateOwnMetadata=false")),
    refused("LIMIT_EXCEEDED", "update_metadata", "name=" + "n" * 257),
    answered("pong_resp", "ping_req", "timestamp=now"),
    silent("add_track", "cid=m", "type=AUDIO", "update_audio_track", "track_sid=%m", "features=[TF_STEREO]"),
    refused("NOT_FOUND", "update_audio_track", "track_sid=TR_nope"),
    silent(*TRACK, "update_video_track", "track_sid=%c", "width=640", "height=360"),
    refused("NOT_FOUND", "update_video_track", "track_sid=TR_nope"),
    answered("publish_data_track_response", *DATA_TRACK),
    refused("INVALID_HANDLE", "publish_data_track_request", "pub_handle=0", "name=d"),
    refused("INVALID_NAME", "publish_data_track_request", "pub_handle=1"),
    refused("DUPLICATE_HANDLE", *DATA_TRACK, *DATA_TRACK),
    answered("unpublish_data_track_response", *DATA_TRACK, "unpublish_data_track_request", "pub_handle=1"),
    refused("NOT_FOUND", "unpublish_data_track_request", "pub_handle=9"),
    silent("update_data_subscription", "updates.0.track_sid=DTR_nope", "updates.0.subscribe=true"),
    answered("store_data_blob_response", *BLOB),
    refused("INVALID_REQUEST", "store_data_blob_request", "blob.contents=hex:00ff"),
    answered("get_data_blob_response", *BLOB, "get_data_blob_request", "participant_identity=ann", "key.generic=k"),
    refused("NOT_FOUND", "get_data_blob_request", "participant_identity=nobody", "key.generic=k"),
]


def test_every_request_has_a_row() -> None:
    assert {row.case for row in ROWS} == set(case_fields(TO_SERVER))


def send(server: RealServer, path: str, words: list[str], *flags: str) -> tuple[int, list[Any]]:
    credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", f"req{next(_rooms)}", "--identity", "ann")
    ran = run("send", server.url, "--json", "--path", path, *credentials, *flags, *words)
    return ran.exit_code, ran.json


@pytest.mark.parametrize(
    ("row", "path"),
    [
        pytest.param(row, path, id=f"{path}-{row.case}-{row.reason or row.outcome}-{number}")
        for number, row in enumerate(ROWS)
        for path in row.paths
    ],
)
def test_request(real_server: RealServer, row: Row, path: str) -> None:
    exit_code, lines = send(real_server, path, row.words, *row.flags)
    results = [line for line in lines if line["kind"] == "result"]
    assert results, "no request got a result"
    last = results[-1]
    assert (last["case"], last["outcome"], last.get("reason")) == (row.case, row.outcome, row.reason)
    assert exit_code == row.exit_code
    by_number = {line["n"]: line for line in lines if line["kind"] == "message"}
    assert by_number[last["reply"]]["case"] == row.reply
    assert by_number[last["request"]]["case"] == row.case
    assert lines[0]["path"] == path
    assert lines[-1]["kind"] == "end"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["answer", "type=answer", "sdp=x"], "v0"),
        (["offer", "type=offer", "sdp="], "v1"),
        (["sync_state", "publish_tracks.0.cid=c", "publish_tracks.0.track.sid=TR_nope"], "v1"),
    ],
)
def test_what_ends_the_session(real_server: RealServer, words: list[str], path: str) -> None:
    """An unusable description or a mismatch is not refused: the server says `leave` and closes."""
    exit_code, lines = send(real_server, path, words)
    leave = next(line for line in lines if line.get("case") == "leave" and line["dir"] == "to_client")
    assert leave["message"]["leave"]["reason"] == "STATE_MISMATCH"
    assert leave["message"]["leave"]["action"] == "RECONNECT"
    assert lines[-1]["ended_by"] == "server"
    assert exit_code == 8


def test_a_request_line_goes_back_in(real_server: RealServer) -> None:
    _, lines = send(real_server, "v1", ["add_track", "cid=again", "type=AUDIO"], "--show-secrets")
    line = next(line for line in lines if line.get("by") == "user")
    stdin = json.dumps(line).encode()
    credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "again")
    ran = run("send", real_server.url, *credentials, "--json", "-", stdin=stdin)
    assert ran.exit_code == 0
    again = next(entry for entry in ran.json if entry.get("by") == "user")
    assert again["message"] == line["message"]


def test_a_thousand_lines_arrive(real_server: RealServer) -> None:
    """In one burst they would end the session: livekit-server 1.13.5 closes when its queue of 200 overflows."""
    script = "".join(f"mute sid=TR_{number} muted=true\n" for number in range(1000)).encode()
    credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "thousand")
    ran = run("send", real_server.url, *credentials, "--json", "-", stdin=script)
    results = [line for line in ran.json if line["kind"] == "result"]
    assert len(results) == 1000
    assert {line["outcome"] for line in results} == {"refused"}
    assert ran.exit_code == 1


@pytest.mark.parametrize("flags", [("--json-frames",), ("--no-compression",), ("--json-frames", "--no-compression")])
def test_frames_and_compression(real_server: RealServer, flags: tuple[str, ...]) -> None:
    exit_code, lines = send(real_server, "v1", ["add_track", "cid=c", "type=VIDEO"], *flags)
    answer = next(line for line in lines if line.get("case") == "track_published")
    assert answer["message"]["track_published"]["cid"] == "c"
    # The first frame is binary in any case; from the first text frame on the server answers in text.
    assert answer["encoding"] == ("json" if "--json-frames" in flags else "protobuf")
    assert next(line for line in lines if line.get("case") == "join")["encoding"] == "protobuf"
    assert exit_code == 0


def test_protocol_14_fences_with_a_mute(real_server: RealServer) -> None:
    """Below 15 the server is silent about an update_metadata that succeeds."""
    exit_code, lines = send(real_server, "v0", ["track_setting", "track_sids+=TR_x"], "--protocol", "14")
    assert [line["outcome"] for line in lines if line["kind"] == "result"] == ["unopposed"]
    assert next(line["case"] for line in lines if line.get("by") == "auto" and line["dir"] == "to_server") == "mute"
    assert exit_code == 0
