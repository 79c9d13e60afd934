"""The colours of lksig: which part of a line gets which SGR code.

Colour repeats what the marks and words already say and never adds to it, so a `Paint` that does nothing shows the same
facts. Lines are built by hand and not with rich, which needs milliseconds for one line (measured: 60-100 times the
decoding of a message). Source of the codes: ECMA-48 SGR; only the eight basic colours, which every palette remaps.
"""

from __future__ import annotations

from typing import Literal

Role = Literal[
    "to_server",
    "to_client",
    "notice",
    "ping",
    "close",
    "broken",
    "refused",
    "faint",
    "name",
    "error",
    "caret",
    "hint",
    "added",
    "removed",
    "changed",
]

_CODES: dict[Role, str] = {
    "to_server": "36",
    "to_client": "32",
    "notice": "2",
    "ping": "2",
    "close": "35",
    "broken": "1;31",
    "refused": "31",
    "faint": "2",
    "name": "1",
    "error": "1;31",
    "caret": "1;31",
    "hint": "36",
    "added": "32",
    "removed": "31",
    "changed": "33",
}


class Paint:
    """Wraps text into SGR codes, or does not.

    Args:
        colour: False gives back every text unchanged.
    """

    def __init__(self, colour: bool) -> None:
        self.colour = colour
        self._open: dict[Role, str] = {role: f"\x1b[{code}m" for role, code in _CODES.items()} if colour else {}
        self._close = "\x1b[0m" if colour else ""

    def __call__(self, role: Role, text: str) -> str:
        """`text` in the colour of `role`; text of strangers must have passed `safe_text` before."""
        return self._open[role] + text + self._close if self.colour and text else text
