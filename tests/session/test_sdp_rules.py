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
    "a port range": swapped("m=application 9", "m=application 9/2"),
    "rejected": swapped("m=application 9", "m=application 0"),
    "with video": OFFER_MEDIA_SDP,
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_does_not_parse_is_ignored(name: str) -> None:
    assert not is_parseable(IGNORED[name])


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
