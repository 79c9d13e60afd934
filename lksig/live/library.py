"""The library's front door: a signaling session in a few lines of Python.

    async with lksig.connect("ws://127.0.0.1:7880", token) as session:
        answer = await session.request("add_track", cid="cam1", type="VIDEO", source="CAMERA")
        assert answer.reply.body.track.name == ""
        await session.wait("update.participants.identity=bob", after=answer.n)

The rule: it is the session of the command line, with the same numbers, pairs, fences and errors; nothing here decides
anything about the protocol. What is documented in docs/library.md keeps the promise of the JSON lines: within a major
version names, keys and values are only added.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lksig.errors import DeadlineError, EndedError, InputError, LksigError, TransportError
from lksig.live.clock import SystemClock
from lksig.live.dial import DialOptions, dial
from lksig.live.library_values import Answer, Received, read_requests
from lksig.live.run import Run
from lksig.live.sending import send_all
from lksig.live.session import LiveSession
from lksig.live.waiting import first_of
from lksig.session.endings import ending_words
from lksig.session.facts import ReadingFacts
from lksig.session.recent import RecentMessages
from lksig.session.references import ReferenceBook
from lksig.session.sequence import Sequence
from lksig.wire.access_token import mint, read_token
from lksig.wire.events import Message, Reading, Result
from lksig.wire.handshake import OWN_PROTOCOL, JoinOptions, build, read_url
from lksig.wire.json_text import message_text
from lksig.wire.redaction import Secrets

if TYPE_CHECKING:
    from lksig.recording.writer import Recorder
    from lksig.schema.filter import Filter
    from lksig.wire.handshake import Handshake

DEFAULT_TIMEOUT_S = 5.0
"""How long a join, an answer or a message is awaited, where nothing else is said."""


@contextlib.asynccontextmanager
async def connect(
    url: str,
    token: str | None = None,
    *,
    api_key: str | None = None,
    api_secret: str | None = None,
    room: str | None = None,
    identity: str | None = None,
    name: str | None = None,
    grants: Mapping[str, object] | None = None,
    path: Literal["v0", "v1"] | None = None,
    join: JoinOptions | None = None,
    headers: Mapping[str, str] | None = None,
    dial_options: DialOptions | None = None,
    record: str | Path | None = None,
    fences: bool = True,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> AsyncIterator[Session]:
    """Join, give the session, leave politely.

    Args:
        url: as on the command line; one copied from a browser brings its token.
        token: to join with; else one is minted of `api_key` and `api_secret` for `room` and `identity`.
        name: of the participant, for a minted token.
        grants: of the minted token's `video` claim, over `roomJoin`, `room` and `canUpdateOwnMetadata`.
        path: the signal path; None takes the one of the URL, or v1.
        join: options of the join, as the command line's `--join`.
        headers: of the upgrade, over lksig's own.
        dial_options: how to get there: TLS, proxy, time limit.
        record: a file that must not exist; secrets are hidden in it.
        fences: find out whether silent requests were accepted.
        timeout_s: how long the join and each answer is awaited [s].

    Raises:
        InputError: something given cannot be used.
        AuthError: not authorised.
        TransportError: no connection.
        EndedError: the server said `leave` before it said `join`.
        DeadlineError: no `join` came in time.
    """
    __tracebackhide__ = True  # pytest's `--showlocals` would show the token
    if path not in (None, "v0", "v1"):
        raise InputError(f"`{path}` is no signal path", code="bad-option", hint="`v0`, `v1` or None")
    target = read_url(url, bare=True)
    token = token or target.token
    if token is None:
        token = _minted(api_key, api_secret, room, identity, name, grants)
    handshake = build(target, join, path=path, token=token, headers=tuple((headers or {}).items()))
    secrets = Secrets(os.urandom(16))
    for value in (token, api_secret):
        if value:
            secrets.give(value)
    run = Run(SystemClock())
    options = dial_options or DialOptions()

    async def dialer(handshake: Handshake, receiver: Any) -> Any:
        return await dial(handshake, receiver, options, secrets)

    live = LiveSession(run, dialer)
    protocol = join.protocol if join is not None and join.protocol is not None else OWN_PROTOCOL
    session = Session(live, secrets, protocol=protocol, fences=fences, timeout_s=timeout_s)
    with contextlib.ExitStack() as files:
        if record is not None:
            recorder = _recorder(Path(record), run, secrets)
            files.callback(recorder.close)
            run.add_recorder(recorder)
        try:
            try:
                await _joined(session, handshake, token)
            except LksigError as exc:
                raise exc.with_traceback(None) from None  # the frames beneath hold the token, too
            yield session
            await live.leave()
        finally:
            await live.finish()
            if live.socket:
                run.end()


def _minted(
    api_key: str | None,
    api_secret: str | None,
    room: str | None,
    identity: str | None,
    name: str | None,
    grants: Mapping[str, object] | None,
) -> str:
    if api_key is None or api_secret is None or room is None or identity is None:
        raise InputError(
            "nothing to join with",
            code="no-credentials",
            layer="auth",
            hint="give `token`, or `api_key`, `api_secret`, `room` and `identity`",
        )
    wanted = {"canUpdateOwnMetadata": True, **(grants or {})}
    return mint(api_key, api_secret, identity=identity, room=room, now_s=int(time.time()), name=name, grants=wanted)


async def _joined(session: Session, handshake: Handshake, token: str) -> None:
    live = session.live
    said = read_token(token)
    await live.connect(handshake, room=said.room, identity=said.identity)
    if live.state != "CONNECTED":
        joined = live.run.first(lambda _: True if live.state == "CONNECTED" else None)
        await first_of(joined, live.wait_gone(), timeout_s=session.timeout_s)
    if live.is_gone:
        raise session.ended()
    if live.state != "CONNECTED":
        raise DeadlineError(f"no join came in {session.timeout_s:g} s", code="no-join", layer="server")


def _recorder(path: Path, run: Run, secrets: Secrets) -> Recorder:
    from lksig.recording.compression import compressor_for
    from lksig.recording.format_v1 import Header
    from lksig.recording.redact import Redactor
    from lksig.recording.writer import Recorder, create_file
    from lksig.wire.known_values import KnownValues

    def failed(exc: OSError) -> None:
        text = f"recording stopped: `{path}` takes nothing more ({exc.strerror}); the session goes on"
        warnings.warn(text, RuntimeWarning, stacklevel=2)

    redactor = Redactor(secrets, None, KnownValues(os.urandom(16), secrets.given))
    header = Header(run.clock.wall_ns, redactor.redacted, "library")
    return Recorder(
        create_file(str(path)), header, redactor=redactor, compressor=compressor_for(str(path)), on_failure=failed
    )


class Session:
    """A joined participant; made by `connect`."""

    def __init__(self, live: LiveSession, secrets: Secrets, *, protocol: int, fences: bool, timeout_s: float) -> None:
        self.live = live
        """The session beneath, with its `run`: for what this front door does not offer. It may change."""
        self.timeout_s = timeout_s
        self._secrets = secrets
        self._recent = RecentMessages()
        self._book = ReferenceBook(recent=self._recent)
        self._sequence = Sequence(self._book.resolve, protocol=protocol, timeout_ns=int(timeout_s * 1e9), fences=fences)
        self._sending = asyncio.Lock()
        for sink in (self._recent.add, self._book.observe, self._sequence.observe):
            live.run.add_sink(sink)

    def __repr__(self) -> str:
        return f"Session({self.identity!r} in {self.room!r}, {self.state})"

    @property
    def room(self) -> str | None:
        """The room, as the token names it."""
        return self.live.room

    @property
    def identity(self) -> str | None:
        """The participant's identity, as the token names it."""
        return self.live.identity

    @property
    def sid(self) -> str:
        """The participant's sid, of the last join."""
        return self.live.participant_sid

    @property
    def state(self) -> str:
        """`DISCONNECTED`, `CONNECTING`, `CONNECTED`, `RESUMING` or `DISCONNECTING`."""
        return self.live.state

    @property
    def messages(self) -> list[Received]:
        """The messages of both directions, the newest 10 000 (64 MiB), oldest first."""
        held = (self._recent.held(n) for n in range(1, self._recent.newest + 1))
        return [Received(reading, self._secrets) for reading in held if reading is not None]

    async def request(self, request: str | Mapping[str, Any], /, **fields: Any) -> Answer:
        """Send one request and wait for what becomes of it.

        Args:
            request: a case (`"mute"`), a line of the grammar (`"mute sid=%cam1 muted=true"`), or a whole envelope as
                proto3 JSON (`{"mute": {…}}`), which goes out exactly as given.
            fields: of the request, by `.proto` name or path; texts are literal, messages and lists are given as
                dicts and lists of proto3 JSON, bytes as bytes. None leaves a field out.

        Raises:
            InputError: it cannot be read; nothing was sent.
            CheckFailedError: it refers to something that was refused; nothing was sent.
            DeadlineError: what it refers to did not come; nothing was sent.
            EndedError, TransportError: the session is over.
        """
        parsed = read_requests(request, fields, _Inputs())
        if len(parsed) != 1:
            raise InputError(
                f"`request` sends one request, and {len(parsed)} were given",
                code="one-request",
                hint="call it for each",
            )
        async with self._sending:
            if self.live.is_gone:
                raise self.ended()
            self._sequence.add(parsed[0])
            self._book.announce(parsed[0])
            with self._watched() as seen:
                not_sent = await send_all(self.live, self._sequence, on_not_sent=self._book.withdraw)
            if not_sent:
                raise not_sent[0].as_error()
            if seen.request is None:
                raise self.ended()
            return seen.answer(self._recent, self._secrets)

    async def wait(self, expression: str, *, after: int = 0, timeout_s: float | None = None) -> Received:
        """The first message that matches, whether it came already or is to come.

        Args:
            expression: a filter, as on the command line; messages to the client, unless it names `to_server`.
            after: look only at messages with a higher number.
            timeout_s: None is the session's own.

        Raises:
            InputError: it is no filter.
            DeadlineError: none came in time.
            EndedError, TransportError: the session ended without one.
        """
        from lksig.schema.filter import parse_filter

        wanted = parse_filter(expression)

        def choose(reading: Reading) -> Reading | None:
            return reading if reading.n is not None and reading.n > after and self._matches(wanted, reading) else None

        for n in range(after + 1, self._recent.newest + 1):
            held = self._recent.held(n)
            if held is not None and choose(held) is not None:
                return Received(held, self._secrets)
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        found: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()

        def look(reading: Reading) -> None:
            if not found.done() and choose(reading) is not None:
                found.set_result(reading)

        # At once, and not in a task: what comes before that has begun would be seen by neither look.
        self.live.run.add_sink(look)
        try:
            if await first_of(found, self.live.wait_gone(), timeout_s=limit_s) == 0:
                return Received(found.result(), self._secrets)
        finally:
            self.live.run.remove_sink(look)
        if self.live.is_gone:
            raise self.ended()
        raise DeadlineError(f"no message matched `{expression}` in {limit_s:g} s", code="did-not-come", layer="server")

    async def leave(self) -> None:
        """Leave politely; the end of `async with` does it too."""
        await self.live.leave()

    def ended(self) -> EndedError | TransportError:
        """Why the session is over, as an error."""
        close = self.live.close_event
        if close is None:
            return TransportError("the session has no socket", code="connection-gone")
        story = ending_words(close, self.live.last_leave)
        if close.ended_by == "network":
            return TransportError(story, code="connection-lost")
        return EndedError(story, code="server-ended" if close.ended_by == "server" else "session-over")

    def _matches(self, wanted: Filter, reading: Reading) -> bool:
        if reading.event.direction != "to_client" and not wanted.names_direction:
            return False
        return bool(wanted.matches(ReadingFacts(reading, self._text)))

    def _text(self, reading: Reading) -> str:
        envelope = reading.event.envelope
        return "" if envelope is None else message_text(envelope, self._secrets)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[_Seen]:
        seen = _Seen()
        self.live.run.add_sink(seen.sink)
        try:
            yield seen
        finally:
            self.live.run.remove_sink(seen.sink)


class _Seen:
    """What became of the one request that is sent while this watches."""

    def __init__(self) -> None:
        self.request: Reading | None = None
        self._result: Result | None = None

    def sink(self, reading: Reading) -> None:
        event = reading.event
        if self.request is None and type(event) is Message and event.by == "user":
            self.request = reading
        elif isinstance(event, Result) and self.request is not None and event.request == self.request.n:
            self._result = event

    def answer(self, recent: RecentMessages, secrets: Secrets) -> Answer:
        assert self.request is not None
        result = self._result
        reply = recent.get(result.reply) if result is not None and result.reply is not None else None
        is_fence = result is not None and result.outcome == "unopposed"
        return Answer(
            n=self.request.n or 0,
            case=self.request.event.case,
            outcome="sent" if result is None else result.outcome,
            reason=None if result is None else result.reason,
            reply=None if reply is None or is_fence else Received(reply, secrets),
            ms=None if result is None or result.took_ns is None else result.took_ns / 1e6,
        )


class _Inputs:
    """Files and time for the request grammar."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def read_file(self, name: str) -> bytes:
        try:
            return Path(name).read_bytes()
        except OSError as exc:
            raise InputError(
                f"cannot read `{name}`: {exc.strerror or exc}", code="file-unreadable", layer="file"
            ) from exc
