"""Bytes as people write them: hexdumps, hex, base64, arrays of C and other languages, escapes, decimal lists.

The rule: a notation is recognised by its form and read whole or not at all; what is a matter of choice (hex that is
also base64) is said by the reader's note. Reading never fails loudly: None means "not this notation".

Source: the output of xxd, hexdump, od, ESP-IDF's esp_log_buffer_hex and esp_log_buffer_hexdump, Wireshark's "copy as
hex dump"; the literals of C, Go, Rust, Python, JavaScript, Erlang, and Node's `<Buffer …>`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ByteFormat = Literal["base64", "hex", "c", "url"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LOG_PREFIX = re.compile(r"^(?:\[[^\]\n]*\] ?)?[EWIDV] \([0-9:. ]+\) [^:\n]{1,64}: ?", re.MULTILINE)
"""ESP-IDF: `I (1234) tag: `; its monitor may put a time in brackets before it."""
_OFFSET_LINE = re.compile(r"^(?:0x)?([0-9A-Fa-f]{4,16})(:?)(?:[ \t]+(.*))?$")
_ONE_LINE_DUMP = re.compile(r"(?:0x)?[0-9A-Fa-f]+(?::|[ \t]{2,}|.*\|.*\|$)|0{4,} ")
"""Where there is only one line, an offset needs more than its digits to be one: `deadbeef 0a05` is hex."""
_MAX_REPEATED_BYTES = 1 << 24
"""So that `*` and an absurd offset do not ask for the memory."""
_HEX_WORD = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]{1,2}[uU]?|-?[0-9]{1,3}[uU]?")
_DECIMAL = re.compile(r"0|[1-9][0-9]*")
_BRACKETED = re.compile(r"(?:<<|[\[{(])([^\[\]{}()<>]*)(?:>>|[\]})])[\s;)\]]*")
_LIST_HEAD = re.compile(r"[\w \t\r\n*&\[\]():=.,<>\"'!]*")
_LIST_TAIL = re.compile(r"(?:unsigned int \w+ = [0-9]+;)?\s*")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_NODE_BUFFER = re.compile(r"<Buffer ([0-9A-Fa-f ]*)>")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u00([0-9A-Fa-f]{2})|([0-7]{1,3})|(.))", re.DOTALL)
_LITERAL = re.compile(r"""[bB$]?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""", re.DOTALL)
_DATA_URL = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)

_MIN_WRAP = 16
"""Characters in a line of wrapped base64, at least."""

_SIMPLE_ESCAPES = {
    "n": 10,
    "r": 13,
    "t": 9,
    "a": 7,
    "b": 8,
    "f": 12,
    "v": 11,
    "e": 27,
    "\\": 92,
    "'": 39,
    '"': 34,
    "?": 63,
    "/": 47,
    "\n": -1,
}
"""A backslash before a line's end joins the lines."""


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes and the notation they were read from."""

    data: bytes
    notation: str
    """In words, to follow "read as": `hex`, `an xxd hexdump`, `a C array`."""


def read_bytes(text: str) -> Written | None:
    """The bytes a text stands for, by the first notation that fits; None when none does."""
    plain = _LOG_PREFIX.sub("", _ANSI.sub("", text)).strip()
    for read in _READERS:
        written = read(plain)
        if written is not None:
            return written
    return None


def write_bytes(data: bytes, form: ByteFormat) -> str:
    """Bytes as text: `base64` (standard), `hex`, `c` (an array initialiser) or `url` (URL-safe base64, its padding
    percent-encoded: what can stand in a URL as it is)."""
    if form == "hex":
        return data.hex()
    if form == "c":
        return f"{{{', '.join(f'0x{byte:02x}' for byte in data)}}}"
    if form == "url":
        return base64.urlsafe_b64encode(data).decode("ascii").replace("=", "%3D")
    return base64.b64encode(data).decode("ascii")


def read_hexdump(text: str) -> Written | None:
    """Lines with an offset before their bytes: xxd, hexdump (with or without -C), od, ESP-IDF, Wireshark."""
    rows: list[_Row] = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        match = _OFFSET_LINE.match(line)
        words = _columns(match[3] or "") if match else None
        if line == "*" and rows:
            rows.append(_Row(None, b"", False))
        elif match is None or words is None:
            return None
        else:
            swapped = not match[2] and bool(words) and all(len(word) == 4 for word in words)
            data = bytes.fromhex("".join(words))
            rows.append(_Row(match[1], _swap(data) if swapped else data, swapped))
    if not rows or (len(lines) == 1 and (rows[0].swapped or not _ONE_LINE_DUMP.match(lines[0]))):
        return None
    # od counts in octal unless told otherwise; which base it is shows in whether the offsets fit the bytes.
    for base in (16, 8, 10):
        assembled = _assemble(rows, base)
        if assembled:
            words_of_16_bits = any(row.swapped for row in rows)
            return Written(assembled, "a hexdump of 16-bit words, bytes swapped" if words_of_16_bits else "a hexdump")
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    offset: str | None
    """As written; None for the `*` that stands for repeated rows."""
    data: bytes
    swapped: bool


def _swap(data: bytes) -> bytes:
    """The bytes of little-endian 16-bit words in memory order."""
    return b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))


def _columns(rest: str) -> list[str] | None:
    """The hex words behind an offset; None when that is something else."""
    # The text column begins behind a bar (hexdump -C, ESP-IDF) or two blanks (xxd, od, Wireshark). hexdump -C and
    # ESP-IDF also put two blanks in the middle of 16 bytes.
    words: list[str] = []
    for part in re.split(r"\s{2,}", rest.partition("|")[0].strip()):
        found = part.split()
        if words and not (len(words) == 8 and all(re.fullmatch(r"[0-9A-Fa-f]{2}", word) for word in found)):
            break
        words += found
    return words if all(_HEX_WORD.fullmatch(word) for word in words) else None


def _assemble(rows: list[_Row], base: int) -> bytes | None:
    """The bytes of all rows, if the offsets fit them in that base."""
    out = bytearray()
    first: int | None = None
    repeating = False
    previous = b""
    for row in rows:
        if row.offset is None:
            repeating = True
            continue
        try:
            offset = int(row.offset, base)
        except ValueError:
            return None
        first = offset if first is None else first
        at = offset - first
        if repeating and previous and len(out) < at <= _MAX_REPEATED_BYTES:
            out += previous * ((at - len(out)) // len(previous))
        if not row.data and row.offset is rows[-1].offset and at == len(out) - 1 and rows[0].swapped:
            del out[at:]  # an odd number of bytes: the last word was filled up
        if at != len(out):
            return None
        repeating = False
        previous = row.data
        out += row.data
    return bytes(out)


def read_hex(text: str) -> Written | None:
    """Pairs of hex digits, alone or with blanks, colons, commas, dashes or `0x` between them."""
    buffer = _NODE_BUFFER.fullmatch(text)
    digits = re.sub(r"0[xX]", "", buffer[1] if buffer else text).strip(", \t\r\n")
    groups = re.split(r"[\s:,\-]+", digits)
    if not all(_HEX_WORD.fullmatch(group) for group in groups):
        return None
    # `26, 15` are decimals, as every language prints them; none prints `05`.
    if "," in text and digits == text.strip(", \t\r\n") and all(_DECIMAL.fullmatch(group) for group in groups):
        return None
    return Written(bytes.fromhex("".join(groups)), "hex")


def read_array(text: str) -> Written | None:
    """Numbers in brackets, or only separated: C, Go, Rust, Java, Erlang, Python and JavaScript."""
    text = _COMMENT.sub("", text)
    brackets = list(_BRACKETED.finditer(text))
    body, notation = text, "a list of numbers"
    if brackets:
        last = brackets[-1]
        # xxd -i writes the length behind the array.
        if not _LIST_HEAD.fullmatch(text[: last.start()]) or not _LIST_TAIL.fullmatch(text[last.end() :]):
            return None
        body = last[1]
        notation = "a C array" if text[last.start()] == "{" else notation
    numbers = [part for part in re.split(r"[\s,]+", body) if part]
    if not numbers or not all(_NUMBER.fullmatch(number) for number in numbers) or (len(numbers) == 1 and not brackets):
        return None
    values = [int(number.rstrip("uU"), 16 if number[1:2] in ("x", "X") else 10) for number in numbers]
    if not all(-128 <= value <= 255 for value in values):
        return None
    return Written(bytes(value & 0xFF for value in values), notation)


def read_escapes(text: str) -> Written | None:
    """A string literal with escapes: `\\x0a\\x05`, `b'\\n\\x05'`, `"\\012"`, several in a row."""
    literals = list(_LITERAL.finditer(text))
    if literals and not re.sub(r"[\s+;]", "", _LITERAL.sub("", text)):
        text = "".join(match[1] if match[1] is not None else match[2] for match in literals)
    if not _ESCAPE.search(text):
        return None
    out = bytearray()
    at = 0
    for match in _ESCAPE.finditer(text):
        out += text[at : match.start()].encode()
        at = match.end()
        digits, octal, letter = match[1] or match[2], match[3], match[4]
        value = int(digits, 16) if digits else int(octal, 8) if octal else _SIMPLE_ESCAPES.get(letter)
        if value is None or value > 255:
            return None
        if value >= 0:
            out.append(value)
    out += text[at:].encode()
    return Written(bytes(out), "a string with escapes")


def read_base64(text: str) -> Written | None:
    """Base64 of either alphabet, with or without padding, wrapped or quoted, percent-encoded, or in a data URL."""
    from urllib.parse import unquote

    if _DATA_URL.match(text):
        text = text.partition(",")[2]
    if "%" in text:
        text = unquote(text)
    chunks = text.strip("\"'`,; \t\r\n").split()
    # Wrapped base64 has lines of one length; anything else with blanks in it is prose.
    if len(chunks) > 1 and (len(chunks[0]) < _MIN_WRAP or {len(chunk) for chunk in chunks[:-1]} != {len(chunks[0])}):
        return None
    text = "".join(chunks)
    bare = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(text) - len(bare) > 2 or not re.fullmatch(r"[A-Za-z0-9+/]+", bare):
        return None
    try:
        return Written(base64.b64decode(bare + "=" * (-len(bare) % 4)), "base64")
    except binascii.Error:
        return None


_READERS: tuple[Callable[[str], Written | None], ...] = (
    read_hexdump,
    read_hex,
    read_array,
    read_escapes,
    read_base64,
)
"""In this order: an even number of hex digits is hex, although it is base64 too."""
