"""Requests of a replay with their recorded and their live answers: which came again, and what is still owed.

An exchange is a request, or a handshake, and what answered it; the journal says what answers what, in the recording and
live. Its answers are matched by case, and those of one case in order. An exchange owes an answer when the recording has
come to more of its answers than the server has given: what was sent after that answer waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import enum_descriptor
from lksig.session.replay_report import Differing, Finding

if TYPE_CHECKING:
    from lksig.wire.events import Message, Reading

Compare = Callable[["Message", "Message"], Sequence[Differing]]
"""What differs between a recorded answer and a live one, without ids, times and what was random."""

PLACE = (
    *("join.server_info", "join.server_version", "join.server_region", "join.alternative_url", "join.ice_servers"),
    *("reconnect.server_info", "reconnect.ice_servers", "join.participant.region"),
    *("join.room.num_participants", "join.room.num_publishers"),
)
"""Paths that tell where a server is and which one: it is another one, and that is no difference of its answers. Nor are
the counts of a room: livekit-server 1.13.5 brings them up to date some seconds later."""

_VERSION = ".version"
"""Of a participant or track: how often it changed until then, which is a matter of moments."""

_HIDDEN = re.compile(r"\\\[(?:secret|jwt)\\\]")
"""What stands, escaped, for something that was hidden in the recording: anything may be in its place."""


class Exchange:
    """A request or handshake, and its answers."""

    __slots__ = (
        "case",
        "counts",
        "given_up",
        "is_over",
        "live",
        "live_n",
        "n",
        "recorded",
        "seen",
        "session",
        "told",
        "unsent",
    )

    def __init__(self, session: int, case: str, n: int | None, counts: bool) -> None:
        self.session = session
        self.case = case
        self.n = n
        """Recorded number of the request; None for a handshake."""
        self.counts = counts
        """It is part of the report."""
        self.live_n: int | None = None
        self.recorded: list[Reading] = []
        """Answers that wait for their match."""
        self.live: list[Reading] = []
        self.seen = 0
        """Recorded answers so far."""
        self.told = 0
        """Live ones."""
        self.given_up = False
        self.is_over = False
        """Its socket is gone: nothing answers it any more."""
        self.unsent = False

    @property
    def owes(self) -> bool:
        """The recording has an answer that did not come yet."""
        return self.seen > self.told and not self.given_up and not self.is_over


class Exchanges:
    """All exchanges of a replay.

    Args:
        compare: of two answers of one case.
    """

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._by_recorded: dict[int, Exchange] = {}
        self._by_live: dict[int, Exchange] = {}
        self._handshakes: dict[int, Exchange] = {}
        """Session → its newest one."""
        self._all: list[Exchange] = []
        self._open: dict[int, list[Exchange]] = {}
        """Session → those of its socket."""
        self._owing: dict[Exchange, None] = {}
        self._findings: list[tuple[Exchange | None, Finding]] = []
        self.place: list[Differing] = []
        self.answers = 0
        self.same = 0
        self.requests = 0

    # --- what is asked ----------------------------------------------------------------------------------------------

    def dialed(self, session: int, *, counts: bool) -> None:
        """A socket will be opened; its first message answers."""
        self.gone(session)
        self._handshakes[session] = self._add(Exchange(session, "connect", None, counts))

    def asked(self, session: int, case: str, n: int, *, counts: bool) -> None:
        """Recorded request `n` will be sent."""
        self._by_recorded[n] = self._add(Exchange(session, case, n, counts))

    def _add(self, exchange: Exchange) -> Exchange:
        self._all.append(exchange)
        self._open.setdefault(exchange.session, []).append(exchange)
        return exchange

    def _weigh(self, exchange: Exchange) -> None:
        """Keep the list of those that owe: it is asked for before every request."""
        if exchange.owes:
            self._owing[exchange] = None
        else:
            self._owing.pop(exchange, None)

    def sent(self, n: int, live_n: int) -> None:
        """It went out, as message `live_n`."""
        exchange = self._by_recorded[n]
        exchange.live_n = live_n
        self._by_live[live_n] = exchange
        self.requests += 1

    def not_sent(self, n: int) -> None:
        """It cannot be sent: the session is over."""
        exchange = self._by_recorded[n]
        exchange.is_over = exchange.unsent = True
        self._weigh(exchange)
        self._find(exchange, "not_sent")

    # --- what answers -----------------------------------------------------------------------------------------------

    def recorded(self, reading: Reading) -> bool:
        """A message of the recorded server; True where it answers something that is replayed."""
        exchange = self._of(reading, self._by_recorded)
        if exchange is None:
            return False
        exchange.seen += 1
        self._weigh(exchange)
        self.answers += exchange.counts
        live = _taken(exchange.live, reading)
        if live is None:
            exchange.recorded.append(reading)
        else:
            self._compared(exchange, reading, live)
        return True

    def came(self, reading: Reading) -> bool:
        """The same for the live server."""
        exchange = self._of(reading, self._by_live)
        if exchange is None:
            return False
        exchange.told += 1
        self._weigh(exchange)
        recorded = _taken(exchange.recorded, reading)
        if recorded is None:
            exchange.live.append(reading)
        else:
            self._compared(exchange, recorded, reading)
        return True

    def _of(self, reading: Reading, by_n: dict[int, Exchange]) -> Exchange | None:
        message: Message = reading.event
        if message.case in ("join", "reconnect"):
            return self._handshakes.get(message.session)
        return by_n.get(reading.reply_to) if reading.reply_to is not None else None

    def _compared(self, exchange: Exchange, recorded: Reading, live: Reading) -> None:
        found = []
        for one in self._compare(recorded.event, live.event):
            if _may_be_same(one):
                continue
            if one.path.startswith(PLACE) or ".candidates" in one.path or one.path.endswith(_VERSION):
                self.place += [one] if exchange.counts else []
            else:
                found.append(one)
        if found:
            self._find(exchange, "different", recorded, live, tuple(found))
        elif exchange.counts:
            self.same += 1

    # --- what is owed -----------------------------------------------------------------------------------------------

    def owing(self, session: int | None = None) -> list[Exchange]:
        """The exchanges that owe an answer, of one session or all."""
        return [one for one in self._owing if session in (None, one.session)]

    def is_owing(self, n: int) -> bool:
        """Whether recorded request `n` still waits for an answer."""
        exchange = self._by_recorded.get(n)
        return exchange is not None and exchange.owes

    def give_up(self, session: int | None = None) -> list[Exchange]:
        """Wait no longer for what is owed; gives whom for."""
        owing = self.owing(session)
        for exchange in owing:
            exchange.given_up = True
            self._weigh(exchange)
        return owing

    def gone(self, session: int) -> None:
        """A session has no socket any more."""
        for exchange in self._open.pop(session, ()):
            exchange.is_over = True
            self._weigh(exchange)

    # --- what is found ----------------------------------------------------------------------------------------------

    def ended(self, session: int, recorded: str | None, live: str | None) -> None:
        """The server ended a session otherwise than recorded; None where it did not."""
        found = (Differing("close", recorded, live),)
        self._findings.append((None, Finding("ending", session, "close", None, None, None, None, found)))

    def _find(
        self,
        exchange: Exchange,
        kind: Any,
        recorded: Reading | None = None,
        live: Reading | None = None,
        differences: tuple[Differing, ...] = (),
    ) -> None:
        if not exchange.counts:
            return
        answer = recorded if recorded is not None else live
        finding = Finding(
            kind,
            exchange.session,
            exchange.case,
            exchange.n,
            answer_name(answer.event) if answer is not None else None,
            recorded.n if recorded is not None else None,
            live.n if live is not None else None,
            differences,
        )
        self._findings.append((exchange, finding))

    def findings(self, *, is_whole: bool) -> tuple[Finding, ...]:
        """Everything that is not as recorded, in the order of the requests; to be called once, at the end.

        Args:
            is_whole: the replay came to its end; what a cut one did not wait for is no finding.
        """
        for exchange in self._all:
            left = list(exchange.live)
            for recorded in () if exchange.unsent else exchange.recorded:
                self._left(exchange, recorded, left, is_whole)
            for live in left:
                # What a recording that stops did not come to may well have been answered.
                if exchange.is_over or live.refused:
                    self._find(exchange, "extra", None, live)
        order = {id(exchange): place for place, exchange in enumerate(self._all)}
        ranked = sorted(self._findings, key=lambda found: order.get(id(found[0]), len(order)))
        return tuple(finding for _, finding in ranked)

    def _left(self, exchange: Exchange, recorded: Reading, left: list[Reading], is_whole: bool) -> None:
        """A recorded answer that did not come: another one did, or none."""
        if left:
            live = left.pop(0)
            other = (Differing("case", answer_name(recorded.event), answer_name(live.event)),)
            self._find(exchange, "different", recorded, live, other)
        elif is_whole or exchange.given_up or exchange.is_over:
            self._find(exchange, "missing", recorded)


def _may_be_same(one: Differing) -> bool:
    """Whether a recorded value of which something was hidden can have been the live one."""
    if one.recorded is None or one.live is None or "[" not in one.recorded:
        return False
    pattern = _HIDDEN.sub(".*", re.escape(one.recorded))
    return re.fullmatch(pattern, one.live, re.DOTALL) is not None


def _taken(waiting: list[Reading], reading: Reading) -> Reading | None:
    """The oldest of the same case, taken out."""
    for index, other in enumerate(waiting):
        if other.event.case == reading.event.case:
            return waiting.pop(index)
    return None


def answer_name(message: Message) -> str:
    """The case of an answer, with the reason where it is one that may refuse."""
    body: Any = getattr(message.envelope, message.case) if message.case else None
    if message.case == "request_response":
        return f"request_response {_enum('RequestResponse.Reason', body.reason)}"
    if message.case == "subscription_response":
        return f"subscription_response {_enum('SubscriptionError', body.err)}"
    return str(message.case)


def leave_words(leave: Any) -> str:
    """How a server says goodbye, in a few words."""
    return f"leave {_enum('DisconnectReason', leave.reason)} {_enum('LeaveRequest.Action', leave.action)}"


def _enum(name: str, number: int) -> str:
    known = enum_descriptor(name).values_by_number.get(number)
    return str(number) if known is None else known.name
