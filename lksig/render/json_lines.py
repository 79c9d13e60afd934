"""The machine's view: one JSON object per line.

Contract, `format` 1: keys, kinds and values are only ever added; the schema is `json_lines.schema.json` beside this
file. Lines are ASCII. Message lines are put together by hand, because every message of a busy session passes here; the
rare kinds go through `json`.

`headers` of an `http` line is an object with lower-case names; a header that came more than once has its values joined
by `, ` (Source: RFC 9110 section 5.3). `raw` and `payload` are base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lksig import __version__
from lksig.render.times import WallClock
from lksig.schema.pool import PROTOCOL_VERSION, TO_CLIENT, TO_SERVER
from lksig.session.facts import KINDS
from lksig.wire import events
from lksig.wire.codec import unknown_fields
from lksig.wire.header_secrets import learn_credentials
from lksig.wire.json_text import iter_message_text, message_text, message_text_and_unknown
from lksig.wire.unknown import unknown_text

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

FORMAT = 1

WHOLE_BYTES = 1 << 18
"""Messages up to this size become one string; bigger ones are given piece by piece."""


class JsonLines:
    """Readings as JSON lines. The first reading must be the run's `Start`: it gives the wall clock.

    Args:
        secrets: what must not be printed.
        raw: add the exact bytes of every message (secrets overwritten).
        defaults: print unset fields too.
        made_by: versions of the lksig that saw the session and of its protocol; None where it is this one.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        raw: bool = False,
        defaults: bool = False,
        made_by: tuple[str, str] | None = None,
    ) -> None:
        self._secrets = secrets
        self._made_by = made_by or (__version__, PROTOCOL_VERSION)
        self._raw = raw
        self._defaults = defaults
        self._wall = WallClock()

    def text(self, reading: events.Reading) -> str:
        """The line of a reading, without a newline at its end."""
        event = reading.event
        if type(event) is not events.Message:
            return self._rare(reading)
        head = self._head(reading)
        if event.envelope is None:
            return head + self._broken(event)
        body, unknown = message_text_and_unknown(event.envelope, self._secrets, defaults=self._defaults)
        return f'{head},"message":{body}{self._tail(event, reading, unknown)}'

    def pieces(self, reading: events.Reading) -> Iterator[str]:
        """The same line and its newline in pieces, so that no message, however big, becomes one string."""
        event = reading.event
        if type(event) is not events.Message or event.envelope is None or len(event.raw) <= WHOLE_BYTES:
            yield self.text(reading) + "\n"
            return
        yield self._head(reading) + ',"message":'
        yield from iter_message_text(event.envelope, self._secrets, defaults=self._defaults)
        yield self._tail(event, reading, True) + "\n"

    # --- messages -----------------------------------------------------------------------------------------------------

    def _head(self, reading: events.Reading) -> str:
        message: events.Message = reading.event
        time = self._wall.rfc3339(message.t_ns)
        case = f'"{message.case}"' if message.case is not None else "null"
        return (
            f'{{"n":{reading.n},"kind":"message","time":{_time(time)},"t_ms":{message.t_ns / 1e6:.3f},'
            f'"dt_ms":{reading.dt_ns / 1e6:.3f},"session":{message.session},"socket":{message.socket},'
            f'"dir":"{_WAY[message.direction is TO_SERVER]}","case":{case},"by":"{message.by}",'
            f'"encoding":"{message.encoding}","bytes":{len(message.raw)}'
        )

    def _tail(self, message: events.Message, reading: events.Reading, may_have_unknown: bool) -> str:
        """What follows the message; text frames are looked through for unknown keys in any case."""
        tail = ""
        if reading.reply_to is not None:
            tail = f',"reply_to":{reading.reply_to}'
            if reading.reply_ns is not None:
                tail += f',"reply_ms":{reading.reply_ns / 1e6:.3f}'
        if reading.for_auto:
            tail += ',"for":"auto"'
        if reading.refused:
            tail += ',"refused":true'
        if may_have_unknown or message.encoding == "json":
            unknown = unknown_fields(message)
            if unknown:
                tail += f',"unknown":{unknown_text(unknown, self._secrets)}'
        if self._raw:
            tail += f',"raw":"{self._raw_text(message)}"'
        return tail + "}"

    def _broken(self, message: events.Message) -> str:
        """What follows the head of a frame that did not decode; its bytes are always there."""
        error = message.error or events.DecodeError("not decoded", None)
        told = {"reason": self._secrets.scrub(error.reason), "offset": error.offset}
        return f',"decode_error":{_json(told)},"raw":"{self._raw_text(message)}"}}'

    def _raw_text(self, message: events.Message) -> str:
        return base64.b64encode(self._secrets.overwrite(message).raw).decode("ascii")

    # --- the rare kinds -----------------------------------------------------------------------------------------------

    def _rare(self, reading: events.Reading) -> str:
        event = reading.event
        kind = KINDS[type(event)]
        if isinstance(event, events.Start):
            self._wall.start(event)
            return _json({"kind": kind, **self._start(event)})
        if isinstance(event, events.Result):
            return _json({"kind": kind, **_result(event)})
        if isinstance(event, events.End):
            return _json({"kind": kind, **_end(event)})
        line = {
            "kind": kind,
            "time": self._wall.rfc3339(event.t_ns),
            "t_ms": _ms(event.t_ns),
            "dt_ms": _ms(reading.dt_ns),
            "session": event.session,
            "socket": event.socket,
        }
        return _json(line | _DETAILS[kind](self, event))

    def _start(self, start: events.Start) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "lksig": self._made_by[0],
            "protocol": self._made_by[1],
            "time": self._wall.rfc3339(start.t_ns),
            "session": start.session,
            "url": self._secrets.url(start.url),
            "path": start.path,
            "room": self._scrub(start.room),
            "identity": self._scrub(start.identity),
        }

    def _state(self, state: events.State) -> dict[str, Any]:
        return {"state": state.state, "why": self._scrub(state.why)}

    def _ping(self, ping: events.WsPing | events.WsPong) -> dict[str, Any]:
        payload = base64.b64encode(self._secrets.scrub_bytes(ping.payload)).decode("ascii")
        return {"dir": ping.direction, "by": ping.by, "bytes": len(ping.payload), "payload": payload}

    def _close(self, close: events.Close) -> dict[str, Any]:
        return {"code": close.code, "reason": self._scrub(close.reason), "ended_by": close.ended_by}

    def _http(self, http: events.Http) -> dict[str, Any]:
        learn_credentials((*http.request_headers, *http.headers), self._secrets)
        line = {
            "method": http.method,
            "path": self._secrets.url(http.path),
            "headers": self._headers(http.headers),
            "status": http.status,
            "body": self._scrub(http.body.decode("utf-8", "replace")),
            "ms": _ms(http.took_ns),
            "request_headers": self._headers(http.request_headers),
        }
        if http.join_request is not None:
            line["join_request"] = json.loads(message_text(http.join_request, self._secrets, defaults=self._defaults))
        return line

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
        joined: dict[str, str] = {}
        for name, value in headers:
            key = self._secrets.scrub(name.lower())
            shown = self._secrets.scrub(self._secrets.tokens(value))  # `Bearer [jwt 4f3a9c1e]`, then what else is known
            joined[key] = f"{joined[key]}, {shown}" if key in joined else shown
        return joined

    def _note(self, note: events.Note) -> dict[str, Any]:
        line: dict[str, Any] = {"code": note.code, "text": self._scrub(note.text)}
        if note.about is not None:
            line["about"] = note.about
        return line

    def _marker(self, marker: events.Marker) -> dict[str, Any]:
        return {"text": self._scrub(marker.text)}

    def _scrub(self, text: str | None) -> str | None:
        return None if text is None else self._secrets.scrub(text)


_DETAILS: dict[str, Callable[[JsonLines, Any], dict[str, Any]]] = {
    "state": JsonLines._state,
    "ws_ping": JsonLines._ping,
    "ws_pong": JsonLines._ping,
    "close": JsonLines._close,
    "http": JsonLines._http,
    "note": JsonLines._note,
    "marker": JsonLines._marker,
}


_WAY = (TO_CLIENT.value, TO_SERVER.value)
"""The text of a direction by whether it is to the server: an enum's own formatting costs as much as the whole time."""


def _result(result: events.Result) -> dict[str, Any]:
    line: dict[str, Any] = {"request": result.request, "case": result.case, "outcome": result.outcome}
    if result.reason is not None:
        line["reason"] = result.reason
    if result.reply is not None:
        line["reply"] = result.reply
    if result.took_ns is not None:
        line["ms"] = _ms(result.took_ns)
    return line | {"t_ms": _ms(result.t_ns), "session": result.session}


def _end(end: events.End) -> dict[str, Any]:
    return {
        "ended_by": end.ended_by,
        "code": end.code,
        "messages": {way: end.messages.get(way, 0) for way in ("to_client", "to_server")},
        "unanswered": end.unanswered,
        "refused": end.refused,
        "undecodable": end.undecodable,
        "t_ms": _ms(end.t_ns),
        "session": end.session,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


def _time(time: str | None) -> str:
    return "null" if time is None else f'"{time}"'


def _ms(ns: int) -> float:
    """Milliseconds with three decimals."""
    return round(ns / 1e6, 3)
