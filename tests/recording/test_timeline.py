"""A session as rungs, with lines from requests to answers."""

from __future__ import annotations

from hypothesis import given

from lksig.recording.format_v1 import Record
from lksig.recording.timeline import AHEAD, MAX_LANES, Rung, Timeline, rung_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Http, Marker, Note, Result, Start, State, WsPing, WsPong
from tests.support.recordings import readings, sessions
from tests.support.samples import WALL_NS
from tests.support.traffic import came, closed, frame, sent


def rungs(*records: Record) -> list[Rung]:
    timeline = Timeline()
    made = [rung for reading in readings(records) for rung in timeline.add(reading)]
    return made + timeline.rest()


def ping(number: int) -> Record:
    return sent(number, ping_req={"timestamp": number})


def pong(number: int) -> Record:
    return came(number, pong_resp={"last_ping_timestamp": number})


def lines(*records: Record) -> list[tuple[int | None, int | None, set[int]]]:
    return [(rung.begins, rung.ends, set(rung.passing)) for rung in rungs(*records)]


def test_a_line_from_request_to_answer() -> None:
    mute = sent(2, mute={"sid": "TR_x"})
    assert lines(ping(1), mute, pong(1)) == [(0, None, set()), (None, None, {0}), (None, 0, set())]


def test_lines_side_by_side() -> None:
    assert lines(ping(1), ping(2), pong(1), ping(3), pong(3), pong(2)) == [
        (0, None, set()),
        (1, None, {0}),
        (None, 0, {1}),
        (0, None, {1}),
        (None, 0, {1}),
        (None, 1, set()),
    ]


def test_more_lines_than_lanes() -> None:
    many = range(1, MAX_LANES + 3)
    made = rungs(*map(ping, many), *map(pong, many))
    assert [rung.begins for rung in made[: len(many)]] == [*range(MAX_LANES), None, None]
    assert [rung.ends for rung in made[len(many) :]] == [*range(MAX_LANES), None, None]


def test_an_answer_that_is_too_far_away_has_no_line() -> None:
    between = [sent(1, mute={"sid": "TR_x"})] * AHEAD
    made = rungs(ping(1), *between[1:], pong(1))
    assert (made[0].begins, made[-1].ends) == (0, 0)
    made = rungs(ping(1), *between, pong(1))
    assert (made[0].begins, made[-1].ends) == (None, None)
    assert made[-1].reading.reply_to == 1


def test_what_is_answered_twice_has_one_line() -> None:
    failed = came(2, subscription_response={"track_sid": "TR_x", "err": "SE_TRACK_NOTFOUND"})
    subscribe = sent(1, subscription={"track_sids": ["TR_x"], "subscribe": True})
    assert lines(subscribe, failed, failed) == [(0, None, set()), (None, 0, set()), (None, None, set())]


def test_what_is_a_rung() -> None:
    def told(event: object) -> tuple[str, object, str] | None:
        (reading, *_) = readings([event])  # type: ignore[list-item]
        rung = rung_of(reading)
        return None if rung is None else (rung.kind, rung.direction, rung.label)

    http = ("/rtc/v1?access_token=x", (), 404, (), b"", 5)
    assert told(Http(0, "GET", *http)) == ("http", TO_SERVER, "/rtc/v1 404")
    assert told(Http(0, "GET", "/rtc", (), None, (), b"", 5)) == ("http", TO_SERVER, "/rtc no answer")
    assert told(closed(1, "server", 1001)) == ("close", TO_CLIENT, "close 1001")
    assert told(closed(1, "client")) == ("close", TO_SERVER, "close 1000")
    assert told(closed(1, "network", None)) == ("lost", None, "connection lost")
    assert told(WsPing(0, TO_SERVER, b"", "auto")) == ("ws", TO_SERVER, "ws_ping")
    assert told(WsPong(0, TO_CLIENT, b"", "server")) == ("ws", TO_CLIENT, "ws_pong")
    assert told(Note(0, "code", "text")) == ("note", None, "text")
    assert told(Marker(0, "here")) == ("mark", None, "mark: here")
    assert told(came(1, pong=1)) == ("message", TO_CLIENT, "pong 1")
    assert told(frame(1, TO_CLIENT, b"\xff", "server")) == ("message", TO_CLIENT, "undecodable 1")
    assert told(frame(1, TO_SERVER, b"", "user")) == ("message", TO_SERVER, "no case 1")
    assert told(State(0, "CONNECTING", "")) is None
    assert told(Start(0, WALL_NS, "ws://h", "v1", None, None)) is None


def test_what_follows_is_no_rung() -> None:
    given_readings = readings([sent(1, add_track={"cid": "c"}), closed(2, "network", None)])
    assert [type(reading.event) for reading in given_readings if rung_of(reading) is None] == [Result]


@given(sessions())
def test_every_line_that_begins_ends_where_it_began(records: list[Record]) -> None:
    open_lanes: set[int] = set()
    for rung in rungs(*records):
        if rung.ends is not None:
            open_lanes.remove(rung.ends)
        assert rung.passing == open_lanes
        if rung.begins is not None:
            assert rung.begins not in open_lanes
            open_lanes.add(rung.begins)
    assert not open_lanes
