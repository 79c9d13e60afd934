"""Which readings of two runs belong together, in a stretch of both.

The rule: requests of a session keep their order, and so do its HTTP exchanges; a close belongs to that of the same
socket; an answer belongs to the answer to the same request, whenever it comes; what the server sends unasked may have
changed places by a little with what speaks of something else. Whether an unasked message comes before or after a
request is a matter of time, and not looked at. In each of these what is equal and in order comes first, then what is of
one kind and stands at the same place; the rest only one run has. Two states of one participant never pass each other.

Equal ones are found as a longest common subsequence. Source: Hunt and Szymanski, A fast algorithm for computing longest
common subsequences (1977).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Protocol

from lksig.records import record

REORDER = 32
"""How many places an unasked message may be off, among its like. Observed: livekit-server 1.13.5 in a room of three,
up to 12."""

MAX_SAME = 8
"""Equal readings of the other run that are looked at for one: the nearest."""


@record
class Item:
    """One reading, as far as its place matters."""

    kind: Hashable
    """Session, direction and case, or another event."""
    content: Hashable
    """What it says; equal for readings that say the same."""
    n: int | None = None
    lane: Hashable = None
    """What is in one lane keeps its order: the requests of a session."""
    reply_to: int | None = None
    is_unasked: bool = False
    """The server sent it, and it answers nothing."""
    subjects: frozenset[Hashable] = frozenset()
    """What it speaks of."""


Partner = Callable[[int], int | None]
"""Number of a message of the first run → that of its partner in the second, where it has one."""


class Answering(Protocol):
    """What may answer a request."""

    @property
    def reply_to(self) -> int | None:
        """The number of that request, in its recording."""


def may_pair(a: Answering, b: Answering, partner: Partner) -> bool:
    """Whether two readings answer the same request, or nothing."""
    if a.reply_to is None or b.reply_to is None:
        return a.reply_to is b.reply_to
    known = partner(a.reply_to)
    return known is None or known == b.reply_to


def align(a: Sequence[Item], b: Sequence[Item], partner: Partner) -> dict[int, int]:
    """What belongs together in two stretches: place in the first → place in the second.

    Args:
        partner: of requests before these stretches.
    """
    return _Aligner(a, b, partner).pairs


class _Aligner:
    def __init__(self, a: Sequence[Item], b: Sequence[Item], partner: Partner) -> None:
        self.pairs: dict[int, int] = {}
        self._a = a
        self._b = b
        self._known = partner
        self._numbers: dict[int, int] = {}
        self._by_subject: dict[Hashable, list[tuple[int, int]]] = {}
        for lane in dict.fromkeys(item.lane for item in (*a, *b)):
            self._in_order(*_where(a, b, _is_fixed_in(lane)))
        self._answers(*_where(a, b, _is_answer))
        self._unasked(*_where(a, b, _is_unasked))

    def _pair(self, i: int, j: int) -> None:
        self.pairs[i] = j
        a, b = self._a[i], self._b[j]
        if a.n is not None and b.n is not None:
            self._numbers[a.n] = b.n

    # --- requests and other events ------------------------------------------------------------------------------------

    def _in_order(self, lane_a: list[int], lane_b: list[int]) -> None:
        """Equal ones, and between two of them those of one kind."""
        common = self._common(lane_a, lane_b)
        gaps = zip([(-1, -1), *common], [*common, (len(lane_a), len(lane_b))], strict=True)
        for x, y in common:
            self._pair(lane_a[x], lane_b[y])
        for (from_x, from_y), (to_x, to_y) in gaps:
            left = lane_b[from_y + 1 : to_y]
            for i in lane_a[from_x + 1 : to_x]:
                found = next((at for at, j in enumerate(left) if self._b[j].kind == self._a[i].kind), None)
                if found is not None:
                    self._pair(i, left[found])
                    del left[: found + 1]

    def _common(self, lane_a: list[int], lane_b: list[int]) -> list[tuple[int, int]]:
        """The longest sequence of equal readings, as places in the lanes."""
        places: dict[Hashable, list[int]] = {}
        for y, j in enumerate(lane_b):
            places.setdefault((self._b[j].kind, self._b[j].content), []).append(y)
        ends: list[int] = []
        chains: list[tuple[int, int, object]] = []
        for x, i in enumerate(lane_a):
            for y in reversed(_nearest(places.get((self._a[i].kind, self._a[i].content), []), x)):
                at = bisect_left(ends, y)
                link = (x, y, chains[at - 1] if at else None)
                if at == len(ends):
                    ends.append(y)
                    chains.append(link)
                else:
                    ends[at], chains[at] = y, link
        return list(_links(chains[-1]))[::-1] if chains else []

    # --- answers ------------------------------------------------------------------------------------------------------

    def _answers(self, lane_a: list[int], lane_b: list[int]) -> None:
        """An answer that says something else answers the same request all the same."""
        waiting: dict[int | None, list[int]] = {}
        for j in lane_b:
            waiting.setdefault(self._b[j].reply_to, []).append(j)
        for is_alike in (_says_the_same, _is_of_one_kind, _is_anything):
            for i in lane_a:
                a = self._a[i]
                left = waiting.get(self._partner(a.reply_to or 0), [])
                chosen = None if i in self.pairs else next((j for j in left if is_alike(a, self._b[j])), None)
                if chosen is not None:
                    left.remove(chosen)
                    self._pair(i, chosen)

    def _partner(self, n: int) -> int | None:
        found = self._numbers.get(n)
        return (self._known(n) or -1) if found is None else found

    # --- what the server sends unasked --------------------------------------------------------------------------------

    def _unasked(self, lane_a: list[int], lane_b: list[int]) -> None:
        spine = self._common(lane_a, lane_b)
        for x, y in spine:
            self._pair_places(lane_a, lane_b, x, y)
        for is_equal, key in _PASSES:
            done = set(self.pairs.values())
            places: dict[Hashable, list[int]] = {}
            for y, j in enumerate(lane_b):
                if j not in done:
                    places.setdefault(key(self._b[j]), []).append(y)
            for x, i in enumerate(lane_a):
                if i in self.pairs:
                    continue
                left = places.get(key(self._a[i]), [])
                for y in _near(left, spine, x):
                    # What is equal and was not paired at first has passed what speaks of the same.
                    is_same = self._a[i].content == self._b[lane_b[y]].content
                    if is_same is is_equal and self._keeps_order(i, lane_b[y], x, y):
                        left.remove(y)
                        self._pair_places(lane_a, lane_b, x, y)
                        break

    def _pair_places(self, lane_a: list[int], lane_b: list[int], x: int, y: int) -> None:
        self._pair(lane_a[x], lane_b[y])
        for subject in self._a[lane_a[x]].subjects | self._b[lane_b[y]].subjects:
            insort(self._by_subject.setdefault(subject, []), (x, y))

    def _keeps_order(self, i: int, j: int, x: int, y: int) -> bool:
        """Whether a pair would pass none that speaks of the same; those keep their order among themselves."""
        for subject in self._a[i].subjects | self._b[j].subjects:
            pairs = self._by_subject.get(subject, [])
            at = bisect_left(pairs, (x, y))
            if (at > 0 and pairs[at - 1][1] > y) or (at < len(pairs) and pairs[at][1] < y):
                return False
        return True


_PASSES: tuple[tuple[bool, Callable[[Item], Hashable]], ...] = (
    (True, lambda item: (item.kind, item.content)),
    (False, lambda item: (item.kind, item.subjects)),
    (False, lambda item: item.kind),
)
"""How the rest is paired: equal ones that were moved, then what speaks of the same, then what is of one kind."""


def _says_the_same(a: Item, b: Item) -> bool:
    return a.kind == b.kind and a.content == b.content


def _is_of_one_kind(a: Item, b: Item) -> bool:
    return a.kind == b.kind


def _is_anything(a: Item, b: Item) -> bool:
    return True


def _is_fixed_in(lane: Hashable) -> Callable[[Item], bool]:
    return lambda item: not item.is_unasked and item.reply_to is None and item.lane == lane


def _is_answer(item: Item) -> bool:
    return item.reply_to is not None


def _is_unasked(item: Item) -> bool:
    return item.is_unasked


def _where(a: Sequence[Item], b: Sequence[Item], wanted: Callable[[Item], bool]) -> tuple[list[int], list[int]]:
    return [i for i, item in enumerate(a) if wanted(item)], [j for j, item in enumerate(b) if wanted(item)]


def _nearest(places: list[int], x: int) -> list[int]:
    if len(places) <= MAX_SAME:
        return places
    at = max(0, min(bisect_left(places, x) - MAX_SAME // 2, len(places) - MAX_SAME))
    return places[at : at + MAX_SAME]


def _near(places: list[int], spine: list[tuple[int, int]], x: int) -> list[int]:
    """Those of the places that are close to `x`, seen from the last equal pair before it."""
    at = bisect_left(spine, (x, -1))
    from_x, from_y = spine[at - 1] if at else (0, 0)
    here = from_y + x - from_x
    return places[bisect_left(places, here - REORDER) : bisect_left(places, here + REORDER + 1)]


def _links(link: object) -> Iterator[tuple[int, int]]:
    """A chain from its end."""
    while isinstance(link, tuple):
        x, y, link = link
        yield x, y
