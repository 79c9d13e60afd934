"""An event without what is secret in it, before it is written.

The rule: what the views of the live session hide is hidden in the file, at the same time and by the same `Secrets`, so
that a view of the file prints what the view of the session printed. Frames keep their length and stay legal. What was
hidden before stays as it is; a frame with hidden places is looked through again all the same, because a later lksig, or
`--personal`, hides more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lksig.records import changed
from lksig.schema.pool import TO_SERVER, message_class
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.header_secrets import learn_credentials
from lksig.wire.overwrite import overwrite_bytes
from lksig.wire.places import put_placeholders

if TYPE_CHECKING:
    from lksig.wire.known_values import KnownValues
    from lksig.wire.personal import PersonalData
    from lksig.wire.redaction import Secrets


class Redactor:
    """Hides what is secret in events, and what is personal.

    Args:
        secrets: of the run, or new ones for a file; they must not be those of `--show-secrets`.
        personal: hides names and the like too.
        known: hides values that must not be in a file, wherever they are.
    """

    def __init__(
        self, secrets: Secrets, personal: PersonalData | None = None, known: KnownValues | None = None
    ) -> None:
        assert not secrets.show
        self._passes = [_Pass(secrets, secrets.scrub)]
        if known is not None:
            self._passes.append(_Pass(known, known.scrub))
        if personal is not None:
            self._passes.append(_Pass(personal, personal.secret))
        self.redacted = ("secrets",) if personal is None else ("secrets", "personal")
        """What the header of a recording says of it."""

    def hide(self, event: events.Event) -> events.Event:
        """The event without its secrets; a message that has none is the same object."""
        for one in self._passes:
            event = _METHODS[type(event)](one, event)
        return event


class _Pass:
    """Hides what one `Secrets` knows of.

    Args:
        name: hides the name of a room or participant outside of a frame.
    """

    def __init__(self, secrets: Secrets, name: Callable[[str], str]) -> None:
        self._secrets = secrets
        self._name = name

    def message(self, message: events.Message) -> events.Message:
        done = self._secrets.overwrite(as_its_bytes_are(message))
        if done.raw == message.raw:
            return message
        return events.Message(
            message.t_ns,
            message.direction,
            done.raw,
            message.envelope,
            message.case,
            by=message.by,
            encoding=message.encoding,
            error=message.error,
            session=message.session,
            socket=message.socket,
            places=tuple({**dict(message.places), **dict(done.places)}.items()),
        )

    def start(self, start: events.Start) -> events.Start:
        return changed(
            start,
            url=self._secrets.url(start.url),
            room=None if start.room is None else self._name(start.room),
            identity=None if start.identity is None else self._name(start.identity),
        )

    def http(self, http: events.Http) -> events.Http:
        learn_credentials(http.request_headers, self._secrets)
        learn_credentials(http.headers, self._secrets)
        return changed(
            http,
            path=self._secrets.url(http.path),
            request_headers=self._headers(http.request_headers),
            headers=self._headers(http.headers),
            body=self._body(http.body),
            join_request=None if http.join_request is None else self._join_request(http.join_request),
        )

    def _headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """A token gives a placeholder, as in the views; what else is known gives `x`."""
        scrub, tokens = self._secrets.scrub, self._secrets.tokens
        return tuple((scrub(name), scrub(tokens(value))) for name, value in headers)

    def _body(self, body: bytes) -> bytes:
        """Views show the text of a body, so it is its characters that are overwritten."""
        return self._secrets.scrub(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _join_request(self, join_request: Any) -> Any:
        """It is no frame, so the placeholders themselves stand in it."""
        kind = message_class("JoinRequest")
        content = join_request.SerializeToString(deterministic=True)
        done = overwrite_bytes(content, kind.DESCRIPTOR, self._secrets)
        if done.raw == content:
            return join_request
        hidden = kind.FromString(done.raw)
        put_placeholders(events.Message(0, TO_SERVER, b"", hidden, None, by="client"), done.places)
        return hidden

    def ping(self, ping: Any) -> Any:
        return changed(ping, payload=self._secrets.scrub_bytes(ping.payload))

    def close(self, close: events.Close) -> events.Close:
        return changed(close, reason=self._secrets.scrub(close.reason))

    def state(self, state: events.State) -> events.State:
        return changed(state, why=self._secrets.scrub(state.why))

    def text(self, noted: Any) -> Any:
        return changed(noted, text=self._secrets.scrub(noted.text))


_METHODS: dict[type, Callable[[_Pass, Any], Any]] = {
    events.Message: _Pass.message,
    events.Start: _Pass.start,
    events.Http: _Pass.http,
    events.WsPing: _Pass.ping,
    events.WsPong: _Pass.ping,
    events.Close: _Pass.close,
    events.State: _Pass.state,
    events.Note: _Pass.text,
    events.Marker: _Pass.text,
}


def as_its_bytes_are(message: events.Message) -> events.Message:
    """A message decoded from its bytes, without what is known to have been hidden in it."""
    if not message.places:
        return message
    return decode_frame(
        message.raw,
        direction=message.direction,
        encoding=message.encoding,
        t_ns=message.t_ns,
        by=message.by,
        session=message.session,
        socket=message.socket,
    )
