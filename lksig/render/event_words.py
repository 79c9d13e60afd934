"""Everything that is no message, in words: starts, states, closes, pings, HTTP, notes, markers, results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.patterns import lazy_pattern
from lksig.render.safe_text import neutralise, word
from lksig.render.times import bytes_text
from lksig.schema.pool import TO_SERVER
from lksig.session.endings import leave_words
from lksig.wire.events import Close, Http, Marker, Message, Note, Result, Start, State, WsPing, WsPong
from lksig.wire.header_secrets import learn_credentials

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

SWITCHING_PROTOCOLS = 101
_PROTOCOL = lazy_pattern(r"[?&]protocol=(-?[0-9]{1,10})(?:&|$)")
MAX_BODY = 200
"""Characters of an HTTP body that a line quotes."""


def notice(event: Start | State | Http | Note | Marker, secrets: Secrets) -> str:
    """What a notice says."""
    if isinstance(event, Start):
        return _start(event, secrets)
    if isinstance(event, Http):
        return _http(event, secrets)
    if isinstance(event, State):
        why = f": {event.why}" if event.why else ""
        return neutralise(secrets.scrub(f"{event.state}{why}"))
    if isinstance(event, Marker):
        return neutralise(secrets.scrub(f"mark: {event.text}"))
    return neutralise(secrets.scrub(event.text))


def close(event: Close, leave: Message | None, secrets: Secrets) -> str:
    """Who closed, the code, and what that means.

    Args:
        leave: the last `leave` of the server before it.
    """
    if event.ended_by == "network":
        told = "connection lost without a close frame"
    elif event.ended_by == "client" and event.code is None:
        told = "client cut the connection without a close frame"
    else:
        told = f"{event.ended_by} closed{'' if event.code is None else f' {event.code}'}"
    if event.reason:
        told += f" {word(secrets.scrub(event.reason))}"
    if leave is not None and event.ended_by == "server":
        body: Any = leave.envelope
        told += f" · {leave_words(body.leave)}"
    return neutralise(told)


def ping(event: WsPing | WsPong, secrets: Secrets) -> str:
    """`ws_ping to server, by auto, 4 B 00010203`."""
    kind = "ws_ping" if isinstance(event, WsPing) else "ws_pong"
    way = "to server" if event.direction is TO_SERVER else "to client"
    told = f"{kind} {way}" + (f", by {event.by}" if event.by not in ("server", "user") else "")
    if event.payload:
        told += f", {bytes_text(len(event.payload))} {secrets.scrub_bytes(event.payload).hex()}"
    return told


def result(event: Result) -> str | None:
    """What became of a request; None where the line of its answer has said it."""
    took = "" if event.took_ns is None else f" {event.took_ns / 1e6:.1f} ms"
    if event.outcome == "unopposed":
        return f"unopposed: handled without objection (fence{took})"
    if event.outcome == "timeout":
        return f"timeout: no answer to {event.case} yet"
    if event.outcome == "lost":
        return f"lost: the connection ended before anything said what became of {event.case}"
    if event.outcome == "queued":
        return f"queued: {event.case} waits for an earlier one; its answer comes later"
    if event.outcome == "answered" and event.reply is None:
        return f"answered: {event.case} by the close"
    return None


def _start(start: Start, secrets: Secrets) -> str:
    told = f"connecting {secrets.url(start.url)}"
    if start.identity is not None:
        told += f" as {word(start.identity)}"
    if start.room is not None:
        told += f" in {word(start.room)}"
    return neutralise(told)


def _http(http: Http, secrets: Secrets) -> str:
    """`open: 101, permessage-deflate` for an upgrade, otherwise request, status and the start of the body."""
    learn_credentials((*http.request_headers, *http.headers), secrets)
    took = f"{http.took_ns / 1e6:.1f} ms"
    if http.status == SWITCHING_PROTOCOLS:
        extensions = [value for name, value in http.headers if name.lower() == "sec-websocket-extensions"]
        told = ["open: 101", *(value.split(";")[0].strip() for value in extensions), *_presented(http)]
        return neutralise(secrets.scrub(", ".join(told)))
    request = f"{http.method} {secrets.url(http.path)}"
    if http.status is None:
        return neutralise(f"{request}: no answer after {took}")
    body = secrets.scrub(http.body.decode("utf-8", "replace"))
    shown = word(body[:MAX_BODY]) + ("…" if len(body) > MAX_BODY else "") if body else "with an empty body"
    return neutralise(f"{request}: HTTP {http.status} {shown} after {took}")


def _presented(http: Http) -> list[str]:
    """The protocol number the client gave, which switches features of the server; it stands in the query."""
    if http.join_request is not None:
        request: Any = http.join_request
        return [f"protocol {request.client_info.protocol}"]
    found = _PROTOCOL.search(http.path)
    return [f"protocol {found[1]}"] if found else []
