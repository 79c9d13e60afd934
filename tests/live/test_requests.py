"""Every one of the 22 requests, sent to the real server through lksig on both paths, and what became of it.

What is sent and what becomes of it are the rows of `tests.support.request_rows`.
"""

from __future__ import annotations

import json

import pytest

from lksig.schema.pool import TO_SERVER, case_fields
from tests.live.real_server import RealServer
from tests.support.request_rows import PARAMETERS, ROWS, Row, check_row, send
from tests.support.served import Served


def test_every_request_has_a_row() -> None:
    assert {row.case for row in ROWS} == set(case_fields(TO_SERVER))


@pytest.fixture
def served(real_server: RealServer) -> Served:
    return Served(real_server.url)


@pytest.mark.parametrize(("row", "path"), PARAMETERS)
def test_request(served: Served, row: Row, path: str) -> None:
    check_row(served, row, path)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["answer", "type=answer", "sdp=x"], "v0"),
        (["offer", "type=offer", "sdp="], "v1"),
        (["sync_state", "publish_tracks.0.cid=c", "publish_tracks.0.track.sid=TR_nope"], "v1"),
    ],
)
def test_what_ends_the_session(served: Served, words: list[str], path: str) -> None:
    """An unusable description or a mismatch is not refused: the server says `leave` and closes."""
    exit_code, lines = send(served, path, words)
    leave = next(line for line in lines if line.get("case") == "leave" and line["dir"] == "to_client")
    assert leave["message"]["leave"]["reason"] == "STATE_MISMATCH"
    assert leave["message"]["leave"]["action"] == "RECONNECT"
    assert lines[-1]["ended_by"] == "server"
    assert exit_code == 8


def test_a_request_line_goes_back_in(served: Served) -> None:
    _, lines = send(served, "v1", ["add_track", "cid=again", "type=AUDIO"], "--show-secrets")
    line = next(line for line in lines if line.get("by") == "user")
    stdin = json.dumps(line).encode()
    ran = served.run("send", "--room", "again", "--json", "-", stdin=stdin)
    assert ran.exit_code == 0
    again = next(entry for entry in ran.json if entry.get("by") == "user")
    assert again["message"] == line["message"]


def test_a_thousand_lines_arrive(served: Served) -> None:
    """In one burst they would end the session: livekit-server 1.13.5 closes when its queue of 200 overflows."""
    script = "".join(f"mute sid=TR_{number} muted=true\n" for number in range(1000)).encode()
    ran = served.run("send", "--room", "thousand", "--json", "-", stdin=script)
    results = [line for line in ran.json if line["kind"] == "result"]
    assert len(results) == 1000
    assert {line["outcome"] for line in results} == {"refused"}
    assert ran.exit_code == 1


@pytest.mark.parametrize("flags", [("--json-frames",), ("--no-compression",), ("--json-frames", "--no-compression")])
def test_frames_and_compression(served: Served, flags: tuple[str, ...]) -> None:
    exit_code, lines = send(served, "v1", ["add_track", "cid=c", "type=VIDEO"], *flags)
    answer = next(line for line in lines if line.get("case") == "track_published")
    assert answer["message"]["track_published"]["cid"] == "c"
    # The first frame is binary in any case; from the first text frame on the server answers in text.
    assert answer["encoding"] == ("json" if "--json-frames" in flags else "protobuf")
    assert next(line for line in lines if line.get("case") == "join")["encoding"] == "protobuf"
    assert exit_code == 0


def test_protocol_14_fences_with_a_mute(served: Served) -> None:
    """Below 15 the server is silent about an update_metadata that succeeds."""
    exit_code, lines = send(served, "v0", ["track_setting", "track_sids+=TR_x"], "--protocol", "14")
    assert [line["outcome"] for line in lines if line["kind"] == "result"] == ["unopposed"]
    assert next(line["case"] for line in lines if line.get("by") == "auto" and line["dir"] == "to_server") == "mute"
    assert exit_code == 0
