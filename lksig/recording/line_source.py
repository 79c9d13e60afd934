"""Chunks of bytes become lines, without ever holding more than one line and one chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MAX_LINE_BYTES = 1 << 28
"""256 MiB. A longer line is passed over: no server accepts a frame a hundredth of that size."""


class LineSource:
    """The lines of a stream, without their newlines; None stands for one that is too long.

    What follows the last newline is no line: it is left in `rest`.
    """

    def __init__(self, chunks: Iterable[bytes], *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._chunks = chunks
        self._max = max_line_bytes
        self.rest = b""
        """When the lines are over: the bytes behind the last newline, as far as they are not too long."""

    def __iter__(self) -> Iterator[bytes | None]:
        parts: list[bytes] = []
        size = 0
        for chunk in self._chunks:
            first, *lines = chunk.split(b"\n")
            size += len(first)
            if size <= self._max:
                parts.append(first)
            elif parts:
                parts = [parts[0][: self._max]]
            if not lines:
                continue
            yield b"".join(parts) if size <= self._max else None
            for index in range(len(lines) - 1):
                yield lines[index] if len(lines[index]) <= self._max else None
            parts, size = [lines[-1]], len(lines[-1])
        self.rest = b"".join(parts)
