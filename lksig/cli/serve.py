"""`lksig serve`: an embedded signaling server, whose traffic is shown as `listen` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import OutputFlags, RecordFlags, takes
from lksig.errors import InputError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.host import Host
    from lksig.live.run import Run
    from lksig.session.rooms import Options

SERVER = "The server"
MAX_PORT = 65535
NO_MEDIA = "it carries no media: announced tracks stay unpublished, and sessions last without ICE"


@takes(RecordFlags, OutputFlags)
def serve_command(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.", rich_help_panel=SERVER)] = 7880,
    bind: Annotated[
        str, typer.Option("--bind", help="Address to listen on.", rich_help_panel=SERVER, metavar="ADDRESS")
    ] = "127.0.0.1",
    key: Annotated[
        str | None,
        typer.Option(
            "--api-key",
            "--key",
            help="Accept tokens of this key… [LIVEKIT_API_KEY, else devkey]",
            rich_help_panel=SERVER,
            metavar="KEY",
        ),
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            "--api-secret",
            "--secret",
            help="…signed with this secret. [LIVEKIT_API_SECRET, else secret]",
            rich_help_panel=SERVER,
            metavar="SECRET",
        ),
    ] = None,
    companions: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="A simulated participant in every room, with camera and microphone. Repeatable.",
            rich_help_panel=SERVER,
            metavar="IDENTITY",
            show_default=False,
        ),
    ] = None,
    join_timeout: Annotated[
        float | None,
        typer.Option(
            "--join-timeout",
            help="End sessions after S seconds without media, as a real server does after 60.",
            rich_help_panel=SERVER,
            metavar="S",
        ),
    ] = None,
    max_participants: Annotated[
        int,
        typer.Option(
            "--max-participants",
            min=0,
            help="Of a room; 0 is any number.",
            rich_help_panel=SERVER,
            metavar="N",
        ),
    ] = 0,
    record: RecordFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Serve /rtc and /rtc/v1 as a LiveKit server does, without media, and print every message.

    The first line on standard output is `listening ws://HOST:PORT`. Ctrl-C ends every session politely.
    """
    from lksig.cli.words import check_seconds
    from lksig.session.rooms import Options

    environ = context.obj
    check_port(port)
    check_seconds(join_timeout, "--join-timeout")
    options = Options(
        keys=_keys(key, secret, environ),
        join_timeout_s=join_timeout,
        simulated=tuple(companions or ()),
        max_participants=max_participants,
    )
    return _run(bind, port, options, record, output, environ)


def check_port(port: int) -> None:
    """Raises InputError for a number that is no port."""
    if not 0 <= port <= MAX_PORT:
        raise InputError(f"`--port {port}` is no port", code="bad-port", hint=f"0 to {MAX_PORT}; 0 takes a free one")


def _keys(key: str | None, secret: str | None, environ: Environ) -> dict[str, str]:
    """The key pair: of the flags, else of the environment, else the one of `livekit-server --dev`."""
    key = key or environ.variable("LIVEKIT_API_KEY")
    secret = secret or environ.variable("LIVEKIT_API_SECRET")
    if key is None and secret is None:
        return {"devkey": "secret"}
    if key is None or secret is None:
        missing, flag = ("API key", "--api-key") if key is None else ("API secret", "--api-secret")
        raise InputError(f"the {missing} is missing", code="empty-credentials", layer="auth", hint=f"give `{flag}` too")
    return {key: secret}


def _run(bind: str, port: int, options: Options, record: RecordFlags, output: OutputFlags, environ: Environ) -> int:
    import asyncio
    import os

    from lksig.cli.recorder import check_record, recording, screen_environ
    from lksig.cli.screen import Screen
    from lksig.wire.redaction import Secrets

    check_record(record, output)
    secrets = Secrets(os.urandom(16), show=output.show_secrets)
    for value in options.keys.values():
        secrets.give(value)
    screen = Screen(output, secrets, screen_environ(record, environ))

    def make(run: Run) -> Host:
        from lksig.live.server import EmbeddedServer

        return EmbeddedServer(bind, port, options=options, run=run)

    notices = (f"accepts tokens of the key {next(iter(options.keys))}", NO_MEDIA)
    with recording(record, secrets, screen, environ, "serve") as attach:
        return asyncio.run(host(make, screen, output, attach, notices))


async def host(
    make: Callable[[Run], Host],
    screen: Screen,
    output: OutputFlags,
    attach: Callable[[Run], None],
    notices: Sequence[str],
    causes: Sequence[int] = (),
) -> int:
    """Listen until Ctrl-C or SIGTERM, and show what passes; gives the exit code.

    Args:
        make: a server whose events go into the run.
        notices: what a person should know of it, said behind the first line.
        causes: of the exit code, from before.
    """
    import json

    from lksig.cli.signals import Interrupts
    from lksig.exit_codes import worst
    from lksig.live.clock import SystemClock
    from lksig.live.run import Run

    run = Run(SystemClock())
    run.add_sink(screen.sink)
    with Interrupts() as interrupts:
        screen.on_gone = interrupts.stopped.set
        async with make(run) as server:
            attach(run)
            if screen.is_json:
                screen.data(json.dumps({"kind": "listening", "url": server.url}, separators=(",", ":")))
            else:
                screen.data(f"listening {server.url}")
            if not output.json and not output.quiet:
                for line in notices:
                    screen.notice(f"= {line}")
            await _until_stopped(interrupts.stopped, server)
    exit_code = worst([*causes, *screen.exit_codes()])
    screen.close(exit_code)
    return int(exit_code)


async def _until_stopped(stopped: asyncio.Event, server: Host) -> None:
    import asyncio

    waiting = asyncio.ensure_future(stopped.wait())
    await asyncio.wait((waiting, server.broken), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
