"""`lksig decode`: one frame, join request, URL or token, pasted or piped.

What was recognised and which direction was guessed goes to stderr, what it says to stdout. Data that cannot be read is
shown as far as it goes, and then exit 5 says why.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.cli.flags import OUTPUT, OutputFlags
from lksig.errors import InputError, UndecodableError

if TYPE_CHECKING:
    from lksig.cli.decoded import Decoded
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.schema.pool import Direction
    from lksig.wire.events import DecodeError
    from lksig.wire.pasted import Pasted
    from lksig.wire.redaction import Secrets

TEXT_FORMATS = ("tree", "line", "json")
"""What a URL, a join request or a token can be shown as: they are no frames."""


def decode_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INPUT]",
            help="Hex, base64, a hexdump, an array, a string with escapes, JSON, a join_request, an /rtc URL or a "
            "token; @FILE, or - for standard input, which is also read when there is no INPUT.",
            show_default=False,
        ),
    ] = None,
    request: Annotated[bool, typer.Option("--request", help="It is a SignalRequest, client to server.")] = False,
    response: Annotated[bool, typer.Option("--response", help="It is a SignalResponse, server to client.")] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="tree (unless told otherwise), line, json, hex, base64 or raw.",
            rich_help_panel=OUTPUT,
            metavar="F",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, as `listen --json` prints.", rich_help_panel=OUTPUT)
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="JSON lines: add the bytes as `raw`.", rich_help_panel=OUTPUT)
    ] = False,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="JSON: print unset fields too.", rich_help_panel=OUTPUT)
    ] = False,
    show_secrets: Annotated[
        bool,
        typer.Option("--show-secrets", help="Show tokens and credentials as they are.", rich_help_panel=OUTPUT),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not say what was recognised.", rich_help_panel=OUTPUT)
    ] = False,
) -> int:
    """Decode one frame, join_request, /rtc URL or token.

    The form of the input is recognised, and said. An even number of hex digits
    is hex, although it could be base64. Whether a frame is a request or a
    response is guessed, with the reason, when neither flag says so.
    """
    from lksig.cli.joining import make_secrets
    from lksig.cli.screen import Screen
    from lksig.wire.pasted import recognise

    environ: Environ = context.obj
    if request and response:
        raise InputError("`--request` and `--response` exclude each other", code="two-directions")
    if raw and not as_json:
        raise InputError("`--raw` adds to JSON lines", code="bad-option", hint="give `--json`, or `--format raw`")
    chosen = form or (None if as_json else "tree")
    output = OutputFlags(
        json=as_json, format=chosen, raw=raw, defaults=defaults, show_secrets=show_secrets, quiet=int(quiet)
    )
    secrets = make_secrets(output, environ)
    screen = Screen(output, secrets, environ)
    pasted = recognise(_input(words or [], environ))
    forced = _direction(request, response)
    if pasted.kind in ("frame", "json") or (pasted.kind == "join_request" and forced is not None):
        return _decode_frame(pasted, forced, screen, output)
    if chosen not in (None, *TEXT_FORMATS):
        what = {"url": "a URL", "token": "a token", "join_request": "a join_request"}[pasted.kind]
        raise InputError(
            f"`--format {chosen}` is for frames, and this is {what}", code="bad-option", hint="tree or json"
        )
    _say(pasted.said, screen, output)
    return _show(_decoded(pasted, secrets, environ), output, environ)


def _input(words: list[str], environ: Environ) -> bytes | str:
    """What is to be decoded; several words are the blank-separated parts of one input."""
    from lksig.cli.joining import Inputs

    inputs = Inputs(environ)
    if not words and environ.is_terminal(environ.stdin):
        raise InputError(
            "there is nothing to decode", code="no-input", hint="give it as an argument, as @FILE, or through a pipe"
        )
    if not words or words == ["-"]:
        return inputs.read_file("-")
    if len(words) == 1 and words[0].startswith("@"):
        return inputs.read_file(words[0][1:])
    return " ".join(words)


def _direction(request: bool, response: bool) -> Direction | None:
    from lksig.schema.pool import TO_CLIENT, TO_SERVER

    return TO_SERVER if request else TO_CLIENT if response else None


def _decode_frame(pasted: Pasted, forced: Direction | None, screen: Screen, output: OutputFlags) -> int:
    from lksig.exit_codes import worst
    from lksig.schema.pool import TO_SERVER
    from lksig.wire.codec import decode_frame
    from lksig.wire.events import Reading
    from lksig.wire.guess import guess_direction, guess_json_direction

    _say(pasted.said, screen, output, is_choice=pasted.could_be_other)
    is_json = pasted.kind == "json"
    frame = pasted.text.encode("utf-8", "surrogatepass") if is_json else pasted.data
    direction = forced or pasted.direction
    if direction is None:
        guess = guess_json_direction(pasted.text) if is_json else guess_direction(frame)
        direction = guess.direction
        name = "request" if direction is TO_SERVER else "response"
        _say(f"read as a {name}: {guess.why}", screen, output, is_choice=True)
    message = decode_frame(
        frame,
        direction=direction,
        encoding="json" if is_json else "protobuf",
        t_ns=0,
        by="client" if direction is TO_SERVER else "server",
    )
    screen.sink(Reading(message, n=1))
    if screen.gone is not None:
        return int(worst(screen.exit_codes()))
    if message.error is not None:
        raise _undecodable(len(frame), message.direction, message.error, is_forced=forced is not None)
    return 0


def _undecodable(size: int, direction: Direction, error: DecodeError, *, is_forced: bool) -> UndecodableError:
    from lksig.schema.pool import TO_SERVER

    name, other = "SignalRequest", "response"
    if direction is not TO_SERVER:
        name, other = "SignalResponse", "request"
    at = "" if error.offset is None else f" at byte {error.offset}"
    copied = "check that the whole frame was copied"
    return UndecodableError(
        f"the {size} bytes are no {name}: {error.reason}{at}",
        code="undecodable-frame",
        hint=f"read it with `--{other}`, or {copied}" if is_forced else copied,
    )


def _decoded(pasted: Pasted, secrets: Secrets, environ: Environ) -> Decoded:
    from lksig.cli.decoded import decoded_join_request, decoded_token, decoded_url
    from lksig.render.tree import TreeView

    out = environ.stdout
    tree = TreeView(secrets, colour=environ.wants_colour(out), width=environ.width(out))
    if pasted.kind == "url":
        return decoded_url(pasted.text, secrets, time.time(), tree)
    if pasted.kind == "token":
        return decoded_token(pasted.text, secrets, time.time())
    return decoded_join_request(pasted.text, secrets, tree)


def _show(decoded: Decoded, output: OutputFlags, environ: Environ) -> int:
    """Print it, and tell at the end what in it could not be read."""
    import json
    from itertools import islice

    out: Any = environ.stdout
    if output.json:
        out.write(json.dumps(decoded.facts, separators=(",", ":")) + "\n")
    elif output.format == "json":
        out.write(json.dumps(decoded.facts, indent=2) + "\n")
    else:
        for line in islice(decoded.lines, 1 if output.format == "line" else None):
            out.write(line + "\n")
    out.flush()
    if decoded.broken:
        first = decoded.broken[0]
        raise UndecodableError(first.text, code=first.code, layer=first.layer, hint=first.hint) from first
    return 0


def _say(text: str, screen: Screen, output: OutputFlags, *, is_choice: bool = False) -> None:
    """What was recognised, on stderr; under `--json` only what could have been chosen otherwise."""
    if output.json:
        if is_choice:
            screen.warn("read-as", text)
    elif not output.quiet:
        screen.notice(f"= {text}")
