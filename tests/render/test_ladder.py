"""Rungs as lines of a ladder and of a Mermaid diagram."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.format_v1 import Record
from lksig.recording.timeline import Rung, Timeline
from lksig.render.ladder import RUNG_WIDTH, Ladder, Mermaid, mermaid_text
from lksig.render.width import width_of
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Http, Marker, Note, Start
from tests.support.readings import secrets
from tests.support.recordings import readings
from tests.support.samples import TOKEN, WALL_NS
from tests.support.traffic import MS, came, closed, frame, sent

START = Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "probe")


def rungs(*records: Record) -> list[Rung]:
    timeline = Timeline()
    made = [rung for reading in readings(records) for rung in timeline.add(reading)]
    return made + timeline.rest()


def ladder(*records: Record, width: int | None = None, colour: bool = False) -> list[str]:
    made = Ladder(secrets(), width=width, colour=colour)
    made.start(START)
    return [made.head(), *map(made.line, rungs(*records))]


SESSION: tuple[Record, ...] = (
    START,
    Http(0, "GET", "/rtc/v1?access_token=secret", (), 101, (), b"", 5),
    came(4, join={}),
    sent(5514, add_track={"cid": "cam1", "type": "VIDEO"}),
    sent(5514.3, ping_req={"timestamp": 1}),
    came(5514.8, pong_resp={"last_ping_timestamp": 1}),
    came(5515, track_published={"cid": "cam1"}),
    sent(5520, mute={"sid": "TR_x"}),
    came(5521, request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_x"}}),
    Marker(6000 * MS, "here"),
    closed(8000, "server", 1001),
    closed(8001, "network", None, socket=2),
)


EXPECTED = [
    "        s       +ms  client                              server",
    "    0.000       0.0  |── /rtc/v1 101 ────────────────────────▶|",
    "    0.004       4.0  |◀────────────────────────────── join 1 ─|     no room name · nobody else",
    "    5.514    5510.0  |── add_track 2 ────────────────────────▶|╮    cid=cam1 type=VIDEO",
    "    5.514       0.3  |── ping_req 3 ─────────────────────────▶|┼╮   timestamp=1",
    "    5.515       0.5  |◀───────────────────────── pong_resp 4 ─|┼╯   →3 0.5 ms  last_ping_timestamp=1",
    "    5.515       0.2  |◀─────────────────── track_published 5 ─|╯    →2 1.0 ms  cid=cam1",
    "    5.520       5.0  |── mute 6 ─────────────────────────────▶|╮    sid=TR_x muted=false",
    "    5.521       1.0  |◀────────────────── request_response 7 ─|╯    →6 1.0 ms  refused NOT_FOUND: m…",
]


def test_a_session() -> None:
    assert ladder(*SESSION, width=100)[:9] == EXPECTED


def test_a_line_crosses_those_beside_it() -> None:
    drawn = ladder(
        sent(1, ping_req={"timestamp": 1}),
        sent(1, ping_req={"timestamp": 2}),
        came(2, pong_resp={"last_ping_timestamp": 1}),
        sent(3, ping_req={"timestamp": 3}),
        came(4, pong_resp={"last_ping_timestamp": 2}),
        came(5, pong_resp={"last_ping_timestamp": 3}),
    )
    assert [line[63:67].rstrip() for line in drawn[1:]] == ["╮", "┼╮", "╯│", "╮│", "┼╯", "╯"]


def test_what_a_message_says_stands_beside_it_where_there_is_room() -> None:
    wide = ladder(*SESSION)
    assert wide[3].endswith("cid=cam1 type=VIDEO")
    assert "→6 1.0 ms  refused NOT_FOUND" in wide[8]
    assert all(len(line) <= 80 for line in ladder(*SESSION, width=80))
    assert ladder(*SESSION, width=70)[3].endswith("|╮")


def test_ends_and_marks() -> None:
    *_, mark, close, lost = ladder(*SESSION)
    assert mark[21:] == "|┄┄┄┄┄┄┄┄┄┄┄┄┄┄ mark: here ┄┄┄┄┄┄┄┄┄┄┄┄┄┄|"
    assert close[21:] == "|◀────────────────────────── close 1001 ─|"
    assert "╳ connection lost ╳" in lost


def test_a_note_that_is_too_long_stands_beside() -> None:
    (line,) = ladder(Note(0, "code", "long " * 20))[1:]
    assert line.endswith("| " + " " * 4 + "long " * 19 + "long")
    (short,) = ladder(Note(0, "code", "short"))[1:]
    assert short.endswith("┄|")


def test_sides_stay_where_they_are() -> None:
    for line in ladder(*SESSION, frame(9000, TO_CLIENT, b"\xff", "server"), Marker(9000 * MS, "字" * 50))[1:]:
        assert line[21] == "|"
        assert width_of(line[22 : line.index("|", 22)]) == RUNG_WIDTH


def test_colour_says_nothing_new() -> None:
    painted = ladder(*SESSION, colour=True)
    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in painted] == ladder(*SESSION)
    assert "\x1b[31m" in painted[8]


def test_text_of_strangers_is_harmless_and_keeps_no_secret() -> None:
    (line,) = ladder(Marker(0, f"\x1b[2J {TOKEN}"))[1:]
    assert "\\x1b[2J" in line
    assert TOKEN[:20] not in line


def test_an_answer_without_a_time() -> None:
    (rung,) = rungs(came(1, pong=1))
    rung.reading.reply_to = 7
    made = Ladder(secrets())
    assert "→7 " in made.line(rung)
    (line,) = Mermaid(secrets()).lines(rung)
    assert line == "    server-->>client: pong 1"


def test_other_sessions_are_told() -> None:
    (line,) = ladder(came(1, pong=1, session=2))[1:]
    assert "#2 pong 1" in line


# --- Mermaid ----------------------------------------------------------------------------------------------------------


def test_a_diagram() -> None:
    mermaid = Mermaid(secrets())
    assert mermaid.head(START) == [
        "sequenceDiagram",
        "    participant client as probe (client)",
        "    participant server",
    ]
    assert [line for rung in rungs(*SESSION) for line in mermaid.lines(rung)] == [
        "    client->>server: /rtc/v1 101",
        "    server->>client: join 1",
        "    Note over client,server: 5.5 s later",
        "    client->>server: add_track 2",
        "    client->>server: ping_req 3",
        "    server-->>client: pong_resp 4 (0.5 ms)",
        "    server-->>client: track_published 5 (1.0 ms)",
        "    client->>server: mute 6",
        "    server-->>client: request_response 7 (1.0 ms) refused",
        "    Note over client,server: mark: here",
        "    Note over client,server: 2.0 s later",
        "    server-xclient: close 1001",
        "    Note over client,server: connection lost",
    ]


def test_a_diagram_of_nobody() -> None:
    assert Mermaid(secrets()).head(None)[1] == "    participant client as client"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, 1.5 ms", "plain text, 1.5 ms"),
        ("a;b#c", "a#59;b#35;c"),
        ("end", "#101;nd"),
        ("The End is", "The #69;nd is"),
        ("bend ended", "bend ended"),
        ("a\nb", "a#92;x0ab"),
        ("<b>&", "#60;b#62;#38;"),
        ("é", "#233;"),
    ],
)
def test_text_in_a_diagram(text: str, expected: str) -> None:
    assert mermaid_text(text) == expected


@given(st.text())
def test_nothing_in_a_text_ends_a_line_or_a_statement(text: str) -> None:
    shown = mermaid_text(text)
    assert shown.isascii()
    assert len(shown.splitlines()) <= 1
    rest = re.sub(r"#[0-9]+;", "", shown)
    assert not set('#;<>{}"\\`$') & set(rest)
