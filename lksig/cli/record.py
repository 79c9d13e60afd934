"""`lksig record FILE`: `listen`, written to a file."""

from __future__ import annotations

from typing import Annotated

import typer

from lksig.cli.flags import (
    WORK,
    ClientFlags,
    KeepFlags,
    OutputFlags,
    RecordFlags,
    ServerFlags,
    WireFlags,
    takes,
)
from lksig.errors import InputError


@takes(ServerFlags, ClientFlags, WireFlags, KeepFlags, OutputFlags)
def record_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE [URL] [FILTER]...",
            help="File to make, - for standard output; server; which messages to show.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", help="Stop after N messages.", rich_help_panel=WORK, metavar="N")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Stop after a message matches.", rich_help_panel=WORK, metavar="EXPR")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", help="Give up after S seconds (exit 6).", rich_help_panel=WORK, metavar="S"),
    ] = None,
    reconnect: Annotated[
        bool,
        typer.Option("--reconnect", help="Resume and start over as an SDK would, and tell.", rich_help_panel=WORK),
    ] = False,
    server: ServerFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    client: ClientFlags = ...,  # type: ignore[assignment]
    wire: WireFlags = ...,  # type: ignore[assignment]
    keep: KeepFlags = ...,  # type: ignore[assignment]
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Join, print every message, and write the session into FILE.

    The file holds everything, whatever FILTER shows. Secrets are hidden in it unless `--no-redact` is given; `.gz` and
    `.zst` compress it. Enter, with a text before it if you like, marks a place; so does SIGUSR1. `lksig show FILE`
    prints it again, `lksig redact` cleans it.
    """
    from lksig.cli.listen import listen

    if not words:
        raise InputError("no file to record into", code="no-file", hint="lksig record FILE [URL]")
    file, *rest = words
    record = RecordFlags(keep.force, keep.personal, keep.no_redact, file)
    return listen(
        context.obj,
        rest,
        (server, client, wire, record, output),
        count=count,
        until=until,
        timeout=timeout,
        command="record",
        reconnect=reconnect,
    )
