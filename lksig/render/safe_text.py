"""Text of strangers, made harmless and visible before it reaches a terminal, a pipe or a file.

Participants choose their names, metadata and track names, servers their error texts: such text may hold escape
sequences that retitle or repaint a terminal, newlines that forge a line of ours, bidi overrides that reverse what is
read. Nothing of it is executed and nothing is dropped: each such character is printed as the escape a programmer
knows (`\\x1b`, `\\u202e`). Every view uses these functions, the ones on pipes too.

Source: Unicode general categories Cc, Cf, Cs, Zl, Zp; DerivedCoreProperties Default_Ignorable_Code_Point for what is
invisible without being one of these.
"""

from __future__ import annotations

import json
import re

from lksig.patterns import lazy_pattern

_HOSTILE_RANGES = (
    (0x00, 0x1F),  # C0 controls: ESC, newline, tab, bell, backspace…
    (0x7F, 0x9F),  # DEL and the C1 controls, which some terminals take as escape sequences
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x0600, 0x0605),  # Arabic prefixed format characters, here and below
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x115F, 0x1160),  # Hangul fillers: letters without a glyph
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),  # zero-width characters and directional marks
    (0x2028, 0x202E),  # line and paragraph separator, bidi embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, bidi isolates
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),  # lone surrogates: cannot be encoded at all
    (0xFE00, 0xFE0E),  # variation selectors; U+FE0F, which half of all emoji need, passes
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1345F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # tags and variation selectors: text can hide in them
)

_CLASS = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _HOSTILE_RANGES)
_HOSTILE = lazy_pattern(f"[{_CLASS}]")

_BARE = lazy_pattern(f"[^{_CLASS}\\s\"'\\\\,\\[\\](){{}}%@#=][^{_CLASS}\\s\"'\\\\,\\[\\](){{}}]*")
"""Words that the request grammar takes as they stand, also inside a list."""


def neutralise(text: str) -> str:
    """`text` with every character that could act on a terminal, or hide, shown as its escape."""
    if _HOSTILE.search(text) is None:
        return text
    return _HOSTILE.sub(_escape, text)


def masked(text: str) -> str:
    """`text` with U+FFFD for every such character: where a place on the screen is a place in the text."""
    return text if _HOSTILE.search(text) is None else _HOSTILE.sub("\ufffd", text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def word(text: str) -> str:
    """`text` as one word that can be typed back: as it stands where that is possible, otherwise as a JSON string."""
    return text if _BARE.fullmatch(text) is not None else quoted(text)


def quoted(text: str) -> str:
    """`text` as a JSON string; what is visible and harmless stays readable, everything else is a JSON escape."""
    return _HOSTILE.sub(_json_escape, json.dumps(text, ensure_ascii=False))


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
