"""`/record`, `/save`, `/edit`: files that are written, and the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.render.safe_text import neutralise

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.lines import Command
    from lksig.schema.lexer import Span

MARK = "mark"
"""Of a place that nobody named."""


async def record_verb(desk: Desk, command: Command) -> None:
    """Start, stop or mark a recording."""
    words = command.words
    what = words[0].text if words else ""
    rest = command.rest.cut(words[1].start if len(words) > 1 else command.rest.end)
    if what == "start":
        _start(desk, rest)
    elif what == "stop":
        _stop(desk, command)
    elif what == MARK:
        desk.active.session.mark(rest.text or MARK)
    elif not what:
        path = desk.recordings.path
        desk.output.notice("nothing is being recorded" if path is None else f"recording into `{neutralise(path)}`")
    else:
        raise words[0].mistake("`/record` takes `start FILE`, `stop` or `mark TEXT`", code="unknown-word")


def _start(desk: Desk, path: Span) -> None:
    if not path.text:
        raise path.mistake("`/record start` needs a file", code="missing-value")
    if desk.recordings.path is not None:
        text = f"`{desk.recordings.path}` is being recorded already"
        raise InputError(text, code="recording-already", hint="`/record stop` ends that one")
    desk.start_recording(_file(path))
    desk.output.notice(f"recording into `{neutralise(_file(path))}`, {_reach(desk)}")


def _stop(desk: Desk, command: Command) -> None:
    path = desk.recordings.path
    if path is None:
        raise command.rest.mistake("nothing is being recorded", code="not-recording")
    desk.stop_recording()
    desk.output.notice(f"`{neutralise(path)}` is complete; `lksig show` reads it")


def _reach(desk: Desk) -> str:
    """Where a recording that is made now begins."""
    if not desk.history.dropped:
        return "from the beginning of the session"
    return f"from message {desk.history.dropped + 1} on: what came before is no longer held"


async def save_verb(desk: Desk, command: Command) -> None:
    """Everything so far, as a file."""
    if not command.rest.text:
        raise command.rest.mistake("`/save` needs a file", code="missing-value")
    path = _file(command.rest)
    desk.recordings.save(path, desk.history.events())
    desk.output.notice(f"saved into `{neutralise(path)}`, {_reach(desk)}")


def _file(span: Span) -> str:
    """The name of a file, which may stand in quotes."""
    from lksig.schema.lexer import json_string

    said = json_string(span.text)
    return span.text if said is None else said


async def edit_verb(desk: Desk, command: Command) -> None:
    """A request in the editor, sent when it comes back."""
    from lksig.schema.pool import TO_SERVER, case_fields

    case = command.rest
    if case.text not in case_fields(TO_SERVER):
        from lksig.schema.nearest import nearest

        what = f"no request is called `{case.text}`" if case.text else "`/edit` needs the case to send"
        raise case.mistake(what, code="unknown-case", guess=nearest(case.text, case_fields(TO_SERVER)))
    if desk.edit is None:
        hint = f"`lksig schema {case.text} --skeleton` prints the line to fill in"
        raise InputError("there is no terminal for an editor", code="no-terminal", hint=hint)
    text = await desk.edit(case.text)
    if text is not None and text.strip():
        desk.send_line(text)
