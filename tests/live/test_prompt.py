"""The prompt on the real server: every request typed as a line, and what becomes of sessions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lksig.schema.pool import TO_SERVER, case_fields
from tests.live.real_server import RealServer
from tests.support.cli import run
from tests.support.prompt import shown, typed
from tests.support.request_rows import PARAMETERS, Row
from tests.support.served import Served, messages, results

NOTICED = "! sleep 0.3"
"""The server needs a moment to notice a cut; a resume before that would take the session over."""


@pytest.fixture
def served(real_server: RealServer) -> Served:
    return Served(real_server.url)


def line_of(row: Row) -> str:
    """The words of a request as one typed line: a value with blanks or line ends stands in quotes."""
    return " ".join(_word(word) for word in row.words)


def _word(word: str) -> str:
    path, equals, value = word.partition("=")
    return f"{path}={json.dumps(value)}" if equals and re.search(r"\s", value) else word


@pytest.mark.parametrize(("row", "path"), PARAMETERS)
def test_every_request_can_be_typed(served: Served, row: Row, path: str) -> None:
    ran = typed(served, line_of(row), flags=("--json", "--path", path, "--identity", "ann", *row.flags))
    assert ran.exit_code == row.exit_code, ran.stderr
    assert (row.case, row.outcome) in results(ran)


def test_they_are_all_there() -> None:
    assert {values.values[0].case for values in PARAMETERS} == set(case_fields(TO_SERVER))  # type: ignore[union-attr]  # rows


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_a_resume_takes_the_session_over(served: Served, path: str) -> None:
    lines = ("add_track cid=c type=VIDEO", "/resume", "mute sid=%c muted=true", "/resume", "ping 5")
    ran = typed(served, *lines, flags=("--json", "--path", path))
    assert ran.exit_code == 0, ran.stderr
    assert len(messages(ran, "join")) == 1
    assert len(messages(ran, "reconnect")) == 2
    assert sorted(results(ran)) == [("add_track", "answered"), ("mute", "unopposed"), ("ping", "answered")]
    closes = [(line["socket"], line["code"], line["ended_by"]) for line in ran.json if line["kind"] == "close"]
    assert closes == [(1, 1000, "server"), (2, 1000, "server"), (3, 1000, "client")]
    # The second socket was being opened before the first one closed; the server closes it while it answers 101.
    kinds = [(line["kind"], line.get("socket")) for line in ran.json]
    assert kinds.index(("state", 2)) < kinds.index(("close", 1))


def test_after_a_drop_there_is_nobody_to_resume(served: Served) -> None:
    ran = typed(served, "/drop", NOTICED, "/resume")
    assert ran.exit_code == 8
    assert "client cut the connection without a close frame" in ran.stdout
    assert "STATE_MISMATCH, action RECONNECT" in ran.stdout
    assert "not resumed: a server forgets a participant without media when its socket closes" in ran.stderr


def test_a_rejoin_starts_over(served: Served) -> None:
    ran = typed(
        served, "/drop", NOTICED, "/resume", "/rejoin", "update_metadata name=A", "/rejoin", "ping 5", flags=("--json",)
    )
    assert ran.exit_code == 0, ran.stderr
    sids = [line["message"]["join"]["participant"]["sid"] for line in messages(ran, "join")]
    assert len(set(sids)) == 3
    assert ("ping", "answered") in results(ran)


def test_rejoin_by_itself(served: Served) -> None:
    lines = ("simulate server_leave=true", "! sleep 1", "ping 5")
    ran = typed(served, *lines, flags=("--json", "--rejoin"))
    assert len(messages(ran, "join")) == 2
    assert ("ping", "answered") in results(ran)


def test_what_the_other_side_sees(served: Served) -> None:
    lines = (
        "/use bob",
        "update_metadata name=Bob",
        "! sleep 0.2",
        "/use probe",
        "update_metadata attributes.a=b",
        "! sleep 0.2",
    )
    ran = typed(served, *lines, "/use", "/latency")
    assert ran.exit_code == 0, ran.stderr
    assert re.search(r"^= bob update_metadata \(\d+\) → probe update \(\d+\) [0-9.]+ ms$", ran.stderr, re.MULTILINE)
    assert re.search(r"^probe update_metadata → bob update +1 ", ran.stdout, re.MULTILINE)
    assert re.search(r"^\* probe  CONNECTED  PA_\w+\n  bob  CONNECTED  PA_\w+$", ran.stdout, re.MULTILINE)
    assert any("] probe JOINED" in line or "[bob] probe" in line for line in ran.lines)


def test_frames_of_ones_own(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "call.lksig"
    lines = ("/ping", "/fence", "/ws ping hi", "/raw hex:7005", '/text {"ping":"6"}', "! sleep 0.1", f"/save {file}")
    ran = typed(served, *lines)
    assert ran.exit_code == 0, ran.stderr
    assert [line.split()[1] for line in shown(ran, "<")].count("pong") == 2
    assert "pong_resp" in ran.stdout
    assert "ws_pong to client, 2 B 6869" in ran.stdout
    assert re.search(r"the fence came back after [0-9.]+ ms", ran.stderr)
    assert " ws_ping to server" in run("show", str(file)).stdout


def test_a_request_is_sent_again(served: Served) -> None:
    # What the server says unasked may come before it or behind it, so nobody knows its number.
    numbers = range(3, 9)
    ran = typed(served, "/fence", "add_track cid=c type=VIDEO", *(f"/resend {n} cid=d type=AUDIO" for n in numbers))
    assert [line for line in shown(ran, ">") if "add_track" in line][:2] == [
        "> add_track cid=c type=VIDEO",
        "> add_track cid=d type=AUDIO",
    ]


def test_the_end_without_media_is_counted_down(served: Served) -> None:
    ran = typed(served, "/state")
    assert "without media a livekit-server ends this session 60 s after the join" in ran.stderr
