"""gzip and zstd around a recording: written line by line, read by content, whatever the file is called.

The rule: what was written before a crash can be read after it. So every line ends a block of the compressed stream
(`Z_SYNC_FLUSH`, `FLUSH_BLOCK`), which costs part of the ratio; a finished file can be compressed again. Reading gives
what there is, and `damage` says whether something is missing.

Source: RFC 1952 (gzip), RFC 1951 section 3.2.4 (the empty block that a flush ends with), RFC 8878 (zstd). Python has
zstd from 3.14 on; before, the package `backports.zstd` brings the same module (extra `lksig[zstd]`).
"""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from lksig.errors import InputError, LksigError, RecordingError

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
MAGIC_BYTES = 4

PIECE_BYTES = 1 << 18
"""What a compressed chunk becomes at most at a time: a small file may hold a lot of zeros."""

ZSTD_LEVEL = 3
"""The library's own default; higher levels gain little where every line is a block."""

_FLUSHED = b"\x00\x00\xff\xff"
"""How a flushed deflate stream ends: an empty stored block."""
_LAST_BLOCK = b"\x01\x00\x00"
"""An empty last block of a zstd frame."""


class Compressor(Protocol):
    """Turns lines into what is written."""

    def line(self, data: bytes) -> bytes:
        """The bytes for a line; it can be read as soon as they are written."""

    def finish(self) -> bytes:
        """The bytes that end the stream."""


class Plain:
    """No compression."""

    def line(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Gzip:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)

    def line(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._stream.flush()


class Zstd:
    def __init__(self) -> None:
        module = _zstd(InputError)
        self._stream = module.ZstdCompressor(level=ZSTD_LEVEL)
        self._flush_block, self._flush_frame = self._stream.FLUSH_BLOCK, self._stream.FLUSH_FRAME

    def line(self, data: bytes) -> bytes:
        done: bytes = self._stream.compress(data, mode=self._flush_block)
        return done

    def finish(self) -> bytes:
        done: bytes = self._stream.flush(self._flush_frame)
        return done


def compressor_for(name: str) -> Compressor:
    """What a file of this name is written with.

    Raises:
        InputError: `.zst`, and there is no zstd here.
    """
    if name.endswith(".gz"):
        return Gzip()
    return Zstd() if name.endswith(".zst") else Plain()


def _zstd(error: type[LksigError]) -> Any:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        raise error(
            "zstd needs a library that this Python does not have",
            code="no-zstd",
            layer="file",
            hint="pip install 'lksig[zstd]', or use `.gz`",
        ) from exc


class Decompressed:
    """The content of a stream of chunks, compressed or not.

    Args:
        chunks: as they are read.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.damage: str | None = None
        """After the last piece: why there are not more of them."""

    def __iter__(self) -> Iterator[bytes]:
        first = b""
        for chunk in self._chunks:
            first += chunk
            if len(first) >= MAGIC_BYTES:
                break
        if first.startswith(GZIP_MAGIC):
            yield from self._unpack(_GzipReader(), first)
        elif first.startswith(ZSTD_MAGIC):
            yield from self._unpack(_ZstdReader(), first)
        else:
            yield first
            yield from self._chunks

    def _unpack(self, reader: _GzipReader | _ZstdReader, first: bytes) -> Iterator[bytes]:
        try:
            yield from reader.pieces(first)
            for chunk in self._chunks:
                yield from reader.pieces(chunk)
        except reader.error as exc:
            self.damage = f"its {reader.name} data is damaged ({exc})"
            return
        if not reader.is_whole():
            self.damage = f"its {reader.name} data is cut short"


class _GzipReader:
    name = "gzip"
    error = zlib.error

    def __init__(self) -> None:
        self._member: Any = zlib.decompressobj(zlib.MAX_WBITS + 16)
        self._end = b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What a chunk becomes; several gzip members in a row are one stream."""
        self._end = (self._end + data[-4:])[-4:]
        while True:
            if self._member.eof and data:
                self._member = zlib.decompressobj(zlib.MAX_WBITS + 16)
            piece = self._member.decompress(data, PIECE_BYTES)
            if piece:
                yield piece
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if not data and len(piece) < PIECE_BYTES:
                return

    def is_whole(self) -> bool:
        """The stream has its end, or stops behind a flushed line: whoever wrote it was killed."""
        return bool(self._member.eof) or self._end == _FLUSHED


class _ZstdReader:
    name = "zstd"

    def __init__(self) -> None:
        self._module = _zstd(RecordingError)
        self.error = self._module.ZstdError
        self._frame: Any = self._module.ZstdDecompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What a chunk becomes; several frames in a row are one stream."""
        while True:
            if self._frame.eof:
                if not data:
                    return
                self._frame = self._module.ZstdDecompressor()
            piece = self._frame.decompress(data, PIECE_BYTES)
            if piece:
                yield piece
            data = self._frame.unused_data if self._frame.eof else b""
            if not self._frame.eof and self._frame.needs_input:
                return

    def is_whole(self) -> bool:
        """The stream has its end, or stops behind a flushed line: there, and only there, a last block can follow."""
        if self._frame.eof:
            return True
        try:
            taken_for_content = self._frame.decompress(_LAST_BLOCK)
        except self.error:
            return False
        return bool(self._frame.eof) and not taken_for_content
