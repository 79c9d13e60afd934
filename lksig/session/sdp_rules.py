"""Which SDPs the server takes, and the ones it writes itself.

Three outcomes matter: a text that does not parse is ignored, one that parses and cannot be used ends the session, the
rest is answered. No media is carried here: what is written is legal, with credentials of its own, and leads nowhere.

Source: RFC 8866, RFC 8839, RFC 8842; pion/sdp v3.0.19 unmarshal.go, base_lexer.go (the order of lines it insists on,
and where a text may stop), pion/webrtc v4 sdp.go (extractICEDetails, extractFingerprint). Observed: livekit-server
1.13.5 with some sixty offers and answers, and pion/sdp v3.0.19 with 180 000 texts: each was taken or not as here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lksig.wire.sdp import Section, header, parse_candidate, sections

_FOLLOWS = {
    "": "v",
    "v": "o",
    "o": "s",
    "s": "iuepcbt",
    "i": "uepcbt",
    "u": "epcbt",
    "e": "epcbt",
    "p": "pcbt",
    "c": "bt",
    "b": "bt",
    "t": "trzkam",
    "r": "trzkam",
    "z": "kam",
    "k": "am",
    "a": "am",
}
"""Which kinds of line may follow which one, before the first `m=`."""
_IN_SECTION = "ickbam"

_GAP = rb"(?:[ \t]++|(?=[\r\n]))"
_WORD = rb"(?:[^ \t\r\n]++\Z|[^ \t\r\n]*+" + _GAP + rb")"
_NUMBER = rb"(?:0*+[1-9]\d*+\Z|\d*+" + _GAP + rb")"
"""May be missing, and may end the text: but for a zero, which is taken for nothing read there."""
_SPAN = rb"[+-]?\d++[dhms]?" + _GAP
_LAYER = rb"(?:UDP|RTP|S?AVPF?|D?TLS|SCTP|TCP|MSRP|BFCP|UDT|IX|MRCPv2|FEC)"
_VALUES = {
    "v": re.compile(rb"0*" + _GAP),
    "o": re.compile(
        _WORD
        + _NUMBER * 2
        + rb"IN"
        + _GAP
        + rb"(?:(?=[\r\n])|IP[46]"
        + _GAP
        + rb"(?:(?=[\r\n])|(?=[^ \t])"
        + _WORD
        + rb"))"
    ),
    "c": re.compile(rb"IN" + _GAP + rb"IP[46]" + _GAP + _WORD),
    "t": re.compile(_NUMBER * 2),
    "r": re.compile(_SPAN * 2 + rb"(?:" + _SPAN + rb")*(?=[\r\n])"),
    "z": re.compile(rb"(?:\d*" + _GAP + _SPAN + rb")*\d*" + _GAP + rb"(?=[\r\n])"),
    "b": re.compile(rb"(?:X-[^:\n]*|CT|AS|TIAS|RS|RR):\d+\r*\n"),
    "m": re.compile(
        rb"(?:audio|video|text|application|message)"
        + _GAP
        + rb"(\d+)(?:/\d+)?"
        + _GAP
        + _LAYER
        + rb"(?:/"
        + _LAYER
        + rb")*"
        + _GAP
        + rb"[^\r\n]*(?=[\r\n])"
    ),
}
_LINE = re.compile(rb"[^\n]*\n")
"""The value of every other kind: it needs an end of line."""
_BETWEEN = re.compile(rb"[\r\n]*")

_UFRAG = re.compile(r"^a=ice-ufrag:(.*?)\r?$", re.M)
_PWD = re.compile(r"^a=ice-pwd:(.*?)\r?$", re.M)
_FINGERPRINT = re.compile(r"^a=fingerprint:(.*?)\r?$", re.M)
_CANDIDATE = re.compile(r"^a=(candidate:.*?)\r?$", re.M)
_COPIED = ("a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=sctp-port:", "a=sctpmap:")
"""Attributes of an offered section that an answer repeats: all its formats are accepted."""

_PAYLOADS = {"audio": ("111", "opus/48000/2"), "video": ("96", "VP8/90000")}


def is_parseable(sdp: str) -> bool:
    """Whether pion parses it.

    It reads on as long as there are two bytes of a line to look at: the empty text parses, `x` and `v=0`, end of line,
    `x` do too, `xx` does not. A last line of text needs its end, a last line of words and numbers mostly does not.
    """
    text, at, before, in_section = sdp.encode("utf-8", "surrogatepass"), 0, "", False
    while len(text) - (at := _end(_BETWEEN, text, at)) >= 2:
        kind = chr(text[at])
        if text[at + 1 : at + 2] != b"=" or kind not in (_IN_SECTION if in_section else _FOLLOWS[before]):
            return False
        match = _VALUES.get(kind, _LINE).match(text, at + 2)
        if match is None or (kind == "m" and int(match[1]) > 0xFFFF):
            return False
        at, before, in_section = match.end(), kind, in_section or kind == "m"
    return True


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Where what matches there, be it nothing, ends."""
    match = pattern.match(text, at)
    return at if match is None else match.end()


def is_usable(sdp: str) -> bool:
    """Whether a parseable SDP is one a peer connection takes: sections with mids, credentials, a fingerprint."""
    found = sections(sdp)
    if not found or not all(section.mid for section in found):
        return False
    if len(set(_UFRAG.findall(sdp))) != 1 or len(set(_PWD.findall(sdp))) != 1:
        return False
    prints = set(_FINGERPRINT.findall(sdp))
    if len(prints) != 1 or len(prints.pop().split(" ")) != 2:
        return False
    return all(parse_candidate(text) is not None for text in _CANDIDATE.findall(sdp))


def fits(answer: str, offer: str) -> bool:
    """Whether a usable answer answers this offer: the same sections in the same order."""
    return [section.mid for section in sections(answer)] == [section.mid for section in sections(offer)]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a peer connection calls itself."""

    ufrag: str
    pwd: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A track that a section sends."""

    kind: str
    """`audio` or `video`."""
    stream: str
    track_sid: str


def write_offer(
    credentials: Credentials, session: tuple[int, int], sending: Sequence[Sending], candidates: Sequence[str] = ()
) -> str:
    """The subscriber's offer: data channels, then one section a track.

    Args:
        session: id and version of the `o=` line.
        candidates: written into every section, for an ICE restart.
    """
    lines = _head(credentials, session, [str(mid) for mid in range(len(sending) + 1)])
    ending = [f"a={candidate}" for candidate in candidates] + ["a=end-of-candidates"] * bool(candidates)
    lines += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", *_transport(credentials, "0", "actpass")]
    lines += ["a=sendrecv", "a=sctp-port:5000", "a=max-message-size:65535", *ending]
    for mid, track in enumerate(sending, 1):
        number, codec = _PAYLOADS[track.kind]
        lines += [f"m={track.kind} 9 UDP/TLS/RTP/SAVPF {number}", *_transport(credentials, str(mid), "actpass")]
        lines += ["a=rtcp-mux", "a=rtcp-rsize", f"a=rtpmap:{number} {codec}"]
        lines += [f"a=msid:{track.stream} {track.track_sid}", "a=sendonly", *ending]
    return "".join(f"{line}\r\n" for line in lines)


def write_answer(offer: str, credentials: Credentials, session: tuple[int, int], sending: Mapping[str, Sending]) -> str:
    """The answer to a usable offer: every section mirrored.

    Args:
        sending: tracks by the mid of the section that shall send them.
    """
    offered = sections(offer)
    kept = [section.mid or "" for section in offered if not section.rejected]
    lines = _head(credentials, session, kept if "a=group:BUNDLE" in header(offer) else [])
    for section in offered:
        lines += _answering(section, credentials, sending.get(section.mid or ""))
    return "".join(f"{line}\r\n" for line in lines)


def _answering(section: Section, credentials: Credentials, track: Sending | None) -> list[str]:
    kind, _, rest = section.lines[0].removeprefix("m=").split(" ", 2)
    setup = "passive" if section.setup == "active" else "active"
    lines = [f"m={kind} {0 if section.rejected else 9} {rest}", *_transport(credentials, section.mid or "", setup)]
    lines += [line for line in section.lines if line.startswith(_COPIED)]
    if kind == "application":
        return [*lines, "a=sendrecv"]
    if track is not None:
        lines.append(f"a=msid:{track.stream} {track.track_sid}")
    receives = section.direction in ("sendrecv", "sendonly")
    direction = {(True, True): "sendrecv", (True, False): "recvonly", (False, True): "sendonly"}
    return [*lines, "a=rtcp-mux", f"a={direction.get((receives, track is not None), 'inactive')}"]


def _head(credentials: Credentials, session: tuple[int, int], mids: Sequence[str]) -> list[str]:
    lines = ["v=0", f"o=- {session[0]} {session[1]} IN IP4 0.0.0.0", "s=-", "t=0 0", "a=msid-semantic:WMS *"]
    lines += [f"a=fingerprint:sha-256 {credentials.fingerprint}", "a=extmap-allow-mixed"]
    return [*lines, f"a=group:BUNDLE {' '.join(mids)}"] if mids else lines


def _transport(credentials: Credentials, mid: str, setup: str) -> list[str]:
    return [
        "c=IN IP4 0.0.0.0",
        f"a=setup:{setup}",
        f"a=mid:{mid}",
        f"a=ice-ufrag:{credentials.ufrag}",
        f"a=ice-pwd:{credentials.pwd}",
    ]
