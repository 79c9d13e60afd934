"""Recorded and live answers: matched by case and in order, owed until they come, and told when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.session.replay_exchanges import Exchanges, answer_name, leave_words
from lksig.session.replay_report import Differing, Finding
from lksig.wire.events import Message, Reading
from tests.support.replayed import Side, compare


class Table:
    """Both sides of a replay, and the exchanges between."""

    def __init__(self) -> None:
        self.exchanges = Exchanges(compare)
        self.recorded, self.live = Side(), Side()

    def ask(self, case: str, *, counts: bool = True, **fields: Any) -> int:
        """A request on both sides; gives its recorded number."""
        asked = self.recorded.client(case, **fields)
        assert asked.n is not None
        self.exchanges.asked(1, case, asked.n, counts=counts)
        sent = self.live.client(case, by="replay", **fields)
        assert sent.n is not None
        self.exchanges.sent(asked.n, sent.n)
        return asked.n

    def findings(self, *, is_whole: bool = True) -> list[tuple[str, int | None, str | None]]:
        return [(one.kind, one.request, one.answer) for one in self.exchanges.findings(is_whole=is_whole)]


@pytest.fixture
def table() -> Table:
    return Table()


def test_an_answer_that_came_again(table: Table) -> None:
    n = table.ask("add_track", cid="c")
    assert table.exchanges.requests == 1
    assert not table.exchanges.is_owing(n)
    assert table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    assert table.exchanges.is_owing(n)
    assert [one.n for one in table.exchanges.owing(1)] == [n]
    assert table.exchanges.owing(2) == []
    assert table.exchanges.came(table.live.server("track_published", cid="c"))
    assert table.exchanges.owing() == []
    assert (table.exchanges.answers, table.exchanges.same, table.findings()) == (1, 1, [])
    assert not table.exchanges.is_owing(99)


def test_a_live_answer_may_be_earlier(table: Table) -> None:
    table.ask("add_track", cid="c")
    table.exchanges.came(table.live.server("track_published", cid="c"))
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    assert (table.exchanges.same, table.findings()) == (1, [])


def test_answers_of_one_request_are_matched_by_case(table: Table) -> None:
    """A track that is queued is answered twice."""
    table.ask("add_track", cid="c")
    queued = {"reason": "QUEUED", "add_track": {"cid": "c"}}
    published = {"cid": "c"}
    table.exchanges.recorded(table.recorded.server("request_response", queued))
    table.exchanges.recorded(table.recorded.server("track_published", published))
    table.exchanges.came(table.live.server("request_response", queued))
    assert table.exchanges.owing()
    table.exchanges.came(table.live.server("track_published", published))
    assert (table.exchanges.owing(), table.exchanges.same, table.findings()) == ([], 2, [])


def test_the_other_case_is_passed_over(table: Table) -> None:
    table.ask("add_track", cid="c")
    table.exchanges.came(table.live.server("request_response", {"reason": "QUEUED", "add_track": {"cid": "c"}}))
    table.exchanges.came(table.live.server("track_published", cid="c"))
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.exchanges.gone(1)
    assert table.exchanges.same == 1
    assert [kind[0] for kind in table.findings()] == ["extra"]


def test_what_differs_is_told_with_both_numbers(table: Table) -> None:
    n = table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.exchanges.came(table.live.server("track_published", cid="c", track={"muted": True}))
    (finding,) = table.exchanges.findings(is_whole=True)
    assert finding == Finding("different", 1, "add_track", n, "track_published", 2, 2, finding.differences)
    assert [one.path for one in finding.differences] == ["track_published.text"]


def test_another_answer_than_the_recorded_one(table: Table) -> None:
    n = table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.exchanges.came(table.live.server("request_response", reason="NOT_ALLOWED", add_track={"cid": "c"}))
    assert table.exchanges.owing() == [], "it was answered"
    (finding,) = table.exchanges.findings(is_whole=True)
    assert (finding.kind, finding.request, finding.recorded, finding.live) == ("different", n, 2, 2)
    assert finding.differences == (Differing("case", "track_published", "request_response NOT_ALLOWED"),)


def test_an_answer_too_many_and_one_too_few(table: Table) -> None:
    muted = table.ask("mute", sid="TR_a")
    table.exchanges.came(table.live.server("request_response", reason="NOT_FOUND", mute={"sid": "TR_a"}))
    other = table.ask("mute", sid="TR_b")
    table.exchanges.recorded(table.recorded.server("request_response", reason="NOT_FOUND", mute={"sid": "TR_b"}))
    told = "request_response NOT_FOUND"
    assert table.findings() == [("extra", muted, told), ("missing", other, told)]


def test_what_a_stopped_replay_did_not_wait_for_is_no_finding(table: Table) -> None:
    table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.ask("add_track", cid="d")
    table.exchanges.came(table.live.server("track_published", cid="d"))
    assert table.findings(is_whole=False) == []


def test_nor_is_what_a_recording_that_stops_did_not_come_to(table: Table) -> None:
    table.ask("add_track", cid="c")
    table.exchanges.came(table.live.server("track_published", cid="c"))
    assert table.findings() == []


def test_but_a_refusal_is_and_what_was_waited_for(table: Table) -> None:
    given_up = table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    assert [one.n for one in table.exchanges.give_up(1)] == [given_up]
    assert table.exchanges.give_up() == []
    muted = table.ask("mute", sid="TR_a")
    table.exchanges.came(table.live.server("request_response", reason="NOT_FOUND", mute={"sid": "TR_a"}))
    kinds = [kind[:2] for kind in table.findings(is_whole=False)]
    assert kinds == [("missing", given_up), ("extra", muted)]


def test_a_session_that_is_gone_owes_nothing(table: Table) -> None:
    n = table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.exchanges.gone(1)
    table.exchanges.gone(2)
    assert table.exchanges.owing() == []
    assert table.findings(is_whole=False) == [("missing", n, "track_published")]


def test_what_could_not_be_sent_is_told_once(table: Table) -> None:
    asked = table.recorded.client("add_track", cid="c")
    assert asked.n is not None
    table.exchanges.asked(1, "add_track", asked.n, counts=True)
    table.exchanges.not_sent(asked.n)
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    assert table.exchanges.owing() == []
    assert table.findings() == [("not_sent", asked.n, None)]


def test_a_handshake_is_answered_by_the_first_message(table: Table) -> None:
    assert not table.exchanges.recorded(table.recorded.join()), "of a session that is not played"
    table.exchanges.dialed(1, counts=True)
    assert table.exchanges.recorded(table.recorded.join())
    assert [(one.case, one.n) for one in table.exchanges.owing()] == [("connect", None)]
    table.exchanges.dialed(1, counts=True)
    assert table.exchanges.owing() == [], "the socket before it is gone"
    assert table.exchanges.recorded(table.recorded.server("reconnect"))
    assert table.exchanges.came(table.live.server("reconnect"))
    assert table.findings() == [("missing", None, "join")]


def test_messages_nobody_asked_for_are_of_no_exchange(table: Table) -> None:
    table.ask("mute", sid="TR_a")
    assert not table.exchanges.recorded(table.recorded.server("room_update"))
    assert not table.exchanges.came(table.live.server("room_update"))


def test_before_the_part_that_counts_nothing_is_told(table: Table) -> None:
    table.ask("add_track", cid="c", counts=False)
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    table.exchanges.came(table.live.server("track_published", cid="c"))
    table.ask("add_track", cid="d", counts=False)
    table.exchanges.recorded(table.recorded.server("track_published", cid="d"))
    assert table.exchanges.owing(), "it is waited for all the same"
    assert (table.exchanges.answers, table.exchanges.same, table.findings()) == (0, 0, [])


@pytest.mark.parametrize("counts", [True, False])
def test_what_says_that_it_is_another_server_is_kept_apart(counts: bool) -> None:
    place = [
        Differing("join.server_info.version", "1", "2"),
        Differing("answer.sdp.0.candidates", "a", "b"),
        Differing("join.other_participants.PA_bob.version", "1", "2"),
        Differing("join.room.turn_password", "[secret]", "x"),
    ]
    exchanges = Exchanges(lambda recorded, live: place)
    exchanges.dialed(1, counts=counts)
    exchanges.recorded(Side().join())
    exchanges.came(Side().join())
    assert exchanges.place == (place[:3] if counts else [])
    assert (exchanges.same, exchanges.findings(is_whole=True)) == (int(counts), ())


@pytest.mark.parametrize(
    ("recorded", "live", "is_same"),
    [
        ("[secret]", "anything", True),
        ("DTR_self/[secret]", "DTR_self/xxxx", True),
        ("my [jwt]!", "my eyJ.\nb.c!", True),
        ("DTR_self/[secret]", "DTR_other/xxxx", False),
        ("[secret]", None, False),
        (None, "x", False),
        ("[x]", "[y]", False),
        ("a", "b", False),
    ],
)
def test_what_was_hidden_may_have_been_anything(recorded: str | None, live: str | None, is_same: bool) -> None:
    exchanges = Exchanges(lambda one, other: [Differing("join.x", recorded, live)])
    exchanges.dialed(1, counts=True)
    exchanges.recorded(Side().join())
    exchanges.came(Side().join())
    assert (exchanges.findings(is_whole=True) == ()) is is_same


def test_ends_come_last(table: Table) -> None:
    table.exchanges.ended(1, "close 1000", None)
    n = table.ask("add_track", cid="c")
    table.exchanges.recorded(table.recorded.server("track_published", cid="c"))
    assert [kind[:2] for kind in table.findings()] == [("missing", n), ("ending", None)]


def message(case: str, **fields: Any) -> Message:
    reading: Reading = Side().server(case, **fields)
    found: Message = reading.event
    return found


def test_names() -> None:
    assert answer_name(message("subscription_response", err="SE_TRACK_NOTFOUND")) == (
        "subscription_response SE_TRACK_NOTFOUND"
    )
    assert answer_name(message("request_response", reason=77)) == "request_response 77"
    assert answer_name(Side().frame(b"", TO_CLIENT, "server").event) == "None"
    leave: Any = envelope_class(TO_CLIENT)(leave={"reason": "STATE_MISMATCH", "action": "RECONNECT"})
    assert leave_words(leave.leave) == "leave STATE_MISMATCH RECONNECT"
