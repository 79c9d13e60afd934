"""How the SDKs present themselves: path, place of the token, parameters, headers, compression, protocol number.

A profile fills in what neither a URL nor a flag says; what a person gives beats it, field by field. Left out on purpose
is `publisher_offer` (lksig has no media unless one is given), and with it what its size decides: the Rust core gzips a
join request only where that makes it shorter.

Facts: request heads recorded from PyPI `livekit` 1.2.1, npm `@livekit/rtc-node` 1.1.0 and `livekit-client` 2.23.0 in
Chromium 156 (`tests/recordings/handshakes.json`); Go and ESP32 read in server-sdk-go 2.18.2 and client-sdk-esp32.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.wire.join_options import JoinOptions

if TYPE_CHECKING:
    from lksig.wire.handshake import Compression, Handshake, TokenPlace
    from lksig.wire.target import Path

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
"""A browser's User-Agent: the server fills in what the JS SDK does not say from it."""

_BROWSER_HEADERS = (
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-cache"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "en-US,en;q=0.9"),
)
"""What Chromium 156 adds to every WebSocket handshake."""

DEFLATE_RAW = "CAP_COMPRESSION_DEFLATE_RAW"
TRAILER = "CAP_PACKET_TRAILER"


@dataclass(frozen=True, slots=True)
class Profile:
    """One SDK."""

    name: str
    path: Path
    token_place: TokenPlace
    v0: JoinOptions
    v1: JoinOptions
    compression: Compression
    """Of the join request."""
    offers_deflate: bool
    """permessage-deflate."""
    user_agent: str | None
    sends_origin: bool
    v0_order: tuple[str, ...]
    """The names of the query of `/rtc`, in the SDK's order; others follow."""

    def presentation(self, path: Path) -> JoinOptions:
        """What it says on a path."""
        return self.v0 if path == "v0" else self.v1


def _rust(name: str, sdk: str, version: str, protocol: int) -> Profile:
    """The Rust core, and whatever is built on it."""
    said = JoinOptions(
        protocol=protocol,
        client_protocol=2,
        sdk=sdk,
        version=version,
        os="Debian",
        os_version="12.0.0",
        device_model="Unknown",
        capabilities=(TRAILER, DEFLATE_RAW),
        auto_subscribe=True,
    )
    order = ("sdk", "os", "os_version", "device_model", "protocol", "client_protocol", "auto_subscribe")
    return Profile(
        name,
        "v1",
        "header",
        replace(said, adaptive_stream=False),
        said,
        "auto",
        False,
        None,
        False,
        (*order, "adaptive_stream", "version", "capabilities"),
    )


_JS = JoinOptions(protocol=17, client_protocol=2, sdk="JS", version="2.23.0", auto_subscribe=True)
_GO = JoinOptions(protocol=17, sdk="GO", version="2.18.2", os="linux", auto_subscribe=True)
_ESP32 = JoinOptions(protocol=1, sdk="ESP32", version="0.3.8", os="idf", extra=(("auto_subscribe", "true"),))

PROFILES: dict[str, Profile] = {
    "js": Profile(
        "js",
        "v1",
        "query",
        _JS,
        replace(_JS, capabilities=(DEFLATE_RAW,)),
        "gzip",
        True,
        CHROME,
        True,
        ("access_token", "auto_subscribe", "sdk", "version", "protocol", "client_protocol"),
    ),
    "python": _rust("python", "PYTHON", "1.2.1", 18),
    "node": _rust("node", "NODE", "1.1.0", 17),
    "go": Profile(
        "go",
        "v0",
        "header",
        _GO,
        _GO,
        "gzip",
        False,
        "Go-http-client/1.1",
        False,
        ("auto_subscribe", "sdk", "version", "protocol", "os"),
    ),
    "esp32": Profile(
        "esp32",
        "v0",
        "query",
        _ESP32,
        replace(_ESP32, extra=(), auto_subscribe=True),
        "none",
        False,
        None,
        False,
        ("sdk", "version", "os", "protocol", "auto_subscribe", "access_token"),
    ),
}
"""By the name `--as` takes."""


def read_profile(text: str) -> Profile:
    """The profile a text such as `js` or `python@1.0.0` names.

    Raises:
        InputError: no such SDK, or an empty version.
    """
    name, at, version = text.partition("@")
    profile = PROFILES.get(name.lower())
    if profile is None or (at and not version):
        raise InputError(
            f"`--as {text}` names no SDK lksig can present itself as",
            code="unknown-sdk",
            hint=f"one of {', '.join(PROFILES)}, with @VERSION behind it if you like",
        )
    if not version:
        return profile
    return replace(profile, v0=replace(profile.v0, version=version), v1=replace(profile.v1, version=version))


def extra_headers(profile: Profile, scheme: str, netloc: str) -> tuple[tuple[str, str], ...]:
    """The headers beyond token and User-Agent; the page a browser loaded is taken to be the server's own address."""
    return (("Origin", f"http{scheme[2:]}://{netloc}"), *_BROWSER_HEADERS) if profile.sends_origin else ()


def in_order(handshake: Handshake, profile: Profile) -> Handshake:
    """The handshake with its query in the order this SDK writes it."""
    wanted = profile.v0_order if handshake.path == "v0" else ("access_token", "join_request")
    rank = {name: index for index, name in enumerate(wanted)}
    ordered = sorted(handshake.parameters, key=lambda pair: rank.get(pair[0], len(rank)))
    return replace(handshake, parameters=tuple(ordered))
