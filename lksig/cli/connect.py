"""`lksig connect`: a live session with a prompt; a script where no terminal is there to type at."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lksig.cli.flags import WORK, ClientFlags, OutputFlags, RecordFlags, ServerFlags, WireFlags, takes
from lksig.errors import DeadlineError, InputError, LksigError

if TYPE_CHECKING:
    from lksig.cli.joining import Inputs, Joining
    from lksig.cli.prompt_terminal import PromptTerminal
    from lksig.cli.screen import Screen
    from lksig.cli.signals import Interrupts
    from lksig.environ import Environ
    from lksig.repl.desk import Desk
    from lksig.repl.live_output import LiveOutput
    from lksig.repl.plain import PlainOutput

DEFAULT_TIMEOUT_S = 5.0


@takes(ServerFlags, ClientFlags, WireFlags, RecordFlags, OutputFlags)
def connect_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL]", help="Server.", show_default=False),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Seconds an answer is awaited.", rich_help_panel=WORK, metavar="S")
    ] = DEFAULT_TIMEOUT_S,
    fence: Annotated[
        bool,
        typer.Option(
            "--fence/--no-fence", help="Find out whether silent requests were accepted.", rich_help_panel=WORK
        ),
    ] = True,
    rejoin: Annotated[
        bool, typer.Option("--rejoin", help="Start over when the session ends.", rich_help_panel=WORK)
    ] = False,
    server: ServerFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    client: ClientFlags = ...,  # type: ignore[assignment]
    wire: WireFlags = ...,  # type: ignore[assignment]
    record: RecordFlags = ...,  # type: ignore[assignment]
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Join, and send what is typed: one line, one request, and commands that begin with a slash.

    `add_track cid=c1 type=VIDEO` sends a request, `/help` lists the commands, Ctrl-D leaves politely. From a pipe or a
    file every line is done as it arrives: `lksig connect --dev < script`.
    """
    from lksig.cli.joining import Inputs, plan
    from lksig.cli.recorder import check_record, screen_environ
    from lksig.cli.screen import Screen
    from lksig.cli.words import check_seconds, split_url
    from lksig.wire.target import looks_like_url

    environ: Environ = context.obj
    check_record(record, output)
    check_seconds(timeout)
    url_word, rest = split_url(words or [], lambda word: looks_like_url(word, bare=True))
    if rest:
        hint = "requests are typed at the prompt, or come from standard input; `--filter` chooses what is shown"
        raise InputError(f"`{rest[0]}` is no URL", code="unexpected-word", hint=hint)
    inputs = Inputs(environ)
    joining = plan(server, client, wire, output, url_word, environ, inputs)
    shown = output.filter
    terminal = _terminal(environ, record, output) if not wire.dry_run else None
    shown_on = terminal.environ if terminal is not None else screen_environ(record, environ)
    screen = Screen(dataclasses.replace(output, filter=None), joining.secrets, shown_on)
    if wire.dry_run:
        from lksig.cli.dry_run import dry_run

        return dry_run(joining, [], screen, client, wire)
    prompt = _Prompt(joining, (server, client, wire, record, output), url_word, environ, inputs, screen, terminal)
    return asyncio.run(prompt.run(shown, timeout_s=timeout, fences=fence, rejoins=rejoin))


Flags = tuple[ServerFlags, ClientFlags, WireFlags, RecordFlags, OutputFlags]


def _terminal(environ: Environ, record: RecordFlags, output: OutputFlags) -> PromptTerminal | None:
    """The terminal where a person types and looks; None where a program does."""
    is_plain = output.json or output.format is not None or record.record == "-"
    if is_plain or not (environ.is_terminal(environ.stdin) and environ.is_terminal(environ.stdout)):
        return None
    from lksig.cli.prompt_terminal import PromptTerminal

    return PromptTerminal(environ)


class _Prompt:
    """One `connect`, from the first dial to the exit code.

    Args:
        terminal: None does what standard input says, without a prompt.
    """

    def __init__(
        self,
        joining: Joining,
        flags: Flags,
        url_word: str | None,
        environ: Environ,
        inputs: Inputs,
        screen: Screen,
        terminal: PromptTerminal | None,
    ) -> None:
        self._joining = joining
        self._flags = flags
        self._url_word = url_word
        self._environ = environ
        self._inputs = inputs
        self._screen = screen
        self._terminal = terminal

    async def run(self, shown: str | None, *, timeout_s: float, fences: bool, rejoins: bool) -> int:
        """The exit code."""
        from lksig.cli.signals import Interrupts
        from lksig.exit_codes import ExitCode, worst

        desk, output = self._desk(timeout_s=timeout_s, fences=fences, rejoins=rejoins)
        if shown is not None:
            desk.set_filter(shown)
        if self._flags[3].record is not None:
            desk.start_recording(self._flags[3].record)
        screen, codes = self._screen, desk.codes
        screen.defer = asyncio.get_running_loop().call_soon
        for code, text in self._joining.credentials.notes:
            screen.warn(code, text)
        if self._terminal is not None:
            self._terminal.preload()
        with Interrupts() as interrupts:
            screen.on_gone = interrupts.stopped.set
            try:
                await self._work(desk, output, interrupts)
            finally:
                await desk.finish()
                for participant in desk.people:
                    if participant.session.socket:  # it began; that it never opened is an end, too
                        desk.run.end(participant.number)
                desk.recordings.stop()
                screen.defer = None
                screen.flush()
        if interrupts.code is not None:
            codes = {code for code in codes if code != ExitCode.TRANSPORT} | {int(interrupts.code)}
        exit_code = worst([*codes, *screen.exit_codes()])
        output.close(exit_code)
        screen.close(exit_code)
        return int(exit_code)

    async def _work(self, desk: Desk, output: PlainOutput | LiveOutput, interrupts: Interrupts) -> None:
        """Join, do what is typed, leave."""
        from lksig.cli.live import until_stopped

        try:
            await until_stopped(interrupts, self._open(desk))
            if not interrupts.stopped.is_set():
                await until_stopped(interrupts, self._lines(desk, output, interrupts))
            desk.is_stopped = interrupts.stopped.is_set()
            for error in desk.endings():
                desk.codes.add(int(error.exit_code))
                self._screen.told_by_the_end(error)
            desk.is_over = True
            await desk.leave()
        except LksigError as exc:
            desk.failed(exc, "")

    def _desk(self, *, timeout_s: float, fences: bool, rejoins: bool) -> tuple[Desk, PlainOutput | LiveOutput]:
        from lksig.cli.prompt_files import PromptRecordings
        from lksig.cli.tickets import FlagsTicket, FlagsTickets
        from lksig.live.clock import SystemClock
        from lksig.live.run import Run
        from lksig.repl.desk import Desk
        from lksig.repl.plain import PlainOutput

        server, client, wire, record, output = self._flags
        secrets = self._joining.secrets
        run = Run(SystemClock())
        shown: PlainOutput | LiveOutput
        if self._terminal is not None:
            shown = self._terminal.output(self._screen, output, secrets)
        else:
            shown = PlainOutput(self._screen, is_quiet=bool(output.quiet), scrub=secrets.scrub)
        flags = (server, client, wire, output)
        desk = Desk(
            run,
            shown,
            secrets,
            tickets=FlagsTickets(self._joining, flags, self._url_word, self._environ, self._inputs),
            recordings=PromptRecordings(record, secrets, self._screen, self._environ, run),
            inputs=self._inputs,
            timeout_s=timeout_s,
            fences=fences,
            rejoins=rejoins,
            completes=self._terminal is not None,
        )
        participant = desk.new_participant(FlagsTicket(self._joining, client, wire))
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: participant.session.broke(
                context.get("exception") or RuntimeError(str(context.get("message")))
            )
        )
        return desk, shown

    async def _open(self, desk: Desk) -> None:
        """Join.

        Raises:
            LksigError: no socket opened, or nothing came on it.
        """
        if not await desk.active.open() and not desk.active.session.is_gone:
            raise DeadlineError("no join came in time", code="did-not-come", hint="`--timeout` waits longer")

    async def _lines(self, desk: Desk, output: PlainOutput | LiveOutput, interrupts: Interrupts) -> None:
        """Do what is typed, until there is nothing more."""
        if self._terminal is not None:
            await self._terminal.run(desk, cast("LiveOutput", output), interrupts)
            return
        from lksig.repl.script import run_script

        self._inputs.claim_stdin()
        await run_script(desk, self._environ.stdin_bytes())
