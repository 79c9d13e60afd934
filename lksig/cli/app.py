"""The commands of lksig, and the Typer application made from them.

Only the command that was asked for is imported and built: its neighbours' options cost milliseconds that nobody
asked for. `lksig --help`, completion scripts and the reference build all of them.
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
    takes_words: bool = False
    """Its words are requests or filters: options may stand among them, and `-5` is a number."""
    bare_url: bool = False
    """A word without scheme may be a URL: `localhost`, `host:7880`, `:7880`."""


COMMANDS: dict[str, Command] = {
    "connect": Command("lksig.cli.connect", "connect_command", takes_words=True, bare_url=True),
    "send": Command("lksig.cli.send", "send_command", takes_words=True),
    "listen": Command("lksig.cli.listen", "listen_command", takes_words=True, bare_url=True),
    "record": Command("lksig.cli.record", "record_command", takes_words=True, bare_url=True),
    "show": Command("lksig.cli.show", "show_command", takes_words=True),
    "replay": Command("lksig.cli.replay", "replay_command", takes_words=True),
    "diff": Command("lksig.cli.diff", "diff_command", takes_words=True),
    "export": Command("lksig.cli.export", "export_command"),
    "redact": Command("lksig.cli.redact", "redact_command"),
    "decode": Command("lksig.cli.decode", "decode_command"),
    "encode": Command("lksig.cli.encode", "encode_command", takes_words=True),
    "schema": Command("lksig.cli.schema", "schema_command"),
    "serve": Command("lksig.cli.serve", "serve_command"),
    "completions": Command("lksig.cli.completions", "completions_command"),
}
"""By name, in the order `--help` lists them."""


def build(names: Iterable[str]) -> Any:
    """The command group with these commands, as Typer makes it."""
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

    for name in names:
        command = COMMANDS[name]
        function = getattr(importlib.import_module(command.module), command.function)
        app.command(name)(function)
    return typer.main.get_command(app)
