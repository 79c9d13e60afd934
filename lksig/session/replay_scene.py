"""One recorded socket, played to one client: what is sent now, what waits for a request, what waits for its time.

    what the recording holds                 when it is played
    a reply                                  with the request it answers; so is what the request caused before it
    what a silent request caused at once     with the request, so that no fence overtakes it
    what a request caused later              as long after the request, or its reply, as it did
    a late refusal (`subscription_response`) as long after its request as it did
    what names a track that a reply made     as much later than that reply as it did
    anything else                            as long after what precedes it as it did; but first what was asked before
                                             it and answered is waited for: `Pace.patience_s` beyond its time, then that
                                             is passed over and told. Without a clock everything that was asked before
                                             it is waited for.
    the end of the socket                    as anything else, or with the request it followed

The rule: what came by itself keeps its order, and its times add up without drift. A reply never waits for its time.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

from lksig.records import record
from lksig.schema.cases import REPLIES
from lksig.session.hosting import Cancel, CloseSocket, DropSocket, Outbox, Schedule, Send, SendFrame, Tell
from lksig.session.replay_likeness import has_other_sections, likest
from lksig.session.replay_script import Asked, Cue, Ended, Said, Scene

if TYPE_CHECKING:
    from lksig.session.replay_rebind import Rebinding
    from lksig.wire.events import Encoding

PATIENCE_S = 2.0
"""As long as nobody says otherwise; a browser takes a second to start."""
SOON_NS = 500_000
"""What is due within half a millisecond is sent at once: no timer is that exact."""
MAX_LATE_NS = 500_000_000
"""A clock that was stopped for longer (a machine that slept) is not made up for."""
AT_ONCE_NS = 100_000_000
"""What came so soon after a request took its time on the way: the server did it at once."""
LATE_REPLIES = frozenset({"subscription_response"})
"""Observed: livekit-server 1.13.5 refuses a subscription after 60 s."""
CODES = (range(1000, 1004), range(1005, 1006), range(1007, 1015), range(3000, 5000))
"""Close codes that a frame may hold, and 1005, which says that it held none. Source: RFC 6455, section 7.4; IANA."""
MAX_REASON_BYTES = 123
"""Source: RFC 6455, section 5.5."""


@record
class Pace:
    """How fast a recording is played."""

    speed: float | None = 1.0
    """Times its own pace; None for no waiting at all."""
    idle_limit_s: float | None = None
    """No gap is longer, before `speed` is applied; None for as long as it was."""
    patience_s: float | None = PATIENCE_S
    """How much later than recorded a client may ask before what follows is played without it; None for ever."""


class ScenePlayer:
    """Plays a scene on a socket.

    Args:
        out: gets the actions.
    """

    def __init__(self, scene: Scene, socket: int, rebinding: Rebinding, pace: Pace, out: Outbox) -> None:
        self.encoding: Encoding = "protobuf"
        """Of the client's last frame; the server answers in kind. Observed: livekit-server 1.13.5."""
        self.is_over = False
        self._scene = scene
        self._socket = socket
        self._rebinding = rebinding
        self._pace = pace
        self._out = out
        self._own = [cue for cue in scene.cues if cue.asked is None]
        """What came by itself."""
        self._at = 0
        """The next one of them."""
        self._groups: dict[int, list[Cue]] = {}
        """What belongs to a request, by the request's index."""
        for cue in scene.cues:
            if cue.asked is not None:
                self._groups.setdefault(cue.asked.index, []).append(cue)
        self._by_case: dict[str, dict[int, Asked]] = {}
        """Requests that were not made yet, by case and index."""
        for asked in scene.asked:
            self._by_case.setdefault(asked.case, {})[asked.index] = asked
        self._began_ns = scene.began_ns or 0
        self._gates = [asked for asked in scene.asked if self._is_gate(asked)]
        self._gates_passed = 0
        self._awaited: dict[int, Asked] = {}
        """Requests from before the next cue that were not made and are not given up."""
        self._later: list[tuple[int, int, Cue, Any]] = []
        """A heap of what has its time: when, index, cue, and the request it belongs to."""
        self._base = 0, scene.opened_ns
        """A time of the run and the recorded time that it is."""
        self._backlog: list[tuple[str, Any]] = []
        """Requests that came before the first word of the server."""
        self._is_scheduled = False
        self._told_waiting = False
        self._told_exhausted = False

    def _is_gate(self, asked: Asked) -> bool:
        """Whether what came by itself waits for a request that was made before it."""
        if asked.n is None or asked.case == "leave" or asked.t_ns < self._began_ns:
            return False
        if self._pace.speed is None:
            return asked.case != "trickle"
        return any(cue.is_reply for cue in self._groups.get(asked.index, ()))

    # --- what happens -----------------------------------------------------------------------------------------------

    def open(self, t_ns: int) -> None:
        """The socket is accepted."""
        self._base = t_ns, self._scene.opened_ns
        self._go_on(t_ns)

    def request(self, t_ns: int, case: str, body: Any) -> None:
        """The client asks for something; before the server's first word it has to wait."""
        if self._at == 0 and self._own:
            self._backlog.append((case, body))
            return
        self._ask(t_ns, case, body)
        self._go_on(t_ns)

    def leave(self, t_ns: int, echo: Any) -> None:
        """The client leaves: as recorded, or else with an echo.

        Args:
            echo: the envelope of it.
        """
        asked = next(iter(self._by_case.get("leave", {}).values()), None)
        cues = self._groups.pop(asked.index, []) if asked is not None else []
        if not cues:
            self._out.put(Send(self._socket, echo, self.encoding))
        for cue in cues:
            self._play(t_ns, cue, None)
        if not self.is_over:
            self.stop()
            self._out.put(CloseSocket(self._socket))

    def expired(self, t_ns: int) -> None:
        """The time of something has come."""
        self._is_scheduled = False
        self._go_on(t_ns)

    def stop(self) -> None:
        """Nothing more is played."""
        self.is_over = True
        self._cancel()

    def _cancel(self) -> None:
        if self._is_scheduled:
            self._is_scheduled = False
            self._out.put(Cancel(self._timer))

    @property
    def _timer(self) -> tuple[str, int]:
        return "replay", self._socket

    # --- requests ---------------------------------------------------------------------------------------------------

    def _ask(self, t_ns: int, case: str, body: Any) -> None:
        waiting = self._by_case.get(case)
        if waiting:
            asked = likest(waiting.values(), body)
            del waiting[asked.index]
            self._awaited.pop(asked.index, None)
            self._rebinding.learn(asked, body)
            if case == "offer" and asked.index in self._groups and has_other_sections(asked.body.sdp, body.sdp):
                text = "this offer has other sections than the recorded one: SDKs refuse the answer to that"
                self._out.put(Tell(self._socket, "replay-offer", text))
            self._answer(t_ns, asked, body)
        elif case in REPLIES:
            self._out.put(Tell(self._socket, "replay-unanswered", f"the recording has no answer to this {case}"))

    def _answer(self, t_ns: int, asked: Asked, body: Any) -> None:
        """Play what belongs to a request: up to its reply at once, the rest as much later as it came."""
        cues = self._groups.pop(asked.index, [])
        replies = [cue.t_ns for cue in cues if cue.is_reply and not _is_late(cue)]
        near = [cue.t_ns for cue in cues if cue.t_ns - asked.t_ns <= AT_ONCE_NS]
        since_ns = replies[0] if replies else near[-1] if near else asked.t_ns
        for cue in cues:
            due_ns = t_ns + self._scaled(max(cue.t_ns - since_ns, 0))
            if due_ns <= t_ns + SOON_NS and not self._later_ones_of(asked):
                self._play(t_ns, cue, body)
            else:
                heapq.heappush(self._later, (due_ns, cue.index, cue, body))

    def _later_ones_of(self, asked: Asked) -> bool:
        return any(cue.asked is asked for _, _, cue, _ in self._later)

    def _scaled(self, recorded_ns: int) -> int:
        if self._pace.speed is None:
            return 0
        limit_s = self._pace.idle_limit_s
        limited_ns = recorded_ns if limit_s is None else min(recorded_ns, round(limit_s * 1e9))
        return round(limited_ns / self._pace.speed)

    # --- time -------------------------------------------------------------------------------------------------------

    def _go_on(self, t_ns: int) -> None:
        """Play what is due, and ask for the next time."""
        while not self.is_over:
            due_ns = self._next_due(t_ns)
            if due_ns is None:
                self._cancel()
                self._tell_exhausted()
                return
            if due_ns > t_ns + SOON_NS:
                self._is_scheduled = True
                self._out.put(Schedule(self._timer, (due_ns - t_ns) / 1e9))
                return
            self._play_next(t_ns, due_ns)

    def _next_due(self, t_ns: int) -> int | None:
        times = [self._later[0][0]] if self._later else []
        own = self._own_due(t_ns)
        return min([*times, *([own] if own is not None else [])], default=None)

    def _own_due(self, t_ns: int) -> int | None:
        """When what comes next by itself is due; None when there is nothing, or it waits without a clock."""
        if self._at == len(self._own):
            return None
        cue = self._own[self._at]
        self._collect_gates(cue.index)
        live_ns, recorded_ns = self._base
        due_ns = live_ns + self._scaled(max(cue.t_ns - max(recorded_ns, self._began_ns), 0))
        if cue.t_ns < self._began_ns:
            return t_ns
        if not self._awaited:
            return due_ns
        if self._pace.patience_s is None and self._told_waiting:
            return None
        return due_ns + self._patience_ns

    @property
    def _patience_ns(self) -> int:
        """Until something is done about a request that does not come, or said."""
        patience_s = self._pace.patience_s
        return round((PATIENCE_S if patience_s is None else patience_s) * 1e9)

    def _collect_gates(self, index: int) -> None:
        while self._gates_passed < len(self._gates) and self._gates[self._gates_passed].index < index:
            asked = self._gates[self._gates_passed]
            self._gates_passed += 1
            if asked.index in self._by_case[asked.case]:
                self._awaited[asked.index] = asked
                self._told_waiting = False

    def _play_next(self, t_ns: int, due_ns: int) -> None:
        if self._later and self._later[0][0] <= due_ns:
            _, _, cue, body = heapq.heappop(self._later)
            self._play(t_ns, cue, body, due_ns)
            return
        cue = self._own[self._at]
        due_ns = t_ns if self._pace.speed is None else max(due_ns, t_ns - MAX_LATE_NS)
        if self._awaited:
            names = ", ".join(_called(asked) for asked in self._awaited.values())
            if self._pace.patience_s is None:
                self._told_waiting = True
                self._out.put(Tell(self._socket, "replay-waiting", f"waiting for {names}"))
                return
            self._out.put(Tell(self._socket, "replay-passed-over", f"going on without {names}: the client did not ask"))
            self._awaited.clear()
            due_ns -= self._patience_ns  # nothing is shifted by it: the next one is on the clock again
        self._at += 1
        self._play(t_ns, cue, None, due_ns)
        backlog, self._backlog = self._backlog, []
        for case, body in backlog:
            self._ask(t_ns, case, body)

    # --- playing ----------------------------------------------------------------------------------------------------

    def _play(self, t_ns: int, cue: Cue, body: Any, due_ns: int | None = None) -> None:
        """Do what the server did.

        Args:
            due_ns: when it should have been done, so that delays do not add up.
        """
        if self._at == len(self._own) or cue.index <= self._own[self._at].index:
            self._base = max(self._base, (t_ns if due_ns is None else due_ns, cue.t_ns), key=lambda base: base[1])
        if isinstance(cue, Ended):
            self.stop()
            self._out.put(ending(self._socket, cue))
            return
        envelope = self._rebinding.envelope(cue, self.encoding, body)
        if envelope is None:
            self._out.put(SendFrame(self._socket, cue.raw, cue.encoding))
        else:
            self._out.put(Send(self._socket, envelope, self.encoding))

    def _tell_exhausted(self) -> None:
        """Say, once, that nothing is left but to keep the socket alive."""
        belongs = (cues[0].asked for cues in self._groups.values())
        is_left = self._at < len(self._own) or any(asked and asked.case != "leave" for asked in belongs)
        if not is_left and not self._told_exhausted:
            self._told_exhausted = True
            text = "everything recorded was played; the socket stays open, keep-alives and leave are answered"
            self._out.put(Tell(self._socket, "replay-exhausted", text))


def _is_late(cue: Cue) -> bool:
    return isinstance(cue, Said) and cue.case in LATE_REPLIES


def _called(asked: Asked) -> str:
    return f"{asked.case} ({asked.n})"


def ending(socket: int, ended: Ended) -> CloseSocket | DropSocket:
    """How a socket is ended as it was; a code that no endpoint may send ends it without a close frame."""
    code = ended.code
    if code is None or not any(code in codes for codes in CODES):
        return DropSocket(socket)
    return CloseSocket(socket, code, ended.reason.encode()[:MAX_REASON_BYTES].decode("utf-8", "ignore"))
