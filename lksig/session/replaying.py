"""The client's side of a recording, played again: what is sent, what it waits for, and what came of it.

Readings of the recording go in, in order, steps come out: open a socket, send a request, close. The shell makes each
step when it is due and ready, and hands every live reading to `live`. The rule: whatever the recorded client had been
told before it sent something, the replaying one is told before it sends the same, whatever the pace; so a request waits
for the answers that the recording has before it, and for the ids it holds. lksig's own pings and fences are left out:
the live session makes its own. What is played of a session ends where its socket does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from lksig.records import record
from lksig.schema.cases import KEEPALIVE_CASES, REPLIES
from lksig.schema.pool import TO_SERVER
from lksig.session.fence import OK_PROTOCOL, fence_request
from lksig.session.journal import FENCE_CASES, RESULT_BY
from lksig.session.rebinding import Bindings, Request, id_text
from lksig.session.replay_exchanges import Compare, Exchanges, leave_words
from lksig.session.replay_opening import find_opening
from lksig.session.replay_report import ReplayReport
from lksig.session.sequence import ANSWER_LINGER_NS, BATCH
from lksig.wire.events import Close, Http, Message, Reading, Start, State

if TYPE_CHECKING:
    from lksig.session.ids import Ids
    from lksig.session.replay_opening import Opening


@record
class Open:
    """Open a socket of a session."""

    session: int
    opening: Opening


@record
class Send:
    """Send a recorded request; `Replay.request` says how it looks here."""

    session: int
    n: int
    """Its recorded number."""
    message: Message


@record
class Leave:
    """Leave politely, as lksig did in the recording."""

    session: int


@record
class Shut:
    """The recorded socket closed: by the client, the server, or because the network broke."""

    session: int
    close: Close
    recorded: str | None
    """How the server ended it, in words; None where it did not."""


Step = Open | Send | Leave | Shut


class _Session:
    """One session of the replay."""

    __slots__ = (
        *(
            "dialing",
            "fence_n",
            "fences",
            "linger_until_ns",
            "protocol",
            "sending",
            "silent",
            "since_fence",
            "socket",
            "start",
        ),
        "words",
    )

    def __init__(self) -> None:
        self.start: Start | None = None
        self.socket = 0
        """The recorded number of its newest socket."""
        self.dialing = 0
        """Of the one that was dialed last: while it opens, the server may close the one before, which it takes over."""
        self.words: dict[int, str] = {}
        """How the recorded server said goodbye, by recorded socket."""
        self.protocol = 0
        self.sending: int | None = None
        """The recorded number of the request that goes out next."""
        self.fences = 0
        self.fence_n: int | None = None
        """Of the fence that is awaited."""
        self.silent = False
        """Something was sent that only a fence settles."""
        self.since_fence = 0
        self.linger_until_ns = 0


class Replay:
    """One replay of a recording.

    Args:
        compare: what differs between a recorded and a live answer.
        fresh: makes credentials in the place of overwritten ones.
    """

    def __init__(self, compare: Compare, fresh: Ids) -> None:
        self.bindings = Bindings(fresh)
        self.exchanges = Exchanges(compare)
        self.is_whole = True
        """False when somebody stopped it."""
        self._sessions: dict[int, _Session] = {}
        self._unasked: Counter[str] = Counter()
        self._unasked_live: Counter[str] = Counter()
        self._is_within = False
        self._left_out = 0
        self._tellers: dict[Hashable, int] = {}
        """Recorded id → the request whose answer told it first."""
        self._given_up: set[Hashable] = set()
        """Ids that are not awaited any more."""
        self._unbound: dict[str, None] = {}

    def _session(self, number: int) -> _Session:
        return self._sessions.setdefault(number, _Session())

    # --- the recording ----------------------------------------------------------------------------------------------

    def recorded(self, reading: Reading, join: Message | None, *, within: bool) -> Step | None:
        """The next reading of the recording; gives what is to be done at it, if anything.

        Args:
            join: where it opens a socket, the recorded `join` that came over it, if one did.
            within: it is in the part that is reported.
        """
        event = reading.event
        self._is_within = within
        if type(event) is Message:
            return self._message(reading, event, join)
        if isinstance(event, Start):
            self._session(event.session).start = event
        elif isinstance(event, State):
            session = self._session(event.session)
            session.dialing = max(session.dialing, event.socket)
        elif isinstance(event, Http):
            return self._http(event, join)
        elif isinstance(event, Close):
            return self._close(event)
        return None

    def _http(self, http: Http, join: Message | None) -> Open | None:
        if http.status != 101 or http.socket <= self._session(http.session).socket:
            return None  # a probe, or a handshake that was refused: nothing was played over it
        return self._open(http.session, http.socket, http, join)

    def _open(self, number: int, socket: int, http: Http | None, join: Message | None) -> Open:
        session = self._session(number)
        session.socket = socket
        opening = find_opening(number, session.start, http, join)
        return Open(number, opening)

    def opens(self, reading: Reading) -> bool:
        """Whether this reading will open a socket: then `recorded` wants the `join` behind it."""
        event = reading.event
        if isinstance(event, Http):
            return event.status == 101
        return type(event) is Message and event.socket > self._session(event.session).socket

    def _message(self, reading: Reading, message: Message, join: Message | None) -> Step | None:
        session = self._session(message.session)
        if message.socket > session.socket:
            # A recording without its handshakes: a capture, or lines of somebody else. This message is played next.
            return self._open(message.session, message.socket, None, join)
        if message.direction is TO_SERVER:
            return self._request(reading, message)
        self._response(reading, message, session)
        return None

    def _request(self, reading: Reading, message: Message) -> Step | None:
        assert reading.n is not None
        if message.by == "auto":
            if message.case == "leave":
                return Leave(message.session)
            self._left_out += 1
            return None
        if message.by not in RESULT_BY and message.case in KEEPALIVE_CASES:
            self._left_out += 1
            return None
        # A `leave` may be answered by the close alone: livekit-server 1.13.5 does not always come to its echo.
        counts = self._is_within and message.case != "leave"
        self.exchanges.asked(message.session, message.case or "unknown", reading.n, counts=counts)
        return Send(message.session, reading.n, message)

    def _response(self, reading: Reading, message: Message, session: _Session) -> None:
        told = self.bindings.learn_recorded(message)
        if reading.reply_to is not None:
            self._tellers |= dict.fromkeys(told, reading.reply_to)
        if self.exchanges.recorded(reading):
            return
        if message.case == "leave":
            if reading.reply_to is None:
                session.words[message.socket] = leave_words(message.envelope.leave)  # type: ignore[union-attr]
        elif self._is_within and _is_unasked(reading):
            self._unasked[message.case or "unknown"] += 1

    def _close(self, close: Close) -> Shut | None:
        session = self._session(close.session)
        if close.socket != max(session.socket, session.dialing):
            return None  # another one took over: the server closes the older one, or the live session does
        words = session.words.get(close.socket)
        if close.ended_by == "server" or words is not None:
            return Shut(close.session, close, _ending(close, words))
        return Shut(close.session, close, None)

    # --- the live server --------------------------------------------------------------------------------------------

    def live(self, reading: Reading) -> None:
        """A reading of the live run."""
        message = reading.event
        if type(message) is not Message:
            return
        session = self._session(message.session)
        if message.direction is TO_SERVER:
            self._went_out(reading, message, session)
            return
        self.bindings.learn_live(message)
        if session.fence_n is not None and reading.reply_to == session.fence_n:
            session.fence_n = None
        elif not self.exchanges.came(reading) and self._is_within and _is_unasked(reading):
            self._unasked_live[message.case or "unknown"] += 1

    def _went_out(self, reading: Reading, message: Message, session: _Session) -> None:
        if message.by == "auto":
            if message.case in FENCE_CASES:
                session.fence_n = reading.n
            return
        if session.sending is not None and reading.n is not None:
            self.exchanges.sent(session.sending, reading.n)
            session.sending = None
        session.since_fence += 1
        if message.case not in REPLIES or (message.case == "update_metadata" and session.protocol < OK_PROTOCOL):
            session.silent = True
        if message.case == "answer":
            session.linger_until_ns = message.t_ns + ANSWER_LINGER_NS

    # --- steps ------------------------------------------------------------------------------------------------------

    def owes(self, step: Step) -> bool:
        """Whether the step still waits for an answer, a fence or an id."""
        if isinstance(step, Open):
            return bool(self.exchanges.owing())
        if self._session(step.session).fence_n is not None or self.exchanges.owing(step.session):
            return True
        return isinstance(step, Send) and any(map(self._may_come, self.bindings.missing(step.message)))

    def _may_come(self, name: Hashable) -> bool:
        """Whether a live id may still be told: not by a request that was answered, and answered otherwise."""
        if name in self._given_up:
            return False
        teller = self._tellers.get(name)
        return teller is None or self.exchanges.is_owing(teller)

    def give_up(self, step: Step) -> list[tuple[int, int]]:
        """Wait no longer; gives session and live number of the requests that were not answered."""
        session = None if isinstance(step, Open) else step.session
        if session is not None:
            self._session(session).fence_n = None
        if isinstance(step, Send):
            self._given_up.update(self.bindings.missing(step.message))
        given_up = self.exchanges.give_up(session)
        return [(one.session, one.live_n) for one in given_up if one.live_n is not None]

    def owed_by(self, session: int) -> bool:
        """Whether anything of a session is still awaited, a fence's answer included."""
        return self._session(session).fence_n is not None or bool(self.exchanges.owing(session))

    def request(self, step: Send, token: str | None) -> Request:
        """How a recorded request looks here; the next message of its session is it."""
        self._session(step.session).sending = step.n
        self._unbound.update(dict.fromkeys(map(id_text, self.bindings.missing(step.message))))
        return self.bindings.request(step.message, token)

    def dialed(self, step: Open) -> None:
        """The socket is about to be opened."""
        session = self._session(step.session)
        session.protocol = step.opening.protocol
        session.fence_n, session.silent, session.since_fence, session.linger_until_ns = None, False, 0, 0
        self.exchanges.dialed(step.session, counts=self._is_within)

    def wants_fence(self, session: int, *, at_once: bool) -> Any:
        """The fence that is to be sent now; None for none.

        Args:
            at_once: there is time for one; else only a long burst needs it.
        """
        known = self._session(session)
        if known.fence_n is not None or not (known.since_fence >= BATCH or (at_once and known.silent)):
            return None
        known.silent, known.since_fence = False, 0
        known.fences += 1
        return fence_request(known.fences - 1, known.protocol)

    def lingers_until(self, session: int) -> int:
        """Before this time a session that sent an `answer` should not leave [ns of the run]."""
        return self._session(session).linger_until_ns

    def lacks_kinds(self) -> bool:
        """Whether something unasked that was recorded did not come yet."""
        return any(case not in self._unasked_live for case in self._unasked)

    # --- the end ----------------------------------------------------------------------------------------------------

    def report(self) -> ReplayReport:
        """What was found; to be asked for once, when nothing comes any more."""
        missing = {case: count for case, count in self._unasked.items() if case not in self._unasked_live}
        place = {one.path: one for one in self.exchanges.place}
        return ReplayReport(
            sessions=sum(session.socket > 0 for session in self._sessions.values()),
            requests=self.exchanges.requests,
            answers=self.exchanges.answers,
            same=self.exchanges.same,
            findings=self.exchanges.findings(is_whole=self.is_whole),
            place=tuple(place.values()),
            unsolicited=(self._unasked.total(), self._unasked_live.total()),
            missing_kinds=missing,
            left_out=self._left_out,
            unbound=tuple(self._unbound),
            is_whole=self.is_whole,
        )


def _is_unasked(reading: Reading) -> bool:
    """Whether a message of a server came without a request."""
    case = reading.event.case
    return reading.reply_to is None and case not in KEEPALIVE_CASES and case not in ("join", "reconnect", "leave")


def _ending(close: Close, words: str | None) -> str:
    code = "no close frame" if close.code is None else f"close {close.code}"
    return f"{words}, {code}" if words is not None else code
