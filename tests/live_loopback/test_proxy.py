"""Which proxy is taken, and whose fault a failed dial is."""

from __future__ import annotations

import socket
import ssl

import pytest
from websockets.exceptions import InvalidHandshake, ProxyError

from lksig.live.proxy import OWN_CODES, ProxyAddress, explain_proxy, find_proxy, open_through, reason_of
from lksig.wire.redaction import Secrets

HTTP = ProxyAddress("http://p:1", "http", "p", 1, None, None)
HTTPS = ProxyAddress("https://[::1]:1", "https", "::1", 1, None, None)
SOCKS = ProxyAddress("socks5h://p:1", "socks5h", "p", 1, None, None)


def found(given: str) -> ProxyAddress:
    proxy = find_proxy("ws://h:7880", given, Secrets(b"k"))
    assert proxy is not None
    return proxy


def code(exc: BaseException, proxy: ProxyAddress = HTTP, *, is_tls: bool = False) -> str | None:
    error = explain_proxy(exc, proxy, "h:7880", is_tls=is_tls)
    if error is None:
        return None
    assert (error.layer, error.hint is not None) == ("proxy", True)
    assert error.code in (*OWN_CODES, "no-socks", "connection-reset")
    return error.code


def test_where_it_is() -> None:
    assert (found("h:3128").scheme, found("h:3128").port) == ("http", 3128)
    assert (found("https://h").port, found("socks5h://h:9").is_socks) == (443, True)
    assert found("http://[::1]:3128").shown == "[::1]:3128"
    assert find_proxy("ws://h", "", Secrets(b"k")) is None


def test_its_password_becomes_a_secret() -> None:
    secrets = Secrets(b"k")
    proxy = find_proxy("ws://h", "http://user:pass%20of-the-proxy@p:1", secrets)
    assert repr(proxy) == "ProxyAddress(http://p:1)"
    assert "of-the-proxy" not in secrets.scrub("it said: pass of-the-proxy")


@pytest.mark.parametrize(
    ("exc", "proxy", "is_tls", "expected"),
    [
        (ssl.SSLError(1, "[SSL] no"), HTTP, True, None),
        (ssl.SSLError(1, "[SSL] no"), HTTPS, True, None),
        (ssl.SSLError(1, "[SSL] no"), HTTPS, False, "proxy-tls"),
        (TimeoutError(), HTTP, False, "proxy-timeout"),
        (ConnectionResetError(104, "reset"), HTTP, False, "connection-reset"),
        (ConnectionRefusedError(111, "refused"), SOCKS, False, "proxy-unreachable"),
        (socket.gaierror(-2, "Name or service not known"), HTTP, False, "proxy-unreachable"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed"), HTTP, False, "proxy-unreachable"),
        (ProxyError("no"), SOCKS, False, "proxy-failed"),
        (ImportError("python-socks"), SOCKS, False, "no-socks"),
        (InvalidHandshake("of the server"), HTTP, False, None),
        (ValueError("of nobody"), HTTP, False, None),
    ],
)
def test_whose_fault_it_is(exc: BaseException, proxy: ProxyAddress, is_tls: bool, expected: str | None) -> None:
    assert code(exc, proxy, is_tls=is_tls) == expected


@pytest.mark.parametrize(
    ("exc", "words"),
    [
        (TimeoutError(), "no answer in time"),
        (OSError(113, "x"), "no route to host"),
        (socket.gaierror(-2, "Name or service not known"), "name or service not known"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, …"), "connection refused"),
        (OSError("something else"), "something else"),
        (ssl.SSLError(1, "[SSL] no"), "[SSL] no"),
    ],
)
def test_reasons(exc: OSError, words: str) -> None:
    assert words in reason_of(exc)


def test_what_the_probes_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "python_socks", None)
    with pytest.raises(OSError, match="not installed"):
        open_through(SOCKS, "h", 1, 1.0)
