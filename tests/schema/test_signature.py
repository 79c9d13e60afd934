"""What stands under the cursor."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, Direction
from lksig.schema.signature import signature
from lksig.schema.typed_text import format_request
from tests.support.messages import envelopes
from tests.support.typing import split_cursor


@pytest.mark.parametrize(
    ("line", "path", "kind", "unit"),
    [
        ("add_track ", "add_track", "AddTrackRequest", None),
        ("add_tr¦ack", "add_track", "AddTrackRequest", None),
        ("add_track wid", "add_track", "AddTrackRequest", None),
        ("add_track wid¦th=5", "add_track.width", "uint32", "px"),
        ("add_track width=12¦80 cid=x", "add_track.width", "uint32", "px"),
        ("add_track width=5 ", "add_track", "AddTrackRequest", None),
        ("add_track layers.0.qual", "add_track.layers.0", "repeated VideoLayer", None),
        ("add_track layers.0.quality=HI", "add_track.layers.0.quality", "VideoQuality", None),
        ("update_metadata attributes.lk.mood=o", "update_metadata.attributes.lk.mood", "map<string, string>", None),
        ("mute nonsense.x=1", "mute", "MuteTrackRequest", None),
        ("mute nonsense[", "mute", "MuteTrackRequest", None),
        ('mute {"sid": ', "mute", "MuteTrackRequest", None),
        ("ping 5", "ping", "int64", "unix ms"),
        ("mute sid=x ping", "ping", "int64", "unix ms"),
    ],
)
def test_fields_and_cases(line: str, path: str, kind: str, unit: str | None) -> None:
    text, cursor = split_cursor(line)
    found = signature(text, cursor)
    assert found is not None
    assert (found.path, found.type, found.unit, found.is_case) == (path, kind, unit, "." not in path)
    assert found.doc


@pytest.mark.parametrize("line", ["", "nonsense", "ping 5 ", '{"mute": {'])
def test_nothing_to_say(line: str) -> None:
    assert signature(line, len(line)) is None


def test_deprecated_is_told() -> None:
    found = signature("add_track stereo=", 17)
    assert found is not None
    assert found.deprecated


def test_responses_have_signatures_too() -> None:
    found = signature("speakers_changed speakers.0.level=", 34, direction=TO_CLIENT)
    assert found is not None
    assert found.type == "float"


@given(envelopes(), st.data())
def test_every_place_of_every_line_has_an_answer(sent: tuple[Direction, Any], data: st.DataObject) -> None:
    direction, envelope = sent
    line = format_request(envelope, direction)
    cursor = data.draw(st.integers(-1, len(line) + 1))
    signature(line, cursor, direction=direction)
    signature(line[: max(cursor, 0)], cursor, direction=direction)
