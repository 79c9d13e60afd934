"""What `send`, `listen` and their kin have in common: open a session, do the work, leave, and find the exit code."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from lksig.cli.joining import Joining, dial_options
from lksig.cli.screen import Screen
from lksig.cli.signals import Interrupts
from lksig.errors import AuthError, EndedError, InputError, LksigError, TransportError
from lksig.exit_codes import ExitCode, worst
from lksig.live.clock import SystemClock
from lksig.live.run import Run
from lksig.live.session import LiveSession
from lksig.session.endings import ending_words, is_over_limit, is_violation
from lksig.wire.events import Http

if TYPE_CHECKING:
    from lksig.cli.flags import ClientFlags, WireFlags
    from lksig.environ import Environ
    from lksig.live.dial import DialOptions
    from lksig.wire.handshake import Handshake

Work = Callable[[LiveSession], Awaitable[list[int]]]
"""The job of a command: called when the socket is open, gives the causes of its exit code."""


def run_session(
    joining: Joining,
    client: ClientFlags,
    wire: WireFlags,
    screen: Screen,
    prepare: Any,
    work: Work,
    marking: Environ | None = None,
    late: Callable[[], list[int]] = list,
) -> int:
    """Open a session, work, leave politely.

    Args:
        prepare: called with the session before it is opened, to add sinks.
        marking: where marks may be typed; None where nothing is recorded.
        late: gives the causes that count until the socket is gone; asked then.

    Returns:
        The exit code, of all causes the one that counts.
    """
    return asyncio.run(_session(joining, client, wire, screen, prepare, work, marking, late))


async def _session(
    joining: Joining,
    client: ClientFlags,
    wire: WireFlags,
    screen: Screen,
    prepare: Any,
    work: Work,
    marking: Environ | None,
    late: Callable[[], list[int]],
) -> int:
    from lksig.live.dial import dial

    options = dial_options(wire, joining.offers_deflate)
    run = Run(SystemClock())
    run.add_sink(screen.sink)

    async def dialer(handshake: Handshake, receiver: Any) -> Any:
        return await dial(handshake, receiver, options, joining.secrets)

    session = LiveSession(run, dialer, encoding="json" if client.json_frames else "protobuf")
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: session.broke(context.get("exception") or RuntimeError(str(context.get("message"))))
    )
    screen.defer = asyncio.get_running_loop().call_soon
    prepare(session)
    for code, text in joining.credentials.notes:
        screen.warn(code, text)
    codes: list[int] = []
    with Interrupts() as interrupts, _marks(session, marking):
        screen.on_gone = interrupts.stopped.set
        try:
            await until_stopped(
                interrupts, connect(session, joining, options), unless=lambda: session.upgrade is not None
            )
            if not interrupts.stopped.is_set():
                codes += await until_stopped(interrupts, _work(session, work)) or []
            await session.leave()
        except LksigError as exc:
            error = await until_stopped(interrupts, explain(session, joining, options, exc)) or exc
            codes.append(error.exit_code)
            screen.tell(error)
        finally:
            await session.finish()
            screen.defer = None
            screen.flush()
    if interrupts.code is not None:
        codes = [code for code in codes if code != ExitCode.TRANSPORT] + [interrupts.code]
    if session.socket:  # it began; that it never opened is an end, too
        run.end(session.number)
    exit_code = worst([*codes, *late(), *screen.exit_codes()])
    screen.close(exit_code)
    return int(exit_code)


def _marks(session: LiveSession, environ: Environ | None) -> contextlib.AbstractContextManager[None]:
    if environ is None:
        return contextlib.nullcontext()
    from lksig.cli.marks import marks

    return marks(session, environ)


async def _work(session: LiveSession, work: Work) -> list[int]:
    return await work(session)


async def until_stopped(
    interrupts: Interrupts, work: Coroutine[Any, Any, Any], *, unless: Callable[[], bool] = lambda: False
) -> Any:
    """What `work` gives, or None when a signal (or a reader that went away) came first.

    Args:
        unless: where it holds when the signal comes, the work is as good as done and is waited for.
    """
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(interrupts.stopped.wait())
    try:
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        if task.done() or unless():
            return await task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None
    finally:
        task.cancel()
        stop.cancel()


async def connect(session: LiveSession, joining: Joining, options: DialOptions) -> None:
    """Open the session, with the fallback of `--path auto`.

    Raises:
        TransportError: it did not open.
    """
    found = joining.credentials
    resume = joining.is_resume
    try:
        await session.connect(joining.handshake, room=found.room, identity=found.identity, resume=resume)
    except LksigError as exc:
        if joining.fallback is None or exc.code not in ("path-not-found", "upgrade-header-lost"):
            raise
        if not await _is_v1_missing(session, joining, options):
            raise
        session.note("path-fallback", "the server has no /rtc/v1 (validate says 404 too): trying /rtc, as SDKs do")
        await session.connect(joining.fallback(), room=found.room, identity=found.identity, resume=resume)


async def _is_v1_missing(session: LiveSession, joining: Joining, options: DialOptions) -> bool:
    """Whether `/rtc/v1/validate` answers 404: the test by which the JS SDK falls back. Source: client-sdk-js 2.21."""
    from lksig.live.dial import tls_context
    from lksig.live.http_get import http_get
    from lksig.live.proxy import find_proxy
    from lksig.wire.handshake import validate_url

    handshake = joining.handshake
    tls = tls_context(options) if handshake.scheme == "wss" else None
    url = validate_url(handshake)
    started = session.run.clock.now_ns()
    try:
        answer = await http_get(
            url,
            handshake.headers,
            tls=tls,
            timeout_s=options.connect_timeout_s,
            proxy=find_proxy(handshake.url, options.proxy, joining.secrets),
            server_name=options.server_name,
        )
    except TransportError:
        return False
    now = session.run.clock.now_ns()
    target = url.partition("://")[2].partition("/")[2]
    session.run.emit(
        Http(
            now,
            "GET",
            "/" + target,
            handshake.headers,
            answer.status,
            answer.headers,
            answer.body,
            now - started,
            handshake.join_request,
            session.number,
            session.socket,
        )
    )
    return answer.status == 404


async def explain(session: LiveSession, joining: Joining, options: DialOptions, error: LksigError) -> LksigError:
    """The error of a connect that failed, made precise by a probe of the way there."""
    from lksig.live.proxy import OWN_CODES

    if isinstance(error, InputError) or error.code in OWN_CODES:
        return error  # it is not the way to the server that is wrong
    from lksig.live.probe import Probe
    from lksig.session.diagnosis import verdict

    upgrade = session.upgrade
    probe = Probe(session.run, joining.handshake, options, joining.secrets, session=session.number)
    ladder = await probe.climb()
    took_ms = (session.run.clock.now_ns() - session.dialed_ns) / 1e6 if upgrade is None else upgrade.took_ns / 1e6
    probe.upgrade_failed(error, upgrade, took_ms)
    found = verdict(ladder)
    if joining.credentials.is_empty and joining.handshake.token is None and found.layer in ("auth", "http"):
        return AuthError(
            f"no credentials: {found.text}",
            code="no-credentials",
            hint="give `--token`, `--token-file`, `--api-key` with `--api-secret`, or `--dev`",
        )
    kind = AuthError if found.is_auth else TransportError
    text = "\n".join((found.text, *found.evidence))
    return kind(text, code=found.code, layer=found.layer, hint=found.hint)


def ending(session: LiveSession, screen: Screen) -> list[int]:
    """The exit code of a session that is over before we left it, as a list of causes."""
    close = session.close_event
    if close is None or close.ended_by == "client":
        return []
    story = ending_words(close, session.last_leave)
    error: LksigError
    if close.ended_by == "server":
        error = EndedError(story, code="server-ended", hint="`lksig listen -v` shows what came before")
    elif is_violation(close):
        error = TransportError(
            story, code="websocket-violation", layer="protocol", hint="look at what stands between, and at the server"
        )
    elif is_over_limit(close):
        error = TransportError(
            story,
            code="message-too-big",
            layer="protocol",
            hint="`--max-message-size` allows more, and nothing without it",
        )
    else:
        error = TransportError(story, code="connection-lost", hint="look at the network and at the server's log")
    screen.told_by_the_end(error)
    return [error.exit_code]
