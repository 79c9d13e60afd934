"""What a WebSocket handshake with `/rtc` or `/rtc/v1` says: from a target and options to URL and headers.

The rule: what a pasted URL said is taken as it is and single options are set over it; where nothing was pasted, lksig
presents itself honestly (no SDK) with a protocol number high enough to switch every feature on. The values are encoded
as forms are, the padding of a `join_request` included, as the JS and Rust SDKs do.

A Handshake holds the token. `shown_url` and `repr` do not.

Source: livekit-server 1.13.5 pkg/service/auth.go (places of the token), rtcservice.go (parameters, validate paths).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import lksig
from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.wire.join_options import (
    CLIENT_OPTIONS,
    V0_PARAMETERS,
    JoinOptions,
    from_message,
    from_parameters,
    into_message,
    to_parameters,
)
from lksig.wire.join_request import (
    Compression,
    JoinRequestError,
    JoinRequestParam,
    decode_join_request,
    encode_join_request,
)
from lksig.wire.target import PATH_SUFFIXES, Path, Target, looks_like_url, parse_query, read_url, shown_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message as ProtoMessage

__all__ = [
    "Compression",
    "Handshake",
    "JoinOptions",
    "JoinRequestError",
    "JoinRequestParam",
    "Path",
    "Target",
    "TokenPlace",
    "asked_of",
    "build",
    "decode_join_request",
    "encode_join_request",
    "looks_like_url",
    "overridden",
    "parse_query",
    "read_header",
    "read_url",
    "request_head",
    "shown_url",
    "validate_url",
]

TokenPlace = Literal["header", "query"]

OWN_PROTOCOL = 17
"""The server's own number since 1.10.1. Source: pkg/rtc/types/protocol_version.go."""
OWN_PRESENTATION = JoinOptions(protocol=OWN_PROTOCOL, auto_subscribe=True)
"""Without SDK: the server's special cases are for SDKs with known faults. `auto_subscribe` is said because v1 takes a
missing one for no."""
USER_AGENT = f"lksig/{lksig.__version__}"
DEFLATE_OFFER = "permessage-deflate; client_max_window_bits"
"""As browsers write it, and the WebSocket library too."""

_HEADER_NAME = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TOKEN_TEXT = lazy_pattern(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, repr=False)
class Handshake:
    """One WebSocket handshake, ready to be made."""

    scheme: Literal["ws", "wss"]
    host: str
    port: int
    netloc: str
    """Host and port as the `Host` header has them."""
    path: Path
    prefix: str
    parameters: tuple[tuple[str, str], ...]
    """Of the query, in order, not encoded; the token and the join request included."""
    headers: tuple[tuple[str, str], ...]
    """Beyond those of the WebSocket handshake itself."""
    token: str | None
    token_place: TokenPlace | None
    join_request: ProtoMessage | None
    """What the `join_request` parameter holds; with one the server uses a single peer connection, on either path."""
    header_order: tuple[str, ...] = ()
    """Names of headers, those of the WebSocket handshake too, in the order they go out; others follow."""

    @property
    def request_target(self) -> str:
        """Path and query of the request line. Holds the token when its place is the query."""
        query = "&".join("=".join(map(_encoded, pair)) if any(pair) else "" for pair in self.parameters)
        return f"{self.prefix}{PATH_SUFFIXES[self.path]}{'?' if query else ''}{query}"

    @property
    def url(self) -> str:
        """The whole URL. Holds the token when its place is the query."""
        return f"{self.scheme}://{self.netloc}{self.request_target}"

    @property
    def shown_url(self) -> str:
        """The URL without query and credentials."""
        return f"{self.scheme}://{self.netloc}{self.prefix}{PATH_SUFFIXES[self.path]}"

    def __repr__(self) -> str:
        place = f"token in {self.token_place}" if self.token_place else "no token"
        return f"Handshake({self.shown_url}, {place}{', join_request' if self.join_request is not None else ''})"


def build(
    target: Target,
    options: JoinOptions | None = None,
    *,
    path: Path | None = None,
    token: str | None = None,
    token_place: TokenPlace | None = None,
    headers: Sequence[tuple[str, str]] = (),
    compression: Compression | None = None,
    presentation: JoinOptions = OWN_PRESENTATION,
    user_agent: str | None = USER_AGENT,
) -> Handshake:
    """The handshake for a target.

    Args:
        options: what was asked for; set over what the target's URL said.
        path: the signal path; None takes the one the URL names, or v1.
        token: None takes the one in the URL.
        token_place: None is the query for a token of the URL, else the header.
        headers: set over our own; one without a value removes ours.
        compression: None keeps that of a pasted join request, else gzip where it is shorter.
        presentation: what is said where neither the URL nor the options say anything.
        user_agent: None sends none, as the SDKs outside of browsers do.

    Raises:
        InputError: a value that cannot be sent, or not on this path.
    """
    options = options or JoinOptions()
    path = path or target.path or "v1"
    token_place = token_place or ("query" if token is None and target.token else "header")
    token = token or target.token
    kept, join_request = _said(target, options, path, compression, presentation)
    if token is not None:
        _check_token(token)
        if token_place == "query":
            kept["access_token"] = token
    return Handshake(
        scheme=target.scheme,
        host=target.host,
        port=target.effective_port,
        netloc=target.netloc,
        path=path,
        prefix=target.prefix,
        parameters=tuple(kept.items()),
        headers=_headers(headers, token if token_place == "header" else None, user_agent),
        token=token,
        token_place=token_place if token is not None else None,
        join_request=join_request,
    )


def asked_of(target: Target, path: Path) -> JoinOptions:
    """What a pasted URL asks of the server, on a path, without what it says of the client that asks."""
    if target.join_request is not None:
        said = from_message(target.join_request.join_request)
        said = _for_v0(said) if path == "v0" else replace(said, auto_subscribe=bool(said.auto_subscribe))
    elif _says_v0(target):
        said = from_parameters(target.parameters)
        said = replace(said, publish=said.publish if path == "v0" else None)
    else:
        return JoinOptions()
    nothing: dict[str, Any] = dict.fromkeys(CLIENT_OPTIONS)
    return replace(said, **nothing)


def overridden(ours: Sequence[tuple[str, str]], given: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Headers, and those that were given instead of them or beyond."""
    named = {name.lower() for name, _ in given}
    return (*(header for header in ours if header[0].lower() not in named), *given)


def request_head(handshake: Handshake, key: str, *, offers_deflate: bool) -> list[tuple[str, str]]:
    """All headers of the upgrade, in order.

    Args:
        key: of `Sec-WebSocket-Key`; a fresh one for every dial.
    """
    head = [
        ("Host", handshake.netloc),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
        *([("Sec-WebSocket-Extensions", DEFLATE_OFFER)] if offers_deflate else []),
    ]
    named = {name.lower() for name, _ in handshake.headers}
    head = [*(header for header in head if header[0].lower() not in named), *handshake.headers]
    rank = {name.lower(): place for place, name in enumerate(handshake.header_order)}
    return sorted(head, key=lambda header: rank.get(header[0].lower(), len(rank)))


def validate_url(handshake: Handshake) -> str:
    """Where the HTTP probe of this handshake goes: the same query, `http` for `ws`. Holds what `url` holds."""
    path, mark, query = handshake.request_target.partition("?")
    return f"http{handshake.scheme[2:]}://{handshake.netloc}{path}/validate{mark}{query}"


def read_header(text: str) -> tuple[str, str]:
    """A header as `-H` takes it, `Name: value`. Its value may be a secret and is in no error text.

    Raises:
        InputError: no colon, or characters that cannot stand in a header.
    """
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon:
        raise InputError("a header is written `Name: value`: there is no `:`", code="bad-header")
    if not _HEADER_NAME.fullmatch(name):
        raise InputError("the name of a header holds only letters, digits and hyphens", code="bad-header")
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]", value):
        raise InputError(f"the value of header `{name}` holds a character that cannot be sent", code="bad-header")
    return name, value


def _encoded(text: str) -> str:
    """As a form's query is written. Source: WHATWG URL standard, application/x-www-form-urlencoded."""
    from urllib.parse import quote_plus

    return quote_plus(text, safe="*", errors="surrogateescape").replace("~", "%7E")


def _said(
    target: Target, options: JoinOptions, path: Path, compression: Compression | None, presentation: JoinOptions
) -> tuple[dict[str, str], ProtoMessage | None]:
    """The query parameters, all but the token, and the JoinRequest when one of them holds it."""
    kept = _kept_parameters(target, path)
    join_request: ProtoMessage | None = None
    if path == "v1" or (target.join_request is not None and target.path == path):
        join_request, kept["join_request"] = _join_request(target, options, compression, presentation)
    else:
        kept.update(_v0_parameters(target, options, presentation))
    kept.update(options.extra if _is_pasted(target) else options.over(presentation).extra)
    return kept, join_request


def _join_request(
    target: Target, options: JoinOptions, compression: Compression | None, presentation: JoinOptions
) -> tuple[Any, str]:
    """The JoinRequest and the text of its parameter."""
    from lksig.schema.pool import message_class

    message = message_class("JoinRequest")()
    pasted = target.join_request
    if pasted is None:
        if _says_v0(target):
            # Source: rtcservice.go: left out, `auto_subscribe` is yes on v0 and no on v1.
            presentation = from_parameters(target.parameters).over(JoinOptions(auto_subscribe=True))
        into_message(options.over(presentation), message)
        if not message.ByteSize():
            # Observed: livekit-server 1.13.5 answers 400 to the empty parameter of a wholly default JoinRequest.
            message.connection_settings.SetInParent()
        return message, encode_join_request(message, compression or "auto")
    message.CopyFrom(pasted.join_request)
    if options.reconnect:
        # A resume is the same participant with the same tracks: no SDK repeats its first offer there.
        message.ClearField("publisher_offer")
        message.ClearField("add_track_requests")
    into_message(options, message)
    if compression is None:
        if message == pasted.join_request and not pasted.deviations:
            return message, pasted.text
        compression = "gzip" if pasted.compression == "GZIP" else "none"
    return message, encode_join_request(message, compression)


def _v0_parameters(target: Target, options: JoinOptions, presentation: JoinOptions) -> list[tuple[str, str]]:
    if target.join_request is not None:
        return to_parameters(options.over(_for_v0(from_message(target.join_request.join_request))))
    return to_parameters(options if _says_v0(target) else options.over(presentation))


def _for_v0(options: JoinOptions) -> JoinOptions:
    """What of a pasted join request `/rtc` can say: forcing the path must not fail for what an SDK put in."""
    return replace(
        options,
        auto_subscribe=bool(options.auto_subscribe),
        address=None,
        other_sdks=None,
        metadata=None,
        add_track_requests=None,
        publisher_offer=None,
        sync_state=None,
    )


def _kept_parameters(target: Target, path: Path) -> dict[str, str]:
    """The URL's own parameters that go along; of several with one name the server takes the first."""
    kept: dict[str, str] = {}
    for name, value in target.parameters:
        if not (path == "v1" and _says_v0(target) and name in V0_PARAMETERS):
            kept.setdefault(name, value)
    return kept


def _is_pasted(target: Target) -> bool:
    """Whether the URL already says who the client is."""
    return target.join_request is not None or _says_v0(target)


def _says_v0(target: Target) -> bool:
    """Whether the URL carries a client's own v0 parameters."""
    return target.path == "v0" and any(key in V0_PARAMETERS for key, _ in target.parameters)


def _check_token(token: str) -> None:
    if not _TOKEN_TEXT.fullmatch(token):
        raise InputError(
            "the token is empty or holds a character that cannot be sent",
            code="bad-token",
            layer="auth",
            hint="a token is three runs of letters, digits, - and _ with dots between them",
        )


def _headers(
    given: Sequence[tuple[str, str]], token: str | None, user_agent: str | None
) -> tuple[tuple[str, str], ...]:
    ours = [("Authorization", f"Bearer {token}")] if token is not None else []
    ours += [("User-Agent", user_agent)] if user_agent is not None else []
    named = {name.lower() for name, _ in given}
    kept = [header for header in ours if header[0].lower() not in named]
    return (*kept, *(header for header in given if header[1]))
