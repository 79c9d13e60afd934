"""Bytes that stand in a text as a hexdump, put together again: what `--format hex`, `xxd` and `hexdump -C` write.

The rule: a line is a row of a dump only if what it shows as text is what it shows in hex, so that nothing is passed
over in a line that merely looks like one. A row whose offset goes on where the last one stopped is part of the same
bytes: a secret is rarely within sixteen of them.
"""

from __future__ import annotations

from typing import NamedTuple

from lksig.patterns import lazy_pattern

MAX_DUMP_BYTES = 1 << 24
"""Of one dump; what goes on after that is another."""

_XXD = lazy_pattern(r"([0-9A-Fa-f]{4,16}): ((?:[0-9A-Fa-f]{2}){1,16}(?: (?:[0-9A-Fa-f]{2}){1,16})*) {2,}(.*)")
_CANONICAL = lazy_pattern(r"([0-9A-Fa-f]{4,16}) {2,}((?:[0-9A-Fa-f]{2} {1,2})+) *\|(.*)\|")
_SHOWN = "".join(chr(code) if 0x20 <= code < 0x7F else "." for code in range(256))


class Row(NamedTuple):
    """One line of a dump."""

    offset: int
    data: bytes


def read_row(line: bytes) -> Row | None:
    """The row that a line is; None for any other line."""
    text = line.decode("latin-1").rstrip("\r\n")
    match = _XXD.fullmatch(text) or _CANONICAL.fullmatch(text)
    if match is None:
        return None
    data = bytes.fromhex(match[2])
    shown = data.decode("latin-1").translate(_SHOWN)
    # Of bytes that end in blanks the row may have lost them; before them there may be more.
    return Row(int(match[1], 16), data) if match[3].strip() == shown.strip() else None


class Dump:
    """The bytes of the rows that belong together."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.line = 0
        """Of its first row."""
        self._next = 0

    def goes_on(self, row: Row) -> bool:
        """Whether a row is the next one of these bytes."""
        return bool(self.data) and row.offset == self._next and len(self.data) < MAX_DUMP_BYTES

    def add(self, row: Row, line: int) -> None:
        """Put it behind them."""
        self.line = self.line or line
        self.data += row.data
        self._next = row.offset + len(row.data)
