"""docs/reference/json-lines.md: the objects that `--json` prints, read from their JSON Schema.

The schema is the contract; the page is the same thing for people. Definitions that only stand for a type are folded
into their users, one line a key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from docs.generators.markdown import code, codes, page, table

PATH = "docs/reference/json-lines.md"
SOURCE = "`lksig/render/json_lines.schema.json`"

KINDS: dict[str, str] = {
    "start": "The first line of a run: whom lksig talks to, as whom. `t_ms` counts from here.",
    "message": "A signal message, in either direction. `message` holds the whole envelope; a frame that does not "
    "decode has `decode_error` and `raw` in its place.",
    "state": "The session entered a [state](../session-states.md).",
    "ws_ping": "A WebSocket ping frame; not to be mixed up with the messages `ping` and `ping_req`.",
    "ws_pong": "A WebSocket pong frame.",
    "close": "The socket is gone.",
    "http": "An HTTP exchange: the upgrade, or what was asked to find out why it failed.",
    "note": "Something a clock caused or lksig concluded; the codes are in [errors.md](errors.md#notes).",
    "marker": "A mark that a person set in a recording.",
    "result": "What became of a request of the user: `answered`, `refused`, `queued` (a note, not a refusal), "
    "`unopposed` (the fence came back), `timeout`, `lost`.",
    "end": "The last line of a session: who ended it, and what stayed open.",
    "listening": "The first line of `serve`.",
    "view": "What a command of the prompt shows, as it would stand on a screen.",
    "stats": "`show --stats --json`: a recording in numbers. Lists are cut after the first few; the counts are not.",
    "room_state": "`show --state N --json`: the room as one session knows it, each value with the message it is from.",
    "token": "`decode --json` of an access token.",
    "join_request": "`decode --json` of a `join_request`.",
    "url": "`decode --json` of an `/rtc` URL. Of a part that cannot be read only `problems` is there.",
    "replay": "The report of a replay to a server: which recorded answers came again, and what differed.",
    "difference": "`diff --json`: one thing that differs between two recordings, `a` and `b`; see "
    "[compare two sessions](../how-to/diff.md).",
    "comparison": "The last line of `diff --json`: whether the two are equal, and counts.",
    "survivor": "`redact --check --json`: a secret that a file still holds.",
}

_INTRO = """\
`--json` prints one object per line, flushed, the same from `send`, `listen`, `record`, `serve` and `show`. Lines are
ASCII. Within `format` 1 keys, kinds and values are only added: **a reader ignores what it does not know**.
`lksig schema --json-lines` prints the JSON Schema that this page is made from. It holds for the lines of
`show --stable --json` too, which leave out what differs each time; a line has all of its times or none."""

_MESSAGE = """\
In `message` names are those of the `.proto` files, 64-bit integers are texts, bytes are base64, map keys are sorted.
Fields that are not set are absent, except enums and booleans without presence, which are always there; `--defaults`
prints all. With `--show-secrets` a line can be fed back into `lksig send -`, where user messages are sent and other
lines skipped. A request that holds a placeholder (`[jwt 4f3a9c1e]`) is refused with exit 2.

`by` says who made a message: `server`, `user`, or `auto` for what lksig sends by itself (pings, fences, the answer to a
`leave`). An answer to an `auto` message carries `"for":"auto"`, is never `refused`, and is not counted by `-n`."""


def text(schema: dict[str, Any] | None = None) -> str:
    """The page."""
    schema = schema or json.loads(_read())
    definitions = schema["$defs"]
    kinds = [clause["if"]["properties"]["kind"] for clause in schema["allOf"]]
    names = [name for kind in kinds for name in ([kind["const"]] if "const" in kind else kind["enum"])]
    targets = {
        name: clause["then"]["$ref"].rpartition("/")[2]
        for clause, kind in zip(schema["allOf"], kinds, strict=True)
        for name in ([kind["const"]] if "const" in kind else kind["enum"])
    }
    blocks = [_INTRO, table(["kind", ""], ([f"[`{name}`](#{name})", KINDS[name]] for name in names))]
    blocks += ["## In every line with a place in time", _keys(definitions["event"], definitions)]
    for name in names:
        definition = definitions[targets[name]]
        blocks += [f"## {name}", KINDS[name]]
        if name == "message":
            blocks.append(_MESSAGE)
        if "allOf" in definition:
            blocks.append("With [the keys of every line](#in-every-line-with-a-place-in-time), and:")
        blocks.append(_keys(definition, definitions))
    blocks += [
        "## On standard error",
        'Under `--json` warnings are objects `{"warning":{…}}`; exits 2 to 8 and 70 end with exactly one '
        '`{"error":{…}}`. The codes are in [errors.md](errors.md).',
        "**`warning`**\n\n" + _keys(definitions["stderr"]["properties"]["warning"], definitions),
        "**`error`**\n\n" + _keys(definitions["stderr"]["properties"]["error"], definitions),
    ]
    return page("JSON lines", SOURCE, *blocks)


def _read() -> str:
    from importlib import resources

    return resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8")


def _keys(definition: dict[str, Any], definitions: dict[str, Any]) -> str:
    return table(["key", "type", "", ""], _rows(definition, definitions))


def _rows(definition: dict[str, Any], definitions: dict[str, Any], prefix: str = "") -> Iterator[list[str]]:
    required = definition.get("required", [])
    for name, given in definition.get("properties", {}).items():
        schema = _resolved(given, definitions)
        presence = "always" if name in required else "optional"
        if "x-left-out-by" in schema:
            presence = f"always, but with {code(schema['x-left-out-by'])}"
        yield [code(prefix + name), _type(schema, definitions), presence, schema.get("description", "")]
        inner = _resolved(schema["items"], definitions) if "items" in schema else schema
        if "properties" in inner:
            yield from _rows(inner, definitions, f"{prefix}{name}{'[]' if 'items' in schema else ''}.")


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to; what it says itself counts."""
    if "$ref" not in schema:
        return schema
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return {**definitions[schema["$ref"].rpartition("/")[2]], **own}


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return codes(json.dumps(value) for value in schema["enum"])
    if "items" in schema:
        return f"array of {_type(_resolved(schema['items'], definitions), definitions)}"
    kinds = schema["type"]
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
