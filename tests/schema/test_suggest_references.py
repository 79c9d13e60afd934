"""Suggestions for references."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor

from lksig.schema.lexer import Span
from lksig.schema.pool import TO_SERVER, case_fields, descriptor
from lksig.schema.suggest_references import suggest_reference
from lksig.schema.suggestions import Suggestions
from tests.support.typing import ROOM, texts


def at(text: str, wanted: str = "MuteTrackRequest.sid", names: tuple[str, ...] = ()) -> Suggestions:
    message, _, name = wanted.rpartition(".")
    field: FieldDescriptor = descriptor(message).fields_by_name[name] if message else case_fields(TO_SERVER)[name]
    return suggest_reference(Span(text, 0, len(text)), field, ROOM, names)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        (
            "%",
            "MuteTrackRequest.sid",
            ["%self", "%cam1", "%alice/cam", '%"Ann B."/cam', "%alice", "%last.", "%9", "%4.", "%3.", "%2."],
        ),
        ("%ali", "MuteTrackRequest.sid", ["%alice/cam", "%alice"]),
        ('%"An', "MuteTrackRequest.sid", ['%"Ann B."/cam']),
        ("%alice/", "MuteTrackRequest.sid", ["%alice/cam"]),
        ("%c", "AddTrackRequest.width", ["%cam1."]),
        ("%", "mute", ["%last.", "%4.", "%3.", "%2"]),
        ("%s", "TrackPublishedResponse.track", []),
        ("%cam", "TrackPublishedResponse.track", ["%cam1."]),
        ("%alice/c", "TrackPublishedResponse.track", ["%alice/cam."]),
        ("%self", "ParticipantUpdate.participants", ["%self."]),
        ("%4.", "MuteTrackRequest.sid", ["cid", "track."]),
        ("%4.track.s", "MuteTrackRequest.sid", ["sid", "stream", "simulcast", "source", "stereo"]),
        ("%4.track", "TrackPublishedResponse.track", []),
        ("%4.", "TrackPublishedResponse.track", ["track"]),
        ("%9.", "MuteTrackRequest.sid", []),
        ("%77.", "MuteTrackRequest.sid", []),
        ("%4[", "MuteTrackRequest.sid", []),
        ("%4.nonsense.", "MuteTrackRequest.sid", []),
        ("%4.track.sid.", "MuteTrackRequest.sid", []),
        ("%cam1.wid", "AddTrackRequest.width", ["width"]),
        ("%cam1.typ", "AddTrackRequest.type", ["type"]),
        ("%last.track_p", "MuteTrackRequest.sid", ["track_published."]),
        ("%last.track_published", "MuteTrackRequest.sid", ["track_published."]),
        ("%last.po", "MuteTrackRequest.sid", ["pong", "pong_resp."]),
        ("%last.mute", "mute", []),
        ("%last.track_published.ci", "MuteTrackRequest.sid", ["cid"]),
        ("%self.attr", "MuteTrackRequest.sid", ["attributes."]),
        ("%self.tracks", "MuteTrackRequest.sid", ["tracks.0."]),
        ("%self.data_t", "MuteTrackRequest.sid", ["data_tracks.0."]),
        ("%3.audio_f", "AddTrackRequest.audio_features", ["audio_features"]),
        ("%3.audio_f", "MuteTrackRequest.sid", ["audio_features.0"]),
    ],
)
def test_how_a_reference_goes_on(text: str, wanted: str, expected: list[str]) -> None:
    found = texts(at(text, wanted))
    assert found == expected


def test_the_newest_cases_come_first_and_say_which_message_they_are() -> None:
    found = at("%last.")
    assert (found.items[0].text, found.items[0].meaning) == ("track_published.", "message 4")
    assert len(found.items) > 40


def test_fields_of_the_same_type_come_first() -> None:
    found = texts(at("%cam1.", "AddTrackRequest.type"))
    assert found[0] == "type"
    assert found.index("type") < found.index("sid")


def test_what_this_line_announces_comes_before_everything() -> None:
    found = at("%", names=("cam9",))
    assert (found.items[0].text, found.items[0].meaning) == ("%cam9", "announced in this line")


@pytest.mark.parametrize(("text", "start"), [("%ali", 0), ("%last.tr", 6), ("%4.track.s", 9), ("%4.x.y", 6)])
def test_where_the_replaced_part_begins(text: str, start: int) -> None:
    assert at(text).start == start
