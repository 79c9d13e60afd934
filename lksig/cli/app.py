"""The commands of lksig, and the Typer application made from them.

Only the command that was asked for is imported and built: its neighbours' options cost milliseconds that nobody
asked for. `lksig --help` builds none of them; completion scripts and the reference build all.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from lksig.records import record


@record
class Command:
    """Where a command lives, and what its words are."""

    module: str
    function: str
    short: str
    """What `lksig --help` says of it: how the help of the command itself begins."""
    takes_words: bool = False
    """Its words are requests or filters: options may stand among them, and `-5` is a number."""
    bare_url: bool = False
    """A word without scheme may be a URL: `localhost`, `host:7880`, `:7880`."""


COMMANDS: dict[str, Command] = {
    "connect": Command(
        "lksig.cli.connect",
        "connect_command",
        "Join, and send what is typed: one line, one request, and commands that begin with a slash.",
        takes_words=True,
        bare_url=True,
    ),
    "send": Command(
        "lksig.cli.send", "send_command", "Join, send requests, wait for the answers, leave.", takes_words=True
    ),
    "listen": Command(
        "lksig.cli.listen",
        "listen_command",
        "Join and print every message until told to stop.",
        takes_words=True,
        bare_url=True,
    ),
    "record": Command(
        "lksig.cli.record",
        "record_command",
        "Join, print every message, and write the session into FILE.",
        takes_words=True,
        bare_url=True,
    ),
    "show": Command(
        "lksig.cli.show", "show_command", "Show a recording as `listen` showed the session.", takes_words=True
    ),
    "replay": Command(
        "lksig.cli.replay",
        "replay_command",
        "Play a recording again: on the screen, to a server, or as a server.",
        takes_words=True,
    ),
    "diff": Command(
        "lksig.cli.diff",
        "diff_command",
        "Compare two recordings: exit 0 when they say the same, 1 when not.",
        takes_words=True,
    ),
    "import": Command(
        "lksig.cli.import_", "import_command", "Make a recording of a HAR, or of lines of hex or base64."
    ),
    "export": Command("lksig.cli.export", "export_command", "Turn a recording into another kind of file."),
    "redact": Command(
        "lksig.cli.redact",
        "redact_command",
        "Clean a recording: secrets are overwritten in place, so that it shows the same session.",
    ),
    "decode": Command("lksig.cli.decode", "decode_command", "Decode one frame, join_request, /rtc URL or token."),
    "encode": Command(
        "lksig.cli.encode",
        "encode_command",
        "Encode requests (or responses) without sending them, one line each.",
        takes_words=True,
    ),
    "schema": Command(
        "lksig.cli.schema",
        "schema_command",
        "Look up the protocol: its cases, messages, fields and enum values, what answers and what refuses them.",
    ),
    "serve": Command(
        "lksig.cli.serve",
        "serve_command",
        "Serve /rtc and /rtc/v1 as a LiveKit server does, without media, and print every message.",
    ),
    "completions": Command(
        "lksig.cli.completions",
        "completions_command",
        "Print or install completion for a shell: commands, options, cases, fields, enum values.",
    ),
}
"""By name, in the order `--help` lists them."""


def build(names: Iterable[str]) -> Any:
    """The command group with these commands, as Typer makes it."""
    import typer

    app = _root()
    for name in names:
        command = COMMANDS[name]
        app.command(name)(getattr(importlib.import_module(command.module), command.function))
    return typer.main.get_command(app)


def summary() -> Any:
    """The command group as `lksig --help` shows it, without what the commands consist of."""
    import typer

    app = _root()

    def command() -> None:
        """Never called: only the group is asked."""

    for name, about in COMMANDS.items():
        app.command(name, help=about.short)(command)
    return typer.main.get_command(app)


def _root() -> Any:
    import typer

    app = typer.Typer(
        name="lksig",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
    )

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", help="Print the version and exit."),
    ) -> None:
        """Read and write LiveKit signaling: open /rtc, see every message decoded, send any request.

        `lksig URL` means `lksig connect URL`, `lksig FILE` means `lksig show FILE`.
        """

    return app
