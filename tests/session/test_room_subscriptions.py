"""Subscriptions and permissions; `tests/golden/server/data-subscriptions.txt` is the real server's word on most."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format

from lksig.schema.pool import message_class
from lksig.session.room_subscriptions import handle_permission
from lksig.session.rooms import Options
from tests.support.house import House, HouseClient


def publisher(house: House, *names: str) -> tuple[HouseClient, list[str]]:
    """A client that publishes data tracks, and their sids."""
    ann = house.client("ann")
    for number, name in enumerate(names, 1):
        ann.send({"publish_data_track_request": {"pub_handle": number, "name": name}})
    sids = [one.publish_data_track_response.info.sid for one in ann.take("publish_data_track_response")]
    return ann, sids


def subscribe(*sids: str, on: bool = True) -> dict[str, Any]:
    return {"update_data_subscription": {"updates": [{"track_sid": sid, "subscribe": on} for sid in sids]}}


def permit(*rules: dict[str, Any], everybody: bool = False) -> dict[str, Any]:
    return {"subscription_permission": {"all_participants": everybody, "track_permissions": list(rules)}}


def handles(envelope: Any) -> list[str]:
    assert envelope.WhichOneof("message") == "data_track_subscriber_handles"
    return sorted(one.track_sid for one in envelope.data_track_subscriber_handles.sub_handles.values())


def words(client: HouseClient) -> list[Any]:
    """What a client was told: the tracks it gets, or a permission."""
    told: list[Any] = []
    for one in client.take("data_track_subscriber_handles", "subscription_permission_update"):
        if one.WhichOneof("message") == "subscription_permission_update":
            told.append((one.subscription_permission_update.track_sid, one.subscription_permission_update.allowed))
        else:
            told.append(handles(one))
    return told


@pytest.fixture
def house() -> House:
    return House()


def test_subscribing_is_permitted_then_handled_and_repeats_are_silent(house: House) -> None:
    _, (d, e) = publisher(house, "d", "e")
    bob = house.client("bob")
    bob.take()
    bob.send(subscribe(d))
    assert words(bob) == [(d, True), [d]]
    bob.send(subscribe(d))
    assert words(bob) == []
    bob.send(subscribe(e))
    assert words(bob) == [(e, True), sorted([d, e])]


def test_handles_count_up_and_wrap(house: House) -> None:
    _, (d, e) = publisher(house, "d", "e")
    bob = house.client("bob")
    house.server.rooms["r"].participants["bob"].next_handle = 65535
    bob.take()
    bob.send(subscribe(d, e))
    assert sorted(bob.take()[-1].data_track_subscriber_handles.sub_handles) == [1, 65535]


def test_unsubscribing_is_told_twice(house: House) -> None:
    _, (d,) = publisher(house, "d")
    bob = house.client("bob")
    bob.send(subscribe(d))
    bob.take()
    bob.send(subscribe(d, on=False), subscribe(d, on=False), subscribe("DTR_x", on=False))
    assert words(bob) == [[], []]


def test_an_unknown_track_is_waited_for_until_it_is_given_up(house: House) -> None:
    bob = house.client("bob")
    bob.take()
    bob.send(subscribe("DTR_x"))
    assert words(bob) == []
    bob.send(subscribe("DTR_x", on=False))
    assert words(bob) == [[]]


def test_a_wish_is_fulfilled_when_its_track_appears(house: House) -> None:
    ann, (d,) = publisher(house, "d")
    bob = house.client("bob")
    room = house.server.rooms["r"]
    info = room.participants["ann"].data_tracks.pop(1)
    bob.take()
    bob.send(subscribe(d))
    assert words(bob) == []
    house.client("indifferent")
    room.world.ids.sid = lambda prefix: d  # type: ignore[method-assign]  # the sid that is waited for
    ann.send({"publish_data_track_request": {"pub_handle": 2, "name": info.name}})
    assert words(bob) == [(d, True), [d]]


def test_without_the_grant_nothing_happens(house: House) -> None:
    _, (d,) = publisher(house, "d")
    bob = house.client("bob", grants={"canSubscribe": False})
    bob.take()
    bob.send(subscribe(d))
    assert words(bob) == []


def test_permissions_are_replaced_as_a_whole(house: House) -> None:
    ann, (d, e) = publisher(house, "d", "e")
    bob, cat = house.client("bob"), house.client("cat")
    bob.send(subscribe(d, e, "DTR_x"), {"subscription": {"track_sids": ["TR_x"], "subscribe": True}})
    cat.send(subscribe(d))
    words(bob)
    words(cat)
    ann.send(permit({"participant_identity": "bob", "track_sids": [d]}))
    assert words(bob) == [[d], (e, False)]
    assert words(cat) == [[], (d, False)]
    cat_sid = house.server.rooms["r"].participants["cat"].sid
    ann.send(permit({"participant_sid": cat_sid, "all_tracks": True}, {"participant_sid": "PA_x"}))
    assert words(bob) == [[], (d, False)]
    assert words(cat) == [(d, True), [d]]
    ann.send(permit({"all_tracks": True}))
    assert words(bob) == words(cat) == []
    ann.send(permit(everybody=True))
    assert words(bob) == [(d, True), [d], (e, True), sorted([d, e])]


def test_subscribers_learn_on_their_own_tick_that_a_track_is_gone(house: House) -> None:
    ann, (d, e) = publisher(house, "d", "e")
    house.wait(1)
    bob = house.client("bob")
    bob.send(subscribe(d, e))
    words(bob)
    house.wait(1)
    ann.send({"unpublish_data_track_request": {"pub_handle": 1}})
    house.wait(1.9)
    assert words(bob) == []
    house.wait(0.2)
    assert words(bob) == [[e], [e]]
    ann.send({"leave": {}})
    house.wait(3)
    assert words(bob) == [[], []]


def test_data_tracks_are_subscribed_at_join_when_asked_for(house: House) -> None:
    _, (d,) = publisher(house, "d")
    assert words(house.client("bob")) == []
    assert words(house.client("cat", params={"auto_subscribe_data_track": "1"})) == [(d, True), [d]]
    assert words(house.client("dan", params={"auto_subscribe_data_track": "1", "protocol": "7"})) == []
    settings = {"connection_settings": {"auto_subscribe_data_track": True}}
    assert words(house.client("eve", path="v1", join_request=settings)) == [(d, True), [d]]


# --- media tracks: only a simulated participant has any -------------------------------------------------------------


@pytest.fixture
def studio() -> House:
    return House(Options(simulated=("alice",)))


def tracks(house: House) -> list[str]:
    return list(house.server.rooms["r"].participants["alice"].published)


def media(client: HouseClient) -> list[Any]:
    told: list[Any] = []
    for one in client.take("offer", "media_sections_requirement", "subscription_permission_update"):
        case = one.WhichOneof("message")
        if case == "offer":
            told.append(sorted(one.offer.mid_to_track_id.values()))
        elif case == "media_sections_requirement":
            told.append((one.media_sections_requirement.num_audios, one.media_sections_requirement.num_videos))
        else:
            told.append((one.subscription_permission_update.track_sid, one.subscription_permission_update.allowed))
    return told


def test_the_first_offer_has_the_tracks_that_are_there(studio: House) -> None:
    bob = studio.client("bob")
    cam, mic = tracks(studio)
    assert media(bob) == [(cam, True), (mic, True), sorted([cam, mic])]


def test_who_does_not_want_tracks_gets_none(studio: House) -> None:
    assert media(studio.client("bob", params={"auto_subscribe": "0"})) == [[]]
    assert media(studio.client("cat", params={"protocol": "7"})) == [[]]


def test_one_peer_connection_is_told_to_offer(studio: House) -> None:
    bob = studio.client("bob", path="v1")
    cam, mic = tracks(studio)
    assert media(bob) == [(cam, True), (mic, True), (1, 1)]
    bob.send({"subscription": {"track_sids": [cam]}})
    assert media(bob) == [(1, 0)]
    bob.send({"subscription": {"participant_tracks": [{"track_sids": [cam]}], "subscribe": True}})
    assert media(bob) == [(cam, True), (1, 1)]
    bob.send(
        {"subscription": {"track_sids": [cam, "TR_x"], "subscribe": True}}, {"subscription": {"track_sids": ["TR_y"]}}
    )
    assert media(bob) == []
    bob.send({"subscription": {"track_sids": ["TR_x"]}})
    assert media(bob) == []


def test_a_publisher_of_media_may_refuse(studio: House) -> None:
    bob, cat = studio.client("bob", path="v1"), studio.client("cat", path="v1")
    cam, mic = tracks(studio)
    media(bob)
    media(cat)

    def rule(**fields: Any) -> None:
        request = json_format.ParseDict(fields, message_class("SubscriptionPermission")())
        room = studio.server.rooms["r"]
        handle_permission(room, room.participants["alice"], request)
        studio.do_all(room.world.out.take())

    rule(track_permissions=[{"participant_identity": "bob", "track_sids": [mic]}])
    assert media(bob) == [(1, 0), (cam, False)]
    assert media(cat) == [(1, 0), (cam, False), (0, 0), (mic, False)]
    rule(all_participants=True)
    assert media(bob) == [(cam, True), (1, 1)]
