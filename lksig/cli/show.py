"""`lksig show FILE`: a recording, in the views and through the filters of `listen`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import OutputFlags, takes
from lksig.cli.views import ViewFlags
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.environ import Environ

PART = "Which part"


@takes(ViewFlags, OutputFlags)
def show_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE [FILTER]...",
            help="Recording, - for standard input; which messages to show.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="Begin at a message, time or mark.", rich_help_panel=PART, metavar="PLACE"),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="End at a message, time or mark.", rich_help_panel=PART, metavar="PLACE")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on while the file is being written.", rich_help_panel=PART)
    ] = False,
    pager: Annotated[
        bool, typer.Option("--pager/--no-pager", help="On a terminal, through $PAGER (default yes).")
    ] = True,
    views: ViewFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    output: OutputFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
) -> int:
    """Show a recording as `listen` showed the session.

    PLACE is a message number, an offset like `30s`, a time of day like `14:32:05`, or `mark:NAME`. FILTER is explained
    by `lksig listen --help`. What was hidden when the recording was made stays hidden.
    """
    from lksig.cli.listen import both
    from lksig.cli.pager import paged
    from lksig.cli.recorded import following, open_file, show
    from lksig.cli.screen import check_output
    from lksig.cli.views import chosen
    from lksig.recording.window import Window, parse_place
    from lksig.schema.filter import words_to_filter

    if not words:
        raise InputError("no file to show", code="no-file", hint="lksig show FILE; lksig record FILE makes one")
    check_output(output)
    file, *filter_words = words
    output.filter = both(output.filter, words_to_filter(filter_words) if filter_words else None)
    window = Window(
        parse_place(first, "--from") if first is not None else None,
        parse_place(last, "--to") if last is not None else None,
    )
    environ: Environ = context.obj
    view = chosen(views, output, environ, is_part=first is not None or last is not None)
    with contextlib.ExitStack() as stack:
        wait = stack.enter_context(following()) if follow else None
        recording = stack.enter_context(open_file(file, environ, follow=wait))
        is_long = pager and not follow and not views.stats and output.format != "raw"
        with paged(environ, is_long) as around:
            return show(recording, window, output, around, is_paged=around is not environ, view=view)
