"""What of a recording is played, what it waits for, and what is told at the end."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT
from lksig.session.ids import Ids
from lksig.session.replaying import Leave, Open, Replay, Send, Shut
from lksig.session.sequence import ANSWER_LINGER_NS, BATCH
from lksig.wire.events import Message, Note, Reading, State
from tests.support.recordings import readings, sessions
from tests.support.replayed import Side, compare

JOIN_REQUEST = {"client_info": {"protocol": 17}}


class Play:
    """A replay, with the recording and the live run at hand."""

    def __init__(self) -> None:
        self.replay = Replay(compare, Ids(lambda below: 0))
        self.recorded, self.live = Side(), Side()

    def read(self, reading: Reading, join: Message | None = None, *, within: bool = True) -> Any:
        """The step at a recorded reading."""
        return self.replay.recorded(reading, join, within=within)

    def come(self, reading: Reading) -> None:
        """A live reading."""
        self.replay.live(reading)

    def open(self, **said: Any) -> Open:
        """The first socket, joined on both sides."""
        self.read(self.recorded.start())
        step = self.read(self.recorded.http({**JOIN_REQUEST, **said}))
        assert isinstance(step, Open)
        self.replay.dialed(step)
        self.read(self.recorded.join("PA_recorded"))
        self.come(self.live.join("PA_live"))
        return step

    def send(self, case: str, body: Any = None, **fields: Any) -> Send:
        """A recorded request, and the same live."""
        step = self.read(self.recorded.client(case, body, **fields))
        assert isinstance(step, Send)
        envelope = self.replay.request(step, "t").envelope
        self.come(self.live.frame(envelope.SerializeToString(), by="replay"))
        return step


@pytest.fixture
def play() -> Play:
    return Play()


def test_a_session_from_its_handshake_to_its_close(play: Play) -> None:
    opened = play.open()
    assert (opened.session, opened.opening.identity, opened.opening.protocol) == (1, "ann", 17)
    step = play.send("add_track", cid="c")
    assert (step.n, step.session) == (2, 1)
    play.read(play.recorded.server("track_published", cid="c", track={"sid": "TR_rec"}))
    muted = play.read(play.recorded.client("mute", sid="TR_rec"))
    assert isinstance(muted, Send)
    assert play.replay.owes(muted)
    play.come(play.live.server("track_published", cid="c", track={"sid": "TR_rec"}))
    assert not play.replay.owes(muted)
    assert play.replay.request(muted, "t").raw == muted.message.raw
    play.come(play.live.client("mute", sid="TR_rec", by="replay"))
    left = play.read(play.recorded.client("leave", by="auto"))
    assert left == Leave(1)
    shut = play.read(play.recorded.close())
    assert isinstance(shut, Shut)
    assert shut.recorded is None
    report = play.replay.report()
    # The two joins name other sids: this comparison compares texts.
    assert (report.sessions, report.requests, report.answers, report.same) == (1, 2, 2, 1)
    assert [(one.kind, one.case) for one in report.findings] == [("different", "connect")]
    assert report.is_whole


def test_only_what_opened_is_opened(play: Play) -> None:
    refused = play.recorded.http(JOIN_REQUEST, status=401)
    assert not play.replay.opens(refused)
    assert play.read(refused) is None
    again = play.recorded.http(JOIN_REQUEST)
    assert play.replay.opens(again)
    assert isinstance(play.read(again), Open)
    assert play.read(again) is None, "it is open"


def test_a_recording_without_handshakes(play: Play) -> None:
    play.recorded.start(path="v0")
    first = play.recorded.join()
    assert play.replay.opens(first)
    step = play.read(first, first.event)
    assert isinstance(step, Open)
    assert step.opening.identity == "ann"
    play.replay.dialed(step)
    assert play.read(first) is None
    assert not play.replay.opens(first)
    assert [one.case for one in play.replay.exchanges.owing()] == ["connect"]


def test_a_dial_waits_for_every_session_a_request_for_its_own(play: Play) -> None:
    play.open()
    play.send("add_track", cid="c")
    play.read(play.recorded.server("track_published", cid="c"))
    play.recorded.session = 2
    opening = play.read(play.recorded.http(JOIN_REQUEST))
    assert play.replay.owes(opening)
    play.replay.dialed(opening)
    pinged = play.read(play.recorded.client("ping", 5))
    assert not play.replay.owes(pinged)
    assert play.replay.give_up(opening) == [(1, 2)]
    assert not play.replay.owes(opening)


@pytest.mark.parametrize("by", ["auto", "client"])
def test_pings_and_fences_are_left_out(play: Play, by: Any) -> None:
    play.open()
    assert play.read(play.recorded.client("ping_req", timestamp=1, by=by)) is None
    assert play.read(play.recorded.client("ping", 1, by=by)) is None
    assert play.replay.report().left_out == 2
    assert isinstance(play.read(play.recorded.client("ping_req", timestamp=2)), Send), "a person's own"
    if by == "auto":
        assert play.read(play.recorded.client("update_metadata", request_id=9, by=by)) is None


def test_what_else_goes_out_live_is_no_request_of_the_recording(play: Play) -> None:
    play.open()
    play.come(play.live.client("ping_req", timestamp=3, by="auto"))
    play.come(play.live.client("mute", sid="TR_x"))
    assert not play.replay.owed_by(1)
    assert play.replay.report().requests == 0


def test_an_unknown_frame_is_sent_as_it_is(play: Play) -> None:
    play.open()
    step = play.read(play.recorded.frame(b"\xff"))
    assert play.replay.request(step, None).raw == b"\xff"
    play.come(play.live.frame(b"\xff", by="replay"))
    assert play.replay.report().requests == 1


def test_an_id_is_waited_for_until_it_is_given_up(play: Play) -> None:
    play.open()
    play.read(play.recorded.server("update", participants=[{"sid": "PA_bob", "identity": "bob"}]))
    step = play.read(play.recorded.client("mute", sid="PA_bob"))
    assert play.replay.owes(step)
    assert play.replay.give_up(step) == []
    assert not play.replay.owes(step)
    assert play.replay.request(step, "t").raw is not None
    assert play.replay.report().unbound == ("PA_bob",)


def test_an_id_that_was_refused_is_not_waited_for(play: Play) -> None:
    play.open()
    play.send("add_track", cid="c")
    play.read(play.recorded.server("track_published", cid="c", track={"sid": "TR_rec"}))
    step = play.read(play.recorded.client("mute", sid="TR_rec"))
    play.come(play.live.server("request_response", reason="NOT_ALLOWED", add_track={"cid": "c"}))
    assert not play.replay.owes(step)


def test_a_fence_stands_behind_what_succeeds_in_silence(play: Play) -> None:
    play.open()
    play.send("add_track", cid="c")
    assert play.replay.wants_fence(1, at_once=True) is None
    play.send("mute", sid="TR_x")
    assert play.replay.wants_fence(1, at_once=False) is None, "not in the middle of a burst"
    fence = play.replay.wants_fence(1, at_once=True)
    assert fence.update_metadata.request_id == 0x4000_0000
    play.come(play.live.frame(fence.SerializeToString(), by="auto"))
    leaving = play.read(play.recorded.client("leave", by="auto"))
    assert play.replay.owes(leaving)
    assert play.replay.owed_by(1)
    assert play.replay.wants_fence(1, at_once=True) is None, "one is on its way"
    play.come(play.live.server("request_response", reason="OK", request_id=0x4000_0000))
    assert not play.replay.owed_by(1)
    play.send("mute", sid="TR_x")
    play.come(play.live.frame(play.replay.wants_fence(1, at_once=True).SerializeToString(), by="auto"))
    play.replay.give_up(leaving)
    assert not play.replay.owed_by(1), "nor is it waited for for ever"


def test_a_long_burst_needs_fences(play: Play) -> None:
    play.open()
    for n in range(BATCH):
        assert play.replay.wants_fence(1, at_once=False) is None
        play.send("add_track", cid=str(n))
    assert play.replay.wants_fence(1, at_once=False) is not None


def test_below_protocol_15_metadata_succeeds_in_silence(play: Play) -> None:
    play.open(client_info={"protocol": 14})
    play.send("update_metadata", name="x", request_id=1)
    assert play.replay.wants_fence(1, at_once=True).WhichOneof("message") == "mute"


def test_the_answer_to_an_offer_is_lingered_for(play: Play) -> None:
    play.open()
    assert play.replay.lingers_until(1) == 0
    play.live.t_ns = 1_000
    play.read(play.recorded.server("offer", id=3))
    step = play.read(play.recorded.client("answer", id=3))
    assert play.replay.owes(step)
    play.come(play.live.server("offer", id=9))
    assert not play.replay.owes(step)
    envelope = play.replay.request(step, "t").envelope
    assert envelope.answer.id == 9
    play.come(play.live.frame(envelope.SerializeToString(), by="replay"))
    assert play.replay.lingers_until(1) == 1_000 + ANSWER_LINGER_NS


def test_messages_nobody_asked_for_are_counted(play: Play) -> None:
    play.open()
    for case in ("room_update", "room_update", "speakers_changed", "pong_resp"):
        play.read(play.recorded.server(case))
    play.read(play.recorded.frame(b"", TO_CLIENT, "server"))
    assert play.replay.lacks_kinds()
    play.come(play.live.server("room_update"))
    play.come(play.live.server("connection_quality"))
    play.come(play.live.frame(b"", TO_CLIENT, "server"))
    report = play.replay.report()
    assert (report.unsolicited, report.missing_kinds) == ((4, 3), {"speakers_changed": 1})
    play.come(play.live.server("speakers_changed"))
    assert not play.replay.lacks_kinds()


def test_what_comes_before_the_part_is_not_counted(play: Play) -> None:
    play.open()
    play.read(play.recorded.server("room_update"), within=False)
    play.come(play.live.server("room_update"))
    report = play.replay.report()
    assert report.unsolicited == (0, 0)


@pytest.mark.parametrize(
    ("ended_by", "code", "words"),
    [
        ("server", 1000, "leave STATE_MISMATCH DISCONNECT, close 1000"),
        ("network", None, "leave STATE_MISMATCH DISCONNECT, no close frame"),
    ],
)
def test_a_server_that_said_goodbye(play: Play, ended_by: Any, code: int | None, words: str) -> None:
    play.open()
    assert play.read(play.recorded.server("leave", reason="STATE_MISMATCH")) is None
    step = play.read(play.recorded.close(ended_by, code))
    assert step.recorded == words


def test_other_ends(play: Play) -> None:
    play.open()
    assert play.read(play.recorded.close("server", 1006)).recorded == "close 1006"
    assert play.read(play.recorded.close("network", None)).recorded is None
    play.recorded.socket = 2
    assert isinstance(play.read(play.recorded.http({**JOIN_REQUEST, "reconnect": True})), Open)
    play.recorded.socket = 1
    assert play.read(play.recorded.close()) is None, "the older socket"


def test_a_socket_that_was_taken_over_while_the_next_one_opened(play: Play) -> None:
    play.open()
    assert play.read(play.recorded.add(State(0, "RESUMING", "dialing", 1, 2))) is None
    assert play.read(play.recorded.close("server", 1000)) is None
    play.recorded.socket = 2
    assert isinstance(play.read(play.recorded.http({**JOIN_REQUEST, "reconnect": True})), Open)
    assert isinstance(play.read(play.recorded.close()), Shut)


def test_the_answer_to_a_leave_is_no_goodbye_of_the_server(play: Play) -> None:
    play.open()
    play.read(play.recorded.client("leave", by="auto"))
    play.read(play.recorded.server("leave", reason="CLIENT_INITIATED"))
    assert play.read(play.recorded.close()).recorded is None


def test_other_readings_are_nothing_to_play(play: Play) -> None:
    note = play.recorded.add(Note(0, "hello", "a note"))
    assert play.read(note) is None
    assert not play.replay.opens(note)
    play.come(note)
    assert play.replay.report().sessions == 0


def test_a_stopped_replay_says_so(play: Play) -> None:
    play.open()
    play.replay.is_whole = False
    play.send("add_track", cid="c")
    play.read(play.recorded.server("track_published", cid="c"))
    report = play.replay.report()
    assert not report.is_whole
    assert [one.kind for one in report.findings] == ["different"]


def test_what_only_says_that_it_is_another_server_is_told_once() -> None:
    from lksig.session.replay_report import Differing

    differing = Differing("join.server_version", "1", "2")
    replay = Replay(lambda recorded, live: [differing], Ids(lambda below: 0))
    for session in (1, 2):
        recorded, live = Side(session), Side(session)
        step = replay.recorded(recorded.http(JOIN_REQUEST), None, within=True)
        assert isinstance(step, Open)
        replay.dialed(step)
        replay.recorded(recorded.join(), None, within=True)
        replay.live(live.join())
    report = replay.report()
    assert (report.place, report.same, report.is_same) == ((differing,), 2, True)


@settings(max_examples=40)
@given(sessions(), sessions(), st.booleans())
def test_no_recording_and_no_server_is_too_strange(recorded: Any, live: Any, within: bool) -> None:
    """Whatever stands in a file, and whatever comes over the socket, ends in a report."""
    replay = Replay(compare, Ids(lambda below: 0))
    coming = iter(readings(live))
    for reading in readings(recorded):
        join = reading.event if replay.opens(reading) and type(reading.event) is Message else None
        step = replay.recorded(reading, join, within=within)
        if isinstance(step, Open):
            replay.dialed(step)
        elif isinstance(step, Send):
            replay.request(step, "t")
        if step is not None:
            replay.owes(step)
            replay.give_up(step)
            assert not replay.owes(step), "nobody waits for ever"
        for answer in itertools.islice(coming, 2):
            replay.live(answer)
    report = replay.report()
    assert report.same <= report.answers
