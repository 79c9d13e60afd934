"""`lksig listen`: join and print until told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.cli.flags import WORK, ClientFlags, OutputFlags, RecordFlags, ServerFlags, WireFlags, takes

if TYPE_CHECKING:
    from lksig.cli.joining import Joining
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.session import LiveSession
    from lksig.schema.filter import Filter


@takes(ServerFlags, ClientFlags, WireFlags, RecordFlags, OutputFlags)
def listen_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL] [FILTER]...", help="Server, and which messages to show.", show_default=False),
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
    record: RecordFlags = ...,  # type: ignore[assignment]
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Join and print every message until told to stop.

    FILTER names what to show: `update`, `to_server and not keepalive`, `update.participants.identity=alice`,
    `bytes gt 16k`, `refused`, `~word`… Ctrl-C leaves politely.
    """
    return listen(
        context.obj,
        words or [],
        (server, client, wire, record, output),
        count=count,
        until=until,
        timeout=timeout,
        command="listen",
        reconnect=reconnect,
    )


Flags = tuple[ServerFlags, ClientFlags, WireFlags, RecordFlags, OutputFlags]


def listen(
    environ: Environ,
    words: list[str],
    flags: Flags,
    *,
    count: int | None,
    until: str | None,
    timeout: float | None,
    command: str,
    reconnect: bool = False,
) -> int:
    """Join and print; gives the exit code.

    Args:
        command: how the recording calls what made it.
    """
    from lksig.cli.joining import Inputs, plan
    from lksig.cli.recorder import check_record, screen_environ
    from lksig.cli.screen import Screen
    from lksig.cli.words import check_count, check_seconds, split_url
    from lksig.wire.target import looks_like_url

    server, client, wire, record, output = flags
    check_record(record, output)
    url_word, filter_words = split_url(words, lambda word: looks_like_url(word, bare=True))
    output.filter = both(output.filter, _joined(filter_words))
    check_count(count)
    check_seconds(timeout)
    until_filter, shown = _parsed(until), _parsed(output.filter)
    joining = plan(server, client, wire, output, url_word, environ, Inputs(environ))
    screen = Screen(output, joining.secrets, screen_environ(record, environ))
    if wire.dry_run:
        from lksig.cli.dry_run import dry_run

        return dry_run(joining, [], screen, client, wire)
    awaiting = {"until": until_filter, "count": count, "shown": shown}
    return _run(joining, flags, screen, environ, awaiting, timeout, command, reconnect)


def _run(
    joining: Joining,
    flags: Flags,
    screen: Screen,
    environ: Environ,
    awaiting: dict[str, Any],
    timeout: float | None,
    command: str,
    reconnect: bool,
) -> int:
    from lksig.cli.awaiting import Awaited
    from lksig.cli.live import ending, run_session
    from lksig.cli.recorder import recording
    from lksig.live.waiting import first_of

    _, client, wire, record, _ = flags
    awaited = Awaited(screen.facts, on_came=screen.finish, **awaiting)

    async def work(session: LiveSession) -> list[int]:
        from lksig.cli.following import follow

        over = follow(session, joining) if reconnect else session.wait_gone()
        came = await first_of(awaited.came.wait(), over, timeout_s=timeout)
        if awaited.came.is_set():
            return []
        if came is None and awaited.is_waiting:
            screen.finish()
            return screen.missed("what `--until` or `-n` waits for did not come in time")
        return ending(session, screen)

    with recording(record, joining.secrets, screen, environ, command) as attach:

        def prepare(session: LiveSession) -> None:
            attach(session.run)
            session.run.add_sink(awaited.sink)

        marking = environ if record.record is not None else None
        return run_session(joining, client, wire, screen, prepare, work, marking)


def _parsed(text: str | None) -> Filter | None:
    """The filter of an expression; without one nothing is loaded for it."""
    if text is None:
        return None
    from lksig.schema.filter import parse_filter

    return parse_filter(text)


def _joined(words: list[str]) -> str | None:
    """The words of a filter as one expression."""
    if not words:
        return None
    from lksig.schema.filter import words_to_filter

    return words_to_filter(words)


def both(one: str | None, other: str | None) -> str | None:
    """Two filters of which both must hold, as one.

    Raises:
        InputError: one of them is none: it points into what was typed, not into what is made here.
    """
    if one is None or other is None:
        return one or other
    for text in (one, other):
        _parsed(text)
    return f"( {one} ) and ( {other} )"
