"""Messages as text that can be typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.grammar import parse_line
from lksig.schema.lexer import json_string, split_line
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class, message_class
from lksig.schema.typed_text import assignments, format_key, format_request, format_text, quoted
from tests.support.messages import envelopes
from tests.support.typed import FakeInputs, canonical


def request(**cases: Any) -> str:
    return format_request(envelope_class(TO_SERVER)(**cases), TO_SERVER)


def response(**cases: Any) -> str:
    return format_request(envelope_class(TO_CLIENT)(**cases), TO_CLIENT)


def test_fields_stand_in_the_order_of_their_numbers() -> None:
    body = {"muted": True, "sid": "TR_x"}
    assert request(mute=body) == "mute sid=TR_x muted=true"
    layers = [{"quality": 2, "width": 1280}, {}]
    text = (
        "add_track cid=c type=VIDEO layers.0.quality=HIGH layers.0.width=1280 layers.1= audio_features=[TF_STEREO,77]"
    )
    assert request(add_track={"audio_features": [0, 77], "layers": layers, "type": 1, "cid": "c"}) == text


def test_what_has_presence_is_written_even_when_it_is_empty() -> None:
    assert request(leave={}) == "leave"
    assert request(store_data_blob_request={"blob": {}}) == "store_data_blob_request blob="
    assert request(simulate={"node_failure": False}) == "simulate node_failure=false"
    assert request(simulate={"switch_candidate_protocol": 0}) == "simulate switch_candidate_protocol=UDP"
    text = "get_data_blob_request key.generic="
    assert request(get_data_blob_request={"key": {"generic": ""}}) == text


def test_maps_are_sorted_by_key() -> None:
    attributes = {"b": "", "a": "x y", "lk.mood": "ok", "a=b": "c", "": "d"}
    text = 'update_metadata attributes[""]=d attributes.a="x y" attributes["a=b"]=c attributes.b= attributes.lk.mood=ok'
    assert request(update_metadata={"attributes": attributes}) == text
    handles: dict[int, dict[str, str]] = {8: {}, 7: {"track_sid": "DTR_x"}}
    text = "data_track_subscriber_handles sub_handles.7.track_sid=DTR_x sub_handles.8="
    assert response(data_track_subscriber_handles={"sub_handles": handles}) == text


def test_bare_values_stand_behind_their_case() -> None:
    assert request(ping=0) == "ping 0"
    assert response(pong=-5) == "pong -5"
    assert response(refresh_token="abc") == "refresh_token abc"
    assert response(refresh_token="") == 'refresh_token ""'
    assert response(refresh_token="mute") == 'refresh_token "mute"'
    assert response(refresh_token="{}") == 'refresh_token "{}"'


def test_bytes_and_floats_are_written_short() -> None:
    assert request(store_data_blob_request={"blob": {"contents": b"\x00"}}).endswith("blob.contents=hex:00")
    assert request(store_data_blob_request={"blob": {"contents": b""}}).endswith("blob=")
    text = "speakers_changed speakers.0.level=0.1"
    assert response(speakers_changed={"speakers": [{"level": 0.1}]}) == text


def test_an_empty_envelope_has_no_text() -> None:
    assert request() == ""
    assert request().split() == []


def test_a_view_writes_scalars_its_own_way() -> None:
    envelope = envelope_class(TO_CLIENT)(refresh_token="secret")
    assert format_request(envelope, TO_CLIENT, lambda field, value: "[jwt]") == "refresh_token [jwt]"
    envelope = envelope_class(TO_SERVER)(update_metadata={"name": "a", "attributes": {"k": "v"}}, mute={"sid": "x"})
    assert format_request(envelope, TO_SERVER, lambda field, value: field.name.upper()) == "mute sid=SID"
    message = message_class("UpdateTrackSettings")(track_sids=["a", "b"])
    assert list(assignments(message, write=lambda field, value: f"<{value!r}>")) == ["track_sids=[<'a'>,<'b'>]"]


def test_the_words_of_a_part_carry_its_path() -> None:
    message = message_class("VideoLayer")(rid="q", width=3)
    assert list(assignments(message, "layers.0.")) == ["layers.0.width=3", "layers.0.rid=q"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("TR_x", "TR_x"),
        ("a=b", "a=b"),
        ("a@b%c", "a@b%c"),
        ("é😀", "é😀"),
        ("-5", "-5"),
        ("", '""'),
        ("Ann B.", '"Ann B."'),
        ("a\nb", r'"a\nb"'),
        ('say "hi"', r'"say \"hi\""'),
        ("it's", '"it\'s"'),
        ("%self", '"%self"'),
        ("@file", '"@file"'),
        ("=x", '"=x"'),
        ("{}", '"{}"'),
        ("[a", '"[a"'),
        ("a,b", '"a,b"'),
        ("\x1b[31m", r'"\u001b[31m"'),
        ("a\x7fb", r'"a\u007fb"'),
        ("\u202eevil", r'"\u202eevil"'),
        ("a\u2028b", r'"a\u2028b"'),
        ("a\u00a0b", r'"a\u00a0b"'),
        ("\U000e0041", r'"\udb40\udc41"'),
    ],
)
def test_text_is_plain_where_it_can_be(text: str, word: str) -> None:
    assert format_text(text) == word
    assert word == text or json_string(word) == text


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("lk.mood", ".lk.mood"),
        ("a-b:c/d@e", ".a-b:c/d@e"),
        (7, ".7"),
        ("é", ".é"),
        ("", '[""]'),
        (".a", '[".a"]'),
        ("a=b", '["a=b"]'),
        ("a+", '["a+"]'),
        ("a b", '["a b"]'),
        ("a[0]", '["a[0]"]'),
        ("a\u202eb", r'["a\u202eb"]'),
    ],
)
def test_keys_are_dotted_where_they_can_be(key: Any, written: str) -> None:
    assert format_key(key) == written


@given(st.text())
def test_quoted_text_is_visible_and_means_itself(text: str) -> None:
    written = quoted(text)
    assert json_string(written) == text
    assert written.isprintable()
    assert len(split_line(f"x={written}")) == 1


@given(envelopes())
def test_a_line_is_one_line_and_reads_back(given: tuple[Direction, Any]) -> None:
    direction, envelope = given
    text = format_request(envelope, direction)
    assert not any(char in text for char in "\n\r\x1b\u202e\u2028")
    (typed,) = parse_line(text, FakeInputs(), direction=direction)
    assert canonical(typed.build()) == canonical(envelope)
    assert format_request(typed.build(), direction) == text
