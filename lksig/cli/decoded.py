"""What `lksig decode` shows of a URL, a join request and a token: the same facts for a person and for a script.

A frame needs none of this: it is a reading like any other and goes through the screen's views.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lksig.errors import LksigError
from lksig.render.safe_text import neutralise
from lksig.wire.join_options import from_parameters
from lksig.wire.join_request import JoinRequestParam, decode_join_request
from lksig.wire.target import first_value, parse_query, read_url, shown_url
from lksig.wire.token_claims import Token, read_token
from lksig.wire.token_words import explain, explain_grants, lint

if TYPE_CHECKING:
    from lksig.render.tree import TreeView
    from lksig.wire.redaction import Secrets
    from lksig.wire.target import Target

INDENT = "   "
_SECRET_KEY = re.compile(r"secret|password|credential|token|account_?key|stream_?key|session_?key", re.IGNORECASE)
"""Keys in a token's `roomConfig` that hold storage or stream credentials. Source: livekit/protocol auth/grants.go
checkOutputForCredentials."""


@dataclass(slots=True)
class Decoded:
    """One thing that was decoded."""

    facts: dict[str, Any]
    """For `--json`, its `kind` first."""
    lines: Iterable[str]
    """For a person."""
    broken: list[LksigError] = field(default_factory=list)
    """What in it could not be read; told at the end."""


def decoded_token(text: str, secrets: Secrets, now_s: float, target: Target | None = None) -> Decoded:
    """A token: whose, where, until when, what it allows, what is wrong with it.

    Raises:
        InputError: it is none.
    """
    token = read_token(text)
    shown = secrets.secret(token.raw)
    claims = _without_secrets(token.claims, secrets)
    problems = lint(token, now_s, target)
    facts = {
        "kind": "token",
        "token": shown,
        "identity": token.identity,
        "room": token.room,
        "expires": _utc(token.expires_s),
        "grants": explain_grants(token),
        "problems": problems,
        "header": _without_secrets(token.header, secrets),
        "claims": claims,
    }
    lines = [
        f"token {shown}: {explain(token, now_s)}",
        *(INDENT + line for line in _token_lines(token, problems)),
        *(INDENT + line for line in json.dumps(claims, indent=2).splitlines()),
    ]
    return Decoded(facts, list(map(neutralise, lines)))


def _token_lines(token: Token, problems: list[str]) -> Iterator[str]:
    yield f"signed with {token.algorithm or '?'} by API key {token.api_key or '?'}; the signature is not checked"
    yield f"grants: {explain_grants(token)}"
    for problem in problems:
        yield f"! {problem}"


def decoded_join_request(text: str, secrets: Secrets, tree: TreeView) -> Decoded:
    """A `join_request`: how it is packed, and the JoinRequest in full.

    Raises:
        JoinRequestError: it cannot be read.
    """
    param = decode_join_request(text)
    facts = {"kind": "join_request", **_join_request_facts(param, secrets)}
    return Decoded(facts, _join_request_lines(param, tree))


def _join_request_lines(param: JoinRequestParam, tree: TreeView) -> Iterator[str]:
    yield f"join_request {_packing(param)}"
    yield from (f"{INDENT}! {deviation}: the server refuses it" for deviation in param.deviations)
    yield from tree.body_lines(param.join_request)


def _packing(param: JoinRequestParam) -> str:
    if param.compression == "NONE":
        return f"{param.inner_bytes} B, not compressed"
    return f"{param.compression}, {param.inner_bytes} B in {param.wrapped_bytes} B"


def _join_request_facts(param: JoinRequestParam, secrets: Secrets) -> dict[str, Any]:
    from lksig.wire.json_text import message_text

    return {
        "compression": param.compression,
        "bytes": param.wrapped_bytes,
        "inner_bytes": param.inner_bytes,
        "problems": list(param.deviations),
        "message": json.loads(message_text(param.join_request, secrets)),
    }


def decoded_url(text: str, secrets: Secrets, now_s: float, tree: TreeView) -> Decoded:
    """A URL of a handshake, or its path or query alone: path, parameters, token and join request."""
    pairs = parse_query(text.partition("#")[0].partition("?")[2])
    head = shown_url(text)
    path = _signal_path(head)
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name not in ("access_token", "join_request"):
            parameters.setdefault(secrets.tokens(name), secrets.tokens(value))
    facts: dict[str, Any] = {"kind": "url", "url": head or None, "path": path, "parameters": parameters}
    parts: list[Decoded] = []
    broken: list[LksigError] = []
    readers: dict[str, Callable[[str], Decoded]] = {
        "access_token": lambda value: decoded_token(value, secrets, now_s, _target(head)),
        "join_request": lambda value: decoded_join_request(value, secrets, tree),
    }
    for name, read in readers.items():
        given = first_value(pairs, name)
        if given is None:
            continue
        try:
            parts.append(read(given))
            facts[name] = {key: fact for key, fact in parts[-1].facts.items() if key != "kind"}
        except LksigError as exc:
            facts[name] = {"problems": [exc.text]}
            parts.append(Decoded({}, [f"{name} ! {exc.text}"]))
            broken.append(exc)
    return Decoded(facts, _url_lines(head, path, parameters, parts), broken)


def _url_lines(head: str, path: str | None, parameters: Mapping[str, str], parts: list[Decoded]) -> Iterator[str]:
    told = f"signal path {path}" if path else "no signal path: neither /rtc nor /rtc/v1"
    yield f"{neutralise(head) or 'query'}: {told}"
    width = max((len(name) for name in parameters), default=0)
    for name, value in parameters.items():
        yield neutralise(f"{INDENT}{name:<{width}}  {value}")
    attributes = from_parameters(parameters.items()).attributes
    if attributes:
        yield neutralise(f"{INDENT}{'':<{width}}  attributes are {json.dumps(attributes, ensure_ascii=False)}")
    for part in parts:
        for line in part.lines:
            yield INDENT + line


def _signal_path(head: str) -> str | None:
    found = re.search(r"/rtc(/v1)?(?:/validate)?/?$", head)
    return None if found is None else "v1" if found[1] else "v0"


def _target(head: str) -> Target | None:
    try:
        return read_url(head)
    except LksigError:
        return None


def _without_secrets(value: Any, secrets: Secrets, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _without_secrets(part, secrets, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_secrets(part, secrets, key) for part in value]
    if isinstance(value, str):
        return secrets.secret(value) if _SECRET_KEY.search(key) else secrets.tokens(value)
    return value


def _utc(time_s: float | None) -> str | None:
    try:
        return None if time_s is None else f"{datetime.datetime.fromtimestamp(time_s, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return None
