"""Compressed recordings: read by content, whole after every line, honest about what is cut."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError, RecordingError
from lksig.recording.compression import PIECE_BYTES, Decompressed, Gzip, Plain, Zstd, compressor_for

zstd: Any = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

ZSTD_HEADER = 6
"""Behind it blocks begin. Source: RFC 8878 section 3.1.1, a frame without size, checksum and dictionary."""

LINES = [b"line %d\n" % number * (number % 3 + 1) for number in range(40)]
COMPRESSORS: list[Callable[[], Any]] = [Plain, Gzip, Zstd]


def content(*chunks: bytes) -> tuple[bytes, str | None]:
    """What a stream holds, and what is wrong with it."""
    stream = Decompressed(chunks)
    return b"".join(stream), stream.damage


@pytest.mark.parametrize("make", COMPRESSORS)
def test_every_line_can_be_read_as_soon_as_it_is_written(make: Callable[[], Any]) -> None:
    compressor = make()
    written, expected = b"", b""
    for line in LINES:
        written += compressor.line(line)
        expected += line
        assert content(written) == (expected, None)
    assert content(written + compressor.finish()) == (expected, None)


@pytest.mark.parametrize("make", [Gzip, Zstd])
def test_a_cut_stream_gives_what_is_there_and_says_so(make: Callable[[], Any]) -> None:
    compressor = make()
    ends, written = [0], b""
    for line in LINES:
        written += compressor.line(line)
        ends.append(len(written))
    if make is Zstd:
        ends.append(ZSTD_HEADER)
    written += compressor.finish()
    name = type(compressor).__name__.lower()
    for cut in range(4, len(written)):
        found, damage = content(written[:cut])
        whole = sum(end <= cut for end in ends[: len(LINES) + 1]) - 1
        assert found.startswith(b"".join(LINES[:whole]))
        assert damage == (None if cut in ends else f"its {name} data is cut short"), cut


@given(st.data())
def test_chunks_do_not_matter(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from(COMPRESSORS))
    compressor = make()
    whole = b"".join([*map(compressor.line, LINES), compressor.finish()])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    chunks = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert content(*chunks) == (b"".join(LINES), None)


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_streams_of_other_tools(compress: Callable[[bytes], bytes]) -> None:
    first, second = compress(b"a" * 10), compress(b"b" * (3 * PIECE_BYTES))
    assert content(first + second) == (b"a" * 10 + b"b" * (3 * PIECE_BYTES), None)
    assert content(first, second) == (b"a" * 10 + b"b" * (3 * PIECE_BYTES), None)
    assert content(first, b"") == (b"a" * 10, None)
    found, damage = content(first + second[:-1])
    assert found.startswith(b"a" * 10)
    assert damage is not None
    assert damage.endswith("cut short")


@pytest.mark.parametrize("make", [Gzip, Zstd])
def test_damaged_streams(make: Callable[[], Any]) -> None:
    compressor = make()
    whole = b"".join([*map(compressor.line, LINES), compressor.finish()])
    found, damage = content(whole[:100] + bytes(200))
    assert b"".join(LINES).startswith(found)
    assert damage is not None
    assert "is damaged (" in damage
    assert content(whole + b"trailing rubbish")[0] == b"".join(LINES)
    assert "is damaged" in str(content(whole + b"trailing rubbish")[1])


def test_every_cut_of_a_zstd_frame_of_another_tool_is_seen() -> None:
    """Its last block may be stored, compressed, or one byte that is repeated."""
    for text in (bytes(range(256)), b"word " * 200, b"b" * 1000):
        whole = zstd.compress(text)
        for cut in range(len(whole) - 3, len(whole)):
            assert content(whole[:cut])[1] == "its zstd data is cut short"


@given(st.binary())
def test_other_bytes_pass(data: bytes) -> None:
    if not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        assert content(data[:2], data[2:]) == (data, None)


@given(st.sampled_from([b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]), st.binary())
def test_any_bytes_behind_a_magic_number_do_no_harm(magic: bytes, data: bytes) -> None:
    content(magic + data)


def test_the_name_decides_what_is_written() -> None:
    kinds = [type(compressor_for(name)) for name in ("a.lksig", "a.lksig.gz", "a.lksig.zst", "-")]
    assert kinds == [Plain, Gzip, Zstd, Plain]


def test_without_the_library_zstd_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zstd.compress(b"text")
    monkeypatch.setitem(sys.modules, zstd.__name__, None)
    with pytest.raises(InputError, match="zstd needs a library") as wanted:
        compressor_for("a.zst")
    assert wanted.value.hint == "pip install 'lksig[zstd]', or use `.gz`"
    with pytest.raises(RecordingError, match="zstd needs a library"):
        content(data)
