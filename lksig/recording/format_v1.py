"""A session as lines of text, version 1: the header, and events as lines; `format_v1_lines` reads them back.

The rule: nothing is decided here. What is secret was hidden before (`redact`). The whole format is written down in
`docs/recording-format.md`; a change of it is a new minor version when readers of version 1.0 can pass over what is new,
and a new major version, with a `format_v2`, when they cannot.

    {"kind":"lksig-recording","version":"1.0",…}       the header, one JSON object
    [INTERVAL,KIND,SESSION,SOCKET,…]                    one JSON array for each event

INTERVAL is an integer of nanoseconds since the line before, so that the sum never drifts. Frames are base64 of their
bytes and decoded again when read: the bytes are the truth, whatever this version of lksig made of them.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lksig import __version__
from lksig.schema.pool import PROTOCOL_VERSION, TO_SERVER
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.join_request import encode_join_request

if TYPE_CHECKING:
    from lksig.wire.overwrite import Place

KIND = "lksig-recording"
MAJOR, MINOR = 1, 0

PART = re.compile(r"(.+)\[([0-9]{1,9}:[0-9]{1,9})\]", re.DOTALL)
"""The path of a place that is only a part of a text, and its first and last character. See `wire.overwrite.Place`."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what decides how all others are read, years later."""

    wall_ns: int
    """Nanoseconds since the epoch at the run's time 0."""
    redacted: tuple[str, ...] = ()
    """What was hidden before it was written: `secrets`, `personal`; nothing where every byte was kept."""
    command: str = ""
    """The command that recorded, without its words: they may hold anything."""
    version: str = f"{MAJOR}.{MINOR}"
    lksig: str = __version__
    """Version of the lksig that recorded."""
    protocol: str = PROTOCOL_VERSION
    """The LiveKit protocol release whose schema it had."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A session is over: what `Journal.end` is told."""

    t_ns: int
    session: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """The recording was closed in order; nothing follows."""

    t_ns: int
    lines: int
    """How many there are between the header and this one."""


Record: TypeAlias = "events.Event | Ended | Stopped"


def header_line(header: Header) -> str:
    """The header as a line."""
    line = {
        "kind": KIND,
        "version": header.version,
        "lksig": header.lksig,
        "protocol": header.protocol,
        "wall_ns": header.wall_ns,
        "redacted": header.redacted,
        "command": header.command,
    }
    return _json(line) + "\n"


def record_line(record: Record, interval_ns: int) -> str:
    """An event as a line.

    Args:
        interval_ns: since the line before; since the run's time 0 for the first one.
    """
    if type(record) is events.Message:
        return _message_line(record, interval_ns)
    kind, *parts = _WRITERS[type(record)](record)
    session, socket = getattr(record, "session", 0), getattr(record, "socket", 0)
    return _json([interval_ns, kind, session, socket, *parts]) + "\n"


def _message_line(message: events.Message, interval_ns: int) -> str:
    kind = _KINDS[message.direction is TO_SERVER, message.encoding]
    more = _more(message) if message.places or message.error is not None else None
    return (
        f'[{interval_ns},"{kind}",{message.session},{message.socket},"{message.by}","{_base64(message.raw)}"'
        f"{',' + _json(more) if more else ''}]\n"
    )


def _more(message: events.Message) -> dict[str, Any]:
    """What the bytes do not say: what was overwritten in them, and why they did not decode before that."""
    more: dict[str, Any] = {}
    if message.places:
        more["places"] = _places(message.places)
    if message.error is not None and _error_of(message) != message.error:
        more["error"] = [message.error.reason, message.error.offset]
    return more


def _places(places: Iterable[Place]) -> dict[str, list[str]]:
    """`{"offer.sdp":["170:186 346:362 secret ee84b63b",…],"refresh_token":["jwt 4f3a9c1e"]}`.

    Paths and placeholders are written once: an offer has dozens of places with the same few credentials.
    """
    found: dict[str, dict[str, str]] = {}
    for path, placeholder in places:
        part = PART.fullmatch(path)
        path, span = (part[1], f"{part[2]} ") if part is not None else (path, "")
        spans = found.setdefault(path, {})
        spans[placeholder] = spans.get(placeholder, "") + span
    return {
        path: [spans + placeholder[1:-1] for placeholder, spans in by_placeholder.items()]
        for path, by_placeholder in found.items()
    }


def _error_of(message: events.Message) -> events.DecodeError | None:
    """Why the bytes of a message do not decode as they are now."""
    return decode_frame(
        message.raw, direction=message.direction, encoding=message.encoding, t_ns=message.t_ns, by=message.by
    ).error


_KINDS = {
    (False, "protobuf"): "<",
    (True, "protobuf"): ">",
    (False, "json"): "<json",
    (True, "json"): ">json",
}


def _start(start: events.Start) -> list[Any]:
    known = {
        "wall_ns": start.wall_ns,
        "url": start.url,
        "path": start.path,
        "room": start.room,
        "identity": start.identity,
    }
    return ["start", known]


def _http(http: events.Http) -> list[Any]:
    known: dict[str, Any] = {
        "method": http.method,
        "path": http.path,
        "request_headers": http.request_headers,
        "status": http.status,
        "headers": http.headers,
        "body": _base64(http.body),
        "took_ns": http.took_ns,
    }
    if http.join_request is not None:
        known["join_request"] = encode_join_request(http.join_request)
    return ["http", known]


_WRITERS: dict[type, Callable[[Any], list[Any]]] = {
    events.Start: _start,
    events.Http: _http,
    events.WsPing: lambda ping: ["ws_ping", ping.by, ping.direction, _base64(ping.payload)],
    events.WsPong: lambda pong: ["ws_pong", pong.by, pong.direction, _base64(pong.payload)],
    events.Close: lambda close: ["close", close.code, close.reason, close.ended_by],
    events.State: lambda state: ["state", state.state, state.why],
    events.Note: lambda note: ["note", note.code, note.text, note.about],
    events.Marker: lambda marker: ["marker", marker.text],
    Ended: lambda ended: ["end"],
    Stopped: lambda stopped: ["stop", stopped.lines],
}


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")
