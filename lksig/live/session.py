"""A live session: the client machine, its socket and its timers, joined to the journal of a run.

Rule: the machine decides, this shell moves. Everything that happens becomes an event of the run first; what waits for
it is woken afterwards. The verbs (`connect`, `send`, `leave`, `close`, `drop`) are the same for every front end. Of two
sockets (`session_socket`) the newer one counts: what still comes over the older is read and shown, and moves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lksig.errors import LksigError, TransportError
from lksig.live.clock import unix_ms
from lksig.live.session_socket import SessionSocket
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class
from lksig.session import client
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import (
    By,
    Close,
    Encoding,
    EndedBy,
    Event,
    Http,
    Marker,
    Note,
    Reading,
    Start,
    State,
    WsPing,
)

if TYPE_CHECKING:
    from lksig.live.run import Run
    from lksig.live.transport import Receiver, Transport, Upgrade
    from lksig.wire.handshake import Handshake

Dial = Callable[["Handshake", "Receiver"], Any]
"""Opens a transport: `await dial(handshake, receiver)`; raises TransportError."""


class LiveSession:
    """One participant's session.

    Args:
        run: where its events go.
        dial: opens a socket.
        number: of this session in the run, from 1.
        encoding: of what we send.
    """

    def __init__(self, run: Run, dial: Dial, *, number: int = 1, encoding: Encoding = "protobuf") -> None:
        self.run = run
        self.number = number
        self.encoding: Encoding = encoding
        self.socket = 0
        self.room: str | None = None
        self.identity: str | None = None
        self.last_leave: Any = None
        """The last `LeaveRequest` the server sent."""
        self.last_token: str | None = None
        """The newest token the server sent; SDKs use it for the next socket."""
        self.close_event: Close | None = None
        self.failure: LksigError | None = None
        self.upgrade: Http | None = None
        """The HTTP exchange of the last dial, where there was an answer."""
        self._dial = dial
        self._is_resume = False
        self.sends_pings = True
        """Send `ping_req` when the machine says so; without, a server with pings ends the session."""
        self._machine = client.ClientSession()
        self._transport: Transport | None = None
        self._current: SessionSocket | None = None
        self._older: list[SessionSocket] = []
        """Sockets that were taken over and are still open."""
        self._handshake: Handshake | None = None
        self.dialed_ns = 0
        """When the last dial began, on the run's clock."""
        self._timers: dict[client.Timer, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending = asyncio.Lock()
        self._gone = asyncio.Event()
        self._gone.set()
        self._broken: BaseException | None = None

    @property
    def state(self) -> str:
        """The session state, one of `events.SessionState`."""
        return self._machine.state

    @property
    def participant_sid(self) -> str:
        """The sid of the last join; a resume names it."""
        return self._machine.participant_sid

    @property
    def is_resumed(self) -> bool:
        """The last socket was opened to resume."""
        return self._is_resume

    @property
    def handshake(self) -> Handshake | None:
        """What the last socket was opened with."""
        return self._handshake

    @property
    def is_gone(self) -> bool:
        """No socket is open."""
        return self._gone.is_set()

    # --- verbs ------------------------------------------------------------------------------------------------------

    async def connect(
        self, handshake: Handshake, *, room: str | None = None, identity: str | None = None, resume: bool = False
    ) -> None:
        """Dial and upgrade. The first message may be handed out before this returns.

        Args:
            room: as the token names it, for the start line.
            identity: likewise.
            resume: the handshake asks for a resume.

        Raises:
            TransportError: no socket; the story is in the readings too.
        """
        self._handshake = handshake
        self.room, self.identity = room, identity
        self._is_resume = resume
        self.socket += 1
        if self.socket == 1:
            now_ns = self.now_ns()
            self.happened(
                Start(
                    now_ns,
                    self.run.clock.wall_ns + now_ns,
                    handshake.shown_url,
                    handshake.path,
                    room,
                    identity,
                    self.number,
                )
            )
        if self._current is not None and not self.is_gone:
            self._older.append(self._current)
        socket = self._current = SessionSocket(self, self.socket)
        self._transport = None
        self._gone.clear()
        self.last_leave = self.close_event = None
        self.dialed_ns = self.now_ns()
        self.upgrade = None
        self._handle(client.Connect(self.now_ns(), resume=resume))
        try:
            self._transport = socket.transport = await self._dial(handshake, socket)
        except LksigError as exc:
            self.failure = exc
            self._not_opened(exc.code)
            raise
        except asyncio.CancelledError:
            # Somebody stopped waiting for the dial: no socket will ever open, so nobody may wait for its end.
            self._not_opened("cancelled")
            raise

    def _not_opened(self, why: str) -> None:
        """No socket came of the dial; the machine has given up the one before, so it goes too."""
        self._abort_older()
        self._gone.set()
        self._handle(client.Failed(self.now_ns(), why))

    def _abort_older(self) -> None:
        for socket in tuple(self._older):  # one that goes at once leaves the list
            socket.abort()

    async def send(
        self, envelope: Any, *, by: By = "user", raw: bytes | None = None, encoding: Encoding | None = None
    ) -> Reading:
        """Send one request; gives its reading, with the number it got.

        Args:
            envelope: a `SignalRequest`.
            by: who made it.
            raw: exactly these bytes go out instead of the envelope's encoding.
            encoding: the kind of frame, where it is not the session's own.

        Raises:
            TransportError: the connection is gone.
        """
        if self._transport is None or self.is_gone:
            raise TransportError("the connection is gone", code="connection-gone")
        encoding = encoding or self.encoding
        data = raw if raw is not None else encode_frame(envelope, encoding)
        message = decode_frame(
            data,
            direction=TO_SERVER,
            encoding=encoding,
            t_ns=self.now_ns(),
            by=by,
            session=self.number,
            socket=self.socket,
        )
        reading = self.run.emit(message)
        self._handle(client.Sent(message.t_ns, message.case))
        async with self._sending:
            await self._transport.send(data, text=encoding == "json")
        return reading

    async def ping(self, payload: bytes = b"") -> None:
        """Send a WebSocket ping.

        Raises:
            TransportError: the connection is gone.
        """
        if self._transport is None or self.is_gone:
            raise TransportError("the connection is gone", code="connection-gone")
        self.happened(WsPing(self.now_ns(), TO_SERVER, payload, "user", self.number, self.socket))
        await self._transport.ping(payload)

    async def leave(self) -> None:
        """Leave politely: `leave`, its echo, close. Returns when the socket is gone."""
        if not self.is_gone:
            self._handle(client.Leave(self.now_ns()))
        await self.wait_gone()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the socket with a close frame and no `leave`."""
        if self._transport is not None and not self.is_gone:
            self._handle(client.CloseAsked(self.now_ns()))
            await self._transport.close(code, reason)
            await self._gone.wait()

    def drop(self) -> None:
        """Cut the connection without goodbye; the close is reported as soon as the socket notices."""
        if self._transport is not None and not self.is_gone:
            self._handle(client.CloseAsked(self.now_ns()))
            if self._current is not None:
                self._current.is_aborted = True
            self._transport.abort()

    async def wait_gone(self) -> None:
        """Wait until the socket is gone, whoever ended it."""
        await self._gone.wait()
        if self._broken is not None:
            raise self._broken

    def broke(self, exc: BaseException) -> None:
        """Something went wrong where nobody could catch it, in a callback of the loop: whoever waits hears of it."""
        self._broken = exc
        if self._transport is not None:
            self._transport.abort()
        self._gone.set()

    async def finish(self) -> None:
        """Let go of everything: no timer, task or socket is left."""
        if self._transport is not None and not self.is_gone:
            self.drop()
            await self._gone.wait()
        self._abort_older()
        for socket in tuple(self._older):
            await socket.wait_closed()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def note(self, code: str, text: str, about: int | None = None) -> None:
        """Put a notice into the readings."""
        self.happened(Note(self.now_ns(), code, text, about, self.number, max(self.socket, 1)))

    def mark(self, text: str) -> None:
        """Name this place in the session."""
        self.happened(Marker(self.now_ns(), text, self.number, max(self.socket, 1)))

    # --- what comes in (Owner) ---------------------------------------------------------------------------------------

    def now_ns(self) -> int:
        """Nanoseconds on the run's clock."""
        return self.run.clock.now_ns()

    def happened(self, event: Event) -> None:
        """Put an event into the run."""
        self.run.emit(event)

    def upgraded(self, socket: SessionSocket, upgrade: Upgrade) -> None:
        """The server answered the handshake."""
        assert self._handshake is not None
        now = self.now_ns()
        self.upgrade = Http(
            now,
            "GET",
            self._handshake.request_target,
            upgrade.request_headers,
            upgrade.status,
            upgrade.headers,
            upgrade.body,
            now - self.dialed_ns,
            self._handshake.join_request,
            self.number,
            self.socket,
        )
        self.happened(self.upgrade)
        if upgrade.status == 101:
            self._handle(client.Opened(now))

    def received(self, socket: SessionSocket, data: bytes, *, text: bool) -> None:
        """A message of the server came."""
        message = decode_frame(
            data,
            direction=TO_CLIENT,
            encoding="json" if text else "protobuf",
            t_ns=self.now_ns(),
            by="server",
            session=self.number,
            socket=socket.number,
        )
        reading = self.run.emit(message)
        if socket is not self._current:
            return
        if message.case == "leave":
            self.last_leave = message.envelope.leave  # type: ignore[union-attr]  # a case has an envelope
        elif message.case == "refresh_token":
            self.last_token = message.envelope.refresh_token  # type: ignore[union-attr]  # a case has an envelope
        elif message.case == "pong_resp" and reading.reply_ns is not None:
            self._machine.measured(reading.reply_ns / 1e6)
        self._handle(client.Received(message.t_ns, message.case, message.envelope))

    def socket_closed(self, socket: SessionSocket, code: int | None, reason: str) -> None:
        """The socket is gone."""
        if socket is not self._current:
            self._older.remove(socket)
            ended_by: EndedBy = "client" if socket.is_aborted else "network" if code is None else "server"
            self.happened(Close(self.now_ns(), code, reason, ended_by, self.number, socket.number))
            return
        self.close_event = Close(self.now_ns(), code, reason, self._machine.ended_by(code), self.number, socket.number)
        self.happened(self.close_event)
        self._handle(client.Closed(self.now_ns(), code, reason))
        self._gone.set()

    # --- the machine's actions --------------------------------------------------------------------------------------

    def _handle(self, event: client.Event) -> None:
        for action in self._machine.handle(event):
            self._act(action)

    def _act(self, action: client.Action) -> None:
        match action:
            case client.Enter(state, why):
                self.happened(State(self.now_ns(), state, why, self.number, max(self.socket, 1)))
            case client.Schedule(timer, after_s):
                self._schedule(timer, after_s)
            case client.Cancel(timer):
                self._cancel(timer)
            case client.SendPing(rtt_ms):
                if self.sends_pings:
                    self._spawn(self._send_ping(rtt_ms))
            case client.SendLeave():
                self._spawn(self._send_leave())
            case client.CloseTransport(code):
                if self._transport is not None:
                    self._spawn(self._transport.close(code))
            case client.Say(code, text):
                self.note(code, text)
            case client.OpenTransport():
                pass  # `connect` dials: it can tell its caller why it failed

    def _schedule(self, timer: client.Timer, after_s: float) -> None:
        self._cancel(timer)
        loop = asyncio.get_running_loop()
        self._timers[timer] = loop.call_later(after_s, self._expired, timer)

    def _cancel(self, timer: client.Timer) -> None:
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def _expired(self, timer: client.Timer) -> None:
        self._timers.pop(timer, None)
        self._handle(client.Expired(self.now_ns(), timer))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        exc = task.exception()
        if exc is not None and not isinstance(exc, TransportError):
            # A bug, or a reader that is gone: whoever waits for the session must hear of it.
            self.broke(exc)

    async def _send_ping(self, rtt_ms: int) -> None:
        request = envelope_class(TO_SERVER)(ping_req={"timestamp": unix_ms(self.run.clock), "rtt": rtt_ms})
        await self.send(request, by="auto")

    async def _send_leave(self) -> None:
        request = envelope_class(TO_SERVER)()
        request.leave.reason = 1  # CLIENT_INITIATED: what SDKs say. Source: livekit_models.proto DisconnectReason
        await self.send(request, by="auto")
