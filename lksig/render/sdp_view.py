"""SDP, candidates and tokens taken apart for a reader: rows below the field that holds them.

The text itself is one key away: `raw_rows`. Credentials are never among the rows (`wire.redaction` hides them in the
raw text).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.render.safe_text import neutralise, word
from lksig.render.times import duration_text
from lksig.render.width import aligned
from lksig.wire import sdp as sdp_text

if TYPE_CHECKING:
    from lksig.render.times import WallClock
    from lksig.wire.access_token import Token
    from lksig.wire.redaction import Secrets

MAX_CODECS = 8
"""Of a section; what is more is counted."""


def sdp_rows(text: str, secrets: Secrets) -> Iterator[str]:
    """A table of the sections, then the distinct candidates."""
    found = sdp_text.sections(text)
    if not found:
        return
    table = [("mid", "kind", "direction", "codecs", "msid", "setup")]
    table += [
        (
            section.mid if section.mid is not None else f"#{section.index}",
            f"{section.kind} rejected" if section.rejected else section.kind,
            section.direction or "-",
            _codecs(section.codecs),
            section.msid or "-",
            section.setup or "-",
        )
        for section in found
    ]
    yield from aligned([[neutralise(secrets.tokens(cell)) for cell in row] for row in table])
    candidates = dict.fromkeys(candidate for section in found for candidate in section.candidates)
    for candidate in candidates:
        yield f"candidate {neutralise(secrets.tokens(_candidate(candidate)))}"
    if any(section.end_of_candidates for section in found):
        yield "end of candidates"


def raw_rows(text: str, secrets: Secrets) -> Iterator[str]:
    """The SDP line by line, in its own order, without its credentials."""
    for line in secrets.sdp(text).split("\n"):
        yield neutralise(line.removesuffix("\r"))


def candidate_rows(text: str, secrets: Secrets) -> Iterator[str]:
    """What stands in a `candidateInit`."""
    init = sdp_text.parse_candidate_init(text)
    if init is None:
        return
    if init.candidate is not None:
        yield f"candidate {neutralise(secrets.tokens(_candidate(init.candidate)))}"
    if init.sdp_mid is not None:
        yield f"sdpMid {word(secrets.tokens(init.sdp_mid))}"
    if init.sdp_mline_index is not None:
        yield f"sdpMLineIndex {init.sdp_mline_index}"


def token_rows(text: str, now_s: float, wall: WallClock) -> Iterator[str]:
    """What an access token says: who, where, which grants, from when until when."""
    from lksig.wire.access_token import explain_grants, read_token

    try:
        token = read_token(text)
    except InputError:
        return
    for name, value in (("identity", token.identity), ("name", token.name), ("room", token.room)):
        if value is not None:
            yield f"{name} {word(value)}"
    yield f"grants {neutralise(explain_grants(token))}"
    yield from _token_times(token, now_s, wall)


def _token_times(token: Token, now_s: float, wall: WallClock) -> Iterator[str]:
    for name, time_s in (
        ("issued", token.issued_s),
        ("not before", token.not_before_s),
        ("expires", token.expires_s),
    ):
        if time_s is None:
            continue
        clock = wall.clock(int(time_s * 1e9), date=True, millis=False)
        left = time_s - now_s
        ago = f"in {duration_text(left)}" if left >= 0 else f"{duration_text(-left)} ago"
        yield f"{name} {clock or time_s} ({ago})"


def _codecs(codecs: tuple[str, ...]) -> str:
    if len(codecs) > MAX_CODECS:
        return f"{'/'.join(codecs[:MAX_CODECS])}+{len(codecs) - MAX_CODECS}"
    return "/".join(codecs) or "-"


def _candidate(candidate: sdp_text.Candidate) -> str:
    behind = (
        f", behind it {candidate.related_address}:{candidate.related_port}"
        if candidate.related_address is not None
        else ""
    )
    return (
        f"{candidate.kind} {candidate.place}, priority {candidate.priority}, component {candidate.component}, "
        f"foundation {candidate.foundation}{behind}"
    )
