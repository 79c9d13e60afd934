"""The journal: numbers, pairs, verdicts and ends, and that nothing whatever makes it stumble."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.fence import fence_request
from lksig.session.journal import TIMEOUT_NOTE, Journal
from lksig.session.pairing import MAX_OPEN
from lksig.wire.codec import encode_frame
from lksig.wire.events import (
    By,
    Close,
    End,
    Event,
    Http,
    Marker,
    Message,
    Note,
    Reading,
    Result,
    Start,
    State,
    WsPing,
    WsPong,
)
from tests.support.messages import envelopes
from tests.support.traffic import MS, came, closed, frame, sent

START = Start(0, 1_795_600_000 * 10**9, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe")
REFUSED = {"reason": "NOT_FOUND", "mute": {"sid": "TR_x"}}


def fence(t_ms: float, number: int = 0, protocol: int = 17) -> Message:
    return frame(t_ms, TO_SERVER, encode_frame(fence_request(number, protocol)), "auto")


def fence_answer(t_ms: float, number: int = 0, **response: Any) -> Message:
    return came(t_ms, request_response={"request_id": 0x4000_0000 + number, **response})


def timeout(t_ms: float, about: int, session: int = 1) -> Note:
    return Note(round(t_ms * MS), TIMEOUT_NOTE, "no answer", about, session)


class Log:
    """A journal, and what it made of everything so far."""

    def __init__(self, *events: Event) -> None:
        self.journal = Journal()
        self.readings: list[Reading] = []
        self.add(START, *events)

    def add(self, *events: Event) -> Reading:
        """The own reading of the last event."""
        readings: list[Reading] = []
        for event in events:
            readings = self.journal.add(event)
            assert readings[0].event is event
            self.readings += readings
        return readings[0]

    def end(self, t_ms: float = 0, session: int = 1) -> End:
        (reading,) = self.journal.end(round(t_ms * MS), session)
        event = reading.event
        assert isinstance(event, End)
        return event

    @property
    def results(self) -> list[str]:
        """`5 mute refused NOT_FOUND by 6 after 0.6`."""
        lines = []
        for reading in self.readings:
            event = reading.event
            if isinstance(event, Result):
                took = None if event.took_ns is None else event.took_ns / MS
                parts = [event.request, event.case, event.outcome, event.reason]
                parts += [
                    None if event.reply is None else f"by {event.reply}",
                    None if took is None else f"after {took:g}",
                ]
                lines.append(" ".join(str(part) for part in parts if part is not None))
        return lines

    @property
    def notes(self) -> list[Note]:
        return [reading.event for reading in self.readings if isinstance(reading.event, Note)]


class TestNumbers:
    def test_only_messages_have_one(self) -> None:
        log = Log()
        log.add(
            State(1, "CONNECTING", "dialing"),
            came(1, join={}),
            WsPing(2, TO_CLIENT, b"", "server"),
            frame(3, TO_CLIENT, b"\xff", "server"),
            WsPong(3, TO_SERVER, b"", "auto"),
            sent(4),
            Marker(5, "here"),
            Http(6, "GET", "/", (), 200, (), b"", 1),
            closed(7, "client"),
        )
        assert [reading.n for reading in log.readings] == [None, None, 1, None, 2, None, 3, None, None, None]

    def test_they_run_over_all_sessions(self) -> None:
        log = Log(came(1, session=1, pong=1), came(2, session=2, pong=1), came(3, session=1, pong=1))
        assert [reading.n for reading in log.readings[1:]] == [1, 2, 3]

    def test_times_count_from_the_event_before(self) -> None:
        log = Log(came(2, pong=1), Marker(5 * MS, "x"), came(5.5, pong=1))
        assert [reading.dt_ns for reading in log.readings] == [0, 2 * MS, 3 * MS, MS // 2]

    def test_what_follows_has_no_time_of_its_own(self) -> None:
        log = Log(sent(1, mute={"sid": "TR_x"}), came(2, request_response=REFUSED), came(4, pong=1))
        assert [reading.dt_ns / MS for reading in log.readings] == [0, 1, 1, 0, 2]


class TestResults:
    def test_answered(self) -> None:
        log = Log(sent(1, add_track={"cid": "c"}))
        reading = log.add(came(1.8, track_published={"cid": "c"}))
        assert (reading.n, reading.reply_to, reading.reply_ns, reading.refused) == (2, 1, 800_000, False)
        assert log.results == ["1 add_track answered by 2 after 0.8"]

    def test_refused(self) -> None:
        log = Log(sent(1, mute={"sid": "TR_x"}))
        reading = log.add(came(2, request_response=REFUSED))
        assert reading.refused
        assert log.results == ["1 mute refused NOT_FOUND by 2 after 1"]
        assert log.end().refused == (1,)

    def test_queued_is_no_refusal(self) -> None:
        log = Log(sent(1, add_track={"cid": "c"}))
        reading = log.add(came(2, request_response={"reason": "QUEUED", "add_track": {"cid": "c"}}))
        assert not reading.refused
        later = log.add(came(9, track_published={"cid": "c"}))
        assert later.reply_to == 1
        assert log.results == ["1 add_track queued QUEUED by 2 after 1"]
        assert log.end().refused == ()

    def test_a_place_in_a_queue_is_an_answer(self) -> None:
        log = Log(sent(1, add_track={"cid": "c"}))
        log.add(came(2, request_response={"reason": "QUEUED", "add_track": {"cid": "c"}}), closed(3, "client"))
        assert log.end().unanswered == ()

    def test_a_reason_the_schema_does_not_know(self) -> None:
        log = Log(sent(1, mute={"sid": "TR_x"}))
        assert log.add(came(2, request_response={**REFUSED, "reason": 77})).refused
        assert log.results == ["1 mute refused 77 by 2 after 1"]

    def test_ok_is_told(self) -> None:
        log = Log(sent(1, update_metadata={"request_id": 1}), came(2, request_response={"request_id": 1}))
        assert log.results == ["1 update_metadata answered OK by 2 after 1"]

    def test_unopposed(self) -> None:
        log = Log(sent(1, mute={"sid": "TR_x"}), sent(2, track_setting={}), fence(3))
        reading = log.add(fence_answer(3.5))
        assert reading.for_auto
        assert log.results == ["1 mute unopposed by 4 after 2.5", "2 track_setting unopposed by 4 after 1.5"]

    def test_the_same_below_protocol_15(self) -> None:
        log = Log(sent(1, update_metadata={"request_id": 1, "name": "x"}), fence(2, protocol=14))
        echo = {"sid": "TR_lksig_fence_0", "muted": True}
        assert not log.add(came(3, request_response={"reason": "NOT_FOUND", "mute": echo})).refused
        assert log.results == ["1 update_metadata unopposed by 3 after 2"]
        assert log.end().refused == ()

    def test_what_is_behind_a_fence_waits_for_the_next(self) -> None:
        log = Log(sent(1, mute={"sid": "a"}), fence(2, 0), sent(3, mute={"sid": "b"}), fence_answer(4, 0))
        assert log.results == ["1 mute unopposed by 4 after 3"]
        log.add(fence(5, 1), fence_answer(6, 1))
        assert log.results[1:] == ["3 mute unopposed by 6 after 3"]

    @pytest.mark.parametrize("by", ["auto", "server", "client", "rule", "agent"])
    def test_only_requests_of_a_person_get_one(self, by: By) -> None:
        log = Log(sent(1, by, mute={"sid": "TR_x"}), came(2, request_response=REFUSED))
        log.add(sent(3, by, ping=1), closed(4, "server"))
        assert log.results == []

    def test_a_replay_stands_for_a_person(self) -> None:
        log = Log(sent(1, "replay", ping=1), came(2, pong=1))
        assert log.results == ["1 ping answered by 2 after 1"]

    def test_our_answer_to_an_offer_is_no_result(self) -> None:
        log = Log(came(1, offer={"id": 4}))
        reading = log.add(sent(2, answer={"id": 4}))
        assert (reading.reply_to, reading.for_auto) == (1, False)
        assert log.results == []
        log.add(fence(3), fence_answer(4))
        assert log.results == ["2 answer unopposed by 4 after 2"]


class TestAuto:
    @pytest.mark.parametrize("reason", ["OK", "NOT_ALLOWED", "LIMIT_EXCEEDED"])
    def test_a_fence_is_never_refused(self, reason: str) -> None:
        log = Log(fence(1))
        reading = log.add(fence_answer(2, reason=reason, update_metadata={"request_id": 0x4000_0000}))
        assert (reading.for_auto, reading.refused, reading.reply_to) == (True, False, 1)
        assert log.end().refused == ()

    def test_the_echo_of_our_leave(self) -> None:
        log = Log(sent(1, "auto", leave={"reason": 1}))
        assert log.add(came(2, leave={"reason": 1})).for_auto
        assert log.results == []

    def test_a_leave_of_the_server_is_not_for_us(self) -> None:
        log = Log()
        assert not log.add(came(1, leave={"reason": 2})).for_auto

    def test_the_clock_is_told_once(self) -> None:
        log = Log()
        for round_ in range(2):
            log.add(sent(round_ * 10, "auto", ping_req={"timestamp": 1000 + round_}))
            pong = {"last_ping_timestamp": 1000 + round_, "timestamp": 1502 + round_}
            log.add(came(round_ * 10 + 4, pong_resp=pong))
        (note,) = log.notes
        assert (note.code, note.about) == ("clock-offset", 2)
        assert note.text == "round trip 4.0 ms, the server's clock is +500 ms from ours"

    def test_a_ping_of_a_person_tells_no_clock(self) -> None:
        log = Log(sent(1, ping_req={"timestamp": 5}), came(2, pong_resp={"last_ping_timestamp": 5}))
        assert log.notes == []


class TestUnpaired:
    def test_a_refusal_of_nobody_is_still_one(self) -> None:
        log = Log()
        reading = log.add(came(1, request_response=REFUSED))
        assert (reading.refused, reading.reply_to) == (True, None)
        assert log.end().refused == ()

    def test_a_failed_subscription(self) -> None:
        log = Log()
        assert log.add(came(1, subscription_response={"track_sid": "TR_x"})).refused

    def test_other_messages_refuse_nothing(self) -> None:
        log = Log()
        assert not log.add(came(1, request_response={"reason": "OK"})).refused
        assert not log.add(came(1, leave={"reason": 2})).refused

    def test_undecodable_frames_are_counted(self) -> None:
        log = Log(frame(1, TO_CLIENT, b"\xff", "server"), frame(2, TO_SERVER, b"\xff", "user"))
        end = log.end()
        assert (end.undecodable, end.messages) == (2, {"to_client": 1, "to_server": 1})
        assert log.results == []


class TestSubscriptions:
    def test_refused_before_a_fence(self) -> None:
        log = Log(sent(1, subscription={"track_sids": ["TR_a"], "subscribe": True}))
        log.add(came(2, subscription_response={"track_sid": "TR_a", "err": "SE_TRACK_NOTFOUND"}))
        assert log.results == ["1 subscription refused SE_TRACK_NOTFOUND by 2 after 1"]

    def test_refused_a_minute_after_the_fence(self) -> None:
        log = Log(sent(1, subscription={"track_sids": ["TR_a", "TR_b"], "subscribe": True}), fence(2), fence_answer(3))
        for index, sid in enumerate(("TR_a", "TR_b")):
            reading = log.add(came(62_000 + index, subscription_response={"track_sid": sid, "err": 99}))
            assert (reading.refused, reading.reply_to) == (True, 1)
        assert log.results == ["1 subscription unopposed by 3 after 2"]
        assert log.end().refused == (1,)


class TestTimeouts:
    def test_a_request_that_is_still_open(self) -> None:
        log = Log(sent(1, add_track={"cid": "c"}), timeout(5001, 1))
        assert log.results == ["1 add_track timeout"]

    def test_told_once(self) -> None:
        log = Log(sent(1, add_track={"cid": "c"}), timeout(5001, 1), timeout(5002, 1))
        late = log.add(came(6000, track_published={"cid": "c"}))
        assert late.reply_to == 1
        assert log.results == ["1 add_track timeout"]
        assert log.end().unanswered == ()

    def test_what_was_answered_is_not_late(self) -> None:
        log = Log(sent(1, ping=1), came(2, pong=1), timeout(5001, 1), timeout(5001, 77))
        assert log.results == ["1 ping answered by 2 after 1"]

    def test_of_another_session(self) -> None:
        log = Log(sent(1, ping=1), timeout(5001, 1, session=2))
        assert log.results == []

    def test_other_notes_time_nothing_out(self) -> None:
        log = Log(sent(1, ping=1), Note(2, "ping-timeout", "", 1), Note(3, TIMEOUT_NOTE, ""))
        assert log.results == []


class TestClosing:
    def test_what_has_an_answer_of_its_own_is_lost(self) -> None:
        log = Log(sent(1, ping=1), sent(2, mute={"sid": "a"}), closed(3, "client"))
        assert log.results == ["1 ping lost"]
        assert log.end().unanswered == (1,)

    def test_what_a_fence_asked_about_is_lost(self) -> None:
        log = Log(sent(1, mute={"sid": "a"}), fence(2), sent(3, mute={"sid": "b"}), closed(4, "client"))
        assert log.results == ["1 mute lost"]
        assert log.end().unanswered == (1,)

    def test_what_nobody_asked_about_has_no_result(self) -> None:
        log = Log(sent(1, mute={"sid": "a"}), sent(2, mute={"sid": "b"}), sent(3, track_setting={}))
        log.add(closed(4, "client"))
        assert log.results == []
        assert log.end().unanswered == ()

    @pytest.mark.parametrize("by", ["server", "network"])
    def test_everything_is_lost_when_others_end_it(self, by: Any) -> None:
        log = Log(sent(1, mute={"sid": "a"}), sent(2, ping=1), closed(3, by, None))
        assert log.results == ["1 mute lost", "2 ping lost"]
        assert log.end().unanswered == (2,)

    def test_a_close_answers_a_leave(self) -> None:
        log = Log(sent(1, leave={}), closed(2, "client"))
        assert log.results == ["1 leave answered"]
        assert log.end().unanswered == ()

    def test_a_cut_connection_does_not(self) -> None:
        log = Log(sent(1, leave={}), closed(2, "client", None))
        assert log.results == ["1 leave lost"]
        assert log.end().unanswered == (1,)

    def test_a_leave_that_was_given_up_is_not_answered_by_our_own_close(self) -> None:
        log = Log(sent(1, leave={}), timeout(2, 1), closed(3, "client"))
        assert log.results == ["1 leave timeout"]
        assert log.end().unanswered == (1,)

    def test_a_leave_that_was_given_up_and_answered_after_all(self) -> None:
        log = Log(sent(1, leave={}), timeout(2, 1), came(3, leave={"reason": 1}), closed(4, "client"))
        assert log.end().unanswered == ()

    def test_a_leave_of_lksig_itself_is_nobodys_request(self) -> None:
        log = Log(sent(1, "auto", leave={"reason": 1}), closed(2, "client", None))
        assert log.end().unanswered == ()

    def test_a_late_request_is_not_lost_twice(self) -> None:
        log = Log(sent(1, ping=1), timeout(2, 1), closed(3, "server"))
        assert log.results == ["1 ping timeout"]
        assert log.end().unanswered == (1,)

    def test_a_resume_starts_afresh(self) -> None:
        log = Log(sent(1, update_metadata={"request_id": 1}), closed(2, "network", None))
        log.add(sent(3, socket=2, update_metadata={"request_id": 1}))
        log.add(came(4, socket=2, request_response={"request_id": 1}))
        assert log.results == ["1 update_metadata lost", "2 update_metadata answered OK by 3 after 1"]

    def test_the_old_socket_takes_nothing_of_the_new_one(self) -> None:
        log = Log(sent(1, socket=2, ping=1), closed(2, "server", socket=1))
        assert log.results == []
        log.add(came(3, socket=2, pong=1))
        assert log.results == ["1 ping answered by 2 after 2"]


class TestEnd:
    def test_the_counts(self) -> None:
        log = Log(came(1, join={}), sent(2, "auto", ping_req={"timestamp": 1}), sent(3, ping=1))
        log.add(closed(9, "server", 1001))
        end = log.end(10)
        assert (end.t_ns, end.ended_by, end.code) == (10 * MS, "server", 1001)
        assert end.messages == {"to_client": 1, "to_server": 2}
        assert end.unanswered == (3,)

    def test_without_a_close(self) -> None:
        log = Log(sent(1, ping=1), sent(2, leave={}), sent(3, mute={}), sent(4, "auto", ping_req={}))
        end = log.end()
        assert (end.ended_by, end.code, end.unanswered) == (None, None, (1,))

    def test_a_leave_without_a_close_that_was_given_up(self) -> None:
        log = Log(sent(1, leave={}), sent(2, leave={}), timeout(3, 2))
        assert log.end().unanswered == (2,)

    def test_the_last_socket_decides(self) -> None:
        log = Log(came(1, join={}), came(2, socket=2, reconnect={}), closed(3, "client", socket=2))
        log.add(closed(4, "server", 1001, socket=1))
        end = log.end()
        assert (end.ended_by, end.code) == ("client", 1000)

    def test_each_session_has_its_own(self) -> None:
        log = Log(sent(1, session=1, ping=1), sent(2, session=2, ping=1), came(3, session=2, pong=1))
        assert log.end(session=2).unanswered == ()
        assert log.end(session=1).unanswered == (1,)

    def test_a_session_that_was_ended_is_forgotten(self) -> None:
        log = Log(sent(1, ping=1))
        log.end()
        assert log.end().messages == {"to_client": 0, "to_server": 0}

    def test_refusals_in_their_order(self) -> None:
        log = Log(sent(1, mute={"sid": "a"}), sent(2, mute={"sid": "b"}))
        for sid in ("b", "a"):
            log.add(came(3, request_response={"reason": "NOT_FOUND", "mute": {"sid": sid}}))
        assert log.end().refused == (2, 1)


class TestBounds:
    def test_what_is_forgotten_is_lost(self) -> None:
        log = Log(came(0, offer={"id": 1}), sent(0, mute={"sid": "a"}), sent(0, ping=1), sent(0, "auto", ping_req={}))
        for _ in range(MAX_OPEN):
            log.add(sent(1, "client", update_video_track={}))
        assert log.results == ["3 ping lost"]
        assert log.end().unanswered == (3,)


BY: list[By] = ["user", "auto", "replay", "client"]


def traffic() -> st.SearchStrategy[list[Event]]:
    """Any messages in any order, with closes, timeouts and fences between them."""
    times = st.integers(0, 10**10)
    sockets = st.integers(1, 2)

    def message(t_ns: int, pair: Any, by: By, session: int, socket: int) -> Message:
        direction, envelope = pair
        maker = by if direction is TO_SERVER else "server"
        return frame(t_ns / MS, direction, encode_frame(envelope), maker, session=session, socket=socket)

    messages = st.builds(message, times, envelopes(), st.sampled_from(BY), st.integers(1, 2), sockets)
    broken = st.builds(lambda raw: frame(0, TO_CLIENT, raw, "server"), st.binary(max_size=6))
    closes = st.builds(
        Close, times, st.sampled_from([None, 1000]), st.just(""), st.just("network"), st.just(1), sockets
    )
    timeouts = st.builds(timeout, st.just(0), st.integers(1, 30))
    fences = st.builds(fence, st.just(0), st.integers(0, 2), st.sampled_from([14, 17]))
    answers = st.builds(fence_answer, st.just(0), st.integers(0, 2))
    return st.lists(st.one_of(messages, messages, broken, closes, timeouts, fences, answers), max_size=30)


class TestProperties:
    @given(traffic())
    def test_nothing_makes_it_stumble(self, events: list[Event]) -> None:
        """Numbers are consecutive; a request of a person in a session that closed has exactly one result."""
        log = Log(*events)
        for socket in (1, 2):
            log.add(closed(10_000, "server", socket=socket))
        numbers = [reading.n for reading in log.readings if reading.n is not None]
        assert numbers == list(range(1, len(numbers) + 1))
        asked = {
            reading.n
            for reading in log.readings
            if isinstance(event := reading.event, Message)
            and (event.by in ("user", "replay") and event.session == 1 and event.case is not None)
        }
        results = [event for reading in log.readings if isinstance(event := reading.event, Result)]
        assert Counter(event.request for event in results if event.session == 1) == Counter(asked)
        for reading in log.readings:
            assert not (reading.for_auto and reading.refused)
            if reading.reply_to is not None:
                assert reading.n is not None
                assert reading.reply_to < reading.n
        end = log.end()
        assert sum(end.messages.values()) == sum(
            isinstance(reading.event, Message) and reading.event.session == 1 for reading in log.readings
        )

    @given(traffic())
    def test_the_same_events_give_the_same_readings(self, events: list[Event]) -> None:
        assert [repr(reading) for reading in Log(*events).readings] == [
            repr(reading) for reading in Log(*events).readings
        ]
