"""How a recorded session joined, from whatever the recording says of it."""

from __future__ import annotations

import base64
import json
from typing import Any

from lksig.schema.pool import TO_CLIENT
from lksig.session.replay_opening import DEFAULT_GRANTS, Opening, find_opening
from lksig.wire.events import Http, Message, Start
from lksig.wire.handshake import OWN_PRESENTATION
from tests.support.replayed import AUTHORIZED, Side


def token(**claims: Any) -> str:
    parts = [{"alg": "HS256"}, {"iss": "devkey", "sub": "ann", **claims}]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])


def opening(http: Any = None, join: Any = None, start: Any = None) -> Opening:
    start_event: Start | None = start.event if start is not None else None
    http_event: Http | None = http.event if http is not None else None
    message: Message | None = join.event if join is not None else None
    return find_opening(3, start_event, http_event, message)


def test_a_token_that_was_kept_says_everything() -> None:
    kept = token(
        name="Ann",
        metadata="m",
        attributes={"a": "b"},
        kind="agent",
        video={"room": "standup", "roomJoin": True, "canPublish": False},
    )
    for headers, path in (
        ((("authorization", f"Bearer {kept}"),), "/rtc"),
        ((), f"/rtc?access_token={kept}&protocol=9"),
    ):
        found = opening(Side().http(headers=headers, path=path))
        assert (found.session, found.path, found.room, found.identity) == (3, "v0", "standup", "ann")
        assert (found.name, found.metadata, found.attributes) == ("Ann", "m", {"a": "b"})
        assert (found.grants, found.claims) == ({"canPublish": False}, {"kind": "agent"})


def test_claims_of_the_wrong_kind_are_none() -> None:
    kept = token(metadata=5, attributes="x", video={})
    found = opening(Side().http(headers=(("Authorization", f"Bearer {kept}"),)))
    assert (found.metadata, found.attributes, found.grants) == (None, {}, {})


def test_where_it_was_hidden_the_join_shows_who_joined() -> None:
    participant = {
        "sid": "PA_a",
        "identity": "ann",
        "name": "Ann",
        "metadata": "m",
        "attributes": {"a": "b"},
        "kind": "AGENT",
        "permission": {
            "can_subscribe": True,
            "can_publish": False,
            "can_publish_data": True,
            "hidden": True,
            "can_publish_sources": ["CAMERA", "SCREEN_SHARE", 77],
        },
    }
    join = Side().server("join", room={"name": "standup"}, participant=participant)
    found = opening(Side().http(headers=AUTHORIZED), join)
    assert (found.room, found.identity, found.name, found.metadata) == ("standup", "ann", "Ann", "m")
    assert (found.attributes, found.claims) == ({"a": "b"}, {"kind": "agent"})
    assert found.grants == {
        "canSubscribe": True,
        "canPublish": False,
        "canPublishData": True,
        "hidden": True,
        "canPublishSources": ["camera", "screen_share"],
    }


def test_a_join_that_shows_little() -> None:
    join = Side().server("join", participant={"kind": 77})
    found = opening(Side().http(), join)
    assert (found.room, found.identity, found.name, found.grants) == (None, None, None, DEFAULT_GRANTS)
    assert found.claims == {}, "of a kind nobody knows"
    assert opening(None, Side().server("join", participant={"permission": {}})).grants == {
        "canSubscribe": False,
        "canPublish": False,
        "canPublishData": False,
    }


def test_the_start_names_room_and_identity() -> None:
    join = Side().join("PA_x", "other")
    found = opening(Side().http(), join, Side().start(room="r", identity="i"))
    assert (found.room, found.identity) == ("r", "i")
    found = opening(Side().http(), join, Side().start(room=None, identity=None))
    assert (found.room, found.identity) == ("standup", "other")


def test_what_the_client_said_on_v1() -> None:
    said = {"client_info": {"protocol": 16}, "reconnect": True, "participant_sid": "PA_a"}
    found = opening(Side().http(said, path="/prefix/rtc/v1?join_request=x"))
    assert (found.path, found.protocol, found.is_resume, found.options.participant_sid) == ("v1", 16, True, "PA_a")


def test_what_the_client_said_on_v0() -> None:
    found = opening(Side().http(path="/rtc?protocol=12&reconnect=1&sid=PA_b&auto_subscribe=0"))
    assert (found.path, found.protocol, found.is_resume, found.options.participant_sid) == ("v0", 12, True, "PA_b")
    assert found.options.auto_subscribe is False


def test_nothing_is_known_of_a_handshake_that_was_not_recorded() -> None:
    found = opening()
    assert (found.path, found.options, found.is_resume, found.room) == ("v1", OWN_PRESENTATION, False, None)
    assert opening(start=Side().start(path="v0")).path == "v0"
    nothing = find_opening(1, None, None, Side().frame(b"\xff", TO_CLIENT, "server").event)
    assert nothing.identity is None
