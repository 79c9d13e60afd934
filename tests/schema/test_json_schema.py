"""JSON Schema of the messages: what proto3 JSON writes fits, what it never writes does not."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from google.protobuf import json_format
from hypothesis import given

from lksig.schema.json_schema import SCHEMAS, enum_schema, field_schema, message_schema, schemas_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, descriptor, enum_descriptor
from tests.support.messages import envelopes

FIELDS = [field for direction in (TO_SERVER, TO_CLIENT) for field in case_fields(direction).values()]
COMPONENTS = schemas_of(FIELDS)


def field(message: str, name: str) -> dict[str, Any]:
    return field_schema(descriptor(message).fields_by_name[name])


def fits(name: str, value: object) -> bool:
    """Whether a value is valid against the schema of a message or enum."""
    schema = {"components": {"schemas": COMPONENTS}, "allOf": [{"$ref": SCHEMAS + name}]}
    return jsonschema.Draft7Validator(schema).is_valid(value)


OPEN_ENUMS = {
    name: {"anyOf": [schema, {"type": "integer"}]} if "enum" in schema else schema
    for name, schema in COMPONENTS.items()
}
"""The same with enums open: the messages of the property hold invented numbers, which JSON shows as numbers."""
CASES = {
    direction: jsonschema.Draft7Validator(
        {
            "components": {"schemas": OPEN_ENUMS},
            "properties": {field.json_name: field_schema(field) for field in case_fields(direction).values()},
            "additionalProperties": False,
        }
    )
    for direction in (TO_SERVER, TO_CLIENT)
}


@given(envelopes())
def test_what_proto3_json_writes_is_valid(drawn: tuple[Direction, Any]) -> None:
    direction, envelope = drawn
    CASES[direction].validate(json_format.MessageToDict(envelope))


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    def references(schema: object) -> set[str]:
        if isinstance(schema, dict):
            inner = set().union(*(references(value) for value in schema.values()))
            return inner | ({schema["$ref"]} if "$ref" in schema else set())
        return set().union(*(references(value) for value in schema)) if isinstance(schema, list) else set()

    for schema in COMPONENTS.values():
        jsonschema.Draft7Validator.check_schema(schema)
    assert {reference.removeprefix(SCHEMAS) for reference in references(COMPONENTS)} <= COMPONENTS.keys()
    assert list(COMPONENTS) == sorted(COMPONENTS)


def test_only_what_a_field_can_hold_is_described() -> None:
    ping = case_fields(TO_SERVER)["ping"]
    assert schemas_of([ping]) == {}
    assert schemas_of([case_fields(TO_SERVER)["mute"]]).keys() == {"MuteTrackRequest"}
    # Through a list, a map and a nested message, each once.
    assert {"ParticipantInfo", "TrackInfo", "TrackType", "VideoLayer"} <= schemas_of(
        [case_fields(TO_CLIENT)["update"]]
    ).keys()
    assert "DataTrackSubscriberHandles.PublishedDataTrack" in COMPONENTS


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("MuteTrackRequest", {}, True),
        ("MuteTrackRequest", {"sid": "TR_x", "muted": True, "later": 1}, True),
        ("MuteTrackRequest", {"sid": 1}, False),
        ("MuteTrackRequest", [], False),
        ("AddTrackRequest", {"type": "VIDEO", "layers": [{"quality": "HIGH", "width": 1280}]}, True),
        ("AddTrackRequest", {"type": "video"}, False),
        ("AddTrackRequest", {"layers": {}}, False),
        ("AddTrackRequest", {"width": -1}, False),
        ("AddTrackRequest", {"width": 2**32}, False),
        ("Ping", {"timestamp": "1", "rtt": "-1"}, True),
        ("Ping", {"timestamp": "soon"}, False),
        ("SpeakerInfo", {"level": 0.5}, True),
        ("SpeakerInfo", {"level": "NaN"}, True),
        ("SpeakerInfo", {"level": "loud"}, False),
        ("UpdateParticipantMetadata", {"attributes": {"mood": "ok"}}, True),
        ("UpdateParticipantMetadata", {"attributes": {"mood": 1}}, False),
        ("SimulateScenario", {}, True),
        ("SimulateScenario", {"speakerUpdate": 3}, True),
        ("SimulateScenario", {"speakerUpdate": 3, "migration": True}, False),
        ("TrackType", "AUDIO", True),
        ("TrackType", "AUDI0", False),
    ],
)
def test_values(name: str, value: object, valid: bool) -> None:
    assert fits(name, value) is valid


def test_names_are_those_of_the_json_form() -> None:
    assert list(message_schema(descriptor("TrickleRequest"))["properties"]) == ["candidateInit", "target", "final"]
    assert "trackSids" in message_schema(descriptor("UpdateSubscription"))["properties"]


def test_a_field_says_unit_number_and_marks() -> None:
    assert field("VideoLayer", "width")["description"].endswith("\n\nUnit: pixels.")
    assert field("VideoLayer", "width")["x-field-number"] == 2
    assert field("Room", "turn_password")["x-sensitivity"] == "SECRET"
    assert field("LeaveRequest", "can_reconnect")["x-field-number"] == 1
    assert field("TrackInfo", "layers")["items"] == {"$ref": SCHEMAS + "VideoLayer"}
    deprecated = [f.name for f in descriptor("TrackInfo").fields if field_schema(f).get("deprecated")]
    assert deprecated == [f.name for f in descriptor("TrackInfo").fields if f.GetOptions().deprecated]
    assert deprecated


def test_a_reference_stands_where_its_neighbours_count() -> None:
    """Draft 7 ignores what stands beside `$ref`."""
    schema = field("AddTrackRequest", "type")
    assert "$ref" not in schema
    assert schema["allOf"] == [{"$ref": SCHEMAS + "TrackType"}]


def test_an_enum_explains_its_values() -> None:
    schema = enum_schema(enum_descriptor("TrackType"))
    assert schema["enum"] == ["AUDIO", "VIDEO", "DATA"]
    assert "\n- `VIDEO` (1): " in schema["description"]
