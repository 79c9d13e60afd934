"""What one participant of a run did and another one saw."""

from __future__ import annotations

from typing import Any

from lksig.session.crossing import MAX_AGE_NS, MAX_DONE, Crossing, Crossings
from lksig.session.journal import Journal
from lksig.wire.events import Event, Note
from tests.support.traffic import MS, came, sent

ALICE, BOB = 1, 2


class Two:
    """Alice and Bob in one run."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.crossings = Crossings()
        self.crossings.add(ALICE, "alice")
        self.crossings.add(BOB, "bob")

    def see(self, *events: Event) -> list[Crossing]:
        return [
            found
            for event in events
            for reading in self.journal.add(event)
            for found in self.crossings.observe(reading)
        ]


def told(t_ms: float, *, session: int = BOB, identity: str = "alice", **fields: Any) -> Event:
    """An update about somebody."""
    return came(t_ms, session=session, update={"participants": [{"identity": identity, **fields}]})


def renamed(t_ms: float, *, session: int = ALICE, **fields: Any) -> Event:
    return sent(t_ms, session=session, update_metadata=fields or {"name": "A"})


def test_a_change_is_timed_from_its_request() -> None:
    two = Two()
    (found,) = two.see(renamed(10), told(12.5, name="A"))
    assert found == Crossing("alice", "update_metadata", 1, "bob", 2, round(2.5 * MS))
    assert found.pair == ("alice update_metadata", "bob update")


def test_what_changed_says_which_request_it_was() -> None:
    two = Two()
    found = two.see(
        sent(1, session=ALICE, publish_data_track_request={"pub_handle": 1}),
        renamed(2),
        told(3, name="A"),
        told(4, name="A", data_tracks=[{"sid": "DTR_1"}]),
        told(5, name="A", data_tracks=[{"sid": "DTR_1"}], state=3),
    )
    assert [(one.case, one.update) for one in found] == [("update_metadata", 3), ("publish_data_track_request", 4)]


def test_each_request_is_seen_once_by_each() -> None:
    two = Two()
    two.crossings.add(3, "carol")
    found = two.see(
        renamed(1, name="A", attributes={"mood": "ok"}),
        told(2, name="A"),
        told(3, name="A", attributes={"mood": "ok"}),
        told(4, session=3, name="A"),
    )
    assert [(one.seer, one.update) for one in found] == [("bob", 2), ("carol", 4)]


def test_requests_are_taken_in_their_order() -> None:
    two = Two()
    found = two.see(renamed(1), renamed(2), told(3, name="A"), told(4, name="B"))
    assert [(one.request, one.update) for one in found] == [(1, 3), (2, 4)]


def test_what_was_known_at_the_join_is_no_change() -> None:
    two = Two()
    join = came(0, session=BOB, join={"other_participants": [{"identity": "alice", "name": "A"}]})
    assert two.see(join, renamed(1), told(2, name="A")) == []


def test_old_requests_cause_nothing() -> None:
    late_ms = 1 + MAX_AGE_NS / MS
    assert len(Two().see(renamed(1), told(late_ms, name="A"))) == 1
    assert Two().see(renamed(1), told(late_ms + 1, name="A")) == []


def test_only_the_newest_requests_are_remembered() -> None:
    two = Two()
    two.see(*(renamed(at / 100) for at in range(MAX_DONE + 1)))
    (found,) = two.see(told(3, name="A"))
    assert found.request == 2


def test_nobody_sees_himself() -> None:
    assert Two().see(renamed(1), told(2, session=ALICE, name="A")) == []


def test_strangers_and_their_updates_are_no_crossings() -> None:
    two = Two()
    assert two.see(renamed(1), told(2, identity="mallory", name="A")) == []
    two.crossings.add(4, None)
    assert two.see(renamed(3, session=4), told(4, session=4, name="A")) == []


def test_lksigs_own_requests_and_everything_else_cross_nothing() -> None:
    two = Two()
    fence = sent(1, "auto", session=ALICE, update_metadata={"name": "A"})
    others = (came(2, session=BOB, pong=1), sent(2, session=ALICE, ping=1), sent(2, session=ALICE))
    assert two.see(fence, *others, Note(3 * MS, "x", "y"), told(4, name="A")) == []
