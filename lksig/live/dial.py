"""Opening a socket, and the one place where what the library and the system raise becomes lksig's errors.

Every failure names its layer, a searchable code, the evidence and one next step.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from websockets import exceptions as ws

from lksig.errors import AuthError, InputError, Layer, LksigError, TransportError
from lksig.live.proxy import explain_proxy, find_proxy
from lksig.live.websocket import OPEN_TIMEOUT_S, WebSocketTransport, open_websocket
from lksig.session.refusals import explain_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    if options.client_key is not None and options.client_cert is None:
        raise InputError(
            "`--key` is the key of a client certificate, and there is none",
            code="key-without-certificate",
            layer="tls",
            hint="give `--cert` too; the API key is `--api-key`",
        )
    with _certificate_file(options.ca_file):
        context = ssl.create_default_context(cafile=options.ca_file)
    if options.client_cert is not None:
        with _certificate_file(_unreadable(options.client_cert, options.client_key)):
            context.load_cert_chain(options.client_cert, options.client_key, _no_password)
    if options.is_insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def _certificate_file(name: str | None) -> Iterator[None]:
    """Name the file that could not be used."""
    try:
        yield
    except (OSError, ssl.SSLError) as exc:
        raise InputError(
            f"cannot use the certificate file `{name}`: {_plain(exc)}",
            code="bad-certificate-file",
            layer="tls",
            hint="give a readable PEM file",
        ) from exc


def _unreadable(certificate: str, key: str | None) -> str:
    """The one of the two that cannot be opened, which OpenSSL does not tell; else the certificate."""
    return key if key is not None and os.access(certificate, os.R_OK) and not os.access(key, os.R_OK) else certificate


def _no_password() -> str:
    """OpenSSL would ask at the terminal.

    Raises:
        OSError: always.
    """
    raise OSError("its key is encrypted, which lksig does not decrypt: `openssl pkey` writes it without a password")


async def dial(handshake: Handshake, receiver: Receiver, options: DialOptions, secrets: Secrets) -> WebSocketTransport:
    """Open the socket.

    Raises:
        TransportError: it did not open; `AuthError` for 401 and 403.
    """
    tls = tls_context(options) if handshake.scheme == "wss" else None
    proxy = find_proxy(handshake.url, options.proxy, secrets)
    if tls is not None and proxy is not None and proxy.scheme == "https":
        from lksig.live.tls_over import mend_asyncio

        mend_asyncio()
    try:
        return await open_websocket(
            handshake,
            receiver,
            tls=tls,
            compression=options.compression,
            proxy=proxy.url if proxy is not None else None,
            open_timeout_s=options.connect_timeout_s,
            max_message_bytes=options.max_message_bytes,
            server_hostname=options.server_name if tls is not None else None,
        )
    except (OSError, ImportError, ws.WebSocketException, ValueError) as exc:
        if proxy is not None:
            at_the_proxy = explain_proxy(exc, proxy, _where(handshake.url), is_tls=tls is not None)
            if at_the_proxy is not None:
                raise at_the_proxy from exc
        raise translate(exc, handshake.url, secrets) from exc


def translate(exc: BaseException, url: str, secrets: Secrets) -> LksigError:
    """The lksig error for what a dial raised."""
    where = _where(url)
    if isinstance(exc, ws.InvalidStatus):
        return _refused(exc, secrets)
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


def _tls(exc: ssl.SSLError, where: str) -> LksigError:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return _error(
            f"the certificate of {where} does not verify: {exc.verify_message}",
            "tls",
            "certificate",
            "give the right CA with `--cacert`, or `-k` to look without verifying",
        )
    if exc.reason in ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_CERTIFICATE_REQUIRED"):
        return _error(
            f"{where} wants a client certificate", "tls", "client-certificate", "give one with `--cert` and `--key`"
        )
    if exc.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return _error(f"{where} does not speak TLS", "tls", "not-tls", "use ws:// for a port without TLS")
    return _error(
        f"TLS with {where} failed: {_plain(exc)}",
        "tls",
        "tls-failed",
        "compare TLS versions; does it want a `--cert`?",
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


def _where(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
