"""A simulated participant: in the room first, and doing the same things in the same order every time."""

from __future__ import annotations

from typing import Any

from lksig.session.rooms import Options
from tests.support.house import House


def test_what_alice_does() -> None:
    house = House(Options(simulated=("alice",)))
    ann = house.client("ann")
    house.wait(1)
    ann.take()
    told: list[Any] = []
    for _ in range(9):
        house.wait(4)
        for one in ann.take("speakers_changed", "update"):
            if one.WhichOneof("message") == "speakers_changed":
                told.append([(said.active, said.level) for said in one.speakers_changed.speakers])
                continue
            (alice, *_) = [info for info in one.update.participants if info.identity == "alice"] or [None]
            if alice is not None:
                told.append((alice.tracks[1].muted, dict(alice.attributes)))
    assert told == [
        [(True, 0.625)],
        [(False, 0.0)],
        (True, {}),
        (True, {"lk.mood": "talking"}),
        [(True, 0.625)],
        [(False, 0.0)],
        (False, {"lk.mood": "talking"}),
        (False, {"lk.mood": "away"}),
        [(True, 0.625)],
    ]


def test_she_sends_no_token_and_keeps_no_room_open() -> None:
    house = House(Options(simulated=("alice", "bob")))
    ann = house.client("ann")
    assert [one.identity for one in ann.take("join")[0].join.other_participants] == ["alice", "bob"]
    ann.send({"leave": {}})
    house.wait(21)
    assert house.server.rooms == {}
    assert not [timer for timer in house.timers if timer[0] == "simulated"]  # type: ignore[index]


def test_joining_as_her_replaces_her() -> None:
    house = House(Options(simulated=("alice",)))
    ann = house.client("ann")
    alice = house.client("alice")
    assert alice.take("join")[0].join.participant.identity == "alice"
    house.wait(17)
    assert alice.take("speakers_changed") == ann.take("speakers_changed") == []
    alice.send({"leave": {}})
    house.wait(17)
    assert ann.closed is None


def test_nobody_is_simulated_unless_asked_for() -> None:
    house = House()
    assert not house.client("ann").take("join")[0].join.other_participants
    assert not [timer for timer in house.timers if timer[0] == "simulated"]  # type: ignore[index]
