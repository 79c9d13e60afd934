"""Two recordings compared: their readings side by side, and what differs.

    diff = Diff(first.readings(), second.readings())
    for finding in diff.findings():
        ...
    diff.counts

The rule: both are read once, in step, and only a window of each is held, so their size does not matter. Findings come
in the order of the first recording. What belongs together: `alignment`; what counts as equal: `compare`. lksig's own
keep-alives and fences are left out unless asked for; so are states, notes, markers and what follows from messages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lksig.recording.alignment import REORDER, align, may_pair
from lksig.recording.compared import LOOK, MAX_REQUESTS, Compared, Sessions, Side, Wanted
from lksig.recording.trees import Difference, differences, words
from lksig.wire.events import Reading

MAX_LOOK = 2048
"""The same, where one recording has a long stretch that the other has not."""

NEAR = 8
"""Places up to which a message that only changed its place is looked for first."""

Change = Literal["changed", "only_a", "only_b"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What differs at one place."""

    change: Change
    a: Reading | None
    b: Reading | None
    differences: tuple[Difference, ...] = ()
    """Of two readings that belong together."""
    said: str = ""
    """Of a reading that only one has: what it says."""


@dataclass(slots=True)
class Counts:
    """How much was compared."""

    messages_a: int = 0
    messages_b: int = 0
    same: int = 0
    """Messages that say the same."""
    in_between: int = 0
    """Messages that only one has and that are no difference; see `snapshots`."""
    changed: int = 0
    only_a: int = 0
    only_b: int = 0
    """Messages and other events."""

    @property
    def is_equal(self) -> bool:
        """Nothing differs."""
        return not (self.changed or self.only_a or self.only_b)


class Diff:
    """The comparison of two recordings.

    Args:
        a: readings of the first, from its beginning.
        b: of the second.
        times: compare times, too.
        own: keep-alives and fences of lksig count, and states in between, which servers may leave out.
        wanted: what is compared; None for everything.
    """

    def __init__(
        self,
        a: Iterable[Reading],
        b: Iterable[Reading],
        *,
        times: bool = False,
        own: bool = False,
        wanted: Wanted | None = None,
    ) -> None:
        self.counts = Counts()
        self._times = times
        self._own = own
        sessions = Sessions()
        self._a = Side(a, own, wanted, sessions.first, times=times)
        self._b = Side(b, own, wanted, sessions.second, times=times)
        self._partners: OrderedDict[int, int] = OrderedDict()
        self.roles = self._a.roles, self._b.roles
        """Of both recordings."""

    def findings(self) -> Iterator[Finding]:
        """Everything that differs, in order; `counts` is right behind the last one."""
        a, b = self._a, self._b
        while True:
            a.fill(LOOK)
            b.fill(LOOK)
            if not a.window and not b.window:
                break
            places = self._next_equal()
            if places is None:
                yield from self._stretch()
            else:
                yield from self._pair(a.take(places[0]), b.take(places[1]))
        self.counts.messages_a, self.counts.messages_b = a.messages, b.messages

    def _next_equal(self) -> tuple[int, int] | None:
        """Where the next two readings stand that say the same, when that is at once or nearly so."""
        here, there = self._a.window, self._b.window
        if not here or not there:
            return None
        if self._is_same(here[0], there[0]):
            return 0, 0
        for place in range(1, min(NEAR, len(there))):
            if self._is_same(here[0], there[place]) and _may_pass(here[0], there[:place]):
                return 0, place
        for place in range(1, min(NEAR, len(here))):
            if self._is_same(here[place], there[0]) and _may_pass(there[0], here[:place]):
                return place, 0
        return None

    def _is_same(self, a: Compared, b: Compared) -> bool:
        """Whether two readings belong together and say the same, apart from times."""
        if a.kind != b.kind or not may_pair(a, b, self._partners.get):
            return False
        return (a.bare == b.bare and a.bare != "") or a.tree == b.tree

    def _stretch(self) -> Iterator[Finding]:
        """Compare as far as what belongs together is certain; that is at least one reading of either."""
        look = LOOK
        while True:
            here, there = self._a.window[:look], self._b.window[:look]
            pairs = align([one.item for one in here], [one.item for one in there], self._partners.get)
            end_a, end_b = self._certain(pairs, len(here), len(there))
            same = sum(i < end_a and here[i].item.content == there[j].item.content for i, j in pairs.items())
            if 2 * same >= min(end_a, end_b) or look >= MAX_LOOK or not self._grow(look * 2):
                yield from self._commit(pairs, end_a, end_b)
                return
            look *= 2

    def _certain(self, pairs: dict[int, int], end_a: int, end_b: int) -> tuple[int, int]:
        """Up to where more readings would change nothing: the last pair that is not near an end of the window."""
        is_all_a, is_all_b = self._a.is_read(end_a), self._b.is_read(end_b)
        if is_all_a and is_all_b:
            return end_a, end_b
        last_a = end_a if is_all_a else end_a - 2 * REORDER
        last_b = end_b if is_all_b else end_b - 2 * REORDER
        cut = max(((i, j) for i, j in pairs.items() if i < last_a and j < last_b), default=None)
        return ((end_a + 1) // 2, (end_b + 1) // 2) if cut is None else (cut[0] + 1, cut[1] + 1)

    def _grow(self, look: int) -> bool:
        """Read further; whether there was more."""
        had = len(self._a.window), len(self._b.window)
        self._a.fill(look)
        self._b.fill(look)
        return had != (len(self._a.window), len(self._b.window))

    def _commit(self, pairs: dict[int, int], end_a: int, end_b: int) -> Iterator[Finding]:
        """Tell what was found before these places, and leave it behind."""
        partner_of = {j: i for i, j in pairs.items()}
        done_a, done_b = set(), set()
        next_b = 0
        for i in range(max(end_a, *(i + 1 for i, j in pairs.items() if j < end_b), 0)):
            while next_b < min(end_b, pairs.get(i, -1) + 1) and (next_b in done_b or next_b not in partner_of):
                if next_b not in done_b:
                    done_b.add(next_b)
                    yield from self._only("only_b", next_b, partner_of)
                next_b += 1
            if i in pairs and (i < end_a or pairs[i] < end_b):
                done_a.add(i)
                done_b.add(pairs[i])
                yield from self._pair(self._a.window[i], self._b.window[pairs[i]])
            elif i not in pairs and i < end_a:
                done_a.add(i)
                yield from self._only("only_a", i, pairs)
        for j in range(end_b):
            if j not in done_b:
                done_b.add(j)
                yield from self._only("only_b", j, partner_of)
        self._a.drop(done_a)
        self._b.drop(done_b)

    def _only(self, change: Change, place: int, partners: dict[int, int]) -> Iterator[Finding]:
        """A reading that the other recording has not.

        Args:
            partners: places in the window it stands in → places in the other one.
        """
        side, other = (self._a, self._b) if change == "only_a" else (self._b, self._a)

        def is_in_both(at: int) -> bool:
            return at in partners and side.window[at].tree == other.window[partners[at]].tree

        if not self._own and side.is_in_between(place, is_in_both):
            self.counts.in_between += 1
            return
        reading, said = side.window[place].reading, words(side.window[place].body)
        if change == "only_a":
            self.counts.only_a += 1
            yield Finding(change, reading, None, said=said)
        else:
            self.counts.only_b += 1
            yield Finding(change, None, reading, said=said)

    def _pair(self, a: Compared, b: Compared) -> Iterator[Finding]:
        if a.reading.n is not None and b.reading.n is not None:
            self._partners[a.reading.n] = b.reading.n
            if len(self._partners) > MAX_REQUESTS:
                self._partners.popitem(last=False)
        found = tuple(self._differences(a, b))
        if found:
            self.counts.changed += 1
            yield Finding("changed", a.reading, b.reading, found)
        else:
            self.counts.same += a.reading.n is not None

    def _differences(self, a: Compared, b: Compared) -> Iterator[Difference]:
        if a.case != b.case:
            yield Difference("case", a.case, b.case)
        elif self._times:
            yield from differences(a.timed_tree(), b.timed_tree(), a.prefix)
        elif not self._is_same(a, b):
            yield from differences(a.tree, b.tree, a.prefix)


def _may_pass(one: Compared, others: list[Compared]) -> bool:
    """Whether a reading may stand behind these; see `alignment`."""
    if one.reply_to is not None:
        return True
    if not one.is_unasked:
        return all(other.is_unasked or other.reply_to is not None or other.lane != one.lane for other in others)
    return not any(other.is_unasked and one.subjects & other.subjects for other in others)
