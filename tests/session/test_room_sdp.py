"""Descriptions and candidates: what is answered, what is ignored, and what ends the session."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lksig.session.rooms import Options
from lksig.session.sdp_rules import is_usable
from lksig.wire.sdp import parse_candidate, sections
from tests.support.house import House, HouseClient
from tests.support.scenarios import NO_CREDENTIALS_SDP, OFFER_MEDIA_SDP, OFFER_SDP

CANDIDATE = "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host"


@pytest.fixture
def house() -> House:
    return House()


def offer(sdp: str = OFFER_SDP, **fields: Any) -> dict[str, Any]:
    return {"offer": {"type": "offer", "id": 5, "sdp": sdp, **fields}}


def answer(sdp: str, **fields: Any) -> dict[str, Any]:
    return {"answer": {"type": "answer", "sdp": sdp, **fields}}


def trickle(candidate: str, **fields: Any) -> dict[str, Any]:
    return {"trickle": {"candidateInit": json.dumps({"candidate": candidate}), **fields}}


def fresh_offer(client: HouseClient) -> Any:
    """The only offer that came."""
    (one,) = client.take("offer")
    return one.offer


def assert_mismatch(client: HouseClient) -> None:
    last = client.take()[-1]
    assert (last.leave.reason, last.leave.action) == (6, 2)
    assert client.closed == (1000, "")


def test_the_server_offers_data_channels_and_candidates(house: House) -> None:
    ann = house.client("ann")
    cases = [one.WhichOneof("message") for one in ann.got]
    assert cases == ["join", "refresh_token", "offer", "trickle", "trickle"]
    _, _, offered, first, last = ann.take()
    assert 2 <= offered.offer.id <= 257
    assert offered.offer.type == "offer"
    assert is_usable(offered.offer.sdp)
    assert [one.kind for one in sections(offered.offer.sdp)] == ["application"]
    assert [one.trickle.target for one in (first, last)] == [1, 1]
    assert [one.trickle.final for one in (first, last)] == [False, True]
    init = json.loads(first.trickle.candidateInit)
    assert list(init) == ["candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"]
    candidate = parse_candidate(init["candidate"])
    assert candidate is not None
    assert f"a=ice-ufrag:{candidate.ufrag}\r\n" in offered.offer.sdp


def test_an_offer_is_answered_under_its_id_and_candidates_follow_once(house: House) -> None:
    ann = house.client("ann")
    answered, *candidates = ann.ask(offer())
    assert (answered.answer.type, answered.answer.id) == ("answer", 5)
    assert is_usable(answered.answer.sdp)
    assert [one.trickle.target for one in candidates] == [0, 0]
    assert json.loads(candidates[0].trickle.candidateInit)["sdpMid"] == "0"
    (again,) = ann.ask(offer(OFFER_MEDIA_SDP, id=6))
    assert again.answer.id == 6
    assert [one.direction for one in sections(again.answer.sdp)] == [None, "recvonly"]
    first, second = (one.answer.sdp.split("\r\n")[1].split() for one in (answered, again))
    assert first[1] == second[1]
    assert int(second[2]) == int(first[2]) + 1


def test_an_offer_that_does_not_parse_is_ignored(house: House) -> None:
    ann = house.client("ann")
    assert ann.ask(offer("v=broken")) == []
    assert ann.ask(offer("garbage", type="answer")) == []
    assert ann.ask(offer())[0].answer.id == 5


@pytest.mark.parametrize("request_", [offer(""), offer(NO_CREDENTIALS_SDP), offer(type="answer"), offer(type="")])
def test_an_offer_that_cannot_be_used_ends_the_session(house: House, request_: dict[str, Any]) -> None:
    ann = house.client("ann")
    ann.send(request_)
    assert_mismatch(ann)


def test_an_answer_is_silent_and_a_second_one_is_one_too_many(house: House) -> None:
    ann = house.client("ann")
    sdp = fresh_offer(ann).sdp.replace("a=setup:actpass", "a=setup:active")
    assert ann.ask(answer(sdp, id=99)) == []
    ann.send(answer(sdp))
    assert_mismatch(ann)


@pytest.mark.parametrize(
    "request_",
    [
        answer("garbage"),
        answer(""),
        answer(OFFER_SDP, type="offer"),
        answer(NO_CREDENTIALS_SDP),
        answer(OFFER_SDP.replace("a=mid:0", "a=mid:7")),
        answer(OFFER_MEDIA_SDP),
    ],
)
def test_an_answer_that_does_not_fit_ends_the_session(house: House, request_: dict[str, Any]) -> None:
    ann = house.client("ann")
    ann.send(request_)
    assert_mismatch(ann)


def test_with_one_peer_connection_nobody_looks_at_answers(house: House) -> None:
    ann = house.client("ann", path="v1")
    assert ann.ask(answer("garbage"), trickle("nope", target="SUBSCRIBER")) == []
    assert ann.closed is None


def test_what_is_no_json_is_refused_with_the_words_of_go(house: House) -> None:
    ann = house.client("ann")
    (refused,) = ann.ask({"trickle": {"candidateInit": "nope", "final": True}})
    response = refused.request_response
    assert response.message == "invalid character 'o' in literal null (expecting 'u')"
    assert response.trickle.final
    assert ann.closed is None


@pytest.mark.parametrize("candidate", ["", CANDIDATE, CANDIDATE.replace("127.0.0.1", "host.invalid")])
def test_candidates_that_pass(house: House, candidate: str) -> None:
    ann = house.client("ann")
    ann.send(offer())
    assert ann.ask(trickle(candidate), trickle("nope", target="SUBSCRIBER")) == []
    assert ann.closed is None


@pytest.mark.parametrize("candidate", ["nope", "candidate:x", f"a={CANDIDATE}", CANDIDATE.replace("5000", "99999")])
def test_a_candidate_that_is_none_ends_the_session_once_there_is_a_description(house: House, candidate: str) -> None:
    ann = house.client("ann")
    ann.send(offer())
    ann.send(trickle(candidate))
    assert_mismatch(ann)
    bob = house.client("bob")
    assert bob.ask(trickle(candidate)) == []
    bob.send(offer())
    assert_mismatch(bob)
    cat = house.client("cat")
    sdp = fresh_offer(cat).sdp
    assert cat.ask(trickle(candidate, target="SUBSCRIBER")) == []
    cat.send(answer(sdp))
    assert_mismatch(cat)


def restart(client: HouseClient, protocol: str = "UDP") -> list[Any]:
    return client.ask({"simulate": {"switch_candidate_protocol": protocol}})


def test_an_unanswered_offer_is_sent_again_with_its_candidates(house: House) -> None:
    ann = house.client("ann")
    first = fresh_offer(ann)
    (again,) = restart(ann)
    assert again.offer.id == first.id + 1
    assert "a=end-of-candidates" in again.offer.sdp
    assert again.offer.sdp.split("\r\n")[:9] == first.sdp.split("\r\n")[:9]


def test_an_answered_offer_is_followed_by_one_with_new_credentials(house: House) -> None:
    ann = house.client("ann")
    first = fresh_offer(ann)
    ann.send(answer(first.sdp))
    again, *candidates = restart(ann, "TCP")
    assert again.offer.sdp.split("ice-ufrag:")[1] != first.sdp.split("ice-ufrag:")[1]
    assert [json.loads(one.trickle.candidateInit)["candidate"].split()[2] for one in candidates] == ["tcp"]


def test_nothing_to_restart(house: House) -> None:
    assert restart(house.client("ann", path="v1")) == []
    assert restart(house.client("bob", params={"protocol": "2"})) == []


# --- with tracks of a simulated participant -------------------------------------------------------------------------


@pytest.fixture
def studio() -> House:
    return House(Options(simulated=("alice",)))


def published(house: House) -> list[str]:
    return list(house.server.rooms["r"].participants["alice"].published)


def test_a_change_waits_for_the_answer_to_the_offer_before(studio: House) -> None:
    ann = studio.client("ann")
    cam, mic = published(studio)
    first = fresh_offer(ann)
    assert dict(first.mid_to_track_id) == {"1": cam, "2": mic}
    assert [one.kind for one in sections(first.sdp)] == ["application", "video", "audio"]
    assert ann.ask({"subscription": {"track_sids": ["TR_x"], "subscribe": True}}) == []
    assert ann.ask({"subscription": {"track_sids": [cam]}}) == []
    (second,) = ann.ask(answer(first.sdp))
    assert dict(second.offer.mid_to_track_id) == {"1": mic}
    assert second.offer.id == first.id + 1


def test_who_gets_no_offers_gets_none_later(studio: House) -> None:
    ann = studio.client("ann", params={"protocol": "2"})
    assert ann.ask({"subscription": {"track_sids": published(studio), "subscribe": True}})[-1].WhichOneof(
        "message"
    ) == ("subscription_permission_update")


def test_offered_sections_take_the_tracks_that_fit(studio: House) -> None:
    ann = studio.client("ann", path="v1")
    cam, mic = published(studio)
    receiving = OFFER_MEDIA_SDP.replace("a=sendonly", "a=recvonly")
    answered = ann.ask(offer(receiving))[0].answer
    assert dict(answered.mid_to_track_id) == {"1": cam}
    assert sections(answered.sdp)[1].msid is not None
    assert ann.ask({"subscription": {"track_sids": [mic]}})[0].media_sections_requirement.num_audios == 0
