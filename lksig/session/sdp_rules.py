"""Which SDPs the server takes, and the ones it writes itself.

Three outcomes matter: a text that does not parse is ignored, one that parses and cannot be used ends the session, the
rest is answered. No media is carried here: what is written is legal, with credentials of its own, and leads nowhere.

Source: RFC 8866, RFC 8839, RFC 8842; pion/sdp v3 unmarshal.go (the order of lines it insists on), pion/webrtc v4
sdp.go (extractICEDetails, extractFingerprint). Observed: livekit-server 1.13.5 with some forty offers and answers.
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

_VALUES = {
    "v": re.compile(r"0"),
    "o": re.compile(r"\S+ \d+ \d+ IN( IP[46])?( .*)?"),
    "c": re.compile(r"IN IP[46]( .*)?"),
    "t": re.compile(r"\d+ \d+"),
    "m": re.compile(r"(?:audio|video|text|application|message) (\d{1,5})(?:/\d+)? [A-Z/]+( .*)?"),
}

_UFRAG = re.compile(r"^a=ice-ufrag:(.*?)\r?$", re.M)
_PWD = re.compile(r"^a=ice-pwd:(.*?)\r?$", re.M)
_FINGERPRINT = re.compile(r"^a=fingerprint:(.*?)\r?$", re.M)
_CANDIDATE = re.compile(r"^a=(candidate:.*?)\r?$", re.M)
_COPIED = ("a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=sctp-port:", "a=sctpmap:")
"""Attributes of an offered section that an answer repeats: all its formats are accepted."""

_PAYLOADS = {"audio": ("111", "opus/48000/2"), "video": ("96", "VP8/90000")}


def is_parseable(sdp: str) -> bool:
    """Whether pion parses it. An SDP that stops early does, the empty one too; a last line without an end does not."""
    if sdp and not sdp.endswith("\n"):
        return False
    before, in_section = "", False
    for line in sdp.split("\n")[:-1]:
        kind, equals, value = line[:1], line[1:2], line[2:].rstrip("\r")
        if equals != "=" or kind not in (_IN_SECTION if in_section else _FOLLOWS[before]):
            return False
        rule = _VALUES.get(kind)
        match = rule.fullmatch(value) if rule is not None else None
        if rule is not None and match is None:
            return False
        if kind == "m":
            in_section = True
            if match is not None and int(match[1]) > 0xFFFF:
                return False
        before = kind
    return True


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
