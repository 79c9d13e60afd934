"""Access tokens of any content, signed or not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from hypothesis import strategies as st

NOW_S = 1_795_000_000
"""2026-11-18 11:06:40 UTC."""


def segment(value: object) -> str:
    """One part of a token: JSON, or bytes as they are."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def make_token(claims: object = None, *, header: object = None, secret: str | None = "secret", **changes: Any) -> str:
    """A token signed with HMAC-SHA256 over a good one's claims.

    Args:
        claims: instead of the good ones.
        changes: over the claims; None leaves one out.
        secret: None leaves the signature empty.
    """
    good: dict[str, Any] = {
        "iss": "devkey",
        "sub": "probe",
        "nbf": NOW_S,
        "exp": NOW_S + 6 * 3600,
        "video": {"roomJoin": True, "room": "standup"},
    }
    content = claims if claims is not None else {k: v for k, v in (good | changes).items() if v is not None}
    text = f"{segment(header or {'alg': 'HS256', 'typ': 'JWT'})}.{segment(content)}"
    if secret is None:
        return text + "."
    return f"{text}.{segment(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
