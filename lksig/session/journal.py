"""The journal: numbers what happens and adds what follows from it.

Events go in, in the order they happened; `Reading`s come out, the event's own first and then what is derived from it
(results, notes). The same events give the same readings, live or from a file, so nothing here looks at a clock.

Pairs are made by `lksig.session.pairing`. A request of the user gets exactly one `Result`. A fence is recognised by
what it is: an `update_metadata` or `mute` that lksig sent by itself (see `lksig.session.fence`).
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, enum_descriptor
from lksig.session.pairing import Open, Pairing
from lksig.wire.events import By, Close, End, Event, Message, Note, Outcome, Reading, Result, Start

RESULT_BY: frozenset[By] = frozenset({"user", "replay"})
"""Whose requests get a `Result`."""

FENCE_CASES = frozenset({"update_metadata", "mute"})
"""Requests that lksig sends by itself only as fences."""

TIMEOUT_NOTE = "timeout"
"""Code of the note that says that request `about` was not answered in time."""

NO_REFUSAL = frozenset({"OK", "QUEUED"})
"""Reasons of a `request_response` that do not say "no"."""


class _Session:
    """What the journal knows about one participant's session."""

    __slots__ = ("clock_told", "close", "counts", "ended", "leaving", "pairing", "refused", "unanswered", "undecodable")

    def __init__(self) -> None:
        self.pairing = Pairing()
        self.counts = {TO_CLIENT.value: 0, TO_SERVER.value: 0}
        self.refused: list[int] = []
        self.undecodable = 0
        self.close: Close | None = None
        self.clock_told = False


class Journal:
    """Numbers the events of one run, of all its sessions."""

    def __init__(self) -> None:
        self._n = 0
        self._last_ns = 0
        self._sessions: dict[int, _Session] = {}
        self._reasons = {value.number: value.name for value in enum_descriptor("RequestResponse.Reason").values}

    def add(self, event: Event) -> list[Reading]:
        """The readings of one event: itself, then what follows from it."""
        dt_ns = event.t_ns - self._last_ns
        self._last_ns = event.t_ns
        if type(event) is Message:
            return self._message(event, dt_ns)
        reading = Reading(event, dt_ns=dt_ns)
        if isinstance(event, Start):
            self._sessions.setdefault(event.session, _Session())
        elif isinstance(event, Close):
            return [reading, *self._closed(event)]
        elif isinstance(event, Note) and event.code == TIMEOUT_NOTE and event.about is not None:
            return [reading, *self._timed_out(event, event.about)]
        return [reading]

    def _session(self, number: int) -> _Session:
        session = self._sessions.get(number)
        if session is None:
            session = self._sessions[number] = _Session()
        return session

    def _message(self, message: Message, dt_ns: int) -> list[Reading]:
        self._n = n = self._n + 1
        session = self._session(message.session)
        session.counts[message.direction] += 1
        reading = Reading(message, n=n, dt_ns=dt_ns)
        if message.error is not None:
            session.undecodable += 1
            return [reading]
        request = session.pairing.answered(message)
        session.pairing.opened(n, message)
        if request is None:
            return self._unpaired(session, reading)
        reading.reply_to = request.n
        reading.reply_ns = message.t_ns - request.t_ns
        reading.for_auto = request.by == "auto"
        return self._paired(session, reading, request)

    def _unpaired(self, session: _Session, reading: Reading) -> list[Reading]:
        refused, _ = self._verdict(reading.event)
        reading.refused = refused
        return [reading]

    def _paired(self, session: _Session, reading: Reading, request: Open) -> list[Reading]:
        message: Message = reading.event
        refused, reason = self._verdict(message)
        readings = [reading]
        if reading.for_auto:
            if request.case in FENCE_CASES:
                readings += self._fenced(session, reading, request)
            elif message.case == "pong_resp" and not session.clock_told:
                session.clock_told = True
                readings.append(_clock_note(message, reading))
            return readings
        reading.refused = refused
        if refused:
            session.refused.append(request.n)
        if request.direction is TO_SERVER and not request.settled:
            outcome: Outcome = "refused" if refused else "queued" if reason == "QUEUED" else "answered"
            readings += self._result(message, request, outcome, reason=reason, reply=reading)
        return readings

    def _verdict(self, message: Message) -> tuple[bool, str | None]:
        """Whether a message says "no", and the reason it names."""
        if message.case == "request_response":
            body: Any = message.envelope
            reason = self._reasons.get(body.request_response.reason, str(body.request_response.reason))
            return reason not in NO_REFUSAL, reason
        # Source: livekit_rtc.proto SubscriptionResponse: it is sent when a subscription failed, and only then.
        if message.case == "subscription_response":
            return True, None
        return False, None

    def _fenced(self, session: _Session, reading: Reading, fence: Open) -> list[Reading]:
        readings: list[Reading] = []
        for request in session.pairing.settle_before(fence.n):
            readings += self._result(reading.event, request, "unopposed", reply=reading)
        return readings

    def _timed_out(self, note: Note, about: int) -> list[Reading]:
        request = self._session(note.session).pairing.get(about)
        return [] if request is None else self._result(note, request, "timeout")

    def _closed(self, close: Close) -> list[Reading]:
        session = self._session(close.session)
        session.close = close
        readings: list[Reading] = []
        for request in session.pairing.waiting():
            if request.case == "leave":
                # The close is what a `leave` asks for: livekit-server up to 1.13.5 may close without an echo.
                readings += self._result(close, request, "answered")
            elif request.key is not None or close.ended_by != "client":
                readings += self._result(close, request, "lost")
        return readings

    def _result(
        self,
        event: Event,
        request: Open,
        outcome: Outcome,
        *,
        reason: str | None = None,
        reply: Reading | None = None,
    ) -> list[Reading]:
        """The one result of a user's request; nothing for anybody else's, and nothing a second time."""
        if request.by not in RESULT_BY or request.settled:
            return []
        request.settled = True
        took_ns = event.t_ns - request.t_ns if reply is not None else None
        number = reply.n if reply is not None else None
        return [Reading(Result(event.t_ns, request.n, request.case, outcome, reason, number, took_ns, event.session))]

    def end(self, t_ns: int, session: int = 1) -> list[Reading]:
        """The last reading of a session; call it once, when no socket of it will open again.

        Args:
            t_ns: when it ended, on the run's clock.
        """
        known = self._session(session)
        unanswered = tuple(
            request.n
            for request in known.pairing.waiting()
            if request.key is not None and request.by != "auto" and request.case != "leave"
        )
        close = known.close
        return [
            Reading(
                End(
                    t_ns,
                    close.ended_by if close is not None else None,
                    close.code if close is not None else None,
                    dict(known.counts),
                    unanswered,
                    tuple(known.refused),
                    known.undecodable,
                    session,
                )
            )
        ]


def _clock_note(message: Message, reading: Reading) -> Reading:
    """How far the server's clock is from ours, told once: the wire carries both in `Pong`, in unix ms."""
    pong: Any = message.envelope
    rtt_ms = (reading.reply_ns or 0) / 1e6
    sent_ms = pong.pong_resp.last_ping_timestamp
    offset_ms = pong.pong_resp.timestamp - (sent_ms + rtt_ms / 2)
    text = f"round trip {rtt_ms:.1f} ms, the server's clock is {offset_ms:+.0f} ms from ours"
    return Reading(Note(message.t_ns, "clock-offset", text, reading.n, message.session, message.socket))
