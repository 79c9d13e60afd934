"""Credentials in HTTP headers become known, whatever they look like."""

from __future__ import annotations

import pytest

from lksig.wire.header_secrets import learn_credentials
from lksig.wire.redaction import Secrets


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("Authorization", "Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("Proxy-Authorization", "  Digest  abc-def-ghi ", "abc-def-ghi"),
        ("X-Api-Key", "0123456789", "0123456789"),
        ("Set-Cookie", "sid=abcdefgh; Path=/quite-public", "abcdefgh"),
        ("COOKIE", "theme=dark; sid = abcdefgh", "abcdefgh"),
    ],
)
def test_what_a_header_says_is_hidden_everywhere(name: str, value: str, secret: str) -> None:
    secrets = Secrets(b"k")
    learn_credentials([("Host", "example.com"), (name, value)], secrets)
    assert secrets.scrub(f"{value} {secret}?") == f"{value} {secret}?".replace(secret, "x" * len(secret))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Host", "livekit.example.com"),
        ("Cookie", "theme=dark; flag"),
        ("Set-Cookie", "sid=short; Path=/quite-public"),
        ("Authorization", "Bearer [jwt 4f3a9c1e], again"),
    ],
)
def test_what_is_no_secret_or_hidden_already_is_left_alone(name: str, value: str) -> None:
    secrets = Secrets(b"k")
    learn_credentials([(name, value)], secrets)
    assert secrets.scrub(value) == value
