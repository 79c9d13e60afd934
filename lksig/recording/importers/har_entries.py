"""The entries of a HAR that are about LiveKit signaling: its sockets, and the probes beside them.

The rule: anything may stand in a HAR, and may be missing from it; what is not there reads as nothing. An entry is
signaling when its path is one that LiveKit's server answers (`/rtc`, `/rtc/v1`, and `/validate` below them), whatever
its scheme: mitmproxy writes `http://` for a WebSocket.

Source: HAR 1.2; Chrome and mitmproxy (`_webSocketMessages`: `type` send or receive, `time` in seconds, `opcode`,
`data`). Observed: Playwright 1.64 writes `time` in milliseconds, status -1 and `_failureText` for a refused upgrade.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from lksig.errors import InputError
from lksig.recording.format_v1_lines import MAX_NS
from lksig.wire.join_request import JoinRequestError, decode_join_request
from lksig.wire.target import first_value, parse_query
from lksig.wire.token_claims import read_token

MILLISECONDS_FROM = 1e11
"""A larger time is in milliseconds: as seconds it would be the year 5138."""

_PATH = re.compile(r"(?:/[^?#]*)?/rtc(?P<v1>/v1)?(?P<validate>/validate)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_WS_SCHEMES = {"http": "ws", "https": "wss"}


class Exchange(NamedTuple):
    """One request of the HAR that is signaling."""

    is_upgrade: bool
    """Of a WebSocket; else a probe of `/validate`."""
    started_ns: int
    """Nanoseconds since the epoch."""
    took_ns: int
    method: str
    url: str
    """Without query, with the scheme of a WebSocket."""
    target: str
    """Path and query, as they were asked for."""
    path: Literal["v0", "v1"]
    request_headers: tuple[tuple[str, str], ...]
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    failure: str
    """What the browser says of a request that failed."""
    frames: list[Any] | None
    """`_webSocketMessages`; None where the HAR has no such list."""
    join_request: Any
    token: str | None
    room: str | None
    identity: str | None
    resumes: str | None
    """The participant's sid that is resumed, `""` where it is not named; None when nothing is."""

    @property
    def is_open(self) -> bool:
        """Whether the socket opened. Over HTTP/2 it does with status 200 (RFC 8441)."""
        return self.is_upgrade and (self.status == 101 or bool(self.frames))


def read_entry(entry: Any) -> Exchange | None:
    """The exchange that an entry is; None for other traffic."""
    request, response = _of(entry, "request", dict), _of(entry, "response", dict)
    text = _of(request, "url", str)
    if "/rtc" not in text:
        return None
    try:
        url = urlsplit(text)
    except ValueError:
        return None
    found = _PATH.fullmatch(url.path)
    method = _of(request, "method", str) or "GET"
    if found is None or method == "OPTIONS":
        return None
    frames = _of(entry, "_webSocketMessages", list) if "_webSocketMessages" in entry else None
    is_upgrade = not found["validate"]
    if is_upgrade and frames is None and url.scheme not in ("ws", "wss") and not _is_upgrade(entry, request):
        return None
    pairs = parse_query(url.query)
    token, join_request = _token_of(pairs, request), _join_request(pairs)
    room, identity = _holder(token)
    status = _of(response, "status", int)
    scheme, netloc = _WS_SCHEMES.get(url.scheme, url.scheme), url.netloc.rpartition("@")[2]
    return Exchange(
        is_upgrade=is_upgrade,
        started_ns=read_instant(_of(entry, "startedDateTime", str)),
        took_ns=_milliseconds(entry.get("time")),
        method=method,
        url=f"{scheme}://{netloc}{url.path.removesuffix('/validate')}",
        target=url.path + (f"?{url.query}" if url.query else ""),
        path="v1" if found["v1"] else "v0",
        request_headers=headers_of(request),
        status=status if 0 < status < 1000 else None,
        headers=headers_of(response),
        body=body_of(response),
        failure=_of(response, "_failureText", str) or _of(response, "_error", str),
        frames=frames,
        join_request=join_request,
        token=token,
        room=room,
        identity=identity,
        resumes=_resumes(pairs, join_request),
    )


def read_instant(text: str) -> int:
    """A date of HAR in nanoseconds since the epoch; 0 for one that is none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return 0
    since = instant.replace(tzinfo=instant.tzinfo or UTC) - _EPOCH
    return max(0, since // timedelta(microseconds=1) * 1000)


def message_ns(time: Any) -> int | None:
    """The time of a message in nanoseconds since the epoch; None for one that is none."""
    if isinstance(time, bool) or not isinstance(time, int | float) or not isfinite(time) or time < 0:
        return None
    micro_seconds = time * 1e3 if time > MILLISECONDS_FROM else time * 1e6
    return round(micro_seconds) * 1000 if micro_seconds * 1000 < MAX_NS else None


def message_bytes(message: Any, *, as_characters: bool) -> bytes:
    """The bytes of one entry of `_webSocketMessages`.

    Args:
        as_characters: binary data is not in base64, each character is a byte.

    Raises:
        ValueError: it has none; the text says why.
    """
    data = message.get("data")
    if not isinstance(data, str):
        raise ValueError("it has no data")
    if message.get("opcode") == 1:
        return _utf8(data)
    if as_characters:
        return data.encode("latin-1")
    if _BASE64.fullmatch(data) is None:
        raise ValueError("its data is no base64")
    bare = data.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return a2b_base64(bare + "=" * (-len(bare) % 4))
    except Base64Error:
        raise ValueError("its data is no base64") from None


def are_characters(frames: list[Any]) -> bool:
    """Whether a socket's binary data are characters instead of base64.

    One frame tells: signal messages hold bytes that base64 has not.
    """
    texts = [frame["data"] for frame in frames if _has_text(frame) and frame.get("opcode") != 1]
    return any(_BASE64.fullmatch(text) is None for text in texts) and all(
        max(text, default="") <= "\xff" for text in texts
    )


def _has_text(frame: Any) -> bool:
    return isinstance(frame, dict) and isinstance(frame.get("data"), str)


def _utf8(text: str) -> bytes:
    """The bytes of a text frame; half of a surrogate pair stands for a byte that was no UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _token_of(pairs: list[tuple[str, str]], request: Any) -> str | None:
    bearer = next((value for name, value in headers_of(request) if name.lower() == "authorization"), "")
    return first_value(pairs, "access_token") or bearer.removeprefix("Bearer ").strip() or None


def _holder(token: str | None) -> tuple[str | None, str | None]:
    """Room and identity of a token; of one that was hidden nobody knows."""
    if token is None:
        return None, None
    try:
        told = read_token(token)
    except InputError:
        return None, None
    return told.room, told.identity


def _join_request(pairs: list[tuple[str, str]]) -> Any:
    wrapped = first_value(pairs, "join_request")
    if wrapped is None:
        return None
    try:
        return decode_join_request(wrapped).join_request
    except JoinRequestError:
        return None


def _resumes(pairs: list[tuple[str, str]], join_request: Any) -> str | None:
    """The sid that is resumed. Source: livekit-server 1.13.5 pkg/service/rtcservice.go (`reconnect`, `sid`)."""
    if join_request is not None:
        return str(join_request.participant_sid) if join_request.reconnect else None
    return (first_value(pairs, "sid") or "") if first_value(pairs, "reconnect") in ("1", "true") else None


def _is_upgrade(entry: Any, request: Any) -> bool:
    headers = {name.lower(): value.lower() for name, value in headers_of(request)}
    return entry.get("_resourceType") == "websocket" or headers.get("upgrade") == "websocket"


def headers_of(owner: Any) -> tuple[tuple[str, str], ...]:
    """The headers of a request or response; those of HTTP/2 that begin with a colon are none."""
    found = [header for header in _of(owner, "headers", list) if isinstance(header, dict)]
    pairs = [(_of(header, "name", str), _of(header, "value", str)) for header in found]
    return tuple(pair for pair in pairs if pair[0] and not pair[0].startswith(":"))


def body_of(response: Any) -> bytes:
    """The body of a response, as far as the HAR holds it."""
    content = _of(response, "content", dict)
    text = _of(content, "text", str)
    if content.get("encoding") != "base64":
        return _utf8(text)
    try:
        return a2b_base64(text)
    except (Base64Error, ValueError):
        return _utf8(text)


def _milliseconds(value: Any) -> int:
    """A duration of HAR in nanoseconds; 0 for one that is not known."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MAX_NS / 1e6:
        return 0
    return round(value * 1e6)


def _of(owner: Any, key: str, kind: type) -> Any:
    """What stands there; an empty one where nothing of that kind does."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, kind) and not isinstance(value, bool) else kind()
