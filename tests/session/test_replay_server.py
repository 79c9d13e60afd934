"""The machine as a whole: who is let in and gets what, what it answers by itself, and that no recording breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.fence import fence_request
from lksig.session.hosting import (
    Accept,
    CloseSocket,
    Expired,
    Gone,
    Opened,
    Received,
    Requested,
    Respond,
    Schedule,
    Send,
    SendPing,
    Stopped,
    Tell,
)
from lksig.session.journal import Journal
from lksig.session.replay_scene import MAX_REASON_BYTES, Pace
from lksig.session.replay_script import Script, Take
from lksig.session.replay_server import NO_JOIN, ReplayServer
from lksig.wire.codec import decode_frame, encode_frame
from tests.playbook import Playbook
from tests.support.house import UPGRADE, WALL_S
from tests.support.live_driver import target, token
from tests.support.messages import envelopes
from tests.support.recordings import sessions
from tests.support.scenarios import Join
from tests.support.tape import MS, Tape, envelope, said

S = 1_000_000_000
JOIN = {"participant": {"sid": "PA_me", "identity": "probe"}}


class Booth:
    """A machine with a tape in it, and those who come to it."""

    def __init__(self, tape: Tape, pace: Pace | None = None) -> None:
        self.machine = ReplayServer(tape.takes(), pace or Pace(), wall_ns=WALL_S * S)
        self.t_ns = 0
        self.sockets = 0

    def knock(self, who: str = "probe", *, headers: Any = UPGRADE, **fields: Any) -> list[Any]:
        """Somebody asks for a socket."""
        step = Join(who, **fields)
        return self.get(target(step, "r", token(step, "r", now_s=WALL_S)), headers)

    def get(self, path: str, headers: Any = UPGRADE) -> list[Any]:
        """An HTTP request."""
        self.sockets += 1
        actions = list[Any](self.machine.handle(Requested(self.t_ns, self.sockets, "GET", path, headers)))
        return [*actions, *self.machine.handle(Opened(self.t_ns, self.sockets))]

    def send(self, socket: int = 1, *, text: bool = False, **body: Any) -> list[Any]:
        """A request over a socket."""
        whole = envelope(TO_SERVER, **body)
        data = json_format.MessageToJson(whole).encode() if text else whole.SerializeToString()
        return self.frame(data, socket, text=text)

    def frame(self, data: bytes, socket: int = 1, *, text: bool = False) -> list[Any]:
        encoding: Any = "json" if text else "protobuf"
        message = decode_frame(data, direction=TO_SERVER, encoding=encoding, t_ns=self.t_ns, by="client")
        return list(self.machine.handle(Received(self.t_ns, socket, message)))


def joined(**fields: Any) -> Tape:
    return Tape().open_v1(**fields).says(0, join=JOIN)


def test_a_session_as_a_playbook() -> None:
    machine = ReplayServer(joined().asks(5, mute={"sid": "a"}).says(500, update={}).takes(), Pace(), wall_ns=0)
    step = Join("probe", path="v0")
    asked = Requested(0, 1, "GET", target(step, "r", token(step, "r", now_s=0)), UPGRADE)
    mute = decode_frame(
        envelope(TO_SERVER, mute={"sid": "a"}).SerializeToString(), direction=TO_SERVER, t_ns=0, by="client"
    )
    join = envelope(TO_CLIENT, join=JOIN)

    def is_join(action: Any) -> bool:
        return bool(action.data == join.SerializeToString())

    def is_update(action: Any) -> bool:
        return said([action]) == ["update"]

    (
        Playbook(machine)
        >> asked
        << Accept(1, 1, "v0", "r", "probe", None)
        << Schedule(("ws_ping", 1), 10)
        >> Opened(0, 1)
        << is_join
        >> Received(10 * MS, 1, mute)
        << Schedule(("replay", 1), 0.5)
        >> Expired(510 * MS, ("replay", 1))
        << is_update
        << (lambda action: said([action]) == ["replay-exhausted"])
        >> Expired(10 * S, ("ws_ping", 1))
        << SendPing(1)
        << Schedule(("ws_ping", 1), 10)
        >> Gone(11 * S, 1)
        >> Gone(11 * S, 1)
        >> Expired(12 * S, ("ws_ping", 1))
        >> Expired(12 * S, "nonsense")
        >> Received(13 * S, 1, mute)
    ).check()


# --- HTTP -----------------------------------------------------------------------------------------------------------


def test_any_well_formed_token_is_taken() -> None:
    booth = Booth(joined())
    for grants in ({}, {"roomJoin": False}, {"canPublish": False}):
        assert isinstance(booth.knock("ann", grants=grants)[0], Accept)
    assert isinstance(booth.knock(claims={"exp": 1, "video": None})[0], Accept)
    nameless = "e30.e30.e30"
    (accept, *_) = booth.get(f"/rtc?access_token={nameless}")
    assert (accept.room, accept.identity) == ("unnamed", "unnamed")


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/rtc", (), b"no permissions to access the room"),
        ("/rtc?access_token=nonsense", (), b"invalid authorization token"),
        ("/rtc/validate?access_token=a.b.c", (), b"invalid authorization token"),
        ("/rtc", (("Authorization", "Basic x"),), b"invalid authorization header. Must start with Bearer "),
        ("/rtc", (("Authorization", "Bearer xxxxxxxx"),), b"invalid authorization token"),
    ],
)
def test_what_is_no_token_is_refused(path: str, headers: Any, body: bytes) -> None:
    (response,) = Booth(joined()).get(path, (*UPGRADE, *headers))
    assert (response.status, response.body, response.session) == (401, body, 1)


def test_other_paths() -> None:
    booth = Booth(joined())
    assert [booth.get(path, ())[0].status for path in ("/", "/nope", "/rtc/validate?access_token=e30.e30.e30")] == [
        200,
        404,
        200,
    ]
    assert booth.knock(path="v1")[0].session == 2


def test_a_refusal_is_played() -> None:
    recorded = (("Content-Type", "text/plain"), ("Date", "then"), ("Access-Control-Allow-Origin", "x"), ("X", "\x00"))
    tape = Tape().http("/rtc", 404, b"requested room does not exist", *recorded).open(path="/rtc").says(join=JOIN)
    booth = Booth(tape)
    headers = (*UPGRADE, ("Origin", "http://page"))
    (response,) = booth.knock(path="v0", headers=headers)
    assert response == Respond(
        1,
        404,
        (
            ("Content-Type", "text/plain"),
            ("Vary", "Origin"),
            ("Access-Control-Allow-Origin", "http://page"),
            ("Access-Control-Expose-Headers", "*"),
        ),
        b"requested room does not exist",
        1,
    )
    step = Join("probe")
    asked = target(step, "r", token(step, "r", now_s=WALL_S)).replace("/rtc?", "/rtc/validate?")
    (probed,) = booth.get(asked, ())
    assert (probed.status, probed.body) == (404, b"requested room does not exist")
    assert isinstance(booth.knock(path="v0")[0], Accept)
    assert booth.get(asked, ())[0].status == 200


def test_a_recording_without_a_join() -> None:
    booth = Booth(Tape().open(path="/rtc", reconnect="1").says(0, reconnect={}))
    (response,) = booth.knock()
    assert (response.status, response.body) == (503, NO_JOIN)
    assert said(booth.knock(params={"reconnect": "1"}))[2] == "reconnect"


# --- who plays whom -------------------------------------------------------------------------------------------------


def told(actions: list[Any]) -> list[str]:
    return [action.text for action in actions if isinstance(action, Tell)]


def test_who_plays_whom_is_told() -> None:
    people = {**JOIN, "other_participants": [{"identity": "alice"}]}
    tape = Tape().open().says(0, join=people).asks(mute={}).says(9_000, update={})
    booth = Booth(tape)
    assert told(booth.knock()) == []
    assert told(booth.knock("bob")) == [
        "bob gets what probe got",
        "everybody in the recording was played: it begins again",
    ]
    assert told(booth.knock("alice"))[0] == (
        "alice gets what probe got, who is called probe here too: the recording has another alice"
    )
    nobody = Tape(None).open().says(0, join={}).asks(mute={}).says(9_000, update={})
    assert told(Booth(nobody).knock()) == ["probe gets what a participant without identity got"]


def test_sockets_in_turn_and_sessions() -> None:
    tape = joined().close(50, None).open(path="/rtc", reconnect="1").says(0, reconnect={})
    booth = Booth(tape)
    first = booth.knock(path="v1")
    assert (first[0].session, first[0].resumed) == (1, False)
    again = booth.knock(params={"reconnect": "1", "sid": "PA_me"})
    assert (again[0].session, again[0].resumed, said(again)[2]) == (1, True, "reconnect")
    more = booth.knock(
        path="v1", join_request={"client_info": {"protocol": 17}, "reconnect": True, "participant_sid": "PA_me"}
    )
    assert (more[0].session, more[0].resumed, said(more)[2:]) == (2, False, ["replay-resume", "leave", "close 1000"])
    leave = more[3].envelope.leave
    assert (leave.reason, leave.action) == (6, 2)
    assert booth.knock(path="v1")[0].session == 3


def test_ids_and_token_are_the_clients() -> None:
    tape = joined(publisher_offer={"id": 1}, add_track_requests=[{"cid": "a"}])
    tape.says(0.1, track_published={"cid": "a"}).says(0.1, answer={"id": 1, "sdp": "s"}).says(0.1, refresh_token="xxx")
    request = {"publisher_offer": {"id": 7}, "add_track_requests": [{"cid": "mine"}]}
    step = Join("ann", path="v1", join_request=request)
    own = token(step, "r", now_s=WALL_S)
    booth = Booth(tape)
    actions = booth.get(target(step, "r", own))
    assert said(actions)[3:] == ["join", "track_published", "answer", "refresh_token", "replay-exhausted"]
    join, published, answer, refresh = [action.envelope for action in actions if isinstance(action, Send)]
    assert (join.join.participant.identity, published.track_published.cid, answer.answer.id) == ("ann", "mine", 7)
    assert refresh.refresh_token == own
    assert own not in repr(booth.machine.__dict__)


# --- what it answers by itself --------------------------------------------------------------------------------------


def test_keepalives() -> None:
    booth = Booth(joined())
    booth.knock()
    booth.t_ns = 5 * S
    (pong,) = booth.send(ping=1)
    assert (pong.envelope.pong, pong.encoding) == ((WALL_S + 5) * 1000, "protobuf")
    (pong,) = booth.send(ping_req={"timestamp": 77}, text=True)
    assert pong.encoding == "json"
    assert pong.envelope.pong_resp.last_ping_timestamp == 77
    for protocol in (0, 17):
        fence = fence_request(3, protocol)
        (answer,) = booth.frame(fence.SerializeToString())
        assert answer.envelope.request_response.WhichOneof("request") == fence.WhichOneof("message")


@pytest.mark.parametrize(("reason", "echoed"), [(12, 12), (3, 1), (0, 1)])
def test_a_leave_is_echoed(reason: int, echoed: int) -> None:
    booth = Booth(joined())
    booth.knock(params={"protocol": "17"})
    echo, close = booth.send(leave={"reason": reason})
    assert (echo.envelope.leave.reason, close) == (echoed, CloseSocket(1))
    assert booth.send(ping=1) == []
    assert list(booth.machine.handle(Stopped(0))) == []


def test_frames_that_mean_nothing() -> None:
    booth = Booth(joined())
    booth.knock()
    assert booth.frame(b"\xff") == booth.frame(b"") == booth.frame(b"", 9) == []


def test_requests_are_answered_from_the_recording() -> None:
    booth = Booth(joined().asks(add_track={"cid": "c"}).says(track_published={"cid": "c"}))
    booth.knock()
    published, *_ = booth.send(add_track={"cid": "x"}, text=True)
    assert (published.envelope.track_published.cid, published.encoding) == ("x", "json")
    assert said(booth.send(add_track={"cid": "y"})) == ["replay-unanswered"]


def test_a_stop_tells_everybody() -> None:
    booth = Booth(joined().says(500, update={}))
    booth.knock()
    booth.knock("ann")
    actions = list[Any](booth.machine.handle(Stopped(0)))
    assert said(actions) == ["Cancel", "leave", "close 1000"] * 2
    assert actions[1].envelope.leave.reason == 3


# --- any recording --------------------------------------------------------------------------------------------------


@st.composite
def takes(draw: st.DrawFn) -> list[Take]:
    """The script of any recording, made playable by a socket in front where there is none."""
    journal, script = Journal(), Script()
    tape = Tape().open_v1().says(0, join=JOIN)
    records = [*tape.events, *[one for one in draw(sessions()) if type(one).__name__ != "Ended"]]
    for record in records:
        for reading in journal.add(record):  # type: ignore[arg-type]  # without ends there are only events
            script.add(reading, begins=draw(st.integers(0, 20)) == 0)
    return script.takes


_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("knock"), st.sampled_from(["probe", "ann"]), st.sampled_from(["v0", "v1"]), st.booleans()),
        st.tuples(st.just("send"), st.integers(1, 3), envelopes(TO_SERVER), st.booleans()),
        st.tuples(st.just("pass"), st.integers(1, 3), st.integers(0, 10**10), st.booleans()),
        st.tuples(st.just("gone"), st.integers(1, 3), st.none(), st.booleans()),
    ),
    max_size=8,
)
_PACES = st.builds(
    Pace, st.sampled_from([None, 0.5, 1.0, 1e6]), st.sampled_from([None, 0.1]), st.sampled_from([None, 0.0, 2.0])
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(takes(), _EVENTS, _PACES)
def test_no_recording_and_no_client_breaks_it(script: list[Take], happens: list[Any], pace: Pace) -> None:
    machine = ReplayServer(script, pace, wall_ns=WALL_S * S)
    t_ns, sockets = 0, 0
    answers: list[Any] = []
    for kind, who, what, flag in [("knock", "probe", "v1", False), *happens]:
        if kind == "knock":
            sockets += 1
            step = Join(who, path=what, params={"reconnect": "1"} if flag and what == "v0" else {})
            asked = Requested(t_ns, sockets, "GET", target(step, "r", token(step, "r", now_s=WALL_S)), UPGRADE)
            actions = list(machine.handle(asked))
            assert sum(isinstance(action, Accept | Respond) for action in actions) == 1
            answers += [*actions, *machine.handle(Opened(t_ns, sockets))]
        elif kind == "send":
            raw = json_format.MessageToJson(what[1]).encode() if flag else what[1].SerializeToString()
            encoding: Any = "json" if flag else "protobuf"
            message = decode_frame(raw, direction=TO_SERVER, encoding=encoding, t_ns=t_ns, by="client")
            answers += machine.handle(Received(t_ns, who, message))
        elif kind == "pass":
            t_ns += what
            answers += machine.handle(Expired(t_ns, ("ws_ping" if flag else "replay", who)))
        else:
            answers += machine.handle(Gone(t_ns, who))
    answers += machine.handle(Stopped(t_ns))
    for action in answers:
        if isinstance(action, Schedule):
            assert action.after_s >= 0
        elif isinstance(action, Send):
            assert encode_frame(action.envelope, action.encoding)
        elif isinstance(action, CloseSocket):
            assert len(action.reason.encode()) <= MAX_REASON_BYTES
