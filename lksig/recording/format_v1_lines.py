"""Lines of a recording, version 1, become a header and events; the counterpart of `format_v1`.

The rule: any bytes give a record, nothing, or `Damaged`; nobody who wrote a file can make a view stumble over what
it says. A kind that is not known gives nothing, and what follows the known elements of a line is passed over: a later
minor version put it there.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from lksig.recording.format_v1 import KIND, Ended, Header, Record, Stopped
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.join_request import JoinRequestError, decode_join_request
from lksig.wire.places import put_placeholders

if TYPE_CHECKING:
    from lksig.wire.overwrite import Place

MAX_NS = 2**62
"""Of a time: 146 years. The calendars of the views end somewhere."""
MAX_NUMBER = 2**31 - 1
"""Of sessions, sockets, codes and counts."""

_WORD = re.compile(r"[A-Za-z0-9_]{1,32}")
"""What stands for itself in views: who made something, a state, a path. A later version may know more of them."""

_PLACE = re.compile(r"((?:[0-9]{1,9}:[0-9]{1,9} )*)((?:jwt|secret) [0-9a-f]{8})")


class Damaged(Exception):
    """A line that is no line of a recording; the text says why."""


class LineReader:
    """Lines become records; it keeps the time, which is the sum of all intervals."""

    def __init__(self) -> None:
        self.t_ns = 0

    def read(self, line: bytes) -> Record | None:
        """The record of one line; None for a kind that is not known here.

        Raises:
            Damaged: it is none.
        """
        values = parse(line)
        if type(values) is dict:
            return None
        if type(values) is not list or len(values) < 4:
            raise Damaged("it is no list of an interval, a kind, a session and a socket")
        interval = values[0]
        if type(interval) is not int or abs(self.t_ns + interval) > MAX_NS:
            raise Damaged("its interval is none")
        self.t_ns += interval
        try:
            read = _READERS.get(values[1])
            return read(values, self.t_ns) if read is not None else None
        except (TypeError, KeyError, IndexError, ValueError, AttributeError) as exc:
            raise Damaged(f"it has not what a `{str(values[1])[:16]}` has") from exc


def parse_header(line: bytes) -> Header | None:
    """The header in a line; None when it is none. Keys that are missing or odd are as in a header without them.

    Only `version` decides over whether the rest can be read; the caller compares it.
    """
    try:
        values = parse(line)
    except Damaged:
        return None
    if type(values) is not dict or values.get("kind") != KIND:
        return None
    wall_ns, redacted = values.get("wall_ns"), values.get("redacted")
    return Header(
        wall_ns if type(wall_ns) is int and 0 <= wall_ns <= MAX_NS else 0,
        tuple(str(word) for word in redacted) if type(redacted) is list else (),
        str(values.get("command", "")),
        str(values.get("version", "")),
        str(values.get("lksig", "")),
        str(values.get("protocol", "")),
    )


_decoder: Any = json.JSONDecoder()
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once
"""What `json.loads` calls when it has looked at its arguments, which takes as long as a short line."""


def parse(line: bytes) -> Any:
    """The JSON value that a line is.

    Raises:
        Damaged: it is none.
    """
    try:
        text = line.decode()
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError) as exc:
        raise Damaged("it is no JSON") from exc
    if end != len(text) and text[end:].strip():
        raise Damaged("more follows behind its JSON")
    return value


# --- one function for each kind; whatever they raise but `Damaged`, the line has not what it should have ---

_Values = list[Any]


def _message(direction: Direction, encoding: events.Encoding) -> Callable[[_Values, int], events.Message]:
    def read(values: _Values, t_ns: int) -> events.Message:
        message = decode_frame(
            a2b_base64(values[5], strict_mode=True),
            direction=direction,
            encoding=encoding,
            t_ns=t_ns,
            by=_word(values[4]),
            session=_number(values[2]),
            socket=_number(values[3]),
        )
        if len(values) > 6:
            _put_more(message, values[6])
        return message

    return read


def _put_more(message: events.Message, more: Any) -> None:
    """What the bytes do not say; see `format_v1`."""
    if type(more) is not dict:
        return
    if "error" in more:
        reason, offset = more["error"]
        message.error = events.DecodeError(_text(reason), _optional(_number, offset))
        message.envelope = message.case = None
    if "places" in more:
        found = more["places"].items()
        put_placeholders(message, [place for path, parts in found for part in parts for place in _places(path, part)])


def _places(path: str, told: Any) -> Iterator[Place]:
    """`170:186 346:362 secret ee84b63b` at `offer.sdp`."""
    match = _PLACE.fullmatch(_text(told))
    if match is None:
        raise ValueError
    placeholder = f"[{match[2]}]"
    if match[1]:
        yield from ((f"{path}[{span}]", placeholder) for span in match[1].split())
    else:
        yield path, placeholder


def _start(values: _Values, t_ns: int) -> events.Start:
    known = values[4]
    wall_ns = known["wall_ns"]
    if type(wall_ns) is not int or not 0 <= wall_ns <= MAX_NS:
        raise ValueError
    return events.Start(
        t_ns,
        wall_ns,
        _text(known["url"]),
        _word(known["path"]),
        _optional(_text, known["room"]),
        _optional(_text, known["identity"]),
        _number(values[2]),
    )


def _http(values: _Values, t_ns: int) -> events.Http:
    known = values[4]
    took_ns = known["took_ns"]
    if type(took_ns) is not int or not 0 <= took_ns <= MAX_NS:
        raise ValueError
    return events.Http(
        t_ns,
        _text(known["method"]),
        _text(known["path"]),
        _headers(known["request_headers"]),
        _optional(_number, known["status"]),
        _headers(known["headers"]),
        a2b_base64(known["body"], strict_mode=True),
        took_ns,
        _join_request(known.get("join_request")),
        _number(values[2]),
        _number(values[3]),
    )


def _headers(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in pairs)


def _join_request(text: Any) -> Any:
    """None too where it cannot be read: the exchange tells enough without it."""
    if text is None:
        return None
    try:
        return decode_join_request(_text(text)).join_request
    except JoinRequestError:
        return None


def _ping(kind: type[events.WsPing] | type[events.WsPong]) -> Callable[[_Values, int], Record]:
    def read(values: _Values, t_ns: int) -> Record:
        payload = a2b_base64(values[6], strict_mode=True)
        return kind(t_ns, Direction(values[5]), payload, _word(values[4]), _number(values[2]), _number(values[3]))

    return read


def _close(values: _Values, t_ns: int) -> events.Close:
    code, reason, ended_by = values[4:7]
    return events.Close(
        t_ns, _optional(_number, code), _text(reason), _word(ended_by), _number(values[2]), _number(values[3])
    )


def _state(values: _Values, t_ns: int) -> events.State:
    return events.State(t_ns, _word(values[4]), _text(values[5]), _number(values[2]), _number(values[3]))


def _note(values: _Values, t_ns: int) -> events.Note:
    code, text, about = values[4:7]
    return events.Note(
        t_ns, _text(code), _text(text), _optional(_number, about), _number(values[2]), _number(values[3])
    )


_READERS: dict[str, Callable[[_Values, int], Record]] = {
    "<": _message(TO_CLIENT, "protobuf"),
    ">": _message(TO_SERVER, "protobuf"),
    "<json": _message(TO_CLIENT, "json"),
    ">json": _message(TO_SERVER, "json"),
    "start": _start,
    "http": _http,
    "ws_ping": _ping(events.WsPing),
    "ws_pong": _ping(events.WsPong),
    "close": _close,
    "state": _state,
    "note": _note,
    "marker": lambda values, t_ns: events.Marker(t_ns, _text(values[4]), _number(values[2]), _number(values[3])),
    "end": lambda values, t_ns: Ended(t_ns, _number(values[2])),
    "stop": lambda values, t_ns: Stopped(t_ns, _number(values[4])),
}


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError
    return value


def _word(value: Any) -> Any:
    """One of the words of `wire.events`, or a later one."""
    if type(value) is not str or _WORD.fullmatch(value) is None:
        raise ValueError
    return cast(Any, value)


def _optional(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)
