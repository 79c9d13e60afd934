"""How each response is provoked by signaling alone, as one command line: the same for the real and the embedded server.

The lines are what the table of cases in the documentation shows, so they are kept as a person types them, without URL
and credentials. Observed: livekit-server 1.13.5. Two responses need more than one line: `MUTE` and `RECONNECT`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.scenarios import OFFER_SDP
from tests.support.served import Served

OFFER = "@offer.sdp"
"""Stands for a file with an SDP that has one section, for data."""

OWN_DATA = (
    "send publish_data_track_request pub_handle=1 name=d update_data_subscription "
    "updates.0.track_sid=%last.publish_data_track_response.info.sid updates.0.subscribe=true"
)


@dataclass(frozen=True)
class Provocation:
    """A command line, and what the response to it says at least."""

    line: str
    says: dict[str, Any] = field(default_factory=dict)
    """Path in the body of the response → value. A bare value has the empty path."""
    holds: tuple[str, ...] = ()
    """Paths that are not empty."""


PROVOKED: dict[str, Provocation] = {
    "join": Provocation("listen -n 1", {"participant.identity": "ann", "ping_interval": 5}, ("room.sid",)),
    "answer": Provocation(f"send offer type=offer id=7 sdp={OFFER}", {"type": "answer", "id": 7}, ("sdp",)),
    "offer": Provocation("listen --path v0 --until offer", {"type": "offer"}, ("sdp", "id")),
    "trickle": Provocation("listen --path v0 --until trickle", {"target": "SUBSCRIBER"}, ("candidateInit",)),
    "update": Provocation(
        "send update_metadata name=Ann --until update",
        {"participants.0.name": "Ann", "participants.0.identity": "ann"},
    ),
    "track_published": Provocation(
        "send add_track cid=c1 type=VIDEO source=CAMERA", {"cid": "c1", "track.source": "CAMERA"}, ("track.sid",)
    ),
    "leave": Provocation("send leave", {"action": "DISCONNECT", "reason": "CLIENT_INITIATED"}),
    "speakers_changed": Provocation(
        "send simulate speaker_update=1 --until speakers_changed", {"speakers.0.active": True}, ("speakers.0.sid",)
    ),
    "room_update": Provocation("listen --until room_update", {"room.num_participants": 1}, ("room.sid",)),
    "subscription_permission_update": Provocation(
        f"{OWN_DATA} --until subscription_permission_update", {"allowed": True}, ("participant_sid", "track_sid")
    ),
    "refresh_token": Provocation("listen --until refresh_token", {}, ("",)),
    "pong": Provocation("send ping", {}, ("",)),
    "pong_resp": Provocation(
        "send ping_req timestamp=1732444800000", {"last_ping_timestamp": "1732444800000"}, ("timestamp",)
    ),
    "request_response": Provocation(
        "send mute sid=TR_nope muted=true", {"reason": "NOT_FOUND", "mute.sid": "TR_nope", "mute.muted": True}
    ),
    "publish_data_track_response": Provocation(
        "send publish_data_track_request pub_handle=1 name=d", {"info.pub_handle": 1, "info.name": "d"}, ("info.sid",)
    ),
    "unpublish_data_track_response": Provocation(
        "send publish_data_track_request pub_handle=1 name=d unpublish_data_track_request pub_handle=1",
        {"info.pub_handle": 1},
        ("info.sid",),
    ),
    "data_track_subscriber_handles": Provocation(
        f"{OWN_DATA} --until data_track_subscriber_handles", {}, ("sub_handles",)
    ),
    "store_data_blob_response": Provocation(
        "send store_data_blob_request blob.key.generic=k blob.contents=hex:00ff", {"key.generic": "k"}, ("request_id",)
    ),
    "get_data_blob_response": Provocation(
        "send store_data_blob_request blob.key.generic=k blob.contents=hex:00ff "
        "get_data_blob_request participant_identity=ann key.generic=k",
        {"blob.contents": "AP8="},
        ("request_id",),
    ),
}
"""Case → what provokes it."""

RECONNECT = "listen --resume SID"
"""While another socket of that participant is open: `SID` is in its `join`."""
MUTE = "send add_track cid=c1 type=AUDIO --until mute"
"""And then, before it ends, `MutePublishedTrack` of the RoomService API with the sid of that track."""


def body_of(path: str, body: Any) -> Any:
    """The value at a dotted path of a response's body; None where there is nothing."""
    for step in filter(None, path.split(".")):
        if isinstance(body, list):
            body = body[int(step)]
        else:
            body = body.get(step)
    return body


def provoke(served: Served, case: str) -> Any:
    """Run the line of a case and return the body of the response it provoked."""
    provocation = PROVOKED[case]
    command, *words = shlex.split(provocation.line)
    words = [word.replace(OFFER, OFFER_SDP) for word in words]
    own = ("--room", f"provoked-{case}", "--identity", "ann", "--timeout", "20", "--json", "--show-secrets")
    ran = served.run(command, *own, *words)
    heard = [line for line in ran.json if line["kind"] == "message" and line["dir"] == "to_client"]
    found = [line for line in heard if line["case"] == case and line.get("for") != "auto"]
    assert found, (ran.stderr, [line["case"] for line in heard])
    assert ran.exit_code == (1 if case == "request_response" else 0), ran.stderr
    return found[0]["message"][case]


def check(case: str, body: Any) -> None:
    """Insist on what a response says."""
    provocation = PROVOKED[case]
    assert {path: body_of(path, body) for path in provocation.says} == provocation.says
    assert [path for path in provocation.holds if not body_of(path, body)] == []


class Story:
    """The lines of a `lksig … --json` that runs beside the test."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def until(self, case: str) -> Any:
        """The body of the next message of that case to the client."""
        for text in self._lines:
            line = json.loads(text)
            if line["kind"] == "message" and line["dir"] == "to_client" and line["case"] == case:
                return line["message"][case]
        raise AssertionError(f"it ended without `{case}`")


@contextmanager
def beside(served: Served, line: str, *flags: str) -> Iterator[Story]:
    """A command line that runs as long as this is entered."""
    command, *words = shlex.split(line)
    with served.start(command, "--json", "--identity", "ann", *flags, *words) as process:
        try:
            assert process.stdout is not None
            yield Story(process.stdout)
        finally:
            process.kill()
