"""Where to connect: the URL a person gives, read once, with everything that is in it.

The rule: a path ending in `/rtc` or `/rtc/v1` is final, any other is a prefix. What a URL copied from a browser holds
(token, parameters, join request) is kept apart from the address, and no text that leaves this module shows it:
error messages, `shown` and `repr` have neither query nor credentials.

Source: livekit-server 1.13.5 pkg/service/rtcservice.go (paths and parameters), client-sdk-js 2.21.0 (prefix, query of
the base URL kept). Observed: the server answers 404 to `/rtc/` and to doubled slashes behind the first, and the Go SDK
writes `/rtc?&join_request=…`: empty pairs are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lksig.errors import InputError
from lksig.patterns import lazy_pattern

if TYPE_CHECKING:
    from lksig.wire.join_request import JoinRequestParam

Path = Literal["v0", "v1"]
"""`v0` is `/rtc`, `v1` is `/rtc/v1`."""
PATH_SUFFIXES: dict[Path, str] = {"v0": "/rtc", "v1": "/rtc/v1"}

DEFAULT_PORTS = {"ws": 80, "wss": 443}
LIVEKIT_PORT = 7880
"""Where a livekit-server listens unless told otherwise; what a bare `localhost` means. Source: config-sample.yaml."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_SCHEME = lazy_pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_URL = lazy_pattern(r"(?:wss?|https?)://", re.IGNORECASE)
_BARE = lazy_pattern(r"localhost|(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*):[0-9]+(?:[/?#]\S*)?")
_HOST = lazy_pattern(r"[A-Za-z0-9_.-]+")
_BLANK = lazy_pattern(r"[\s\x00-\x1f\x7f]")
_TOKEN = lazy_pattern(r"[\w-]{6,}\.[\w-]{6,}\.[\w-]*")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """An address with what the URL said beyond it."""

    scheme: Literal["ws", "wss"]
    host: str
    """Without brackets, ASCII."""
    port: int | None
    """None where the URL names none."""
    prefix: str
    """What comes before `/rtc`: empty, or starts with a slash and ends without."""
    path: Path | None
    """Which signal path the URL names; None where it names none and the choice is open."""
    token: str | None = None
    """`access_token` of the query."""
    join_request: JoinRequestParam | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    """The rest of the query, in order."""
    ends_in_slash: bool = False
    """Whether the path, a prefix or none, was written with a slash at its end: some SDKs then ask for `//rtc`."""

    @property
    def netloc(self) -> str:
        """Host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def effective_port(self) -> int:
        return DEFAULT_PORTS[self.scheme] if self.port is None else self.port

    @property
    def shown(self) -> str:
        """The URL without query and credentials, as far as it is decided."""
        return f"{self.scheme}://{self.netloc}{self.prefix}{PATH_SUFFIXES[self.path] if self.path else ''}"

    def __repr__(self) -> str:
        extras = [name for name in ("token", "join_request", "parameters") if getattr(self, name)]
        return f"Target({', '.join([self.shown, *extras])})"


def looks_like_url(word: str, bare: bool = False) -> bool:
    """Whether a word of the command line is a URL.

    Args:
        bare: `localhost`, `host:7880` and `:7880` count too.
    """
    return _URL.match(word) is not None or (bare and _BARE.fullmatch(word) is not None)


def shown_url(text: str) -> str:
    """A URL, or a text that was meant to be one, as it may be shown: without query, fragment and credentials."""
    head = re.split(r"[?#]", text, maxsplit=1)[0]
    scheme, separator, rest = head.rpartition("://")
    authority, slash, path = rest.partition("/")
    if "@" in authority:
        authority = "…@" + authority.rpartition("@")[2]
    return _TOKEN.sub("[jwt]", scheme + separator + authority + slash + path)


def read_url(text: str, bare: bool = False) -> Target:
    """The target a URL names.

    Args:
        bare: a text without scheme is read as `ws://` when it is `localhost`, `host:7880` or `:7880`.

    Raises:
        InputError: no URL lksig can connect to; layer `url`.
    """
    text = text.strip()
    blank = _BLANK.search(text)
    if blank is not None:
        raise _mistake(
            "a URL holds no blank", "url-blank", text, blank.start(), hint="quote it whole, or encode it as %20"
        )
    if bare and _BARE.fullmatch(text):
        text = "ws://" + (f"{text}:{LIVEKIT_PORT}" if text == "localhost" else text)
        text = text.replace("://:", "://127.0.0.1:", 1)
    scheme, at = _read_scheme(text)
    rest = text[at:]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    host, port = _read_authority(text, authority, at)
    tail = rest[len(authority) :].partition("#")[0]
    path, _, query = tail.partition("?")
    prefix, final = _read_path(path)
    token, join_request, parameters = _read_parameters(query)
    ends_in_slash = final is None and path.endswith("/")
    return Target(scheme, host, port, prefix, final, token, join_request, parameters, ends_in_slash)


def parse_query(query: str) -> list[tuple[str, str]]:
    """The pairs of a query string in order; empty pairs are skipped, pairs without a value kept."""
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def first_value(pairs: list[tuple[str, str]], name: str) -> str | None:
    """The value of a parameter as the server takes it: the first one counts, and an empty one is none."""
    return next((value for key, value in pairs if key == name), None) or None


def _mistake(
    what: str, code: str, text: str, start: int = 0, end: int | None = None, hint: str | None = None
) -> InputError:
    # The caret needs the text, and the text must not hold a secret: those stand behind `?`, or before `@`.
    source = re.split(r"[?#]", text, maxsplit=1)[0]
    if "@" in source or _TOKEN.search(source):
        return InputError(what, code=code, layer="url", hint=hint)
    return InputError(what, code=code, layer="url", hint=hint, source=source, start=start, end=end)


def _read_scheme(text: str) -> tuple[Literal["ws", "wss"], int]:
    """The scheme and where the authority begins."""
    match = _SCHEME.match(text)
    if match is None:
        shown = shown_url(text) or "it"
        hint = "write wss://HOST, or ws://HOST where there is no TLS"
        raise _mistake(
            f"`{shown}` is no URL: it does not start with ws:// or wss://", "url-scheme", text, 0, len(text), hint
        )
    scheme = _SCHEMES.get(match[1].lower())
    if scheme is None:
        near = _nearest_scheme(match[1].lower())
        hint = f"did you mean {near}://?" if near else "use ws:// or wss:// (http:// and https:// are read as those)"
        raise _mistake(f"`{match[1]}://` is not a scheme LiveKit speaks", "url-scheme", text, 0, match.end(1), hint)
    return "wss" if scheme == "wss" else "ws", match.end()


def _nearest_scheme(scheme: str) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(scheme, _SCHEMES, n=1, cutoff=0.6)), None)


def _read_authority(text: str, authority: str, at: int) -> tuple[str, int | None]:
    """Host and port.

    Args:
        at: where the authority begins in `text`.
    """
    if "@" in authority:
        raise _mistake(
            "the URL holds a user name or password before `@`, which LiveKit does not use",
            "url-credentials",
            text,
            hint="leave that part out; a token goes into --token, a key and its secret into --api-key and --api-secret",
        )
    if authority.startswith("["):
        host, bracket, port_text = authority[1:].partition("]")
        if not bracket or (port_text and not port_text.startswith(":")) or not _is_ipv6(host):
            raise _mistake(f"`{authority}` is no IPv6 address", "url-host", text, at, at + len(authority))
        port_text = port_text[1:]
    elif authority.count(":") > 1:
        hint = "write an IPv6 address in brackets: ws://[::1]:7880"
        raise _mistake(f"`{authority}` is no host", "url-host", text, at, at + len(authority), hint)
    else:
        host, _, port_text = authority.partition(":")
        host = _read_host(text, host, at)
    if not port_text:
        return host, None
    start = at + len(authority) - len(port_text)
    if not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5 and 1 <= int(port_text) <= 65535):
        hint = "a port is a number from 1 to 65535"
        raise _mistake(f"`{port_text}` is no port", "url-port", text, start, start + len(port_text), hint)
    return host, int(port_text)


def _is_ipv6(host: str) -> bool:
    from ipaddress import IPv6Address

    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _read_host(text: str, host: str, at: int) -> str:
    """A host name in ASCII that no resolver chokes on."""
    if not host:
        raise _mistake("the URL names no host", "url-host", text, at, at + 1, hint="write it as ws://HOST:7880")
    ascii_host = host
    if not host.isascii():
        try:
            ascii_host = host.encode("idna").decode("ascii")
        except UnicodeError:
            ascii_host = ""
    labels = ascii_host.removesuffix(".").split(".")
    # Source: RFC 1035 section 2.3.4. Python's resolver raises UnicodeError for these, after the socket was asked for.
    if not _HOST.fullmatch(ascii_host) or len(ascii_host) > 253 or not all(0 < len(label) < 64 for label in labels):
        raise _mistake(f"`{host}` is no host name", "url-host", text, at, at + len(host))
    return ascii_host


def _read_path(path: str) -> tuple[str, Path | None]:
    """The prefix, and the signal path when the URL names one."""
    from urllib.parse import quote

    path = quote(re.sub(r"/+", "/", path).removesuffix("/"), safe=_PATH_SAFE, errors="surrogateescape")
    if path.endswith("/rtc/v1"):
        return path.removesuffix("/rtc/v1"), "v1"
    if path.endswith("/rtc"):
        return path.removesuffix("/rtc"), "v0"
    return path, None


def _read_parameters(query: str) -> tuple[str | None, JoinRequestParam | None, tuple[tuple[str, str], ...]]:
    from lksig.wire.join_request import JoinRequestError, decode_join_request

    pairs = parse_query(query)
    join_request = None
    wrapped = first_value(pairs, "join_request")
    if wrapped is not None:
        try:
            join_request = decode_join_request(wrapped)
        except JoinRequestError as exc:
            raise InputError(
                f"the `join_request` of the URL cannot be read: {exc.text}",
                code=exc.code,
                layer="url",
                hint="copy the whole URL, or leave the parameter out",
            ) from exc
    rest = tuple(pair for pair in pairs if pair[0] not in ("access_token", "join_request"))
    return first_value(pairs, "access_token"), join_request, rest
