"""Lines as browsers copy them."""

from __future__ import annotations

import contextlib
import shlex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.wire.curl_line import read_curl

URL = "wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln&join_request=EgA%3D"

CHROME = rf"""curl '{URL}' \
  -H 'Upgrade: websocket' \
  -H 'Origin: https://meet.example.com' \
  -H 'Cache-Control: no-cache' \
  -H $'Accept-Language: it\'s \u0021 \x41\101\t\\' \
  -H 'Pragma: no-cache' \
  -b 'session=1; other=two' \
  -H 'Connection: Upgrade' \
  -H 'Sec-WebSocket-Key: x==' \
  -A 'Mozilla/5.0' \
  -H 'Sec-WebSocket-Version: 13' \
  -H 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits' \
  -H 'Empty;' \
  --compressed -X GET --data-raw ''"""

CHROME_CMD = (
    'curl ^"wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln^&join_request=EgA^%^3D^" ^\r\n'
    '  -H ^"Origin: https://meet.example.com^" ^\r\n'
    '  -H ^"Quoted: say \\^"a^\\\\b\\^"^" ^\r\n'
    '  -H ^"Sec-WebSocket-Version: 13^" ^\r\n'
    "  --insecure"
)

FIREFOX_CMD = (
    'curl "wss://lk.example.com/rtc/v1?access_token=e30.e30.c2ln&join_request=EgA%3D" ^\n'
    ' --compressed ^\n -H "User-Agent: Mozilla/5.0 (""X11"") ^ here" ^\n -H "" -H "Accept: */*"'
)


def test_as_chrome_writes_it_for_a_posix_shell() -> None:
    line = read_curl(CHROME)
    assert line.url == URL
    assert line.headers == (
        ("Origin", "https://meet.example.com"),
        ("Cache-Control", "no-cache"),
        ("Accept-Language", "it's ! AA\t\\"),
        ("Pragma", "no-cache"),
        ("Cookie", "session=1; other=two"),
        ("User-Agent", "Mozilla/5.0"),
    )
    assert (line.token, line.is_insecure) == (None, False)


def test_as_chrome_writes_it_for_cmd() -> None:
    line = read_curl(CHROME_CMD)
    assert line.url == URL
    assert line.headers == (("Origin", "https://meet.example.com"), ("Quoted", 'say "a\\b"'))
    assert line.is_insecure


def test_as_firefox_writes_it_for_cmd() -> None:
    line = read_curl(FIREFOX_CMD)
    assert line.url == URL
    assert line.headers == (("User-Agent", 'Mozilla/5.0 ("X11") ^ here'), ("Accept", "*/*"))


@pytest.mark.parametrize(
    ("text", "url", "headers"),
    [
        ("/usr/bin/curl --url ws://a -H 'A: b'", "ws://a", (("A", "b"),)),
        ("curl.exe ws://a", "ws://a", ()),
        (r'"C:/Windows/System32/curl.exe" ws://a', "ws://a", ()),
        (
            "curl -HA:b -kH 'C: d' -e http://page -sS ws://a",
            "ws://a",
            (("A", "b"), ("C", "d"), ("Referer", "http://page")),
        ),
        ("curl --header=A:b --proxy http://proxy:3128 -x http://other -o out ws://a", "ws://a", (("A", "b"),)),
        ("curl --of-tomorrow value ws://a", "ws://a", ()),
        ("curl -b jar.txt -H @file -H 'A:' - ws://a", "ws://a", ()),
        ("curl host:7880/rtc", "host:7880/rtc", ()),
        ("curl -X", "", ()),
    ],
)
def test_what_else_people_have(text: str, url: str, headers: tuple[tuple[str, str], ...]) -> None:
    if not url:
        with pytest.raises(InputError, match="names no URL"):
            read_curl(text)
        return
    assert (read_curl(text).url, read_curl(text).headers) == (url, headers)


def test_a_bearer_token_is_the_token() -> None:
    line = read_curl("curl ws://a/rtc -H 'authorization: Bearer e30.e30.c2ln' -H 'Accept: */*'")
    assert (line.token, line.headers) == ("e30.e30.c2ln", (("Accept", "*/*"),))
    basic = read_curl("curl ws://a/rtc -H 'Authorization: Basic YTpi'")
    assert (basic.token, basic.headers) == (None, (("Authorization", "Basic YTpi"),))


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("https://h/rtc/v1/validate?access_token=x", "https://h/rtc/v1?access_token=x"),
        ("https://h/base/rtc/validate", "https://h/base/rtc"),
        ("https://h/rtc?a=/rtc/validate", "https://h/rtc?a=/rtc/validate"),
        ("https://h/validate", "https://h/validate"),
    ],
)
def test_the_probe_beside_the_handshake(copied: str, meant: str) -> None:
    assert read_curl(f"curl '{copied}'").url == meant


def test_it_is_not_shown() -> None:
    line = read_curl("curl ws://a?access_token=e30.e30.c2ln -H 'Authorization: Bearer e30.e30.c2ln' -H 'A: secret'")
    assert repr(line) == "CurlLine(1 headers, token)"
    assert repr(read_curl("curl ws://a")) == "CurlLine(0 headers)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "start with `curl`"),
        ("wget ws://a", "start with `curl`"),
        ("fetch('wss://a')", "start with `curl`"),
        ("curly ws://a", "start with `curl`"),
        ("curl -H 'A: b'", "names no URL"),
        ("curl 'ws://a", "not closed"),
        ("curl -H", "names no URL"),
        ("curl ws://a ws://b", "two URLs"),
    ],
)
def test_what_is_none(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        read_curl(text)
    assert "Copy as cURL" in (caught.value.hint or "")


@given(st.text() | st.text().map("curl ".__add__) | st.text().map('curl ^"'.__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        read_curl(text)


HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1).filter(
    lambda text: text.strip()
)


@given(HEADER_VALUES)
@example('^"')
@example("'^\"")
def test_any_header_survives_a_posix_shell(value: str) -> None:
    line = f"curl ws://a -H {shlex.quote('X-Any: ' + value)}"
    if " $'" not in line:
        assert read_curl(line).headers == (("X-Any", value.strip()),)


@given(HEADER_VALUES)
def test_any_header_survives_cmd(value: str) -> None:
    """Quoted as Chrome quotes for cmd."""
    inner = "".join({'"': '\\^"', "\\": "^\\^\\"}.get(letter, f"^{letter}") for letter in f"X-Any: {value}")
    assert read_curl(f'curl ^"ws://a^" -H ^"{inner}^"').headers == (("X-Any", value.strip()),)
