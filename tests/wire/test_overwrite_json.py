"""Text frames without their secrets: same length, still the same JSON, and every view prints the same."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, message_class
from lksig.wire.codec import decode_frame, encode_frame, unknown_fields
from lksig.wire.events import Message
from lksig.wire.json_text import message_text
from lksig.wire.overwrite import Overwritten
from lksig.wire.overwrite_json import overwrite_text
from lksig.wire.places import put_placeholders
from lksig.wire.redaction import Secrets
from lksig.wire.unknown import unknown_text
from tests.support.messages import envelopes

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
HIDDEN_JWT = "x" * len(JWT)
KEY = b"k" * 16
DESCRIPTORS: dict[Direction, Any] = {
    TO_SERVER: message_class("SignalRequest").DESCRIPTOR,
    TO_CLIENT: message_class("SignalResponse").DESCRIPTOR,
}


def decode(raw: bytes, direction: Direction) -> Message:
    return decode_frame(raw, direction=direction, encoding="json", t_ns=0, by="server")


def overwrite(text: str, direction: Direction = TO_CLIENT) -> Overwritten:
    return overwrite_text(text.encode(), DESCRIPTORS[direction], Secrets(KEY))


@given(envelopes(), st.booleans(), st.booleans())
def test_views_of_the_overwritten_frame_print_what_views_of_the_original_print(
    made: tuple[Direction, Any], ascii_only: bool, snake: bool
) -> None:
    direction, envelope = made
    text = message_text(envelope, Secrets(KEY, show=True)) if snake else encode_frame(envelope, "json").decode()
    raw = json.dumps(json.loads(text), ensure_ascii=ascii_only).encode()
    secrets = Secrets(KEY)
    message = decode(raw, direction)
    assert message.envelope is not None
    printed = message_text(message.envelope, secrets)
    done = secrets.overwrite(message)
    assert len(done.raw) == len(raw)
    again = decode(done.raw, direction)
    assert (again.error, again.case) == (None, message.case)
    put_placeholders(again, done.places)
    assert again.envelope is not None
    assert message_text(again.envelope, Secrets(b"another key")) == printed
    assert Secrets(b"another key").overwrite(decode(done.raw, direction)).raw == done.raw


@pytest.mark.parametrize("name", ["refreshToken", "refresh_token"])
def test_a_secret_field_in_both_spellings(name: str) -> None:
    done = overwrite(f'{{"{name}" : "{JWT}"}}')
    assert done == (
        f'{{"{name}" : "{HIDDEN_JWT}"}}'.encode(),
        (("refresh_token", Secrets(KEY).placeholder(JWT, "jwt")),),
    )


def test_no_escape_hides_a_secret() -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in JWT)
    done = overwrite(f'{{"requestResponse":{{"message":"é {escaped}\\n"}}}}')
    assert done.raw.decode() == f'{{"requestResponse":{{"message":"é {"x" * len(escaped)}\\n"}}}}'
    place = f"request_response.message[2:{2 + len(escaped)}]"
    assert done.places == ((place, Secrets(KEY).placeholder(JWT, "jwt")),)
    candidate = json.dumps({"candidate": "c ufrag aB+/longer", "usernameFragment": "aB+/longer"})
    done = overwrite(json.dumps({"trickle": {"candidateInit": candidate}}))
    assert b"longer" not in done.raw
    assert json.loads(json.loads(done.raw)["trickle"]["candidateInit"])["candidate"].startswith("c ufrag ")
    assert len(done.places) == 2


@pytest.mark.parametrize("written", ["dHJhaWxlci0_", "dHJhaWxlci0/", "dHJhaWxlci0_MQ", "dHJhaWxlci0/MQ=="])
def test_secret_bytes_stay_base64(written: str) -> None:
    content = base64.b64decode(written.replace("_", "/") + "==")
    done = overwrite(json.dumps({"join": {"sifTrailer": written}}))
    assert done.places == (("join.sif_trailer", Secrets(KEY).placeholder(content)),)
    assert decode(done.raw, TO_CLIENT).envelope.join.sif_trailer == b"x" * len(content)  # type: ignore[union-attr]
    assert overwrite(done.raw.decode()) == (done.raw, ())


def test_places_have_the_names_of_the_proto_file() -> None:
    secrets = Secrets(KEY)
    other = {"participants": [{"attributes": {"a.b": JWT, JWT: "x"}}, {"metadata": JWT}]}
    done = overwrite(json.dumps({"update": other}))
    token, size = secrets.placeholder(JWT, "jwt"), len(JWT)
    key = f'"{token[5:13]}{"x" * (size - 8)}"'
    assert done.places == (
        (f'update.participants.0.attributes["a.b"][0:{size}]', token),
        (f"update.participants.0.attributes[{key}]@key[0:{size}]", token),
        (f"update.participants.1.metadata[0:{size}]", token),
    )
    handles = {"dataTrackSubscriberHandles": {"subHandles": {"7": {"publisherIdentity": JWT}}}}
    path = f"data_track_subscriber_handles.sub_handles[7].publisher_identity[0:{size}]"
    assert overwrite(json.dumps(handles)).places == ((path, token),)
    sids = {"subscription": {"trackSids": ["a", JWT]}}
    assert overwrite(json.dumps(sids), TO_SERVER).places == ((f"subscription.track_sids.1[0:{size}]", token),)


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    done = overwrite(f'{{"updateMetadata":{{"name":"{JWT}","name":"b"}}}}', TO_SERVER)
    assert (JWT.encode() in done.raw, done.places) == (False, ())


@pytest.mark.parametrize(
    "text",
    [
        '{"future":"T"}',
        '{"T":1}',
        '{"offer":{"T":{"deep":["T"]}}}',
        '{"addTrack":{"type":"T","layers":[{"rid":{"T":"T"}}]}}',
        '{"mute":{"sid":{"T":"T"}}}',
        '["T",{"a":"T"}]',
        '"T"',
    ],
)
def test_what_the_schema_does_not_know_is_scrubbed(text: str) -> None:
    done = overwrite(text.replace("T", JWT) if '"type"' not in text else text.replace('"T"', f'"{JWT}"'), TO_SERVER)
    assert JWT.encode() not in done.raw
    assert HIDDEN_JWT.encode() in done.raw


def test_unknown_keys_print_the_same_from_the_overwritten_frame() -> None:
    raw = json.dumps({"mute": {"new": f"a {JWT}", JWT: 1}}).encode()
    secrets = Secrets(KEY)
    message = decode(raw, TO_SERVER)
    again = decode(secrets.overwrite(message).raw, TO_SERVER)
    printed = unknown_text(unknown_fields(message), secrets)
    assert unknown_text(unknown_fields(again), secrets) == printed
    assert JWT not in printed


@pytest.mark.parametrize(
    ("raw", "hidden"),
    [
        (b'{"refreshToken":"not-a-jwt-tok', b'{"refreshToken":"xxxxxxxxxxxxx'),
        (b'{"refreshToken":bare-token}', b'{"refreshToken":xxxxxxxxxx}'),
        (b'{"refreshToken":null,"x":[', b'{"refreshToken":null,"x":['),
        (b'{"refreshToken":{"a":1', b'{"refreshToken":{"a":1'),
        (b'{"refreshToken":"caf\xe9-secret"}', b'{"refreshToken":"xxx\xe9xxxxxxx"}'),
        (b'{"join":{"sifTrailer":"*not base64*"}}', b'{"join":{"sifTrailer":"xxxxxxxxxxxx"}}'),
        (b'{"join":{"room":{"turnPassword":"pass-word-1"', b'{"join":{"room":{"turnPassword":"xxxxxxxxxxx"'),
        (b'{"offer":{"sdp":"v=0\\r\\na=ice-pwd:0123456789', b'{"offer":{"sdp":"v=0\\r\\na=ice-pwd:xxxxxxxxxx'),
        (b'{"pong":12', b'{"pong":12'),
        (b"\xff" + JWT.encode(), b"\xff" + HIDDEN_JWT.encode()),
    ],
)
def test_a_broken_frame_shows_no_secret(raw: bytes, hidden: bytes) -> None:
    secrets = Secrets(KEY)
    done = secrets.overwrite(decode(raw, TO_CLIENT))
    assert done == (hidden, ())
    assert Secrets(b"another key").overwrite(decode(hidden, TO_CLIENT)).raw == hidden


@given(st.text('{}[]",:\\u0eyJ.abc joinsdp', max_size=60), st.sampled_from([TO_SERVER, TO_CLIENT]))
def test_any_text_keeps_its_length(text: str, direction: Direction) -> None:
    raw = text.encode()
    assert len(Secrets(KEY).overwrite(decode(raw, direction)).raw) == len(raw)
