from __future__ import annotations

import base64
import contextlib
import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.pool import message_class
from lksig.wire.join_request import (
    MAX_JOIN_REQUEST_BYTES,
    Compression,
    JoinRequestError,
    decode_join_request,
    encode_join_request,
)

LONG = "x" * 400


def join_request(**fields: Any) -> Any:
    return message_class("JoinRequest")(**fields)


def wrapped(content: bytes, compression: int = 0) -> str:
    """A parameter made by hand."""
    message = message_class("WrappedJoinRequest")(compression=compression, join_request=content)
    return base64.urlsafe_b64encode(message.SerializeToString()).decode()


def refusal(text: str, *, strict: bool = False) -> JoinRequestError:
    with pytest.raises(JoinRequestError) as caught:
        decode_join_request(text, strict=strict)
    return caught.value


def test_the_bytes_of_a_go_client_are_read() -> None:
    # Made by Go's gzip: another system byte and another compressor than ours.
    inner = join_request(metadata=LONG, client_info={"protocol": 16})
    param = decode_join_request(wrapped(gzip.compress(inner.SerializeToString(), mtime=5), 1))
    assert param.join_request == inner
    assert (param.compression, param.inner_bytes, param.deviations) == ("GZIP", inner.ByteSize(), ())
    assert param.wrapped_bytes < param.inner_bytes


@given(st.text(), st.sampled_from(["auto", "gzip", "none"]), st.booleans())
def test_what_was_encoded_is_decoded_again(metadata: str, compression: Compression, settings: bool) -> None:
    message = join_request(metadata=metadata)
    if settings or (compression == "none" and not metadata):
        message.connection_settings.SetInParent()
    text = encode_join_request(message, compression)
    param = decode_join_request(text, strict=True)
    assert param.join_request == message
    assert param.text == text
    if compression != "auto":
        assert param.compression == compression.upper()


def test_auto_takes_the_shorter_form() -> None:
    short, long = join_request(metadata="x"), join_request(metadata=LONG)
    assert encode_join_request(short) == encode_join_request(short, "none")
    assert encode_join_request(long) == encode_join_request(long, "gzip")
    assert len(encode_join_request(long)) < len(encode_join_request(long, "none"))


def test_the_same_bytes_every_time_and_everywhere() -> None:
    message = join_request(participant_attributes=dict.fromkeys("zyxwabc", "v"), metadata=LONG)
    assert encode_join_request(message) == encode_join_request(message)
    param = base64.urlsafe_b64decode(encode_join_request(message, "gzip"))
    inner = message_class("WrappedJoinRequest").FromString(param).join_request
    # No time, no name, unknown system. Source: RFC 1952.
    assert inner[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    assert gzip.decompress(inner) == message.SerializeToString(deterministic=True)


def test_an_empty_join_request_needs_gzip() -> None:
    assert decode_join_request(encode_join_request(join_request())).compression == "GZIP"
    with pytest.raises(InputError, match="completely default"):
        encode_join_request(join_request(), "none")


@pytest.mark.parametrize(
    ("change", "deviations"),
    [
        (lambda text: text.rstrip("="), ("its padding (`=`) is not complete",)),
        (lambda text: text + "==", ("its padding (`=`) is not complete",)),
        (
            lambda text: text.replace("-", "+").replace("_", "/"),
            ("it uses the standard alphabet (`+` and `/`), not the URL-safe one",),
        ),
        (
            lambda text: text.replace("-", " ").replace("_", "%2F"),
            ("it uses the standard alphabet (`+` and `/`), not the URL-safe one",),
        ),
        (lambda text: text.replace("=", "%3D"), ()),
        (lambda text: f"  {text[:8]}\r\n{text[8:]}\n", ()),
    ],
)
def test_lenient_reading_says_what_the_server_would_not_take(change: Any, deviations: tuple[str, ...]) -> None:
    message = join_request(metadata="\u07ff\u07ff>>>???\u0fff")
    text = encode_join_request(message, "none")
    assert "-" in text
    assert "_" in text
    assert text.endswith("=")
    param = decode_join_request(change(text))
    assert (param.join_request, param.deviations) == (message, deviations)
    if deviations:
        assert refusal(change(text), strict=True).answer == "cannot base64 decode wrapped join request"


@pytest.mark.parametrize(
    ("text", "code", "answer"),
    [
        ("", "join-request-empty", "join_request is required"),
        ("===", "join-request-base64", "cannot base64 decode wrapped join request"),
        (" \n", "join-request-empty", "join_request is required"),
        ("a", "join-request-base64", "cannot base64 decode wrapped join request"),
        ("ab!d", "join-request-base64", "cannot base64 decode wrapped join request"),
        ("äöü", "join-request-base64", "cannot base64 decode wrapped join request"),
        ("____", "join-request-wrapper", "cannot unmarshal wrapped join request"),
        (wrapped(b"\xff"), "join-request-inner", "cannot unmarshal join request"),
        (wrapped(b"", 1), "join-request-gzip", "cannot read decompressed join request"),
        (wrapped(b"nope", 1), "join-request-gzip", "cannot read decompressed join request"),
        (wrapped(gzip.compress(b"")[:-3], 1), "join-request-gzip", "cannot read decompressed join request"),
        (wrapped(gzip.compress(b"") + b"xx", 1), "join-request-gzip", "cannot read decompressed join request"),
        (wrapped(bytes(MAX_JOIN_REQUEST_BYTES + 1)), "join-request-too-large", "join request too large"),
        (wrapped(gzip.compress(bytes(1 << 26)), 1), "join-request-too-large", "join request too large"),
    ],
)
def test_each_refusal_of_the_server(text: str, code: str, answer: str) -> None:
    error = refusal(text)
    assert (error.code, error.answer) == (code, answer)


def test_an_unknown_compression_is_an_empty_join_request_as_on_the_server() -> None:
    param = decode_join_request(wrapped(b"\xff\xff", 7))
    assert (param.compression, param.inner_bytes, param.join_request) == ("7", 0, join_request())


def test_repr_shows_sizes_only() -> None:
    param = decode_join_request(encode_join_request(join_request(metadata="secret"), "none"))
    assert repr(param) == "JoinRequestParam(NONE, 8 of 8 bytes)"


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(JoinRequestError):
        assert decode_join_request(text).inner_bytes <= MAX_JOIN_REQUEST_BYTES
