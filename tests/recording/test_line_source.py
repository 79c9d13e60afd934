"""Chunks become lines, however they are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.line_source import LineSource


@given(st.lists(st.text("ab\n", max_size=9).map(str.encode)))
def test_lines_do_not_depend_on_chunks(chunks: list[bytes]) -> None:
    source = LineSource(chunks)
    lines = list(source)
    assert [*lines, source.rest] == b"".join(chunks).split(b"\n")


@given(st.lists(st.text("ab\n", max_size=9).map(str.encode)), st.integers(0, 8))
def test_long_lines_are_none(chunks: list[bytes], most: int) -> None:
    source = LineSource(chunks, max_line_bytes=most)
    *lines, rest = b"".join(chunks).split(b"\n")
    assert list(source) == [line if len(line) <= most else None for line in lines]
    assert source.rest == rest if len(rest) <= most else rest.startswith(source.rest)


def test_of_a_long_line_little_is_held() -> None:
    source = LineSource([b"x" * 100] * 50, max_line_bytes=150)
    assert list(source) == []
    assert len(source.rest) <= 250
