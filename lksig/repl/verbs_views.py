"""`/help`, `/state`, `/show`, `/latency`: what can be looked at, on the screen or through a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.repl.verbs import BARE, VERBS, VIEWS
from lksig.repl.views import find_message, message_view, plain_text

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.lines import Command
    from lksig.repl.views import View
    from lksig.schema.lexer import Span

GRAMMAR = (
    ("CASE FIELD=VALUE…", "send a request: `mute sid=%cam1 muted=true`; several in a line go out in order"),
    ("/COMMAND | PROGRAM", "pipe what a command shows; `| PROGRAM` pipes it once more"),
    ("! PROGRAM", "run a command of the shell"),
)


async def present(desk: Desk, command: Command, view: View, as_json: Callable[[], str] | None = None) -> None:
    """Show a view, or pipe it.

    Args:
        as_json: its JSON form, where it has one: for output that is JSON lines.
    """
    from lksig.repl import shell

    desk.last_view = view
    if command.program is not None:
        await shell.run(desk, command.program.text, plain_text(view))
        return
    if as_json is not None and desk.output.is_json:
        desk.output.json(as_json())
        return
    text = "\n".join(view(desk.output.width, desk.output.colour))
    if text:
        desk.output.text(text)


# --- /help ----------------------------------------------------------------------------------------------------------


async def help_verb(desk: Desk, command: Command) -> None:
    """The commands, or the page of a name."""
    await present(desk, command, _help(command.rest))


def _help(name: Span) -> View:
    text = name.text
    if not text:
        return lambda width, colour: _overview(width)
    verb = VERBS.get(text.removeprefix("/")) or VERBS.get(BARE.get(text, ""))
    if text.startswith("/") and verb is None:
        raise name.mistake(f"there is no command `{text}`", code="unknown-verb", hint="`/help` lists them")
    about = [] if verb is None else [verb.usage, f"  {verb.help}"]
    if text.startswith("/"):
        return lambda width, colour: about
    from lksig.schema.lookup import find
    from lksig.schema.manual import page

    try:
        pages = [page(found) for found in find(text)]
    except InputError as exc:
        if verb is None:
            raise name.mistake(exc.text, code=exc.code, hint=exc.hint) from exc
        return lambda width, colour: about

    def lines(width: int | None, colour: bool) -> Iterator[str]:
        from lksig.render.manual import pages_text
        from lksig.render.theme import Paint

        if about:
            yield from [*about, ""]
        yield from pages_text(pages, width=width, paint=Paint(colour)).rstrip("\n").split("\n")

    return lines


def _overview(width: int | None) -> Iterator[str]:
    yield from _rows(GRAMMAR, width)
    yield ""
    yield from _rows(((verb.usage, verb.help) for verb in VERBS.values()), width)
    yield ""
    yield "`/help CASE` explains a request."
    yield "`help`, `exit`, `quit`, `\\q` and `?` work without the slash."


def _rows(rows: Iterable[tuple[str, str]], width: int | None) -> Iterator[str]:
    """Two columns; where they do not fit beside each other, below each other."""
    pairs = list(rows)
    column = max(len(left) for left, _ in pairs) + 2
    if width is None or column + max(len(right) for _, right in pairs) <= width:
        yield from (f"{left:<{column}}{right}" for left, right in pairs)
        return
    for left, right in pairs:
        yield left
        yield from textwrap.wrap(right, max(width, 20), initial_indent="    ", subsequent_indent="    ")


# --- /state ---------------------------------------------------------------------------------------------------------


async def state_verb(desk: Desk, command: Command) -> None:
    """The room as the participant in use sees it now."""
    from lksig.render.state import StateView
    from lksig.render.times import duration_text

    state = desk.active.room
    name, after, at = desk.active.name, desk.recent.newest, desk.run.clock.now_ns()

    def lines(width: int | None, colour: bool) -> Iterable[str]:
        from lksig.render.safe_text import neutralise, word

        whose = f" as {neutralise(word(name))} sees it" if len(desk.people) > 1 else ""
        yield f"after message {after}{whose}, at {duration_text(at / 1e9)}"
        yield from StateView(desk.secrets).lines(state)

    await present(desk, command, lines, lambda: StateView(desk.secrets).json(state, after))


# --- /show ----------------------------------------------------------------------------------------------------------


async def show_verb(desk: Desk, command: Command) -> None:
    """A message whole."""
    words = list(command.words)
    number = words.pop(0) if words and words[0].text not in VIEWS else None
    form = words.pop(0) if words else None
    if words:
        raise words[0].mistake("`/show` takes a number and a form", code="unexpected-word", hint=", ".join(VIEWS))
    if form is not None and form.text not in VIEWS:
        from lksig.schema.nearest import nearest

        guess = nearest(form.text, VIEWS)
        raise form.mistake(
            f"`{form.text}` is no form", code="unknown-view", guess=guess, hint="one of " + ", ".join(VIEWS)
        )
    place = command.rest if number is None else number
    n = desk.recent.newest if number is None else message_number(number)
    reading = find_message(desk, n, place)
    await present(desk, command, message_view(desk, reading, "tree" if form is None else form.text))


def message_number(span: Span) -> int:
    """The number of a message, `4` or `%4`.

    Raises:
        InputError: it is none.
    """
    text = span.text.removeprefix("%")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise span.mistake(f"`{span.text}` is no message number", code="bad-number")
    return int(text)


# --- /latency -------------------------------------------------------------------------------------------------------


async def latency_verb(desk: Desk, command: Command) -> None:
    """How long answers took, by pair."""
    rows = list(desk.latencies.rows())

    def lines(width: int | None, colour: bool) -> Iterator[str]:
        if not rows:
            yield "nothing was answered yet"
            return
        table = [("pair", "count", "p50", "p99", "slowest"), *rows]
        widths = [max(len(row[column]) for row in table) for column in range(5)]
        for row in table:
            cells = [f"{row[0]:<{widths[0]}}"] + [f"{cell:>{widths[at]}}" for at, cell in enumerate(row[1:], 1)]
            yield "  ".join(cells)

    await present(desk, command, lines)
