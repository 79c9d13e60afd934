"""How long answers took, pair by pair: a request and its answer, or what one participant did and another one saw.

Held as histograms, so that memory stays flat however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.recording.histogram import Histogram
from lksig.render.safe_text import neutralise
from lksig.wire.events import Message, Reading

if TYPE_CHECKING:
    from lksig.session.crossing import Crossing
    from lksig.session.recent import RecentMessages

MAX_PAIRS = 1_000
"""Names of participants are part of a pair; nobody makes memory grow by inventing more."""


class Latencies:
    """Collects them.

    Args:
        recent: where the requests are found that answers name.
    """

    def __init__(self, recent: RecentMessages) -> None:
        self._recent = recent
        self._pairs: dict[tuple[str, str], Histogram] = {}

    def observe(self, reading: Reading) -> None:
        """Count an answer."""
        event = reading.event
        if type(event) is not Message or reading.reply_to is None or reading.reply_ns is None:
            return
        request = self._recent.held(reading.reply_to)
        asked = "?" if request is None else request.event.case or "-"
        self._add((asked, event.case or "-"), reading.reply_ns)

    def crossed(self, crossing: Crossing) -> None:
        """Count what crossed from one participant to another."""
        self._add(crossing.pair, crossing.took_ns)

    def _add(self, pair: tuple[str, str], took_ns: int) -> None:
        if pair in self._pairs or len(self._pairs) < MAX_PAIRS:
            self._pairs.setdefault(pair, Histogram()).add(took_ns)

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Pair, count, median, 99th percentile and the slowest, in ms."""
        for (asked, answered), times in sorted(self._pairs.items()):
            shown = (times.percentile_ns(50) or 0, times.percentile_ns(99) or 0, times.max_ns)
            p50, p99, slowest = (f"{ns / 1e6:.1f} ms" for ns in shown)
            yield neutralise(f"{asked} → {answered}"), str(times.count), p50, p99, slowest
