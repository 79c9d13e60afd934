"""The server that hosts a machine: sockets, timers, and the events that a journal gets.

Rule: the machine decides, this shell moves. A machine is anything with `handle(event)` as `lksig.session.hosting` has
it: the embedded rooms, a recording that is played back. Everything that happens is an event of the run before anything
else follows from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import Server, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from lksig.live.clock import Clock, SystemClock
from lksig.live.host_events import close_event, refusal_events, upgrade_events
from lksig.live.server_socket import Connection, cannot_listen, make_response, wait_until_gone
from lksig.live.websocket import QUIET
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.hosting import (
    Accept,
    Cancel,
    CloseSocket,
    DropSocket,
    Expired,
    Gone,
    HostAction,
    HostEvent,
    Machine,
    Opened,
    Received,
    Requested,
    Respond,
    Schedule,
    Send,
    SendFrame,
    SendPing,
    Stopped,
    Tell,
)
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Encoding, Event, Message, Note, WsPing, WsPong

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

    from lksig.live.run import Run

MAX_MESSAGE_BYTES = 2 << 20
"""Of a client's message. Source: livekit-server 1.13.6 LimitConfig.SignalMessageSizeLimit."""
STOP_TIMEOUT_S = 2.0


@dataclass(slots=True)
class _Seat:
    """What the host knows of one socket."""

    connection: Connection
    request: Requested
    accepted: Accept | None = None
    socket: int = 1
    """Number within its session."""
    is_open: bool = False
    """The upgrade is through."""
    waiting: list[HostAction] = field(default_factory=list)
    """Actions from before that."""
    client_left: bool = False
    """The client said `leave`: whoever closes, it was its wish."""
    closed_by_us: bool = False


class Host:
    """Hosts a machine on a port; an async context manager.

    Args:
        machine: decides everything.
        host: address to listen on.
        port: 0 takes a free one.
        run: gets every event; None: nobody looks.
        clock: of the events; the machine was made for the same one.
        compression: whether permessage-deflate is taken when a client offers it.
        max_message_bytes: larger messages close the socket with 1009; None: no limit.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        run: Run | None = None,
        clock: Clock | None = None,
        compression: bool = True,
        max_message_bytes: int | None = MAX_MESSAGE_BYTES,
    ) -> None:
        self.machine = machine
        self.host = host
        self._port = port
        self._run = run
        self._clock: Clock = clock or (run.clock if run is not None else SystemClock())
        self._compression = compression
        self._max_message_bytes = max_message_bytes
        self._server: Server | None = None
        self._seats: dict[int, _Seat] = {}
        self._sockets_of: dict[int, int] = {}
        """How many sockets a session has had."""
        self._timers: dict[Hashable, asyncio.TimerHandle] = {}
        self._last: tuple[Any, Encoding, bytes] | None = None
        self._broken: asyncio.Future[None] | None = None

    @property
    def broken(self) -> asyncio.Future[None]:
        """Done when the machine raised: a bug. Leaving the server raises it too."""
        assert self._broken is not None, "it is there only while the server is entered"
        return self._broken

    # --- start and stop ---------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The port it listens on; before that, the one that was asked for."""
        return self._port

    @property
    def url(self) -> str:
        """Where clients connect to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ws://{host}:{self.port}"

    async def __aenter__(self) -> Host:
        self._broken = asyncio.get_running_loop().create_future()
        deflate = ServerPerMessageDeflateFactory(
            server_no_context_takeover=True, client_no_context_takeover=True, compress_settings={"level": 1}
        )
        numbers = iter(range(1, 1 << 62))
        try:
            self._server = await serve(
                wait_until_gone,
                self.host,
                self._port,
                extensions=[deflate] if self._compression else None,
                compression=None,
                process_request=self._process_request,
                server_header=None,
                ping_interval=None,
                max_size=self._max_message_bytes,
                max_queue=None,
                logger=QUIET,
                create_connection=lambda *args, **options: Connection(  # type: ignore[arg-type]  # a factory will do
                    *args, desk=self, number=next(numbers), **options
                ),
            )
        except OSError as exc:
            raise cannot_listen(exc, self.host, self._port) from exc
        self._port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if kind is None and self.broken.done():
            self.broken.result()

    async def stop(self) -> None:
        """Let everybody go, and stop listening; once."""
        server, self._server = self._server, None
        if server is None:
            return
        self._handle(Stopped(self._clock.now_ns()))
        server.close(close_connections=False)
        for timer in list(self._timers):
            self._do(Cancel(timer))
        gone = [seat.connection.connection_lost_waiter for seat in self._seats.values()]
        if gone:
            await asyncio.wait(gone, timeout=STOP_TIMEOUT_S)
        for seat in list(self._seats.values()):
            seat.connection.cut()
        await server.wait_closed()

    # --- what comes in (Desk) ---------------------------------------------------------------------------------------

    def _process_request(self, connection: Any, request: Request) -> Response | None:
        return self.requested(connection, request)

    def requested(self, connection: Connection, request: Request) -> Response | None:
        """An HTTP request: answered, or upgraded."""
        asked = Requested(
            self._clock.now_ns(),
            connection.number,
            request.method,
            request.path,
            tuple(request.headers.raw_items()),
        )
        seat = self._seats[connection.number] = _Seat(connection, asked)
        responses = self._handle(asked)
        if seat.accepted is not None:
            return None
        del self._seats[connection.number]
        if not responses:
            # The machine broke; `broken` says how.
            return make_response(500, (), b"", method=request.method)
        respond = responses[0]
        if respond.session and self._run is not None:
            for event in refusal_events(self._clock, self.url, asked, respond):
                self._run.emit(event)
        return make_response(respond.status, respond.headers, respond.body, method=request.method)

    def opened(self, connection: Connection) -> None:
        """The upgrade is through: say so, then do what waited for it."""
        seat = self._seats[connection.number]
        assert connection.response is not None
        assert seat.accepted is not None
        session = seat.accepted.session
        seat.socket = self._sockets_of[session] = self._sockets_of.get(session, 0) + 1
        if self._run is not None:
            headers = tuple(connection.response.headers.raw_items())
            for event in upgrade_events(self._clock, self.url, seat.request, seat.accepted, seat.socket, headers):
                self._run.emit(event)
        seat.is_open = True
        waiting, seat.waiting = seat.waiting, []
        for action in waiting:
            self._on_socket(seat, action)
        self._handle(Opened(self._clock.now_ns(), connection.number))

    def frame(self, connection: Connection, data: bytes, *, text: bool) -> None:
        """A message of a client; one that comes after we closed is not looked at."""
        seat = self._seats.get(connection.number)
        if seat is None or not connection.is_open:
            return
        assert seat.accepted is not None
        message = decode_frame(
            data,
            direction=TO_SERVER,
            encoding="json" if text else "protobuf",
            t_ns=self._clock.now_ns(),
            by="client",
            session=seat.accepted.session,
            socket=seat.socket,
        )
        seat.client_left = seat.client_left or message.case == "leave"
        self._emit(message)
        self._handle(Received(message.t_ns, connection.number, message))

    def ws_ping(self, connection: Connection, payload: bytes) -> None:
        """A WebSocket ping of a client, answered by the library."""
        place = self._place(connection)
        self._emit(WsPing(self._clock.now_ns(), TO_SERVER, payload, "client", *place))
        self._emit(WsPong(self._clock.now_ns(), TO_CLIENT, payload, "server", *place))

    def ws_pong(self, connection: Connection, payload: bytes) -> None:
        """A WebSocket pong of a client."""
        self._emit(WsPong(self._clock.now_ns(), TO_SERVER, payload, "client", *self._place(connection)))

    def gone(self, connection: Connection) -> None:
        """A socket is closed."""
        seat = self._seats.pop(connection.number, None)
        if seat is None or seat.accepted is None:
            return
        if seat.is_open:
            self._emit(
                close_event(
                    self._clock.now_ns(),
                    seat.connection.close_frame,
                    client_left=seat.client_left,
                    closed_by_us=seat.closed_by_us,
                    session=seat.accepted.session,
                    socket=seat.socket,
                )
            )
        self._handle(Gone(self._clock.now_ns(), connection.number))
        if seat.is_open:
            self._end(seat.accepted.session)

    def _end(self, session: int) -> None:
        """The end of a session, when no other socket of it is open."""
        others = [seat for seat in self._seats.values() if seat.accepted and seat.accepted.session == session]
        if not others and self._run is not None:
            self._run.end(session)

    def _emit(self, event: Event) -> None:
        if self._run is not None:
            self._run.emit(event)

    def _place(self, connection: Connection) -> tuple[int, int]:
        """Session and socket, as the journal numbers them."""
        seat = self._seats[connection.number]
        return seat.accepted.session if seat.accepted else 1, seat.socket

    # --- the machine's actions --------------------------------------------------------------------------------------

    def _handle(self, event: HostEvent) -> list[Respond]:
        """Do what follows from an event; gives the HTTP answers among it."""
        responses: list[Respond] = []
        try:
            for action in self.machine.handle(event):
                if isinstance(action, Respond):
                    responses.append(action)
                else:
                    self._do(action)
        except Exception as exc:  # noqa: BLE001  # a bug must reach whoever runs the server, not asyncio's log
            if not self.broken.done():
                self.broken.set_exception(exc)
        return responses

    def _do(self, action: HostAction) -> None:
        if isinstance(action, Schedule):
            self._do(Cancel(action.timer))
            loop = asyncio.get_running_loop()
            self._timers[action.timer] = loop.call_later(action.after_s, self._expired, action.timer)
        elif isinstance(action, Cancel):
            handle = self._timers.pop(action.timer, None)
            if handle is not None:
                handle.cancel()
        else:
            seat = self._seats.get(action.socket)
            if seat is None:
                return
            if isinstance(action, Accept):
                seat.accepted = action
            elif not seat.is_open:
                seat.waiting.append(action)
            else:
                self._on_socket(seat, action)

    def _on_socket(self, seat: _Seat, action: HostAction) -> None:
        if type(action) is Send:
            self._send(seat, action)
        elif isinstance(action, SendPing):
            if seat.connection.put_ping():
                place = self._place(seat.connection)
                self._emit(WsPing(self._clock.now_ns(), TO_CLIENT, b"", "server", *place))
        elif isinstance(action, SendFrame):
            self._send_frame(seat, action)
        elif isinstance(action, Tell):
            session, socket = self._place(seat.connection)
            self._emit(Note(self._clock.now_ns(), action.code, action.text, session=session, socket=socket))
        elif isinstance(action, CloseSocket):
            seat.closed_by_us = True
            seat.connection.put_close(action.code, action.reason)
        else:
            assert isinstance(action, DropSocket), "the others are done in `_do`"
            seat.closed_by_us = True
            seat.connection.cut()

    def _send(self, seat: _Seat, send: Send) -> None:
        encoding = send.encoding
        last = self._last
        if last is not None and last[0] is send.envelope and last[1] == encoding:
            data = last[2]
        else:
            data = encode_frame(send.envelope, encoding)
            self._last = send.envelope, encoding, data
        if seat.connection.put(data, text=encoding == "json") and self._run is not None:
            session, socket = self._place(seat.connection)
            envelope = send.envelope
            self._run.emit(
                Message(
                    self._clock.now_ns(),
                    TO_CLIENT,
                    data,
                    envelope,
                    envelope.WhichOneof("message"),
                    by="server",
                    encoding=encoding,
                    session=session,
                    socket=socket,
                )
            )

    def _send_frame(self, seat: _Seat, frame: SendFrame) -> None:
        if seat.connection.put(frame.data, text=frame.encoding == "json"):
            session, socket = self._place(seat.connection)
            self._emit(
                decode_frame(
                    frame.data,
                    direction=TO_CLIENT,
                    encoding=frame.encoding,
                    t_ns=self._clock.now_ns(),
                    by="server",
                    session=session,
                    socket=socket,
                )
            )

    def _expired(self, timer: Hashable) -> None:
        self._timers.pop(timer, None)
        self._handle(Expired(self._clock.now_ns(), timer))
