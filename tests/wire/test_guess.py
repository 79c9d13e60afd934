from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.guess import guess_direction, guess_json_direction, oddities


def raw(direction: Direction, **fields: Any) -> bytes:
    data: bytes = envelope_class(direction)(**fields).SerializeToString()
    return data


REQUESTS: list[dict[str, Any]] = [
    {"offer": {"type": "offer", "sdp": "v=0\r\n", "id": 1}},
    {"add_track": {"cid": "cam1", "type": "VIDEO", "source": "CAMERA", "width": 1280}},
    {"add_track": {"cid": "c1", "type": "VIDEO"}},
    {"add_track": {"cid": "c1"}},
    {"trickle": {"candidateInit": "{}"}},
    {"mute": {"sid": "TR_x", "muted": True}},
    {"subscription": {"track_sids": ["TR_x"]}},
    {"update_metadata": {"name": "x"}},
    {"subscription": {"track_sids": ["TR_x"], "subscribe": True}},
    {"update_metadata": {"metadata": "m", "attributes": {"a": "b"}, "request_id": 7}},
    {"ping_req": {"timestamp": 1795000000000, "rtt": 3}},
    {"simulate": {"speaker_update": 3}},
]
RESPONSES: list[dict[str, Any]] = [
    {
        "join": {
            "room": {"sid": "RM_x", "name": "r"},
            "participant": {"sid": "PA_x", "identity": "a"},
            "ping_interval": 5,
        }
    },
    {"offer": {"type": "offer", "sdp": "v=0\r\n"}},
    {"trickle": {"candidateInit": '{"candidate":""}'}},
    {"track_published": {"cid": "c1", "track": {"sid": "TR_x"}}},
    {"subscription_permission_update": {"participant_sid": "PA_x", "track_sid": "TR_x", "allowed": True}},
    {"update": {"participants": [{"sid": "PA_x", "identity": "a", "state": "ACTIVE"}]}},
    {"refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"},
    {"pong_resp": {"last_ping_timestamp": 1795000000000, "timestamp": 1795000000001}},
    {"room_update": {"room": {"sid": "RM_x", "name": "r", "num_participants": 2}}},
    {"data_track_subscriber_handles": {"sub_handles": {7: {"publisher_identity": "a", "track_sid": "DTR_x"}}}},
]


@pytest.mark.parametrize("fields", REQUESTS)
def test_requests_are_told(fields: dict[str, Any]) -> None:
    assert guess_direction(raw(TO_SERVER, **fields)).direction is TO_SERVER


@pytest.mark.parametrize("fields", RESPONSES)
def test_responses_are_told(fields: dict[str, Any]) -> None:
    assert guess_direction(raw(TO_CLIENT, **fields)).direction is TO_CLIENT


@pytest.mark.parametrize(
    ("data", "direction", "why"),
    [
        (raw(TO_SERVER, **REQUESTS[0]), TO_SERVER, "it does not decode as a response"),
        (raw(TO_CLIENT, refresh_token="o"), TO_CLIENT, "it does not decode as a request"),
        (b"\xff", TO_CLIENT, "it decodes neither as a request nor as a response"),
        (raw(TO_SERVER, leave={"reason": 1}), TO_CLIENT, "it fits both ways; --request reads it the other way"),
        (b"", TO_CLIENT, "it fits both ways; --request reads it the other way"),
        (
            raw(TO_CLIENT, store_data_blob_response={"request_id": 3}),
            TO_CLIENT,
            "as a request it would hold unknown fields or senseless values",
        ),
    ],
)
def test_the_reason_is_said(data: bytes, direction: Direction, why: str) -> None:
    guess = guess_direction(data)
    assert (guess.direction, guess.why) == (direction, why)


def test_an_update_metadata_read_as_a_response_shows() -> None:
    # Field 15 of SignalResponse is a subscription_permission_update, whose first field is a text too.
    data = raw(TO_SERVER, update_metadata={"attributes": {"a": "b"}})
    assert oddities(data, TO_SERVER) == 0
    assert oddities(data, TO_CLIENT) != 0


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (raw(TO_CLIENT, leave={"reason": "CLIENT_INITIATED"}), 0),
        (raw(TO_CLIENT, leave={"reason": 99}), 1),
        (raw(TO_CLIENT, refresh_token="a\x00b"), 1),
        (raw(TO_CLIENT, refresh_token="a\r\n\tb"), 0),
        (raw(TO_CLIENT, update={"participants": [{"sid": "\x01"}, {"sid": "x"}, {"sid": "PA_x"}]}), 2),
        (raw(TO_CLIENT, update={"participants": [{"attributes": {"k": "v"}}]}), 0),
        (raw(TO_CLIENT, track_published={"cid": "TR_x", "track": {"sid": "DTR_x"}}), 1),
        (raw(TO_CLIENT, answer={"type": "x"}), 1),
        (raw(TO_CLIENT, trickle={"candidateInit": "x"}), 1),
        (raw(TO_CLIENT, data_track_subscriber_handles={"sub_handles": {1: {"track_sid": "\x03"}}}), 1),
        (raw(TO_CLIENT, join={"enabled_publish_codecs": [{"mime": "a"}]}) + b"\xf8\x7f\x01", 1),
        (b"\x0a", None),
    ],
)
def test_what_makes_no_sense_is_counted(data: bytes, count: int | None) -> None:
    assert oddities(data, TO_CLIENT) == count


@pytest.mark.parametrize(
    ("text", "direction", "why"),
    [
        ('{"mute": {}}', TO_CLIENT, "its case exists both ways; --request reads it the other way"),
        ('{"track_setting": {}}', TO_SERVER, "its case exists only as a request"),
        ('{"addTrack": {}}', TO_SERVER, "its case exists only as a request"),
        ('{"refreshToken": "x"}', TO_CLIENT, "its case exists only as a response"),
        ('{"leave": {}}', TO_CLIENT, "its case exists both ways; --request reads it the other way"),
        ('{"nope": 1}', TO_CLIENT, "it names no case of either direction"),
        ("[1]", TO_CLIENT, "it names no case of either direction"),
        ("{", TO_CLIENT, "it names no case of either direction"),
    ],
)
def test_json_is_told_by_its_case(text: str, direction: Direction, why: str) -> None:
    guess = guess_json_direction(text)
    assert (guess.direction, guess.why) == (direction, why)


@given(st.binary())
def test_any_bytes_get_a_guess(data: bytes) -> None:
    assert guess_direction(data).why
    assert guess_json_direction(json.dumps(data.hex())).why
