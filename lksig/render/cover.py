"""What views leave out because a recording leaves it out too: the user's own secrets in the middle of other texts.

The rule: a reading reaches the views as it would come back from the file, so that a view of the file prints what the
view of the session printed. The values are found in every form that `known_values` knows; whatever else is secret the
views hide by themselves. Most frames hold none of them and pass after one search for each form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.wire.events import Http, Message, Reading, Start
from lksig.wire.known_values import KnownValues

if TYPE_CHECKING:
    from lksig.recording.redact import Redactor
    from lksig.wire.redaction import Secrets


class Cover:
    """Hides what the user gave as a secret wherever it stands.

    Args:
        secrets: of the run; they must not be those of `--show-secrets`.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._count = 0
        self._known = KnownValues(b"", ())
        self._redactor: Redactor | None = None

    def reading(self, reading: Reading) -> Reading:
        """The reading as views may have it; the same object where nothing is hidden."""
        event = self.event(reading.event)
        if event is reading.event:
            return reading
        return Reading(
            event,
            n=reading.n,
            dt_ns=reading.dt_ns,
            reply_to=reading.reply_to,
            reply_ns=reading.reply_ns,
            refused=reading.refused,
            for_auto=reading.for_auto,
        )

    def event(self, event: Any) -> Any:
        """The same for an event."""
        if len(self._secrets.given) != self._count:
            self._learn()
        if type(event) is Message:
            return self._message(event) if self._known.may_be_in(event) else event
        # In headers, bodies, reasons and notes the views look for it anyway.
        if isinstance(event, Start):
            return self._hidden(event) if self._known.is_in(event.url.encode()) else event
        if isinstance(event, Http) and event.join_request is not None:
            return self._hidden(event) if self._known.is_in(event.join_request.SerializeToString()) else event
        return event

    def _learn(self) -> None:
        self._count = len(self._secrets.given)
        # Its values are too long to be guessed, so their placeholders need no key.
        self._known = KnownValues(b"", self._secrets.given)
        self._redactor = None

    def _hidden(self, event: Any) -> Any:
        if self._redactor is None:
            from lksig.recording.redact import Redactor

            self._redactor = Redactor(self._secrets, None, self._known)
        return self._redactor.hide(event)

    def _message(self, message: Message) -> Message:
        hidden: Message = self._hidden(message)
        if hidden is message or hidden.envelope is None:
            return hidden
        from lksig.recording.redact import as_its_bytes_are
        from lksig.wire.places import put_placeholders

        shown = as_its_bytes_are(hidden)
        put_placeholders(shown, hidden.places)
        return shown


def covered(reading: Reading, secrets: Secrets) -> Reading:
    """One reading as views with these secrets may have it."""
    return reading if secrets.show else Cover(secrets).reading(reading)
