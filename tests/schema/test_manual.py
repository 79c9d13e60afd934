"""What a page of the manual says."""

from __future__ import annotations

import json

import pytest

from lksig.schema.cases import Refusal, Reply
from lksig.schema.lookup import enums, find, messages
from lksig.schema.manual import Page, as_json, case_lines, page, row_of, type_of, unset_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields, descriptor


def only(name: str) -> Page:
    (found,) = find(name)
    return page(found)


def test_a_request() -> None:
    add_track = only("add_track")
    assert add_track.kind == "case"
    assert add_track.direction is TO_SERVER
    assert add_track.row is not None
    assert (add_track.row.number, add_track.row.type) == (4, "AddTrackRequest")
    assert "track_published" in add_track.doc
    assert add_track.type_doc.startswith("Announcement of one media track")
    assert [row.number for row in add_track.fields] == list(range(1, 19))
    assert [enum.name for enum in add_track.enums][:2] == ["TrackType", "TrackSource"]
    assert add_track.about.answered_by == Reply("track_published", "cid")
    assert Refusal("request_response", "UNSUPPORTED_TYPE") in add_track.about.refused_by
    assert not add_track.about.needs_fence
    assert add_track.about.example is not None
    assert add_track.about.example.startswith("add_track cid=")
    assert not add_track.deprecated


def test_a_silent_request_and_what_its_fence_cannot_tell() -> None:
    subscription = only("subscription").about
    assert subscription.answered_by is None
    assert subscription.needs_fence
    assert subscription.fence_blind is not None
    assert "60 s" in subscription.fence_blind
    mute = only(">mute").about
    assert (mute.needs_fence, mute.fence_blind) == (True, None)


def test_a_response_knows_what_it_answers_and_refuses() -> None:
    assert only("track_published").about.answers == ("add_track",)
    refusing = only("request_response").about
    assert refusing.answers == ("update_metadata",)
    assert {"mute", "add_track"} <= set(refusing.refuses)
    assert "subscription" not in refusing.refuses
    assert only("<leave").about.refuses == ("offer", "answer", "trickle", "sync_state")
    assert only("subscription_response").about.refuses == ("subscription",)
    assert refusing.example is None


def test_a_bare_value_has_unit_and_no_fields() -> None:
    ping = only("ping")
    assert ping.row is not None
    assert (ping.row.type, ping.row.unit) == ("int64", "unix ms")
    assert ping.fields == ()
    assert ping.enums == ()
    assert ping.type_doc == ""


def test_a_deprecated_case_message_and_field() -> None:
    assert only("update_layers").deprecated
    assert only("UpdateVideoLayers").deprecated
    assert only("AddTrackRequest.stereo").deprecated
    assert only("sync_state.publish_tracks.track.layers").deprecated
    assert not only("VideoLayer.rid").deprecated


def test_a_field_below_a_request() -> None:
    quality = only("add_track.layers.0.quality")
    assert quality.kind == "field"
    assert quality.row is not None
    assert quality.row.unset == "LOW"
    assert quality.owner == "VideoLayer"
    assert quality.numbers == "4.9.1"
    assert quality.about.example == "add_track layers.0.quality=MEDIUM"
    assert [value.name for value in quality.enums[0].values] == ["LOW", "MEDIUM", "HIGH", "OFF"]


def test_a_field_below_a_response_or_message_is_not_typed() -> None:
    assert only("update.participants.identity").about.example is None
    assert only("update.participants.identity").numbers == "5.1.2"
    identity = only("ParticipantInfo.identity")
    assert identity.about.example is None
    assert identity.numbers == ""


def test_a_field_that_holds_a_message_shows_its_fields() -> None:
    layers = only("AddTrackRequest.layers")
    assert {row.name for row in layers.fields} >= {"quality", "rid"}
    assert layers.type_doc.startswith("One layer of a video track")


def test_who_uses_a_message_or_enum() -> None:
    assert only("LeaveRequest").used_by == ("< leave", "> leave")
    assert "AddTrackRequest.layers" in only("VideoLayer").used_by
    assert "AddTrackRequest.source" in only("TrackSource").used_by
    handles = only("DataTrackSubscriberHandles.PublishedDataTrack")
    assert handles.used_by == ("DataTrackSubscriberHandles.sub_handles",)
    assert only("SignalRequest").used_by == ()


def test_an_enum() -> None:
    action = only("LeaveRequest.Action")
    assert action.kind == "enum"
    assert action.fields == ()
    assert [(value.name, value.number) for value in action.enums[0].values] == [
        ("DISCONNECT", 0),
        ("RESUME", 1),
        ("RECONNECT", 2),
    ]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("RequestResponse.Reason.INVALID_HANDLE", ("publish_data_track_request",)),
        ("DisconnectReason.STATE_MISMATCH", ("offer", "answer", "trickle", "sync_state")),
        ("SE_TRACK_NOTFOUND", ("subscription",)),
        ("TrackSource.CAMERA", ()),
        ("RequestResponse.Reason.OK", ()),
    ],
)
def test_a_value_names_the_requests_refused_with_it(name: str, refused: tuple[str, ...]) -> None:
    assert only(name).used_by == refused


@pytest.mark.parametrize(
    ("name", "type_", "unset", "oneof", "mark"),
    [
        ("MuteTrackRequest.sid", "string", "empty", None, None),
        ("MuteTrackRequest.muted", "bool", "false", None, None),
        ("SpeakerInfo.level", "float", "0", None, None),
        ("Ping.rtt", "int64", "0", None, None),
        ("DataBlob.contents", "bytes", "empty", None, "PII"),
        ("DataBlob.key", "DataBlobKey", "unset", None, None),
        ("LeaveRequest.action", "LeaveRequest.Action", "DISCONNECT", None, None),
        ("UpdateParticipantMetadata.attributes", "map<string, string>", "empty", None, "PII"),
        ("ICEServer.urls", "repeated string", "empty", None, None),
        ("ICEServer.credential", "string", "empty", None, "SECRET"),
        ("ConnectionSettings.subscriber_allow_pause", "optional bool", "unset", None, None),
        ("PublishDataTrackRequest.schema", "optional DataTrackSchemaId", "unset", None, None),
        ("SimulateScenario.migration", "bool", "unset", "scenario", None),
        ("DataBlobKey.generic", "string", "unset", "key", None),
    ],
)
def test_rows(name: str, type_: str, unset: str, oneof: str | None, mark: str | None) -> None:
    message, _, field = name.rpartition(".")
    row = row_of(descriptor(message).fields_by_name[field])
    assert (row.type, row.unset, row.oneof, row.sensitivity) == (type_, unset, oneof, mark)


def test_every_field_of_the_schema_has_a_type_and_a_meaning_when_unset() -> None:
    for message in messages().values():
        for field in message.fields:
            assert type_of(field)
            assert unset_of(field)


def test_the_list_of_cases() -> None:
    lines = case_lines()
    assert len(lines) == 52
    assert [line.direction for line in lines] == [TO_SERVER] * 22 + [TO_CLIENT] * 30
    assert lines[0].name == "offer"
    assert lines[-1].number == 31
    assert [line.name for line in lines if line.deprecated] == ["update_layers"]
    assert all(line.summary for line in lines)


FIELD = (
    "kind name dir doc number type unit unset oneof deprecated sensitivity type_doc owner numbers fields enums example"
)
KEYS = {
    "case": f"{FIELD} example answered_by refused_by fence_blind needs_fence answers refuses",
    "field": f"{FIELD} example",
    "message": "kind name dir doc deprecated fields enums used_by",
    "enum": "kind name dir doc deprecated fields enums used_by",
    "value": "kind name dir doc number deprecated refuses",
}
"""The keys of the machine form, a promise to scripts."""


def test_the_machine_form_of_every_element_has_the_keys_of_its_kind() -> None:
    names = [*messages(), *enums(), *(f"{name}.{field.name}" for name, m in messages().items() for field in m.fields)]
    names += [f"{name}.{value.name}" for name, enum in enums().items() for value in enum.values]
    names += [*case_fields(TO_SERVER), *case_fields(TO_CLIENT)]
    for name in names:
        for found in find(name):
            said = json.loads(json.dumps(as_json(page(found))))
            assert set(said) == set(KEYS[found.kind].split())


def test_the_machine_form_of_a_case() -> None:
    said = as_json(only("add_track"))
    assert said["dir"] == "to_server"
    assert said["name"] == "add_track"
    assert said["answered_by"] == {"case": "track_published", "key": "cid"}
    assert {"case": "request_response", "reason": "NOT_ALLOWED"} in said["refused_by"]
    assert said["fields"][2]["name"] == "type"
    assert said["enums"][0]["values"][1]["name"] == "VIDEO"
