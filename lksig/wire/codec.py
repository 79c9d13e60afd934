"""One frame into one `Message`, decoded once, and back.

The rule: reading never fails. A frame that is no signal message becomes a `Message` without envelope, with the reason,
the offset and its bytes; unknown fields stay in the envelope. Binary frames go through the protobuf library's parser
and nothing else; text frames are proto3 JSON as LiveKit's server reads it.

Source: livekit-server 1.13.5 pkg/service/wsprotocol.go (binary frame = protobuf, text frame = JSON, one message each).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError as ParseError

from lksig.schema.pool import Direction, envelope_class
from lksig.wire.events import By, DecodeError, Encoding, Message
from lksig.wire.unknown import UnknownField, has_unknown, unknown_fields

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage

__all__ = ["UnknownField", "decode_frame", "encode_frame", "has_unknown", "unknown_fields"]

_TOO_DEEP = "values are nested too deep for a signal message"

_parsers: dict[Direction, Any] = {}


def decode_frame(
    raw: bytes,
    *,
    direction: Direction,
    encoding: Encoding = "protobuf",
    t_ns: int,
    by: By,
    session: int = 1,
    socket: int = 1,
) -> Message:
    """The message in a frame; never raises.

    Args:
        raw: after decompression; of a text frame its UTF-8 bytes, whether or not they are valid.
        t_ns: when it passed, as in `wire.events`.
    """
    error = None
    if encoding == "json":
        envelope, error = _read_text(raw, direction)
    else:
        parse = _parsers.get(direction) or _parser(direction)
        try:
            envelope = parse(raw)
        except ParseError:
            envelope, error = None, _why_not(raw, direction)
    case = envelope.WhichOneof("message") if envelope is not None else None
    return Message(
        t_ns, direction, raw, envelope, case, by=by, encoding=encoding, error=error, session=session, socket=socket
    )


def encode_frame(envelope: ProtoMessage, encoding: Encoding = "protobuf") -> bytes:
    """The bytes of a frame, the same for the same message every time.

    JSON text has camelCase names and the fields that are set, as Go's protojson writes it; it cannot carry unknown
    fields.
    """
    if encoding == "protobuf":
        return envelope.SerializeToString(deterministic=True)
    from lksig.wire.json_text import protojson

    return protojson(envelope).encode("ascii")


def _parser(direction: Direction) -> Any:
    return _parsers.setdefault(direction, envelope_class(direction).FromString)


def _why_not(raw: bytes, direction: Direction) -> DecodeError:
    from lksig.wire.locate import locate_error

    return locate_error(raw, envelope_class(direction).DESCRIPTOR) or DecodeError("it is no signal message", None)


def _read_text(raw: bytes, direction: Direction) -> tuple[ProtoMessage | None, DecodeError | None]:
    from lksig.wire.json_frame import JsonProblem, fill_message, parse_json
    from lksig.wire.json_scan import place_of

    try:
        text = raw.decode()
    except UnicodeDecodeError as exc:
        return None, DecodeError("the text is no valid UTF-8", exc.start)
    envelope: ProtoMessage = envelope_class(direction)()
    try:
        fill_message(envelope, parse_json(text))
    except json.JSONDecodeError as exc:
        return None, DecodeError(f"it is no JSON: {_in_words(exc.msg)}", len(text[: exc.pos].encode()))
    except JsonProblem as exc:
        return None, DecodeError(exc.reason, len(text[: place_of(text, exc.path)].encode()))
    except RecursionError:
        return None, DecodeError(_TOO_DEEP, None)
    except ValueError:
        return None, DecodeError("a number has too many digits", None)
    return envelope, None


def _in_words(msg: str) -> str:
    """The standard parser's complaint, its capital letter dropped; none of them quotes the text."""
    return msg[:1].lower() + msg[1:]
