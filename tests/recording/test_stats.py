"""A session in numbers."""

from __future__ import annotations

from hypothesis import given

from lksig.recording import stats as subject
from lksig.recording.format_v1 import Ended, Record
from lksig.recording.stats import Stats, rows
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Http, Marker, Message, Note, Reading, Result, Start, WsPing, WsPong
from tests.support.recordings import readings, sessions
from tests.support.samples import WALL_NS
from tests.support.traffic import MS, came, closed, frame, sent

START = Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "probe")


def counted(*records: Record, is_part: bool = False) -> Stats:
    stats = Stats(is_part=is_part)
    for reading in readings(records):
        stats.observe(reading)
    return stats


def test_messages_by_case_and_direction() -> None:
    stats = counted(START, came(4, join={}), sent(5, mute={"sid": "TR_x"}), sent(6, mute={"sid": "TR_longer"}))
    assert stats.cases[TO_SERVER, "mute"].count == 2
    assert stats.cases[TO_SERVER, "mute"].bytes == 8 + 13
    assert stats.cases[TO_SERVER, "mute"].max_bytes == 13
    assert stats.traffic[TO_CLIENT].count == 1
    assert stats.largest == (13, 3, "mute")
    assert stats.by == {"server": 1, "user": 2}


def test_how_long_answers_took() -> None:
    asked = [sent(10, ping_req={"timestamp": 1}), came(10.5, pong_resp={"last_ping_timestamp": 1})]
    stats = counted(
        START, *asked, sent(20, mute={"sid": "TR_x"}), came(30, offer={"id": 3}), sent(70, answer={"id": 3})
    )
    assert stats.replies[TO_SERVER, "ping_req"].max_ns == 0.5 * MS
    assert stats.replies[TO_CLIENT, "offer"].max_ns == 40 * MS
    assert len(stats.replies) == 2
    by_request = {row.request: row for row in rows(stats)}
    assert (by_request["offer"].to_client, by_request["offer"].to_server) == (1, 1)
    assert by_request["offer"].served is stats.replies[TO_CLIENT, "offer"]
    assert by_request["offer"].reply is None
    assert by_request["ping_req"].response == "pong_resp"
    assert by_request["mute"].reply is None


def test_an_answer_to_what_was_left_out_is_no_reply() -> None:
    stats = Stats(is_part=True)
    request, answer, *_ = readings(
        [sent(10, ping_req={"timestamp": 1}), came(11, pong_resp={"last_ping_timestamp": 1})]
    )
    stats.observe(answer)
    assert stats.replies == {}
    assert stats.case_of(1) is None
    assert stats.case_of(2) == (TO_CLIENT, "pong_resp")
    stats.observe(request)  # an order that no recording has, and no reason to fail
    assert stats.case_of(1) == (TO_SERVER, "ping_req")


def test_rows_without_a_case() -> None:
    unknown = bytes.fromhex("c23e0101")
    broken = frame(3, TO_CLIENT, b"\xff", "server")
    stats = counted(START, frame(1, TO_SERVER, unknown, "user"), frame(2, TO_CLIENT, unknown, "server"), broken)
    assert [(row.request, row.response, row.to_client, row.to_server) for row in rows(stats)] == [
        (None, None, 0, 1),
        (None, None, 2, 0),
    ]
    assert stats.undecodable >= 1


def test_refused_and_unanswered() -> None:
    stats = counted(
        sent(1, mute={"sid": "TR_x"}),
        came(2, request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_x"}}),
        sent(3, add_track={"cid": "c"}),
        closed(4, "network", None),
        Ended(4, 1),
    )
    assert stats.refused["mute", "NOT_FOUND"].numbers == [1]
    assert stats.unanswered == [(3, "add_track")]
    assert stats.results == {"refused": 1, "lost": 1}
    assert [end.ended_by for end in stats.ends] == ["network"]


def test_what_was_left_out_is_not_unanswered() -> None:
    stats = Stats()
    for reading in readings([sent(3, add_track={"cid": "c"}), closed(4, "network", None), Ended(4, 1)])[1:]:
        stats.observe(reading)
    assert stats.unanswered_count == 0


def test_silences() -> None:
    stats = counted(
        START, *(came(t_ms, pong=1) for t_ms in (100, 100, 300, 600, 1000, 1500, 2100)), closed(9000, "client")
    )
    assert [(gap.ns // MS, gap.since_ns // MS, gap.before) for gap in stats.gaps] == [
        (6900, 2100, "close"),
        (600, 1500, "7"),
        (500, 1000, "6"),
        (400, 600, "5"),
        (300, 300, "4"),
    ]
    assert stats.duration_ns == 9000 * MS


def test_the_time_of_a_part_begins_with_its_first_event() -> None:
    records: list[Record] = [START, came(5000, pong=1), came(5500, pong=2), Ended(9000 * MS, 1)]
    assert counted(*records, is_part=True).duration_ns == 500 * MS
    assert counted(*records).duration_ns == 9000 * MS
    assert counted(START, is_part=True).duration_ns == 0


def test_the_busiest_second() -> None:
    stats = counted(*(came(t_ms, pong=1) for t_ms in (0, 999, 1000, 1001, 1002, 5000)))
    assert (stats.peak[TO_CLIENT].count, stats.peak[TO_CLIENT].bytes) == (3, 9)
    assert stats.peak[TO_SERVER].count == 0


def test_sockets() -> None:
    stats = counted(
        came(1, pong=1), closed(2, "network", None), closed(3, "server", 1006, socket=2), came(4, pong=1, session=2)
    )
    assert list(stats.sockets) == [(1, 1), (1, 2), (2, 1)]
    assert stats.sockets[1, 1].close is not None
    assert (stats.sockets[1, 1].first_ns, stats.sockets[1, 1].last_ns) == (1 * MS, 2 * MS)
    assert stats.sockets[2, 1].close is None


def test_websocket_pings() -> None:
    pings = [WsPing(1 * MS, TO_SERVER, b"a", "auto"), WsPing(2 * MS, TO_CLIENT, b"a", "server")]
    pongs = [WsPong(4 * MS, TO_SERVER, b"a", "auto"), WsPong(9 * MS, TO_CLIENT, b"other", "server")]
    stats = counted(*pings, *pongs, WsPong(11 * MS, TO_CLIENT, b"a", "server"))
    assert (stats.ws_pings.count, stats.ws_pings.min_ns, stats.ws_pings.max_ns) == (2, 2 * MS, 10 * MS)
    many = counted(*(WsPing(number, TO_SERVER, str(number).encode(), "auto") for number in range(1000)))
    assert len(many._pings) == subject.MAX_WS_PINGS


def test_everything_else() -> None:
    http = Http(0, "GET", "/rtc", (), 101, (), b"", 5)
    stats = counted(http, Marker(1, "here"), Note(2, "any", "thing"))
    assert (stats.http, stats.markers) == (1, 1)


def test_what_is_named_is_bounded() -> None:
    stats = Stats()
    many = subject.MAX_NAMED + 10
    for number in range(1, many + 1):
        message = came(number, leave={}, session=number)
        stats.observe(Reading(message, n=number))
        stats.observe(Reading(Result(0, number, "mute", "refused", str(number))))
        stats.observe(Reading(closed(number, "client", session=number)))
    for reading in readings([*(sent(n, add_track={"cid": "c"}) for n in range(many)), closed(many, "network", None)]):
        stats.observe(reading)
    for ended in readings([Ended(0, session) for session in range(many)]):
        stats.observe(ended)
    lost: list[Record] = [
        *(sent(n, add_track={"cid": "c"}) for n in range(many)),
        closed(many, "network", None),
        Ended(many, 1),
    ]
    unanswered = counted(*lost)
    assert (unanswered.unanswered_count, len(unanswered.unanswered)) == (many, subject.MAX_NAMED)
    assert len(stats.sockets) == len(stats.ends) == len(stats.leaves) == subject.MAX_NAMED
    assert stats.socket_count == many
    assert len(stats.refused) == subject.MAX_NAMED + 1
    assert stats.refused["mute", None].count == 10
    again = Stats()
    for number in range(many):
        again.observe(Reading(Result(0, number, "mute", "refused", "NOT_FOUND")))
    found = again.refused["mute", "NOT_FOUND"]
    assert (found.count, len(found.numbers)) == (many, subject.MAX_NAMED)


@given(sessions())
def test_the_table_holds_every_message(records: list[Record]) -> None:
    messages = [record for record in records if isinstance(record, Message)]
    stats = counted(*records)
    assert sum(row.to_client + row.to_server for row in rows(stats)) == len(messages)
    assert sum(row.bytes for row in rows(stats)) == sum(len(message.raw) for message in messages)
