"""Suggestions for paths: fields that can still be set, indices, keys."""

from __future__ import annotations

import pytest

from lksig.schema.half_typed import half_typed
from lksig.schema.lexer import Span
from lksig.schema.suggest_paths import path_items, tail_of
from lksig.schema.suggestions import Suggestion
from tests.support.typing import ROOM, split_cursor


def items(line: str) -> list[Suggestion]:
    """The items behind the last separator of the last word."""
    text, cursor = split_cursor(line)
    place = half_typed(text, cursor, cursor)
    assert place.case is not None
    assert place.case.message_type is not None
    tail = tail_of(place.word, place.case.message_type)
    return path_items(place, tail, place.case.message_type, ROOM) if tail is not None else []


def offered(line: str) -> list[str]:
    return [item.text for item in items(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mute ", ["sid=", "muted="]),
        ("mute sid=x ", ["muted="]),
        ("update_metadata ", ["metadata=", "name=", "attributes.", "request_id="]),
        ("subscription ", ["track_sids+=", "subscribe=", "participant_tracks.0."]),
        ("subscription participant_tracks.", [".0."]),
        ("subscription participant_tracks.0.", ["participant_sid=", "track_sids+="]),
        ("subscription participant_tracks.0.participant_sid=x participant_tracks.", [".0.", ".1."]),
        ("update_layers layers.0.quality=LOW ", ["track_sid=", "layers.0.", "layers.1."]),
        ("update_layers layers[", [".0."]),
        ("update_layers layers.2.", []),
        ("add_track simulcast_codecs.2.", []),
        ("subscription track_sids+=a track_sids.", [".1="]),
        ("store_data_blob_request blob.key.", ["generic=", "schema_id."]),
        ("store_data_blob_request blob.key.generic=k blob.", ["contents="]),
        ("get_data_blob_request key.generic=k ", ["participant_identity=", "request_id="]),
        ("simulate migration=true ", []),
        ("update_metadata attributes.", [".mood=", ".lk.mood=", '["a=b"]=']),
        ("update_metadata attributes[", ['["mood"]=', '["lk.mood"]=', '["a=b"]=']),
        ("update_metadata attributes.mood=x attributes.lk.m", [".lk.mood=", '["a=b"]=']),
        ("offer mid_to_track_id.0=x mid_to_track_id.", []),
        ("mute sid.", []),
        ("mute sid[", []),
        ("mute nothing.", []),
        ("store_data_blob_request blob[", []),
    ],
)
def test_paths_go_on_as_far_as_something_can_be_set(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_old_fields_come_last_and_say_so() -> None:
    last = items("add_track ")[-1]
    assert last.meaning.startswith("Deprecated ")


def test_elements_say_whether_they_are_new() -> None:
    told = {item.label: item.meaning for item in items("update_layers layers.0.quality=LOW layers.")}
    assert told == {"0": "already there", "1": "one more element"}


def test_a_path_with_more_separators_than_anything_has_ends_somewhere() -> None:
    word = "x" + "." * 5000
    assert tail_of(Span(word, 0, len(word)), half_typed("mute ", 5, 5).cases["mute"].message_type) is None  # type: ignore[arg-type]


def test_numbers_as_keys_of_a_response() -> None:
    from lksig.schema.pool import TO_CLIENT

    text = "data_track_subscriber_handles sub_handles.7.track_sid=x sub_handles."
    place = half_typed(text, len(text), len(text), TO_CLIENT)
    assert place.case is not None
    message = place.case.message_type
    assert message is not None
    tail = tail_of(place.word, message)
    assert tail is not None
    assert [item.text for item in path_items(place, tail, message, ROOM)] == [".7."]
