"""The prompt on a terminal: one line being typed, everything else above it.

One prompt_toolkit application runs from the first line to the last, so that keys are never echoed by the terminal
itself and nothing typed ahead is lost. What is entered is printed above like everything else, and done in its order.

Rule: nothing that arrives touches the line. What is printed above goes out in one write with the line redrawn below
it; the text that is typed lives in its buffer and nowhere on the screen alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import set_app
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import create_input

from lksig.errors import LksigError
from lksig.render.width import cut
from lksig.repl import drawing, toolbar
from lksig.repl.completer import LineBuffer, LineCompleter
from lksig.repl.editor import edit, skeleton_text, uncommented
from lksig.repl.explaining import MAX_CHARACTERS, Explainer
from lksig.repl.history import HistoryFile, SuggestLine
from lksig.repl.keys import key_bindings
from lksig.repl.lending import Lending, OnInterrupt
from lksig.repl.live_output import CONTINUATION
from lksig.repl.search import HistorySearch
from lksig.repl.typed_text import goes_on, logical_lines
from lksig.repl.verbs import VERBS

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input

    from lksig.environ import Environ
    from lksig.repl.desk import Desk
    from lksig.repl.live_output import LiveOutput
    from lksig.schema.suggestions import Suggestions

REFRESH_S = 1.0
"""How often the toolbar is drawn when nothing happens: it counts seconds."""

REDRAW_S = 0.1
"""How long the toolbar may be behind."""

WARM_UP_S = 0.02
"""After the first prompt: long enough for it to be drawn."""

ESCAPE_S = 0.05
"""How long an escape waits for the rest of a key: terminals send it at once, a slow line needs a moment."""

LEAVING = "leaving; Ctrl-C stops at once"

EndNow = Callable[[], None]


class Terminal:
    """One prompt, from the first line to the last.

    Args:
        output: the desk's.
        end_now: ends the command at once, as a second Ctrl-C does.
        on_interrupt: redirects SIGINT while another program has the terminal.
        keys: where keys come from; the terminal behind stdin if None.
        screen: what is drawn on; the terminal behind stdout if None.
    """

    def __init__(
        self,
        desk: Desk,
        output: LiveOutput,
        environ: Environ,
        *,
        end_now: EndNow,
        on_interrupt: OnInterrupt,
        keys: Input | None = None,
        screen: drawing.OneWrite | None = None,
    ) -> None:
        self.desk = desk
        self.output = output
        self.environ = environ
        self.is_leaving = False
        self._end_now = end_now
        self._is_stopped = False
        self._has_left = False
        self._note = ""
        """Said in the toolbar until the next key."""
        self._drafts: dict[str, str] = {}
        """What was edited last of each case: a mistake in it costs no typing."""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        """Lines to do; None ends the session, behind the lines that were entered before."""
        self._doing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._explainer = Explainer()
        self._columns = 0
        self._redraw: asyncio.TimerHandle | None = None
        self._screen = screen or drawing.OneWrite.of_terminal(environ.stdout, environ.variable("TERM"))
        self.buffer = LineBuffer(
            history=HistoryFile.of(environ, desk.secrets),
            completer=LineCompleter(self._suggest),
            complete_while_typing=Condition(lambda: not self.finding.is_open),
            auto_suggest=SuggestLine() if output.colour else None,
            multiline=True,
            accept_handler=self._accept,
            on_text_changed=lambda _: self._say(""),
        )
        self.finding = HistorySearch(self.buffer)
        self.app: Application[None] = Application(
            layout=drawing.layout(
                self.buffer, self._prefix, self._bar, self._screen.get_size, self._column, suggests=output.colour
            ),
            style=drawing.style(output.colour),
            include_default_pygments_style=False,
            color_depth=drawing.colour_depth(output.colour),
            key_bindings=key_bindings(self),
            erase_when_done=True,
            refresh_interval=REFRESH_S,
            before_render=self._measure,
            input=keys or create_input(environ.stdin),
            output=self._screen,
        )
        self.app.ttimeoutlen = ESCAPE_S
        self._lending = Lending(self.app, self._screen, output.above, on_interrupt)

    # --- from the first line to the last ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Read and do lines until the session was left."""
        desk, above = self.desk, self.output.above
        desk.edit, desk.run_program, desk.on_wake = self._edit_case, self._lending.run_program, self.app.invalidate
        worker = asyncio.create_task(self._work())
        worker.add_done_callback(self._broke)
        self._later(self._warm_up())
        try:
            await self.app.run_async(
                pre_run=lambda: above.attach(self._print), handle_sigint=False, set_exception_handler=False
            )
        except EOFError:  # the terminal is gone
            desk.is_over = True
        finally:
            desk.edit, desk.run_program, desk.on_wake = None, None, lambda: None
            above.detach()
            if self._redraw is not None:
                self._redraw.cancel()
            for task in (worker, *self._tasks):
                task.cancel()
            await asyncio.gather(worker, *self._tasks, return_exceptions=True)
        if self._is_stopped:
            self._end_now()
            await asyncio.sleep(0)

    def _broke(self, worker: asyncio.Task[None]) -> None:
        """A bug is the end of the prompt, not of its lines alone."""
        if not worker.cancelled() and (exc := worker.exception()) is not None and self.app.is_running:
            self.app.exit(exception=exc)

    async def _warm_up(self) -> None:
        """Load what completes and explains before the first key needs it."""
        await asyncio.sleep(WARM_UP_S)
        for text in ("mute sid=", "/"):
            self._suggest(text, len(text))
            self._explainer.text(text, len(text), 1)

    async def _work(self) -> None:
        """Do the lines, one behind the other."""
        while not self.desk.is_over and (line := await self._lines.get()) is not None:
            self._doing = asyncio.create_task(self.desk.line(line))
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(self._doing)
            cancelled = self._doing.cancelled()
            self._doing = None
            if cancelled:
                self.output.notice("stopped")
            self.app.invalidate()
        self._begin_to_leave()

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _print(self, text: str) -> None:
        """Print lines above, in one write with the prompt below them."""
        with self._screen.one_write(), set_app(self.app):
            self.app.renderer.erase(leave_alternate_screen=False)
            self._screen.write_raw(text.replace("\n", "\r\n"))
            if not self.app.is_done:
                self.app.renderer.render(self.app, self.app.layout)
                self.app.layout.update_parents_relations()
        if self._redraw is None:  # what was printed may change what the toolbar says when all have heard of it
            self._redraw = asyncio.get_running_loop().call_later(REDRAW_S, self._draw_again)

    def _draw_again(self) -> None:
        self._redraw = None
        self.app.invalidate()

    def _measure(self, _: Application[None]) -> None:
        columns = self._screen.get_size().columns
        if columns != self._columns:
            self._columns = columns
            self.output.resized(columns)

    def _prompt(self) -> str:
        return cut(self.desk.prompt_text(), max(self._screen.get_size().columns // 2, 1))

    def _prefix(self, row: int, wrapped: int) -> StyleAndTextTuples:
        if wrapped:
            return []
        return [("class:prompt", CONTINUATION if row else self._prompt())]

    def _column(self) -> int:
        """Where the word begins that is being completed."""
        state = self.buffer.complete_state
        if state is None or not state.completions:
            return 0
        before = state.original_document
        column = before.cursor_position_col + state.completions[0].start_position
        return column + (len(CONTINUATION) if before.cursor_position_row else len(self._prompt()))

    def _bar(self) -> StyleAndTextTuples:
        return [("class:toolbar", f"{self._bar_text(self._screen.get_size().columns - 1)} ")]

    def _bar_text(self, width: int) -> str:
        if self.finding.is_open:
            return self.finding.bar_text(width)
        note = LEAVING if self.is_leaving else self._note
        if not note and self.buffer.text:
            told = self._explainer.text(self.buffer.text, self.buffer.cursor_position, width)
            if told:
                return told
        return toolbar.status_text(self.desk.status(), width, not_shown=self.output.not_shown, note=note)

    # --- what keys ask for ------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Nothing is typed."""
        return not self.buffer.text

    def enter(self) -> None:
        """Send what is typed, take the completion that is chosen, or go on in the next row."""
        self._say("")
        state = self.buffer.complete_state
        if state is not None and state.current_completion is not None:
            self.buffer.complete_state = None
            if not self.buffer.go_on_behind(self._is_finished):
                self.buffer.start_completion()
        elif goes_on(self.buffer.text):
            self.buffer.cursor_position = len(self.buffer.text)
            self.buffer.newline(copy_margin=False)
        else:
            self.buffer.validate_and_handle()

    def _accept(self, buffer: Buffer) -> bool:
        """Do what is typed; the line is empty then, and what it was is in the history."""
        self.output.typed(self._prompt(), buffer.text.rstrip("\n"))
        for line in logical_lines(buffer.text):
            self._lines.put_nowait(line)
        return False

    def complete(self, step: int) -> None:
        """Complete as far as there is one way to go on, then go through the ways."""
        buffer = self.buffer
        state = buffer.complete_state
        if state is None or not state.completions:
            # At once, and not beside the keys: what is typed on sees the line as Tab left it.
            found = list(buffer.completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
            if not found:
                buffer.go_on_behind(self._is_finished)
                return
            state = buffer.complete_state = CompletionState(buffer.document, found)
            step = 0
        if len(state.completions) == 1:
            buffer.apply_completion(state.completions[0])
        elif step >= 0 and state.complete_index is None and (more := self._common(state.completions)):
            buffer.insert_text(more)
        elif step > 0:
            buffer.complete_next()
        elif step < 0:
            buffer.complete_previous()

    def _common(self, completions: list[Completion]) -> str:
        if any(getattr(completion, "tail", 0) for completion in completions):
            return ""
        return get_common_complete_suffix(self.buffer.document, completions)

    def interrupt(self) -> None:
        """Close what is open, clear what is typed, stop what is done; say how to leave."""
        if self.is_leaving:
            self._is_stopped = True
            self._exit()
        elif self.finding.is_open:
            self.finding.close(keep=False)
        elif self.buffer.text:
            self.buffer.reset()
        elif self._doing is not None:
            self._doing.cancel()
        else:
            self._say("Ctrl-D leaves")

    def _say(self, note: str) -> None:
        self._note = note

    def end(self) -> None:
        """Leave politely; the prompt is gone when that is done."""
        self.is_leaving = True
        if self._doing is None:
            self._lines.put_nowait(None)
        else:  # it may take its time, which nobody has any more
            self._begin_to_leave()

    def _begin_to_leave(self) -> None:
        self.is_leaving = True
        if not self._has_left:
            self._has_left = True
            self.desk.is_over = True
            self._later(self._leave())

    async def _leave(self) -> None:
        try:
            await self.desk.leave()
        finally:
            self._exit()

    def _exit(self) -> None:
        if self.app.is_running and not self.app.is_done:
            self.app.exit()

    def search(self) -> None:
        """Search in the history, or go to the next find."""
        if self.finding.is_open:
            self.finding.step(1)
        else:
            self.finding.open()

    # --- completion -------------------------------------------------------------------------------------------------

    def _suggest(self, text: str, cursor: int) -> Suggestions:
        from lksig.repl.completion import complete
        from lksig.schema.suggestions import NothingKnown, nothing

        if len(text) > MAX_CHARACTERS:
            return nothing(cursor)
        return complete(text, cursor, VERBS, self.desk.known or NothingKnown())

    def _is_finished(self, text: str) -> bool:
        from lksig.repl.completion import is_finished
        from lksig.schema.suggestions import NothingKnown

        return len(text) <= MAX_CHARACTERS and is_finished(text, VERBS, self.desk.known or NothingKnown())

    # --- other programs ---------------------------------------------------------------------------------------------

    async def _edit(self, text: str) -> str | None:
        return await edit(text, self.environ, self._lending.run_program)

    async def _edit_case(self, case: str) -> str | None:
        before = self._drafts.get(case) or skeleton_text(case)
        after = await self._edit(before)
        if after is None or after == skeleton_text(case) or not uncommented(after):
            return None
        self._drafts[case] = after
        text = uncommented(after)
        self.buffer.history.append_string(text)
        self.output.typed(self._prompt(), text)
        return text

    def edit_line(self) -> None:
        """Edit what is typed; it comes back into the line."""

        async def work() -> None:
            try:
                text = await self._edit(self.buffer.text)
            except LksigError as exc:
                self.output.error(exc, "")
                return
            if text is not None:
                text = text.rstrip("\n")
                self.buffer.document = Document(text, len(text))

        self._later(work())

    def suspend(self) -> None:
        """Stop, as any program of a shell does."""
        self._later(self._lending.suspend())
