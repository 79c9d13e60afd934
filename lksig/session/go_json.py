"""Reads the JSON of a trickled candidate as Go's `encoding/json` does, and complains in the same words.

The server answers a `candidateInit` it cannot read with the text of its JSON parser; clients see that text, so an
embedded server says the same one. One scan checks the syntax and notes the members of the outermost object; nothing
else of the value is built.

Source: Go encoding/json scanner.go and decode.go (states and their texts); pion/webrtc v4 ICECandidateInit.
Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

_STRUCT = "ICECandidateInit"
_TEXT_FIELDS = ("candidate", "sdpMid", "usernameFragment")
_INDEX_FIELD = "sdpMLineIndex"
_MAX_DEPTH = 10_000
"""Source: scanner.go maxNestingDepth."""

_BLANK = b" \t\r\n"
_DIGITS = b"0123456789"
_LITERALS = {ord("t"): b"true", ord("f"): b"false", ord("n"): b"null"}
_KINDS = {ord("{"): "object", ord("["): "array", ord('"'): "string", ord("t"): "bool", ord("f"): "bool"}


class JsonComplaint(Exception):
    """Go's parser refuses the text; `str()` is what it says. Never leaves the server's machine."""


@dataclass(frozen=True, slots=True)
class CandidateFields:
    """What a `candidateInit` holds; missing members and `null` read as nothing."""

    candidate: str = ""
    sdp_mid: str | None = None
    sdp_mline_index: int | None = None
    username_fragment: str | None = None


def read_candidate_init(text: str) -> CandidateFields:
    """The members of a `candidateInit`.

    Raises:
        JsonComplaint: it is no JSON, or of the wrong shape.
    """
    scan = _Scan(text.encode("utf-8", "replace"))
    scan.run()
    kind = scan.kind(0)
    if kind not in ("object", "null"):
        raise JsonComplaint(f"json: cannot unmarshal {kind} into Go value of type webrtc.{_STRUCT}")
    found: dict[str, object] = {}
    complaint: str | None = None
    for key, start, end in scan.members:
        name = _field(key)
        wrong = _put(found, name, scan.kind(start), scan.data[start:end]) if name is not None else None
        # Go goes on after the first wrong member and reports that one.
        complaint = complaint or wrong
    if complaint is not None:
        raise JsonComplaint(complaint)
    return CandidateFields(
        str(found.get("candidate") or ""),
        found.get("sdpMid"),  # type: ignore[arg-type]  # `_put` checked the kinds
        found.get(_INDEX_FIELD),  # type: ignore[arg-type]
        found.get("usernameFragment"),  # type: ignore[arg-type]
    )


def _field(key: str) -> str | None:
    """The member a key names; Go takes any case."""
    return next((name for name in (*_TEXT_FIELDS, _INDEX_FIELD) if name.lower() == key.lower()), None)


def _put(found: dict[str, object], name: str, kind: str, literal: bytes) -> str | None:
    """Keep the value of a member; the complaint when it has the wrong type."""
    wanted = "uint16" if name == _INDEX_FIELD else "string"
    if kind == "null":
        return None
    if kind == "string" and wanted == "string":
        found[name] = _unquoted(literal)
        return None
    if kind == "number" and wanted == "uint16":
        if literal.isdigit() and len(literal) < 6 and int(literal) <= 0xFFFF:
            found[name] = int(literal)
            return None
        kind = f"number {literal.decode()}"
    return f"json: cannot unmarshal {kind} into Go struct field {_STRUCT}.{name} of type {wanted}"


def _unquoted(literal: bytes) -> str:
    """The text of a JSON string that is known to be right; lone surrogates become the replacement character."""
    text: str = json.loads(literal.decode("utf-8", "replace"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Scan:
    """One pass over the bytes; an explicit stack, because a peer decides how deep it goes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.members: list[tuple[str, int, int]] = []
        """Key, start and end of each value of the outermost object."""
        self._stack: list[int] = []
        self._is_fresh = False
        """The innermost object or array was only just opened."""
        self._outer = 0
        """Where the value of the outermost object's member began."""
        self._key = ""

    def kind(self, start: int) -> str:
        """What begins there, after blanks, as Go names it."""
        while self.data[start] in _BLANK:
            start += 1
        byte = self.data[start]
        return "null" if byte == ord("n") else _KINDS.get(byte, "number")

    def run(self) -> None:
        """Scan one value and nothing after it."""
        self._value()
        while self._stack:
            if self._stack[-1] == ord("{"):
                self._in_object()
            else:
                self._in_array()
        self._blanks()
        if self.at < len(self.data):
            raise self._wrong("after top-level value")

    # --- values -----------------------------------------------------------------------------------------------------

    def _value(self) -> None:
        """A scalar, or the opening of an object or array."""
        self._blanks()
        start, byte = self.at, self._byte()
        if byte in b"{[":
            self._open(byte)
            return
        if byte == ord('"'):
            self._string()
        elif byte in _LITERALS:
            self._literal(_LITERALS[byte])
        elif byte == ord("-") or byte in _DIGITS:
            self._number()
        else:
            raise self._wrong("looking for beginning of value")
        self._note(start)

    def _open(self, byte: int) -> None:
        if len(self._stack) == 1:
            self._outer = self.at
        self._stack.append(byte)
        if len(self._stack) > _MAX_DEPTH:
            raise JsonComplaint("exceeded max depth")
        self.at += 1
        self._is_fresh = True

    def _close(self) -> None:
        self.at += 1
        self._stack.pop()
        if len(self._stack) == 1:
            self._note(self._outer)

    def _note(self, start: int) -> None:
        """A value ended here: a member of the outermost object is kept."""
        if len(self._stack) == 1 and self._stack[0] == ord("{"):
            self.members.append((self._key, start, self.at))

    def _in_object(self) -> None:
        self._blanks()
        byte = self._byte()
        fresh, self._is_fresh = self._is_fresh, False
        if byte == ord("}"):
            self._close()
        elif fresh:
            self._member()
        elif byte == ord(","):
            self.at += 1
            self._blanks()
            self._member()
        else:
            raise self._wrong("after object key:value pair")

    def _in_array(self) -> None:
        self._blanks()
        byte = self._byte()
        fresh, self._is_fresh = self._is_fresh, False
        if byte == ord("]"):
            self._close()
        elif fresh:
            self._value()
        elif byte == ord(","):
            self.at += 1
            self._value()
        else:
            raise self._wrong("after array element")

    def _member(self) -> None:
        if self._byte() != ord('"'):
            raise self._wrong("looking for beginning of object key string")
        start = self.at
        self._string()
        if len(self._stack) == 1:
            self._key = _unquoted(self.data[start : self.at])
        self._blanks()
        if self._byte() != ord(":"):
            raise self._wrong("after object key")
        self.at += 1
        self._value()

    # --- scalars ----------------------------------------------------------------------------------------------------

    def _string(self) -> None:
        self.at += 1
        while (byte := self._byte()) != ord('"'):
            if byte < 0x20:
                raise self._wrong("in string literal")
            self.at += 1
            if byte == ord("\\"):
                self._escape()
        self.at += 1

    def _escape(self) -> None:
        byte = self._needed()
        if byte == ord("u"):
            for _ in range(4):
                self.at += 1
                if self._needed() not in b"0123456789abcdefABCDEF":
                    raise self._wrong("in \\u hexadecimal character escape")
        elif byte not in b'bfnrt\\/"':
            raise self._wrong("in string escape code")
        self.at += 1

    def _literal(self, word: bytes) -> None:
        for expected in word:
            if self._needed() != expected:
                raise self._wrong(f"in literal {word.decode()} (expecting {_quoted(expected)})")
            self.at += 1

    def _number(self) -> None:
        if self._byte() == ord("-"):
            self.at += 1
            self._digit("in numeric literal")
        # A number that starts with 0 ends there.
        if self._byte() == ord("0"):
            self.at += 1
        else:
            self._digits()
        if self._peek() == ord("."):
            self.at += 1
            self._digit("after decimal point in numeric literal")
            self._digits()
        if self._peek() in (ord("e"), ord("E")):
            self.at += 1
            if self._peek() in (ord("+"), ord("-")):
                self.at += 1
            self._digit("in exponent of numeric literal")
            self._digits()

    def _digit(self, where: str) -> None:
        if self._needed() not in _DIGITS:
            raise self._wrong(where)

    def _digits(self) -> None:
        while (byte := self._peek()) is not None and byte in _DIGITS:
            self.at += 1

    # --- bytes ------------------------------------------------------------------------------------------------------

    def _peek(self) -> int | None:
        return self.data[self.at] if self.at < len(self.data) else None

    def _byte(self) -> int:
        byte = self._peek()
        if byte is None:
            raise JsonComplaint("unexpected end of JSON input")
        return byte

    def _needed(self) -> int:
        """The byte where no blank may stand: there, Go sees one at the end of the text."""
        byte = self._peek()
        return byte if byte is not None else ord(" ")

    def _blanks(self) -> None:
        while (byte := self._peek()) is not None and byte in _BLANK:
            self.at += 1

    def _wrong(self, where: str) -> JsonComplaint:
        return JsonComplaint(f"invalid character {_quoted(self._needed())} {where}")


def _quoted(byte: int) -> str:
    """One byte as Go's scanner quotes it."""
    if byte == ord("'"):
        return "'\\''"
    if byte == ord('"'):
        return "'\"'"
    char = chr(byte)
    named = {"\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
    if char in named:
        return f"'{named[char]}'"
    if char.isprintable():
        return f"'{char}'"
    # Only control characters are left: what is looked at of a longer character is its first byte, a Latin-1 letter.
    return f"'\\x{byte:02x}'"
