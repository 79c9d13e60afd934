"""Values that must not be in a file: hidden in any text and any form, and nothing else is touched."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Encoding, Message
from lksig.wire.known_values import MIN_VALUE, KnownValues, forms
from lksig.wire.places import put_placeholders
from tests.support.messages import envelopes, varint

KEY = b"k" * 16
VALUE = 'a-long/secret+value="é"'
PLAIN = "APIsecret0123456789"


def known(*values: str) -> KnownValues:
    return KnownValues(KEY, values)


def decode(raw: bytes, direction: Direction = TO_SERVER, encoding: Encoding = "protobuf") -> Message:
    return decode_frame(raw, direction=direction, encoding=encoding, t_ns=0, by="user")


def test_how_a_value_may_be_written() -> None:
    found = {form.name: form.text for form in forms(PLAIN)}
    assert found["as it is"] == PLAIN
    hexes = {form.text for form in forms(PLAIN) if form.name == "hex"}
    assert {PLAIN.encode().hex(), PLAIN.encode().hex().upper(), PLAIN.encode().hex(":")} < hexes
    assert "+ for blanks" not in found
    assert {form.text for form in forms("a b/c") if form.name == "+ for blanks"} == {"a+b%2Fc", "a+b/c"}
    for before in range(3):
        encoded = base64.b64encode(b"\xff" * before + PLAIN.encode() + b"\xff").decode()
        assert any(form.text in encoded for form in forms(PLAIN) if form.name == "base64")
    texts = [form.text for form in forms(VALUE)]
    assert VALUE in texts
    assert VALUE.encode().decode("latin-1") in texts
    assert 'a-long/secret+value=\\"\\u00e9\\"' in texts
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("form", forms(PLAIN), ids=lambda form: form.name)
def test_texts(form: Any) -> None:
    crossed = "x" * len(form.text)
    assert known(PLAIN).scrub(f"<{form.text}|{form.text}>") == f"<{crossed}|{crossed}>"
    assert known(PLAIN).url(f"/rtc?key={form.text}") == f"/rtc?key={crossed}"


def test_short_values_are_passed_over() -> None:
    short = "x1" * (MIN_VALUE // 2 - 1)
    assert known(short).scrub(f"it is {short}") == f"it is {short}"


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
def test_fields_of_all_kinds(encoding: Encoding) -> None:
    metadata = {"metadata": f"is {VALUE}", "name": "Ann", "attributes": {VALUE: "key", "k": f"{VALUE}!"}}
    message = decode(encode_frame(envelope_class(TO_SERVER)(update_metadata=metadata), encoding), TO_SERVER, encoding)
    done = known(VALUE).overwrite(message)
    assert len(done.raw) == len(message.raw)
    assert not any(form.text.encode("latin-1", "replace") in done.raw for form in forms(VALUE))
    again = decode(done.raw, TO_SERVER, encoding)
    put_placeholders(again, done.places)
    shown: Any = again.envelope
    placeholder = known().placeholder(VALUE)
    assert shown.update_metadata.metadata == f"is {placeholder}"
    assert shown.update_metadata.name == "Ann"
    assert shown.update_metadata.attributes["k"] == f"{placeholder}!"
    assert set(shown.update_metadata.attributes) == {"k", placeholder}


def test_bytes_that_hold_a_value_are_hidden_as_a_whole() -> None:
    def contents(data: bytes) -> Any:
        blob = {"key": {"generic": PLAIN}, "contents": data}
        message = decode(encode_frame(envelope_class(TO_SERVER)(store_data_blob_request={"blob": blob})))
        done = known(PLAIN).overwrite(message)
        again: Any = decode(done.raw).envelope
        return again.store_data_blob_request.blob.contents

    assert contents(b"\x00" + PLAIN.encode()) == b"x" * (len(PLAIN) + 1)
    assert contents(b"\x00 other") == b"\x00 other"


def test_unknown_fields_and_frames_that_do_not_decode() -> None:
    unknown = varint(99 << 3 | 2) + varint(len(PLAIN)) + PLAIN.encode()
    assert known(PLAIN).overwrite(decode(unknown)).raw == unknown.replace(PLAIN.encode(), b"x" * len(PLAIN))
    broken = b"\xff" + PLAIN.encode()
    assert known(PLAIN).overwrite(decode(broken)).raw == b"\xff" + b"x" * len(PLAIN)
    assert known(PLAIN).overwrite(decode(b"\xff{", encoding="json")).raw == b"\xff{"


def test_frames_without_a_value_are_let_through() -> None:
    raw = encode_frame(envelope_class(TO_CLIENT)(refresh_token="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln"))
    assert known(PLAIN).overwrite(decode(raw, TO_CLIENT)) == (raw, ())


@given(envelopes(TO_SERVER), st.sampled_from(forms(PLAIN)), st.booleans())
def test_no_form_is_left_in_any_frame(made: tuple[Direction, Any], form: Any, as_text: bool) -> None:
    _, envelope = made
    envelope.update_metadata.metadata = f"-{form.text}-"
    encoding: Encoding = "json" if as_text else "protobuf"
    message = decode(encode_frame(envelope, encoding), TO_SERVER, encoding)
    done = known(PLAIN).overwrite(message)
    assert len(done.raw) == len(message.raw)
    assert not any(one.text.encode() in done.raw for one in forms(PLAIN))
    assert decode(done.raw, TO_SERVER, encoding).case == message.case
    assert known(PLAIN).overwrite(decode(done.raw, TO_SERVER, encoding)).raw == done.raw
