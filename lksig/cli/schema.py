"""`lksig schema [NAME]`: the protocol's own manual.

Pages go to stdout: wrapped and coloured on a terminal, one row a line on a pipe, one JSON object a page with `--json`.
What they say is `lksig.schema.manual`'s, how they look `lksig.render.manual`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.environ import Environ


def schema_command(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A case (`add_track`), message, enum, enum value, field path (`add_track.layers.quality`), or the "
            "number of a case (`4`); without it all cases are listed.",
            show_default=False,
        ),
    ] = None,
    skeleton: Annotated[
        bool, typer.Option("--skeleton", help="Print a request line with every field of the case, to be edited.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the machine form, one JSON object a line.")] = False,
    json_lines: Annotated[
        bool, typer.Option("--json-lines", help="Print the JSON Schema of the lines that --json prints elsewhere.")
    ] = False,
    asyncapi: Annotated[
        bool, typer.Option("--asyncapi", help="Print the /rtc channel as an AsyncAPI 3.0 document.")
    ] = False,
) -> None:
    """Look up the protocol: its cases, messages, fields and enum values, what answers and what refuses them."""
    flags = {"--skeleton": skeleton, "--json": as_json, "--json-lines": json_lines, "--asyncapi": asyncapi}
    chosen = [flag for flag, given in flags.items() if given]
    if len(chosen) > 1:
        raise InputError(f"{chosen[0]} and {chosen[1]} exclude each other", code="options-exclude-each-other")
    if json_lines or asyncapi:
        if name is not None:
            raise InputError(f"{chosen[0]} takes no name", code="too-many-arguments")
        text = _json_lines_schema() if json_lines else _asyncapi()
    elif skeleton:
        text = "\n".join(_skeletons(name))
    elif as_json:
        text = "\n".join(_json(name))
    else:
        text = _text(name, context.obj).removesuffix("\n")
    context.obj.stdout.write(text + "\n")


def _json_lines_schema() -> str:
    from importlib import resources

    return resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8").rstrip("\n")


def _asyncapi() -> str:
    import json

    from lksig.schema.asyncapi import document
    from lksig.wire.join_options import V0_PARAMETERS

    return json.dumps(document(V0_PARAMETERS), indent=2)


def _skeletons(name: str | None) -> list[str]:
    """The skeletons of the cases that `name` means or lies in; of all requests where there is none."""
    from lksig.schema.lookup import find
    from lksig.schema.pool import TO_SERVER, case_fields
    from lksig.schema.skeleton import skeleton

    if name is None:
        return [skeleton(field) for field in case_fields(TO_SERVER).values()]
    fields = [case_fields(found.direction)[found.path.split(".")[0]] for found in find(name) if found.direction]
    if not fields:
        raise InputError(
            f"`{name}` is no case, and only a case can be sent",
            code="not-a-case",
            hint="`lksig schema`, which lists the cases",
        )
    return list(dict.fromkeys(skeleton(field) for field in fields))


def _json(name: str | None) -> list[str]:
    import json
    from dataclasses import asdict

    from lksig.schema.lookup import find
    from lksig.schema.manual import as_json, case_lines, page

    if name is None:
        lines = [asdict(line) for line in case_lines()]
        values = [{"kind": "case", "name": line.pop("name"), "dir": line.pop("direction"), **line} for line in lines]
    else:
        values = [as_json(page(found)) for found in find(name)]
    return [json.dumps(value, separators=(",", ":")) for value in values]


def _text(name: str | None, environ: Environ) -> str:
    from lksig.render.manual import cases_text, pages_text
    from lksig.render.theme import Paint
    from lksig.schema.lookup import find
    from lksig.schema.manual import case_lines, page

    width, paint = environ.width(environ.stdout), Paint(environ.wants_colour(environ.stdout))
    if name is None:
        return cases_text(case_lines(), width=width, paint=paint)
    return pages_text([page(found) for found in find(name)], width=width, paint=paint)
