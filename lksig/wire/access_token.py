"""Access tokens: mint them, and verify them as the server does. What tokens say and mean is re-exported from its homes.

The rule: no text that leaves this module holds the token or a part of it, errors and `repr` included. Time is an
argument. PyJWT is loaded only where something is signed or a signature checked.

Source: github.com/livekit/protocol v1.54.0 auth/verifier.go, accesstoken.go; livekit-server pkg/service/auth.go;
golang-jwt v5.3.1 parser.go, validator.go (order of the checks and texts, which become the body of the 401).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from lksig.errors import AuthError, InputError
from lksig.wire.grants import GRANTS, read_grant
from lksig.wire.token_claims import LEEWAY_S, Token, read_token, seconds
from lksig.wire.token_words import duration, explain, explain_grants, lint

__all__ = [
    "DEFAULT_TTL_S",
    "LEEWAY_S",
    "Token",
    "TokenRejected",
    "duration",
    "explain",
    "explain_grants",
    "lint",
    "mint",
    "read_grant",
    "read_token",
    "verify",
]

DEFAULT_TTL_S = 6 * 3600
"""What the server SDKs mint. Source: auth/accesstoken.go defaultValidDuration."""

_KNOWN_ALGORITHMS = frozenset(f"{family}{bits}" for family in ("HS", "RS", "PS", "ES") for bits in (256, 384, 512)) | {
    "EdDSA",
    "none",
}
"""What golang-jwt has registered; with any other name a token does not even parse."""

_NUMBERS = ("exp", "nbf", "iat")
_TEXTS = ("iss", "sub", "jti")
_CLAIM_TYPES: dict[str, str] = {
    **dict.fromkeys(("identity", "name", "kind", "roomPreset", "sha256", "metadata"), "string"),
    "kindDetails": "[]string",
    "attributes": "map[string]string",
    "video": "auth.VideoGrant",
    "sip": "auth.SIPGrant",
    "agent": "auth.AgentGrant",
    "inference": "auth.InferenceGrant",
    "observability": "auth.ObservabilityGrant",
}
"""Go types of the claims beside the registered ones. Source: auth/grants.go ClaimGrants."""
_GRANT_TYPES = {"flag": "bool", "text": "string", "list": "[]string"}


class TokenRejected(AuthError):
    """The server would not accept the token.

    Args:
        body: of the answer, without the token. Observed: livekit-server up to 1.13.5 repeats the token there.
        status: of the answer.
    """

    def __init__(self, body: str, status: int = 401) -> None:
        super().__init__(f"the token is refused: {body}", code="token-rejected")
        self.body = body
        self.status = status


def mint(
    key: str,
    secret: str,
    *,
    identity: str,
    room: str | None,
    now_s: int,
    name: str | None = None,
    grants: Mapping[str, object] | None = None,
    ttl_s: int = DEFAULT_TTL_S,
    metadata: str | None = None,
    attributes: Mapping[str, str] | None = None,
    claims: Mapping[str, object] | None = None,
) -> str:
    """A signed token to join with.

    Args:
        now_s: `nbf` and `iat`, in seconds since the epoch.
        grants: of the `video` claim, over `roomJoin` and `room`.
        claims: any others, over all of the above: `kind`, `roomConfig`, `roomPreset`…

    Raises:
        InputError: an empty key or secret, or a secret PyJWT refuses.
    """
    import warnings

    import jwt

    if not key or not secret:
        missing = "API secret" if key else "API key"
        raise InputError(f"the {missing} is empty", code="empty-credentials", layer="auth")
    video = {"roomJoin": True} | ({"room": room} if room is not None else {}) | dict(grants or {})
    optional = {"name": name, "metadata": metadata, "attributes": dict(attributes) if attributes else None}
    content: dict[str, object] = {"iss": key, "sub": identity, "nbf": now_s, "iat": now_s, "exp": now_s + ttl_s}
    content |= {claim: value for claim, value in optional.items() if value is not None}
    content |= {"video": video, **(claims or {})}
    try:
        with warnings.catch_warnings():
            # `devkey`/`secret` is LiveKit's own: that the secret is short is known.
            warnings.simplefilter("ignore")
            return jwt.encode(content, secret, algorithm="HS256")
    except (jwt.PyJWTError, UnicodeError) as exc:
        raise InputError("the API secret cannot be used to sign a token", code="bad-secret", layer="auth") from exc


def verify(token: str, keys: Mapping[str, str], now_s: float) -> Token:
    """The token, once everything holds that livekit-server 1.13.6 checks before it looks at the room.

    Args:
        keys: secrets by API key.

    Raises:
        TokenRejected: with status and body of the answer.
    """
    try:
        read = read_token(token)
    except InputError as exc:
        raise TokenRejected("invalid authorization token") from exc
    if not _parses(read):
        raise TokenRejected("invalid authorization token")
    secret = keys.get(read.api_key or "")
    if not secret:
        raise TokenRejected("invalid API key")
    problem = _mistyped(read.claims) or _unsigned(read, secret) or _untimely(read, now_s)
    if problem:
        raise TokenRejected(f"invalid authorization token: {problem}")
    return read


def _parses(token: Token) -> bool:
    """Whether golang-jwt parses it: registered claims of the right type, an algorithm it has heard of."""
    claims = token.claims
    if any(claims.get(name) is not None and seconds(claims[name]) is None for name in _NUMBERS):
        return False
    if any(not isinstance(claims.get(name), str | None) for name in _TEXTS):
        return False
    if token.algorithm not in _KNOWN_ALGORITHMS or "=" in token.raw:
        return False
    signature = token.raw.rpartition(".")[2]
    try:
        base64.b64decode(signature + "=" * (-len(signature) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return False
    return True


def _mistyped(claims: Mapping[str, Any]) -> str | None:
    """The error of Go's JSON decoder for the first claim of the wrong type, in the order they are written."""
    for name, value in claims.items():
        go_type = _CLAIM_TYPES.get(name)
        wrong = _wrong_part(value, go_type) if go_type else None
        if wrong is not None:
            return _go_type_error(*wrong, f"tokenClaims.ClaimGrants.{name}")
        for grant, given in (value or {}).items() if name == "video" else ():
            kind = GRANTS.get(grant)
            wrong = _wrong_part(given, _GRANT_TYPES[kind]) if kind else None
            if wrong is not None:
                return _go_type_error(*wrong, f"VideoGrant.ClaimGrants.video.{grant}")
    return None


def _wrong_part(value: Any, go_type: str) -> tuple[object, str] | None:
    """The value of the wrong type and the type Go wanted: `value` itself, or a part of it. null fits everywhere."""
    wanted = {"string": str, "bool": bool, "[]string": list}.get(go_type, dict)
    if value is None:
        return None
    if not isinstance(value, wanted):
        return value, go_type
    content: Any = value
    parts = content if go_type == "[]string" else content.values() if go_type == "map[string]string" else ()
    return next(((part, "string") for part in parts if not isinstance(part, str | None)), None)


def _go_type_error(value: object, go_type: str, field: str) -> str:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", dict: "object", list: "array"}
    return (
        f"token is malformed: could not JSON decode claim: json: cannot unmarshal {kinds[type(value)]} "
        f"into Go struct field {field} of type {go_type}"
    )


def _unsigned(token: Token, secret: str) -> str | None:
    import warnings

    import jwt

    if token.algorithm != "HS256":
        return f"token signature is invalid: signing method {token.algorithm} is invalid"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jwt.api_jws.PyJWS().decode(token.raw, secret, algorithms=["HS256"])
    except (jwt.PyJWTError, UnicodeError):
        return "token signature is invalid: signature is invalid"
    return None


def _untimely(token: Token, now_s: float) -> str | None:
    problems = []
    if token.expires_s is None:
        problems.append("token is missing required claim: exp claim is required")
    elif now_s >= token.expires_s + LEEWAY_S:
        problems.append("token is expired")
    if token.not_before_s is not None and now_s < token.not_before_s - LEEWAY_S:
        problems.append("token is not valid yet")
    return f"token has invalid claims: {', '.join(problems)}" if problems else None
