"""What a request wants, and in which order the server objects; every text is the server's."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf import json_format

from lksig.schema.pool import message_class
from lksig.session.joining import Client, Grants, Joining, Refused, clean, read_joining
from lksig.wire.access_token import Token
from lksig.wire.join_request import encode_join_request

VIDEO = {"roomJoin": True, "room": "r", "canUpdateOwnMetadata": True}


def claims(video: dict[str, Any] | None = None, **others: Any) -> Token:
    content: dict[str, Any] = {"iss": "devkey", "sub": "ann", "exp": 9000, "video": VIDEO if video is None else video}
    return Token("", {}, content | others)


def v0(token: Token | None, **parameters: str) -> Joining:
    return read_joining(token, "v0", list(parameters.items()), strict=False)


def validated(token: Token, **parameters: str) -> Joining:
    return read_joining(token, "v0", list(parameters.items()), strict=True)


def v1(token: Token, request: dict[str, Any]) -> Joining:
    message = json_format.ParseDict(request, message_class("JoinRequest")())
    return read_joining(token, "v1", [("join_request", encode_join_request(message))], strict=False)


def attributes(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    ("token", "parameters", "status", "body"),
    [
        (None, {}, 401, "no permissions to access the room"),
        (Token("", {}, {"sub": "ann"}), {}, 401, "no permissions to access the room"),
        (claims({"room": "r"}), {}, 401, "permissions denied"),
        (claims({"room": "r", "roomJoin": False}), {}, 401, "permissions denied"),
        (claims(sub=""), {}, 400, "identity cannot be empty"),
        (claims(sub="é" * 129), {}, 400, "participant identity length exceeds limits: max length 256"),
        (claims({"roomJoin": True}), {}, 400, "no room name"),
        (claims({**VIDEO, "room": "r" * 257}), {}, 400, "room name length exceeds limits: max length 256"),
        (claims({**VIDEO, "canPublish": False}), {"publish": "x"}, 401, "no permissions to access the room"),
        (
            claims({"roomJoin": True, "room": "r"}),
            {"attributes": attributes({"a": "b"})},
            401,
            "no permissions to access the room",
        ),
        (claims(), {"join_request": "!"}, 400, "cannot base64 decode wrapped join request"),
    ],
)
def test_refused(token: Token | None, parameters: dict[str, str], status: int, body: str) -> None:
    with pytest.raises(Refused) as refused:
        v0(token, **parameters)
    assert (refused.value.status, refused.value.body) == (status, body)


@pytest.mark.parametrize("parameters", [[], [("join_request", "")]])
def test_v1_needs_a_join_request(parameters: list[tuple[str, str]]) -> None:
    with pytest.raises(Refused) as refused:
        read_joining(claims(), "v1", parameters, strict=False)
    assert (refused.value.status, refused.value.body) == (400, "join_request is required")


def test_defaults_of_v0() -> None:
    joining = v0(claims())
    assert (joining.path, joining.room, joining.grants.identity) == ("v0", "r", "ann")
    assert joining.client == Client()
    assert joining.auto_subscribe
    assert not joining.auto_subscribe_data
    assert not joining.single_pc
    assert not joining.reconnect
    assert joining.join_request is None


def test_parameters_of_v0() -> None:
    joining = v0(
        claims(),
        protocol="17",
        client_protocol="2",
        sdk="js",
        version="2.1.x",
        browser="Safari",
        os="Mac",
        browser_version="18.4",
        capabilities="CAP_PACKET_TRAILER,CAP_X",
        auto_subscribe="0",
        auto_subscribe_data_track="1",
        reconnect="true",
    )
    assert joining.client == Client(17, 2, "JS", (2, 1, 0), "safari", "18.4", "mac", (1,))
    assert not joining.auto_subscribe
    assert joining.auto_subscribe_data
    assert joining.reconnect


def test_publish_makes_a_side_connection() -> None:
    grants = v0(claims(), publish="screen").grants
    assert grants.identity == "ann#screen"
    assert not grants.can_subscribe


def test_a_join_request_decides_everything() -> None:
    joining = v1(
        claims(attributes={"o": "1", "k": "old"}, metadata="m"),
        {
            "client_info": {"protocol": 9, "sdk": "RUST", "capabilities": [1]},
            "connection_settings": {"auto_subscribe": True, "auto_subscribe_data_track": True},
            "metadata": "new",
            "participant_attributes": {"k": "v", "e": ""},
            "add_track_requests": [{"cid": "c"}],
            "publisher_offer": {"sdp": "x"},
            "reconnect": True,
        },
    )
    assert joining.single_pc
    assert joining.auto_subscribe
    assert joining.auto_subscribe_data
    assert joining.reconnect
    assert [one.cid for one in joining.add_tracks] == ["c"]
    assert joining.publisher_offer.sdp == "x"
    assert joining.grants.metadata == "new"
    assert joining.grants.attributes == {"o": "1", "k": "v"}
    assert not joining.client.takes_request_response
    assert joining.client.capabilities == (1,)


def test_a_join_request_says_no_unless_it_says_yes() -> None:
    joining = v1(claims(), {"connection_settings": {"adaptive_stream": True}, "client_info": {"sdk": "JS"}})
    assert not joining.auto_subscribe
    assert not joining.auto_subscribe_data
    assert joining.publisher_offer is None
    assert not joining.client.takes_reconnect


def test_metadata_at_join_needs_the_grant() -> None:
    with pytest.raises(Refused, match="401"):
        v1(claims({"roomJoin": True, "room": "r"}), {"metadata": "m"})


@pytest.mark.parametrize("value", [{}, None])
def test_no_attributes_need_no_grant(value: Any) -> None:
    token = claims({"roomJoin": True, "room": "r"})
    assert validated(token, attributes=attributes(value)).grants.attributes == {}


def test_an_empty_attribute_deletes_nothing() -> None:
    token = claims(attributes={"a": "1"})
    assert v0(token, attributes=attributes({"a": None, "b": "2"})).grants.attributes == {"a": "1", "b": "2"}


@pytest.mark.parametrize("text", ["!!", attributes([1]), attributes({"a": 1}), "eyJhIjoiYiJ9Cg"])
def test_attributes_that_cannot_be_decoded(text: str) -> None:
    assert v0(claims(), attributes=text).grants.attributes == {}
    with pytest.raises(Refused, match="cannot decode attributes"):
        validated(claims(), attributes=text)


def test_the_claims_of_a_token() -> None:
    token = claims(
        name="Ann",
        metadata=None,
        attributes=None,
        kind="Agent",
        kindDetails=["cloud_agent", "nonsense"],
        roomConfig={"name": "x"},
        sip={},
    )
    grants = v0(token).grants
    assert (grants.api_key, grants.name, grants.metadata, grants.attributes) == ("devkey", "Ann", "", {})
    assert (grants.kind, grants.kind_details, grants.expires_s) == (4, (0,), 9000)
    assert grants.others == {"kind": "agent", "roomConfig": {"name": "x"}}
    assert grants.is_dependent
    assert not grants.is_recorder


def test_null_is_empty_everywhere() -> None:
    token = claims({**VIDEO, "canPublishSources": [None]}, attributes={"a": None}, kindDetails=[None], kind=None)
    grants = v0(token).grants
    assert (grants.attributes, grants.kind_details, grants.kind) == ({"a": ""}, (), 0)
    assert grants.permission()["can_publish_sources"] == [0]


def test_an_unknown_kind_is_standard() -> None:
    grants = v0(claims(kind="alien", iss=None, exp=None)).grants
    assert (grants.kind, grants.others, grants.api_key, grants.expires_s) == (0, {"kind": "standard"}, "", 0.0)


def grants(**video: Any) -> Grants:
    return Grants("k", "ann", video)


def test_what_a_missing_grant_means() -> None:
    assert grants().permission() == {
        "can_subscribe": True,
        "can_publish": True,
        "can_publish_data": True,
        "can_publish_sources": [],
        "hidden": False,
        "recorder": False,
        "can_update_metadata": False,
        "agent": False,
        "can_subscribe_metrics": False,
        "can_manage_agent_session": False,
    }
    assert not grants(canPublish=False).can_publish_data
    assert grants(canPublish=False, canPublishData=True).can_publish_data
    assert grants(hidden=True).hidden
    assert grants(recorder=True).is_recorder
    assert grants(recorder=True).is_dependent


def test_sources() -> None:
    some = grants(canPublishSources=["camera", "screen_share_audio", "nonsense"])
    assert [some.can_publish_source(source) for source in range(5)] == [False, True, False, False, True]
    assert some.permission()["can_publish_sources"] == [1, 4, 0]
    assert grants(canPublishSources=None).can_publish_source(0)
    assert not grants(canPublish=False).can_publish_source(1)


@pytest.mark.parametrize(
    ("client", "codecs", "publish"),
    [
        (Client(browser="safari", browser_version="17.1"), ("video/AV1",), ()),
        (Client(browser="safari", browser_version="18.4"), ("video/AV1",), ("video/VP9",)),
        (Client(browser="firefox", os="linux"), (), ("video/H264",)),
        (Client(browser="firefox mobile", os="android"), (), ("video/H264",)),
        (Client(browser="firefox", os="windows"), (), ()),
        (Client(browser="chrome", os="linux"), (), ()),
    ],
)
def test_browsers_with_known_defects(client: Client, codecs: tuple[str, ...], publish: tuple[str, ...]) -> None:
    assert client.disabled_codecs == codecs
    assert client.disabled_for_publishing == publish


@pytest.mark.parametrize(
    ("version", "takes"), [("1.6.2", False), ("1.6.3", True), ("2", True), ("", False), ("1.x.9", False)]
)
def test_old_js_takes_no_reconnect(version: str, takes: bool) -> None:
    assert v0(claims(), sdk="js", version=version).client.takes_reconnect is takes


def test_lone_surrogates_are_replaced() -> None:
    assert clean({"a\ud800": ["\udfff", 1, {"b": "x"}]}) == {"a\ufffd": ["\ufffd", 1, {"b": "x"}]}
    assert v0(claims(name="\ud800")).grants.name == "\ufffd"
