"""How the SDKs present themselves: path, place of the token, query, headers, compression, protocol number.

A profile fills in what nobody said: a flag beats it, field by field. A pasted URL under it gives address, token and
what was asked of the server; who is asking is the SDK. Left out on purpose is `publisher_offer` (lksig has no media
unless one is given), and with it what its size decides: the Rust core gzips a join request only where that is shorter.

The rule: every generation in these tables was recorded from the SDK itself (`tests/recordings/handshakes.json`), apart
from ESP32's. A version between two of them is presented as the older one, under its own number, and `recorded` says so.

Sources: PyPI `livekit`, npm `@livekit/rtc-node` and `livekit-client` (in Chromium 156), server-sdk-go, on Debian 12;
createConnectionParams of livekit-client 2.23.0 and signalling.go of server-sdk-go 2.18.0 for what only a resume says;
client-sdk-esp32 0.3.11 core/url.c, esp-idf tcp_transport/transport_ws.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from lksig.errors import InputError
from lksig.wire.handshake import Compression, Handshake, TokenPlace, asked_of, build, overridden
from lksig.wire.join_options import V0_PARAMETERS, JoinOptions

if TYPE_CHECKING:
    from lksig.wire.target import Path, Target

Headers = tuple[tuple[str, str], ...]

DEFLATE_RAW = "CAP_COMPRESSION_DEFLATE_RAW"
TRAILER = "CAP_PACKET_TRAILER"

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
"""What the server learns browser and system from: the JS SDK itself says neither."""

ALL_ENCODINGS = "gzip, deflate, br, zstd"
"""Observed: Chromium 156 offers the first two alone where neither TLS nor the loopback keeps proxies out."""

_ORIGIN, _ENCODINGS = "(origin)", "(encodings)"
"""In a table of headers, for values that depend on where it goes."""


@dataclass(frozen=True, slots=True)
class _Family:
    """What all versions of an SDK share."""

    head: Headers
    """All headers in order, as they are spelled; without a value those that handshake and token fill in."""
    query: tuple[str, ...]
    """Names of the query in order; an empty one stands for a pair without name and value."""
    doubles_slash: Literal["never", "below-path", "always"] = "never"
    """Whether a slash at the end of the URL is kept in front of the one of `/rtc`."""
    is_wordy: bool = False
    """`auto_subscribe=true`, not `1`."""
    names_port: bool = False
    """The port stands in `Host` also where it is the scheme's own."""


@dataclass(frozen=True, slots=True)
class _Generation:
    """What versions from `since` on say, until the next generation."""

    since: str
    v0: JoinOptions
    v1: JoinOptions
    path: Path
    token_place: TokenPlace
    compression: Compression


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of an SDK."""

    name: str
    """As `--as` takes it."""
    version: str
    family: _Family
    generation: _Generation

    @property
    def path(self) -> Path:
        return self.generation.path

    @property
    def recorded(self) -> str:
        """The version whose handshake this is: the newest known one that is not newer."""
        return self.generation.since

    @property
    def offers_deflate(self) -> bool:
        """permessage-deflate."""
        return any(name == "Sec-WebSocket-Extensions" for name, _ in self.family.head)

    def said(self, path: Path) -> JoinOptions:
        """What it says of itself on a path."""
        return replace(self.generation.v0 if path == "v0" else self.generation.v1, version=self.version)


# --- the tables ---------------------------------------------------------------------------------------------------

_RUST = _Family(
    head=(
        ("Host", ""),
        ("Connection", ""),
        ("Upgrade", ""),
        ("Sec-WebSocket-Version", ""),
        ("Sec-WebSocket-Key", ""),
        ("authorization", ""),
    ),
    query=(
        *("sdk", "os", "os_version", "device_model", "protocol", "access_token", "client_protocol", "auto_subscribe"),
        *("adaptive_stream", "version", "capabilities", "reconnect", "sid", "join_request"),
    ),
    doubles_slash="below-path",
)
"""The Rust core, which Python and Node are built on."""

_JS = _Family(
    head=(
        ("Host", ""),
        ("Connection", ""),
        ("Pragma", "no-cache"),
        ("Cache-Control", "no-cache"),
        ("User-Agent", CHROME),
        ("Upgrade", ""),
        ("Origin", _ORIGIN),
        ("Sec-WebSocket-Version", ""),
        ("Accept-Encoding", _ENCODINGS),
        ("Accept-Language", "en-US,en;q=0.9"),
        ("Sec-WebSocket-Key", ""),
        ("Sec-WebSocket-Extensions", ""),
    ),
    query=(
        *("access_token", "reconnect", "sid", "auto_subscribe", "sdk", "version", "protocol", "client_protocol"),
        *("device_model", "os", "os_version", "browser", "browser_version", "adaptive_stream", "disable_ice_lite"),
        *("subscriber_allow_pause", "reconnect_reason", "network", "join_request"),
    ),
)

_GO = _Family(
    head=(
        ("Host", ""),
        ("User-Agent", "Go-http-client/1.1"),
        ("Authorization", ""),
        ("Connection", ""),
        ("Sec-WebSocket-Key", ""),
        ("Sec-WebSocket-Version", ""),
        ("Upgrade", ""),
    ),
    query=("version", "protocol", "", "auto_subscribe", "reconnect", "sid", "attributes", "sdk", "os", "join_request"),
    doubles_slash="always",
)

_ESP32 = _Family(
    head=(
        ("Connection", ""),
        ("Host", ""),
        ("User-Agent", "ESP32 Websocket Client"),
        ("Upgrade", ""),
        ("Sec-WebSocket-Version", ""),
        ("Sec-WebSocket-Key", ""),
    ),
    query=("sdk", "version", "os", "os_version", "device_model", "auto_subscribe", "protocol", "access_token"),
    is_wordy=True,
    names_port=True,
)


def _rust(
    sdk: str,
    since: str,
    path: Path,
    protocol: int,
    client_protocol: int | None = None,
    *capabilities: str,
    place: TokenPlace = "header",
    system: int = 0,
    on_v1: str | None = None,
) -> _Generation:
    """A generation on the Rust core.

    Args:
        system: how many of os, os_version and device_model it says.
        on_v1: the SDK it says to be on v1, where that is another one.
    """
    named = dict(list({"os": "Debian", "os_version": "12.0.0", "device_model": "Unknown"}.items())[:system])
    said = JoinOptions(
        sdk=sdk,
        protocol=protocol,
        client_protocol=client_protocol,
        capabilities=capabilities or None,
        auto_subscribe=True,
        **named,  # type: ignore[arg-type]  # names of text options
    )
    return _Generation(
        since, replace(said, adaptive_stream=False), replace(said, sdk=on_v1 or sdk), path, place, "auto"
    )


def _js(
    since: str,
    path: Path,
    protocol: int,
    client_protocol: int | None = None,
    *capabilities: str,
    compression: Compression = "gzip",
) -> _Generation:
    said = JoinOptions(sdk="JS", protocol=protocol, client_protocol=client_protocol, auto_subscribe=True)
    return _Generation(since, said, replace(said, capabilities=capabilities or None), path, "query", compression)


def _go(since: str, protocol: int) -> _Generation:
    said = JoinOptions(sdk="GO", protocol=protocol, os="linux", auto_subscribe=True)
    return _Generation(since, said, said, "v0", "header", "gzip")


def _esp32(since: str) -> _Generation:
    # 9 is the number of an ESP32-S3 in esp_chip_info.h.
    said = JoinOptions(sdk="ESP32", protocol=1, os="idf", os_version="v5.4.2", device_model="9", auto_subscribe=True)
    return _Generation(since, said, said, "v0", "query", "none")


_SDKS: dict[str, tuple[_Family, tuple[_Generation, ...]]] = {
    "js": (
        _JS,
        (
            _js("1.15.13", "v0", 11, compression="none"),
            _js("2.0.10", "v0", 12, compression="none"),
            _js("2.5.10", "v0", 15, compression="none"),
            _js("2.13.8", "v0", 16, compression="none"),
            _js("2.17.3", "v1", 16, compression="none"),
            _js("2.18.1", "v1", 16),
            _js("2.18.10", "v1", 17),
            _js("2.19.2", "v1", 17, 1),
            _js("2.21.0", "v1", 17, 2, DEFLATE_RAW),
            _js("2.23.0", "v1", 17, 2, DEFLATE_RAW),
        ),
    ),
    "python": (
        _RUST,
        (
            _rust("PYTHON", "0.20.5", "v0", 15, place="query"),
            _rust("PYTHON", "1.0.12", "v0", 16, place="query"),
            _rust("PYTHON", "1.0.25", "v0", 16),
            _rust("PYTHON", "1.1.13", "v0", 17, 1, TRAILER, system=3),
            _rust("PYTHON", "1.2.0", "v1", 18, 2, TRAILER, DEFLATE_RAW, system=3),
            _rust("PYTHON", "1.2.1", "v1", 18, 2, TRAILER, DEFLATE_RAW, system=3),
        ),
    ),
    "node": (
        _RUST,
        (
            _rust("NODE", "0.13.12", "v0", 15, place="query"),
            _rust("NODE", "0.13.25", "v0", 16, system=2, on_v1="RUST"),
            _rust("NODE", "0.13.33", "v1", 17, 1, TRAILER, DEFLATE_RAW, system=3),
            _rust("NODE", "1.0.0", "v1", 17, 2, TRAILER, DEFLATE_RAW, system=3),
            _rust("NODE", "1.1.0", "v1", 17, 2, TRAILER, DEFLATE_RAW, system=3),
        ),
    ),
    "go": (_GO, (_go("2.13.0", 16), _go("2.18.0", 17))),
    "esp32": (_ESP32, (_esp32("0.3.11"),)),
}
"""By the name `--as` takes, oldest generation first."""

SDK_NAMES = tuple(_SDKS)


def read_profile(text: str) -> Profile:
    """The profile a text such as `js` or `python@1.0.25` names; without a version the newest known.

    Raises:
        InputError: no such SDK, or no version.
    """
    name, at, version = text.partition("@")
    name = name.lower()
    if name not in _SDKS:
        raise InputError(
            f"`--as {text}` names no SDK lksig can look like",
            code="unknown-sdk",
            hint=f"one of {', '.join(SDK_NAMES)}, with @VERSION behind it if you like",
        )
    family, generations = _SDKS[name]
    if not at:
        return Profile(name, generations[-1].since, family, generations[-1])
    version = version.removeprefix("v")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})*([-+a-z][0-9A-Za-z.+-]*)?", version):
        raise InputError(
            f"`--as {text}` names no version",
            code="unknown-sdk",
            hint=f"write it as {name}@{generations[-1].since}",
        )
    older = [generation for generation in generations if _numbers(generation.since) <= _numbers(version)]
    return Profile(name, version, family, (older or generations[:1])[-1])


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, for comparing."""
    return tuple(int(number) for number in re.match(r"[0-9.]*[0-9]", version)[0].split(".") if number)  # type: ignore[index]


# --- a handshake as the SDK makes it -------------------------------------------------------------------------------


def present(
    profile: Profile,
    target: Target,
    options: JoinOptions | None = None,
    *,
    path: Path,
    token: str | None = None,
    token_place: TokenPlace | None = None,
    headers: Sequence[tuple[str, str]] = (),
    compression: Compression | None = None,
) -> Handshake:
    """The handshake for a target as the SDK makes it; the arguments are those of `handshake.build`.

    Raises:
        InputError: a value that cannot be sent, or not on this path.
    """
    token = token or target.token
    bare = replace(
        target,
        token=None,
        join_request=None,
        parameters=tuple(pair for pair in target.parameters if pair[0] not in V0_PARAMETERS),
    )
    made = build(
        bare,
        (options or JoinOptions()).over(asked_of(target, path)),
        path=path,
        token=token,
        token_place=token_place or profile.generation.token_place,
        headers=overridden(_own_headers(profile, target), headers),
        compression=compression or profile.generation.compression,
        presentation=profile.said(path),
        user_agent=None,
    )
    slash = target.ends_in_slash and (
        profile.family.doubles_slash == "always" or (profile.family.doubles_slash == "below-path" and made.prefix != "")
    )
    return replace(
        made,
        prefix=f"{made.prefix}/" if slash else made.prefix,
        netloc=f"{made.netloc}:{made.port}" if profile.family.names_port and target.port is None else made.netloc,
        parameters=_in_order(made, profile.family, len(dict(bare.parameters))),
        headers=tuple((_spelled(name, profile.family), value) for name, value in made.headers),
        header_order=tuple(name for name, _ in profile.family.head),
    )


def _own_headers(profile: Profile, target: Target) -> Headers:
    # The page is taken to be the server's own: some page there is, and its origin is what such a server would allow.
    filled = {
        _ORIGIN: f"http{target.scheme[2:]}://{target.netloc}",
        _ENCODINGS: "gzip, deflate" if target.scheme == "ws" and not _is_this_machine(target.host) else ALL_ENCODINGS,
    }
    return tuple((name, filled.get(value, value)) for name, value in profile.family.head if value)


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127.")


def _in_order(made: Handshake, family: _Family, of_the_url: int) -> tuple[tuple[str, str], ...]:
    """The query as the SDK writes it: what the URL had, the SDK's own in its order, what else was given."""
    rank = {name: place for place, name in enumerate(family.query)}
    own = list(made.parameters[of_the_url:])
    if made.path == "v0" and "" in rank:
        own.append(("", ""))
    if family.is_wordy:
        own = [(name, _WORDS.get(value, value) if name == "auto_subscribe" else value) for name, value in own]
    own.sort(key=lambda pair: rank.get(pair[0], len(rank)))
    return (*made.parameters[:of_the_url], *own)


_WORDS = {"1": "true", "0": "false"}


def _spelled(name: str, family: _Family) -> str:
    return next((known for known, _ in family.head if known.lower() == name.lower()), name)
