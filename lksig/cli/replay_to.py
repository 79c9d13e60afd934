"""`lksig replay FILE URL`: the client's side of a recording, played to a server.

The live lines come as from `listen`, then the report. Differences are exit 1; a session that does not open, or that the
server ends on its own, counts before them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError, LksigError
from lksig.exit_codes import ExitCode, worst

if TYPE_CHECKING:
    from lksig.cli.awaiting import Awaited
    from lksig.cli.credentials import Credentials
    from lksig.cli.flags import RecordFlags, ServerFlags, WireFlags
    from lksig.cli.replay import Play
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.dial import DialOptions
    from lksig.live.reopening import Reopener
    from lksig.live.replayer import Replayer
    from lksig.live.run import Run
    from lksig.recording.session_file import SessionFile
    from lksig.recording.window import Window
    from lksig.session.playback import Player
    from lksig.session.replay_report import ReplayReport
    from lksig.wire.redaction import Secrets

Flags = tuple["ServerFlags", "WireFlags", "RecordFlags"]


def replay_to(play: Play, url_word: str | None, flags: Flags, *, until: str | None, timeout_s: float) -> int:
    """Play it to the server; gives the exit code."""
    from lksig.cli.awaiting import Awaited
    from lksig.cli.joining import Inputs, dial_options, make_secrets
    from lksig.cli.recorded import STDIN, open_file
    from lksig.cli.recorder import check_record, recording, screen_environ
    from lksig.cli.screen import Screen
    from lksig.cli.words import check_seconds
    from lksig.schema.filter import parse_filter

    server, wire, record = flags
    output, environ = play.shown(), play.environ
    check_record(record, output)
    check_seconds(timeout_s)
    _refuse_dry_run(wire)
    window, player, inputs = play.window(), play.player(), Inputs(environ)
    if play.file == STDIN:
        inputs.claim_stdin()
    until_filter = parse_filter(until) if until is not None else None
    secrets = make_secrets(output, environ)
    found, reopener = _way_in(server, wire, url_word, environ, inputs, secrets)
    _check_part(play)
    screen = Screen(output, secrets, screen_environ(record, environ))
    awaited = Awaited(screen.facts, until=until_filter)
    with (
        open_file(play.file, environ) as recorded,
        recording(record, secrets, screen, environ, "replay") as attach,
    ):
        window.start(recorded.header.wall_ns)
        job = _Job(recorded, window, player, screen, found, reopener, secrets, dial_options(wire), awaited, timeout_s)
        return asyncio.run(job.run(attach, verbose=output.verbose))


def _check_part(play: Play) -> None:
    """Before anything is sent; standard input can be read only once, so there it is told at the end.

    Raises:
        InputError: an end of the part to be played is not in the recording.
    """
    from lksig.cli.recorded import STDIN, open_file

    if play.file == STDIN or (play.first is None and play.last is None):
        return
    with open_file(play.file, play.environ) as recorded:
        window = play.window()
        window.start(recorded.header.wall_ns)
        problem = window.look_for(recorded.readings())
    if problem is not None:
        raise problem


def _refuse_dry_run(wire: WireFlags) -> None:
    if wire.dry_run:
        raise InputError(
            "`--dry-run` does not go with a replay: what is sent depends on what the server answers",
            code="no-dry-run",
            hint="`lksig show FILE to_server` shows what was sent",
        )


def _way_in(
    server: ServerFlags, wire: WireFlags, url_word: str | None, environ: Environ, inputs: Any, secrets: Secrets
) -> tuple[Credentials, Reopener]:
    """The server, and what makes the handshakes.

    Raises:
        InputError: something that was given cannot be used.
    """
    from dataclasses import replace

    from lksig.cli.credentials import MIN_SECRET_SEEN, find_credentials, token_for
    from lksig.cli.presenting import curl_file, read_curl_flag
    from lksig.live.reopening import Reopener
    from lksig.wire.grants import read_grant
    from lksig.wire.handshake import read_header, read_url

    if server.token_file == "-":
        inputs.claim_stdin()
    curl = read_curl_flag(server, url_word, inputs)
    headers = [read_header(text) for text in wire.header]
    if curl is not None:
        url_word, headers = curl.url, [*curl.headers, *headers]
        wire.insecure = wire.insecure or curl.is_insecure
        if curl.token is not None and server.token is None and server.token_file is None:
            server = replace(server, token=curl.token)
    found = find_credentials(server, url_word, environ, curl_file(server))
    target = read_url(found.url, bare=True)
    found.token = _ready_token(found, server, target.token)
    if found.token is not None:
        found.token = token_for(found, server, int(time.time()), target)
    for secret in (found.token, found.api_secret):
        if secret is not None and len(secret) >= MIN_SECRET_SEEN:
            secrets.give(secret)
    reopener = Reopener(
        target,
        time.time,
        key=found.api_key,
        secret=found.api_secret,
        token=found.token,
        room=server.room,
        identity=server.identity,
        name=server.name,
        grants=dict(read_grant(word) for word in server.grant),
        headers=headers,
        on_token=secrets.learn,
    )
    return found, reopener


def _ready_token(found: Credentials, server: ServerFlags, of_url: str | None) -> str | None:
    """The token to join with; None where key and secret make one for each participant."""
    if server.token is not None or server.token_file is not None:
        return found.token
    if server.api_key is None and server.api_secret is None and of_url is not None:
        return of_url
    return None if found.api_key is not None and found.api_secret is not None else found.token


class _Job:
    """One replay, from the first socket to the report."""

    def __init__(
        self,
        recorded: SessionFile,
        window: Window,
        player: Player,
        screen: Screen,
        found: Credentials,
        reopener: Reopener,
        secrets: Secrets,
        options: DialOptions,
        awaited: Awaited,
        timeout_s: float,
    ) -> None:
        self._recorded = recorded
        self._window = window
        self._player = player
        self._screen = screen
        self._found = found
        self._reopener = reopener
        self._secrets = secrets
        self._options = options
        self._awaited = awaited
        self._timeout_s = timeout_s

    async def run(self, attach: Callable[[Run], None], *, verbose: int) -> int:
        """Play, leave, tell; gives the exit code."""
        from lksig.cli.signals import Interrupts
        from lksig.live.clock import SystemClock
        from lksig.live.run import Run

        screen, loop = self._screen, asyncio.get_running_loop()
        run = Run(SystemClock())
        run.add_sink(screen.sink)
        attach(run)
        run.add_sink(self._awaited.sink)
        replayer = self._replayer(run)
        loop.set_exception_handler(lambda _, context: _broke(replayer, context))
        screen.defer = loop.call_soon
        for code, text in self._found.notes:
            screen.warn(code, text)
        codes: list[int] = []
        with Interrupts() as interrupts:
            screen.on_gone = interrupts.stopped.set
            try:
                codes += await self._play(replayer, interrupts)
            finally:
                if interrupts.stopped.is_set():
                    replayer.stop()
                await replayer.leave()
                screen.defer = None
                screen.flush()
        if interrupts.code is not None:
            codes = [code for code in codes if code != ExitCode.TRANSPORT] + [interrupts.code]
        for number, session in replayer.sessions.items():
            if session.socket:
                run.end(number)
        report = replayer.report()
        self._tell(report, verbose)
        codes += [] if report.is_same else [ExitCode.CHECK_FAILED]
        exit_code = worst([*codes, *screen.exit_codes()])
        screen.close(exit_code)
        return int(exit_code)

    def _replayer(self, run: Run) -> Replayer:
        from lksig.live.dial import dial
        from lksig.live.replayer import Replayer

        async def dialer(handshake: Any, receiver: Any) -> Any:
            return await dial(handshake, receiver, self._options, self._secrets)

        replayer = Replayer(
            run, dialer, self._reopener, player=self._player, window=self._window, timeout_s=self._timeout_s
        )
        self._awaited.on_came = replayer.stop
        return replayer

    async def _play(self, replayer: Replayer, interrupts: Any) -> list[int]:
        """Play it; gives the causes of the exit code."""
        from lksig.cli.live import ending, explain, until_stopped

        screen = self._screen
        codes: list[int] = []
        try:
            await until_stopped(interrupts, replayer.play(self._recorded.readings()))
            if not interrupts.stopped.is_set():
                codes += await until_stopped(interrupts, self._await(replayer)) or []
        except LksigError as exc:
            error: LksigError = exc
            if replayer.failed is not None:
                joining = self._joining(replayer)
                error = await until_stopped(interrupts, explain(replayer.failed, joining, self._options, exc)) or exc
            codes.append(error.exit_code)
            screen.tell(error)
        for session in replayer.lost():
            codes += ending(session, screen)
        return codes

    async def _await(self, replayer: Replayer) -> list[int]:
        """When everything was played: what `--until` still waits for, and what the recording lacks."""
        from lksig.live.waiting import first_of

        screen = self._screen
        codes: list[int] = []
        if self._awaited.is_waiting and not self._awaited.came.is_set():
            gone = (session.wait_gone() for session in replayer.sessions.values())
            await first_of(self._awaited.came.wait(), asyncio.gather(*gone), timeout_s=self._timeout_s)
            if not self._awaited.came.is_set():
                codes += screen.missed("what `--until` waits for did not come in time")
        if self._awaited.came.is_set():
            return codes
        errors: list[LksigError | None] = [self._window.problem(), self._recorded.problem()]
        if not replayer.sessions:
            hint = "`lksig show FILE` shows what it holds"
            errors.append(InputError("the recording holds no session to play", code="nothing-to-play", hint=hint))
        for error in errors:
            if error is not None:
                codes.append(error.exit_code)
                screen.tell(error)
        return codes

    def _joining(self, replayer: Replayer) -> Any:
        """What `explain` wants to know of a session that did not open."""
        from lksig.cli.joining import Joining, announced_protocol

        assert replayer.failed is not None
        handshake = replayer.failed.handshake
        assert handshake is not None
        return Joining(handshake, None, self._found, self._secrets, announced_protocol(handshake))

    def _tell(self, report: ReplayReport, verbose: int) -> None:
        """Print the report; a reader that is gone is remembered."""
        from lksig.render.replay_report import report_json, report_lines

        screen = self._screen
        if screen.gone is not None or not (report.requests or report.answers):
            return
        lines = (
            [report_json(report, self._secrets)]
            if screen.is_json
            else report_lines(report, self._secrets, verbose=verbose)
        )
        try:
            for line in lines:
                screen.data(line)
        except OSError as exc:
            screen.gone = exc


def _broke(replayer: Replayer, context: dict[str, Any]) -> None:
    """Something went wrong in a callback of the loop: every session hears of it, and with them the replay."""
    exc = context.get("exception") or RuntimeError(str(context.get("message")))
    for session in replayer.sessions.values():
        session.broke(exc)
