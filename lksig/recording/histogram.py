"""Durations, counted in buckets, so that a million of them take no more room than a thousand.

A logarithmic histogram: bucket `k` counts what lies around 1.02**k ns, so a percentile is at most 1 % off, whatever its
size; the largest, the smallest and the sum are exact. Every duration below a century falls into one of 2203 buckets.
A reservoir would need luck for a p99; this needs none, and two of them add up.
"""

from __future__ import annotations

import math

_LOG_BASE = math.log(1.02)


class Histogram:
    """How long something took, over many times."""

    __slots__ = ("_buckets", "count", "max_ns", "min_ns", "sum_ns")

    def __init__(self) -> None:
        self.count = 0
        self.min_ns = 0
        self.max_ns = 0
        self.sum_ns = 0
        self._buckets: dict[int, int] = {}

    def add(self, ns: int) -> None:
        """Count one duration; a negative one, of a file that somebody wrote by hand, counts as none."""
        ns = max(ns, 0)
        self.min_ns = min(self.min_ns, ns) if self.count else ns
        self.max_ns = max(self.max_ns, ns)
        self.sum_ns += ns
        self.count += 1
        bucket = round(math.log(ns) / _LOG_BASE) if ns else -1
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def percentile_ns(self, percent: float) -> int | None:
        """The duration that `percent` of all do not exceed (nearest rank), to 1 %; None when there are none."""
        rank = max(math.ceil(self.count * percent / 100), 1)
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                middle = round(math.exp(bucket * _LOG_BASE)) if bucket >= 0 else 0
                return min(max(middle, self.min_ns), self.max_ns)
        return None
