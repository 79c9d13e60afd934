"""What stands in an SDP and in an ICE candidate, without taking either apart for good.

The text stays the truth: `header(sdp)` and the `text` of every section, joined, are the SDP again, byte for byte and in
order. Everything else is picked out of that text, leniently: a line that makes no sense is left alone, never an error.
The sections are found by searching, not by going through the lines one by one: an offer of a browser has 600 of them
and every offer and answer on the screen passes here.

Source: RFC 8866 (SDP), RFC 8839 (candidates), RFC 9429 (JSEP); livekit_rtc.proto TrickleRequest.candidateInit, which
holds the JSON of an RTCIceCandidateInit.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby

from lksig.patterns import lazy_pattern
from lksig.records import record

_STATIC_CODECS = {"0": "PCMU", "3": "GSM", "8": "PCMA", "9": "G722", "13": "CN"}
"""Payload types that need no rtpmap. Source: RFC 3551, table 4."""

_HELPERS = frozenset({"rtx", "red", "ulpfec", "flexfec", "flexfec-03", "telephone-event", "cn"})
"""Formats that repair or accompany a codec; a summary names them only where there is nothing else."""

_SHOWN_GROUPS = 12
_SHOWN_CODECS = 6
"""A summary is one line; what is more becomes `+3`."""

_DIRECTION = lazy_pattern(r"\na=(sendrecv|sendonly|recvonly|inactive)\r?(?:\n|\Z)")
_END_OF_CANDIDATES = lazy_pattern(r"\na=end-of-candidates\r?(?:\n|\Z)")
_BUNDLE_ONLY = lazy_pattern(r"\na=bundle-only\r?(?:\n|\Z)")
_CANDIDATE = lazy_pattern(
    r"(?:a=)?(?:candidate:)?(\S{1,64}) +([0-9]{1,5}) +(\S+) +([0-9]{1,10}) +(\S+) +([0-9]{1,5}) +typ +(\S+)((?: .*)?)"
)


@record
class Candidate:
    """One way to reach a peer. Source: RFC 8839 section 5.1."""

    foundation: str
    component: int
    protocol: str
    """Lower case: `udp`, `tcp`."""
    priority: int
    address: str
    port: int
    type: str
    """`host`, `srflx`, `prflx`, `relay`."""
    tcp_type: str | None = None
    related_address: str | None = None
    """For a reflexive or relayed candidate: the address behind it."""
    related_port: str | None = None
    ufrag: str | None = None
    """A credential: views must not print it."""
    extensions: tuple[tuple[str, str], ...] = ()
    """What follows, by name: `generation`, `network-id`…"""

    @property
    def place(self) -> str:
        """Address and port, the address in brackets when it holds colons."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def kind(self) -> str:
        """`host udp`, `srflx udp`, `host tcp passive`."""
        return " ".join(word for word in (self.type, self.protocol, self.tcp_type) if word)


@record
class CandidateInit:
    """What a `trickle` carries: the JSON of an RTCIceCandidateInit."""

    text: str
    """The `candidate` attribute as it stands; empty means that no more will come."""
    candidate: Candidate | None
    """None when `text` is empty or no candidate."""
    sdp_mid: str | None = None
    sdp_mline_index: int | None = None
    username_fragment: str | None = None
    """A credential: views must not print it."""


@record
class Section:
    """One `m=` line and what belongs to it."""

    index: int
    kind: str
    """`audio`, `video`, `application`; `?` when the `m=` line is empty."""
    mid: str | None
    direction: str | None
    """Effective: a media section without the attribute is `sendrecv`. None for `application`."""
    rejected: bool
    """Port 0 without `bundle-only`."""
    codecs: tuple[str, ...]
    """By name, in order of preference, each once; repair formats included."""
    candidates: tuple[Candidate, ...]
    end_of_candidates: bool
    msid: str | None
    """Stream and track id; on the publisher's side the track id is the `cid`."""
    setup: str | None
    text: str
    """The section itself, unchanged."""

    @property
    def lines(self) -> list[str]:
        """Its lines without their ends."""
        return self.text.splitlines()


def header(sdp: str) -> str:
    """What stands before the first `m=` line."""
    return _split(sdp)[0]


def sections(sdp: str) -> list[Section]:
    """The media sections in order."""
    return [_section(index, text) for index, text in enumerate(_split(sdp)[1:])]


def _split(sdp: str) -> list[str]:
    """The header, then one text per section: joined they are `sdp` again."""
    parts = ("\n" + sdp).split("\nm=")
    texts = ["m=" + part for part in parts[1:]]
    # Every part but the last lost the line feed that ended it to the separator of the next.
    texts[:-1] = [text + "\n" for text in texts[:-1]]
    head = parts[0][1:]
    return [head + "\n" if texts and parts[0] else head, *texts]


def _section(index: int, text: str) -> Section:
    line, _, _ = text.partition("\n")
    words = line[2:].split()
    kind = words[0] if words else "?"
    direction: str | None = None
    if kind != "application":
        found = _DIRECTION.search(text)
        direction = found[1] if found else "sendrecv"
    return Section(
        index=index,
        kind=kind,
        mid=_first(text, "mid"),
        direction=direction,
        rejected=words[1:2] == ["0"] and not _BUNDLE_ONLY.search(text),
        codecs=() if kind == "application" else _codecs(text, words[3:]),
        candidates=tuple(filter(None, map(parse_candidate, _values(text, "candidate")))),
        end_of_candidates=_END_OF_CANDIDATES.search(text) is not None,
        msid=_first(text, "msid"),
        setup=_first(text, "setup"),
        text=text,
    )


def _values(text: str, name: str) -> list[str]:
    """The values of all attributes of that name."""
    key = f"\na={name}:"
    values = []
    at = text.find(key)
    while at >= 0:
        start = at + len(key)
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        values.append(text[start:end].rstrip("\r"))
        at = text.find(key, end)
    return values


def _first(text: str, name: str) -> str | None:
    key = f"\na={name}:"
    at = text.find(key)
    return text[at + len(key) :].partition("\n")[0].rstrip("\r") if at >= 0 else None


def _codecs(text: str, payload_types: list[str]) -> tuple[str, ...]:
    names = dict(_STATIC_CODECS)
    for value in _values(text, "rtpmap"):
        payload_type, _, encoding = value.partition(" ")
        names[payload_type] = encoding.partition("/")[0]
    found: dict[str, str] = {}
    for payload_type in payload_types:
        name = names.get(payload_type)
        if name:
            found.setdefault(name.lower(), name)
    return tuple(found.values())


def summary(sdp: str) -> str:
    """One line: `3 sections: application, audio sendonly opus, video recvonly VP8/H264 · 2 candidates (host udp 2)`."""
    if not sdp.strip():
        return "empty SDP"
    found = sections(sdp)
    if not found:
        return "an SDP without sections" if sdp.startswith("v=") else "no SDP"
    groups = [(words, len(list(same))) for words, same in groupby(map(_section_words, found))]
    shown = [f"{words} ×{count}" if count > 1 else words for words, count in groups[:_SHOWN_GROUPS]]
    if len(groups) > _SHOWN_GROUPS:
        shown.append(f"+{sum(count for _, count in groups[_SHOWN_GROUPS:])}")
    plural = "" if len(found) == 1 else "s"
    return f"{len(found)} section{plural}: {', '.join(shown)} · {_candidates_words(found)}"


def _section_words(section: Section) -> str:
    if section.rejected:
        return f"{section.kind} rejected"
    codecs = [name for name in section.codecs if name.lower() not in _HELPERS] or list(section.codecs)
    named = "/".join(codecs[:_SHOWN_CODECS])
    if len(codecs) > _SHOWN_CODECS:
        named += f"+{len(codecs) - _SHOWN_CODECS}"
    return " ".join(word for word in (section.kind, section.direction, named) if word)


def _candidates_words(found: list[Section]) -> str:
    # Bundled sections repeat the same candidates (aiortc writes them into each): count places, not lines.
    distinct = dict.fromkeys(candidate for section in found for candidate in section.candidates)
    if not distinct:
        return "no candidates"
    # Reflexive and relayed candidates are nearly always UDP: only the exception says its protocol.
    kinds = Counter(
        candidate.type
        if candidate.type != "host" and candidate.protocol == "udp"
        else f"{candidate.type} {candidate.protocol}"
        for candidate in distinct
    )
    count = "1 candidate" if len(distinct) == 1 else f"{len(distinct)} candidates"
    return f"{count} ({', '.join(f'{kind} {number}' for kind, number in kinds.items())})"


def parse_candidate(text: str) -> Candidate | None:
    """The candidate in `text`, with or without `a=` and `candidate:`; None when it is none."""
    match = _CANDIDATE.fullmatch(text.strip())
    if match is None:
        return None
    foundation, component, protocol, priority, address, port, kind, rest = match.groups()
    words = rest.split()
    named = dict(zip(words[::2], words[1::2], strict=False))
    return Candidate(
        foundation=foundation,
        component=int(component),
        protocol=protocol.lower(),
        priority=int(priority),
        address=address,
        port=int(port),
        type=kind,
        related_address=named.pop("raddr", None),
        related_port=named.pop("rport", None),
        tcp_type=named.pop("tcptype", None),
        ufrag=named.pop("ufrag", None),
        extensions=tuple(named.items()),
    )


def parse_candidate_init(text: str) -> CandidateInit | None:
    """The content of `TrickleRequest.candidateInit`; None where the server would refuse it.

    Observed: livekit-server 1.13.5 accepts `null` and `{}` and refuses other shapes with UNCLASSIFIED_ERROR.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if value is None:
        value = {}
    if not isinstance(value, dict):
        return None
    candidate, mid, fragment = (value.get(key) for key in ("candidate", "sdpMid", "usernameFragment"))
    index = value.get("sdpMLineIndex")
    if not all(part is None or isinstance(part, str) for part in (candidate, mid, fragment)):
        return None
    if index is not None and (type(index) is not int or not 0 <= index <= 0xFFFF):
        return None
    candidate = candidate or ""
    return CandidateInit(candidate, parse_candidate(candidate), mid, index, fragment)


def candidate_summary(candidate_init: str) -> str:
    """One line for `TrickleRequest.candidateInit`: `host udp 10.0.0.4:50000, mid 0`."""
    init = parse_candidate_init(candidate_init)
    if init is None:
        return "no RTCIceCandidateInit"
    place = f", mid {init.sdp_mid}" if init.sdp_mid is not None else ""
    if not place and init.sdp_mline_index is not None:
        place = f", section {init.sdp_mline_index}"
    if not init.text:
        return f"end of candidates{place}"
    if init.candidate is None:
        return f"not a candidate{place}"
    behind = init.candidate.related_address
    origin = f" of {behind}" if behind not in (None, "0.0.0.0", "::") else ""
    return f"{init.candidate.kind} {init.candidate.place}{origin}{place}"
