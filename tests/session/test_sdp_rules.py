"""Which SDPs livekit-server 1.13.5 ignored, refused and answered, and what we write ourselves."""

from __future__ import annotations

import pytest

from lksig.session.sdp_rules import Credentials, Sending, fits, is_parseable, is_usable, write_answer, write_offer
from lksig.wire.sdp import header, sections
from tests.support.scenarios import OFFER_MEDIA_SDP, OFFER_SDP

CREDENTIALS = Credentials("u" * 16, "p" * 32, ":".join(["AB"] * 32))


def without(*starts: str) -> str:
    return "\r\n".join(line for line in OFFER_SDP.split("\r\n") if not line.startswith(starts))


def swapped(old: str, new: str) -> str:
    assert old in OFFER_SDP
    return OFFER_SDP.replace(old, new)


IGNORED = {
    "no end of the last line": OFFER_SDP.rstrip(),
    "garbage": "garbage\n",
    "no o=": without("o="),
    "no s=": without("s="),
    "no t=": without("t="),
    "another version": swapped("v=0", "v=1"),
    "a port that is no number": swapped("m=application 9", "m=application x"),
    "an unknown kind": swapped("m=application", "m=fruit"),
    "a port too large": swapped("m=application 9", "m=application 70000"),
    "a line without equals sign": OFFER_SDP + "zzz\r\n",
    "only an attribute": "a=x\r\n",
    "capital": swapped("v=0", "V=0"),
    "times that are no numbers": swapped("t=0 0", "t=x y"),
    "a session line in a section": OFFER_SDP + "t=0 0\r\n",
    "two letters": "xx",
    "a version that the text ends with": "v=0",
    "a version and garbage": "v=0\r\ngarbage\r\n",
    "a letter and an end of line": "x\n",
    "times that the text ends with": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0",
    "an origin of two words": swapped(" IN IP4 127.0.0.1", ""),
    "a bandwidth of another kind": swapped("t=0 0", "b=XX:1\r\nt=0 0"),
    "a repetition without times": swapped("t=0 0", "t=0 0\r\nr=1"),
    "a zone without offset": swapped("t=0 0", "t=0 0\r\nz=0 x"),
    "an unknown transport": swapped("UDP/DTLS", "UDP/SMTP"),
}
PARSED_TO_THE_LAST_BYTE = {
    "one letter": "x",
    "one letter of another alphabet": "\u00e9",
    "ends of lines": "\r\n\n",
    "a version and a letter": "v=0\no",
    "an origin without end": "v=0\r\no=- 1 1 IN IP4 127.0.0.1",
    "times without end": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 1",
}
REFUSED = {
    "empty": "",
    "it stops early": "v=0\r\n",
    "no section": without("m=", "c=", "a="),
    "no mid": without("a=mid"),
    "an empty mid": swapped("a=mid:0", "a=mid:"),
    "no ufrag": without("a=ice-ufrag"),
    "no password": without("a=ice-pwd"),
    "no fingerprint": without("a=fingerprint"),
    "a fingerprint without hash": swapped("a=fingerprint:sha-256 ", "a=fingerprint:"),
    "two ufrags": swapped("a=group", "a=ice-ufrag:other\r\na=group"),
    "a broken candidate": OFFER_SDP + "a=candidate:nope\r\n",
}
ANSWERED = {
    "an ordinary offer": OFFER_SDP,
    "line feeds only": OFFER_SDP.replace("\r\n", "\n"),
    "no group": without("a=group"),
    "no setup": without("a=setup"),
    "no connection line": without("c="),
    "an unknown attribute": OFFER_SDP + "a=zzz\r\n",
    "another name": swapped("s=-", "s= "),
    "a bandwidth": swapped("t=0 0", "b=AS:1\r\nt=0 0"),
    "times and zones": swapped("t=0 0", "t=0 0\r\nr=1 2 3\r\nz=0 0"),
    "a short origin": swapped("IN IP4 127.0.0.1", "IN"),
    "a candidate": OFFER_SDP + "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n",
    "empty lines": OFFER_SDP.replace("\r\n", "\r\n\n"),
    "a letter behind it": OFFER_SDP + "x",
    "no version number": swapped("v=0", "v="),
    "blanks": swapped("t=0 0", "t=0 \t 0"),
    "a bandwidth of one's own": swapped("t=0 0", "b=X-mine:1\r\nt=0 0"),
    "a port range": swapped("m=application 9", "m=application 9/2"),
    "rejected": swapped("m=application 9", "m=application 0"),
    "with video": OFFER_MEDIA_SDP,
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_does_not_parse_is_ignored(name: str) -> None:
    assert not is_parseable(IGNORED[name])


@pytest.mark.parametrize("name", PARSED_TO_THE_LAST_BYTE)
def test_parsing_ends_where_no_two_bytes_are_left(name: str) -> None:
    assert is_parseable(PARSED_TO_THE_LAST_BYTE[name]) is (name != "one letter of another alphabet")
    assert not is_usable(PARSED_TO_THE_LAST_BYTE[name])


def test_megabytes_of_digits_are_read_once() -> None:
    assert not is_parseable("v=0\r\no=- " + "1" * 3_000_000 + "x")


@pytest.mark.parametrize("name", REFUSED)
def test_what_parses_and_cannot_be_used_is_refused(name: str) -> None:
    assert is_parseable(REFUSED[name])
    assert not is_usable(REFUSED[name])


@pytest.mark.parametrize("name", ANSWERED)
def test_what_can_be_used_is_answered(name: str) -> None:
    assert is_parseable(ANSWERED[name])
    assert is_usable(ANSWERED[name])


def test_an_answer_fits_when_it_has_the_same_sections() -> None:
    assert fits(OFFER_SDP, OFFER_SDP)
    assert not fits(OFFER_MEDIA_SDP, OFFER_SDP)
    assert not fits(swapped("a=mid:0", "a=mid:7"), OFFER_SDP)


def test_our_own_offer_is_one_we_would_answer() -> None:
    tracks = [Sending("video", "PA_x|TR_v", "TR_v"), Sending("audio", "PA_x|TR_a", "TR_a")]
    sdp = write_offer(CREDENTIALS, (12, 1), tracks)
    assert is_parseable(sdp)
    assert is_usable(sdp)
    assert [(one.kind, one.mid, one.direction, one.codecs, one.msid) for one in sections(sdp)] == [
        ("application", "0", None, (), None),
        ("video", "1", "sendonly", ("VP8",), "PA_x|TR_v TR_v"),
        ("audio", "2", "sendonly", ("opus",), "PA_x|TR_a TR_a"),
    ]
    assert "a=group:BUNDLE 0 1 2\r\n" in header(sdp)
    assert "end-of-candidates" not in sdp


def test_an_offer_with_candidates_ends_them_in_every_section() -> None:
    candidate = "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host"
    sdp = write_offer(CREDENTIALS, (12, 1), [Sending("audio", "s", "TR_a")], [candidate])
    assert is_usable(sdp)
    assert [(len(one.candidates), one.end_of_candidates) for one in sections(sdp)] == [(1, True), (1, True)]


@pytest.mark.parametrize(
    ("offered", "sends", "answered"),
    [
        ("sendonly", False, "recvonly"),
        ("sendrecv", False, "recvonly"),
        ("sendrecv", True, "sendrecv"),
        ("recvonly", False, "inactive"),
        ("recvonly", True, "sendonly"),
        ("inactive", False, "inactive"),
    ],
)
def test_an_answer_mirrors_directions(offered: str, sends: bool, answered: str) -> None:
    offer = OFFER_MEDIA_SDP.replace("a=sendonly", f"a={offered}")
    sending = {"1": Sending("video", "PA_x|TR_v", "TR_v")} if sends else {}
    answer = write_answer(offer, CREDENTIALS, (12, 1), sending)
    assert is_parseable(answer)
    assert is_usable(answer)
    assert fits(answer, offer)
    application, video = sections(answer)
    assert (application.kind, video.direction, video.codecs) == ("application", answered, ("VP8",))
    assert video.msid == ("PA_x|TR_v TR_v" if sends else None)
    assert "a=group:BUNDLE 0 1\r\n" in header(answer)


def test_an_answer_rejects_what_was_rejected_and_takes_the_other_role() -> None:
    offer = swapped("m=application 9", "m=application 0").replace("a=setup:actpass", "a=setup:active")
    answer = write_answer(offer, CREDENTIALS, (12, 1), {})
    assert sections(answer)[0].rejected
    assert sections(answer)[0].setup == "passive"
    assert "a=group" not in answer


def test_an_answer_to_an_offer_without_bundle_has_none() -> None:
    answer = write_answer(without("a=group"), CREDENTIALS, (12, 1), {})
    assert "a=group" not in answer
    assert sections(answer)[0].setup == "active"
