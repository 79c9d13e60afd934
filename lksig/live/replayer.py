"""Playing the client's side of a recording to a server.

    report = await replay_to_server(recording.readings(), run, dial, reopener)
    assert report.is_same, report.findings

`lksig.session.replaying` decides what is sent and what it waits for, this shell keeps the pace and moves. The command
line and tests are its users alike: it prints nothing and reads no environment. Every session of the recording becomes a
`LiveSession` of the run with the same number; the sessions are left politely, whatever happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lksig.errors import TransportError
from lksig.live.session import LiveSession
from lksig.recording.compare import compare_messages
from lksig.recording.stable import Roles
from lksig.session.ids import Ids
from lksig.session.journal import TIMEOUT_NOTE
from lksig.session.playback import Player
from lksig.session.replay_ahead import Ahead
from lksig.session.replay_exchanges import leave_words
from lksig.session.replay_report import Differing, ReplayReport
from lksig.session.replaying import Leave, Open, Replay, Send, Shut, Step
from lksig.wire.events import Message, Reading

if TYPE_CHECKING:
    from lksig.live.reopening import Reopener
    from lksig.live.run import Run
    from lksig.live.session import Dial
    from lksig.recording.window import Window

FENCE_ROOM_S = 0.02
"""A silence of this length has room for a fence, whose answer comes within a millisecond or a round trip."""

SETTLE_S = 0.5
"""How long, before the end, kinds of messages are awaited that came unasked in the recording and did not come yet."""

_CLOSE_CODES = range(1000, 5000)
_NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
"""Source: RFC 6455 section 7.4.1."""


async def replay_to_server(
    readings: Iterable[Reading],
    run: Run,
    dial: Dial,
    reopener: Reopener,
    *,
    player: Player | None = None,
    window: Window | None = None,
    timeout_s: float = 5.0,
    fences: bool = True,
) -> ReplayReport:
    """Play the recorded clients to a server and tell what came again.

    Args:
        readings: of the recording, in order: `Recording.readings()`.
        run: where what happens goes; every session of the recording is one of this run.
        dial: opens a socket, as for `LiveSession`.
        reopener: makes the handshakes.
        player: the pace; None for the recorded one, `Player(None)` for as fast as the answers come.
        window: the part that is reported; what comes before it is played without waiting. Its `start` has been called.
        timeout_s: how long an answer is awaited.
        fences: find out whether requests that succeed in silence were accepted.

    Raises:
        LksigError: a session did not open that did in the recording.
    """
    replayer = Replayer(run, dial, reopener, player=player, window=window, timeout_s=timeout_s, fences=fences)
    try:
        await replayer.play(readings)
    finally:
        await replayer.leave()
    return replayer.report()


class Replayer:
    """One replay that can be stopped; what was found until then is told all the same. Arguments as above."""

    def __init__(
        self,
        run: Run,
        dial: Dial,
        reopener: Reopener,
        *,
        player: Player | None = None,
        window: Window | None = None,
        timeout_s: float = 5.0,
        fences: bool = True,
    ) -> None:
        self.sessions: dict[int, LiveSession] = {}
        self.failed: LiveSession | None = None
        """The session that did not open."""
        self._run = run
        self._dial = dial
        self._reopener = reopener
        self._player = player or Player()
        self._window = window
        self._timeout_s = timeout_s
        self._fences = fences
        self._recorded_roles, self._live_roles = Roles(named=True), Roles(named=True)
        self._replay = Replay(self._compare, Ids(secrets.randbelow))
        self._news = asyncio.Event()
        self._stopped = asyncio.Event()
        self._renamed: set[tuple[str | None, str | None]] = set()
        """Rooms, identities and names that were asked to be others."""
        self._at_ns = 0
        """Until when time was counted."""
        self._is_timed = False
        self._expected: set[int] = set()
        """Sessions that the recorded server ended, too."""
        run.add_sink(self._observe)

    def stop(self) -> None:
        """Send nothing more: `play` returns soon."""
        self._replay.is_whole = False
        self._stopped.set()
        self._news.set()

    def lost(self) -> list[LiveSession]:
        """The sessions that ended before the recording says so, and not by us."""
        sessions = self.sessions.items()
        return [one for number, one in sessions if _ended_by_server(one) and number not in self._expected]

    def report(self) -> ReplayReport:
        """What was found; to be asked for once, at the end."""
        return self._replay.report()

    # --- what comes -------------------------------------------------------------------------------------------------

    def _observe(self, reading: Reading) -> None:
        self._live_roles.observe(reading)
        self._replay.live(reading)
        self._news.set()

    def _compare(self, recorded: Message, live: Message) -> list[Differing]:
        found = compare_messages(recorded, live, self._recorded_roles, self._live_roles)
        return [Differing(one.path, one.a, one.b) for one in found if (one.a, one.b) not in self._renamed]

    # --- the play ---------------------------------------------------------------------------------------------------

    async def play(self, readings: Iterable[Reading]) -> None:
        """Play it until its end, or until `stop`.

        Raises:
            LksigError: a session did not open that did in the recording.
        """
        self._at_ns = self._run.clock.now_ns()
        ahead = Ahead(readings)
        began = False
        for reading in ahead:
            within = self._window is None or self._window.has(reading)
            if began and not within:
                break
            began = began or within
            self._recorded_roles.observe(reading)
            # What comes before the part, or before the first socket, takes no time of the recording's.
            self._is_timed = within and bool(self.sessions) and not self._is_alone()
            self._player.next(reading, at_once=not self._is_timed)
            join = ahead.join_behind(reading) if self._replay.opens(reading) else None
            step = self._replay.recorded(reading, join, within=within)
            while step is not None and await self._due():
                await self._make(step)
                if not self._is_timed and not isinstance(step, Open):
                    self._at_ns = self._run.clock.now_ns()
                # Where a message itself opened its socket, there is still what it says.
                step = self._replay.recorded(reading, None, within=within) if isinstance(step, Open) else None
            if self._stopped.is_set():
                return
        for session in tuple(self.sessions):
            await self._settle(session)

    async def leave(self) -> None:
        """Leave every session that is still there, and let go of everything."""
        self._stopped.set()
        try:
            await asyncio.gather(*(session.leave() for session in self.sessions.values()))
        finally:
            for session in self.sessions.values():
                await session.finish()
            self._run.remove_sink(self._observe)

    def _is_alone(self) -> bool:
        """Every session ended otherwise than recorded: nothing is timed any more."""
        ended = [session for session in self.sessions.values() if _ended_by_server(session)]
        return bool(ended) and len(ended) == len(self.sessions)

    async def _due(self) -> bool:
        """Wait until the step at hand is due; False when the replay was stopped."""
        while not self._stopped.is_set():
            now = self._run.clock.now_ns()
            if self._is_timed:
                self._player.passed((now - self._at_ns) / 1e9)
            self._at_ns = now
            wait_s = self._player.wait_s or 0.0
            if wait_s <= 0 or self._is_alone():
                return True
            if wait_s > FENCE_ROOM_S:
                for number in self.sessions:
                    await self._fence(number, at_once=True)
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait_s)
        return False

    async def _make(self, step: Step) -> None:
        if isinstance(step, Leave | Shut) or (isinstance(step, Send) and step.message.case == "leave"):
            await self._settle(step.session)
        elif isinstance(step, Open):
            await self._fenced(step.session)
        await self._until(lambda: not self._replay.owes(step), step)
        if self._stopped.is_set():
            return
        match step:
            case Open():
                await self._open(step)
            case Send():
                await self._send(step)
            case Leave():
                if step.session in self.sessions:
                    await self.sessions[step.session].leave()
            case Shut():
                await self._shut(step)

    async def _until(self, holds: Callable[[], bool], step: Step | None = None) -> bool:
        """Wait until it holds, but not for ever; gives whether it does.

        Args:
            step: what waits; when the time is over it waits no longer.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout_s
        while not holds() and not self._stopped.is_set():
            self._news.clear()
            left_s = deadline - loop.time()
            if left_s <= 0:
                self._give_up(step)
                return False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left_s)
        return True

    def _give_up(self, step: Step | None) -> None:
        if step is None:
            return
        for number, n in self._replay.give_up(step):
            self.sessions[number].note(TIMEOUT_NOTE, f"no answer to {n} in time", n)

    # --- steps ------------------------------------------------------------------------------------------------------

    async def _open(self, step: Open) -> None:
        session = self.sessions.get(step.session)
        if session is None:
            session = self.sessions[step.session] = LiveSession(self._run, self._dial, number=step.session)
        elif not step.opening.is_resume and not session.is_gone:
            await session.close()
        self._expected.discard(step.session)
        self._replay.dialed(step)
        reopened = self._reopener.reopen(step.opening, self._replay.bindings, session.last_token)
        self._renamed |= reopened.renamed
        is_first = not any(one.socket for one in self.sessions.values())
        try:
            await session.connect(
                reopened.handshake,
                room=reopened.room,
                identity=reopened.identity,
                resume=step.opening.is_resume,
            )
        except TransportError:
            self.failed = session
            self._replay.is_whole = False
            raise
        if is_first:
            # Recorded times count from the first handshake that was answered; so do these.
            self._at_ns = session.upgrade.t_ns if session.upgrade is not None else self._run.clock.now_ns()

    async def _send(self, step: Send) -> None:
        session = self.sessions.get(step.session)
        if session is None or session.is_gone:
            self._replay.exchanges.not_sent(step.n)
            return
        await self._fence(step.session, at_once=False)
        await self._until(lambda: not self._replay.owes(step), step)
        joined_with = session.handshake.token if session.handshake is not None else None
        request = self._replay.request(step, session.last_token or joined_with)
        with contextlib.suppress(TransportError):  # the close is in the readings, and what is owed is told
            await session.send(request.envelope, by="replay", raw=request.raw, encoding=step.message.encoding)

    async def _shut(self, step: Shut) -> None:
        session = self.sessions.get(step.session)
        if session is None:
            return
        if step.recorded is not None:
            self._expected.add(step.session)
            await self._until(lambda: session.is_gone)
            live = _how_it_ended(session)
            if live != step.recorded:
                self._replay.exchanges.ended(step.session, step.recorded, live)
        if session.state == "DISCONNECTING":
            await session.wait_gone()
        elif step.close.ended_by == "client" and _is_sendable(step.close.code):
            await session.close(step.close.code or 1000, step.close.reason)
        else:
            session.drop()
            await session.wait_gone()
        self._replay.exchanges.gone(step.session)

    async def _fence(self, number: int, *, at_once: bool) -> None:
        session = self.sessions.get(number)
        if not self._fences or session is None or session.state != "CONNECTED":
            return
        fence = self._replay.wants_fence(number, at_once=at_once)
        if fence is not None:
            with contextlib.suppress(TransportError):
                await session.send(fence, by="auto")

    async def _fenced(self, number: int) -> None:
        """Find out what became of what was sent over a session's socket, while it is there."""
        session = self.sessions.get(number)
        if session is not None and not session.is_gone:
            await self._fence(number, at_once=True)
            await self._until(lambda: session.is_gone or not self._replay.owed_by(number), Leave(number))

    async def _settle(self, number: int) -> None:
        """Wait for what is still to come of a session, before it ends."""
        session = self.sessions.get(number)
        if session is None or session.is_gone:
            return
        await self._fenced(number)
        lingers_s = (self._replay.lingers_until(number) - self._run.clock.now_ns()) / 1e9
        if lingers_s > 0:
            await self._pause(lambda: session.is_gone, lingers_s)
        await self._pause(lambda: session.is_gone or not self._replay.lacks_kinds(), SETTLE_S)

    async def _pause(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until it holds, at most so long."""

        async def wait() -> None:
            while not holds() and not self._stopped.is_set():
                self._news.clear()
                await self._news.wait()

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wait(), seconds)


def _ended_by_server(session: LiveSession) -> bool:
    close = session.close_event
    return session.is_gone and close is not None and close.ended_by != "client"


def _how_it_ended(session: LiveSession) -> str | None:
    """In the words of `Shut.recorded`; None while it has not."""
    close = session.close_event
    if close is None or (close.ended_by == "client" and session.last_leave is None):
        return None
    code = "no close frame" if close.code is None else f"close {close.code}"
    return code if session.last_leave is None else f"{leave_words(session.last_leave)}, {code}"


def _is_sendable(code: int | None) -> bool:
    return code in _CLOSE_CODES and code not in _NEVER_SENT
