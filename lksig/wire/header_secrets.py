"""HTTP headers that carry credentials of a shape nobody knows: a cookie, Basic authentication, an API key.

The rule: what such a header says is learned, so that `Secrets.scrub` hides it there and wherever else it stands. A
value too short to be a secret worth the name is left alone, as everywhere, and so is one that was hidden before.

Source: RFC 9110 section 11 (Authorization, Proxy-Authorization: a scheme, then the credentials), RFC 6265 (cookies:
pairs; behind the first pair of Set-Cookie stand attributes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lksig.patterns import lazy_pattern
from lksig.wire.secret_text import PLACEHOLDER

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

_CREDENTIALS = lazy_pattern(r"authorization|token|secret|passw|credential|api-?key|session", re.IGNORECASE)
_HARMLESS = lazy_pattern(r"sec-websocket-", re.IGNORECASE)


def learn_credentials(headers: Iterable[tuple[str, str]], secrets: Secrets) -> None:
    """Make the credentials in headers known to `secrets`."""
    for name, value in headers:
        for credentials in _credentials(name.lower(), value):
            if not PLACEHOLDER.search(credentials):
                secrets.learn(credentials.strip())


def _credentials(name: str, value: str) -> Iterator[str]:
    if name == "cookie":
        yield from (pair.partition("=")[2] for pair in value.split(";"))
    elif name == "set-cookie":
        yield value.partition(";")[0].partition("=")[2]
    elif _CREDENTIALS.search(name) and not _HARMLESS.match(name):
        scheme, blank, credentials = value.strip().partition(" ")
        yield credentials if blank else scheme
