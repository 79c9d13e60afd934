"""The proxy between lksig and the server: which one it is, how a plain socket gets through it, and what it said no to.

The rule: a proxy is named by host and port; its credentials are secrets and stand in no text. What fails at the proxy
is told as the proxy's (layer `proxy`), what fails behind it as the server's.

Source: websockets 17 `proxy.py` (which variables count: `wss_proxy`/`ws_proxy`, then `socks_proxy`, `https_proxy`, for
ws:// also `http_proxy`; `no_proxy`); curl (a proxy without scheme is an HTTP proxy).
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from typing import TYPE_CHECKING

from websockets import exceptions as ws

from lksig.errors import InputError, Layer, LksigError, TransportError
from lksig.records import record

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

OWN_CODES = ("proxy-login", "proxy-refused", "proxy-failed", "proxy-tls", "proxy-timeout", "proxy-unreachable")
"""Of errors that are about the proxy of `--proxy` or the environment, not about one before the server."""

FORMS = "http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT"


@record
class ProxyAddress:
    """Where the proxy is."""

    url: str
    """Holds its credentials."""
    scheme: str
    """`http`, `https`, `socks5h` (the proxy looks names up), `socks5`, `socks4a` or `socks4`."""
    host: str
    port: int
    username: str | None
    password: str | None

    @property
    def shown(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")

    def __repr__(self) -> str:
        return f"ProxyAddress({self.scheme}://{self.shown})"


def find_proxy(url: str, given: str | None, secrets: Secrets) -> ProxyAddress | None:
    """The proxy on the way to `url`.

    Args:
        given: None leaves it to the usual variables, an empty text forbids one.

    Raises:
        InputError: what names it is no URL of a proxy.
    """
    from websockets.proxy import get_proxy, parse_proxy
    from websockets.uri import parse_uri

    text = get_proxy(parse_uri(url)) if given is None else given
    if not text:
        return None
    if re.fullmatch(r"[^/@]+:[0-9]+", text):
        text = f"http://{text}"
    try:
        parsed = parse_proxy(text)
    except ws.InvalidProxy as exc:
        raise _unusable(given, exc.msg) from exc
    except ValueError as exc:  # its text repeats a part of the URL, which may be the password
        raise _unusable(given, "its port is no number from 1 to 65535, or a character in it is not allowed") from exc
    if parsed.password:
        secrets.learn(parsed.password)
    return ProxyAddress(text, parsed.scheme, parsed.host, parsed.port, parsed.username, parsed.password)


def explain_proxy(exc: BaseException, proxy: ProxyAddress, where: str, *, is_tls: bool) -> LksigError | None:
    """The error of a dial that failed at the proxy; None where it failed behind it.

    Args:
        where: the server, by host and port.
        is_tls: the server is spoken to with TLS.
    """
    if isinstance(exc, ImportError):
        return InputError(
            "a SOCKS proxy needs the package `python-socks`, which is not installed",
            code="no-socks",
            layer="proxy",
            hint="pip install 'lksig[socks]', or give an HTTP proxy",
        )
    if isinstance(exc, ws.InvalidProxyStatus):
        return _refused(exc.response.status_code, proxy, where)
    if isinstance(exc, ws.ProxyError):
        why = f": {exc.__cause__}" if exc.__cause__ is not None else ""
        hint = "look at the proxy's log" if proxy.is_socks else f"check its port and kind: {FORMS}"
        return _error(f"the proxy {proxy.shown} did not open a tunnel to {where}{why}", "proxy", "proxy-failed", hint)
    if isinstance(exc, ssl.SSLError):
        # With TLS on both legs the error does not say on which; the server's is the one that is usually wrong.
        if proxy.scheme != "https" or is_tls:
            return None
        return _error(
            f"TLS with the proxy {proxy.shown} failed: {reason_of(exc)}", "proxy", "proxy-tls", "without TLS: http://"
        )
    if isinstance(exc, TimeoutError):
        hint = f"check that the proxy reaches {where}; `--connect-timeout` waits longer"
        return _error(f"no answer through the proxy {proxy.shown} in time", "proxy", "proxy-timeout", hint)
    if isinstance(exc, ConnectionError) and not isinstance(exc, ConnectionRefusedError):
        hint = "look at the proxy's log, and at what stands behind it"
        return _error(
            f"the connection was cut by the proxy {proxy.shown}, or behind it", "proxy", "connection-reset", hint
        )
    if isinstance(exc, OSError):
        hint = "check `--proxy` and HTTPS_PROXY; `-x ''` goes without one"
        return _error(
            f"the proxy {proxy.shown} cannot be reached: {reason_of(exc)}", "proxy", "proxy-unreachable", hint
        )
    return None


def reason_of(exc: OSError) -> str:
    """Why, in the system's words; asyncio puts texts of its own where they should be."""
    if isinstance(exc, ssl.SSLError):
        return str(getattr(exc, "verify_message", None) or getattr(exc, "reason", None) or exc)
    if isinstance(exc, TimeoutError) and not exc.errno:
        return "no answer in time"
    if exc.errno and exc.errno > 0:
        return os.strerror(exc.errno).lower()
    text = str(exc.strerror or exc)
    return "connection refused" if "Connect call failed" in text else text.lower()


def open_through(proxy: ProxyAddress | None, host: str, port: int, timeout_s: float) -> socket.socket:
    """A TCP connection to a server, through the proxy where there is one; blocks.

    Raises:
        OSError: it did not open.
    """
    if proxy is None:
        return socket.create_connection((host, port), timeout_s)
    if proxy.is_socks:
        return _through_socks(proxy, host, port, timeout_s)
    sock = socket.create_connection((proxy.host, proxy.port), timeout_s)
    try:
        if proxy.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=proxy.host)
        _open_tunnel(sock, proxy, host, port)
    except BaseException:
        sock.close()
        raise
    return sock


def _open_tunnel(sock: socket.socket, proxy: ProxyAddress, host: str, port: int) -> None:
    """Ask an HTTP proxy for a tunnel. Source: RFC 9110 section 9.3.6."""
    import base64
    import http.client

    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    if proxy.username is not None:
        pair = f"{proxy.username}:{proxy.password}".encode()
        lines.append("Proxy-Authorization: Basic " + base64.b64encode(pair).decode("ascii"))
    sock.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))
    answer = http.client.HTTPResponse(sock, method="CONNECT")
    try:
        answer.begin()
        if not 200 <= answer.status < 300:
            raise OSError(f"the proxy {proxy.shown} said: HTTP {answer.status}")
    finally:
        answer.close()


def _through_socks(proxy: ProxyAddress, host: str, port: int, timeout_s: float) -> socket.socket:
    try:
        from python_socks import ProxyError, ProxyType
        from python_socks.sync import Proxy
    except ImportError as exc:
        raise OSError("python-socks is not installed") from exc
    kind = ProxyType.SOCKS5 if proxy.scheme.startswith("socks5") else ProxyType.SOCKS4
    names_there = proxy.scheme in ("socks5h", "socks4a")
    socks = Proxy(kind, proxy.host, proxy.port, proxy.username, proxy.password, names_there)
    try:
        return socks.connect(host, port, timeout_s)
    except ProxyError as exc:
        raise OSError(f"the proxy said: {exc}") from exc


def _unusable(given: str | None, why: str) -> InputError:
    name = "the proxy of the environment" if given is None else "the proxy of `--proxy`"
    return InputError(f"{name} cannot be used: {why}", code="bad-proxy", layer="proxy", hint=f"write it as {FORMS}")


def _refused(status: int, proxy: ProxyAddress, where: str) -> TransportError:
    text = f"the proxy {proxy.shown} refused to open a tunnel to {where}: HTTP {status}"
    if status == 407:
        return _error(text, "proxy", "proxy-login", "give its credentials in its URL: http://USER:PASSWORD@HOST:PORT")
    if status in (502, 503, 504):
        return _error(
            text, "proxy", "proxy-refused", "it cannot reach the server: check host and port, and ask the proxy's log"
        )
    return _error(text, "proxy", "proxy-refused", "its rules do not allow it, or it is no proxy: look at its log")


def _error(text: str, layer: Layer, code: str, hint: str) -> TransportError:
    return TransportError(text, code=code, layer=layer, hint=hint)
