"""What the library gives and takes: an answer, a message, and fields as Python values.

The rule: a `repr` shows no content, so that a failed assertion leaks no secret; `as_dict` hides secrets as the JSON
lines do; `body` is the message as it came.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.grammar import parse_line, parse_words
from lksig.wire.json_text import message_text
from lksig.wire.places import has_placeholder

if TYPE_CHECKING:
    from lksig.schema.requests import ParsedRequest
    from lksig.schema.values import Inputs
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets


_FIELD = re.compile(r"(?:^|\s)([\w.\[\]]+)\+?=$")


class Received:
    """One message of the session, of either direction."""

    __slots__ = ("_reading", "_secrets")

    def __init__(self, reading: Reading, secrets: Secrets) -> None:
        self._reading = reading
        self._secrets = secrets

    def __repr__(self) -> str:
        mark = "<" if self.direction == "to_client" else ">"
        return f"Received({self.n} {mark} {self.case}, {len(self.raw)} B)"

    @property
    def n(self) -> int:
        """Its number in the session, from 1, as everywhere in lksig."""
        return self._reading.n or 0

    @property
    def case(self) -> str | None:
        """Its case; None for an empty or undecodable frame, or a case nobody knows."""
        return str(self._reading.event.case) if self._reading.event.case is not None else None

    @property
    def direction(self) -> str:
        """`to_client` or `to_server`."""
        return str(self._reading.event.direction)

    @property
    def by(self) -> str:
        """Who made it: `server`, `user`, or `auto` for lksig's own pings and fences."""
        return str(self._reading.event.by)

    @property
    def t_ms(self) -> float:
        """When it came or went: milliseconds since the session began."""
        return float(self._reading.event.t_ns / 1e6)

    @property
    def raw(self) -> bytes:
        """The frame, decompressed. It may hold secrets."""
        return bytes(self._reading.event.raw)

    @property
    def envelope(self) -> Any:
        """The protobuf `SignalRequest` or `SignalResponse`; None for an undecodable frame. It may hold secrets."""
        return self._reading.event.envelope

    @property
    def body(self) -> Any:
        """What stands in its case: a protobuf message, or a bare value; None without case. It may hold secrets."""
        return None if self.case is None else getattr(self.envelope, self.case)

    @property
    def reply_to(self) -> int | None:
        """The number of the message it answers."""
        return self._reading.reply_to

    @property
    def is_refusal(self) -> bool:
        """It says no to a request of the user."""
        return self._reading.refused

    def as_dict(self) -> Any:
        """Its body as proto3 JSON with `.proto` names, secrets hidden: the `message` of a JSON line, below its case."""
        if self.case is None:
            return None
        return json.loads(message_text(self.envelope, self._secrets))[self.case]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request."""

    n: int
    """The number of the request."""
    case: str | None
    """Of the request."""
    outcome: str
    """`answered`, `refused`, `queued`, `unopposed`, `timeout`, `lost`, as a JSON line of kind `result`; `sent` for a
    silent request without fence."""
    reason: str | None
    """The `RequestResponse.Reason` by name, where one was given."""
    reply: Received | None
    """The message that answered it; None where none did."""
    ms: float | None
    """How long that took [ms]."""

    @property
    def is_accepted(self) -> bool:
        """It was answered, or handled without objection."""
        return self.outcome in ("answered", "unopposed")


def read_requests(request: str | Mapping[str, Any], fields: Mapping[str, Any], inputs: Inputs) -> list[ParsedRequest]:
    """The requests that these values spell: a line of the grammar, a case and its fields, or a whole envelope.

    Raises:
        InputError: they spell none.
    """
    if fields and not isinstance(request, str):
        raise InputError(
            "a whole envelope has its fields in it", code="fields-twice", hint="give a case, or leave the fields out"
        )
    try:
        found = _parsed(request, fields, inputs)
    except InputError as exc:
        raise _naming_its_field(exc) from None
    for one in found:
        path = has_placeholder(one.sketch())
        if path is not None:
            raise InputError(
                f"`{path}` holds a placeholder of a secret that was hidden",
                code="placeholder",
                hint="`body` of a message has the value itself",
            )
    return found


def _parsed(request: str | Mapping[str, Any], fields: Mapping[str, Any], inputs: Inputs) -> list[ParsedRequest]:
    if not isinstance(request, str):
        return parse_words([json.dumps(request)], inputs)
    if not fields:
        return parse_line(request, inputs)
    spelled = [f"{path}={_spelled(path, value)}" for path, value in fields.items() if value is not None]
    return parse_words([request.strip(), *spelled], inputs)


def _naming_its_field(exc: InputError) -> InputError:
    """A terminal has a caret under the value; here the text says where it is. The value may be a secret."""
    field = _FIELD.search((exc.source or "")[: exc.start])
    if field is None or f"`{field[1]}`" in exc.text:
        return exc
    return InputError(f"`{field[1]}`: {exc.text}", code=exc.code, layer=exc.layer, hint=exc.hint)


def _spelled(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        return "b64:" + base64.b64encode(value).decode()
    if isinstance(value, str | dict | list | tuple):
        return json.dumps(value)
    raise InputError(
        f"`{path}` is a {type(value).__name__}, which no field takes",
        code="bad-value",
        hint="give a text, number, boolean, bytes, dict or list",
    )
