"""`lksig send`: join, send requests, wait for what becomes of them, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.cli.flags import WORK, ClientFlags, OutputFlags, RecordFlags, ServerFlags, WireFlags, takes
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.awaiting import Awaited
    from lksig.cli.joining import Joining
    from lksig.cli.screen import Screen
    from lksig.live.session import LiveSession
    from lksig.schema.grammar import ParsedRequest
    from lksig.session.sequence import NotSent
    from lksig.wire.events import Reading

DEFAULT_TIMEOUT_S = 5.0


@takes(ServerFlags, ClientFlags, WireFlags, RecordFlags, OutputFlags)
def send_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[URL] REQUEST...",
            help="Server, and what to send; - is stdin.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Seconds an answer is awaited.", rich_help_panel=WORK, metavar="S")
    ] = DEFAULT_TIMEOUT_S,
    linger: Annotated[
        float,
        typer.Option("--linger", help="Seconds to stay after the last answer.", rich_help_panel=WORK, metavar="S"),
    ] = 0.0,
    fence: Annotated[
        bool,
        typer.Option(
            "--fence/--no-fence", help="Find out whether silent requests were accepted.", rich_help_panel=WORK
        ),
    ] = True,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", help="Stay until a message matches, else exit 6.", rich_help_panel=WORK, metavar="EXPR"
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option("--expect", help="Exit 0 if a message matches, 1 if not.", rich_help_panel=WORK, metavar="EXPR"),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", help="Stay for N messages.", rich_help_panel=WORK, metavar="N")
    ] = None,
    answer: Annotated[
        bool, typer.Option("--answer", help="Print only the answers' bodies, as JSON lines.", rich_help_panel=WORK)
    ] = False,
    server: ServerFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    client: ClientFlags = ...,  # type: ignore[assignment]
    wire: WireFlags = ...,  # type: ignore[assignment]
    record: RecordFlags = ...,  # type: ignore[assignment]
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Join, send requests, wait for the answers, leave.

    A request is a case and its fields: `add_track cid=c1 type=VIDEO source=CAMERA`, `mute sid=TR_x muted=true`. Another
    case starts the next request; `%c1` is what came of cid c1. `lksig schema CASE` documents the fields. Requests that
    succeed in silence are followed by a fence, so that their verdict is known in a millisecond.
    """
    from lksig.cli.awaiting import awaits
    from lksig.cli.joining import Inputs, plan
    from lksig.cli.live import run_session
    from lksig.cli.recorder import check_record, recording, screen_environ
    from lksig.cli.screen import Screen, is_answer
    from lksig.cli.words import check_count, check_seconds, split_url
    from lksig.schema.filter import parse_filter
    from lksig.wire.target import looks_like_url

    environ = context.obj
    check_record(record, output)
    check_count(count)
    check_seconds(timeout)
    check_seconds(linger, "--linger")
    if until is not None and expect is not None:
        raise InputError("`--until` and `--expect` exclude each other", code="two-expressions", hint="give one of them")
    expression = until if until is not None else expect
    awaited_filter = parse_filter(expression) if expression is not None else None
    shown = parse_filter(output.filter) if output.filter is not None else None
    url_word, rest = split_url(words or [], looks_like_url)
    inputs = Inputs(environ)
    requests = read_requests(rest, inputs)
    joining = plan(server, client, wire, output, url_word, environ, inputs)

    def selects(reading: Reading) -> bool:
        if is_answer(reading):
            return True
        return awaited_filter is not None and not job.is_over and awaits(awaited_filter, reading, screen.facts)

    select = None if wire.dry_run else selects
    screen = Screen(output, joining.secrets, screen_environ(record, environ), select=select)
    if wire.dry_run:
        from lksig.cli.dry_run import dry_run

        return dry_run(joining, requests, screen, client, wire)
    if answer:
        screen.show_only(_answer_body(joining.secrets))
    job = _Job(joining, requests, screen, timeout_s=timeout, linger_s=linger, fences=fence)
    job.expectation(awaited_filter, count, shown, is_check=expect is not None)
    with recording(record, joining.secrets, screen, environ, "send") as attach:

        def prepare(session: LiveSession) -> None:
            attach(session.run)
            job.prepare(session)

        return run_session(joining, client, wire, screen, prepare, job.work, late=job.refusals)


def read_requests(words: list[str], inputs: Any) -> list[ParsedRequest]:
    """The requests these words, or standard input, hold; all of them are read before anything is sent.

    Raises:
        InputError: none, one that cannot be read, or one that holds a placeholder of a redacted secret.
    """
    from lksig.schema.grammar import parse_words

    if words == ["-"]:
        requests = list(_script_requests(inputs))
    else:
        requests = parse_words(words, inputs)
    if not requests:
        raise InputError(
            "nothing to send: there is no request",
            code="no-request",
            hint="give one, such as `ping`; `lksig schema` lists them",
        )
    for request in requests:
        _refuse_placeholder(request)
    return requests


def _refuse_placeholder(request: ParsedRequest) -> None:
    """What stood where a placeholder stands is not known any more.

    Raises:
        InputError: the request holds one.
    """
    from lksig.wire.places import has_placeholder

    path = has_placeholder(request.sketch())
    if path is not None:
        raise InputError(
            f"`{path}` holds a placeholder of a secret that was hidden",
            code="placeholder",
            hint="print it with `--show-secrets`, or give the value itself",
        )


def _script_requests(inputs: Any) -> Any:
    from lksig.schema.scripts import parse_script

    text = inputs.read_file("-")
    try:
        # Not splitlines(): U+2028 and NEL are text, not ends of lines.
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as exc:
        raise InputError(
            f"standard input is not UTF-8 at byte {exc.start}", code="not-utf8", hint="give requests as text"
        ) from exc
    for line in parse_script(lines, inputs):
        yield from line.requests


def _answer_body(secrets: Any) -> Any:
    """What `--answer` prints of a reading: the body of a message that answers a request of the user."""
    from lksig.wire.events import Message
    from lksig.wire.json_text import message_text

    def body(reading: Reading) -> str | None:
        event = reading.event
        if type(event) is not Message or reading.reply_to is None or reading.for_auto or event.case is None:
            return None
        if event.by != "server" or event.envelope is None:
            return None
        text = message_text(event.envelope, secrets)
        return text[len(event.case) + len('{"":') : -1]

    return body


class _Job:
    """One `send`, from the open socket to the verdicts."""

    def __init__(
        self,
        joining: Joining,
        requests: list[ParsedRequest],
        screen: Screen,
        *,
        timeout_s: float,
        linger_s: float,
        fences: bool,
    ) -> None:
        from lksig.session.references import ReferenceBook
        from lksig.session.sequence import Sequence

        self._screen = screen
        self._timeout_s = timeout_s
        self._linger_s = linger_s
        self._book = ReferenceBook()
        self._sequence = Sequence(
            self._book.resolve, protocol=joining.protocol, timeout_ns=int(timeout_s * 1e9), fences=fences
        )
        for request in requests:
            self._sequence.add(request)
            self._book.announce(request)
        self._results: list[str] = []
        self._expectation: dict[str, Any] = {}
        self._is_check = False
        self._awaited: Awaited | None = None
        self.is_over = False
        """Nothing is awaited any more: what still comes while leaving is not it."""

    def expectation(self, until: Any, count: int | None, shown: Any, *, is_check: bool) -> None:
        """What is awaited beyond the answers."""
        self._expectation = {"until": until, "count": count, "shown": shown}
        self._is_check = is_check

    def prepare(self, session: LiveSession) -> None:
        """Be there before the first event."""
        from lksig.cli.awaiting import Awaited

        self._awaited = Awaited(self._screen.facts, **self._expectation)
        for sink in (self._book.observe, self._awaited.sink, self._observe):
            session.run.add_sink(sink)

    def _observe(self, reading: Reading) -> None:
        from lksig.wire.events import Result

        if isinstance(reading.event, Result):
            self._results.append(reading.event.outcome)
        elif reading.refused and reading.reply_to is not None:
            self._results.append("refused")

    async def work(self, session: LiveSession) -> list[int]:
        """Wait for the join, send, wait for the verdicts."""
        from lksig.cli.live import ending
        from lksig.exit_codes import ExitCode
        from lksig.live.sending import send_all
        from lksig.live.waiting import first_of

        assert self._awaited is not None
        if not await self._joined(session):
            return ending(session, self._screen) or self._screen.missed("no join came in time", ExitCode.DEADLINE)
        not_sent = await send_all(session, self._sequence, on_not_sent=self._book.withdraw)
        codes = self._failures(not_sent)
        if self._linger_s and not session.is_gone:
            await first_of(session.wait_gone(), timeout_s=self._linger_s)
        if self._awaited.is_waiting and not session.is_gone:
            await first_of(self._awaited.came.wait(), session.wait_gone(), timeout_s=self._timeout_s)
        return codes + self._verdict(session)

    def refusals(self) -> list[int]:
        """The exit code of what was refused: while leaving, too, which is when it is heard of without fences."""
        from lksig.exit_codes import ExitCode

        return [ExitCode.CHECK_FAILED] if "refused" in self._results and not self._is_check else []

    async def _joined(self, session: LiveSession) -> bool:
        from lksig.live.waiting import first_of

        if session.state != "CONNECTED":
            joined = session.run.first(
                lambda _: True if session.state == "CONNECTED" else None, timeout_s=self._timeout_s
            )
            await first_of(joined, session.wait_gone(), timeout_s=None)
        return session.state == "CONNECTED"

    def _failures(self, not_sent: list[NotSent]) -> list[int]:
        """The exit codes of what could not be sent; each is told."""
        codes: list[int] = []
        for failed in not_sent:
            error = failed.as_error()
            codes.append(error.exit_code)
            self._screen.tell(error)
        return codes

    def _verdict(self, session: LiveSession) -> list[int]:
        from lksig.cli.live import ending
        from lksig.exit_codes import ExitCode

        assert self._awaited is not None
        self.is_over = True
        came = self._awaited.came.is_set()
        if self._is_check:
            return [] if came else self._screen.missed("no message matched `--expect`", ExitCode.CHECK_FAILED)
        codes: list[int] = []
        if "timeout" in self._results:
            codes += self._screen.missed("an answer did not come in time", ExitCode.DEADLINE)
        if self._awaited.is_waiting and came:
            return codes
        codes += ending(session, self._screen)
        if self._awaited.is_waiting and not codes:
            codes += self._screen.missed("what `--until` or `-n` waits for did not come in time", ExitCode.DEADLINE)
        return codes
