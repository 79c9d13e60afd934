"""Paths: which fields they lead to, and what they see there."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.errors import InputError
from lksig.schema.filter_lexer import tokens
from lksig.schema.filter_parser import parse
from lksig.schema.filter_paths import MessageScope, read_path
from lksig.schema.pool import descriptor, message_class


def holds(source: str, message: str, /, **fields: Any) -> bool:
    return parse(source, MessageScope(source, descriptor(message)))(message_class(message)(**fields))


def error(source: str, message: str) -> tuple[str, str, str | None]:
    with pytest.raises(InputError) as caught:
        parse(source, MessageScope(source, descriptor(message)))
    exc = caught.value
    assert exc.source == source
    return exc.text, source[exc.start : exc.end], exc.hint


TWO: dict[str, Any] = {
    "participants": [
        {"identity": "alice", "state": 2, "tracks": [{"sid": "TR_1", "muted": True}], "attributes": {"lk.mood": "ok"}},
        {"identity": "bob", "state": 1, "permission": {"can_subscribe": True}, "attributes": {"a=b": "c", "": "empty"}},
    ]
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("participants.identity=alice", True),
        ("participants.identity=bob", True),
        ("participants.identity=carol", False),
        ("participants.identity!=bob", False),
        ("participants.0.identity=alice", True),
        ("participants[1].identity=bob", True),
        ("participants[1].identity=alice", False),
        ("participants.7.identity=alice", False),
        ("participants.tracks.0.muted=true", True),
        ("participants.1.tracks.muted=true", False),
        ("participants(identity=alice and state=ACTIVE)", True),
        ("participants(identity=bob and state=ACTIVE)", False),
        ("participants(identity=bob and not state=ACTIVE)", True),
        ("participants(tracks(sid=TR_1 and muted=true) and identity=alice)", True),
        ("participants.0(identity=bob)", False),
        ("participants.1(identity=bob)", True),
        ("participants.permission(can_subscribe=true)", True),
        ("participants.attributes.lk.mood=ok", True),
        ('participants.attributes["lk.mood"]=ok', True),
        ("participants.attributes[lk.mood]=ok", True),
        ('participants.attributes["a=b"] = c', True),
        ('participants.attributes[""]=empty', True),
        ("participants.attributes.lk.mood=bad", False),
        ("participants.attributes.lk.nope=ok", False),
        ('participants.attributes.lk.nope=""', False),
        ("participants.attributes.lk.nope", False),
        ("participants.attributes.lk.mood", True),
        ("participants", True),
        ("participants.attributes", True),
        ("participants.permission", True),
        ("participants.0.permission", False),
        ("participants.1", True),
        ("participants.2", False),
        ("participants.name", False),
        ('participants.name=""', True),
        ("participants.tracks", True),
        ("participants.1.tracks", False),
    ],
)
def test_paths_into_lists_and_maps(source: str, expected: bool) -> None:
    assert holds(source, "ParticipantUpdate", **TWO) is expected


def test_an_unset_value_compares_as_its_default_where_its_message_is() -> None:
    assert holds("muted=false", "MuteTrackRequest")
    assert not holds("muted", "MuteTrackRequest")
    assert holds("action=DISCONNECT", "LeaveRequest")
    assert holds("participants.state=JOINING", "ParticipantUpdate", participants=[{}])
    assert not holds("participants.state=JOINING", "ParticipantUpdate")
    assert not holds("participants.permission.can_publish=false", "ParticipantUpdate", participants=[{}])
    assert holds("participants.permission.can_publish=false", "ParticipantUpdate", participants=[{"permission": {}}])


def test_an_optional_value_has_a_default_and_can_be_asked_for() -> None:
    assert holds("target_fps=0", "DataTrackSubscriptionOptions")
    assert not holds("target_fps", "DataTrackSubscriptionOptions")
    assert holds("target_fps", "DataTrackSubscriptionOptions", target_fps=0)


def test_an_arm_of_a_oneof_that_was_not_chosen_has_no_value() -> None:
    assert not holds("node_failure=false", "SimulateScenario", speaker_update=3)
    assert holds("node_failure=false", "SimulateScenario", node_failure=False)
    assert holds("node_failure", "SimulateScenario", node_failure=False)
    assert not holds("node_failure=true", "SimulateScenario", node_failure=False)


def test_lists_of_scalars() -> None:
    sids: dict[str, Any] = {"track_sids": ["TR_1", "TR_2"]}
    assert holds("track_sids=TR_2", "UpdateTrackSettings", **sids)
    assert not holds("track_sids=TR_3", "UpdateTrackSettings", **sids)
    assert holds("track_sids.1=TR_2", "UpdateTrackSettings", **sids)
    assert not holds("track_sids.0=TR_2", "UpdateTrackSettings", **sids)
    assert not holds("track_sids", "UpdateTrackSettings")


def test_a_map_of_messages() -> None:
    handles: dict[str, Any] = {"sub_handles": {7: {"publisher_identity": "bob", "track_sid": "DTR_1"}}}
    name = "DataTrackSubscriberHandles"
    assert holds("sub_handles.7.publisher_identity=bob", name, **handles)
    assert holds("sub_handles[7].publisher_identity=bob", name, **handles)
    assert holds('sub_handles["7"](publisher_identity=bob)', name, **handles)
    assert holds("sub_handles.publisher_identity=bob", name, **handles)
    assert holds("sub_handles(publisher_identity=bob and track_sid=DTR_1)", name, **handles)
    assert not holds("sub_handles.publisher_identity=eve", name, **handles)
    assert not holds("sub_handles.8.publisher_identity=bob", name, **handles)
    assert holds("sub_handles.4294967295", name) is False


def test_looking_does_not_change_the_message() -> None:
    message = message_class("DataTrackSubscriberHandles")()
    source = "sub_handles.8.publisher_identity=bob"
    assert not parse(source, MessageScope(source, descriptor("DataTrackSubscriberHandles")))(message)
    assert message.ByteSize() == 0


@pytest.mark.parametrize(
    ("source", "message", "text", "place", "hint"),
    [
        (
            "participants.identty=a",
            "ParticipantUpdate",
            "ParticipantInfo has no field `identty` (did you mean identity?)",
            "identty",
            None,
        ),
        (
            "qqq",
            "LeaveRequest",
            "LeaveRequest has no field `qqq`: can_reconnect, reason, action or regions",
            "qqq",
            None,
        ),
        ("participants.", "ParticipantUpdate", "the name of a field is missing here", "", None),
        ("participants..identity", "ParticipantUpdate", "the name of a field is missing here", ".", None),
        ("reason.x", "LeaveRequest", "`reason` is a value and has no fields", ".x", None),
        ("reason(x)", "LeaveRequest", "`reason` is a value and has no fields", "reason", None),
        ("regions[0]", "LeaveRequest", "`regions` is one message, not a list", "[0]", None),
        (
            "participants[x].identity",
            "ParticipantUpdate",
            "not an index of `participants`: a number from 0",
            "[x].identity",
            None,
        ),
        ("participants[0]x", "ParticipantUpdate", "a `.` is missing behind `participants[0]`", "x", None),
        ("sub_handles[7]x", "DataTrackSubscriberHandles", "a `.` is missing behind `sub_handles[7]`", "x", None),
        (
            "sub_handles[x]",
            "DataTrackSubscriberHandles",
            "not a key of `sub_handles`: a number up to 4294967295",
            "[x]",
            None,
        ),
        (
            "sub_handles.4294967296",
            "DataTrackSubscriberHandles",
            "not a key of `sub_handles`: a number up to 4294967295",
            ".4294967296",
            None,
        ),
        ("attributes=x", "ParticipantInfo", "`attributes` is a map", "attributes", "name a key: `attributes.KEY`"),
        ('attributes["a"].b=x', "ParticipantInfo", "`attributes` is a value and has no fields", ".b", None),
        (
            r'attributes["\x"]=x',
            "ParticipantInfo",
            "JSON strings have no such escape",
            r"\x",
            r"a backslash is written `\\` here; single quotes take it as it is",
        ),
        ("regions=x", "LeaveRequest", "`regions` is a message: name one of its fields, regions", "regions", None),
        ("participants=x", "ParticipantUpdate", None, "participants", None),
        (
            "participants(~x)",
            "ParticipantUpdate",
            "`~` looks at the whole message",
            "~x",
            "write it outside of the parentheses",
        ),
    ],
)
def test_mistakes_point_at_themselves(
    source: str, message: str, text: str | None, place: str, hint: str | None
) -> None:
    said = error(source, message)
    assert said[1:] == (place, hint)
    assert text is None or said[0] == text


def test_the_steps_know_their_places() -> None:
    source = "x participants.0.attributes.lk.mood"
    word = tokens(source)[1]
    steps = read_path(source, descriptor("ParticipantUpdate"), word.start, word.end)
    assert [source[step.start : step.end] for step in steps] == ["participants.0", "attributes.lk.mood"]
    assert (steps[0].index, steps[1].key) == (0, "lk.mood")
