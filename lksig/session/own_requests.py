"""The requests a user made in one session, as far as references need them: who has an answer, who still waits.

A request is known from the moment it is announced, before it is sent, so that `add_track cid=c mute sid=%c` can be
checked as a whole. Requests go out in the order in which they were announced: when one is seen on the wire, those
announced before it will never be sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from lksig.schema.cases import REPLIES
from lksig.schema.pool import TO_SERVER
from lksig.session.journal import RESULT_BY
from lksig.wire.events import Message, Reading

if TYPE_CHECKING:
    from lksig.schema.references import Reference
    from lksig.schema.requests import ParsedRequest

MAX_SENT = 1_000
"""Requests that are remembered after they were sent."""

_NAMED = {"add_track": "cid", "publish_data_track_request": ""}
"""Requests that make a track, and the field with its cid."""


class OwnRequest:
    """One request of the user."""

    __slots__ = ("answer", "case", "cid", "n", "name", "source", "state")

    def __init__(self, envelope: Any, source: ParsedRequest | None, n: int | None = None) -> None:
        self.case: str | None = envelope.WhichOneof("message")
        body = getattr(envelope, self.case) if self.case in _NAMED else None
        reply = REPLIES.get(self.case or "")
        self.answer = reply.case if reply else None
        """The case of its answer; None where it has none of its own."""
        self.cid = str(getattr(body, _NAMED.get(self.case or "", ""), ""))
        self.name = str(getattr(body, "name", ""))
        self.source = source
        self.n = n
        """Its number; None before it is sent."""
        self.state: Literal["open", "answered", "refused"] = "open"

    def __str__(self) -> str:
        if self.n is not None:
            return f"`{self.case}` (message {self.n})"
        return f"`{self.source.text if self.source else self.case}`"


class OwnRequests:
    """The requests of the user, announced and sent."""

    def __init__(self) -> None:
        self._unsent: deque[OwnRequest] = deque()
        self._failed: deque[OwnRequest] = deque(maxlen=MAX_SENT)
        """Announced, and never sent."""
        self._sent: dict[int, OwnRequest] = {}

    def forget_sent(self) -> None:
        """Forget what was sent: a new join answers nothing of it."""
        self._sent.clear()
        self._failed.clear()

    def announce(self, request: ParsedRequest) -> None:
        """This request will be sent, behind all that were announced before."""
        self._unsent.append(OwnRequest(request.sketch(), request))

    def withdraw(self, request: ParsedRequest) -> None:
        """This request will not be sent: what would have come of it counts as refused."""
        for own in [own for own in self._unsent if own.source is request]:
            self._unsent.remove(own)
            self._fail(own)

    def _fail(self, own: OwnRequest) -> None:
        own.state = "refused"
        self._failed.append(own)

    def observe(self, reading: Reading) -> None:
        """Take note of a message of the session."""
        message: Message = reading.event
        if message.direction is TO_SERVER:
            if message.by in RESULT_BY and message.envelope is not None:
                self._observe_sent(OwnRequest(message.envelope, None, reading.n))
        elif reading.reply_to in self._sent:
            own = self._sent[reading.reply_to]
            if reading.refused:
                own.state = "refused"
            elif message.case == own.answer:
                own.state = "answered"
        elif message.case == "track_published":
            self._observe_late(message.envelope)

    def _observe_sent(self, own: OwnRequest) -> None:
        if any(announced.case == own.case for announced in self._unsent):
            while (announced := self._unsent.popleft()).case != own.case:
                self._fail(announced)
        self._sent[own.n or 0] = own
        if len(self._sent) > MAX_SENT:
            del self._sent[next(iter(self._sent))]

    def _observe_late(self, envelope: Any) -> None:
        """An answer that was put off (QUEUED) comes when the earlier track closes, and is paired with nothing."""
        for own in self._sent.values():
            if own.case == "add_track" and own.cid == envelope.track_published.cid and own.state == "open":
                own.state = "answered"

    def before(self, reference: Reference) -> Iterator[OwnRequest]:
        """The requests that come before the one that holds `reference`; all, when none that waits holds it."""
        yield from self._failed
        yield from self._sent.values()
        for own in self._unsent:
            if own.source is not None and reference in own.source.references:
                return
            yield own
