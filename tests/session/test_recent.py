"""The newest messages of a run."""

from __future__ import annotations

from lksig.schema.pool import TO_CLIENT
from lksig.session.recent import RecentMessages
from lksig.wire.events import Message, Note, Reading


def reading(n: int, size: int = 1) -> Reading:
    return Reading(Message(0, TO_CLIENT, bytes(size), None, None, by="server"), n=n)


def test_messages_are_found_by_number() -> None:
    recent = RecentMessages()
    assert (recent.newest, recent.get(1)) == (0, None)
    one, two = reading(1), reading(2)
    recent.add(one)
    recent.add(two)
    assert (recent.get(1), recent.get(2), recent.get(3), recent.newest) == (one, two, None, 2)


def test_only_messages_are_held() -> None:
    recent = RecentMessages()
    recent.add(Reading(Note(0, "x", "y")))
    recent.add(Reading(Note(0, "x", "y"), n=5))
    assert (recent.newest, recent.get(5)) == (0, None)


def test_the_oldest_goes_when_there_are_too_many() -> None:
    recent = RecentMessages(max_messages=3)
    for n in range(1, 6):
        recent.add(reading(n))
    assert [n for n in range(7) if recent.get(n)] == [3, 4, 5]
    assert recent.newest == 5


def test_the_oldest_go_when_there_are_too_many_bytes() -> None:
    recent = RecentMessages(max_bytes=10)
    for n in range(1, 4):
        recent.add(reading(n, 4))
    assert [n for n in range(5) if recent.get(n)] == [2, 3]
    recent.add(reading(4, 100))
    assert [n for n in range(5) if recent.get(n)] == [4]
    recent.add(reading(5, 1))
    assert [n for n in range(6) if recent.get(n)] == [5]


def test_a_recording_gives_what_is_no_longer_held() -> None:
    old = reading(1)
    recent = RecentMessages(max_messages=1, older=lambda n: old if n == 1 else None)
    for n in range(1, 4):
        recent.add(reading(n))
    assert (recent.get(1), recent.get(2)) == (old, None)
    assert recent.get(3) is not None
    assert (recent.held(1), recent.held(3)) == (None, recent.get(3))
