"""`lksig serve`: an embedded signaling server, whose traffic is shown as `listen` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import OutputFlags, RecordFlags, takes
from lksig.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lksig.cli.screen import Screen
    from lksig.environ import Environ
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
    record: RecordFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Serve /rtc and /rtc/v1 as a LiveKit server does, without media, and print every message.

    The first line on standard output is `listening ws://HOST:PORT`. Ctrl-C ends every session politely.
    """
    from lksig.cli.words import check_seconds
    from lksig.session.rooms import Options

    environ = context.obj
    if not 0 <= port <= MAX_PORT:
        raise InputError(f"`--port {port}` is no port", code="bad-port", hint=f"0 to {MAX_PORT}; 0 takes a free one")
    check_seconds(join_timeout, "--join-timeout")
    options = Options(keys=_keys(key, secret, environ), join_timeout_s=join_timeout, simulated=tuple(companions or ()))
    return _run(bind, port, options, record, output, environ)


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
    with recording(record, secrets, screen, environ, "serve") as attach:
        return asyncio.run(_serve(bind, port, options, screen, output, attach))


async def _serve(
    bind: str, port: int, options: Options, screen: Screen, output: OutputFlags, attach: Callable[[Run], None]
) -> int:
    import asyncio
    import json

    from lksig.cli.signals import Interrupts
    from lksig.exit_codes import worst
    from lksig.live.clock import SystemClock
    from lksig.live.run import Run
    from lksig.live.server import EmbeddedServer

    run = Run(SystemClock())
    run.add_sink(screen.sink)
    with Interrupts() as interrupts:
        screen.on_gone = interrupts.stopped.set
        async with EmbeddedServer(bind, port, options=options, run=run) as server:
            attach(run)
            if screen.is_json:
                screen.data(json.dumps({"kind": "listening", "url": server.url}, separators=(",", ":")))
            else:
                screen.data(f"listening {server.url}")
            if not output.json and not output.quiet:
                for line in (f"accepts tokens of the key {next(iter(options.keys))}", NO_MEDIA):
                    screen.notice(f"= {line}")
            stopped = asyncio.ensure_future(interrupts.stopped.wait())
            await asyncio.wait((stopped, server.broken), return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
    exit_code = worst(screen.exit_codes())
    screen.close(exit_code)
    return int(exit_code)
