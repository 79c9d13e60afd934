"""What is sent when: fences, batches, references that wait, deadlines, and the time after an `answer`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.cases import EXAMPLES, REPLIES
from lksig.schema.grammar import Reference, parse_line
from lksig.schema.pool import TO_SERVER
from lksig.schema.scripts import parse_script
from lksig.session.journal import TIMEOUT_NOTE, Journal
from lksig.session.sequence import (
    BATCH,
    Action,
    Done,
    NotSent,
    NotYet,
    Refused,
    SendFence,
    SendRequest,
    Sequence,
    TimedOut,
    Wait,
)
from lksig.wire.codec import encode_frame
from lksig.wire.events import Event, Message, Note, Reading, Result
from tests.support.traffic import MS, came, closed, frame, sent
from tests.support.typed import FakeInputs

TIMEOUT_MS = 5000
FILES = FakeInputs(**{"offer.sdp": b"v=0", "answer.sdp": b"v=0", "candidate.json": b"{}"})


class Stage:
    """A sequence, the journal behind it, and a clock that a test moves.

    Args:
        knows: the values of references; what is missing is not there yet.
    """

    def __init__(
        self,
        *lines: str,
        protocol: int = 17,
        fences: bool = True,
        timeout_ms: int = TIMEOUT_MS,
        knows: dict[str, Any] | None = None,
    ) -> None:
        self.now_ms = 0.0
        self.journal = Journal()
        self.knows: dict[str, Any] = knows or {}
        self.sequence = Sequence(self.resolve, protocol=protocol, timeout_ns=timeout_ms * MS, fences=fences)
        self.log: list[Message] = []
        self.results: list[str] = []
        for line in lines:
            self.add(line)

    def add(self, line: str) -> None:
        for request in parse_line(line, FILES):
            self.sequence.add(request)

    def resolve(self, reference: Reference) -> object:
        value = self.knows.get(reference.text, NotYet(reference.text))
        if isinstance(value, Exception):
            raise value
        return value

    def see(self, event: Event) -> Reading:
        readings = self.journal.add(event)
        for reading in readings:
            self.sequence.observe(reading)
            if isinstance(reading.event, Result):
                self.results.append(f"{reading.event.request} {reading.event.outcome}")
        return readings[0]

    def next(self) -> Action:
        """The next action, done as `lksig.live.sending` does it."""
        now_ns = round(self.now_ms * MS)
        action = self.sequence.next(now_ns)
        if isinstance(action, SendRequest):
            raw = action.raw if action.raw is not None else encode_frame(action.envelope)
            self._send(frame(self.now_ms, TO_SERVER, raw, "user", text=action.encoding == "json"))
        elif isinstance(action, SendFence):
            self._send(frame(self.now_ms, TO_SERVER, encode_frame(action.envelope), "auto"))
            self.sequence.fence_sent(now_ns)
        elif isinstance(action, TimedOut):
            self.see(Note(now_ns, TIMEOUT_NOTE, "no answer", action.n))
        return action

    def _send(self, message: Message) -> None:
        self.log.append(message)
        self.see(message)

    def run(self) -> list[str]:
        """Everything until there is nothing to do, in words."""
        words: list[str] = []
        while True:
            action = self.next()
            words.append(in_words(action))
            if isinstance(action, Wait | Done):
                return words

    def at(self, t_ms: float) -> Stage:
        self.now_ms = t_ms
        return self

    def hears(self, **response: Any) -> Stage:
        self.see(came(self.now_ms, **response))
        return self

    def hears_fence(self, number: int = 0, reason: str = "OK") -> Stage:
        return self.hears(request_response={"request_id": 0x4000_0000 + number, "reason": reason})


def in_words(action: Action) -> str:
    match action:
        case SendRequest(envelope, _):
            return str(envelope.WhichOneof("message"))
        case SendFence():
            return "fence"
        case TimedOut(n):
            return f"late {n}"
        case NotSent(request, Refused(n=n)):
            return f"not sent: {request.text}: {n} was refused"
        case NotSent(request, NotYet(waits_for=what)):
            return f"not sent: {request.text}: waits for {what}"
        case NotSent(request, error):
            return f"not sent: {request.text}: {error}"
        case Wait(until_ns):
            return f"wait {until_ns / MS:g}"
        case Done():
            return "done"


class TestVerdicts:
    def test_nothing_to_send(self) -> None:
        assert Stage().run() == ["done"]

    def test_a_request_with_an_answer_of_its_own(self) -> None:
        stage = Stage("add_track cid=c")
        assert stage.run() == ["add_track", "wait 5000"]
        assert stage.at(1).hears(track_published={"cid": "c"}).run() == ["done"]

    def test_a_silent_request_is_fenced(self) -> None:
        stage = Stage("mute sid=a")
        assert stage.run() == ["mute", "fence", "wait 5000"]
        assert stage.at(1).hears_fence().run() == ["done"]
        assert stage.results == ["1 unopposed"]

    def test_one_fence_for_all(self) -> None:
        stage = Stage("mute sid=a", "add_track cid=c", "track_setting disabled=true")
        assert stage.run() == ["mute", "add_track", "track_setting", "fence", "wait 5000"]
        assert stage.at(1).hears(track_published={"cid": "c"}).run() == ["wait 5000"]
        assert stage.at(2).hears_fence().run() == ["done"]

    def test_a_refused_request_needs_no_fence(self) -> None:
        stage = Stage("mute sid=a")
        assert stage.next() != Done()
        stage.hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "a"}})
        assert stage.run() == ["done"]

    @pytest.mark.parametrize("reason", ["OK", "NOT_ALLOWED"])
    def test_whatever_the_fence_says(self, reason: str) -> None:
        stage = Stage("mute sid=a")
        stage.run()
        assert stage.at(1).hears_fence(reason=reason).run() == ["done"]
        assert stage.results == ["1 unopposed"]

    def test_a_queued_track_is_settled(self) -> None:
        stage = Stage("add_track cid=c")
        stage.run()
        stage.at(1).hears(request_response={"reason": "QUEUED", "add_track": {"cid": "c"}})
        assert stage.run() == ["done"]

    @pytest.mark.parametrize("case", sorted(EXAMPLES))
    def test_every_request_gets_its_verdict_in_time(self, case: str) -> None:
        line = EXAMPLES[case]
        known = {word: 7 if word.endswith(".id") else "x" for word in ("%last.offer.id", "%self.identity")}
        known |= dict.fromkeys(("%cam1", "%mic1", "%alice/cam"), "TR_x")
        stage = Stage(line, knows=known)
        assert stage.run() == ([case, "wait 5000"] if case in REPLIES else [case, "fence", "wait 5000"])
        assert stage.at(5000).run() == ["late 1", "wait 5050" if case == "answer" else "done"]
        assert stage.results == ["1 timeout"]

    def test_after_the_last_one_more_may_come(self) -> None:
        stage = Stage("ping")
        stage.run()
        assert stage.at(1).hears(pong=1).run() == ["done"]
        stage.add("mute sid=a")
        assert stage.at(2).run() == ["mute", "fence", "wait 5002"]


class TestProtocols:
    def test_below_15_the_fence_is_a_mute(self) -> None:
        stage = Stage("mute sid=a", protocol=14)
        assert stage.run() == ["mute", "fence", "wait 5000"]
        fence = {"sid": "TR_lksig_fence_0", "muted": True}
        stage.at(1).hears(request_response={"reason": "NOT_FOUND", "mute": fence})
        assert stage.run() == ["done"]
        assert stage.results == ["1 unopposed"]

    def test_below_15_update_metadata_is_silent(self) -> None:
        stage = Stage("update_metadata name=Ann", protocol=14)
        assert stage.run() == ["update_metadata", "fence", "wait 5000"]
        fence = {"sid": "TR_lksig_fence_0", "muted": True}
        stage.at(1).hears(request_response={"reason": "NOT_FOUND", "mute": fence})
        assert stage.run() == ["done"]
        assert stage.results == ["1 unopposed"]

    def test_from_15_on_it_is_answered(self) -> None:
        stage = Stage("update_metadata name=Ann", protocol=15)
        assert stage.run() == ["update_metadata", "wait 5000"]


class TestBatches:
    def test_a_fence_between_batches(self) -> None:
        stage = Stage(*["ping"] * (BATCH * 2 + 1))
        assert stage.run() == ["ping"] * BATCH + ["fence", "wait 5000"]
        assert stage.at(1).hears_fence(0).run() == ["ping"] * BATCH + ["fence", "wait 5000"]
        assert stage.at(2).hears_fence(1).run() == ["ping", "wait 5000"]

    def test_a_full_batch_alone_needs_none(self) -> None:
        assert Stage(*["ping"] * BATCH).run() == ["ping"] * BATCH + ["wait 5000"]

    def test_each_fence_settles_its_batch(self) -> None:
        stage = Stage(*["mute sid=a"] * (BATCH + 1))
        stage.run()
        assert stage.at(1).hears_fence(0).run() == ["mute", "fence", "wait 5001"]
        assert len(stage.results) == BATCH
        assert stage.at(2).hears_fence(1).run() == ["done"]
        assert len(stage.results) == BATCH + 1

    def test_an_answer_to_an_older_fence_is_not_waited_for(self) -> None:
        stage = Stage("mute sid=a")
        stage.run()
        stage.at(5000).run()
        stage.add("mute sid=b")
        assert stage.at(6000).run() == ["mute", "fence", "wait 11000"]
        assert stage.at(6001).hears_fence(0).run() == ["wait 11000"]
        assert stage.at(6002).hears_fence(1).run() == ["done"]

    def test_without_fences_it_pauses(self) -> None:
        stage = Stage(*["mute sid=a"] * (BATCH + 1), fences=False)
        assert stage.at(10).run() == ["mute"] * BATCH + ["wait 210"]
        assert stage.at(200).run() == ["wait 210"]
        assert stage.at(210).run() == ["mute", "done"]
        assert stage.results == []

    def test_every_batch_has_its_pause(self) -> None:
        stage = Stage(*["mute sid=a"] * (2 * BATCH + 1), fences=False)
        assert stage.run() == ["mute"] * BATCH + ["wait 200"]
        assert stage.at(200).run() == ["mute"] * BATCH + ["wait 400"]
        assert stage.at(400).run() == ["mute", "done"]

    def test_a_pause_is_no_deaf_time(self) -> None:
        stage = Stage(*["ping"] * (BATCH + 1), fences=False, timeout_ms=100)
        assert stage.run() == ["ping"] * BATCH + ["wait 100"]
        assert stage.at(100).run() == [*(f"late {n}" for n in range(1, BATCH + 1)), "wait 200"]


class TestDeadlines:
    def test_a_late_answer(self) -> None:
        stage = Stage("add_track cid=c", "ping")
        assert stage.run() == ["add_track", "ping", "wait 5000"]
        stage.at(1).hears(pong=1)
        assert stage.at(4999.9).run() == ["wait 5000"]
        assert stage.at(5000).run() == ["late 1", "done"]
        assert stage.results == ["2 answered", "1 timeout"]

    def test_a_session_that_stands_still(self) -> None:
        stage = Stage("mute sid=a")
        stage.run()
        assert stage.at(5000).run() == ["late 1", "done"]
        assert stage.results == ["1 timeout"]

    def test_what_was_not_sent_yet_stays_unsent(self) -> None:
        stage = Stage(*["ping"] * (BATCH + 2))
        stage.run()
        for _ in range(BATCH):
            stage.at(1).hears(pong=1)
        assert stage.run() == ["wait 5000"]
        why = "waits for the answer to what was sent before it"
        assert stage.at(5000).run() == [f"not sent: ping: {why}"] * 2 + ["done"]

    def test_the_next_ones_may_try_again(self) -> None:
        stage = Stage("mute sid=a")
        stage.run()
        stage.at(5000).run()
        stage.add("mute sid=b")
        assert stage.run() == ["mute", "fence", "wait 10000"]

    def test_a_time_of_nothing(self) -> None:
        sequence = Sequence(lambda _: None, protocol=17, timeout_ns=0)
        sequence.add(parse_line("ping", FILES)[0])
        assert isinstance(sequence.next(0), SendRequest)
        sequence.observe(Journal().add(sent(0, ping=1))[0])
        assert sequence.next(0) == TimedOut(1)
        assert sequence.next(0) == Done()


class TestReferences:
    def test_one_that_is_there(self) -> None:
        stage = Stage("mute sid=%c", knows={"%c": "TR_1"})
        stage.run()
        assert stage.log[0].envelope.mute.sid == "TR_1"  # type: ignore[union-attr]  # it was decoded

    def test_one_that_waits_for_an_answer(self) -> None:
        stage = Stage("add_track cid=c mute sid=%c")
        assert stage.run() == ["add_track", "wait 5000"]
        stage.knows["%c"] = "TR_1"
        assert stage.at(1).hears(track_published={"cid": "c"}).run() == ["mute", "fence", "wait 5001"]

    def test_what_is_silent_is_fenced_while_it_waits(self) -> None:
        stage = Stage("simulate speaker_update=1", "mute sid=%bob")
        assert stage.run() == ["simulate", "fence", "wait 5000"]
        assert stage.at(3).hears_fence().run() == ["wait 5003"]

    def test_one_that_never_comes(self) -> None:
        stage = Stage("mute sid=%bob", "ping")
        assert stage.at(1).run() == ["wait 5001"]
        assert stage.at(5000).run() == ["wait 5001"]
        assert stage.at(5001).run() == ["not sent: mute sid=%bob: waits for %bob", "ping", "wait 10001"]

    def test_each_waits_its_own_time(self) -> None:
        stage = Stage("mute sid=%a", "mute sid=%b")
        stage.run()
        assert stage.at(5000).run() == ["not sent: mute sid=%a: waits for %a", "wait 10000"]

    def test_also_behind_one_that_found_its_value(self) -> None:
        stage = Stage("mute sid=%a", "track_setting disabled=true", "mute sid=%b")
        stage.run()
        stage.knows["%a"] = "TR_1"
        assert stage.at(4000).run() == ["mute", "track_setting", "fence", "wait 9000"]
        assert stage.at(4001).hears_fence().run() == ["wait 9001"]

    def test_other_deadlines_pass_meanwhile(self) -> None:
        stage = Stage("ping")
        stage.run()
        stage.add("mute sid=%a")
        assert stage.at(3000).run() == ["wait 5000"]
        assert stage.at(5000).run() == ["late 1", "wait 8000"]

    def test_one_that_was_refused(self) -> None:
        stage = Stage("mute sid=%c", "ping", knows={"%c": Refused(4)})
        assert stage.run() == ["not sent: mute sid=%c: 4 was refused", "ping", "wait 5000"]

    def test_one_that_is_wrong(self) -> None:
        stage = Stage("mute sid=%c", "ping", knows={"%c": InputError("two are called c", code="ambiguous")})
        assert stage.run() == ["not sent: mute sid=%c: two are called c", "ping", "wait 5000"]

    def test_one_whose_value_does_not_fit(self) -> None:
        stage = Stage("add_track width=%c", knows={"%c": "much"})
        words = stage.run()
        assert words[0].startswith("not sent: add_track width=%c: ")
        assert words[1:] == ["done"]


class TestRequestIds:
    def ids(self, *lines: str) -> list[int]:
        stage = Stage(*lines)
        stage.run()
        return [getattr(one.envelope, one.case or "").request_id for one in stage.log if one.by == "user"]

    def test_filled_in_and_counted(self) -> None:
        assert self.ids("update_metadata name=a", "store_data_blob_request", "get_data_blob_request") == [1, 2, 3]

    def test_given_ones_are_kept(self) -> None:
        assert self.ids("update_metadata request_id=0", "update_metadata request_id=9", "update_metadata") == [0, 9, 1]

    def test_a_whole_envelope_goes_out_as_it_is(self) -> None:
        assert self.ids('{"update_metadata": {"name": "a"}}') == [0]

    def test_of_no_other_request(self) -> None:
        stage = Stage("mute sid=a")
        action = stage.next()
        assert isinstance(action, SendRequest)
        assert action.envelope.mute.SerializeToString() == b"\x0a\x01a"


class TestRaw:
    def stage(self, raw: str, encoding: str, message: str) -> Stage:
        line = (
            f'{{"kind":"message","dir":"to_server","by":"user","case":null,"encoding":"{encoding}",'
            f'"message":{message},"raw":"{raw}"}}'
        )
        stage = Stage()
        for script_line in parse_script([line], FILES):
            for request in script_line.requests:
                stage.sequence.add(request)
        return stage

    def test_the_exact_bytes(self) -> None:
        stage = self.stage("KgQKAWEQ", "protobuf", "{}")  # a mute that is cut short
        action = stage.next()
        assert isinstance(action, SendRequest)
        assert (action.raw, action.encoding) == (b"*\x04\x0a\x01a\x10", "protobuf")

    def test_json_bytes_are_for_a_text_frame(self) -> None:
        stage = self.stage("eyJtdXRlIjp7fX0=", "json", '{"mute":{}}')
        action = stage.next()
        assert isinstance(action, SendRequest)
        assert (action.raw, action.encoding) == (b'{"mute":{}}', "json")
        assert stage.log[0].case == "mute"

    def test_what_nobody_knows_is_fenced(self) -> None:
        stage = self.stage("+j8A", "protobuf", "{}")
        assert stage.run() == ["None", "fence", "wait 5000"]
        assert stage.at(1).hears_fence().run() == ["done"]

    def test_what_nobody_knows_is_fenced_once(self) -> None:
        stage = self.stage("+j8A", "protobuf", "{}")
        stage.run()
        assert stage.at(5000).run() == ["late 1", "done"]


class TestAnswers:
    def test_it_lingers_behind_the_fence(self) -> None:
        stage = Stage("answer type=answer sdp=x id=1")
        assert stage.run() == ["answer", "fence", "wait 5000"]
        assert stage.at(200).hears_fence().run() == ["wait 250"]
        assert stage.at(249).run() == ["wait 250"]
        assert stage.at(250).run() == ["done"]

    def test_a_leave_in_that_time_ends_it(self) -> None:
        stage = Stage("answer type=answer sdp=x id=1")
        stage.run()
        assert stage.at(1).hears_fence().run() == ["wait 51"]
        stage.at(50).hears(leave={"reason": "STATE_MISMATCH", "action": "RECONNECT"})
        assert stage.at(52).run() == ["wait 1550"]
        stage.see(closed(53, "server"))
        assert stage.at(53).run() == ["done"]

    def test_without_fences(self) -> None:
        stage = Stage("answer type=answer sdp=x id=1", fences=False)
        assert stage.at(7).run() == ["answer", "wait 57"]
        assert stage.at(57).run() == ["done"]

    def test_of_several_the_last(self) -> None:
        stage = Stage("answer id=1", "answer id=2", fences=False)
        stage.next()
        assert stage.at(30).run() == ["answer", "wait 80"]


class TestSurroundings:
    def test_a_close_ends_it(self) -> None:
        stage = Stage(*["ping"] * (BATCH + 1))
        stage.run()
        stage.see(closed(1, "server"))
        assert stage.at(1).run() == ["done"]
        assert stage.sequence.unsent == 1

    def test_after_a_leave_of_the_server_nothing_is_sent(self) -> None:
        stage = Stage("mute sid=%late", "ping")
        assert stage.run() == ["wait 5000"]
        stage.at(10).hears(leave={"reason": "DUPLICATE_IDENTITY"})
        assert stage.run() == ["wait 1510"]
        assert stage.at(1509).run() == ["wait 1510"]
        assert stage.at(1510).run() == ["done"]
        assert stage.sequence.unsent == 2

    def test_the_echo_of_a_leave_ends_nothing(self) -> None:
        stage = Stage("leave")
        stage.run()
        assert stage.at(1).hears(leave={"reason": "CLIENT_INITIATED"}).run() == ["done"]

    def test_a_leave_waits_for_the_fence_of_what_was_sent_before_it(self) -> None:
        stage = Stage("mute sid=a", "leave")
        assert stage.run() == ["mute", "fence", "wait 5000"]
        assert stage.at(1).hears_fence().run() == ["leave", "wait 5001"]
        assert stage.at(2).hears(leave={"reason": "CLIENT_INITIATED"}).run() == ["done"]
        assert stage.results == ["1 unopposed", "4 answered"]

    def test_a_leave_of_its_own_or_without_fences_goes_at_once(self) -> None:
        assert Stage("leave").run() == ["leave", "wait 5000"]
        assert Stage("ping", "leave").run() == ["ping", "leave", "wait 5000"]
        assert Stage("mute sid=a", "leave", fences=False).run() == ["mute", "leave", "wait 5000"]

    def test_other_sessions_do_not_count(self) -> None:
        stage = Stage("add_track cid=c")
        stage.run()
        stage.see(sent(0, session=2, ping=1))
        stage.see(closed(0, "server", session=2))
        assert stage.at(1).hears(track_published={"cid": "c"}).run() == ["done"]

    def test_lksigs_own_messages_are_not_waited_for(self) -> None:
        stage = Stage("add_track cid=c")
        stage.run()
        stage.see(sent(0, "auto", ping_req={"timestamp": 1}))
        assert stage.at(1).hears(track_published={"cid": "c"}).run() == ["done"]

    def test_nor_do_they_hide_a_fence(self) -> None:
        stage = Stage("mute sid=a", "ping")
        stage.run()
        stage.see(sent(0, "auto", ping_req={"timestamp": 1}))
        stage.see(sent(0, "client", mute={"sid": "b"}))
        assert stage.at(1).hears_fence().run() == ["wait 5000"]
        assert stage.at(2).hears(pong=1).run() == ["done"]

    def test_what_else_comes_changes_nothing(self) -> None:
        stage = Stage("mute sid=a")
        stage.run()
        stage.hears(update={}).hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "b"}})
        assert stage.run() == ["wait 5000"]

    def test_the_cost_does_not_grow_with_what_is_open(self) -> None:
        def per_step(count: int) -> float:
            stage = Stage()
            for n in range(count):
                stage.see(sent(n, ping=1))
            started = time.process_time()
            for _ in range(2000):
                stage.sequence.next(0)
            return time.process_time() - started

        few = min(per_step(10) for _ in range(3))
        assert min(per_step(9_000) for _ in range(3)) < 8 * few


LINES = [
    "ping",
    "add_track cid=c",
    "mute sid=a",
    "track_setting disabled=true",
    "update_metadata name=a",
    "store_data_blob_request",
    "mute sid=%known",
    "mute sid=%late",
    "mute sid=%refused",
    "answer id=1",
]


class TestAnotherSocket:
    """A session that goes on over a second socket."""

    def test_an_older_socket_that_closes_ends_nothing(self) -> None:
        stage = Stage()
        stage.sequence.begin_socket(2)
        stage.see(closed(1, "server", socket=1))
        stage.see(came(1, leave={}, socket=1))
        assert not stage.sequence.is_over
        stage.add("add_track cid=c")
        assert stage.run()[0] == "add_track"
        stage.see(closed(2, "server", socket=2))
        assert stage.sequence.is_over
        assert stage.at(3).run() == ["done"]

    def test_what_waits_goes_out_when_it_begins(self) -> None:
        stage = Stage()
        stage.see(closed(1, "network", None))
        stage.add("ping")
        assert (stage.at(1).run(), stage.sequence.unsent) == (["done"], 1)
        stage.sequence.begin_socket(2)
        assert stage.run() == ["ping", "wait 5001"]

    def test_what_was_sent_before_has_its_verdict_elsewhere(self) -> None:
        stage = Stage("add_track cid=c", "mute muted=true", "store_data_blob_request")
        stage.run()
        assert stage.sequence.waiting == 3
        stage.sequence.begin_socket(2)
        assert (stage.sequence.waiting, stage.run()) == (0, ["done"])

    def test_request_ids_and_fences_go_on_counting(self) -> None:
        stage = Stage("update_metadata name=A", "mute muted=true")
        stage.run()
        stage.sequence.begin_socket(2)
        stage.add("update_metadata name=B")
        stage.add("mute muted=true")
        stage.run()
        sent_ones: list[Any] = [message for message in stage.log if message.case == "update_metadata"]
        ids = [(message.by, message.envelope.update_metadata.request_id) for message in sent_ones]
        assert ids == [("user", 1), ("auto", 0x4000_0000), ("user", 2), ("auto", 0x4000_0001)]

    def test_requests_can_be_given_up(self) -> None:
        stage = Stage("ping", "ping_req")
        assert [request.text for request in stage.sequence.abandon()] == ["ping", "ping_req"]
        assert stage.run() == ["done"]


class TestAskedFences:
    def test_a_fence_that_nothing_needs(self) -> None:
        stage = Stage(fences=False)
        stage.sequence.ask_fence()
        assert stage.run() == ["fence", "wait 5000"]
        assert stage.at(1).hears_fence().run() == ["done"]

    def test_it_goes_behind_what_waits(self) -> None:
        stage = Stage("add_track cid=c")
        stage.sequence.ask_fence()
        assert stage.run() == ["add_track", "fence", "wait 5000"]

    def test_it_is_forgotten_with_its_socket(self) -> None:
        stage = Stage()
        stage.sequence.ask_fence()
        stage.sequence.begin_socket(2)
        assert stage.run() == ["done"]


class FakeServer:
    """Handles requests in order, each with one of its moods; a stuck one answers nothing from some request on."""

    def __init__(self, moods: list[str], stuck_after: int) -> None:
        self.moods = moods
        self.stuck_after = stuck_after
        self.seen = 0

    def answer(self, message: Message) -> list[dict[str, Any]]:
        self.seen += 1
        mood = self.moods[self.seen % len(self.moods)]
        if self.seen > self.stuck_after:
            return []
        body = getattr(message.envelope, message.case or "")
        reason = "NOT_ALLOWED" if mood == "refuse" else "OK"
        if message.case == "update_metadata":
            return [{"request_response": {"request_id": body.request_id, "reason": reason}}]
        if mood == "refuse" and message.case == "store_data_blob_request":
            return [{"request_response": {"request_id": body.request_id, "reason": reason}}]
        if mood == "refuse" and message.case in ("add_track", "mute"):
            return [{"request_response": {"reason": reason, message.case: body}}]
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "ping": lambda: {"pong": 1},
            "add_track": lambda: {"track_published": {"cid": body.cid}},
            "store_data_blob_request": lambda: {"store_data_blob_response": {"request_id": body.request_id}},
        }
        make = answers.get(message.case or "")
        return [make()] if make is not None and mood != "silent" else []


class TestProperties:
    @given(
        st.lists(st.sampled_from(LINES), max_size=130),
        st.lists(st.sampled_from(["ok", "ok", "refuse", "silent"]), min_size=1, max_size=5),
        st.one_of(st.just(10_000), st.integers(0, 100)),
        st.booleans(),
    )
    def test_every_request_has_one_verdict(
        self, lines: list[str], moods: list[str], stuck_after: int, fences: bool
    ) -> None:
        """Each is sent once and has one result, or is reported as not sent; and never many at once."""
        knows: dict[str, Any] = {"%known": "TR_1", "%refused": Refused(1)}
        stage = Stage(*lines, knows=knows, fences=fences)
        server = FakeServer(moods, stuck_after)
        not_sent = 0
        unread: list[Message] = []
        for _ in range(5_000):
            action = stage.next()
            if isinstance(action, Done):
                break
            not_sent += isinstance(action, NotSent)
            if isinstance(action, SendRequest | SendFence):
                unread.append(stage.log[-1])
                assert len(unread) <= BATCH + 1
            elif isinstance(action, Wait):
                if not unread:
                    assert action.until_ns > stage.now_ms * MS
                    stage.now_ms = action.until_ns / MS
                for message in unread:
                    for response in server.answer(message):
                        stage.hears(**response)
                unread.clear()
        else:
            raise AssertionError("it does not come to an end")
        mine = [message for message in stage.log if message.by == "user"]
        assert len(mine) + not_sent == len(lines)
        assert stage.sequence.unsent == 0
        verdicts = Counter(result.split()[0] for result in stage.results)
        assert max(verdicts.values(), default=1) == 1
        if fences:
            assert len(verdicts) == len(mine)
        else:
            assert not any("unopposed" in result for result in stage.results)


def test_why_a_request_was_not_sent_as_an_error() -> None:
    (request,) = parse_line("mute sid=%c", FakeInputs())
    refused, late = NotSent(request, Refused(3)).as_error(), NotSent(request, NotYet("message 9")).as_error()
    assert (str(refused), refused.exit_code) == ("not sent: `mute sid=%c` needs what was refused", 1)
    assert (str(late), late.exit_code) == ("not sent: `mute sid=%c` waits for message 9, which did not come", 6)
    mistake = InputError("no", code="no")
    assert NotSent(request, mistake).as_error() is mistake
