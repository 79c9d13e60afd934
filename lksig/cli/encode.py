"""`lksig encode`: requests, responses or a join request from the grammar into bytes, as text that can be pasted.

Nothing is filled in and nothing is sent: what comes out is what the words say, the same bytes every time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.joining import Inputs
    from lksig.environ import Environ
    from lksig.schema.pool import Direction
    from lksig.wire.notations import ByteFormat

JOIN_REQUEST = "join_request"
"""The word that stands where a case would and begins a JoinRequest."""

FORMS = ("base64", "hex", "c", "raw", "url")


def encode_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REQUEST...",
            help="What to encode, as `send` takes it: `mute sid=TR_x muted=true`; `join_request FIELD=VALUE...` makes "
            "the parameter of /rtc/v1; - is standard input.",
            show_default=False,
        ),
    ] = None,
    response: Annotated[
        bool, typer.Option("--response", help="The words are responses: `refresh_token eyJ...`.")
    ] = False,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="base64, hex, c (an array), raw (the bytes), or url (URL-safe base64, its padding percent-encoded).",
            metavar="FORM",
        ),
    ] = "base64",
    gzip: Annotated[
        bool | None,
        typer.Option("--gzip/--no-gzip", help="join_request: compress it, or not; unless told, what is shorter."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write to a file; - is standard output.", metavar="FILE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite that file.")] = False,
) -> int:
    """Encode requests (or responses) without sending them, one line each.

    The grammar is that of `send`, but there is no session: references have no
    values, and no `request_id` is filled in.
    """
    from lksig.cli.joining import Inputs

    environ: Environ = context.obj
    if to not in FORMS:
        raise InputError(f"`--to {to}` is no form", code="bad-option", hint="one of " + ", ".join(FORMS))
    to_stdout = output in (None, "-")
    if to == "raw" and to_stdout and environ.is_terminal(environ.stdout):
        raise InputError(
            "raw bytes are not for a terminal", code="binary-to-terminal", hint="give `-o FILE`, or pipe them"
        )
    inputs = Inputs(environ)
    if words and words[0] == JOIN_REQUEST:
        content = _join_request(words[1:], inputs, to, gzip)
    else:
        if gzip is not None:
            raise InputError("only a `join_request` is compressed", code="bad-option", hint="leave `--gzip` out")
        content = _written(_frames(words or [], response, inputs), to)
    if to_stdout:
        _write_stdout(environ, content)
    else:
        _write_file(str(output), content, force=force)
    return 0


def _frames(words: list[str], response: bool, inputs: Inputs) -> list[bytes]:
    """The frames the words spell.

    Raises:
        InputError: a mistake in the words, a reference, or the placeholder of a redacted secret.
    """
    from lksig.schema.grammar import parse_words
    from lksig.schema.pool import TO_CLIENT, TO_SERVER

    direction = TO_CLIENT if response else TO_SERVER
    requests = _script(inputs, direction) if words == ["-"] else parse_words(words, inputs, direction=direction)
    if not requests:
        kind = "response" if response else "request"
        raise InputError(f"nothing to encode: there is no {kind}", code="no-request", hint="give one, such as `leave`")
    return [_frame(request) for request in requests]


def _script(inputs: Inputs, direction: Direction) -> list[Any]:
    from lksig.schema.scripts import parse_script

    try:
        lines = inputs.read_file("-").decode("utf-8").split("\n")  # names may hold what splitlines splits at
    except UnicodeDecodeError as exc:
        raise InputError(f"standard input is not UTF-8 at byte {exc.start}", code="not-utf8") from exc
    return [request for line in parse_script(lines, inputs, direction=direction) for request in line.requests]


def _frame(request: Any) -> bytes:
    from lksig.wire.codec import encode_frame

    if request.raw is not None:
        raw: bytes = request.raw
        return raw
    envelope = request.build()
    _check_placeholder(envelope)
    return encode_frame(envelope)


def _check_placeholder(message: Any) -> None:
    from lksig.wire.places import has_placeholder

    path = has_placeholder(message)
    if path is not None:
        raise InputError(
            f"`{path}` holds the placeholder of a redacted secret",
            code="placeholder",
            hint="take it from output made with --show-secrets",
        )


def _join_request(words: list[str], inputs: Inputs, to: str, gzip: bool | None) -> bytes:
    """A JoinRequest, wrapped; as text it is the value of the parameter."""
    import base64

    from lksig.schema.grammar import parse_message
    from lksig.wire.join_request import encode_join_request

    message = parse_message("JoinRequest", words, inputs)
    _check_placeholder(message)
    parameter = encode_join_request(message, "auto" if gzip is None else "gzip" if gzip else "none")
    if to == "base64":
        return f"{parameter}\n".encode("ascii")  # URL-safe already: the server takes no other alphabet
    return _written([base64.urlsafe_b64decode(parameter)], to)


def _written(frames: list[bytes], to: str) -> bytes:
    from lksig.wire.notations import write_bytes

    if to == "raw":
        if len(frames) > 1:
            raise InputError(
                f"{len(frames)} messages cannot be told apart as raw bytes",
                code="bad-option",
                hint="encode one at a time",
            )
        return frames[0]
    form = cast("ByteFormat", to)
    return "".join(f"{write_bytes(frame, form)}\n" for frame in frames).encode("ascii")


def _write_stdout(environ: Environ, content: bytes) -> None:
    environ.stdout.flush()
    out = environ.stdout.buffer
    out.write(content)
    out.flush()


def _write_file(name: str, content: bytes, *, force: bool) -> None:
    path = Path(name)
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError as exc:
        raise InputError(
            f"`{name}` exists already", code="file-exists", layer="file", hint="give `--force` to overwrite it"
        ) from exc
    except OSError as exc:
        raise InputError(f"cannot write `{name}`: {exc.strerror}", code="file-unwritable", layer="file") from exc
