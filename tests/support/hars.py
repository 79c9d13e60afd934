"""HARs as browsers and mitmproxy write them, with invented tokens."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from lksig.recording.importers.har import parse_har, read_har
from lksig.recording.importers.imported import Imported
from lksig.schema.pool import TO_SERVER, Direction, message_class
from lksig.wire.join_request import encode_join_request
from tests.support.samples import TOKEN, WALL_NS, envelope

T_S = WALL_NS / 1e9
Unit = Literal["s", "ms"]


def date(t_s: float) -> str:
    """A moment after `T_S` as HAR writes it."""
    return datetime.fromtimestamp(T_S + t_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def frame(direction: Direction, case: str, t_s: float, body: Any = None, *, unit: Unit = "s") -> dict[str, Any]:
    """An entry of `_webSocketMessages`; the sample of its case where no body is given."""
    raw = envelope(direction, case, body).SerializeToString(deterministic=True)
    return {
        "type": "send" if direction is TO_SERVER else "receive",
        "time": (T_S + t_s) * (1000 if unit == "ms" else 1),
        "opcode": 2,
        "data": b64encode(raw).decode(),
    }


def entry(
    url: str,
    frames: list[dict[str, Any]] | None = None,
    *,
    t_s: float = 0.0,
    status: int = 101,
    body: str = "",
    took_ms: float = 3.0,
    **more: Any,
) -> dict[str, Any]:
    """One entry."""
    query = [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    response: dict[str, Any] = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Content-Type", "value": "text/plain"}],
        "cookies": [],
        "content": {"size": len(body), "mimeType": "text/plain", "text": body},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    request = {
        "method": "GET",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Host", "value": urlsplit(url).netloc}],
        "queryString": query,
        "cookies": [],
        "headersSize": -1,
        "bodySize": 0,
    }
    made = {
        "startedDateTime": date(t_s),
        "time": took_ms,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        **more,
    }
    return made if frames is None else {**made, "_resourceType": "websocket", "_webSocketMessages": frames}


def har(*entries: dict[str, Any], creator: str = "WebInspector") -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": list(entries)}}


def page(t_s: float = -1.0) -> dict[str, Any]:
    """An entry that is none of ours."""
    return entry("https://app.example.com/", t_s=t_s, status=200, body="<p>hello")


def v1_url(token: str = TOKEN, *, base: str = "wss://lk.example.com", **fields: Any) -> str:
    """The URL of a v1 socket; `fields` are of its `JoinRequest`."""
    asked = encode_join_request(message_class("JoinRequest")(**fields))
    return f"{base}/rtc/v1?access_token={token}&join_request={quote(asked, safe='')}"


def v0_url(query: str = "protocol=16", token: str = TOKEN, *, base: str = "wss://lk.example.com") -> str:
    return f"{base}/rtc?access_token={token}&{query}"


def imported(document: Any, name: str = "call.har") -> Imported:
    """What is read from a HAR."""
    data = json.dumps(document).encode()
    return Imported(read_har(parse_har(data, name), name), name, len(data))
