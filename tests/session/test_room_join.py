"""What a join and a resume bring, in order."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.rooms import Options
from tests.support.house import House, HouseClient
from tests.support.scenarios import OFFER_SDP

AGAIN = {"reconnect": "1"}


@pytest.fixture
def house() -> House:
    return House()


def joined(client: HouseClient) -> Any:
    (one,) = client.take("join")
    return one.join


def test_join_says_who_and_where(house: House) -> None:
    bob = joined(house.client("bob"))
    ann = joined(house.client("ann", claims={"name": "Ann"}))
    assert (ann.room.sid, ann.room.name) == (bob.room.sid, "r")
    assert (ann.participant.identity, ann.participant.name, ann.participant.state) == ("ann", "Ann", 0)
    assert ann.participant.version == 0
    assert [one.identity for one in ann.other_participants] == ["bob"]
    assert (ann.ping_interval, ann.ping_timeout) == (5, 15)
    assert ann.subscriber_primary
    assert ann.fast_publish
    assert ann.ice_servers[0].urls[0].startswith("stun:")
    assert ann.enabled_publish_codecs[0].mime == "video/VP8"
    assert len(ann.sif_trailer) == 43
    assert ann.sif_trailer == bob.sif_trailer


def test_the_server_does_not_pretend_to_be_another(house: House) -> None:
    join = joined(house.client("ann"))
    assert (join.server_version, join.server_info.version, join.server_info.protocol) == ("1.13.6", "1.13.6", 17)
    assert join.server_region == join.server_info.region == "lksig"
    assert "no media" in join.server_info.debug_info
    assert join.server_info.edition == 0


def test_v0_goes_on_with_an_offer_and_v1_without(house: House) -> None:
    assert house.client("ann").cases() == ["join", "refresh_token", "offer", "trickle", "trickle"]
    assert house.client("bob", path="v1").cases() == ["join", "refresh_token"]
    assert house.client("cat", params={"protocol": "2"}).cases() == ["join", "refresh_token"]


def test_what_the_join_request_asked_is_done_at_once(house: House) -> None:
    request = {
        "client_info": {"protocol": 17},
        "add_track_requests": [{"cid": "c"}, {"cid": "c"}],
        "publisher_offer": {"type": "offer", "sdp": OFFER_SDP, "id": 9},
    }
    ann = house.client("ann", path="v1", join_request=request)
    assert ann.cases() == [
        "join",
        "track_published",
        "request_response",
        "refresh_token",
        "answer",
        "trickle",
        "trickle",
    ]


def test_a_broken_offer_in_the_join_request_ends_the_session(house: House) -> None:
    request = {"client_info": {"protocol": 17}, "publisher_offer": {"type": "offer"}}
    ann = house.client("ann", path="v1", join_request=request)
    assert ann.cases() == ["join", "refresh_token", "leave"]
    assert ann.closed == (1000, "")
    assert not house.server.rooms["r"].participants


def test_known_defects_of_browsers_are_configured(house: House) -> None:
    safari = joined(house.client("s", params={"browser": "Safari", "browser_version": "18.4"}))
    assert [one.mime for one in safari.client_configuration.disabled_codecs.codecs] == ["video/AV1"]
    assert [one.mime for one in safari.client_configuration.disabled_codecs.publish] == ["video/VP9"]
    assert "video/VP9" not in [one.mime for one in safari.enabled_publish_codecs]
    assert not joined(house.client("c")).HasField("client_configuration")


def test_a_simulated_participant_is_there_already() -> None:
    join = joined(House(Options(simulated=("alice",))).client("ann"))
    (alice,) = join.other_participants
    assert [track.name for track in alice.tracks] == ["cam", "mic"]
    assert alice.state == 2


# --- resume ---------------------------------------------------------------------------------------------------------


def test_a_resume_catches_up(house: House) -> None:
    old = house.client("ann")
    sid = joined(old).participant.sid
    bob = house.client("bob")
    house.wait(6)
    bob.send({"leave": {}})
    house.wait(3)
    new = house.client("ann", params=AGAIN)
    assert old.closed == (1000, "")
    assert not old.take("leave")
    assert new.accepted is not None
    assert new.accepted.resumed
    got = new.take()
    assert [one.WhichOneof("message") for one in got] == [
        *("reconnect", "update", "update", "room_update", "offer", "refresh_token")
    ]
    assert got[0].reconnect.server_info.region == "lksig"
    (gone,) = got[1].update.participants
    assert (gone.identity, gone.state, gone.name) == ("bob", 3, "")
    assert [one.sid for one in got[2].update.participants] == [sid]
    assert new.ask({"ping": 1})[0].WhichOneof("message") == "pong"


def test_who_spoke_since_then_has_seen_it(house: House) -> None:
    ann, bob = house.client("ann"), house.client("bob")
    house.wait(6)
    bob.send({"leave": {}})
    house.wait(3)
    ann.send({"ping": 1})
    assert house.client("ann", params=AGAIN).cases().count("update") == 1


def test_below_protocol_9_nobody_is_told_who_left(house: House) -> None:
    ann, bob = house.client("ann", params={"protocol": "8"}), house.client("bob")
    house.wait(6)
    bob.send({"leave": {}})
    house.wait(3)
    assert ann.closed is None
    assert house.client("ann", params={**AGAIN, "protocol": "8"}).cases().count("update") == 1


def test_old_js_gets_no_reconnect(house: House) -> None:
    js = {"sdk": "js", "version": "1.6.2"}
    house.client("ann", params=js)
    assert house.client("ann", params={**AGAIN, **js}).cases()[0] == "update"


def test_a_resume_starts_with_binary_again(house: House) -> None:
    ann = house.client("ann")
    ann.send({"ping": 1}, text=True)
    assert ann.encodings[-1] == "json"
    assert set(house.client("ann", params=AGAIN).encodings) == {"protobuf"}


@pytest.mark.parametrize(
    ("scenario", "cases"),
    [
        ("disconnect_signal_on_resume", ["reconnect", "update", "room_update", "offer"]),
        ("disconnect_signal_on_resume_no_messages", []),
    ],
)
def test_a_resume_that_is_dropped(house: House, scenario: str, cases: list[str]) -> None:
    ann = house.client("ann")
    ann.send({"simulate": {scenario: True}})
    house.wait(4)
    new = house.client("ann", params=AGAIN)
    assert new.cases() == cases
    assert new.closed == (1000, "")


def test_a_resume_that_came_too_late_to_be_dropped(house: House) -> None:
    house.client("ann").send({"simulate": {"disconnect_signal_on_resume": True}})
    house.wait(5.1)
    assert house.client("ann", params=AGAIN).closed is None
    assert house.client("ann", params=AGAIN).closed is None
