"""The HTTP side of the embedded server: which request gets which status, headers and body.

Statuses and bodies are those of livekit-server 1.13.6 (no token in a 401); everything of a WebSocket path is decided
before the upgrade. Twirp, agents and WHIP are other services: nothing is served there.

Source: livekit-server pkg/service/server.go, auth.go, rtcservice.go; gorilla/websocket v1.5.3 server.go Upgrade;
rs/cors. Observed: livekit-server 1.13.5, every row.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.session.hosting import Headers, Requested
from lksig.session.joining import Joining, Pairs, Refused, clean, read_joining
from lksig.wire.access_token import Token, TokenRejected, read_token, verify
from lksig.wire.target import first_value, parse_query

if TYPE_CHECKING:
    from lksig.wire.target import Path

SOCKET_PATHS: dict[str, Path] = {"/rtc": "v0", "/rtc/v1": "v1"}
VALIDATE_PATHS: dict[str, Path] = {"/rtc/validate": "v0", "/rtc/v1/validate": "v1"}
BEARER = "Bearer "
CORS_METHODS = frozenset({"OPTIONS", "HEAD", "GET", "POST", "PATCH", "DELETE"})
CORS_MAX_AGE_S = 86400
UNNAMED = "unnamed"
"""Room or identity of a token that names none, where such a token is taken."""

_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_NO_SNIFF = ("X-Content-Type-Options", "nosniff")
_PREFLIGHT_VARY = ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; the host adds `Date`, `Content-Length` and what belongs to the connection."""

    status: int
    headers: Headers
    body: bytes


def answer(request: Requested, keys: Mapping[str, str] | None, now_s: float) -> Answer | Joining:
    """What a request gets: an HTTP answer, or, on a WebSocket path, leave to join.

    Args:
        keys: API secrets by key; None takes every well-formed token, and lets its bearer do everything.
    """
    if request.method == "OPTIONS" and request.header("Access-Control-Request-Method") is not None:
        return _preflight(request)
    path = _path(request.target)
    pairs = clean_query(request.target.partition("?")[2])
    try:
        token = _token(request, pairs, keys, now_s)
        if path in SOCKET_PATHS:
            return _socket_path(request, SOCKET_PATHS[path], token, pairs)
        if path in VALIDATE_PATHS:
            read_joining(token, VALIDATE_PATHS[path], pairs, strict=True)
            status, headers, body = 200, [_TEXT], "success"
        elif path == "/":
            status, headers, body = 200, [_TEXT], "OK"
        elif path == "/agent":
            raise Refused(404, "")
        else:
            status, headers, body = 404, [_TEXT, _NO_SNIFF], "404 page not found\n"
    except Refused as refusal:
        # Go looks at the body to find its type; an empty one has none.
        status, headers, body = refusal.status, [_TEXT] if refusal.body else [], refusal.body
    except _NoHandshake as wrong:
        status, body = wrong.status, wrong.body
        headers = [_TEXT, _NO_SNIFF, ("Sec-Websocket-Version", "13")]
    return Answer(status, (*headers, *_cors(request, path)), body.encode())


def is_signal_path(target: str) -> bool:
    """Whether a request is about joining: a WebSocket path, or the probe beside it."""
    path = _path(target)
    return path in SOCKET_PATHS or path in VALIDATE_PATHS


def _path(target: str) -> str:
    """The path; one of two slashes at its start does not count."""
    path = target.partition("?")[0]
    return path[1:] if path.startswith("//") else path


def server_error(request: Requested, body: str) -> Answer:
    """The answer when a session cannot be made."""
    return open_to_browsers(request, 500, (_TEXT,), body.encode())


def open_to_browsers(request: Requested, status: int, headers: Headers, body: bytes) -> Answer:
    """An answer with the headers that let a page of another origin read it."""
    return Answer(status, (*headers, *_cors(request, _path(request.target))), body)


def clean_query(query: str) -> Pairs:
    """The pairs of a query as Go reads them: one with a `;` in it does not count."""
    pairs = parse_query("&".join(part for part in query.split("&") if ";" not in part))
    return [(clean(name), clean(value)) for name, value in pairs]


# --- tokens ---------------------------------------------------------------------------------------------------------


def token_text(request: Requested, pairs: Pairs) -> str | None:
    """The token of a request as it was sent; None where there is none.

    Raises:
        Refused: what stands in its place is none.
    """
    header = request.header("Authorization")
    if header:
        if not header.startswith(BEARER):
            raise Refused(401, f"invalid authorization header. Must start with {BEARER}")
        text: str | None = header.removeprefix(BEARER)
        if text != (text or "").strip():
            raise Refused(401, "invalid authorization token")
    else:
        text = first_value(pairs, "access_token")
    return text or None


def _token(request: Requested, pairs: Pairs, keys: Mapping[str, str] | None, now_s: float) -> Token | None:
    """The token of a request, verified where there are keys; None where there is none. A bad one is always refused."""
    text = token_text(request, pairs)
    if text is None:
        return None
    try:
        if keys is None:
            return _almighty(read_token(text))
        return verify(text, keys, now_s)
    except TokenRejected as exc:
        raise Refused(exc.status, exc.body) from exc
    except InputError as exc:
        raise Refused(401, "invalid authorization token") from exc


def _almighty(token: Token) -> Token:
    """The token as one that allows everything, whatever it allows; nothing else of it counts."""
    video = {"roomJoin": True, "room": token.room or UNNAMED, "canUpdateOwnMetadata": True}
    return Token(token.raw, token.header, {"sub": token.identity or UNNAMED, "video": video})


# --- the WebSocket handshake ----------------------------------------------------------------------------------------


class _NoHandshake(Exception):
    """An upgrade that names the WebSocket and does not keep to it."""

    def __init__(self, status: int, name: str, why: str) -> None:
        super().__init__(status, name, why)
        self.status = status
        self.body = f"{name}\nwebsocket: {why}"


def _socket_path(request: Requested, path: Path, token: Token | None, pairs: Pairs) -> Joining:
    if "upgrade" not in _words(request, "Connection") or "websocket" not in _words(request, "Upgrade"):
        raise Refused(404, "")
    joining = read_joining(token, path, pairs, strict=False)
    if request.method != "GET":
        why = "the client is not using the websocket protocol: request method is not GET"
        raise _NoHandshake(405, "Method Not Allowed", why)
    if "13" not in _words(request, "Sec-WebSocket-Version"):
        why = "unsupported version: 13 not found in 'Sec-Websocket-Version' header"
        raise _NoHandshake(400, "Bad Request", why)
    if not _is_key(request.header("Sec-WebSocket-Key") or ""):
        what = "'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length"
        raise _NoHandshake(400, "Bad Request", f"not a websocket handshake: {what}")
    return joining


def _words(request: Requested, name: str) -> list[str]:
    """The comma-separated words of all headers of that name, in lower case."""
    values = [value for key, value in request.headers if key.lower() == name.lower()]
    return [word.strip().lower() for value in values for word in value.split(",")]


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


# --- CORS -----------------------------------------------------------------------------------------------------------


def _cors(request: Requested, path: str) -> Headers:
    """Headers of an answer that is no preflight; the validate paths are open to everybody."""
    origin = request.header("Origin")
    headers: list[tuple[str, str]] = [("Vary", "Origin")]
    if origin is not None or path in VALIDATE_PATHS:
        headers.append(("Access-Control-Allow-Origin", "*" if path in VALIDATE_PATHS else str(origin)))
    if origin is not None:
        headers.append(("Access-Control-Expose-Headers", "*"))
    return tuple(headers)


def _preflight(request: Requested) -> Answer:
    """204 on every path; what was asked for is allowed, nothing else is named."""
    origin = request.header("Origin")
    method = request.header("Access-Control-Request-Method") or ""
    headers = [_PREFLIGHT_VARY]
    if origin is not None and method in CORS_METHODS:
        headers.append(("Access-Control-Allow-Origin", origin))
        headers.append(("Access-Control-Allow-Methods", method))
        wanted = request.header("Access-Control-Request-Headers")
        if wanted:
            headers.append(("Access-Control-Allow-Headers", wanted))
        headers.append(("Access-Control-Max-Age", str(CORS_MAX_AGE_S)))
    return Answer(204, tuple(headers), b"")
