"""What is secret in a session, and what is shown instead.

The rule: wherever text or bytes leave the program they pass here. A secret in a place the schema knows becomes a
placeholder, `[jwt 4f3a9c1e]` or `[secret 91be22d0]`: the start of its SHA-256, so that the same secret is recognised
across lines, files and machines. Short and guessable values are hashed with the run's key instead: their plain hash
could be tried out. In places nobody knows (raw bytes, unknown fields, bodies) JWT-shaped runs, ICE credentials and
secrets seen before are overwritten by `x`. Nothing is redacted twice.

What is secret: fields the schema marks SECRET, `JoinResponse.sif_trailer` (it decrypts nothing but lets anybody inject
frames that pass as the server's), ICE ufrag and pwd in SDP and candidates, and JWT-shaped text anywhere.
Source: livekit_rtc.proto and livekit_models.proto, option `logger.sensitivity`.
"""

from __future__ import annotations

import functools
import hashlib
import re
from base64 import b64encode
from typing import TYPE_CHECKING, Literal

from lksig.patterns import lazy_pattern
from lksig.schema.pool import SENSITIVITY_SECRET, sensitivity
from lksig.wire.secret_text import (
    Span,
    find_anywhere,
    find_in_candidate,
    find_in_sdp,
    find_tokens,
    hide_in_candidate,
    hide_in_sdp,
    is_placeholder,
    is_token,
    merged,
    read_overwritten_ice,
    replaced,
)

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

    from lksig.wire.events import Message
    from lksig.wire.overwrite import Overwritten

Treatment = Literal["secret", "secret_bytes", "sdp", "candidate_init", "mentions"]
"""What is done with a field; each is the name of a method of `Secrets`, but `mentions`, which only `personal` knows."""

MAX_REMEMBERED = 256
"""Secrets kept for `scrub`, the newest: each costs a search in every text that is scrubbed."""

SHORT_BYTES = 8
"""A shorter secret counts as guessable, and is not looked for in other texts: it would be found by chance."""

LONG_CHARACTERS = 4096
"""A longer secret is hidden but not remembered, so that no peer fills the memory."""

_MAX_STAND_INS, _STAND_IN_CHARACTERS = 4096, 128
"""Kept, and how long their values may be: a value that comes again, as a ufrag does in every candidate, is not hashed
again. Together a megabyte at most."""

_TREATED: dict[str, Treatment] = {
    "livekit.SessionDescription.sdp": "sdp",
    "livekit.TrickleRequest.candidateInit": "candidate_init",
    "livekit.JoinResponse.sif_trailer": "secret_bytes",
}

_JSON_PIECE = lazy_pattern(r"\\u[0-9a-f]{4}|\\.|eyJ[\w-]*+(?:\.{1,2}[\w-]++)*+", re.ASCII)
"""Escapes are skipped as a whole: in `\\u000eyJ…` no token begins."""


def treatment(field: FieldDescriptor) -> Treatment | None:
    """What is done with a text or bytes field before it is shown; None when it may be shown."""
    if sensitivity(field) == SENSITIVITY_SECRET:
        return "secret_bytes" if field.type == field.TYPE_BYTES else "secret"
    return _TREATED.get(field.full_name)


class Secrets:
    """The secrets of a run: hides them, and remembers those it saw.

    Args:
        run_key: random bytes made for this run (or read from a recording that is continued); never shown or stored.
        show: hide nothing (`--show-secrets`).
    """

    def __init__(self, run_key: bytes, *, show: bool = False) -> None:
        self.show = show
        self.given: list[str] = []
        """The user's own secrets: they are hidden in the middle of messages, too."""
        self._run_key = run_key
        self._seen: dict[str, str | bytes] = {}
        self._stand_ins: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"Secrets(show={self.show}, {len(self._seen)} seen)"

    def hiding(self) -> Secrets:
        """These secrets, not shown: what is written to a file is hidden even when the screen shows it."""
        if not self.show:
            return self
        hiding = Secrets(self._run_key)
        hiding._seen = self._seen
        hiding.given = self.given
        return hiding

    def learn(self, value: str | bytes) -> None:
        """Remember a secret, so that `scrub` finds it wherever it appears next."""
        text = value if isinstance(value, str) else value.decode("latin-1")
        if not is_hidden(text):
            self._remember(text, value)

    def give(self, value: str) -> None:
        """Remember a secret that the user gave, so that it is hidden wherever anybody puts it."""
        self.learn(value)
        if value not in self.given:
            self.given.append(value)

    def _remember(self, text: str, value: str | bytes) -> None:
        if SHORT_BYTES <= len(text) <= LONG_CHARACTERS and text not in self._seen:
            if len(self._seen) >= MAX_REMEMBERED:
                del self._seen[next(iter(self._seen))]
            self._seen[text] = value

    def placeholder(self, value: str | bytes, kind: str = "secret", guessable: bool = False) -> str:
        """What is shown instead of a secret; a placeholder stays what it is.

        Args:
            kind: the word in it, `jwt` or `secret`.
            guessable: hash with the run's key; a short value is hashed so in any case.
        """
        content = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        if content.startswith(b"[") and is_placeholder(content.decode("latin-1")):
            return content.decode("latin-1")
        if guessable or len(content) < SHORT_BYTES:
            content = self._run_key + content
        return f"[{kind} {hashlib.sha256(content).hexdigest()[:8]}]"

    # What a field shows. The generated functions of `json_plan` call these by name.

    def secret(self, value: str) -> str:
        """A field that is a secret as a whole."""
        if self.show or not value:
            return value
        return self.stand_in("jwt" if is_token(value) else "secret", value)

    def secret_bytes(self, value: bytes) -> bytes:
        """A bytes field that is a secret as a whole: the bytes of the placeholder."""
        if self.show or not value or is_hidden(value.decode("latin-1")):
            return value
        self.learn(value)
        return self.placeholder(value).encode("ascii")

    def sdp(self, text: str) -> str:
        """An SDP with placeholders for its ICE credentials; every other byte and the order stay."""
        return text if self.show else hide_in_sdp(text, self.stand_in)

    def candidate_init(self, text: str) -> str:
        """A candidate, or the JSON of an RTCIceCandidateInit, with placeholders for its username fragments."""
        return text if self.show else hide_in_candidate(text, self.stand_in)

    def tokens(self, text: str) -> str:
        """Any text with placeholders for the JWT-shaped runs in it."""
        return text if self.show or "eyJ" not in text else replaced(text, find_tokens(text), self.stand_in)

    def tokens_in_json(self, text: str) -> str:
        """The same for the text of ASCII JSON, which stays JSON."""
        return _JSON_PIECE.sub(lambda match: self.tokens(match[0]), text)

    def treatment(self, field: FieldDescriptor) -> Treatment | None:
        """What is overwritten of a field in a frame; what else `personal` hides, it says by its own answer."""
        return treatment(field)

    def find_in_field(self, how: Treatment | None, text: str) -> list[Span]:
        """What a view hides in a text field that is no secret as a whole."""
        spans = [*find_tokens(text)]
        if how == "sdp":
            spans += find_in_sdp(text)
        elif how == "candidate_init":
            spans += find_in_candidate(text)
        return [span for span in merged(spans) if not is_hidden(text[span.start : span.end], span.kind)]

    def field_text(self, field: FieldDescriptor, value: str | bytes) -> str | bytes:
        """What a view shows of a text or bytes field: a text wherever there is one, other bytes as they are."""
        how = None if self.show else treatment(field)
        if isinstance(value, bytes):
            return self.secret_bytes(value).decode("latin-1") if how else value
        if how == "sdp":
            value = self.sdp(value)
        elif how == "candidate_init":
            value = self.candidate_init(value)
        elif how is not None:
            value = self.secret(value)
        return self.tokens(value)

    def stand_in(self, kind: str, value: str) -> str:
        """The placeholder for a secret found in a text; one that was hidden before already says so itself."""
        known = self._stand_ins.get((kind, value))
        if known is None:
            known = self._make_stand_in(kind, value)
            if len(self._stand_ins) >= _MAX_STAND_INS:
                self._stand_ins.clear()
            if len(value) <= _STAND_IN_CHARACTERS:
                self._stand_ins[kind, value] = known
        return known

    def _make_stand_in(self, kind: str, value: str) -> str:
        if is_hidden(value, kind):
            digits = read_overwritten_ice(value)
            return f"[secret {digits}]" if digits else value
        if kind == "jwt":
            return self.placeholder(value, "jwt")
        self._remember(value, value)
        return self.placeholder(value, "secret", kind == "ufrag")

    # Places nobody knows.

    def scrub(self, text: str) -> str:
        """A text of unknown kind with everything that looks like a secret, or is one seen before, overwritten by `x`.

        For bodies, headers, close reasons, texts of exceptions: the length stays.
        """
        return text if self.show else replaced(text, self.find_to_scrub(text), _crossed_out)

    def scrub_bytes(self, raw: bytes) -> bytes:
        """The same for bytes: raw frames, unknown fields."""
        return raw if self.show else self.scrub(raw.decode("latin-1")).encode("latin-1")

    def find_to_scrub(self, text: str) -> list[Span]:
        """What `scrub` overwrites in a text."""
        spans = [span for span in find_anywhere(text) if not is_hidden(text[span.start : span.end], span.kind)]
        for value in self._seen.values():
            for form in _forms(value):
                at = text.find(form)
                while at >= 0:
                    spans.append(Span(at, at + len(form), "secret"))
                    at = text.find(form, at + len(form))
        return merged(spans)

    def url(self, text: str) -> str:
        """A URL with placeholders for its token and password, and a `join_request` without its secrets."""
        if self.show:
            return text
        from lksig.wire.secret_url import hide_in_url

        return hide_in_url(text, self)

    def overwrite(self, message: Message) -> Overwritten:
        """The bytes of a frame with its secrets overwritten in place, and what stood where.

        The length stays and the frame stays legal: it decodes to the same fields.
        """
        from lksig.wire.overwrite import overwrite

        return overwrite(message, self)


def _crossed_out(_kind: str, value: str) -> str:
    return "x" * len(value)


def is_hidden(text: str, kind: str = "secret") -> bool:
    """Whether a value is what redaction leaves: a placeholder, nothing but `x`, or in ICE a fingerprint and `x`.

    Of an ICE credential four `x` at its beginning are enough: in bytes nobody knows where it ends.
    """
    if kind in ("ufrag", "pwd") and (text.startswith("xxxx") or read_overwritten_ice(text) is not None):
        return True
    return not text.strip("x") or is_placeholder(text)


@functools.lru_cache(maxsize=MAX_REMEMBERED)
def _forms(value: str | bytes) -> tuple[str, ...]:
    """How a secret looks where it may appear: as it is, as bytes read one by one, percent-encoded, in base64."""
    from urllib.parse import quote

    content = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    plain = content.decode("latin-1")
    forms = (value, plain, quote(content, safe=""), b64encode(content).decode("ascii").rstrip("="))
    return tuple(dict.fromkeys(form for form in forms if isinstance(form, str)))
