"""The 22 requests as rows: what is sent, and what becomes of it, at the real and at the embedded server.

The rows say what livekit-server 1.13.5 was seen to do; a newer server that does otherwise shows up here first.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from lksig.schema.pool import TO_SERVER, case_fields
from tests.support.served import Served

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

PARAMETERS = [
    pytest.param(row, path, id=f"{path}-{row.case}-{row.reason or row.outcome}-{number}")
    for number, row in enumerate(ROWS)
    for path in row.paths
]
"""Each row on each of its paths; the names of the tests are made of them."""


def send(served: Served, path: str, words: list[str], *flags: str) -> tuple[int, list[Any]]:
    """Exit code and lines of `lksig send`, in a room of its own."""
    own = ("--path", path, "--room", f"req{next(_rooms)}", "--identity", "ann")
    ran = served.run("send", "--json", *own, *flags, *words)
    return ran.exit_code, ran.json


def check_row(served: Served, row: Row, path: str) -> None:
    """Send a row and insist on its outcome."""
    exit_code, lines = send(served, path, row.words, *row.flags)
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
