"""The playbook tool itself: it must see what is missing, what is too much, and what is different."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.playbook import Playbook


class Doubler:
    def handle(self, event: int) -> Iterator[int]:
        yield from (event, event * 2)


def is_even(action: int) -> bool:
    return action % 2 == 0


def test_a_conversation_that_goes_as_written() -> None:
    (Playbook(Doubler()) >> 1 << 1 << 2 >> 3 << 3 << is_even).check()


@pytest.mark.parametrize(
    ("playbook", "shown"),
    [
        (Playbook(Doubler()) >> 1 << 1, "+<< 2"),
        (Playbook(Doubler()) >> 1 << 1 << 2 << 4, "-<< 4"),
        (Playbook(Doubler()) >> 1 << 1 << 3, "-<< 3\n+<< 2"),
        (Playbook(Doubler()) >> 1 << is_even << 2, "-<< <something that is is_even>\n+<< 1"),
        (Playbook(Doubler()) >> 1 << 1 >> 2 << 2 << 4, "+<< 2\n"),
        (Playbook(Doubler(), show=hex) >> 8 << 8 << 17, "-<< 0x11\n+<< 0x10"),
    ],
)
def test_every_difference_is_shown(playbook: Playbook, shown: str) -> None:
    with pytest.raises(AssertionError) as failure:
        playbook.check()
    assert shown in str(failure.value)
