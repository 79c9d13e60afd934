"""One line per message: what an expert looks for first.

Most cases are told by the generic summary (`render.summary`). Those where it reads badly have a hand-written one in
`render.cases_people`, `cases_media` and `cases_verdicts`. Requests keep to words that can be typed back wherever that
is possible. Nothing a stranger wrote leaves here unneutralised, and no secret unless the view shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.render import cases_media, cases_people, cases_verdicts
from lksig.render.phrases import MAX_NAMED, SEPARATOR, joined
from lksig.render.safe_text import neutralise
from lksig.render.summary import Words
from lksig.schema.pool import TO_SERVER
from lksig.wire.secret_text import is_placeholder
from lksig.wire.unknown import UnknownField, scrubbed, unknown_fields

if TYPE_CHECKING:
    from lksig.render.phrases import Case
    from lksig.render.times import WallClock
    from lksig.wire.events import Message, Reading
    from lksig.wire.redaction import Secrets

SHOWN_BYTES = 16
"""Of a frame that does not decode."""

_REQUESTS: dict[str, Case] = cases_media.REQUESTS
_RESPONSES: dict[str, Case] = {**cases_people.RESPONSES, **cases_media.RESPONSES, **cases_verdicts.RESPONSES}


class Summaries:
    """Tells messages in one line each.

    Args:
        secrets: what must not be printed.
        wall: the run's clock, for "in 6 h" and for clock times.
    """

    def __init__(self, secrets: Secrets, wall: WallClock) -> None:
        self.secrets = secrets
        self.wall = wall
        words = Words(secrets, wall)
        self.words = words.of
        self.word = words.known.__getitem__
        """A stranger's text as one word, without the secrets in it."""

    def text(self, reading: Reading) -> str:
        """The summary of a message; empty where there is nothing to say beyond the case."""
        message: Message = reading.event
        case = message.case
        if case is None:
            return self._caseless(message)
        is_request = message.direction is TO_SERVER
        body = getattr(message.envelope, case)
        write = _REQUESTS.get(case) if is_request else _RESPONSES.get(case)
        if write is not None:
            text = write(self, body, reading)
        elif isinstance(body, int):
            text = str(body)  # `ping`, whose body is the bare number
        else:
            text = self.words(body, typed=is_request)
        found = unknown_fields(message)
        if found:
            unknown = self._unknown(found)
            return f"{text}{SEPARATOR}{unknown}" if text else unknown
        return text

    def prose(self, text: str) -> str:
        """A stranger's sentence, without the secrets in it."""
        return neutralise(self.secrets.tokens(text))

    def token(self, token: str, t_ns: int) -> str:
        """`[jwt 4f3a9c1e] probe in standup, expires 16:38:00 (6 h)`."""
        from lksig.wire.access_token import explain, read_token

        if is_placeholder(token):
            return token  # of a recording: what it said is gone
        shown = self.secrets.secret(token)
        try:
            told = explain(read_token(token), self.wall.unix_ns(t_ns) / 1e9, self.wall.zone)
        except InputError:
            told = "no access token"
        return neutralise(f"{shown} {told}")

    def _caseless(self, message: Message) -> str:
        if message.error is None:
            found = unknown_fields(message)
            return self._unknown(found) if found else "empty envelope"
        at = "" if message.error.offset is None else f" at byte {message.error.offset}"
        start = self.secrets.scrub_bytes(message.raw)[:SHOWN_BYTES].hex()
        more = "…" if len(message.raw) > SHOWN_BYTES else ""
        told = f"does not decode{at}: {self.secrets.scrub(message.error.reason)}"
        return neutralise(f"{told}{SEPARATOR}{start}{more}" if start else told)

    def _unknown(self, found: list[UnknownField]) -> str:
        """`unknown: field 99 varint 5, update.participants.0 field 30 bytes`."""
        return "unknown: " + joined(
            [_unknown_words(scrubbed(field, self.secrets)) for field in found[:MAX_NAMED]], len(found)
        )


def _unknown_words(field: UnknownField) -> str:
    """Where it stands, its number and wire type, and its value where that is a number."""
    where = f"{field.path} " if field.path else ""
    value = "" if field.wire in ("bytes", "group") else f" {field.value}"
    return neutralise(f"{where}field {field.field} {field.wire}{value}")
