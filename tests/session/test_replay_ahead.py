"""Looking ahead for the `join` of a socket, without losing or reordering a reading."""

from __future__ import annotations

from lksig.session.replay_ahead import LOOK_AHEAD, Ahead
from lksig.wire.events import Reading
from tests.support.replayed import Side


def test_the_join_is_found_and_nothing_is_lost() -> None:
    side, other = Side(), Side(2)
    readings = [side.start(), side.http(), other.join("PA_other"), side.client("ping", 1), side.join(), other.http()]
    ahead = Ahead(readings)
    seen: list[Reading] = []
    for reading in ahead:
        seen.append(reading)
        if reading is readings[1]:
            assert ahead.join_behind(reading) is readings[4].event
            assert ahead.join_behind(reading) is readings[4].event, "it can be asked again"
        if reading is readings[2]:
            assert ahead.join_behind(reading) is readings[2].event, "it opens the socket itself"
    assert seen == readings


def test_another_message_comes_first() -> None:
    side = Side()
    opener = side.http()
    assert Ahead([side.server("reconnect"), side.join()]).join_behind(opener) is None


def test_none_comes_at_all() -> None:
    side = Side()
    opener = side.http()
    assert Ahead([]).join_behind(opener) is None
    side.socket = 2
    assert Ahead([side.join()]).join_behind(opener) is None, "over another socket"


def test_it_does_not_look_for_ever() -> None:
    side = Side()
    opener = side.http()
    far = [side.client("ping", n) for n in range(LOOK_AHEAD)]
    ahead = Ahead(iter([*far, side.join()]))
    assert ahead.join_behind(opener) is None
    assert [reading.event.case for reading in ahead] == ["ping"] * LOOK_AHEAD + ["join"]
