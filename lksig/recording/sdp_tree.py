"""Session descriptions and candidates as trees: sections, directions, codecs, candidates, attributes.

The rule: what a stack makes up for each session is left out (session id and version, ICE credentials, fingerprints,
SSRCs and CNAMEs, foundations, priorities, ports of the range that systems hand out, numbers of payload types, names of
mDNS candidates); everything else is compared. Source: RFC 8866, RFC 8839, RFC 9429; IANA and Linux for the port range.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lksig.recording.trees import Bag, Node, Tree
from lksig.wire.sdp import Candidate, Section, header, parse_candidate_init, sections

if TYPE_CHECKING:
    from lksig.recording.stable import Roles

FIRST_EPHEMERAL_PORT = 32768
"""Where Linux begins to hand out ports; the ranges of IANA (49152) and livekit-server (50000) lie within."""

_RANDOM = frozenset({"ice-ufrag", "ice-pwd", "fingerprint", "candidate", "end-of-candidates", "mid"})
_SAID = frozenset({"sendrecv", "sendonly", "recvonly", "inactive", "setup", "msid", "bundle-only"})
_SSRC = re.compile(r"[0-9]+")
_CNAME = re.compile(r"cname:.*")
_ORIGIN = re.compile(r"(\S+) [0-9]+ [0-9]+ ")
_PAYLOAD = re.compile(r"([0-9]{1,3})(?=[ /]|$)")
_APT = re.compile(r"apt=([0-9]{1,3})")
_BY_PAYLOAD = frozenset({"rtpmap", "fmtp", "rtcp-fb"})
_MDNS = re.compile(r"\S+\.local")


def sdp_tree(sdp: str, roles: Roles) -> Tree:
    """An SDP: `header` and its sections by place, which is their name in every later description."""
    found = sections(sdp)
    if not found and not sdp.startswith("v="):
        return roles.ids(sdp)
    node = Node({"header": _header(header(sdp), roles)})
    for section in found:
        node[str(section.index)] = _section(section, roles)
    return node


def _header(text: str, roles: Roles) -> Node:
    lines = []
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "o":
            value = _ORIGIN.sub(r"\1 0 0 ", value)
        if not value.startswith("fingerprint:"):
            lines.append(f"{name}={value}")
    return _grouped(lines, {}, roles)


def _section(section: Section, roles: Roles) -> Node:
    payloads = _payloads(section)
    first, *rest = section.lines
    # Port 9 says nothing, and port 0 is `rejected`.
    kind, _port, protocol, *payload_types = [*first.removeprefix("m=").split(" "), "", ""]
    node = Node({"kind": kind})
    said = {
        "protocol": protocol,
        "mid": section.mid,
        "direction": section.direction,
        "state": "rejected" if section.rejected else None,
        "codecs": "/".join(section.codecs),
        "formats": " ".join(one for one in payload_types if one and one not in payloads),
        "setup": section.setup,
        "msid": None if section.msid is None else roles.ids(section.msid),
        "bundle-only": "true" if "a=bundle-only" in rest else None,
    }
    node.update({name: text for name, text in said.items() if text})
    if section.candidates:
        node["candidates"] = Bag(dict.fromkeys(_candidate_text(one) for one in section.candidates))
    if section.end_of_candidates:
        node["end_of_candidates"] = "true"
    node.update(_grouped(rest, payloads, roles))
    return node


def _payloads(section: Section) -> dict[str, str]:
    """Payload type → its codec; several of one codec are numbered in order."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for line in section.lines:
        if line.startswith("a=rtpmap:"):
            number, _, codec = line[9:].partition(" ")
            counts[codec] = counts.get(codec, 0) + 1
            names[number] = codec if counts[codec] == 1 else f"{codec}#{counts[codec]}"
    return names


def _grouped(lines: list[str], payloads: dict[str, str], roles: Roles) -> Node:
    """Lines by the name of their attribute, or their letter."""
    found: dict[str, list[str]] = {}
    for line in lines:
        letter, _, value = line.partition("=")
        name = letter
        if letter == "a":
            name, _, value = value.partition(":")
        if name in _RANDOM or name in _SAID or (letter == "m"):
            continue
        found.setdefault(name, []).append(roles.ids(_steady(name, value, payloads)))
    return Node({name: Bag(values) for name, values in found.items()})


def _steady(name: str, value: str, payloads: dict[str, str]) -> str:
    """The value of an attribute without what is random in it."""
    if name in _BY_PAYLOAD:
        value = _PAYLOAD.sub(lambda found: payloads.get(found[1], found[1]), value, count=1)
        return _APT.sub(lambda found: f"apt={payloads.get(found[1], found[1])}", value)
    if name in ("ssrc", "ssrc-group"):
        return _CNAME.sub("cname:x", _SSRC.sub("x", value) if name == "ssrc-group" else _SSRC.sub("x", value, count=1))
    return value


def candidate_tree(text: str, roles: Roles) -> Tree:
    """What a `trickle` carries."""
    init = parse_candidate_init(text)
    if init is None or (init.text and init.candidate is None):
        return roles.ids(text)
    node = Node({"candidate": "end of candidates" if init.candidate is None else _candidate_text(init.candidate)})
    if init.sdp_mid is not None:
        node["sdpMid"] = init.sdp_mid
    if init.sdp_mline_index is not None:
        node["sdpMLineIndex"] = str(init.sdp_mline_index)
    return node


def _candidate_text(candidate: Candidate) -> str:
    """`host udp 10.0.0.4:7882`; `*` for what is random."""
    address = _MDNS.sub("*.local", candidate.address)
    port = "*" if candidate.port >= FIRST_EPHEMERAL_PORT else str(candidate.port)
    text = f"{candidate.kind} {f'[{address}]' if ':' in address else address}:{port}"
    if candidate.related_address is not None:
        text += f" of {_MDNS.sub('*.local', candidate.related_address)}"
    return text if candidate.component == 1 else f"{text} component {candidate.component}"
