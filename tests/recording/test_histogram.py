"""Durations in buckets: exact at the ends, 1 % off in between, and small whatever comes."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.histogram import Histogram

CENTURY_NS = 100 * 366 * 86_400 * 10**9


def histogram(durations: list[int]) -> Histogram:
    made = Histogram()
    for ns in durations:
        made.add(ns)
    return made


def test_nothing_has_no_percentile() -> None:
    assert histogram([]).percentile_ns(50) is None


@given(st.lists(st.integers(0, CENTURY_NS), min_size=1), st.floats(0, 100))
def test_a_percentile_is_one_percent_off_at_most(durations: list[int], percent: float) -> None:
    made = histogram(durations)
    exact = sorted(durations)[max(math.ceil(len(durations) * percent / 100), 1) - 1]
    found = made.percentile_ns(percent)
    assert found is not None
    assert abs(found - exact) <= exact * 0.01 + 1
    assert (made.min_ns, made.max_ns) == (min(durations), max(durations))
    assert (made.count, made.sum_ns) == (len(durations), sum(durations))


def test_the_ends_are_exact() -> None:
    made = histogram([1_000_123, 5, 77_777_777])
    assert made.percentile_ns(0) == 5
    assert made.percentile_ns(100) == 77_777_777


def test_a_negative_duration_counts_as_none() -> None:
    assert histogram([-5]).percentile_ns(50) == 0
