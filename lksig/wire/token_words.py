"""An access token in words: whose it is and until when, what it allows, and what is wrong with it.

Everything here is told from the token alone, without a secret and without a server. Time is an argument.

Source: github.com/livekit/protocol v1.54.0 auth/verifier.go; livekit-server 1.13.5 pkg/service/utils.go
ValidateConnectRequest (what a join needs).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from lksig.wire.grants import grant_problems, grant_words
from lksig.wire.token_claims import LEEWAY_S, Token

if TYPE_CHECKING:
    from lksig.wire.target import Target

MAX_NAME_BYTES = 256
"""Identity and room name. Source: livekit-server LimitConfig."""


def explain(token: Token, now_s: float, tz: datetime.tzinfo = datetime.UTC) -> str:
    """One line: `probe in standup, expires 16:38:00 (6 h)`.

    Args:
        tz: for the clock time; UTC is marked with `Z`.
    """
    who = token.identity or "nobody"
    where = f" in {token.room}" if token.room else " in no room"
    return f"{who}{where}, {_validity(token, now_s, tz)}"


def explain_grants(token: Token) -> str:
    """What the token allows: `joins, publishes, subscribes`."""
    return ", ".join(grant_words(token.video)) if token.video is not None else "nothing: it has no `video` grant"


def lint(token: Token, now_s: float, url: Target | None = None) -> list[str]:
    """What will keep the server from accepting the token or from doing what was meant, one line each.

    Args:
        url: where the token is to be used.
    """
    return [
        *_signing_problems(token, url),
        *_time_problems(token, now_s),
        *_identity_problems(token),
        *_grant_problems(token),
    ]


def _signing_problems(token: Token, url: Target | None) -> list[str]:
    problems = []
    if token.algorithm != "HS256":
        problems.append(f"it is signed with {token.algorithm or 'nothing'}: the server takes only HS256")
    if token.api_key is None:
        problems.append("it names no API key (`iss`), so the server cannot check who signed it")
    elif token.api_key == "devkey" and url is not None and url.host.endswith(".livekit.cloud"):
        problems.append(f"it is signed with `devkey`, the key of a --dev server, and {url.host} is none")
    return problems


def _time_problems(token: Token, now_s: float) -> list[str]:
    problems = []
    expires, begins = token.expires_s, token.not_before_s
    if expires is None:
        problems.append("it never expires (no `exp`), which servers from 1.13.6 on refuse")
    elif expires > 1e11:
        problems.append("its `exp` is in milliseconds: it must be seconds")
    elif now_s >= expires + LEEWAY_S:
        problems.append(f"it expired {duration(now_s - expires)} ago")
    if begins is not None and now_s < begins - LEEWAY_S:
        problems.append(f"it is not valid for another {duration(begins - now_s)}: is a clock wrong?")
    return problems


def _identity_problems(token: Token) -> list[str]:
    if token.identity is None:
        return ["it names no identity (`sub`)"]
    if len(token.identity.encode(errors="surrogatepass")) > MAX_NAME_BYTES:
        return [f"its identity is longer than {MAX_NAME_BYTES} bytes"]
    return []


def _grant_problems(token: Token) -> list[str]:
    video = token.video
    if video is None:
        return ["it has no `video` grant, so it allows nothing"]
    problems = []
    if video.get("roomJoin") is not True:
        problems.append("it does not allow joining: `roomJoin` is not true")
    if not token.room:
        problems.append("it names no room (`video.room`)")
    elif len(token.room.encode(errors="surrogatepass")) > MAX_NAME_BYTES:
        problems.append(f"its room name is longer than {MAX_NAME_BYTES} bytes")
    return problems + grant_problems(video)


def _validity(token: Token, now_s: float, tz: datetime.tzinfo) -> str:
    expires = token.expires_s
    if expires is None:
        return "never expires"
    clock = _clock(expires, now_s, tz)
    if now_s >= expires:
        return f"expired {clock} ({duration(now_s - expires)} ago)"
    return f"expires {clock} ({duration(expires - now_s)})"


def _clock(time_s: float, now_s: float, tz: datetime.tzinfo) -> str:
    """The time of day, with the date unless it is the day of `now_s`."""
    try:
        time, now = (datetime.datetime.fromtimestamp(value, tz) for value in (time_s, now_s))
    except (OverflowError, ValueError, OSError):
        return f"at {time_s:.0f} s"
    zone = "Z" if tz is datetime.UTC else ""
    return f"{time:%H:%M:%S}{zone}" if time.date() == now.date() else f"{time:%Y-%m-%d %H:%M:%S}{zone}"


def duration(seconds: float) -> str:
    """A length of time in its largest sensible unit: `45 s`, `12 min`, `6 h`, `3 d`."""
    for unit, size in (("s", 1), ("min", 60), ("h", 3600)):
        if round(seconds / size) < {"s": 90, "min": 90, "h": 48}[unit]:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds / 86400)} d"
