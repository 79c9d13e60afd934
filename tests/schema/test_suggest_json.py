"""Suggestions inside of JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.lexer import Span
from lksig.schema.paths import fields_by_name
from lksig.schema.pool import descriptor
from lksig.schema.suggest_json import suggest_json, suggest_json_field
from lksig.schema.suggestions import Suggestions
from tests.support.typing import ROOM, texts


def inside(text: str, message: str = "SignalRequest") -> Suggestions:
    return suggest_json(Span(text, 0, len(text)), descriptor(message), ROOM)


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("{", "MuteTrackRequest", ['"sid": ', '"muted": ']),
        ('{"sid": "x", ', "MuteTrackRequest", ['"muted": ']),
        ('{"m', "MuteTrackRequest", ['"muted": ']),
        ('{"muted', "MuteTrackRequest", ['"muted": ']),
        ('{"sid"', "MuteTrackRequest", []),
        ('{"sid" ', "MuteTrackRequest", []),
        ('{"sid": ', "MuteTrackRequest", ['"TR_own"', '"TR_alice"', '"TR odd"']),
        ('{"sid": "TR_o', "MuteTrackRequest", ['"TR_own"']),
        ('{"muted": t', "MuteTrackRequest", ["true"]),
        ('{"sid": "x" ', "MuteTrackRequest", []),
        ('{"sid": "x"}', "MuteTrackRequest", []),
        ('{"sid": "x"} ', "MuteTrackRequest", []),
        ('{"nonsense": 1, "', "MuteTrackRequest", []),
        ('{"mut', "SignalRequest", ['"mute": ']),
        ('{"mute": ', "SignalRequest", ["{"]),
        ('{"mute": {}, "', "SignalRequest", []),
        ('{"add_track": {"layers": ', "SignalRequest", ["["]),
        ('{"add_track": {"layers": [', "SignalRequest", ["{"]),
        ('{"add_track": {"layers": [{"quality": "HI', "SignalRequest", ['"HIGH"']),
        ('{"add_track": {"layers": [{"quality": "HIGH"}, {"qual', "SignalRequest", ['"quality": ']),
        ('{"subscription": {"track_sids": ["TR_al', "SignalRequest", ['"TR_alice"']),
        ('{"update_metadata": {"attributes": ', "SignalRequest", ["{"]),
        ('{"update_metadata": {"attributes": {"lk', "SignalRequest", ['"lk.mood": ']),
        ('{"update_metadata": {"attributes": {"mood": "x", "a', "SignalRequest", ['"a=b": ']),
        ('{"update_metadata": {"attributes": {"mood": ', "SignalRequest", []),
    ],
)
def test_what_can_come_next(text: str, message: str, expected: list[str]) -> None:
    assert texts(inside(text, message)) == expected


def test_the_begun_token_is_replaced_with_its_quote() -> None:
    found = inside('{"sid": "TR_o', "MuteTrackRequest")
    assert (found.start, found.end) == (8, 13)


def test_maps_and_lists_alone() -> None:
    attributes = fields_by_name(descriptor("UpdateParticipantMetadata"))["attributes"]
    text = 'attributes={"mo'
    found = suggest_json_field(Span(text, 11, len(text)), attributes, ROOM)
    assert (found.start, texts(found)) == (12, ['"mood": '])


@given(st.text(st.sampled_from('{}[]",: \\abmute_dsi01'), max_size=40))
def test_any_text_gives_an_answer(text: str) -> None:
    found = inside("{" + text)
    assert 0 <= found.start <= found.end == len(text) + 1
