"""Bytes as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lksig.render.hexdump import base64_text, hexdump


def test_a_line_has_offset_pairs_and_text() -> None:
    assert list(hexdump(b"\x1a\x0fhello, \x1b[31m!!\xffx")) == [
        "00000000: 1a0f 6865 6c6c 6f2c 201b 5b33 316d 2121  ..hello, .[31m!!",
        "00000010: ff78                                     .x",
    ]


def test_an_odd_byte_stands_alone() -> None:
    assert list(hexdump(b"abc")) == ["00000000: 6162 63                                  abc"]


def test_nothing_has_no_lines() -> None:
    assert list(hexdump(b"")) == []


@given(st.binary())
def test_the_bytes_can_be_read_back(data: bytes) -> None:
    digits = "".join(line[10:49].replace(" ", "") for line in hexdump(data))
    assert bytes.fromhex(digits) == data


def test_base64_is_one_line() -> None:
    assert base64_text(b"\xff" * 60) == "/" * 80
