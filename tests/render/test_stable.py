"""Lines that are the same when a session is run again."""

from __future__ import annotations

import json

import pytest

from lksig.recording.stable import Roles
from lksig.render.json_lines import JsonLines
from lksig.render.stable import StableLines
from lksig.wire.events import Marker, Note, Result, Start
from tests.support.readings import secrets
from tests.support.recordings import readings
from tests.support.samples import TOKEN, WALL_NS
from tests.support.traffic import came, sent

RUN = readings(
    [sent(1, add_track={"cid": "cam1"}), came(9, track_published={"cid": "cam1", "track": {"sid": "TR_VCcccccccccc"}})]
)


def test_a_line_has_no_times() -> None:
    lines = StableLines(secrets(), Roles())
    shown = [lines.text(reading) for reading in RUN]
    assert shown[0] == "1 > add_track 8B cid=cam1 type=AUDIO"
    assert (shown[1] or "").startswith("2 < track_published ")
    assert (shown[1] or "").endswith(" track.sid=TR_1 track.type=AUDIO →1")
    assert isinstance(RUN[2].event, Result)
    assert lines.text(RUN[2]) is None


def test_a_json_line_has_no_times() -> None:
    lines = StableLines(secrets(), Roles(), json=JsonLines(secrets()))
    line = json.loads(lines.text(RUN[1]) or "")
    assert line["message"]["track_published"]["track"]["sid"] == "TR_1"
    assert not {"time", "t_ms", "dt_ms", "reply_ms"} & line.keys()


@pytest.mark.parametrize(
    ("url", "stable"),
    [
        ("ws://127.0.0.1:37953/rtc/v1", "ws://127.0.0.1/rtc/v1"),
        ("wss://[::1]:5/rtc", "wss://[::1]/rtc"),
        ("wss://lk.example.com:7443/rtc/v1", "wss://lk.example.com:7443/rtc/v1"),
    ],
)
def test_a_server_on_this_machine_has_no_port(url: str, stable: str) -> None:
    lines = StableLines(secrets(), Roles(), json=JsonLines(secrets()))
    [start] = readings([Start(0, WALL_NS, url, "v1", "standup", "ann")])
    assert json.loads(lines.text(start) or "")["url"] == stable


def test_what_has_no_line() -> None:
    lines = StableLines(secrets(), Roles())
    told = readings([Note(1, "clock-offset", "x"), Note(1, "other", "x"), Marker(1, "x"), sent(1, "auto", ping_req={})])
    assert [lines.text(reading) for reading in told] == [None, None, None, None]


def test_a_name_that_became_a_role_acts_on_no_terminal() -> None:
    roles = Roles(named=True)
    cid = f"\x1b[2J\n{TOKEN}"
    (reading,) = readings([came(1, track_published={"cid": cid, "track": {"sid": "TR_VCcccccccccc"}})])
    roles.observe(reading)
    text = StableLines(secrets(), roles).text(reading) or ""
    assert not {"\x1b", "\n"} & set(text)
    assert TOKEN not in text
    assert "TR_\\x1b[2J" in text
