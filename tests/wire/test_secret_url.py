"""URLs that may be shown."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import message_class
from lksig.wire.join_request import decode_join_request, encode_join_request
from lksig.wire.redaction import Secrets
from lksig.wire.secret_url import hide_in_url

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
SECRETS = Secrets(b"k" * 16)
TOKEN = SECRETS.placeholder(JWT, "jwt")


def hide(text: str) -> str:
    hidden = hide_in_url(text, SECRETS)
    assert hide_in_url(hidden, Secrets(b"another")) == hidden
    return hidden


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            f"ws://h:7880/rtc?access_token={JWT}&auto_subscribe=1",
            f"ws://h:7880/rtc?access_token={TOKEN}&auto_subscribe=1",
        ),
        (f"/rtc/v1?sdk=js&access%5Ftoken={JWT}", f"/rtc/v1?sdk=js&access%5Ftoken={TOKEN}"),
        (f"/rtc?access_token={quote(JWT).replace('.', '%2E')}#x", f"/rtc?access_token={TOKEN}#x"),
        (f"ws://h/{JWT}/rtc?x={JWT}", f"ws://h/{TOKEN}/rtc?x={TOKEN}"),
        ("ws://h/rtc?access_token=&x", "ws://h/rtc?access_token=&x"),
        ("ws://h/rtc?join_request=", "ws://h/rtc?join_request="),
        ("ws://h/rtc?reconnect=1&sid=PA_x", "ws://h/rtc?reconnect=1&sid=PA_x"),
        ("h:7880", "h:7880"),
        ("mailto:a@b", "mailto:a@b"),
    ],
)
def test_tokens(text: str, shown: str) -> None:
    assert hide(text) == shown


@pytest.mark.parametrize(
    ("text", "secret", "shape"),
    [
        ("https://user:pass-word@h/p?q=1@2", "user:pass-word", "https://{}@h/p?q=1@2"),
        ("//only-a-user-name@h/", "only-a-user-name", "//{}@h/"),
        ("ws://h/?access_token=not-a-jwt-at-all", "not-a-jwt-at-all", "ws://h/?access_token={}"),
        ("ws://h/?join_request=!not-base64!", "!not-base64!", "ws://h/?join_request={}"),
    ],
)
def test_other_secrets(text: str, secret: str, shape: str) -> None:
    assert hide(text) == shape.format(SECRETS.placeholder(secret))


def join_request(**fields: Any) -> Any:
    return message_class("JoinRequest")(**fields)


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_a_join_request_without_secrets_stays_as_it_was_written(compression: Any) -> None:
    param = encode_join_request(join_request(metadata="m", participant_sid="PA_x"), compression)
    for written in (param, quote(param), param.rstrip("=")):
        assert hide(f"ws://h/rtc/v1?join_request={written}&x=1") == f"ws://h/rtc/v1?join_request={written}&x=1"


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_the_secrets_of_a_join_request_are_overwritten_in_it(compression: Any) -> None:
    pwd = "0123456789abcdefghijkl"
    offer = {"type": "offer", "sdp": f"v=0\r\na=ice-pwd:{pwd}\r\n"}
    param = encode_join_request(join_request(publisher_offer=offer, metadata=f"m {JWT}"), compression)
    shown = hide(f"ws://h/rtc/v1?join_request={quote(param)}").partition("join_request=")[2]
    read = decode_join_request(shown)
    assert read.compression == compression.upper()
    request: Any = read.join_request
    assert request.metadata == "m " + "x" * len(JWT)
    overwritten = f"{SECRETS.placeholder(pwd)[8:16]}{'x' * 14}"
    assert request.publisher_offer.sdp == f"v=0\r\na=ice-pwd:{overwritten}\r\n"


def test_unknown_fields_of_a_join_request_are_scrubbed_too() -> None:
    request = join_request(metadata="m")
    request.MergeFromString(b"\x9a\x06" + bytes([len(JWT)]) + JWT.encode())
    shown = hide(f"/rtc/v1?join_request={encode_join_request(request, 'none')}")
    assert JWT.encode() not in base64.urlsafe_b64decode(shown.partition("=")[2])


@given(st.text("ws:/?&=#@%.[]ab access_tokenjoin_request", max_size=40))
def test_any_text_can_be_shown(text: str) -> None:
    hide_in_url(text, SECRETS)
