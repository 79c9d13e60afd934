"""Opening a socket, and the one place where what the library and the system raise becomes lksig's errors.

Every failure names its layer, a searchable code, the evidence and one next step.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from websockets import exceptions as ws

from lksig.errors import AuthError, InputError, Layer, LksigError, TransportError
from lksig.live.websocket import OPEN_TIMEOUT_S, WebSocketTransport, open_websocket
from lksig.session.refusals import explain_refusal

if TYPE_CHECKING:
    from lksig.live.transport import Receiver
    from lksig.wire.handshake import Handshake
    from lksig.wire.redaction import Secrets


@dataclass(frozen=True, slots=True)
class DialOptions:
    """How to get to the server."""

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    is_insecure: bool = False
    """Do not verify the server's certificate."""
    server_name: str | None = None
    """The name for SNI and verification, where it is not the URL's host."""
    compression: bool = True
    """Offer permessage-deflate."""
    proxy: str | None = None
    """URL of a proxy; None leaves it to the usual variables, an empty text forbids one."""
    connect_timeout_s: float = OPEN_TIMEOUT_S
    max_message_bytes: int | None = None
    """After decompression; None is no limit."""


def tls_context(options: DialOptions) -> ssl.SSLContext:
    """The TLS settings of one dial.

    Raises:
        InputError: a certificate file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
        if options.client_cert is not None:
            context.load_cert_chain(options.client_cert, options.client_key)
    except (OSError, ssl.SSLError) as exc:
        name = options.client_cert if options.client_cert is not None else options.ca_file
        raise InputError(
            f"cannot use the certificate file `{name}`: {_plain(exc)}",
            code="bad-certificate-file",
            layer="tls",
            hint="give a readable PEM file",
        ) from exc
    if options.is_insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def dial(handshake: Handshake, receiver: Receiver, options: DialOptions, secrets: Secrets) -> WebSocketTransport:
    """Open the socket.

    Raises:
        TransportError: it did not open; `AuthError` for 401 and 403.
    """
    tls = tls_context(options) if handshake.url.startswith("wss:") else None
    proxy: str | bool | None = True if options.proxy is None else options.proxy or None
    try:
        return await open_websocket(
            handshake,
            receiver,
            tls=tls,
            compression=options.compression,
            proxy=proxy,
            open_timeout_s=options.connect_timeout_s,
            max_message_bytes=options.max_message_bytes,
            server_hostname=options.server_name if tls is not None else None,
        )
    except ImportError as exc:
        raise InputError(
            "a SOCKS proxy needs the package `python-socks`, which is not installed",
            code="no-socks",
            layer="proxy",
            hint="pip install 'lksig[socks]', or give an HTTP proxy",
        ) from exc
    except ws.InvalidProxy as exc:
        text = f"the proxy's URL cannot be used: {secrets.scrub(str(exc))}"
        raise InputError(text, code="bad-proxy", layer="proxy", hint="write it as http://HOST:PORT") from exc
    except (OSError, ws.WebSocketException, ValueError) as exc:
        if options.proxy and isinstance(exc, OSError):
            text = f"the proxy {_where(options.proxy)} cannot be reached: {words_of(exc)}"
            raise _error(text, "proxy", "proxy-unreachable", "check `--proxy`") from exc
        raise translate(exc, handshake.url, secrets) from exc


def translate(exc: BaseException, url: str, secrets: Secrets) -> LksigError:
    """The lksig error for what a dial raised."""
    where = _where(url)
    if isinstance(exc, ws.InvalidStatus):
        return _refused(exc, secrets)
    if isinstance(exc, ws.ProxyError):
        return _proxy(exc)
    if isinstance(exc, ssl.SSLError):
        return _tls(exc, where)
    if isinstance(exc, socket.gaierror):
        return _error(
            f"no address for `{_host(url)}`: {exc.strerror or exc}",
            "dns",
            "no-address",
            "check the host name in the URL",
        )
    if isinstance(exc, TimeoutError):
        return _error(
            f"no answer from {where} in time",
            "tcp",
            "timeout",
            "check host, port and firewall; `--connect-timeout` waits longer",
        )
    if isinstance(exc, ws.InvalidMessage):
        return _error(
            f"the answer of {where} is no HTTP",
            "http",
            "not-http",
            "is this a TLS port? use wss:// for it; else check host and port",
        )
    if isinstance(exc, ws.InvalidHandshake):
        return _error(
            f"the upgrade of {where} failed: {secrets.scrub(str(exc))}",
            "http",
            "bad-upgrade",
            "look at what stands between",
        )
    if isinstance(exc, ws.WebSocketException):
        return _error(
            f"the connection to {where} failed: {secrets.scrub(str(exc))}", "tcp", "connection-lost", "try again"
        )
    if isinstance(exc, ValueError):
        return InputError(f"cannot dial {where}: {secrets.scrub(str(exc))}", code="bad-url", layer="url")
    return _os_error(exc, where)


def _refused(exc: ws.InvalidStatus, secrets: Secrets) -> LksigError:
    response = exc.response
    body = shown_body(bytes(response.body or b""), secrets)
    location = response.headers.get("Location")
    refusal = explain_refusal(response.status_code, body, secrets.scrub(location) if location else None)
    kind = AuthError if refusal.is_auth else TransportError
    return kind(refusal.text, code=refusal.code, layer=refusal.layer, hint=refusal.hint)


def shown_body(body: bytes, secrets: Secrets) -> str:
    """The body of an answer as an error may quote it: tokens as placeholders, other secrets overwritten."""
    return secrets.scrub(secrets.tokens(body.decode("utf-8", "replace")))


def _proxy(exc: ws.ProxyError) -> LksigError:
    if isinstance(exc, ws.InvalidProxyStatus):
        status = exc.response.status_code
        hint = "give the proxy's credentials in its URL" if status == 407 else "look at the proxy's log"
        return _error(f"the proxy refused: HTTP {status}", "proxy", "proxy-refused", hint)
    return _error(f"the proxy failed: {_plain(exc)}", "proxy", "proxy-failed", "check `--proxy` and HTTPS_PROXY")


def _tls(exc: ssl.SSLError, where: str) -> LksigError:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return _error(
            f"the certificate of {where} does not verify: {exc.verify_message}",
            "tls",
            "certificate",
            "give the right CA with `--cacert`, or `-k` to look without verifying",
        )
    if exc.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return _error(f"{where} does not speak TLS", "tls", "not-tls", "use ws:// for a port without TLS")
    return _error(
        f"TLS with {where} failed: {_plain(exc)}", "tls", "tls-failed", "compare the TLS versions of both sides"
    )


def _os_error(exc: BaseException, where: str) -> LksigError:
    number = exc.errno if isinstance(exc, OSError) else None
    text = str(exc)
    if number == errno.ECONNREFUSED or "Connect call failed" in text:
        return _error(
            f"nothing listens at {where} (connection refused)",
            "tcp",
            "connection-refused",
            "start the server, or check host and port; LiveKit's default port is 7880",
        )
    if isinstance(exc, ConnectionError):
        return _error(f"{where} cut the connection", "tcp", "connection-reset", "check what stands between")
    return _error(f"cannot reach {where}: {_plain(exc)}", "tcp", "unreachable", "check network, host and port")


def _error(text: str, layer: Layer, code: str, hint: str) -> TransportError:
    return TransportError(text, code=code, layer=layer, hint=hint)


def _plain(exc: BaseException) -> str:
    """The words of an error, without numbers and brackets where the system has words."""
    return str(getattr(exc, "strerror", None) or exc)


def words_of(exc: OSError) -> str:
    """Why, in the system's words; asyncio puts its own where they should be."""
    return os.strerror(exc.errno).lower() if exc.errno else "no answer in time"


def _where(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
