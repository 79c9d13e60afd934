"""Placeholders back into messages, and requests that hold one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame
from lksig.wire.events import Message
from lksig.wire.places import has_placeholder, put_placeholders
from tests.support.messages import envelopes

SECRET, JWT = "[secret 91be22d0]", "[jwt 4f3a9c1e]"


def message(direction: Direction = TO_CLIENT, **case: Any) -> Message:
    raw = envelope_class(direction)(**case).SerializeToString()
    return decode_frame(raw, direction=direction, t_ns=0, by="server")


def put(case: dict[str, Any], *places: tuple[str, str], direction: Direction = TO_CLIENT) -> Any:
    made = message(direction, **case)
    raw = made.raw
    put_placeholders(made, places)
    assert (made.raw, made.places) == (raw, places)
    return made.envelope


def test_whole_fields_text_and_bytes() -> None:
    join = {"room": {"turn_password": "xxxxxx"}, "sif_trailer": b"xxx", "ice_servers": [{}, {"credential": "xx"}]}
    got = put(
        {"join": join},
        ("join.room.turn_password", SECRET),
        ("join.sif_trailer", SECRET),
        ("join.ice_servers.1.credential", SECRET),
    ).join
    assert (got.room.turn_password, got.sif_trailer) == (SECRET, SECRET.encode())
    assert got.ice_servers[1].credential == SECRET
    assert put({"refresh_token": "xxxx"}, ("refresh_token", JWT)).refresh_token == JWT


def test_parts_of_a_text_from_any_order() -> None:
    sdp = "a=ice-ufrag:91xx\na=ice-pwd:0a1b2c3dxxxxxxxxxxxxxx\n"
    got = put({"offer": {"sdp": sdp}}, ("offer.sdp[27:49]", JWT), ("offer.sdp[12:16]", SECRET))
    assert got.offer.sdp == f"a=ice-ufrag:{SECRET}\na=ice-pwd:{JWT}\n"


def test_lists_maps_and_keys() -> None:
    sids = put(
        {"subscription": {"track_sids": ["a", "xxx"]}}, ("subscription.track_sids.1[0:3]", JWT), direction=TO_SERVER
    )
    assert list(sids.subscription.track_sids) == ["a", JWT]
    attributes = {'a."b': "-xxx-", "<4f3a9c1exx>": "xx"}
    got = put(
        {"update_metadata": {"attributes": attributes}},
        ('update_metadata.attributes["<4f3a9c1exx>"]@key[1:11]', JWT),
        ('update_metadata.attributes["<4f3a9c1exx>"]', SECRET),
        ('update_metadata.attributes["a.\\"b"][1:4]', JWT),
        direction=TO_SERVER,
    )
    assert dict(got.update_metadata.attributes) == {'a."b': f"-{JWT}-", f"<{JWT}>": SECRET}
    handles = {"sub_handles": {7: {"track_sid": "xx"}}}
    path = "data_track_subscriber_handles.sub_handles[7].track_sid"
    got = put({"data_track_subscriber_handles": handles}, (path, JWT))
    assert got.data_track_subscriber_handles.sub_handles[7].track_sid == JWT


@pytest.mark.parametrize(
    "place",
    [
        ("", JWT),
        ("update", JWT),
        ("update.participants", JWT),
        ("update.participants.0.name", "not a placeholder"),
        ("update.participants.0.name", JWT),  # nothing was overwritten there
        ("update.participants.0.identity[0:3]", JWT),
        ("update.participants.7.identity", JWT),
        ("update.participants.0.gone", JWT),
        ("update.participants.0.identity.deeper", JWT),
        ("update.participants.0.identity.0.deeper", JWT),
        ("update.participants.0.identity@key", JWT),
        ("update.participants.0.state", JWT),
        ('update.participants.0.identity["k"]', JWT),
        ('update.participants.0.attributes["gone"]', JWT),
        ('update.participants.0.attributes["gone"]@key', JWT),
        ("update.participants.0.attributes[7]", JWT),
        ('update.participants.0.attributes["\\q"]', JWT),
        ('update.participants.0.attributes["\\ud800"]', JWT),
        ("join.room.turn_password", JWT),
        ("!update", JWT),
        ("update..participants", JWT),
        ("update.participants.0.identity[99:999]", JWT),
    ],
)
def test_places_that_are_not_there_are_left_alone(place: tuple[str, str]) -> None:
    participant = {"identity": "ann and bob", "name": "Ann", "attributes": {"k": "v"}}
    case: dict[str, Any] = {"update": {"participants": [participant]}}
    assert put(case, place) == message(**case).envelope


@given(envelopes(), st.text('abc.["]:019@keyxjoin_', max_size=20))
def test_no_path_makes_it_fail(made: tuple[Direction, Any], path: str) -> None:
    direction, envelope = made
    read = decode_frame(envelope.SerializeToString(), direction=direction, t_ns=0, by="server")
    put_placeholders(read, [(path, JWT)])


def test_undecodable_messages_only_keep_their_places() -> None:
    broken = decode_frame(b"\x0f", direction=TO_CLIENT, t_ns=0, by="server")
    put_placeholders(broken, [("refresh_token", JWT)])
    assert broken.places == (("refresh_token", JWT),)


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ({"update_metadata": {"name": JWT}}, "update_metadata.name"),
        ({"update_metadata": {"name": f"see {JWT}"}}, "update_metadata.name"),
        ({"update_metadata": {"attributes": {"b": SECRET}}}, 'update_metadata.attributes["b"]'),
        ({"update_metadata": {"attributes": {SECRET: "b"}}}, f'update_metadata.attributes["{SECRET}"]'),
        ({"offer": {"sdp": f"v=0\r\na=ice-pwd:{SECRET}\r\n"}}, "offer.sdp"),
        ({"subscription": {"track_sids": ["a", JWT]}}, "subscription.track_sids.1"),
        ({"add_track": {"layers": [{}, {"rid": SECRET}]}}, "add_track.layers.1.rid"),
        ({"store_data_blob_request": {"blob": {"contents": SECRET.encode()}}}, "store_data_blob_request.blob.contents"),
        ({"update_metadata": {"name": "[jwt 4F3A9C1E] [secret 1]", "attributes": {"a": "b"}}}, None),
        ({"subscription": {"track_sids": ["a", "[jwt x]"]}}, None),
        ({"store_data_blob_request": {"blob": {"contents": b"[secret \xff]"}}}, None),
        ({"mute": {"sid": "TR_x", "muted": True}}, None),
        ({"ping": 3}, None),
        ({"add_track": {"cid": "c", "width": 3, "sid": JWT}}, "add_track.sid"),
    ],
)
def test_the_placeholder_in_a_request_is_found(case: dict[str, Any], path: str | None) -> None:
    assert has_placeholder(envelope_class(TO_SERVER)(**case)) == path
