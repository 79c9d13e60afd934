"""A typed line, taken apart: a command of the prompt, a program, or requests.

Rule: what is not a command is left to the grammar of requests as it stands, so that a line means the same everywhere.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lksig.records import record
from lksig.repl.verbs import BARE, VERBS, Verb
from lksig.schema.lexer import BLANKS, Span, scan_line, stripped
from lksig.schema.nearest import nearest

if TYPE_CHECKING:
    from lksig.repl.desk import Desk

COMMENT = "#"
SLASH, PIPE, SHELL = "/", "|", "!"


@record
class Command:
    """A verb and what stands behind it."""

    verb: Verb
    rest: Span
    """Without blanks around it; for a view without the pipe."""
    program: Span | None
    """Where the view goes instead of the screen."""

    @property
    def words(self) -> tuple[Span, ...]:
        """The words of `rest`. Their places are those of the line."""
        return tuple(_words(self.rest))


@record
class Program:
    """A command of the shell."""

    command: Span
    is_pipe: bool
    """It reads the last view."""


@record
class Requests:
    """Anything else."""


Typed = Command | Program | Requests


def read(text: str) -> Typed | None:
    """What a line is; None for an empty one and a comment.

    Raises:
        InputError: there is no such command, or a program without a name.
    """
    line = stripped(Span(text, 0, len(text)))
    first = line.text[:1]
    if first in ("", COMMENT):
        return None
    if first in (PIPE, SHELL):
        command = stripped(line.cut(line.start + 1))
        if not command.text:
            raise line.mistake(f"no program behind `{first}`", code="no-program")
        return Program(command, first == PIPE)
    if first == SLASH:
        return _command(line.cut(line.start + 1))
    word = (line.text.split(None, 1) or [""])[0]  # blanks of other alphabets are no blanks of a line
    bare = BARE.get(word)
    if bare is None or (word != line.text and not VERBS[bare].arguments):
        return Requests()
    return _command(line)


def _command(line: Span) -> Command:
    length = next((at for at, char in enumerate(line.text) if char in BLANKS or char == PIPE), len(line.text))
    name = line.cut(line.start, line.start + length)
    verb = VERBS.get(BARE.get(name.text, name.text))
    if verb is None:
        guess = nearest(name.text, VERBS)
        what = f"there is no command `/{name.text}`"
        hint = "`/help` lists them" if guess is None else None
        raise name.mistake(what, code="unknown-verb", guess=f"/{guess}" if guess else None, hint=hint)
    rest = stripped(line.cut(name.end))
    program = None
    at = rest.source.find(PIPE, rest.start, rest.end) if verb.is_view else -1
    if at >= 0:
        program = stripped(rest.cut(at + 1))
        if not program.text:
            raise rest.cut(at).mistake("no program behind `|`", code="no-program")
        rest = stripped(rest.cut(rest.start, at))
    if rest.text and not verb.arguments:
        raise rest.mistake(f"`{verb.usage}` takes nothing behind it", code="unexpected-word")
    return Command(verb, rest, program)


def _words(rest: Span) -> list[Span]:
    """The words, as the grammar of requests splits them; what is left open ends with the line."""
    shift = rest.start
    return [rest.cut(span.start + shift, span.end + shift) for span in scan_line(rest.text).words]


async def perform(desk: Desk, command: Command) -> None:
    """Do what a command asks for.

    Raises:
        LksigError: it cannot be done.
    """
    verb = command.verb
    module = importlib.import_module(f"lksig.repl.verbs_{verb.subject}")
    do: Any = getattr(module, f"{verb.name}_verb")
    await do(desk, command)


async def run(desk: Desk, program: Program) -> None:
    """Run a program, with the last view as its input where it is piped.

    Raises:
        LksigError: there is no view yet, or the program cannot be run.
    """
    from lksig.repl.shell import run as run_program
    from lksig.repl.views import plain_text

    text = None
    if program.is_pipe:
        if desk.last_view is None:
            hint = "`/show 3 json | jq .` shows one and pipes it"
            raise program.command.mistake("nothing was shown that could be piped", code="no-view", hint=hint)
        text = plain_text(desk.last_view)
    await run_program(desk, program.command.text, text)
