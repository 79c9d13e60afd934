"""The `message` of a JSON line against protobuf's own JSON, and what must hold beyond it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class, message_class
from lksig.wire import json_text
from lksig.wire.json_text import iter_message_text, message_text, message_text_and_unknown
from lksig.wire.redaction import Secrets
from tests.support.messages import envelopes

SHOW = Secrets(b"k" * 16, show=True)
HIDE = Secrets(b"k" * 16)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


def complete(message: Any) -> dict[str, Any]:
    """Protobuf's own JSON with every default printed."""
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def restricted(message: Any, printed: dict[str, Any]) -> dict[str, Any]:
    """The same without the unset fields, but for enums and booleans."""
    kept = {}
    set_fields = {field.name for field, _ in message.ListFields()}
    for field in message.DESCRIPTOR.fields:
        speaks_unset = not field.is_repeated and field.type in (field.TYPE_ENUM, field.TYPE_BOOL)
        if field.name not in printed or (field.name not in set_fields and not speaks_unset):
            continue
        value, inner = printed[field.name], getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                value = {str(key): restricted(inner[key], value[str(key)]) for key in inner}
        elif field.message_type is not None:
            value = (
                [restricted(one, text) for one, text in zip(inner, value, strict=True)]
                if field.is_repeated
                else restricted(inner, value)
            )
        kept[field.name] = value
    return kept


@given(envelopes(unknown=True))
def test_the_text_is_protobufs_own_json_as_far_as_it_is_printed(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    assert json.loads(message_text(envelope, SHOW)) == restricted(envelope, complete(envelope))
    assert json.loads(message_text(envelope, SHOW, defaults=True)) == complete(envelope)


@given(envelopes())
def test_the_text_is_ascii_in_one_line_and_parses_back(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    text = message_text(envelope, SHOW)
    assert text.isascii()
    assert text.isprintable()
    again = json_format.Parse(text, type(envelope)())
    assert again.SerializeToString(deterministic=True) == envelope.SerializeToString(deterministic=True)


@given(envelopes(unknown=True))
def test_the_text_is_compact_with_fields_by_number_and_keys_sorted(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    text = message_text(envelope, HIDE)
    parsed = json.loads(text)
    # Python's writer may spell a float another way only where a float is no shortest one: compare the rest as text.
    assert json.dumps(parsed, separators=(",", ":")) == text
    in_order(envelope, parsed)


def in_order(message: Any, parsed: dict[str, Any]) -> None:
    numbers = {field.name: field.number for field in message.DESCRIPTOR.fields}
    assert [numbers[name] for name in parsed] == sorted(numbers[name] for name in parsed)
    for field, inner in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if all(isinstance(key, int) for key in inner):
                assert list(parsed[field.name]) == [str(key) for key in sorted(inner)]
        elif field.is_repeated:
            for one, text in zip(inner, parsed[field.name], strict=True):
                in_order(one, text)
        else:
            in_order(inner, parsed[field.name])


def test_unset_enums_and_booleans_are_there_and_oneof_arms_are_not() -> None:
    response = envelope_class(TO_CLIENT)()
    response.leave.SetInParent()
    assert message_text(response, HIDE) == (
        '{"leave":{"can_reconnect":false,"reason":"UNKNOWN_REASON","action":"DISCONNECT"}}'
    )
    request = envelope_class(TO_SERVER)()
    request.simulate.SetInParent()
    assert message_text(request, HIDE) == '{"simulate":{}}'
    request.simulate.migration = False
    assert message_text(request, HIDE) == '{"simulate":{"migration":false}}'
    request.publish_data_track_request.SetInParent()
    assert message_text(request, HIDE, defaults=True) == (
        '{"publish_data_track_request":{"pub_handle":0,"name":"","encryption":"NONE"}}'
    )
    assert message_text(envelope_class(TO_CLIENT)(), HIDE) == "{}"


def test_numbers() -> None:
    response = envelope_class(TO_CLIENT)()
    response.update.participants.add(joined_at=-(2**63), version=2**32 - 1, state=77)
    text = message_text(response, HIDE)
    assert '"state":77,"joined_at":"-9223372036854775808","version":4294967295' in text
    response.speakers_changed.speakers.add(level=0.1)
    response.speakers_changed.speakers.add(level=float("nan"))
    response.speakers_changed.speakers.add(level=16777216.0)
    levels = [speaker["level"] for speaker in json.loads(message_text(response, HIDE))["speakers_changed"]["speakers"]]
    assert levels == [0.1, "NaN", 16777216.0]


def test_unknown_fields_are_noticed_on_every_level() -> None:
    clean = envelope_class(TO_CLIENT)()
    clean.update.participants.add().permission.can_publish = True
    assert message_text_and_unknown(clean, HIDE)[1] is False
    clean.update.participants[0].permission.MergeFromString(b"\xf8\x07\x01")
    assert message_text_and_unknown(clean, HIDE)[1] is True
    assert message_text_and_unknown(envelope_class(TO_CLIENT).FromString(b"\xf8\x07\x01"), HIDE) == ("{}", True)


def test_secrets_are_hidden_in_the_same_pass_and_shown_on_request() -> None:
    response = envelope_class(TO_CLIENT)()
    join = response.join
    join.room.turn_password = "turn-password-1"
    join.ice_servers.add(username="user", credential="credential-1")
    join.sif_trailer = b"trailer-bytes"
    join.participant.metadata = f"see {JWT}"
    join.participant.attributes[JWT] = "key"
    shown = message_text(response, SHOW)
    hidden = message_text(response, HIDE)
    for secret in ("turn-password-1", "credential-1", "dHJhaWxlci1ieXRlcw==", JWT):
        assert secret in shown
        assert secret not in hidden
    assert '"username":"user"' in hidden
    parsed = json_format.Parse(hidden, envelope_class(TO_CLIENT)())
    assert parsed.join.sif_trailer == HIDE.placeholder(b"trailer-bytes").encode()
    assert parsed.join.participant.metadata == f"see {HIDE.placeholder(JWT, 'jwt')}"
    assert list(parsed.join.participant.attributes) == [HIDE.placeholder(JWT, "jwt")]


@given(envelopes())
def test_hiding_again_changes_nothing(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    hidden = message_text(envelope, HIDE)
    again = json_format.Parse(hidden, type(envelope)())
    assert message_text(again, Secrets(b"another run's key")) == hidden


@given(envelopes(TO_CLIENT))
def test_pieces_are_the_text(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    limit = json_text.LARGE_BYTES
    try:
        json_text.LARGE_BYTES = 8
        for defaults in (False, True):
            pieces = "".join(iter_message_text(envelope, HIDE, defaults=defaults))
            assert pieces == message_text(envelope, HIDE, defaults=defaults)
    finally:
        json_text.LARGE_BYTES = limit


def test_a_large_message_comes_in_pieces_and_a_small_one_in_one() -> None:
    response = envelope_class(TO_CLIENT)()
    for number in range(5000):
        response.update.participants.add(sid=f"PA_{number}", identity=f"user-{number}", metadata="m" * 40)
    assert response.ByteSize() > json_text.LARGE_BYTES
    pieces = list(iter_message_text(response, HIDE))
    assert max(map(len, pieces)) < 64 * 500
    assert "".join(pieces) == message_text(response, HIDE)
    response.pong = 1
    assert list(iter_message_text(response, HIDE)) == ['{"pong":"1"}']


def test_pieces_hide_tokens_too() -> None:
    response = envelope_class(TO_CLIENT)()
    for _ in range(3000):
        response.update.participants.add(metadata=f"{JWT} {'m' * 100}")
    assert JWT not in "".join(iter_message_text(response, HIDE))
    assert JWT in "".join(iter_message_text(response, SHOW))


@pytest.mark.parametrize("text", ["\x0eyJhbGciOiJIUzI1NiJ9.e.c", "\\u000eyJhbGciOiJIUzI1NiJ9.e.c", '"\\"' + JWT])
def test_hiding_leaves_json_whole(text: str) -> None:
    response = envelope_class(TO_CLIENT)()
    response.request_response.message = text
    parsed = json.loads(message_text(response, HIDE))
    assert parsed["request_response"]["message"] == HIDE.tokens(text)


def test_every_process_prints_the_same_bytes() -> None:
    script = (
        "from lksig.schema.pool import TO_CLIENT, envelope_class\n"
        "from lksig.wire.json_text import message_text\n"
        "from lksig.wire.redaction import Secrets\n"
        "m = envelope_class(TO_CLIENT)()\n"
        "p = m.update.participants.add()\n"
        "for n in range(40): p.attributes[f'k{n}'] = 'v'\n"
        "for n in range(40): m.data_track_subscriber_handles.sub_handles[n].track_sid = 'x'\n"
        "print(message_text(m, Secrets(b'k' * 16)))\n"
    )
    runs = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
        for _ in range(3)
    }
    assert len(runs) == 1


def test_every_message_of_the_schema_can_be_written() -> None:
    for name in ("JoinRequest", "ClientInfo", "RegionSettings", "WrappedJoinRequest"):
        message = message_class(name)()
        assert json.loads(message_text(message, HIDE, defaults=True)) == complete(message)


def test_a_text_frame_has_camel_case_and_what_is_set() -> None:
    request = envelope_class(TO_SERVER)()
    request.add_track.simulcast_codecs.add(video_layer_mode=1)
    request.add_track.cid = "é"
    assert json_text.protojson(request) == (
        '{"addTrack":{"cid":"\\u00e9","simulcastCodecs":[{"videoLayerMode":"ONE_SPATIAL_LAYER_PER_STREAM"}]}}'
    )
