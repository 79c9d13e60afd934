"""An event without what is secret in it, before it is written.

The rule: what the views of the live session hide is hidden in the file, at the same time and by the same `Secrets`, so
that a view of the file prints what the view of the session printed. Frames keep their length and stay legal. What was
hidden before stays as it is; a frame with hidden places is looked through again all the same, because a later lksig, or
`--personal`, hides more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lksig.recording.format_v1 import PART
from lksig.schema.pool import TO_SERVER, message_class
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.header_secrets import learn_credentials
from lksig.wire.overwrite import overwrite_bytes
from lksig.wire.places import put_placeholders

if TYPE_CHECKING:
    from lksig.wire.overwrite import Place
    from lksig.wire.redaction import Secrets


class Redactor:
    """Hides what is secret in events.

    Args:
        secrets: of the run, or new ones for a file; they must not be those of `--show-secrets`.
    """

    def __init__(self, secrets: Secrets) -> None:
        assert not secrets.show
        self._secrets = secrets
        self._kinds: dict[type, Callable[[Any], events.Event]] = {
            events.Message: self._message,
            events.Start: self._start,
            events.Http: self._http,
            events.WsPing: self._ping,
            events.WsPong: self._ping,
            events.Close: lambda close: replace(close, reason=self._scrub(close.reason)),
            events.State: lambda state: replace(state, why=self._scrub(state.why)),
            events.Note: lambda note: replace(note, text=self._scrub(note.text)),
            events.Marker: lambda marker: replace(marker, text=self._scrub(marker.text)),
        }

    def hide(self, event: events.Event) -> events.Event:
        """The event without its secrets; the same object where it has none."""
        return self._kinds[type(event)](event)

    def _scrub(self, text: str) -> str:
        return self._secrets.scrub(text)

    def _message(self, message: events.Message) -> events.Message:
        done = self._secrets.overwrite(_as_it_is(message))
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
            places=merged_places(message.places, done.places),
        )

    def _start(self, start: events.Start) -> events.Start:
        return replace(
            start,
            url=self._secrets.url(start.url),
            room=None if start.room is None else self._scrub(start.room),
            identity=None if start.identity is None else self._scrub(start.identity),
        )

    def _http(self, http: events.Http) -> events.Http:
        learn_credentials(http.request_headers, self._secrets)
        learn_credentials(http.headers, self._secrets)
        return replace(
            http,
            path=self._secrets.url(http.path),
            request_headers=self._headers(http.request_headers),
            headers=self._headers(http.headers),
            body=self._body(http.body),
            join_request=None if http.join_request is None else self._join_request(http.join_request),
        )

    def _headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple((self._scrub(name), self._scrub(value)) for name, value in headers)

    def _body(self, body: bytes) -> bytes:
        """Views show the text of a body, so it is its characters that are overwritten."""
        return self._scrub(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _join_request(self, join_request: Any) -> Any:
        """It is no frame, so the placeholders themselves stand in it."""
        kind = message_class("JoinRequest")
        content = join_request.SerializeToString(deterministic=True)
        done = overwrite_bytes(content, kind.DESCRIPTOR, self._secrets)
        if done.raw == content:
            return join_request
        hidden = kind.FromString(done.raw)
        put_placeholders(_holder(hidden), done.places)
        return hidden

    def _ping(self, ping: Any) -> Any:
        return replace(ping, payload=self._secrets.scrub_bytes(ping.payload))


def _as_it_is(message: events.Message) -> events.Message:
    """A message as its bytes are, without what is known to have been hidden in it."""
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


def _holder(envelope: Any) -> events.Message:
    """Something that holds an envelope, as `put_placeholders` takes it."""
    return events.Message(0, TO_SERVER, b"", envelope, None, by="client")


def merged_places(old: tuple[Place, ...], new: tuple[Place, ...]) -> tuple[Place, ...]:
    """Places of two redactions of one frame; those within one text in order, as they are put back from its end."""
    if not old or not new:
        return old or new
    return tuple(sorted({**dict(old), **dict(new)}.items(), key=_order))


def _order(place: Place) -> tuple[str, int]:
    part = PART.fullmatch(place[0])
    return (part[1], int(part[2].partition(":")[0])) if part else (place[0], -1)
