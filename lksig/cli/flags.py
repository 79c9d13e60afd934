"""Options that several commands share, each described once.

A group is a dataclass whose fields are `Annotated` with what Typer shall make of them; `takes` spreads the groups a
command asks for into its signature and gathers the values again, so that a command's function sees one value a group.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

import typer

SERVER = "Server and credentials"
CLIENT = "What the client says of itself"
WIRE = "Getting there"
OUTPUT = "Output"
RECORDING = "Recording"
WORK = "When it is done"


def _option(*names: str, help: str, panel: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


@dataclass(slots=True)
class ServerFlags:
    """Where to connect and as whom."""

    url: Annotated[
        str | None, _option("--url", help="URL of the server; a word that is a URL means the same.", panel=SERVER)
    ] = None
    curl: Annotated[
        str | None,
        _option(
            "--curl",
            help="URL, token, headers of a Copy as cURL line; @FILE or - reads it.",
            panel=SERVER,
            metavar="LINE",
        ),
    ] = None
    dev: Annotated[
        bool,
        _option("--dev", help="A server started with --dev: ws://127.0.0.1:7880, devkey/secret.", panel=SERVER),
    ] = False
    project: Annotated[
        str | None, _option("--project", help="A project of the lk tool's file.", panel=SERVER, metavar="NAME")
    ] = None
    token: Annotated[
        str | None, _option("--token", help="Join with this token. (or LIVEKIT_TOKEN)", panel=SERVER, metavar="JWT")
    ] = None
    token_file: Annotated[
        str | None,
        _option("--token-file", help="Read the token from a file; - is standard input.", panel=SERVER, metavar="FILE"),
    ] = None
    api_key: Annotated[
        str | None,
        _option("--api-key", help="Make a token with this key… (or LIVEKIT_API_KEY)", panel=SERVER, metavar="KEY"),
    ] = None
    api_secret: Annotated[
        str | None,
        _option("--api-secret", help="…and this secret. (or LIVEKIT_API_SECRET)", panel=SERVER, metavar="SECRET"),
    ] = None
    room: Annotated[
        str | None, _option("--room", "-r", help="Room the made token is for.", panel=SERVER, metavar="NAME")
    ] = None
    identity: Annotated[
        str | None, _option("--identity", "-i", help="Identity the made token is for.", panel=SERVER, metavar="NAME")
    ] = None
    name: Annotated[
        str | None, _option("--name", help="Display name in the made token.", panel=SERVER, metavar="NAME")
    ] = None
    grant: Annotated[
        list[str],
        _option(
            "--grant",
            help="A video grant of the made token: canPublish=false, hidden=true… Repeatable.",
            panel=SERVER,
            metavar="KEY=VALUE",
        ),
    ] = field(default_factory=list)


@dataclass(slots=True)
class ClientFlags:
    """What the client says when it joins."""

    present_as: Annotated[
        str | None,
        _option(
            "--as", help="Look like js, python, node, go or esp32; @VERSION may follow.", panel=CLIENT, metavar="SDK"
        ),
    ] = None
    path: Annotated[
        str | None,
        _option(
            "--path", help="v1 (/rtc/v1), v0 (/rtc), or auto: v0 where v1 does not exist.", panel=CLIENT, metavar="PATH"
        ),
    ] = None
    protocol: Annotated[
        int | None, _option("--protocol", help="Signaling protocol number (default 17).", panel=CLIENT, metavar="N")
    ] = None
    client_protocol: Annotated[
        int | None, _option("--client-protocol", help="Number other clients see.", panel=CLIENT, metavar="N")
    ] = None
    sdk: Annotated[str | None, _option("--sdk", help="js, python, go, unity…", panel=CLIENT, metavar="NAME")] = None
    sdk_version: Annotated[
        str | None, _option("--sdk-version", help="Version of that SDK.", panel=CLIENT, metavar="VERSION")
    ] = None
    os: Annotated[str | None, _option("--os", help="Operating system.", panel=CLIENT, metavar="NAME")] = None
    os_version: Annotated[str | None, _option("--os-version", help="Its version.", panel=CLIENT, metavar="VERSION")] = (
        None
    )
    device_model: Annotated[
        str | None, _option("--device-model", help="Device model.", panel=CLIENT, metavar="NAME")
    ] = None
    browser: Annotated[str | None, _option("--browser", help="Browser.", panel=CLIENT, metavar="NAME")] = None
    browser_version: Annotated[
        str | None, _option("--browser-version", help="Its version.", panel=CLIENT, metavar="VERSION")
    ] = None
    network: Annotated[str | None, _option("--network", help="wifi, wired…", panel=CLIENT, metavar="TEXT")] = None
    capability: Annotated[
        list[str],
        _option("--capability", help="A ClientInfo.Capability. Repeatable.", panel=CLIENT, metavar="NAME"),
    ] = field(default_factory=list)
    auto_subscribe: Annotated[
        bool | None,
        _option(
            "--auto-subscribe/--no-auto-subscribe",
            help="Subscribe to media tracks unasked (default).",
            panel=CLIENT,
        ),
    ] = None
    auto_subscribe_data_track: Annotated[
        bool | None,
        _option(
            "--auto-subscribe-data-track/--no-auto-subscribe-data-track", help="The same for data tracks.", panel=CLIENT
        ),
    ] = None
    adaptive_stream: Annotated[
        bool | None,
        _option("--adaptive-stream/--no-adaptive-stream", help="New subscriptions start at LOW.", panel=CLIENT),
    ] = None
    subscriber_allow_pause: Annotated[
        bool | None,
        _option(
            "--subscriber-allow-pause/--no-subscriber-allow-pause",
            help="The server may pause streams under congestion.",
            panel=CLIENT,
        ),
    ] = None
    disable_ice_lite: Annotated[
        bool | None,
        _option("--disable-ice-lite/--no-disable-ice-lite", help="Ask for full ICE.", panel=CLIENT),
    ] = None
    reconnect_reason: Annotated[
        str | None, _option("--reconnect-reason", help="A ReconnectReason.", panel=CLIENT, metavar="NAME")
    ] = None
    resume: Annotated[
        str | None,
        _option("--resume", help="Resume the participant with this sid.", panel=CLIENT, metavar="SID"),
    ] = None
    publish: Annotated[
        str | None,
        _option("--publish", help="v0: open a publish-only side connection.", panel=CLIENT, metavar="NAME"),
    ] = None
    metadata: Annotated[
        str | None, _option("--metadata", help="v1: participant metadata.", panel=CLIENT, metavar="TEXT")
    ] = None
    attribute: Annotated[
        list[str],
        _option("--attribute", help="A participant attribute. Repeatable.", panel=CLIENT, metavar="K=V"),
    ] = field(default_factory=list)
    join: Annotated[
        list[str],
        _option(
            "--join",
            help="v1: any field of JoinRequest, in the request grammar: client_info.other_sdks=x, "
            "publisher_offer.sdp=@offer.sdp… Repeatable.",
            panel=CLIENT,
            metavar="FIELD=VALUE",
        ),
    ] = field(default_factory=list)
    param: Annotated[
        list[str],
        _option("--param", help="A query parameter, exactly. Repeatable.", panel=CLIENT, metavar="KEY=VALUE"),
    ] = field(default_factory=list)
    gzip: Annotated[
        bool | None,
        _option("--gzip/--no-gzip", help="v1: compress the join request (default when it gets shorter).", panel=CLIENT),
    ] = None
    token_in: Annotated[
        str | None,
        _option(
            "--token-in",
            help="Where the token travels: header (default), or query as in a pasted URL.",
            panel=CLIENT,
            metavar="PLACE",
        ),
    ] = None
    json_frames: Annotated[bool, _option("--json-frames", help="Send requests as JSON text frames.", panel=CLIENT)] = (
        False
    )


@dataclass(slots=True)
class WireFlags:
    """How to get there."""

    header: Annotated[
        list[str], _option("--header", "-H", help="A header of the handshake. Repeatable.", panel=WIRE, metavar="H: V")
    ] = field(default_factory=list)
    cacert: Annotated[
        str | None, _option("--cacert", help="Trust this CA certificate.", panel=WIRE, metavar="FILE")
    ] = None
    cert: Annotated[
        str | None, _option("--cert", help="Client certificate (PEM, maybe with its key).", panel=WIRE, metavar="FILE")
    ] = None
    key: Annotated[str | None, _option("--key", help="Its private key.", panel=WIRE, metavar="FILE")] = None
    servername: Annotated[
        str | None,
        _option(
            "--servername", help="Name for SNI and verification, instead of the URL's.", panel=WIRE, metavar="NAME"
        ),
    ] = None
    insecure: Annotated[
        bool, _option("--insecure", "-k", help="Do not verify the server's certificate.", panel=WIRE)
    ] = False
    proxy: Annotated[
        str | None,
        _option("--proxy", "-x", help="HTTP or SOCKS proxy; '' for none (or HTTPS_PROXY…).", panel=WIRE, metavar="URL"),
    ] = None
    connect_timeout: Annotated[
        float,
        _option("--connect-timeout", help="Seconds until the upgrade is done (default 15).", panel=WIRE, metavar="S"),
    ] = 15.0
    max_message_size: Annotated[
        str | None,
        _option(
            "--max-message-size",
            help="Refuse larger messages: 2M, 512k…",
            panel=WIRE,
            metavar="BYTES",
        ),
    ] = None
    compression: Annotated[
        bool | None,
        _option("--compression/--no-compression", help="Offer permessage-deflate (default yes).", panel=WIRE),
    ] = None
    dry_run: Annotated[bool, _option("--dry-run", help="Show what would be sent, connect to nothing.", panel=WIRE)] = (
        False
    )


@dataclass(slots=True)
class OutputFlags:
    """How it is shown."""

    json: Annotated[bool, _option("--json", help="One JSON object per line.", panel=OUTPUT)] = False
    format: Annotated[
        str | None,
        _option(
            "--format",
            help="line, tree, json, hex, base64 or raw.",
            panel=OUTPUT,
            metavar="F",
        ),
    ] = None
    raw: Annotated[bool, _option("--raw", help="JSON lines: add the bytes as `raw`.", panel=OUTPUT)] = False
    defaults: Annotated[bool, _option("--defaults", help="JSON: print unset fields too.", panel=OUTPUT)] = False
    show_secrets: Annotated[
        bool, _option("--show-secrets", help="Show tokens and credentials as they are.", panel=OUTPUT)
    ] = False
    times: Annotated[
        str, _option("--times", help="delta, local, utc or both (default delta).", panel=OUTPUT, metavar="WHICH")
    ] = "delta"
    filter: Annotated[
        str | None,
        _option("--filter", help="Show only what matches; see `lksig listen --help`.", panel=OUTPUT, metavar="EXPR"),
    ] = None
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, help="More: keep-alives too.", rich_help_panel=OUTPUT)
    ] = 0
    quiet: Annotated[
        int, typer.Option("--quiet", "-q", count=True, help="Less: no notices.", rich_help_panel=OUTPUT)
    ] = 0
    strict: Annotated[
        bool, _option("--strict", help="Exit 5 at the end when a frame did not decode.", panel=OUTPUT)
    ] = False


@dataclass(slots=True)
class KeepFlags:
    """What a file keeps of a session."""

    force: Annotated[bool, _option("--force", help="Replace the file if it exists.", panel=RECORDING)] = False
    personal: Annotated[
        bool, _option("--personal", help="Hide names, metadata, attributes, addresses too.", panel=RECORDING)
    ] = False
    no_redact: Annotated[bool, _option("--no-redact", help="Keep every byte, secrets too.", panel=RECORDING)] = False


@dataclass(slots=True)
class RecordFlags(KeepFlags):
    """Whether a live command records, and what."""

    record: Annotated[
        str | None,
        _option("--record", help="Write the session into FILE, secrets hidden.", panel=RECORDING, metavar="FILE"),
    ] = None


def takes(*groups: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Spread the fields of `groups` into a command's options.

    The decorated function has one parameter for each group, found by its type; its other parameters stay as they are.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        group_names: dict[str, type] = {}
        for name, parameter in inspect.signature(command).parameters.items():
            if hints.get(name) in groups:
                group_names[name] = hints[name]
            else:
                parameters.append(parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))
        for group in group_names.values():
            parameters += _parameters(group)

        @functools.wraps(command)
        def spread(**values: Any) -> Any:
            for name, group in group_names.items():
                values[name] = group(**{entry.name: values.pop(entry.name) for entry in dataclasses.fields(group)})
            return command(**values)

        spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
        spread.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        del spread.__wrapped__  # Typer would look at the original
        return spread

    return decorate


@functools.cache
def _parameters(group: type) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    parameters = []
    for entry in dataclasses.fields(group):
        default = entry.default if entry.default is not dataclasses.MISSING else []
        parameters.append(
            inspect.Parameter(entry.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[entry.name])
        )
    return parameters
