"""The numbers as a person and as a program reads them."""

from __future__ import annotations

import json

from lksig.recording.format_v1 import Ended, Record
from lksig.recording.stats import Stats
from lksig.render.stats import stats_json, stats_lines
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Close, Marker, Start, WsPing, WsPong
from tests.support.readings import secrets
from tests.support.recordings import readings
from tests.support.samples import TOKEN, WALL_NS
from tests.support.traffic import MS, came, closed, frame, sent

START = Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "probe")


def stats(*records: Record) -> Stats:
    made = Stats()
    for reading in readings(records):
        made.observe(reading)
    return made


def lines(*records: Record) -> list[str]:
    return stats_lines(stats(*records), secrets())


SESSION: tuple[Record, ...] = (
    START,
    came(4, join={}),
    sent(1000, ping_req={"timestamp": 1}),
    came(1000.4, pong_resp={"last_ping_timestamp": 1}),
    sent(1001, mute={"sid": "TR_x"}),
    came(1002, request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_x"}}),
    came(1100, offer={"id": 3}),
    sent(1140, answer={"id": 3}),
    sent(1200, add_track={"cid": "c"}),
    frame(1300, TO_CLIENT, b"\xff", "server"),
    Marker(1400 * MS, "here"),
    closed(4000, "server", 1006),
    Ended(4000 * MS, 1),
)


def test_a_session() -> None:
    assert lines(*SESSION) == [
        "9 messages in 4.0 s · 1 socket · 25 B < · 22 B > · 1 mark",
        "1.25/s <, at most 4/s and 23 B/s · 1/s >, at most 4/s and 22 B/s · largest: request_response (5), 13 B",
        "case                       <  >  bytes  reply p50      p99      max",
        "offer/answer               1  1    8 B",
        "  asked by the server                     40.0 ms  40.0 ms  40.0 ms",
        "add_track/track_published  -  1    5 B",
        "ping_req/pong_resp         1  1   10 B     0.4 ms   0.4 ms   0.4 ms",
        "mute                       -  1    8 B     1.0 ms   1.0 ms   1.0 ms",
        "(no case)                  1  -    1 B",
        "join                       1  -    2 B",
        "request_response           1  -   13 B",
        "refused: mute NOT_FOUND (4)",
        "unanswered: add_track (8)",
        "undecodable: 1",
        "gap: 2.6 s from 1.400 s, before close",
        "the server closed, close 1006 without a leave: a malformed frame, a flood, a takeover and a simulated failure "
        "all look like this · look at what was sent last · SDKs resume after this",
    ]


def test_nothing_at_all() -> None:
    assert lines() == ["0 messages in 0.0 ms · 0 sockets · 0 B < · 0 B >"]
    assert json.loads(stats_json(stats(), secrets()))["largest"] is None


def test_what_has_no_case_is_the_largest() -> None:
    assert lines(START, frame(2000, TO_CLIENT, b"\xff", "server"))[1].endswith("largest: no case (1), 1 B")


def test_silence_is_no_rate() -> None:
    assert lines(START, Marker(2000 * MS, "here"))[1].startswith("0/s <, at most 0/s")


def test_many_of_everything() -> None:
    refusals: list[Record] = []
    for t_ms in range(20):
        refusals.append(sent(t_ms, mute={"sid": f"TR_{t_ms}"}))
        refusals.append(came(t_ms, request_response={"reason": "NOT_FOUND", "mute": {"sid": f"TR_{t_ms}"}}))
    lost = [sent(30, add_track={"cid": str(number)}) for number in range(20)]
    told = lines(*refusals, *lost, closed(40, "network", None), Ended(40 * MS, 1))
    assert "refused: mute NOT_FOUND (1, 3, 5, 7, 9, 11, 13, 15, +12 more)" in told
    assert told[-2].startswith("unanswered: add_track (41), ")
    assert told[-2].endswith(", add_track (48), +12 more")
    assert told[-1] == "lost: the connection went away without a close frame · SDKs resume after this"


def test_sockets_sessions_and_their_ends() -> None:
    told = lines(
        came(1, leave={"reason": "DUPLICATE_IDENTITY"}),
        Close(2 * MS, 1000, TOKEN + "\x1b[2J", "server", 1, 1),
        closed(3, "network", None, socket=2),
        came(4, pong=1, session=2),
        closed(5, "client", session=3),
        Ended(9 * MS, 2),
        Ended(9 * MS, 3),
        WsPing(9 * MS, TO_SERVER, b"", "auto"),
        WsPong(11 * MS, TO_CLIENT, b"", "server"),
    )
    assert told[0] == "2 messages in 10.0 ms · 4 sockets · 7 B < · 0 B > · 2 sessions"
    assert "WebSocket ping: 1 answered, p50 2.0 ms, p99 2.0 ms, max 2.0 ms" in told
    assert told[-6] == f"socket 1: 0.001 to 0.002 s, < 1 > 0, closed by the server, 1000 {'x' * len(TOKEN)}\\x1b[2J"
    assert told[-5] == "socket 2: 0.003 to 0.003 s, < 0 > 0, closed by the network, without a close frame"
    assert told[-4] == "socket 1 of session 2: 0.004 to 0.004 s, < 1 > 0, open to the end"
    assert told[-2] == "session 2: no end: the recording stops before the session does"
    assert told[-1] == "session 3: left: the client ended the session, close 1000"


def test_a_leave_is_part_of_the_story() -> None:
    told = lines(came(1, leave={"reason": "DUPLICATE_IDENTITY"}), closed(2, "server"), Ended(2 * MS, 1))
    assert "DUPLICATE_IDENTITY: another participant joined with the same identity" in told[-1]


def test_an_end_whose_close_was_left_out() -> None:
    made = Stats()
    for reading in readings([came(1, pong=1), closed(2, "server", 1001), Ended(2 * MS, 1)]):
        if not isinstance(reading.event, Close):
            made.observe(reading)
    assert stats_lines(made, secrets())[-1] == "ended by the server, close 1001"
    without = Stats()
    for reading in readings([came(1, pong=1), closed(2, "network", None), Ended(2 * MS, 1)]):
        if not isinstance(reading.event, Close):
            without.observe(reading)
    assert stats_lines(without, secrets())[-1] == "ended by the network"


def test_the_same_for_a_program() -> None:
    value = json.loads(stats_json(stats(*SESSION), secrets()))
    assert value["kind"] == "stats"
    assert value["messages"] == {"to_client": 5, "to_server": 4}
    assert value["duration_ms"] == 4000
    assert {
        "dir": "to_server",
        "request": "mute",
        "count": 1,
        **dict.fromkeys(("p50_ms", "p99_ms", "max_ms", "mean_ms"), 1.0),
    } in value["replies"]
    assert value["refused"] == [{"case": "mute", "reason": "NOT_FOUND", "count": 1, "requests": [4]}]
    assert value["unanswered"] == {"count": 1, "requests": [8]}
    assert value["gaps"][0] == {"ms": 2600, "t_ms": 1400, "before": "close"}
    assert value["sockets"][0]["close"] == {"code": 1006, "ended_by": "server", "reason": ""}
    assert value["ws_pings"] == {"count": 0}
    assert value["ends"][0]["ended_by"] == "server"
    assert value["cases"][0] == {"dir": "to_client", "case": None, "messages": 1, "bytes": 1, "max_bytes": 1}


def test_an_open_socket_for_a_program() -> None:
    assert json.loads(stats_json(stats(came(1, pong=1)), secrets()))["sockets"][0]["close"] is None
