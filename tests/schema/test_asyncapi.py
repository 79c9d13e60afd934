"""The AsyncAPI document: every case once, in the right direction, and pairs that lead to real fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lksig.schema import cases
from lksig.schema.asyncapi import document, message
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class

DOCUMENT = document(["protocol", "auto_subscribe"])
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
ENVELOPES = {TO_SERVER: "SignalRequest", TO_CLIENT: "SignalResponse"}


def resolve(reference: str) -> Any:
    """What `#/…` points at."""
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert len(found) > 200
    for reference in found:
        assert resolve(reference) is not None


def test_the_client_sends_requests_and_receives_responses() -> None:
    send, receive = DOCUMENT["operations"]["sendSignalRequest"], DOCUMENT["operations"]["receiveSignalResponse"]
    assert (send["action"], receive["action"]) == ("send", "receive")
    for operation, direction in ((send, TO_SERVER), (receive, TO_CLIENT)):
        named = [reference["$ref"].rpartition("/")[2] for reference in operation["messages"]]
        assert named == [f"{ENVELOPES[direction]}.{case}" for case in case_fields(direction)]
        assert all(MESSAGES[name]["x-protobuf"]["case"] == name.partition(".")[2] for name in named)


def test_every_case_is_a_message_of_the_channel() -> None:
    assert len(MESSAGES) == 52
    assert DOCUMENT["channels"]["rtc"]["messages"].keys() == MESSAGES.keys()
    for name, said in MESSAGES.items():
        assert said["contentType"] == "application/x-protobuf"
        assert said["summary"], name
        assert said["description"], name
        assert said["name"] == name.partition(".")[2]


def test_a_payload_is_the_envelope_with_this_case() -> None:
    payload = MESSAGES["SignalRequest.add_track"]["payload"]
    assert payload["required"] == ["addTrack"]
    assert payload["properties"]["addTrack"]["allOf"] == [{"$ref": "#/components/schemas/AddTrackRequest"}]
    assert MESSAGES["SignalRequest.ping"]["payload"]["properties"]["ping"]["format"] == "int64"


def test_the_reply_lists_what_settles_a_request_and_nothing_else() -> None:
    replies = {
        reference["$ref"].rpartition(".")[2]
        for reference in DOCUMENT["operations"]["sendSignalRequest"]["reply"]["messages"]
    }
    assert {"answer", "track_published", "request_response", "subscription_response", "leave", "pong"} <= replies
    assert replies.isdisjoint({"join", "offer", "update", "refresh_token", "room_update"})


@pytest.mark.parametrize("direction", [TO_SERVER, TO_CLIENT])
def test_a_correlation_points_at_a_field_that_exists(direction: Direction) -> None:
    seen = 0
    for case in case_fields(direction):
        correlation = MESSAGES[f"{ENVELOPES[direction]}.{case}"].get("correlationId")
        if correlation is None:
            continue
        seen += 1
        prefix, *steps = correlation["location"].split("/")
        assert prefix == "$message.payload#"
        element = envelope_class(direction).DESCRIPTOR
        for step in steps:
            fields = {field.json_name: field for field in element.fields}
            assert step in fields, correlation["location"]
            element = fields[step].message_type
        assert element is None  # a value, not a message
        assert correlation["description"][0].isupper()
    assert seen >= 8


def test_request_and_answer_are_correlated_where_they_are_paired_by_a_value() -> None:
    for case, reply in cases.REPLIES.items():
        correlated = "correlationId" in MESSAGES[f"SignalRequest.{case}"]
        assert correlated is (reply.key != "order"), case
        assert ("correlationId" in MESSAGES[f"SignalResponse.{reply.case}"]) is correlated


def test_what_answers_and_refuses_is_said_of_the_case() -> None:
    add_track = MESSAGES["SignalRequest.add_track"]
    assert add_track["x-answered-by"] == {"case": "track_published", "key": "cid"}
    assert {"case": "request_response", "reason": "NOT_ALLOWED"} in add_track["x-refused-by"]
    assert add_track["x-typed"] == "lksig send " + cases.EXAMPLES["add_track"]
    assert MESSAGES["SignalResponse.track_published"]["x-answers"] == ["add_track"]
    silent = message(TO_SERVER, case_fields(TO_SERVER)["track_setting"])
    assert not {"x-answered-by", "x-refused-by", "x-answers"} & silent.keys()


def test_the_query_and_the_credentials_are_named() -> None:
    query = DOCUMENT["channels"]["rtc"]["bindings"]["ws"]["query"]["properties"]
    assert list(query) == ["access_token", "join_request", "auto_subscribe", "protocol"]
    for server in DOCUMENT["servers"].values():
        assert [resolve(entry["$ref"])["type"] for entry in server["security"]] == ["http", "httpApiKey"]


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(document({"auto_subscribe", "protocol"})) == json.dumps(DOCUMENT)
