"""Lines that `--json` printed, taken as requests.

A message of a user to the server goes out again, exactly: as the envelope that was printed, or as the bytes of `raw`
where the line has them. Every other line is no request. Fields that the schema does not know are printed apart from
the message, in `unknown`, and are put back into the message they stood in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError, Message

from lksig.errors import InputError
from lksig.schema.json_reader import JsonReader
from lksig.schema.lexer import Span
from lksig.schema.paths import parse_path, value_at
from lksig.schema.pool import Direction, envelope_class
from lksig.schema.requests import ParsedRequest
from lksig.schema.scalars import Unfit, parse_base64

if TYPE_CHECKING:
    from lksig.schema.values import Inputs

_BETWEEN = re.compile(r"[\s,:]*")
_DECODER = json.JSONDecoder()

_WIRE_TYPES = {"varint": 0, "fixed64": 1, "bytes": 2, "group": 3, "fixed32": 5}
"""Source: protobuf.dev, Encoding; the names are those of the `unknown` entries."""
_END_GROUP = 4
_MAX_FIELD = 2**29 - 1


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One printed line: its keys, what they hold, and where that stands."""

    text: Span
    members: dict[str, Any]
    places: dict[str, Span]

    @property
    def is_user_request(self) -> bool:
        """It is a message that a user sent to the server."""
        found = [self.members.get(name) for name in ("kind", "dir", "by")]
        return found == ["message", "to_server", "user"]

    def mistake(self, name: str, what: str) -> InputError:
        """The error that points at what a key holds."""
        return self.places[name].mistake(what, code="bad-line")


def printed_line(text: Span) -> PrintedLine | None:
    """What a printed line holds; None for anything else, an envelope above all."""
    # No case is called `kind`: most envelopes are told apart without reading them twice.
    if not text.text.startswith("{") or '"kind"' not in text.text:
        return None
    line = PrintedLine(text, {}, {})
    try:
        json.loads(text.text)
        at = _skip(text.source, text.start + 1)
        while text.source[at] == '"':
            name, at = _DECODER.raw_decode(text.source, at)
            start = _skip(text.source, at)
            line.members[name], at = _DECODER.raw_decode(text.source, start)
            line.places[name] = text.cut(start, at)
            at = _skip(text.source, at)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line.members.get("kind"), str) else None


def _skip(source: str, at: int) -> int:
    found = _BETWEEN.match(source, at)
    return found.end() if found else at


def printed_request(line: PrintedLine, direction: Direction, inputs: Inputs) -> ParsedRequest:
    """The request a printed line holds, to be sent exactly.

    Raises:
        InputError: the line is no message of a user, or does not hold what it should.
    """
    if not line.is_user_request:
        what = "no request: of printed lines only messages of a user to the server are sent again"
        raise line.text.mistake(what, code="no-request")
    envelope = envelope_class(direction)()
    if "message" in line.members:
        reader = JsonReader(line.places["message"])
        reader.whole(lambda: reader.message(envelope))
    elif "raw" not in line.members:
        raise line.text.mistake("this line has neither `message` nor `raw`", code="bad-line")
    raw = _base64(line, "raw", line.members["raw"]) if "raw" in line.members else None
    if raw is None:
        _restore_unknown(line, envelope)
    request = ParsedRequest.of_envelope(envelope, direction, line.text.text, inputs)
    request.raw = raw
    request.encoding = "json" if line.members.get("encoding") == "json" else "protobuf"
    return request


def _base64(line: PrintedLine, name: str, value: Any) -> bytes:
    try:
        return parse_base64(value if isinstance(value, str) else "!")
    except Unfit:
        raise line.mistake(name, f"`{name}` is not base64") from None


def _restore_unknown(line: PrintedLine, envelope: Any) -> None:
    """Put the fields of `unknown` back, each behind the known ones of its message."""
    for entry in line.members.get("unknown") or ():
        try:
            path, number, wire, value = (entry[key] for key in ("path", "field", "wire", "value"))
            message = _message_at(envelope, str(path))
            message.MergeFromString(_wire_bytes(int(number), str(wire), str(value)))
        except (KeyError, TypeError, ValueError, OverflowError, DecodeError, InputError):
            what = "an entry of `unknown` cannot be put back: print the line with `--raw`"
            raise line.mistake("unknown", what) from None


def _message_at(envelope: Any, path: str) -> Any:
    """The message at a path of `unknown`. Raises InputError or TypeError when there is none."""
    if not path:
        return envelope
    found = value_at(envelope, parse_path(Span(path, 0, len(path)), envelope.DESCRIPTOR))
    if not isinstance(found, Message):
        raise TypeError
    return found


def _wire_bytes(number: int, wire: str, value: str) -> bytes:
    """One field as it stands on the wire. Raises KeyError or ValueError for what cannot stand there."""
    wire_type = _WIRE_TYPES[wire]
    if not 0 < number <= _MAX_FIELD:
        raise ValueError
    tag = _varint(number << 3 | wire_type)
    if wire == "varint":
        return tag + _varint(int(value))
    if wire.startswith("fixed"):
        return tag + int(value).to_bytes(int(wire[5:]) // 8, "little")
    content = parse_base64(value)
    if wire == "group":
        return tag + content + _varint(number << 3 | _END_GROUP)
    return tag + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    if not 0 <= number < 2**64:
        raise ValueError
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
