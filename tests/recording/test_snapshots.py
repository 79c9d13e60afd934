"""Updates of states in between: left out only when nothing in them was seen by one run alone."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.recording import snapshots
from lksig.recording.diff import Counts, Diff
from lksig.recording.format_v1 import Record
from lksig.recording.snapshots import States
from lksig.recording.trees import Node
from tests.support.recordings import readings
from tests.support.traffic import came, sent

ANN, BOB = "PA_aaaaaaaaaaaa", "PA_bbbbbbbbbbbb"


def state(sid: str = ANN, **changes: Any) -> dict[str, Any]:
    return {"sid": sid, "identity": "ann" if sid == ANN else "bob", "state": "ACTIVE", **changes}


def update(*states: dict[str, Any], session: int = 1) -> Record:
    return came(5, session=session, update={"participants": list(states)})


def counts(a: list[Record], b: list[Record], **options: Any) -> Counts:
    diff = Diff(readings(a), readings(b), **options)
    found = list(diff.findings())
    assert len(found) == diff.counts.only_a + diff.counts.only_b + diff.counts.changed
    return diff.counts


FIRST = update(state(version=1))
LAST = update(state(version=4, name="Ann", metadata="x"))


@pytest.mark.parametrize(
    ("between", "is_equal"),
    [
        (update(state(version=2, name="Ann")), True),
        (update(state(version=2, metadata="x")), True),
        (update(state(version=2)), True),
        (update(state(version=2, metadata="other")), False),
        (update(state(version=2, tracks=[{"sid": "TR_VCcccccccccc"}])), False),
        (update(state(version=2, state="DISCONNECTED")), False),
        (update(state(version=2), state(BOB)), False),
        (update(), False),
        (came(5, room_update={"room": {"name": "x"}}), False),
        (came(5, room_update={}), False),
        (sent(5, mute={"sid": "x"}), False),
    ],
)
def test_what_is_in_between(between: Record, is_equal: bool) -> None:
    with_it, without = [FIRST, between, LAST], [FIRST, LAST]
    assert counts(with_it, without).is_equal is is_equal
    assert counts(without, with_it).is_equal is is_equal
    found = counts(without, with_it)
    assert (found.in_between, found.only_b) == ((1, 0) if is_equal else (0, 1))
    assert counts(without, with_it, own=True).only_b == 1


def test_a_value_that_came_and_went_is_a_difference() -> None:
    muted = {"sid": "TR_VCcccccccccc", "muted": True}
    before = update(state(version=1, tracks=[muted]))
    unmuted = update(state(version=2, tracks=[{"sid": "TR_VCcccccccccc"}]))
    behind = update(state(version=3, tracks=[muted]))
    assert counts([before, behind], [before, unmuted, behind]).only_b == 1
    published = update(state(version=2, tracks=[muted]))
    assert counts([FIRST, unmuted], [FIRST, published, unmuted]).only_b == 1
    assert counts([FIRST, behind], [FIRST, published, behind]).in_between == 1


def test_a_state_told_again_tells_nothing() -> None:
    assert counts([FIRST, LAST], [FIRST, LAST, LAST]).in_between == 1
    assert counts([FIRST], [FIRST, update(state(version=9))]).in_between == 1
    assert counts([FIRST], [update(state(name="x")), FIRST]).only_b == 1


def test_without_a_state_before_and_behind_there_is_nothing_between() -> None:
    between = update(state(version=2, name="Ann"))
    assert counts([LAST], [between, LAST]).only_b == 1
    assert counts([FIRST], [FIRST, between]).only_b == 1
    other = update(state(version=4, name="Ann", metadata="y"))
    assert counts([FIRST, LAST], [FIRST, between, other]).in_between == 0


def test_the_state_before_may_be_of_the_join() -> None:
    between = update(state(version=2, name="Ann"))
    join = came(1, join={"participant": state(BOB), "other_participants": [state()]})
    assert counts([join, LAST], [join, between, LAST]).in_between == 1
    own = came(1, join={"participant": state()})
    assert counts([own, LAST], [own, between, LAST]).in_between == 1


@pytest.mark.parametrize(("before", "now", "is_equal"), [("JOINING", "JOINED", True), ("JOINED", "ACTIVE", False)])
def test_that_one_has_joined_is_not_always_told_to_one_who_leaves(before: str, now: str, is_equal: bool) -> None:
    join = came(1, join={"participant": state(state=before)})
    told = update(state(state=now))
    assert counts([join], [join, told]).in_between == is_equal
    assert counts([join, told], [join]).is_equal is is_equal
    assert counts([join], [join, update(state(state=now, name="Ann"))]).only_b == 1


def test_a_room_update_that_tells_only_counts() -> None:
    room = {"sid": "RM_aaaaaaaaaaaa", "name": "standup"}
    join = came(1, join={"room": room, "participant": state()})
    counted = came(2, room_update={"room": {**room, "num_participants": 2, "num_publishers": 1}})
    assert counts([join], [join, counted]).in_between == 1
    assert counts([join], [join, came(2, room_update={"room": {**room, "metadata": "x"}})]).only_b == 1
    bare = came(1, join={"room": room})
    assert counts([bare], [bare, counted]).in_between == 1
    assert counts([join], [came(1, join={"room": {**room, "num_participants": 1}, "participant": state()})]).is_equal


def test_the_state_before_may_be_long_gone_and_another_session_says_nothing() -> None:
    between = update(state(version=2, name="Ann"))
    quiet: list[Record] = [sent(number, mute={"sid": f"TR_{number}"}) for number in range(700)]
    assert counts([FIRST, *quiet, LAST], [FIRST, *quiet, between, LAST]).in_between == 1
    elsewhere = update(state(version=1), session=2)
    assert counts([elsewhere, *quiet, LAST], [elsewhere, *quiet, between, LAST]).only_b == 1


def test_states_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_STATES", 1)

    class Told:
        tree = Node({"update": Node({"participants": Node({"PA_ann": Node({"sid": "PA_ann"}), "x": "y"})})})

    states = States()
    states.learn(Told(), 1, ["PA_bob", "PA_ann"])
    assert states.get(1, "PA_ann") == {"sid": "PA_ann"}
    assert states.get(1, "PA_bob") is None
    states.learn(Told(), 1, ["PA_bob"])
    assert states.get(1, "PA_bob") is None
