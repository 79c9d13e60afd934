"""Who a session says it is: flags, a pasted URL, a cURL line and an SDK's profile, as handshakes.

The order in which they count: flags, then the cURL line's headers, then the SDK named by `--as`, then the URL, then
lksig itself. Only the signal path is asked of the URL before the SDK: one that ends in `/rtc` or `/rtc/v1` is final.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.records import record

if TYPE_CHECKING:
    from lksig.cli.flags import ClientFlags, ServerFlags, WireFlags
    from lksig.cli.joining import Inputs
    from lksig.wire.curl_line import CurlLine
    from lksig.wire.handshake import Handshake, JoinOptions, Target
    from lksig.wire.sdk_profiles import Profile
    from lksig.wire.target import Path as SignalPath

PATHS = ("auto", "v0", "v1")
PLACES = ("header", "query")


@record
class Presenter:
    """Makes the handshakes of one session."""

    target: Target
    options: JoinOptions
    token: str | None
    profile: Profile | None
    settings: dict[str, Any]
    """Headers, place of the token and compression that were given."""

    def handshake(self, path: SignalPath, *, token: str | None = None, options: JoinOptions | None = None) -> Handshake:
        """The handshake on a path.

        Raises:
            InputError: a value that cannot be sent, or not on this path.
        """
        given: dict[str, Any] = {**self.settings, "path": path, "token": token or self.token}
        if self.profile is None:
            from lksig.wire.handshake import build

            return build(self.target, options or self.options, **given)
        from lksig.wire.sdk_profiles import present

        return present(self.profile, self.target, options or self.options, **given)

    def again(self, last: Handshake, newer: str | None, changes: JoinOptions) -> Handshake:
        """The handshake for another socket of the same session, with a newer token and changed options."""
        return self.handshake(last.path, token=newer, options=changes.over(self.options))


def presenter(
    target: Target, options: JoinOptions, token: str | None, client: ClientFlags, wire: WireFlags, curl: CurlLine | None
) -> Presenter:
    """The presenter of what was given.

    Raises:
        InputError: an SDK nobody knows, a header that is none, a place where no token travels.
    """
    from lksig.wire.handshake import overridden, read_header

    if client.token_in not in (None, *PLACES):
        raise InputError(f"`--token-in {client.token_in}` is no place", code="bad-option", hint="header or query")
    profile = None
    if client.present_as is not None:
        from lksig.wire.sdk_profiles import read_profile

        profile = read_profile(client.present_as)
    # A pasted token, and those that follow it, travel where the browser put it; an SDK has its own place.
    is_pasted = profile is None and token is not None and token == target.token
    settings = {
        "headers": overridden(curl.headers if curl is not None else (), [read_header(text) for text in wire.header]),
        "token_place": client.token_in or ("query" if is_pasted else None),
        "compression": None if client.gzip is None else "gzip" if client.gzip else "none",
    }
    return Presenter(target, options, token, profile, settings)


def signal_path(client: ClientFlags, target: Target, profile: Profile | None) -> Any:
    """`v0`, `v1` or `auto`.

    Raises:
        InputError: another one was asked for.
    """
    if client.path is not None and client.path not in PATHS:
        raise InputError(f"`--path {client.path}` is no signal path", code="bad-option", hint="v1, v0 or auto")
    return client.path or target.path or (profile.path if profile is not None else "v1")


def read_curl_flag(server: ServerFlags, url_word: str | None, inputs: Inputs) -> CurlLine | None:
    """What `--curl` says: the line itself, `@FILE`, or `-` for standard input.

    Raises:
        InputError: it is no cURL line, cannot be read, or is not the only URL.
    """
    if server.curl is None:
        return None
    from lksig.wire.curl_line import read_curl

    if url_word is not None or server.url is not None:
        raise InputError("`--curl` names a URL, and another one was given", code="two-urls", hint="give one of them")
    text = server.curl.strip()
    if text == "-" or text.startswith("@"):
        data = inputs.read_file(text.removeprefix("@"))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            raise InputError(
                f"the cURL line is not UTF-8 at byte {exc.start}", code="not-utf8", hint="save it as UTF-8"
            ) from exc
    return read_curl(text)


def curl_file(server: ServerFlags) -> Path | None:
    """The file that `--curl` reads, which holds a token."""
    text = (server.curl or "").strip()
    return Path(text[1:]) if text.startswith("@") and text != "@-" else None


_TLS_FLAGS = ("cacert", "cert", "key", "servername")


def notes(target: Target, profile: Profile | None, wire: WireFlags) -> list[tuple[str, str]]:
    """What a person should know of this presentation, by code."""
    told: list[tuple[str, str]] = []
    unused = [f"`--{name}`" for name in _TLS_FLAGS if getattr(wire, name) is not None]
    if unused and target.scheme == "ws":
        key = "; the API key is `--api-key`" if wire.key is not None else ""
        told.append(("no-tls", f"there is no TLS in `ws://`: nothing uses {' and '.join(unused)}{key}"))
    if profile is not None and profile.version != profile.recorded:
        known = f"{profile.name} {profile.recorded}"
        text = f"{profile.name} {profile.version} is presented as {known} was recorded, under its own number"
        told.append(("sdk-version", text))
    if target.ends_in_slash and target.prefix:
        # Observed: PyPI `livekit` 1.2.1 and server-sdk-go 2.18.0; livekit-server 1.13.5 answers 404 to `/x//rtc`.
        told.append(
            (
                "url-slash",
                "the URL ends in a slash: SDKs built on the Rust core (Python, Node, Unity) and Go would ask for "
                f"`{target.prefix}//rtc`, which LiveKit does not know",
            )
        )
    return told
