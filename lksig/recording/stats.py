"""A session in numbers: what was said how often, how fast it was answered, where it was silent, who ended it.

The rule: readings pass once and are not kept. Besides counters by case there is one byte for each message (its case, so
that an answer finds what it answers) and some room for the first of everything that is named one by one.
Which case answers which: `lksig.schema.cases`.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from dataclasses import dataclass, field

from lksig.recording.histogram import Histogram
from lksig.schema.cases import REPLIES
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields
from lksig.wire.events import Close, End, Http, Marker, Message, Reading, Result, Start, WsPing, WsPong

MAX_NAMED = 1000
"""Sockets, ends, refusals by reason, numbers of one of them: what comes behind is counted, but not named."""

MAX_GAPS = 5
"""The longest silences that are kept."""

MAX_WS_PINGS = 64
"""WebSocket pings that wait for their pong."""

SECOND_NS = 1_000_000_000

_CASES: list[tuple[Direction, str | None]] = [
    (direction, case) for direction in (TO_SERVER, TO_CLIENT) for case in (None, *case_fields(direction))
]
_CODES = {entry: code for code, entry in enumerate(_CASES, start=1)}
"""Direction and case as one byte; 0 is a message that was not counted."""


@dataclass(slots=True)
class Traffic:
    """Messages of one kind."""

    count: int = 0
    bytes: int = 0
    max_bytes: int = 0

    def add(self, size: int) -> None:
        self.count += 1
        self.bytes += size
        self.max_bytes = max(self.max_bytes, size)


@dataclass(slots=True)
class Socket:
    """One WebSocket of one session."""

    session: int
    number: int
    first_ns: int
    last_ns: int
    traffic: dict[Direction, Traffic] = field(default_factory=lambda: {TO_CLIENT: Traffic(), TO_SERVER: Traffic()})
    close: Close | None = None


@dataclass(slots=True)
class Refused:
    """Requests of one case that were refused for one reason."""

    count: int = 0
    numbers: list[int] = field(default_factory=list)
    """The first of them."""


@dataclass(frozen=True, order=True, slots=True)
class Gap:
    """A silence: nothing at all happened."""

    ns: int
    since_ns: int
    before: str
    """The number of the message that ended it, or the kind of event."""


class Stats:
    """The numbers of a recording; feed it every reading that shall count.

    Args:
        is_part: not everything will be counted: then the time begins with the first event that is.
    """

    def __init__(self, *, is_part: bool = False) -> None:
        self._is_part = is_part
        self.first_ns: int | None = None
        self.last_ns = 0
        self.traffic = {TO_CLIENT: Traffic(), TO_SERVER: Traffic()}
        self.cases: dict[tuple[Direction, str | None], Traffic] = {}
        self.by: dict[str, int] = {}
        self.undecodable = 0
        self.http = 0
        self.markers = 0
        self.replies: dict[tuple[Direction, str], Histogram] = {}
        """Direction and case of a request → how long its answers took."""
        self.ws_pings = Histogram()
        self.results: dict[str, int] = {}
        """What became of requests, by outcome."""
        self.refused: dict[tuple[str, str | None], Refused] = {}
        self.unanswered: list[tuple[int, str]] = []
        self.unanswered_count = 0
        self.sockets: OrderedDict[tuple[int, int], Socket] = OrderedDict()
        self.socket_count = 0
        self.ends: list[End] = []
        self.leaves: dict[int, Message] = {}
        """The server's last `leave` of a session."""
        self.largest: tuple[int, int, str | None] | None = None
        """Bytes, number and case of the largest message."""
        self.peak = {TO_CLIENT: Traffic(), TO_SERVER: Traffic()}
        """The busiest second in each direction, by messages and by bytes."""
        self._other: Socket | None = None
        self._second = -1
        self._now = {TO_CLIENT: Traffic(), TO_SERVER: Traffic()}
        self._gaps: list[Gap] = []
        self._codes = bytearray(1)
        self._pings: OrderedDict[tuple[int, int, Direction, bytes], int] = OrderedDict()

    @property
    def duration_ns(self) -> int:
        """From the first event to the last."""
        return self.last_ns - (self.first_ns or 0)

    @property
    def gaps(self) -> list[Gap]:
        """The longest silences, the longest first."""
        return sorted(self._gaps, reverse=True)

    def observe(self, reading: Reading) -> None:
        """Count one reading."""
        event = reading.event
        if not (self._is_part and isinstance(event, Start | End)):
            self._time(reading, event.t_ns)
        if type(event) is Message:
            self._message(event, reading)
        else:
            self._rare(event)

    def _time(self, reading: Reading, t_ns: int) -> None:
        if self.first_ns is None:
            self.first_ns = t_ns
        else:
            self._silence(reading, t_ns)
        self.last_ns = max(self.last_ns, t_ns)

    def _silence(self, reading: Reading, t_ns: int) -> None:
        if len(self._gaps) == MAX_GAPS and reading.dt_ns <= self._gaps[0].ns:
            return
        if reading.dt_ns <= 0:
            return
        before = str(reading.n) if reading.n is not None else type(reading.event).__name__.lower()
        gap = Gap(reading.dt_ns, t_ns - reading.dt_ns, before)
        if len(self._gaps) < MAX_GAPS:
            heapq.heappush(self._gaps, gap)
        else:
            heapq.heapreplace(self._gaps, gap)

    def _message(self, message: Message, reading: Reading) -> None:
        direction, case, size, n = message.direction, message.case, len(message.raw), reading.n or 0
        self.traffic[direction].add(size)
        traffic = self.cases.get((direction, case))
        if traffic is None:
            traffic = self.cases[direction, case] = Traffic()
        traffic.add(size)
        self.by[message.by] = self.by.get(message.by, 0) + 1
        if message.error is not None:
            self.undecodable += 1
        if self.largest is None or size > self.largest[0]:
            self.largest = size, n, case
        self._rate(message.t_ns // SECOND_NS, direction, size)
        self._remember(n, _CODES[direction, case])
        if reading.reply_to is not None and reading.reply_ns is not None:
            self._reply(reading.reply_to, reading.reply_ns)
        socket = self._socket(message.session, message.socket, message.t_ns)
        socket.traffic[direction].add(size)
        socket.last_ns = message.t_ns
        if case == "leave" and direction is TO_CLIENT and len(self.leaves) < MAX_NAMED:
            self.leaves[message.session] = message

    def _rate(self, second: int, direction: Direction, size: int) -> None:
        if second != self._second:
            self._second = second
            self._now = {TO_CLIENT: Traffic(), TO_SERVER: Traffic()}
        now, peak = self._now[direction], self.peak[direction]
        now.add(size)
        peak.count, peak.bytes = max(peak.count, now.count), max(peak.bytes, now.bytes)

    def _remember(self, n: int, code: int) -> None:
        missing = n + 1 - len(self._codes)
        if missing > 0:
            self._codes += bytes(missing)
        self._codes[n] = code

    def case_of(self, n: int) -> tuple[Direction, str | None] | None:
        """Direction and case of a message that was counted."""
        code = self._codes[n] if n < len(self._codes) else 0
        return _CASES[code - 1] if code else None

    def _reply(self, request: int, ns: int) -> None:
        """Requests outside of what was to be counted have no answers either."""
        direction, case = self.case_of(request) or (TO_SERVER, None)
        if case is not None:
            self.replies.setdefault((direction, case), Histogram()).add(ns)

    def _socket(self, session: int, number: int, t_ns: int) -> Socket:
        """Beyond those that are told one by one, only the last one is known."""
        key = session, number
        socket = self.sockets.get(key)
        if socket is not None:
            return socket
        if self._other is None or key != (self._other.session, self._other.number):
            self.socket_count += 1
            self._other = Socket(session, number, t_ns, t_ns)
            if len(self.sockets) < MAX_NAMED:
                self.sockets[key] = self._other
        return self._other

    # --- what is no message -----------------------------------------------------------------------------------------

    def _rare(self, event: object) -> None:
        if isinstance(event, WsPing | WsPong):
            self._ws(event)
        elif isinstance(event, Close):
            socket = self._socket(event.session, event.socket, event.t_ns)
            socket.close, socket.last_ns = event, event.t_ns
        elif isinstance(event, Result):
            self._result(event)
        elif isinstance(event, End):
            self._end(event)
        elif isinstance(event, Http):
            self.http += 1
        elif isinstance(event, Marker):
            self.markers += 1

    def _ws(self, event: WsPing | WsPong) -> None:
        back = TO_CLIENT if event.direction is TO_SERVER else TO_SERVER
        if isinstance(event, WsPing):
            self._pings[event.session, event.socket, back, event.payload] = event.t_ns
            if len(self._pings) > MAX_WS_PINGS:
                self._pings.popitem(last=False)
            return
        since = self._pings.pop((event.session, event.socket, event.direction, event.payload), None)
        if since is not None:
            self.ws_pings.add(event.t_ns - since)

    def _result(self, result: Result) -> None:
        self.results[result.outcome] = self.results.get(result.outcome, 0) + 1
        if result.outcome != "refused":
            return
        key: tuple[str, str | None] = (result.case, result.reason)
        if key not in self.refused and len(self.refused) >= MAX_NAMED:
            key = (result.case, None)  # a server may invent as many reasons as there are numbers
        refused = self.refused.setdefault(key, Refused())
        refused.count += 1
        if len(refused.numbers) < MAX_NAMED:
            refused.numbers.append(result.request)

    def _end(self, end: End) -> None:
        if len(self.ends) < MAX_NAMED:
            self.ends.append(end)
        for n in end.unanswered:
            known = self.case_of(n)
            if known is None:
                continue
            self.unanswered_count += 1
            if len(self.unanswered) < MAX_NAMED:
                self.unanswered.append((n, known[1] or ""))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a request and the response that answers nothing but it, or either of them alone."""

    request: str | None
    """A case that goes to the server."""
    response: str | None
    """A case that goes to the client."""
    to_client: int
    to_server: int
    bytes: int
    reply: Histogram | None
    """How long the answers took, to what the client asked."""
    served: Histogram | None = None
    """The same for what the server asked (its offers)."""


_OWN_ANSWER = {request: reply.case for request, reply in REPLIES.items() if reply.case != "request_response"}


def rows(stats: Stats) -> list[Row]:
    """The table of a recording by case: pairs first, then the rest, in the order of the schema."""
    paired = [_pair(stats, request, response) for request, response in _OWN_ANSWER.items()]
    taken = {(TO_SERVER, request) for request in _OWN_ANSWER} | {(TO_CLIENT, one) for one in _OWN_ANSWER.values()}
    taken |= {(TO_CLIENT, "offer"), (TO_SERVER, "answer")}
    alone = [_alone(stats, direction, case) for direction, case in _CASES if (direction, case) not in taken]
    return [row for row in (*paired, *alone) if row.to_client or row.to_server]


def _pair(stats: Stats, request: str, response: str) -> Row:
    """Offer and answer go both ways."""
    there = stats.cases.get((TO_SERVER, request), Traffic()), stats.cases.get((TO_CLIENT, response), Traffic())
    back = (Traffic(), Traffic())
    if request == "offer":
        back = stats.cases.get((TO_CLIENT, request), Traffic()), stats.cases.get((TO_SERVER, response), Traffic())
    return Row(
        request,
        response,
        there[1].count + back[0].count,
        there[0].count + back[1].count,
        sum(traffic.bytes for traffic in (*there, *back)),
        stats.replies.get((TO_SERVER, request)),
        stats.replies.get((TO_CLIENT, request)),
    )


def _alone(stats: Stats, direction: Direction, case: str | None) -> Row:
    traffic = stats.cases.get((direction, case), Traffic())
    reply = stats.replies.get((direction, case)) if case is not None else None
    if direction is TO_SERVER:
        return Row(case, None, 0, traffic.count, traffic.bytes, reply)
    return Row(None, case, traffic.count, 0, traffic.bytes, reply)
