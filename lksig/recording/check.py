"""What secrets are left in a file: a recording, or any other text that somebody is about to share.

The rule: it looks with the eyes of redaction (whatever `Redactor` would change is a finding) and once more with fresh
ones: every run of base64 or hex, every hexdump and every percent-encoding is decoded and searched for tokens, keys and
the values it was given, so that a secret in a place nobody thought of is found too. A finding says where, never what.

Source: RFC 7515 (JWT), RFC 7468 (PEM).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from lksig.recording.compression import Decompressed
from lksig.recording.dump_lines import Dump, read_row
from lksig.recording.format_v1_lines import Damaged, LineReader, parse_header
from lksig.recording.line_source import LineSource
from lksig.recording.redact import Redactor
from lksig.wire.events import Event, Message
from lksig.wire.known_values import AS_IT_IS, MIN_VALUE, forms
from lksig.wire.personal import PersonalData
from lksig.wire.redaction import Secrets, is_hidden
from lksig.wire.secret_text import PLACEHOLDER, find_tokens

MAX_DEPTH = 3
"""Encodings in each other that are taken off."""

_KEY = b"any key: placeholders are compared with nothing here"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){12,}|(?:[0-9A-Fa-f]{2}([ :-]))(?:[0-9A-Fa-f]{2}\1){10,}[0-9A-Fa-f]{2}")
_DUMPED = "hexdump"
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_CREDENTIAL = re.compile(r'"(?:credential|turn_password|turnPassword)"\s*:\s*"([^"]+)"')
_BETWEEN_URLS = re.compile(r"[\s\"'`<>\\]+")
_STANDARD = str.maketrans("-_", "+/")

_WHAT = {
    "turn_password": "a TURN credential",
    "credential": "a TURN credential",
    "sif_trailer": "a key",
    "contents": "a blob",
    "sdp": "an ICE credential",
    "candidateInit": "an ICE credential",
}
"""Last name of a path → what was found there, unless it is a JWT."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A secret that is still there."""

    line: int
    what: str
    """`a JWT`, `the value of LIVEKIT_API_SECRET`…"""
    where: str
    """A path in a message, a field of an event, or how it was written: `base64`."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} ({self.where})"


class Checker:
    """Looks through one file.

    Args:
        known: values that must not be in it, by the name that a finding has for them; short ones are passed over.
        personal: personal data counts too.
    """

    def __init__(self, known: Mapping[str, str], *, personal: bool = False) -> None:
        self._known = {name: forms(value) for name, value in known.items() if len(value) >= MIN_VALUE}
        self._redactor = Redactor(Secrets(_KEY), PersonalData(_KEY) if personal else None)
        self._secrets = Secrets(_KEY)
        self.lines = 0
        """That were looked through."""
        self._dump = Dump()
        self.damage: str | None = None
        """Why there may be more lines than that."""

    def survivors(self, chunks: Iterable[bytes]) -> Iterator[Survivor]:
        """What is left in a file, line by line.

        Args:
            chunks: of the file, compressed or not.
        """
        content = Decompressed(chunks)
        source = LineSource(content)
        reader: LineReader | None = None
        for line in source:
            self.lines += 1
            if line is None:
                self.damage = self.damage or f"line {self.lines} is too long to be looked through"
                continue
            if self.lines == 1 and parse_header(line) is not None:
                reader = LineReader()
            yield from self._line(line, reader)
        if source.rest:
            self.lines += 1
            yield from self._line(source.rest, reader)
        yield from self._dumped()
        self.damage = content.damage or self.damage

    def _line(self, line: bytes, reader: LineReader | None) -> Iterator[Survivor]:
        row = read_row(line) if reader is None else None
        if row is None or not self._dump.goes_on(row):
            yield from self._dumped()
        if row is not None:
            self._dump.add(row, self.lines)
            return
        found = dict(self._in_event(line, reader)) if reader is not None else {}
        seen = set(found.values())
        for where, what in found.items():
            yield Survivor(self.lines, what, where)
        text = line.decode("latin-1")
        for what, where in (*self._in_text(text, AS_IT_IS, 0), *(self._in_plain_file(text) if reader is None else ())):
            if what not in seen:
                seen.add(what)
                yield Survivor(self.lines, what, where)

    def _dumped(self) -> Iterator[Survivor]:
        """What is in the bytes of the hexdump that ends here."""
        dump, self._dump = self._dump, Dump()
        text = dump.data.decode("latin-1")
        found = [what for what, _ in (*self._in_text(text, _DUMPED, 1), *self._in_plain_file(text))]
        for what in dict.fromkeys(found):
            yield Survivor(dump.line, what, _DUMPED)

    def _in_event(self, line: bytes, reader: LineReader) -> Iterator[tuple[str, str]]:
        """What redaction would still change in an event: place and kind."""
        try:
            record: Any = reader.read(line)
        except Damaged:
            return
        if isinstance(record, Event):
            hidden = self._redactor.hide(record)
            if isinstance(record, Message):
                yield from _in_message(record, hidden)
            else:
                for name in record.__match_args__:
                    new = getattr(hidden, name)
                    if getattr(record, name) != new:
                        yield name, "a JWT" if "[jwt " in str(new) else "a secret"

    def _in_plain_file(self, text: str) -> Iterator[tuple[str, str]]:
        """What looks like a secret in a text that is no recording."""
        for span in self._secrets.find_to_scrub(text):
            if span.kind in ("ufrag", "pwd"):
                yield "an ICE credential", AS_IT_IS
        for found in _CREDENTIAL.finditer(text):
            if not is_hidden(found[1]):
                yield "a TURN credential", AS_IT_IS
        # A placeholder has a blank in it, which no URL has.
        for word in _BETWEEN_URLS.split(PLACEHOLDER.sub("", text)):
            if ("=" in word or "://" in word) and self._secrets.url(word) != self._secrets.tokens(word):
                yield "a secret", "in a URL"

    def _in_text(self, text: str, form: str, depth: int) -> Iterator[tuple[str, str]]:
        """Tokens, keys and known values in a text, and in what it encodes."""
        for _ in find_tokens(text):
            yield "a JWT", form
        if _PEM.search(text):
            yield "a private key", form
        for name, written_forms in self._known.items():
            for written, known_form in written_forms:
                if written in text:
                    yield f"the value of {name}", known_form if form == AS_IT_IS else form
        if depth < MAX_DEPTH:
            for inner, inner_form in _decodings(text):
                yield from self._in_text(inner, inner_form, depth + 1)


def _in_message(message: Message, hidden: Any) -> Iterator[tuple[str, str]]:
    if hidden.raw == message.raw:
        return
    known = set(message.places)
    new = [place for place in hidden.places if place not in known]
    for path, placeholder in new:
        bare = path.partition("[")[0]
        last = re.split(r"\.(?=[A-Za-z])", bare)[-1]
        yield path, "a JWT" if placeholder.startswith("[jwt ") else _WHAT.get(last, "a secret")
    if not new:
        yield "a part the schema does not know", "a secret"


def _decodings(text: str) -> Iterator[tuple[str, str]]:
    """What a text holds in base64, in hex and percent-encoded."""
    for match in _BASE64.finditer(text):
        run = match[0].translate(_STANDARD)
        for skip in range(4):  # what stands before it may be of the same alphabet
            whole = run[skip : skip + (len(run) - skip) // 4 * 4]
            rest = run[skip + len(whole) :]
            padded = whole + (rest + "=" * (4 - len(rest)) if len(rest) > 1 else "")
            yield binascii.a2b_base64(padded).decode("latin-1"), "base64"
    for match in _HEX.finditer(text):
        yield bytes.fromhex(match[0].replace(match[1] or " ", "")).decode("latin-1"), "hex"
    if _PERCENT.search(text):
        yield unquote_to_bytes(text).decode("latin-1"), "percent-encoded"
