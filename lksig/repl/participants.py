"""The participants of a prompt: sessions of one room in one run, each with what it knows and what it still has to send.

Rule: a typed request is handed over and the prompt is free again; a pump sends it when its turn comes. Each session has
one sequence for its whole life, so that request ids and fences never start over, whatever becomes of its sockets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lksig.errors import EndedError, InputError, LksigError, TransportError
from lksig.live.sending import Pump
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.client import NO_MEDIA_S
from lksig.session.reconnect import sync_state
from lksig.session.references import ReferenceBook
from lksig.session.room_state import RoomState
from lksig.session.sequence import NotSent, Sequence
from lksig.wire.events import Close, Message, Note, Reading

if TYPE_CHECKING:
    from lksig.live.run import Run
    from lksig.repl.ports import Ticket
    from lksig.schema.requests import ParsedRequest
    from lksig.session.recent import RecentMessages

STORY = "session"
"""Code of the notes that tell what is done to a session and why."""

RTTS = 32
"""Round trips that are remembered, for a line of a toolbar."""

FIRST_MESSAGE_S = 5.0
"""How long the answer to a join or a resume is awaited."""

STOOD_NS = 10_000_000_000
"""A session that lasted this long was one: the next end starts counting anew. Two clients that throw each other out
would otherwise do so without a pause."""

_SETTLED = ("CONNECTED", "DISCONNECTED")


class Participant:
    """One session of the prompt.

    Args:
        number: of the session in the run.
        on_not_sent: told of each request that cannot be sent.
        cover: hides what nobody may see, before it becomes a picture of the room.
    """

    def __init__(
        self,
        ticket: Ticket,
        run: Run,
        number: int,
        recent: RecentMessages,
        *,
        timeout_ns: int,
        fences: bool,
        on_not_sent: Callable[[Participant, NotSent], None],
        cover: Callable[[Reading], Reading],
    ) -> None:
        self.ticket = ticket
        self.number = number
        self.name = ticket.identity or f"#{number}"
        self.session = ticket.session(run, number)
        self.book = ReferenceBook(number, recent)
        self.sequence = Sequence(
            self.book.resolve, protocol=ticket.protocol, timeout_ns=timeout_ns, fences=fences, session=number
        )
        self.room = RoomState(number)
        self._cover = cover
        self.known: Any = None
        """What completion may offer, where somebody completes."""
        self.rtts_ms: deque[float] = deque(maxlen=RTTS)
        self.counts = {TO_CLIENT: 0, TO_SERVER: 0}
        self.syncs = True
        """Say `sync_state` after a resume, as SDKs do."""
        self.media_deadline_ns: int | None = None
        self.lost_in_a_row = 0
        """How often it was opened again since it last stood for `STOOD_NS`."""
        self._stands_since_ns: int | None = None
        self.was_closed: Close | None = None
        """How it ended, where nobody here asked for it; None again once it stands."""
        self._on_not_sent = on_not_sent
        self._run = run
        run.add_sink(self._observe)
        self.pump = Pump(self.session, self.sequence, self._not_sent)

    @property
    def room_name(self) -> str | None:
        """The room it is in: as the server says, who may have moved it, or before that as the token says."""
        told = self.room.room
        return str(told.value.name) if told is not None and told.value.name else self.session.room

    @property
    def identity(self) -> str | None:
        """Who it is: as the token says, or where that names nobody as the server says."""
        return self.ticket.identity or self.room.me

    # --- requests ---------------------------------------------------------------------------------------------------

    def check_open(self) -> None:
        """Requests can be sent.

        Raises:
            LksigError: there is no connection; of the kind of what ended it.
        """
        if self.session.is_gone:
            raise self.gone(f"not sent: `{self.name}` has no connection")

    def gone(self, text: str) -> LksigError:
        """The error of something that needs a connection where there is none."""
        hint = "`/rejoin` starts over"
        if self.was_closed is None:
            return InputError(text, code="connection-gone", hint=hint)
        if self.was_closed.ended_by == "server":
            return EndedError(text, code="connection-gone", hint=hint)
        return TransportError(text, code="connection-gone", hint=hint)

    def send(self, *requests: ParsedRequest) -> None:
        """Hand requests over; they go out when their turn comes."""
        for request in requests:
            self.book.announce(request)
        self.pump.add(*requests)

    def _not_sent(self, failed: NotSent) -> None:
        self.book.withdraw(failed.request)
        self._on_not_sent(self, failed)

    # --- sockets ----------------------------------------------------------------------------------------------------

    async def open(self) -> bool:
        """Open the session and wait for the join; False when none comes.

        Raises:
            LksigError: no socket opened.
        """
        await self.ticket.open(self.session)
        return await self._stands()

    async def resume(self) -> bool:
        """Open a second socket that names the participant, the first being still open where it is; False when the
        server does not take the session over.

        Raises:
            LksigError: no socket opened.
        """
        first = "gone" if self.session.is_gone else "still open"
        sid = self.session.participant_sid
        self.session.note(STORY, f"resume: another socket for {sid}, the one before is {first}")
        await self._another(resume=True)
        if not await self._stands():
            return False
        if self.syncs:
            await self.session.send(sync_state(), by="auto")
        return True

    async def rejoin(self) -> bool:
        """Start over: leave, where there is something to leave, and join anew; False when no join comes.

        Raises:
            LksigError: no socket opened.
        """
        self.session.note(STORY, "rejoin: start over with a new join")
        await self.session.leave()
        await self._another(resume=False)
        return await self._stands()

    async def _another(self, *, resume: bool) -> None:
        self.pump.hold()
        try:
            await self.ticket.open_again(self.session, resume=resume)
            if not self.session.is_gone:
                self.sequence.begin_socket(self.session.socket)
        finally:
            # Without a socket the sequence is over, and what was typed meanwhile is told not to have been sent.
            self.pump.release()

    async def _stands(self) -> bool:
        """Whether the new socket comes to a session."""
        session = self.session
        if session.state not in _SETTLED:
            await session.run.first(lambda _: True if session.state in _SETTLED else None, FIRST_MESSAGE_S)
        return session.state == "CONNECTED"

    async def finish(self) -> None:
        """Let go of everything."""
        self._run.remove_sink(self._observe)
        await self.pump.close()
        await self.session.finish()

    # --- what happens -----------------------------------------------------------------------------------------------

    def _observe(self, reading: Reading) -> None:
        self.book.observe(reading)
        if self.known is not None:
            self.known.observe(reading)
        event = reading.event
        if event.session != self.number:
            return
        self.room.observe(self._cover(reading))
        if type(event) is Message:
            self.counts[event.direction] += 1
            if event.case in ("join", "reconnect"):
                self.was_closed = None
                self._stands_since_ns = event.t_ns
            if event.case == "pong_resp" and reading.reply_ns is not None:
                self.rtts_ms.append(reading.reply_ns / 1e6)
        elif isinstance(event, Note) and event.code == "no-media":
            self.media_deadline_ns = event.t_ns + round(NO_MEDIA_S * 1e9)
        elif isinstance(event, Close) and event is self.session.close_event:
            self.media_deadline_ns = None
            if self._stands_since_ns is not None and event.t_ns - self._stands_since_ns >= STOOD_NS:
                self.lost_in_a_row = 0
            self.was_closed = event if event.ended_by != "client" else None


class Participants:
    """Everybody who speaks from this prompt, in the order in which they came."""

    def __init__(self) -> None:
        self._by_name: dict[str, Participant] = {}
        self._active: Participant | None = None

    def add(self, participant: Participant) -> None:
        """One more, who is spoken as from now on."""
        self._by_name[participant.name] = participant
        self._active = participant

    def remove(self, participant: Participant) -> None:
        """One who never joined; the first one speaks again."""
        del self._by_name[participant.name]
        self._active = next(iter(self._by_name.values()), None)

    def use(self, participant: Participant) -> None:
        """Speak as this one."""
        self._active = participant

    @property
    def active(self) -> Participant:
        """Who is spoken as."""
        assert self._active is not None
        return self._active

    def get(self, name: str) -> Participant | None:
        """The one with this identity."""
        return self._by_name.get(name)

    def of(self, session: int) -> Participant | None:
        """The one with this session number."""
        return next((one for one in self if one.number == session), None)

    def __iter__(self) -> Iterator[Participant]:
        return iter(tuple(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)
