"""Lines as browsers copy them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.wire.curl_line import read_curl

CHROME = r"""curl 'wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln&join_request=EgA%3D' \
  -H 'Upgrade: websocket' \
  -H 'Origin: https://meet.example.com' \
  -H 'Cache-Control: no-cache' \
  -H 'Accept-Language: en' \
  -H 'Pragma: no-cache' \
  -b 'session=1' \
  -H 'Connection: Upgrade' \
  -H 'Sec-WebSocket-Key: x==' \
  -A 'Mozilla/5.0' \
  -H 'Sec-WebSocket-Version: 13' \
  -H 'Empty;' \
  --compressed -X GET --data-raw ''"""

CMD = (
    'curl ^"wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln^&join_request=EgA^%3D^" ^\r\n'
    '  -H ^"Origin: https://meet.example.com^" ^\r\n'
    '  -H ^"Sec-WebSocket-Version: 13^"'
)
URL = "wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln&join_request=EgA%3D"


def test_as_chrome_writes_it_for_a_posix_shell() -> None:
    line = read_curl(CHROME)
    assert line.url == URL
    assert dict(line.headers) == {
        "Origin": "https://meet.example.com",
        "Accept-Language": "en",
        "Cookie": "session=1",
        "User-Agent": "Mozilla/5.0",
    }


def test_as_chrome_writes_it_for_cmd() -> None:
    line = read_curl(CMD)
    assert (line.url, line.headers) == (URL, (("Origin", "https://meet.example.com"),))


def test_the_url_may_be_an_option() -> None:
    assert read_curl("/usr/bin/curl --url ws://a -H 'A: b'").url == "ws://a"
    assert read_curl("curl ws://a ws://b").url == "ws://a"


def test_it_is_not_shown() -> None:
    assert "e30" not in repr(read_curl(CHROME))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "start with `curl`"),
        ("wget ws://a", "start with `curl`"),
        ("curl -H 'A: b'", "names no URL"),
        ("curl 'ws://a", "not closed"),
        ("curl -H", "names no URL"),
    ],
)
def test_what_is_none(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_curl(text)


@given(st.text() | st.text().map("curl ".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        read_curl(text)
