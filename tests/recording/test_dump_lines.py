"""Rows of hexdumps: those that are some, and lines that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording import dump_lines
from lksig.recording.dump_lines import Dump, Row, read_row
from lksig.render.hexdump import hexdump


@given(st.binary(min_size=1, max_size=80))
def test_what_lksig_prints_is_read_back(data: bytes) -> None:
    dump = Dump()
    for number, line in enumerate(hexdump(data), 7):
        row = read_row(line.encode())
        assert row is not None
        assert dump.goes_on(row) is (number > 7)
        dump.add(row, number)
    assert (bytes(dump.data), dump.line) == (data, 7)


@pytest.mark.parametrize(
    "line",
    [
        "00000010: 61 62 63 64  abcd",
        "00000010: 61626364  abcd\r\n",
        "00000010  61 62 63 64                                       |abcd|",
    ],
)
def test_other_ways_to_write_a_row(line: str) -> None:
    assert read_row(line.encode()) == Row(16, b"abcd")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "00000000: 6162 6364  abce",
        "00000000: 6162 6364  abcd and a secret",
        "00000000: 6162 636  abc",
        "10:32:05  6162 6364  abcd",
        "00000000  61 62 63 64  |abcd| and more",
    ],
)
def test_lines_that_are_no_rows(line: str) -> None:
    assert read_row(line.encode()) is None


def test_other_bytes_begin_where_the_offset_does_not_go_on() -> None:
    dump = Dump()
    assert not dump.goes_on(Row(0, b"a"))
    dump.add(Row(0, b"ab"), 1)
    assert dump.goes_on(Row(2, b"c"))
    assert not dump.goes_on(Row(0, b"c"))
    assert not dump.goes_on(Row(16, b"c"))


def test_a_dump_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump_lines, "MAX_DUMP_BYTES", 2)
    dump = Dump()
    dump.add(Row(0, b"ab"), 1)
    assert not dump.goes_on(Row(2, b"c"))
