"""A sequence of requests: what is sent when, so that every one of them gets its verdict.

Requests go out in order, each when what it refers to is known. Those that succeed in silence are followed by a fence
(`lksig.session.fence`); between batches there is one in any case, because livekit-server 1.13.5 ends a session without
a word when some 300 messages come in one burst (its queues hold 200). The shell asks `next` what to do, does it, and
hands every reading to `observe`; nothing here knows a socket or a clock.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lksig.errors import CheckFailedError, DeadlineError, InputError, LksigError
from lksig.schema.cases import REPLIES, REQUEST_ID_CASES
from lksig.schema.pool import TO_SERVER
from lksig.session.client import GOODBYE_S
from lksig.session.fence import OK_PROTOCOL, fence_request
from lksig.session.journal import FENCE_CASES
from lksig.wire.events import Close, Encoding, Message, Reading, Result

if TYPE_CHECKING:
    from lksig.schema.grammar import ParsedRequest, Reference

BATCH = 50
"""Messages between two fences: well under the 200 that fit into the server's queue."""

UNFENCED_PAUSE_NS = 200_000_000
"""Between batches without fences: 50 in 0.2 s; livekit-server 1.13.5 was seen to take 750 a second for long."""

ANSWER_LINGER_NS = 50_000_000
"""The server applies an `answer` outside its request loop: a refusal (`leave`) comes within this time."""

CLOSE_WAIT_NS = round((GOODBYE_S + 0.5) * 1e9)
"""How long the close is awaited that follows a `leave` of the server: the client closes by itself before that."""


class NotYet:
    """A reference to something that is not known yet; `waits_for` says what would tell."""

    __slots__ = ("waits_for",)

    def __init__(self, waits_for: str) -> None:
        self.waits_for = waits_for


class Refused:
    """A reference to something the server refused, in the answer to request `n`."""

    __slots__ = ("n",)

    def __init__(self, n: int | None) -> None:
        self.n = n


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send this request of the user."""

    envelope: Any
    raw: bytes | None
    """Exactly these bytes instead of the envelope's."""
    encoding: Encoding | None = None
    """Of `raw`: the kind of frame the bytes are for."""


@dataclass(frozen=True, slots=True)
class SendFence:
    """Send this fence, as lksig's own message."""

    envelope: Any


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Request `n` was not answered in time: say so."""

    n: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """A request that cannot be sent, and why; the others go on."""

    request: ParsedRequest
    error: LksigError | Refused | NotYet

    def as_error(self) -> LksigError:
        """The same, as a person is told."""
        if isinstance(self.error, Refused):
            return CheckFailedError(f"not sent: `{self.request.text}` needs what was refused", code="not-sent")
        if isinstance(self.error, NotYet):
            text = f"not sent: `{self.request.text}` waits for {self.error.waits_for}, which did not come"
            return DeadlineError(text, code="not-sent")
        return self.error


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before something is read, or before `until_ns`."""

    until_ns: int


@dataclass(frozen=True, slots=True)
class Done:
    """Every request has its verdict, or never will."""


Action = SendRequest | SendFence | TimedOut | NotSent | Wait | Done

Resolve = Callable[["Reference"], object]
"""The value of a reference, or `NotYet`, or `Refused`; raises InputError when it can never have one."""


class Sequence:
    """Decides what to send next.

    Args:
        resolve: gives values of references.
        protocol: the protocol number the session announced; it decides what a fence is.
        timeout_ns: how long an answer is awaited.
        fences: False turns them off.
        session: the number of the session whose readings count.
    """

    def __init__(
        self, resolve: Resolve, *, protocol: int, timeout_ns: int, fences: bool = True, session: int = 1
    ) -> None:
        self._resolve = resolve
        self._protocol = protocol
        self._timeout_ns = timeout_ns
        self.fences = fences
        """May be switched while requests wait."""
        self._session = session
        self._socket = 0
        """The number of the socket that counts: what an older one of the session does ends nothing."""
        self._queue: deque[ParsedRequest] = deque()
        self._given_up: deque[NotSent] = deque()
        self._deadlines: OrderedDict[int, int] = OrderedDict()
        """Number of a request that has no verdict yet → when that is too late; the earliest first."""
        self._silent: OrderedDict[int, None] = OrderedDict()
        """Those of them that wait for a fence."""
        self._fence_n: int | None = None
        self._fence_deadline_ns = 0
        self._fence_count = 0
        self._fence_is_asked = False
        self._request_ids = 0
        self._since_fence = 0
        self._pause_until_ns: int | None = None
        self._blocked_since_ns: int | None = None
        self._last_answer: int | None = None
        self._linger_until_ns = 0
        self._over_at_ns: int | None = None
        """Set when the session ends: nothing is sent any more."""

    def add(self, request: ParsedRequest) -> None:
        """One more request, behind those that wait."""
        self._queue.append(request)

    @property
    def unsent(self) -> int:
        """Requests that still wait to be sent."""
        return len(self._queue)

    @property
    def waiting(self) -> int:
        """Requests that wait to be sent or for their verdict."""
        return len(self._queue) + len(self._deadlines)

    @property
    def is_over(self) -> bool:
        """The session ended, or is about to: nothing is sent until `begin_socket`."""
        return self._over_at_ns is not None

    def ask_fence(self) -> None:
        """Send a fence behind what waits, whether anything needs it or not."""
        self._fence_is_asked = True

    def begin_socket(self, number: int) -> None:
        """The session goes on over another socket. What was sent before has its verdict from the journal: an answer, or
        `lost` when the older socket closes."""
        self._socket = number
        self._over_at_ns = self._fence_n = self._blocked_since_ns = self._pause_until_ns = None
        self._since_fence = 0
        self._fence_is_asked = False
        self._deadlines.clear()
        self._silent.clear()

    def abandon(self) -> list[ParsedRequest]:
        """Forget the requests that wait to be sent; gives them."""
        unsent = list(self._queue)
        self._queue.clear()
        return unsent

    # --- what happens -----------------------------------------------------------------------------------------------

    def observe(self, reading: Reading) -> None:
        """Take note of a reading of the run."""
        event = reading.event
        if event.session != self._session:
            return
        if type(event) is Message:
            self._observe_message(reading, event)
        elif isinstance(event, Result):
            self._has_verdict(event.request, event.t_ns)
        elif isinstance(event, Close) and event.socket >= self._socket:
            self._over_at_ns = event.t_ns

    def _observe_message(self, reading: Reading, message: Message) -> None:
        n = reading.n
        assert n is not None
        if message.direction is not TO_SERVER:
            if self._fence_n is not None and reading.reply_to == self._fence_n:
                self._fence_came_back(self._fence_n, message.t_ns)
            elif message.case == "leave" and reading.reply_to is None and message.socket >= self._socket:
                self._over_at_ns = message.t_ns + CLOSE_WAIT_NS
        elif message.by == "user":
            self._sent(n, message)
        elif message.by == "auto" and message.case in FENCE_CASES:
            self._fence_n = n

    def _sent(self, n: int, message: Message) -> None:
        is_silent = self._is_silent(message.case)
        if self.fences or not is_silent:
            self._deadlines[n] = message.t_ns + self._timeout_ns
            if is_silent:
                self._silent[n] = None
        if message.case == "answer":
            self._last_answer = n
            self._linger_until_ns = message.t_ns + ANSWER_LINGER_NS

    def _is_silent(self, case: str | None) -> bool:
        """Whether only a fence tells that such a request was handled: the empty ones and those nobody knows, too."""
        return case not in REPLIES or (case == "update_metadata" and self._protocol < OK_PROTOCOL)

    def _fence_came_back(self, fence: int, t_ns: int) -> None:
        self._fence_n = None
        for n in [n for n in self._silent if n < fence]:
            self._has_verdict(n, t_ns)

    def _has_verdict(self, n: int, t_ns: int) -> None:
        self._deadlines.pop(n, None)
        self._silent.pop(n, None)
        if n == self._last_answer:
            self._linger_until_ns = t_ns + ANSWER_LINGER_NS

    # --- what to do -------------------------------------------------------------------------------------------------

    def next(self, now_ns: int) -> Action:
        """The next thing to do."""
        if self._over_at_ns is not None:
            return Wait(self._over_at_ns) if now_ns < self._over_at_ns else Done()
        if self._given_up:
            return self._given_up.popleft()
        if self._deadlines and self._first_deadline(now_ns) <= now_ns:
            late, _ = self._deadlines.popitem(last=False)
            self._silent.pop(late, None)
            return TimedOut(late)
        if self._fence_n is not None:
            return self._await_fence(now_ns)
        if self._queue:
            return self._between_batches(now_ns) if self._since_fence >= BATCH else self._next_request(now_ns)
        if self._silent or self._fence_is_asked:
            return self._fence()
        if self._deadlines:
            return Wait(self._first_deadline(now_ns))
        return Wait(self._linger_until_ns) if now_ns < self._linger_until_ns else Done()

    def _first_deadline(self, otherwise: int) -> int:
        """The earliest one; `otherwise` where nothing is awaited. Requests go out in order: so do their deadlines."""
        return next(iter(self._deadlines.values()), otherwise)

    def _await_fence(self, now_ns: int) -> Action:
        if now_ns < self._fence_deadline_ns:
            return Wait(min(self._first_deadline(self._fence_deadline_ns), self._fence_deadline_ns))
        # The request loop of this session stands still: no further request would be handled either.
        self._fence_n = None
        stuck = NotYet("the answer to what was sent before it")
        self._given_up.extend(NotSent(request, stuck) for request in self._queue)
        self._queue.clear()
        return self.next(now_ns)

    def _between_batches(self, now_ns: int) -> Action:
        if self.fences:
            return self._fence()
        if self._pause_until_ns is None:
            self._pause_until_ns = now_ns + UNFENCED_PAUSE_NS
        if now_ns < self._pause_until_ns:
            return Wait(min(self._first_deadline(self._pause_until_ns), self._pause_until_ns))
        self._pause_until_ns = None
        self._since_fence = 0
        return self.next(now_ns)

    def _fence(self) -> Action:
        self._since_fence = 0
        self._fence_is_asked = False
        self._fence_count += 1
        # Not yet a number: the message gets it when it is sent, before anything else is asked for.
        return SendFence(fence_request(self._fence_count - 1, self._protocol))

    def fence_sent(self, now_ns: int) -> None:
        """The fence went out; its answer is awaited from now on."""
        self._fence_deadline_ns = now_ns + self._timeout_ns

    def _next_request(self, now_ns: int) -> Action:
        request = self._queue[0]
        if request.case == "leave" and self._silent:
            return self._fence()  # behind a `leave` nothing is answered: what is to be known is asked for now
        problem: InputError | Refused | NotYet | None
        envelope: Any = None
        try:
            problem = self._missing(request)
            if problem is None:
                envelope = request.build(self._resolve)
        except InputError as exc:
            problem = exc
        if isinstance(problem, NotYet):
            return self._blocked(request, problem, now_ns)
        self._queue.popleft()
        self._blocked_since_ns = None
        if problem is not None:
            return NotSent(request, problem)
        self._since_fence += 1
        if request.raw is not None:
            return SendRequest(envelope, request.raw, request.encoding)
        if request.case in REQUEST_ID_CASES and not request.exact and not request.sets("request_id"):
            self._request_ids += 1
            getattr(envelope, request.case).request_id = self._request_ids
        return SendRequest(envelope, None)

    def _missing(self, request: ParsedRequest) -> Refused | NotYet | None:
        """Why the first of its references that has no value has none.

        Raises:
            InputError: one of them can never have a value.
        """
        values = (self._resolve(reference) for reference in request.references)
        return next((value for value in values if isinstance(value, NotYet | Refused)), None)

    def _blocked(self, request: ParsedRequest, reason: NotYet, now_ns: int) -> Action:
        if self._silent:
            return self._fence()
        if self._blocked_since_ns is None:
            self._blocked_since_ns = now_ns
        until_ns = self._blocked_since_ns + self._timeout_ns
        if now_ns < until_ns:
            return Wait(min(self._first_deadline(until_ns), until_ns))
        self._queue.popleft()
        self._blocked_since_ns = None
        return NotSent(request, reason)
