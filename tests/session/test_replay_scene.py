"""One socket, played: what is said at once, what waits for a request, what waits for its time, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.hosting import CloseSocket, DropSocket, Outbox, SendFrame, Tell
from lksig.session.replay_rebind import Rebinding
from lksig.session.replay_scene import MAX_REASON_BYTES, PATIENCE_S, Pace, ScenePlayer, ending
from lksig.session.replay_script import Ended
from tests.support.tape import MS, Tape, envelope, said

MAX = Pace(None, None, None)
ADD: Any = {"add_track": {"cid": "c"}}
PUBLISHED: Any = {"track_published": {"cid": "c", "track": {"sid": "TR_c"}}}


class Stage:
    """A player, a clock, and what the client sees."""

    def __init__(self, tape: Tape, pace: Pace | None = None, *, begins: int | None = None, t_ms: float = 0) -> None:
        take = tape.takes(begins)[0]
        self.out = Outbox()
        self.player = ScenePlayer(
            take.scenes[-1], 1, Rebinding(take, take.identity or "", "token"), pace or Pace(), self.out
        )
        self.t_ns = round(t_ms * MS)
        self.player.open(self.t_ns)

    def take(self) -> list[Any]:
        return list(self.out.take())

    def seen(self) -> list[str]:
        """What was done since the last call."""
        return said(self.out.take())

    def after(self, ms: float) -> list[str]:
        """The deadline passes so much later; what is done."""
        self.t_ns += round(ms * MS)
        self.player.expired(self.t_ns)
        return self.seen()

    def asks(self, ms: float = 0, **body: Any) -> list[str]:
        """The client asks for something, so much later."""
        self.t_ns += round(ms * MS)
        (case,) = body
        self.player.request(self.t_ns, case, getattr(envelope(TO_SERVER, **body), case))
        return self.seen()

    def leaves(self) -> list[str]:
        self.player.leave(self.t_ns, envelope(TO_CLIENT, leave={"reason": "CLIENT_INITIATED"}))
        return self.seen()


def opened(**fields: Any) -> Tape:
    tape = Tape().open_v1(**fields) if fields else Tape().open()
    return tape.says(0, join={})


# --- by itself ------------------------------------------------------------------------------------------------------


def test_what_came_by_itself_has_its_times() -> None:
    stage = Stage(opened().says(300, update={}).says(0.3, room_update={}).says(700, speakers_changed={}), t_ms=50)
    assert stage.seen() == ["join", "wait 300"]
    # 4 ms late: what follows is due as if it had not been.
    assert stage.after(304) == ["update", "room_update", "wait 696.3"]
    assert stage.after(696.3) == ["speakers_changed", "replay-exhausted"]
    assert stage.after(1) == []


def test_a_word_that_came_late_comes_late() -> None:
    stage = Stage(Tape().open().says(40, join={}))
    assert stage.seen() == ["wait 40"]
    assert stage.after(40) == ["join", "replay-exhausted"]


@pytest.mark.parametrize(("speed", "wait"), [(0.5, "wait 600"), (10.0, "wait 30")])
def test_speed(speed: float, wait: str) -> None:
    assert Stage(opened().says(300, update={}), Pace(speed)).seen() == ["join", wait]


def test_no_silence_is_longer_than_the_limit() -> None:
    stage = Stage(opened().says(60_000, update={}).says(10, update={}), Pace(2.0, idle_limit_s=1.0))
    assert stage.seen() == ["join", "wait 500"]
    assert stage.after(500) == ["update", "wait 5"]


def test_without_a_clock_all_comes_at_once() -> None:
    stage = Stage(opened().says(60_000, update={}).says(5_000, update={}), MAX)
    assert stage.seen() == ["join", "update", "update", "replay-exhausted"]


def test_a_machine_that_slept_makes_nothing_up() -> None:
    stage = Stage(opened().says(1_000, update={}).says(1_000, room_update={}))
    stage.seen()
    assert stage.after(60_000) == ["update", "wait 500"]


def test_what_came_before_the_beginning_is_said_at_once() -> None:
    tape = (
        opened().says(5_000, update={}).asks(**ADD).says(**PUBLISHED).says(9_000, room_update={}).says(300, update={})
    )
    stage = Stage(tape, begins=4)
    assert stage.seen() == ["join", "update", "wait 9000"]
    assert stage.asks(**ADD)[0] == "track_published"


# --- in step with requests ------------------------------------------------------------------------------------------


def test_a_reply_comes_with_its_request() -> None:
    stage = Stage(opened().asks(5_000, **ADD).says(80, **PUBLISHED).says(100, update={}))
    assert stage.seen() == ["join", "wait 7180"]
    assert stage.asks(20, **ADD) == ["track_published", "wait 100"]
    assert stage.after(100) == ["update", "replay-exhausted"]


def test_a_reply_does_not_wait_for_what_came_before_it() -> None:
    stage = Stage(opened().says(3_000, update={}).asks(2_000, **ADD).says(**PUBLISHED).says(1_000, room_update={}))
    stage.seen()
    assert stage.asks(1_000, **ADD) == ["track_published", "wait 2000"]
    assert stage.after(2_000) == ["update", "wait 3001"]


def test_a_request_that_does_not_come_is_passed_over_and_may_still_come() -> None:
    stage = Stage(opened().asks(1_000, **ADD).says(**PUBLISHED).says(999, update={}).says(500, room_update={}))
    assert stage.seen() == ["join", f"wait {2_000 + PATIENCE_S * 1000:g}"]
    stage.t_ns += 4_000 * MS
    stage.player.expired(stage.t_ns)
    told, *rest = stage.take()
    assert told == Tell(1, "replay-passed-over", "going on without add_track (2): the client did not ask")
    # Its patience is used up once: what follows is on the clock again.
    assert said(rest) == ["update", "room_update"]
    assert stage.asks(**ADD) == ["track_published", "replay-exhausted"]


def test_only_what_was_answered_is_waited_for() -> None:
    tape = opened().asks(track_setting={}).asks(subscription={"track_sids": ["a"]}).says(998, update={})
    assert Stage(tape).seen() == ["join", "wait 1000"]


def test_without_a_clock_everything_is_waited_for() -> None:
    tape = opened().asks(track_setting={}).asks(trickle={}).asks(**ADD).says(**PUBLISHED).says(9_000, update={})
    stage = Stage(tape, MAX)
    assert stage.seen() == ["join", "wait 2000"]
    stage.t_ns += 2_000 * MS
    stage.player.expired(stage.t_ns)
    assert stage.take() == [Tell(1, "replay-waiting", "waiting for track_setting (2), add_track (4)")]
    assert stage.asks(track_setting={}) == []
    assert stage.asks(**ADD) == ["track_published", "update", "replay-exhausted"]


def test_another_wait_is_told_again() -> None:
    tape = opened().asks(track_setting={}).says(2_000, update={}).asks(mute={}).says(2_000, room_update={})
    stage = Stage(tape, MAX)
    stage.seen()
    assert stage.after(2_000) == ["replay-waiting"]
    assert stage.asks(track_setting={}) == ["update", "wait 2000"]
    assert stage.asks(mute={}) == ["room_update", "Cancel", "replay-exhausted"]


def test_patience_may_end_without_a_clock_too() -> None:
    stage = Stage(opened().asks(track_setting={}).says(2_000, update={}), Pace(None, None, 0.5))
    assert stage.seen() == ["join", "wait 500"]
    assert stage.after(500) == ["replay-passed-over", "update", "replay-exhausted"]


def test_what_a_request_brings_about_comes_with_it() -> None:
    name: Any = {"update_metadata": {"name": "A", "request_id": 1}}
    tape = opened().asks(**name).says(3, update={}).says(refresh_token="x").says(request_response={"request_id": 1})
    tape.says(20, update={})
    stage = Stage(tape)
    assert stage.seen() == ["join"]
    assert stage.asks(500, update_metadata={"name": "B", "request_id": 7}) == [
        "update",
        "refresh_token",
        "request_response",
        "wait 20",
    ]
    assert stage.after(20) == ["update", "replay-exhausted"]


def test_what_has_no_reply_comes_as_much_later() -> None:
    stage = Stage(opened().asks(subscription={"track_sids": ["a"]}).says(200, offer={}).says(10, offer={}))
    stage.seen()
    assert stage.asks(subscription={"track_sids": ["a"]}) == ["wait 200"]
    assert stage.after(200) == ["offer", "wait 10"]


def test_what_a_silent_request_did_at_once_comes_at_once() -> None:
    tape = opened().asks(simulate={"server_leave": True}).says(40, leave={"reason": "SERVER_SHUTDOWN"}).close(50)
    stage = Stage(tape)
    stage.seen()
    assert stage.asks(simulate={"server_leave": True}) == ["leave", "close 1000"]


def test_a_late_refusal_is_late() -> None:
    tape = opened().asks(subscription={"track_sids": ["a"], "subscribe": True})
    stage = Stage(tape.says(62_700, subscription_response={"track_sid": "a", "err": "SE_TRACK_NOTFOUND"}))
    stage.seen()
    assert stage.asks(subscription={"track_sids": ["a"], "subscribe": True}) == ["wait 62700"]


def test_the_order_within_an_answer_stays() -> None:
    """A second reply that comes by time, and one behind it that would be due at once."""
    tape = opened().asks(**ADD).says(request_response={"reason": "QUEUED", "add_track": {"cid": "c"}})
    stage = Stage(tape.says(400, **PUBLISHED).says(0.1, track_subscribed={"track_sid": "TR_c"}))
    stage.seen()
    assert stage.asks(**ADD) == ["request_response", "wait 400"]
    assert stage.after(400) == ["track_published", "track_subscribed", "replay-exhausted"]


def test_ids_are_the_clients() -> None:
    stage = Stage(opened().asks(**ADD).says(**PUBLISHED))
    stage.take()
    stage.player.request(0, "add_track", envelope(TO_SERVER, add_track={"cid": "own"}).add_track)
    (sent, _) = stage.take()
    assert sent.envelope.track_published.cid == "own"


def test_an_answer_of_nothing_is_told() -> None:
    stage = Stage(opened().asks(**ADD).says(**PUBLISHED))
    stage.seen()
    assert stage.asks(**ADD) == ["track_published", "replay-exhausted"]
    stage.player.request(0, "add_track", envelope(TO_SERVER, **ADD).add_track)
    assert stage.take() == [Tell(1, "replay-unanswered", "the recording has no answer to this add_track")]
    assert stage.asks(mute={"sid": "x"}) == []


def test_requests_wait_for_the_first_word() -> None:
    tape = Tape().open_v1(publisher_offer={"id": 1}).says(50, join={}).says(answer={"id": 1})
    stage = Stage(tape)
    assert stage.seen() == ["wait 50"]
    assert stage.asks(offer={"id": 4}) == []
    assert stage.after(50) == ["join", "answer", "replay-exhausted"]


def test_a_join_without_an_offer_and_one_later() -> None:
    stage = Stage(opened(publisher_offer={"id": 1}).says(answer={"id": 1}).says(5_000, update={}))
    assert stage.seen() == ["join", "wait 5001"]
    assert stage.asks(offer={"id": 4}) == ["answer", "wait 5000"]


def test_an_offer_that_the_answer_does_not_fit_is_told() -> None:
    audio, video = ("v=0\r\nm=audio 9 UDP x 0\r\n", "v=0\r\nm=video 9 UDP x 0\r\n")
    tape = opened().asks(offer={"id": 1, "sdp": audio}).says(answer={"id": 1, "sdp": audio})
    stage = Stage(tape.asks(offer={"id": 2, "sdp": audio}))
    stage.seen()
    assert stage.asks(offer={"id": 1, "sdp": video})[:2] == ["replay-offer", "answer"]
    # Nothing was said to the second one, so nothing is refused.
    assert stage.asks(offer={"id": 2, "sdp": video}) == []
    stage = Stage(tape)
    stage.seen()
    assert stage.asks(offer={"id": 1, "sdp": audio})[0] == "answer"


def test_a_scene_without_words_answers_all_the_same() -> None:
    stage = Stage(Tape().open())
    assert stage.seen() == ["replay-exhausted"]
    assert stage.asks(**ADD) == ["replay-unanswered"]


def test_frames_go_out_as_they_were() -> None:
    stage = Stage(opened().raw(0.1, b"\xff\x01"), MAX)
    assert stage.take()[1] == SendFrame(1, b"\xff\x01", "protobuf")
    stage = Stage(opened().says(5, update={}))
    stage.take()
    stage.player.encoding = "json"
    stage.player.expired(5 * MS)
    (sent, _) = stage.take()
    assert (sent.envelope, sent.encoding) == (envelope(TO_CLIENT, update={}), "json")


# --- the end --------------------------------------------------------------------------------------------------------


def test_a_close_is_played_and_nothing_after_it() -> None:
    stage = Stage(opened().says(leave={"reason": "SERVER_SHUTDOWN"}).close(5, 1011, "gone"))
    assert stage.seen() == ["join", "wait 1"]
    assert stage.after(1) == ["leave", "wait 5"]
    assert stage.after(5) == ["close 1011 gone"]
    assert stage.player.is_over
    assert stage.after(5) == []


def test_a_connection_that_was_lost_is_lost() -> None:
    assert Stage(opened().close(5, None, "", "network"), MAX).seen() == ["join", "DropSocket"]


@pytest.mark.parametrize("code", [1005, 1000, 1003, 1007, 1014, 3000, 4999])
def test_codes_that_may_be_sent(code: int) -> None:
    assert ending(1, Ended(1, 0, code, "why")) == CloseSocket(1, code, "why")


@pytest.mark.parametrize("code", [None, 0, 999, 1004, 1006, 1015, 2999, 5000])
def test_codes_that_may_not(code: int | None) -> None:
    assert ending(1, Ended(1, 0, code, "why")) == DropSocket(1)


def test_a_reason_that_is_too_long_is_cut_between_characters() -> None:
    assert ending(1, Ended(1, 0, 4000, "é" * 99)) == CloseSocket(1, 4000, "é" * (MAX_REASON_BYTES // 2))


def test_a_request_may_end_it() -> None:
    stage = Stage(opened().asks(simulate={"node_failure": True}).close(300, None))
    stage.seen()
    stage.asks(simulate={"node_failure": True})
    assert "DropSocket" in stage.after(300)


def test_a_leave_as_recorded() -> None:
    tape = opened().says(9_000, update={}).asks(leave={}).says(leave={"reason": "CLIENT_INITIATED"}).close(1, 1000, "x")
    stage = Stage(tape)
    assert stage.seen() == ["join", "wait 9000"]
    assert stage.leaves() == ["leave", "Cancel", "close 1000 x"]


def test_a_leave_that_nobody_echoed() -> None:
    assert Stage(opened().asks(leave={}).close(1, 1000)).leaves()[-1] == "close 1000"
    stage = Stage(opened().asks(leave={}).close(1, 1000))
    stage.seen()
    assert stage.leaves() == ["close 1000"]


def test_a_leave_that_was_not_recorded() -> None:
    for tape in (opened(), opened().asks(leave={})):
        stage = Stage(tape)
        stage.seen()
        assert stage.leaves() == ["leave", "close 1000"]


def test_an_echo_without_an_end() -> None:
    stage = Stage(opened().asks(leave={}).says(leave={"reason": "CLIENT_INITIATED"}))
    assert stage.seen() == ["join", "replay-exhausted"]
    assert stage.leaves() == ["leave", "close 1000"]


def test_it_can_be_stopped() -> None:
    stage = Stage(opened().says(500, update={}))
    stage.seen()
    stage.player.stop()
    stage.player.stop()
    assert stage.seen() == ["Cancel"]
