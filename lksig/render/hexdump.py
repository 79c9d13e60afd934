"""The bytes of a frame as text: hexdump, base64.

The bytes must have been redacted by `wire.redaction` before they come here. A hexdump has the layout of `xxd`, which
`lksig decode` (and `xxd -r`) reads back.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

BYTES_PER_LINE = 16
_HALF = 2 * BYTES_PER_LINE + BYTES_PER_LINE // 2 - 1
"""Columns of the hex digits: groups of two bytes with a blank between them."""

_PRINTABLE = bytes(code if 0x20 <= code < 0x7F else 0x2E for code in range(256))


def hexdump(data: bytes) -> Iterator[str]:
    """The lines of a hexdump: offset, 16 bytes in pairs, the same as ASCII."""
    for offset in range(0, len(data), BYTES_PER_LINE):
        row = data[offset : offset + BYTES_PER_LINE]
        text = row.translate(_PRINTABLE).decode("ascii")
        yield f"{offset:08x}: {row.hex(' ', -2):<{_HALF}}  {text}"


def base64_text(data: bytes) -> str:
    """Standard base64 on one line."""
    return base64.b64encode(data).decode("ascii")
