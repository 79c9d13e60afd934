"""The journal: numbers what happens and adds what follows from it.

Events go in, in the order they happened; `Reading`s come out, the event's own first and then what is derived from it
(results, notes). The same events give the same readings, live or from a file, so nothing here looks at a clock.

Pairs are made by `lksig.session.pairing`. A request of the user gets exactly one `Result`; only one that nobody asked
about (it has no answer of its own, no fence follows it, and the client ends the session) gets none. A fence is
recognised by what it is: an `update_metadata` or `mute` that lksig sent by itself (see `lksig.session.fence`).
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, enum_descriptor
from lksig.session.pairing import Open, Pairing
from lksig.wire.events import By, Close, End, Event, Message, Note, Outcome, Reading, Result

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

    __slots__ = ("clock_told", "close", "counts", "pairing", "refused", "unanswered", "undecodable")

    def __init__(self) -> None:
        self.pairing = Pairing()
        self.counts = {TO_CLIENT.value: 0, TO_SERVER.value: 0}
        self.refused: dict[int, None] = {}
        """In the order in which they were refused; a `subscription` may be refused for each of its tracks."""
        self.unanswered: list[int] = []
        """What was given up so far."""
        self.undecodable = 0
        self.close: Close | None = None
        self.clock_told = False

    def give_up(self, request: Open) -> None:
        """Count a request as unanswered: not what lksig asks by itself, and a place in a queue is an answer."""
        if request.by != "auto" and not request.is_queued:
            self.unanswered.append(request.n)


class Journal:
    """Numbers the events of one run, of all its sessions."""

    def __init__(self) -> None:
        self._n = 0
        self._last_ns = 0
        self._sessions: dict[int, _Session] = {}
        self._reasons = {value.number: value.name for value in enum_descriptor("RequestResponse.Reason").values}
        self._subscription_errors = {value.number: value.name for value in enum_descriptor("SubscriptionError").values}

    def add(self, event: Event) -> list[Reading]:
        """The readings of one event: itself, then what follows from it."""
        dt_ns = event.t_ns - self._last_ns
        self._last_ns = event.t_ns
        if type(event) is Message:
            return self._message(event, dt_ns)
        reading = Reading(event, dt_ns=dt_ns)
        if isinstance(event, Close):
            return [reading, *self._closed(event)]
        if isinstance(event, Note) and event.code == TIMEOUT_NOTE and event.about is not None:
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
        readings = [reading] if request is None else self._paired(session, reading, request)
        if request is None:
            reading.refused, _ = self._verdict(message)
        forgotten = session.pairing.opened(n, message)
        if forgotten is not None and forgotten.direction is TO_SERVER and forgotten.key is not None:
            session.give_up(forgotten)
            readings += self._result(message, forgotten, "lost")
        return readings

    def _paired(self, session: _Session, reading: Reading, request: Open) -> list[Reading]:
        message: Message = reading.event
        reading.reply_to = request.n
        reading.reply_ns = message.t_ns - request.t_ns
        reading.for_auto = request.by == "auto"
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
            session.refused[request.n] = None
        outcome: Outcome = "refused" if refused else "queued" if reason == "QUEUED" else "answered"
        return readings + self._result(message, request, outcome, reason=reason, reply=reading)

    def _verdict(self, message: Message) -> tuple[bool, str | None]:
        """Whether a message says "no", and the reason it names."""
        envelope: Any = message.envelope
        if message.case == "request_response":
            reason = self._reasons.get(envelope.request_response.reason, str(envelope.request_response.reason))
            return reason not in NO_REFUSAL, reason
        # Source: livekit_rtc.proto SubscriptionResponse: it is sent when a subscription failed, and only then.
        if message.case == "subscription_response":
            error = envelope.subscription_response.err
            return True, self._subscription_errors.get(error, str(error))
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
        if session.close is None or close.socket >= session.close.socket:
            session.close = close  # an older socket may close after the one that took its session over
        over = session.pairing.closed(close.socket)
        readings: list[Reading] = []
        for request, was_asked in _with_questions(over):
            if request.case == "leave":
                # The close is what a `leave` asks for: livekit-server up to 1.13.5 may close without an echo. One that
                # comes when it was given up is ours.
                if request.settled or close.code is None:
                    session.give_up(request)
                readings += self._result(close, request, "lost" if close.code is None else "answered")
                continue
            if was_asked:
                session.give_up(request)
            if was_asked or close.ended_by != "client":
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
        known = self._sessions.pop(session, None) or _Session()
        for request, was_asked in _with_questions(known.pairing.waiting()):
            if was_asked and (request.case != "leave" or request.settled):
                known.give_up(request)
        close = known.close
        return [
            Reading(
                End(
                    t_ns,
                    close.ended_by if close is not None else None,
                    close.code if close is not None else None,
                    dict(known.counts),
                    tuple(known.unanswered),
                    tuple(known.refused),
                    known.undecodable,
                    session,
                )
            )
        ]


def _with_questions(requests: list[Open]) -> list[tuple[Open, bool]]:
    """Each request, and whether an answer was asked for: its own, or that of a fence behind it."""
    fence = max((one.n for one in requests if one.by == "auto" and one.case in FENCE_CASES), default=0)
    return [(one, one.key is not None or one.n < fence) for one in requests]


def _clock_note(message: Message, reading: Reading) -> Reading:
    """How far the server's clock is from ours, told once: the wire carries both in `Pong`, in unix ms."""
    pong: Any = message.envelope
    rtt_ms = (reading.reply_ns or 0) / 1e6
    sent_ms = pong.pong_resp.last_ping_timestamp
    offset_ms = pong.pong_resp.timestamp - (sent_ms + rtt_ms / 2)
    text = f"round trip {rtt_ms:.1f} ms, the server's clock is {offset_ms:+.0f} ms from ours"
    return Reading(Note(message.t_ns, "clock-offset", text, reading.n, message.session, message.socket))
