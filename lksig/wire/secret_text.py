"""Where secrets stand in a text: JWTs anywhere, ICE credentials in SDP and candidates, and what replaced them before.

The rule: find generously. What is found too much is a value hidden, what is found too little is a secret shown. All
finders give places in the text as it was given, so that the same find serves a view (which puts a placeholder there)
and a frame (whose bytes are overwritten). They take time proportional to the text, whatever a peer wrote.

Source: RFC 7515 section 3.1 (a JWT is base64url segments with dots, and a JSON header begins with `eyJ`); RFC 8839
sections 5.1 and 5.4 (`ufrag` of a candidate, `a=ice-ufrag`, `a=ice-pwd`); W3C WebRTC RTCIceCandidateInit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from lksig.patterns import lazy_pattern

PLACEHOLDER = lazy_pattern(r"\[(?:jwt|secret) [0-9a-f]{8}\]")

_TOKEN = lazy_pattern(r"eyJ[\w-]*+((?:\.{1,2}[\w-]++){1,4}+)?", re.ASCII)
"""Two dots in a row: the empty key of an encrypted JWT (RFC 7516 section 7.1)."""
_HEADER_LENGTH = 15
"""Base64url of `{"alg":"a"}`, the shortest header there can be."""

# The patterns below are held against the text in small letters: a literal beginning is searched ten times as fast as
# one whose case does not matter.
_VALUE = rf"(?P<value>{PLACEHOLDER.pattern}|[^\s\\\"\x00-\x1f]+)"
_ICE = lazy_pattern(rf"ice-(?P<kind>ufrag|pwd)[ \t]*:[ \t]*+{_VALUE}", re.ASCII)
_ATTRIBUTE = lazy_pattern(r"(?:^|[\r\n])[ \t]*a[ \t]*=[ \t]*$")
_ATTRIBUTE_LENGTH = 8
"""`a=` behind a line break, with some blanks that do not belong there."""
_REST_OF_LINE = lazy_pattern(r"\S(?:[^\r\n]*\S)?", re.ASCII)
_CANDIDATE_UFRAG = lazy_pattern(rf"(?P<kind>ufrag)(?<!\Sufrag)[ \t]+{_VALUE}", re.ASCII)
_USERNAME_FRAGMENT = lazy_pattern(r"username_?(?P<kind>fragment)\\*\"\s*:\s*\\*\"(?P<value>[^\"\\]+)", re.ASCII)

# What nearly every SDP and candidate looks like. Where it does not account for every mention of a credential, the
# patterns above do the work; they take five times as long, and most messages of a negotiation pass here.
_ORDINARY_SDP = lazy_pattern(r"a=ice-(?<=[\r\n]a=ice-)(ufrag|pwd):([^\s\\\"\x00-\x1f]+)(?=[\r\n])", re.ASCII)
_ORDINARY_CANDIDATE = lazy_pattern(
    r"(ufrag(?<!\Sufrag) |usernameFragment\":\")((?<= )[^\s\\\"[\x00-\x1f]+|(?<=\")[^\"\\]+)"
    r"|usernameFragment\":null",
    re.ASCII,
)
"""Observed: livekit-server 1.13.5 writes `null` into each of its candidates."""

_ACCESS_TOKEN = lazy_pattern(rf"(?P<kind>access_token)=(?P<value>{PLACEHOLDER.pattern}|[^\s&\"'<>#]+)", re.ASCII)

_SHORT_ICE = 10
"""Shorter values have no room for the eight digits of a fingerprint and two `x`."""
_ICE_OVERWRITTEN = lazy_pattern(r"([0-9a-f]{8})x{2,}|[0-9a-f]{0,7}xx|x+")


class Span(NamedTuple):
    """A secret in a text: `text[start:end]` is it."""

    start: int
    end: int
    kind: str
    """`jwt`, `ufrag` (short, guessable), `pwd`, or `secret`."""


def is_placeholder(text: str) -> bool:
    """Whether a value is nothing but a placeholder."""
    return PLACEHOLDER.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether a value is nothing but something shaped like a JWT."""
    match = _TOKEN.fullmatch(text)
    return match is not None and _is_jwt(match)


def find_tokens(text: str) -> Iterator[Span]:
    """The JWT-shaped runs of a text."""
    for match in _TOKEN.finditer(text):
        if _is_jwt(match):
            yield Span(match.start(), match.end(), "jwt")


def _is_jwt(match: re.Match[str]) -> bool:
    """A header long enough to be one, or a payload that is JSON: `eyJude.mp3` is neither."""
    rest: str | None = match[1]
    return rest is not None and (len(match[0]) - len(rest) >= _HEADER_LENGTH or rest.startswith(".eyJ"))


def hide_in_sdp(text: str, stand_in: Callable[[str, str], str]) -> str:
    """The SDP with what `stand_in` says for each kind and value in place of its ICE credentials."""
    hidden, count = _ORDINARY_SDP.subn(lambda found: f"a=ice-{found[1]}:{stand_in(found[1], found[2])}", text)
    small = text.lower()
    if count == small.count("ice-pwd") + small.count("ufrag"):
        return hidden
    return replaced(text, find_in_sdp(text), stand_in)


def hide_in_candidate(text: str, stand_in: Callable[[str, str], str]) -> str:
    """The candidate with what `stand_in` says for each kind and value in place of its username fragments."""
    if "\\" not in text:
        hidden, count = _ORDINARY_CANDIDATE.subn(
            lambda found: found[1] + stand_in("ufrag", found[2]) if found[2] else found[0], text
        )
        if count == text.lower().count("frag"):
            return hidden
    return replaced(text, find_in_candidate(text), stand_in)


def find_in_sdp(text: str) -> list[Span]:
    """The ICE credentials of an SDP, and of the candidates in it."""
    small = _small(text)
    spans = []
    for span in _matches(_ICE, small):
        # In a line of its own the value is all of the line; elsewhere (lines that became `\n`) it ends somewhere.
        name_at = small.rindex("ice-", 0, span.start)
        if _ATTRIBUTE.search(small[max(0, name_at - _ATTRIBUTE_LENGTH) : name_at]):
            rest = _REST_OF_LINE.match(text, span.start)
            span = span._replace(end=rest.end() if rest else span.end)
        spans.append(span)
    return merged([*spans, *_matches(_CANDIDATE_UFRAG, small)])


def find_in_candidate(text: str) -> list[Span]:
    """The ICE username fragments of a candidate, or of the JSON of an RTCIceCandidateInit."""
    small = _small(text)
    spans = [*_matches(_CANDIDATE_UFRAG, small), *_matches(_USERNAME_FRAGMENT, small)]
    if "\\" in text:
        spans += _find_behind_escapes(text)
    return merged(spans)


def _find_behind_escapes(text: str) -> Iterator[Span]:
    """The same in JSON that hides its content behind escapes."""
    from lksig.wire.json_scan import read_literal, scan_json

    for token in scan_json(text):
        if token.is_key or text[token.start] != '"':
            continue
        literal = read_literal(text, token.start, token.end)
        key = str(token.path[-1]).lower() if token.path else ""
        if key.replace("_", "") == "usernamefragment" and literal.text:
            yield Span(literal.places[0], literal.places[-1], "ufrag")
        for span in _matches(_CANDIDATE_UFRAG, _small(literal.text)):
            yield Span(literal.places[span.start], literal.places[span.end], span.kind)


def find_anywhere(text: str) -> list[Span]:
    """What looks like a secret in a text of unknown kind: a body, a broken frame, an unknown field."""
    small = _small(text)
    spans = [*find_tokens(text)]
    for pattern in (_ICE, _CANDIDATE_UFRAG, _USERNAME_FRAGMENT, _ACCESS_TOKEN):
        spans += _matches(pattern, small)
    return merged(spans)


def _small(text: str) -> str:
    """The text in small letters, each at its place: `İ` alone would become two characters."""
    small = text.lower()
    return small if len(small) == len(text) else text.replace("İ", "i").lower()


_KINDS = {"pwd": "pwd", "ufrag": "ufrag", "fragment": "ufrag", "access_token": "secret"}


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield Span(*match.span("value"), _KINDS[match["kind"]])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order without overlap; of two that overlap one that encloses both, of the first one's kind."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(span.end, apart[-1].end))
        else:
            apart.append(span)
    return apart


def replaced(text: str, spans: Iterable[Span], stand_in: Callable[[str, str], str]) -> str:
    """The text with what `stand_in` says for the kind and text of each span in its place.

    The spans are in order and do not overlap.
    """
    pieces, at = [], 0
    for span in spans:
        pieces += [text[at : span.start], stand_in(span.kind, text[span.start : span.end])]
        at = span.end
    return "".join([*pieces, text[at:]])


def overwritten_ice(fingerprint: str, size: int) -> str:
    """`size` ICE characters in place of a credential: its fingerprint, then `x`.

    Two `x` stand at the end of a short one too, so that it is known as overwritten when it is seen again: one real
    ufrag of four characters in 65 536 looks like that.
    """
    digits = fingerprint[: size if size >= _SHORT_ICE else max(0, size - 2)]
    return digits + "x" * (size - len(digits))


def read_overwritten_ice(text: str) -> str | None:
    """What `overwritten_ice` left: its eight digits, `""` where there was no room for all; None for other texts."""
    match = _ICE_OVERWRITTEN.fullmatch(text)
    return (match[1] or "") if match else None
