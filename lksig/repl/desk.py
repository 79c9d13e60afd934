"""The desk: does what a typed line asks for, whoever typed it, a person at a terminal or a script.

    LINE                    requests, in the grammar of `send`
    /VERB …                 a command of `repl.verbs`; ` | PROGRAM` behind a view pipes it
    | PROGRAM               pipes the last view again
    ! PROGRAM               runs a command of the shell

Rule: a mistake is shown and never raised; a request is handed over and the desk is free again. What a verb does stands
in the modules `verbs_…`, what a session is in `participants`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from lksig.errors import CheckFailedError, DeadlineError, LksigError
from lksig.render.cover import Cover
from lksig.render.safe_text import neutralise, word
from lksig.repl.history_of_run import RunHistory
from lksig.repl.latencies import Latencies
from lksig.repl.participants import Participant, Participants
from lksig.repl.status import Status
from lksig.session.crossing import Crossings
from lksig.session.recent import RecentMessages
from lksig.session.sequence import NotSent
from lksig.wire.events import Close, Message, Reading, Result

if TYPE_CHECKING:
    from lksig.live.run import Run
    from lksig.render.line import LineView
    from lksig.repl.output import Output
    from lksig.repl.ports import Edit, Recordings, RunProgram, Ticket, Tickets
    from lksig.repl.views import View
    from lksig.schema.filter import Filter
    from lksig.schema.requests import ParsedRequest
    from lksig.schema.values import Inputs
    from lksig.wire.redaction import Secrets

DEFAULT_TIMEOUT_S = 5.0
"""How long an answer is awaited."""


class Desk:
    """Everything behind the prompt.

    Args:
        run: whose sessions these are; the desk shows its readings.
        output: where everything goes; may be replaced before the first line.
        tickets: lets others join.
        recordings: writes files.
        inputs: files and time for requests.
        timeout_s: how long an answer is awaited.
        fences: find out whether silent requests were accepted.
        rejoins: start over when a session ends.
        completes: keep what completion offers; only a terminal asks for it.
    """

    def __init__(
        self,
        run: Run,
        output: Output,
        secrets: Secrets,
        *,
        tickets: Tickets,
        recordings: Recordings,
        inputs: Inputs,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        fences: bool = True,
        rejoins: bool = False,
        completes: bool = False,
    ) -> None:
        self.run = run
        self.output = output
        self.secrets = secrets
        self._cover = (lambda reading: reading) if secrets.show else Cover(secrets).reading
        self.tickets = tickets
        self.recordings = recordings
        self.inputs = inputs
        self.timeout_s = timeout_s
        self.fences = fences
        self.rejoins = rejoins
        self._completes = completes
        self.people = Participants()
        self.recent = RecentMessages()
        self.history = RunHistory()
        self.crossings = Crossings()
        self.latencies = Latencies(self.recent)
        self.filter: Filter | None = None
        self.filter_text = ""
        self.is_quiet = False
        self.is_detailed = False
        self.not_shown = 0
        self.is_over = False
        """`/quit` was typed: nothing more is read."""
        self.is_stopped = False
        """Ctrl-C, or nobody reads any more: who stopped it does not have to be told what was not sent."""
        self.last_view: View | None = None
        self.codes: set[int] = set()
        """Causes of an exit code: mistakes, refusals, what did not come."""
        self.run_program: RunProgram | None = None
        """Set by a terminal, which has to step aside for a program."""
        self.edit: Edit | None = None
        """Set by a terminal that has an editor."""
        self.on_wake: Callable[[], None] = lambda: None
        """Called when `status` may have changed without a reading."""
        self._line_view: LineView | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sessions = 0
        run.add_recorder(self.history)
        run.add_sink(self._observe)

    # --- participants -----------------------------------------------------------------------------------------------

    def new_participant(self, ticket: Ticket) -> Participant:
        """A participant that is not open yet; spoken as from now on."""
        self._sessions += 1
        participant = Participant(
            ticket,
            self.run,
            self._sessions,
            self.recent,
            timeout_ns=round(self.timeout_s * 1e9),
            fences=self.fences,
            on_not_sent=self._not_sent,
            cover=self._cover,
        )
        if self._completes:
            from lksig.session.known import KnownValues

            participant.known = KnownValues(self._sessions)
        self.people.add(participant)
        self.crossings.add(participant.number, ticket.identity)
        return participant

    @property
    def active(self) -> Participant:
        """Who is spoken as."""
        return self.people.active

    def use(self, participant: Participant) -> None:
        """Speak as this one."""
        self.people.use(participant)
        self.on_wake()

    async def forget(self, participant: Participant, before: Participant) -> None:
        """One who could not join; the one before speaks again."""
        self.people.remove(participant)
        self.use(before)
        await participant.finish()
        self.run.end(participant.number)

    async def leave(self) -> None:
        """Everybody leaves politely."""
        await asyncio.gather(*(participant.session.leave() for participant in self.people))

    async def finish(self) -> None:
        """Let go of everything."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for participant in self.people:
            await participant.finish()

    # --- a line -----------------------------------------------------------------------------------------------------

    async def line(self, text: str) -> None:
        """Do what a line asks for. Takes as long as a dial or a program where it asks for one; requests do not wait."""
        try:
            await self._line(text)
        except LksigError as exc:
            self.failed(exc, text)

    async def _line(self, text: str) -> None:
        from lksig.repl import lines

        typed = lines.read(text)
        if typed is None:
            return
        if isinstance(typed, lines.Program):
            await lines.run(self, typed)
        elif isinstance(typed, lines.Command):
            await lines.perform(self, typed)
        else:
            self.send_line(text)

    def send_line(self, text: str) -> None:
        """Send the requests of a line.

        Raises:
            InputError: it cannot be read, or holds the placeholder of a secret.
            TransportError: there is no connection.
        """
        from lksig.schema.grammar import parse_line
        from lksig.schema.lexer import BLANKS, Span
        from lksig.schema.printed_lines import printed_line

        printed = printed_line(Span(text, len(text) - len(text.lstrip(BLANKS)), len(text.rstrip(BLANKS))))
        if printed is not None and not printed.is_user_request:
            return  # of a printed session only what a user sent is sent again
        self.send(*parse_line(text, self.inputs))

    def send(self, *requests: ParsedRequest) -> None:
        """Send requests as the participant in use.

        Raises:
            InputError: one holds the placeholder of a secret.
            TransportError: there is no connection.
        """
        from lksig.repl.requests import refuse_placeholder

        for request in requests:
            refuse_placeholder(request)
        self.active.check_open()
        self.active.send(*requests)

    def failed(self, error: LksigError, line: str) -> None:
        """Show what did not work, and remember it for the exit code."""
        self.codes.add(int(error.exit_code))
        self.output.error(error, line)

    def later(self, work: Coroutine[Any, Any, None], line: str) -> None:
        """Do something that takes its time while the prompt is free; what goes wrong is shown."""

        async def done() -> None:
            try:
                await work
            except LksigError as exc:
                self.failed(exc, line)

        task = asyncio.get_running_loop().create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            self.active.session.broke(exc)

    async def idle(self) -> None:
        """Wait until every request has its verdict and nothing is being done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for participant in self.people:
            await participant.pump.idle()

    # --- files and filter -------------------------------------------------------------------------------------------

    def start_recording(self, path: str) -> None:
        """Record from the beginning of the session on.

        Raises:
            InputError: the file cannot be made.
        """
        self.recordings.start(path, self.history.events())
        first = self.history.dropped
        self.recent.older = lambda n: self.recordings.find(n - first)
        self.on_wake()

    def stop_recording(self) -> None:
        """The file is complete."""
        self.recordings.stop()
        self.recent.older = None
        self.on_wake()

    def set_filter(self, text: str | None) -> None:
        """Show only what matches an expression; None shows everything.

        Raises:
            InputError: it is no expression.
        """
        from lksig.schema.filter import parse_filter

        self.filter = None if text is None else parse_filter(text)
        self.filter_text = text or ""
        self.on_wake()

    def line_text(self, reading: Reading) -> str:
        """The line of a reading, for filters that look for words in it."""
        if self._line_view is None:
            from lksig.render.line import LineView

            self._line_view = LineView(self.secrets, piped=True, verbose=1)
            for start in self.history.starts():
                self._line_view.text(Reading(start))
        return self._line_view.text(reading) or ""

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _observe(self, reading: Reading) -> None:
        self.recent.add(reading)
        self.latencies.observe(reading)
        event = reading.event
        if isinstance(event, Result):
            self._result(event)
        elif isinstance(event, Close):
            self._closed(event)
        self._show(reading)
        if len(self.people) > 1:
            self._cross(reading)

    def _cross(self, reading: Reading) -> None:
        from lksig.repl.told import crossed

        for crossing in self.crossings.observe(reading):
            self.latencies.crossed(crossing)
            self.output.notice(crossed(crossing))

    def _result(self, result: Result) -> None:
        if result.outcome == "refused":
            self.codes.add(int(CheckFailedError.exit_code))
        elif result.outcome == "timeout":
            self.codes.add(int(DeadlineError.exit_code))

    def _show(self, reading: Reading) -> None:
        from lksig.repl.views import is_kept_back, tree_text

        if is_kept_back(self, reading):
            self.not_shown += type(reading.event) is Message
            self.output.unseen(reading)
        elif self.is_detailed and type(reading.event) is Message and not self.output.is_json:
            self.output.unseen(reading)
            text = tree_text(self, reading)
            if text is not None:
                self.output.text(text)
        else:
            self.output.reading(reading)

    def _not_sent(self, participant: Participant, failed: NotSent) -> None:
        from lksig.repl.told import not_sent

        if not self.is_stopped:
            self.failed(not_sent(participant, failed), failed.request.text)

    # --- the end of a session ---------------------------------------------------------------------------------------

    def _closed(self, close: Close) -> None:
        participant = self.people.of(close.session)
        if participant is None or close is not participant.session.close_event:
            return
        if self.rejoins and close.ended_by != "client" and not self.is_over:
            from lksig.repl.rejoining import rejoin

            self.later(rejoin(self, participant), "")

    def endings(self) -> Iterable[LksigError]:
        """What ended sessions that nobody here ended, and that were not opened again."""
        from lksig.repl.told import ending

        for participant in self.people:
            if participant.was_closed is not None:
                yield ending(participant.was_closed, participant.session.last_leave)

    # --- what a terminal asks for -----------------------------------------------------------------------------------

    @property
    def known(self) -> Any:
        """What the participant in use knows, for completion; None where nobody completes."""
        return self.active.known

    def prompt_text(self) -> str:
        """What stands before a line being typed: `standup probe> `."""
        session = self.active.session
        parts = [neutralise(word(name)) for name in (self.active.room_name, self.active.identity) if name]
        gone = " (no connection)" if session.is_gone else ""
        return f"{' '.join(parts) or 'lksig'}{gone}> "

    def status(self) -> Status:
        """How the session in use is doing."""
        active = self.active
        session = active.session
        deadline_ns = active.media_deadline_ns
        left_s = None if deadline_ns is None else max((deadline_ns - self.run.clock.now_ns()) / 1e9, 0.0)
        to_client, to_server = active.counts.values()
        return Status(
            room=active.room_name,
            identity=active.identity,
            sid=session.participant_sid,
            state=session.state,
            path=session.handshake.path if session.handshake is not None else "",
            protocol=active.ticket.protocol,
            rtt_ms=tuple(active.rtts_ms),
            to_client=to_client,
            to_server=to_server,
            media_deadline_s=left_s,
            recording=self.recordings.path,
            unanswered=active.sequence.waiting,
            not_shown=self.not_shown,
            is_filtered=self.filter is not None,
            is_quiet=self.is_quiet,
            others=tuple(one.name for one in self.people if one is not active),
        )
