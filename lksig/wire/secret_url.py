"""A URL that may be shown: without token, without password, and its `join_request` without secrets.

Everything else stays as it was written: a URL that is shown is compared with what was typed.

Source: livekit-server 1.13.5 pkg/service/auth.go (`access_token` in the query); RFC 3986 section 3.2.1 (a password in
front of the host).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from lksig.patterns import lazy_pattern
from lksig.schema.pool import message_class
from lksig.wire.join_request import JoinRequestError, decode_join_request, encode_join_request
from lksig.wire.overwrite import overwrite_bytes

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

_USER_INFO = lazy_pattern(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)@")
_PARAMETER = lazy_pattern(r"(?<=[?&;#])([^=?&;#]+)=([^?&;#]*)")


def hide_in_url(text: str, secrets: Secrets) -> str:
    """The URL with placeholders for what is secret in it."""

    def user_info(found: re.Match[str]) -> str:
        return f"{found[1] or ''}//{secrets.secret(unquote(found[2]))}@"

    def parameter(found: re.Match[str]) -> str:
        name, value = unquote_plus(found[1]), found[2]
        if name == "access_token" and value:
            return f"{found[1]}={secrets.secret(unquote(value))}"
        if name == "join_request" and value:
            return f"{found[1]}={_hide_in_join_request(value, secrets)}"
        return found[0]

    return secrets.tokens(_PARAMETER.sub(parameter, _USER_INFO.sub(user_info, text)))


def _hide_in_join_request(value: str, secrets: Secrets) -> str:
    """The parameter as it is when it holds no secret, else written again; what cannot be read is hidden whole."""
    try:
        param = decode_join_request(value)
    except JoinRequestError:
        return secrets.secret(unquote(value))
    join_request: Any = message_class("JoinRequest")
    content = param.join_request.SerializeToString()
    hidden = overwrite_bytes(content, join_request.DESCRIPTOR, secrets).raw
    if hidden == content:
        return value
    return encode_join_request(join_request.FromString(hidden), "gzip" if param.compression == "GZIP" else "none")
