"""What an access token says, read without trusting it.

The rule: a token of any algorithm can be read, and no text that leaves this module holds the token or a part of it.

Source: github.com/livekit/protocol v1.54.0 auth/grants.go ClaimGrants, auth/verifier.go (identity).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lksig.errors import InputError

LEEWAY_S = 60
"""On `exp` and `nbf`. Source: auth/verifier.go tokenLeeway."""

_MAX_SECONDS = 1e300


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token's content; nothing says that it is genuine."""

    raw: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def identity(self) -> str | None:
        """`sub`, or where that is missing `jti`, as the server takes it."""
        return _text(self.claims.get("sub")) or _text(self.claims.get("jti"))

    @property
    def name(self) -> str | None:
        return _text(self.claims.get("name"))

    @property
    def api_key(self) -> str | None:
        """`iss`."""
        return _text(self.claims.get("iss"))

    @property
    def video(self) -> Mapping[str, Any] | None:
        """The grants; None where there are none."""
        video = self.claims.get("video")
        return video if isinstance(video, dict) else None

    @property
    def grants(self) -> Mapping[str, Any]:
        """The grants; empty where there are none."""
        return self.video or {}

    @property
    def room(self) -> str | None:
        return _text(self.grants.get("room"))

    @property
    def expires_s(self) -> float | None:
        return seconds(self.claims.get("exp"))

    @property
    def not_before_s(self) -> float | None:
        return seconds(self.claims.get("nbf"))

    @property
    def issued_s(self) -> float | None:
        return seconds(self.claims.get("iat"))

    @property
    def algorithm(self) -> str | None:
        return _text(self.header.get("alg"))

    def __repr__(self) -> str:
        return f"Token({self.identity} in {self.room})"


def read_token(token: str) -> Token:
    """The content of a token of any algorithm; the signature is not looked at.

    Raises:
        InputError: no token; layer `auth`.
    """
    parts = token.strip().split(".")
    if len(parts) == 5:
        raise _no_token("it is an encrypted token (JWE), which LiveKit does not use")
    if len(parts) != 3:
        plural = "" if len(parts) == 1 else "s"
        raise _no_token(f"it has {len(parts)} part{plural} between dots where a token has 3")
    return Token(token.strip(), _segment(parts[0], "header"), _segment(parts[1], "content"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def seconds(value: object) -> float | None:
    """A JSON value as a time; None when it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer beyond all floats would fail at the first subtraction.
    return value if -_MAX_SECONDS < value < _MAX_SECONDS else None


def _no_token(why: str) -> InputError:
    return InputError(
        f"this is no access token: {why}",
        code="bad-token",
        layer="auth",
        hint="a token is three runs of letters, digits, - and _ with dots between, starting with eyJ",
    )


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _segment(text: str, what: str) -> dict[str, Any]:
    """One part of a token as JSON. PyJWT would check more than reading needs, and costs 30 ms to load."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        value = json.loads(data, parse_constant=_no_constant)
    except (binascii.Error, ValueError, RecursionError) as exc:
        raise _no_token(f"its {what} is no JSON in base64") from exc
    if not isinstance(value, dict):
        raise _no_token(f"its {what} is no JSON object")
    return value
