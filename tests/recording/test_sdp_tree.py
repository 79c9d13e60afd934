"""Session descriptions of two runs: the same when only what is made up for a session differs."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.sdp_tree import candidate_tree, sdp_tree
from lksig.recording.stable import Roles
from lksig.recording.trees import Node, differences
from tests.support.samples import SDP, candidate_init


def changed(a: str, b: str) -> list[tuple[str, str | None, str | None]]:
    trees = sdp_tree(a, Roles()), sdp_tree(b, Roles())
    return [(one.path, one.a, one.b) for one in differences(*trees)]


FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32) + "\r\n"
BROWSER = (
    "v=0\r\no=- 11 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" + FINGERPRINT + "m=video 9 UDP/TLS/RTP/"
    "SAVPF 96 97 98\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:aaaa\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa\r\na=setup:actpass\r\n"
    "a=mid:0\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=rtpmap:98 H264/90000\r\na=fmtp:98 profile-level-id=42e01f\r\na=rtcp-fb:96 nack pli\r\n"
    "a=ssrc-group:FID 111 222\r\na=ssrc:111 cname:abcd\r\na=ssrc:222 cname:abcd\r\n"
    "a=msid:- 11111111-2222-3333-4444-555555555555\r\n"
    "a=candidate:1 1 udp 2122260223 10.0.0.4 51234 typ host generation 0 ufrag aaaa\r\n"
    "a=candidate:2 1 udp 2122260223 10.0.0.4 9 typ srflx raddr x.local rport 9\r\n"
)
OTHER = {
    "o=- 11 2": "o=- 999 7",
    "AB:AB": "CD:CD",
    "aaaa": "bbbb",
    "111": "333",
    "cname:abcd": "cname:efgh",
    "51234": "60000",
    "x.local": "y.local",
    " 96": " 100",
    ":96": ":100",
    "=96": "=100",
    "candidate:1 ": "candidate:77 ",
    "2122260223": "1",
    "11111111-2222-3333-4444-555555555555": "99999999-2222-3333-4444-555555555555",
}


def replaced(sdp: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        sdp = sdp.replace(old, new)
    return sdp


def test_what_is_made_up_for_a_session_is_left_out() -> None:
    assert replaced(BROWSER, OTHER) != BROWSER
    assert changed(BROWSER, replaced(BROWSER, OTHER)) == []
    assert changed(SDP, SDP.replace("\r\n", "\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("a=sendonly", "a=recvonly", ("0.direction", "sendonly", "recvonly")),
        ("a=setup:actpass", "a=setup:active", ("0.setup", "actpass", "active")),
        ("10.0.0.4 51234", "10.0.0.5 51234", ("0.candidates", "host udp 10.0.0.4:*", "host udp 10.0.0.5:*")),
        ("10.0.0.4 51234", "10.0.0.4 7881", ("0.candidates", "host udp 10.0.0.4:*", "host udp 10.0.0.4:7881")),
        ("42e01f", "640032", ("0.fmtp", "H264/90000 profile-level-id=42e01f", "H264/90000 profile-level-id=640032")),
        ("a=fmtp:97 apt=96\r\n", "", ("0.fmtp", "rtx/90000 apt=VP8/90000", None)),
        ("nack pli", "nack", ("0.rtcp-fb", "VP8/90000 nack pli", "VP8/90000 nack")),
        ("a=mid:0", "a=mid:1", ("0.mid", "0", "1")),
        ("BUNDLE 0", "BUNDLE 1", ("header.group", "BUNDLE 0", "BUNDLE 1")),
        ("a=ssrc:222 cname:abcd\r\n", "", ("0.ssrc", "x cname:x", None)),
        ("m=video 9 UDP", "m=video 0 UDP", ("0.state", None, "rejected")),
        ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF", ("0.protocol", "UDP/TLS/RTP/SAVPF", "RTP/SAVPF")),
        ("a=mid:0\r\n", "a=mid:0\r\na=bundle-only\r\n", ("0.bundle-only", None, "true")),
        ("a=mid:0\r\n", "a=mid:0\r\na=end-of-candidates\r\n", ("0.end_of_candidates", None, "true")),
    ],
    ids=lambda value: str(value)[:20],
)
def test_everything_else_is_a_difference(old: str, new: str, difference: tuple[str, str | None, str | None]) -> None:
    assert changed(BROWSER, BROWSER.replace(old, new, 1)) == [difference]


def test_codecs_and_their_order() -> None:
    assert changed(BROWSER, BROWSER.replace("SAVPF 96 97 98", "SAVPF 98 96 97")) == [
        ("0.codecs", "VP8/rtx/H264", "H264/VP8/rtx")
    ]


def test_two_of_one_codec_are_told_apart() -> None:
    two = BROWSER.replace("a=rtpmap:98", "a=rtpmap:99 H264/90000\r\na=fmtp:99 packetization-mode=1\r\na=rtpmap:98")
    paths = {path: (a, b) for path, a, b in changed(BROWSER, two)}
    assert paths["0.rtpmap"] == (None, "H264/90000#2 H264/90000")
    assert "H264/90000 packetization-mode=1" in str(paths["0.fmtp"][1])


def test_a_section_more_is_told_as_a_whole() -> None:
    (only,) = changed(BROWSER, BROWSER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n")
    assert only == ("1", None, "kind=application protocol=UDP/DTLS/SCTP mid=1 formats=webrtc-datachannel")


@pytest.mark.parametrize("text", ["", "no SDP of PA_duHZgjKYCr3H", "v=0\r\n", "m=\r\na", "m=audio 9 RTP 0"])
def test_what_makes_no_sense_is_compared_as_text(text: str) -> None:
    assert changed(text, text) == []
    assert changed(text, text + " v") != []


@given(st.randoms(use_true_random=False))
def test_the_order_of_attributes_says_nothing(source: random.Random) -> None:
    head, section = BROWSER.split("m=")
    first, *rest = section.splitlines()
    source.shuffle(rest)
    payloads = [line for line in rest if line.startswith("a=rtpmap")]
    assert payloads
    assert changed(BROWSER, f"{head}m={first}\r\n" + "\r\n".join(rest) + "\r\n") == []


def candidate(text: str) -> object:
    return candidate_tree(text, Roles())


def test_candidates() -> None:
    known = Node({"candidate": "host udp 192.0.2.2:7882", "sdpMid": "0", "sdpMLineIndex": "0"})
    assert candidate(candidate_init()) == known
    ipv6 = candidate_init("candidate:9 2 tcp 1 fe80::1 9 typ host tcptype active ufrag abcd")
    told = candidate(ipv6)
    assert isinstance(told, Node)
    assert told["candidate"] == "host tcp active [fe80::1]:9 component 2"
    assert candidate("{}") == Node({"candidate": "end of candidates"})
    assert candidate("null") == Node({"candidate": "end of candidates"})
    assert candidate("nonsense of TR_VCMZbTsgrXwLLd") == "nonsense of TR_1"
    assert candidate(json.dumps({"candidate": "nonsense"})) == '{"candidate": "nonsense"}'
