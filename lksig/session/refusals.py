"""What a refused handshake means: HTTP status and body of the answer → layer, code, one next step.

The bodies are bare text and part of what clients match on. Sources: livekit-server pkg/service/rtcservice.go, auth.go;
Observed: livekit-server 1.13.5 (every row but 503 and the 500 of a silent media side).
"""

from __future__ import annotations

from lksig.errors import Layer
from lksig.patterns import lazy_pattern
from lksig.records import record

MAX_SHOWN_BODY = 200
"""Characters of a body that are quoted in an error."""

_OVERWRITTEN = lazy_pattern("x{24,}")
"""What is left of a secret. livekit-server up to 1.13.5 repeats the whole token in front of the reason."""


@record
class Refusal:
    """Why the server, or something before it, did not upgrade."""

    layer: Layer
    code: str
    text: str
    hint: str
    is_auth: bool = False


_BODY_ROWS: tuple[tuple[int, str, Layer, str, str], ...] = (
    (401, "invalid authorization header", "auth", "bad-authorization-header",
     "send the header as `Authorization: Bearer TOKEN`, with one blank"),
    (401, "invalid API key", "auth", "unknown-api-key",
     "the token's `iss` is no key of this server: check LIVEKIT_API_KEY, and that URL and key are of one project"),
    (401, "token is expired", "auth", "token-expired", "make a new token"),
    (401, "token is not valid yet", "auth", "token-not-yet-valid",
     "compare the clocks: the token's `nbf` lies in the server's future by more than 60 s"),
    (401, "signing method", "auth", "wrong-algorithm", "LiveKit accepts HS256 only: sign the token with it"),
    (401, "signature is invalid", "auth", "wrong-secret",
     "the token was not signed with the secret of this API key: check LIVEKIT_API_SECRET"),
    (401, "exp claim is required", "auth", "no-expiry", "put an `exp` claim into the token"),
    (401, "token is malformed", "auth", "malformed-token", "make a new token: a claim has the wrong JSON type"),
    (401, "invalid authorization token", "auth", "malformed-token", "check that the whole token was copied"),
    (401, "invalid token", "auth", "wrong-secret",
     "the token does not verify: check LIVEKIT_API_KEY and LIVEKIT_API_SECRET"),
    (401, "no permissions to access the room", "auth", "no-room-permission",
     "no token reached the server, or it has no `video` grant, or metadata/attributes need `canUpdateOwnMetadata`"),
    (401, "permissions denied", "auth", "no-room-join", "the token needs `video.roomJoin: true`"),
    (400, "join_request is required", "protocol", "join-request-missing",
     "/rtc/v1 needs the join_request parameter: a proxy may have dropped the query"),
    (400, "join request too large", "protocol", "join-request-too-large", "send less: the limit is 1 MiB"),
    (400, "join request", "protocol", "bad-join-request", "send join_request as padded URL-safe base64"),
    (400, "cannot decode attributes", "protocol", "bad-attributes",
     "send attributes as padded URL-safe base64 of a JSON object of texts"),
    (400, "identity cannot be empty", "auth", "no-identity", "the token needs an identity (`sub`)"),
    (400, "identity length", "auth", "identity-too-long", "use an identity of at most 256 bytes"),
    (400, "no room name", "auth", "no-room", "the token needs `video.room`; a misspelled grant counts as missing"),
    (400, "room name length", "auth", "room-name-too-long", "use a room name of at most 256 bytes"),
    (404, "requested room does not exist", "room", "room-not-found",
     "the server does not create rooms by itself: create it first, or use a token with `roomCreate`"),
    (404, "404 page not found", "http", "path-not-found",
     "/rtc/v1 exists since livekit-server 1.9.10: try `--path v0`; else check the path prefix of the URL"),
    (500, "connection closed by media", "server", "closed-by-media",
     "the room is full, the token's metadata is too large, or the room is closing: the server log has the reason"),
    (500, "could not find any available nodes", "server", "no-node", "no node takes sessions: look at the cluster"),
    (500, "timed out while waiting for signal response", "server", "media-silent",
     "no node answered in time: look at Redis and the nodes' logs"),
    (503, "node has exceeded", "server", "node-at-limit", "the node is at its limit: look at `limit` in its config"),
)  # fmt: skip

_STATUS_ROWS: dict[int, tuple[Layer, str, str]] = {
    200: ("http", "not-a-websocket", "the answer is no upgrade: is this the LiveKit port, and is the path right?"),
    204: ("http", "not-a-websocket", "the answer is no upgrade: is this the LiveKit port, and is the path right?"),
    400: ("http", "bad-request", "something before LiveKit, or LiveKit itself, does not take this request"),
    401: ("auth", "unauthorized", "check the token"),
    403: ("auth", "forbidden", "a proxy, firewall or access rule refuses the request: look at its log"),
    404: ("http", "path-not-found", "check the path prefix of the URL: this answer is not LiveKit's"),
    405: ("http", "method-not-allowed", "the path belongs to another server: check host, port and path prefix"),
    407: ("proxy", "proxy-auth", "the proxy wants credentials: give them in the proxy's URL"),
    414: ("proxy", "request-line-too-long", "a proxy limits the request line: raise it, or try `--path v0`"),
    426: ("proxy", "upgrade-required", "a proxy speaks HTTP/2 or drops Upgrade: let it use HTTP/1.1 to LiveKit"),
    429: ("proxy", "rate-limited", "something before LiveKit limits the rate: LiveKit itself has no such limit"),
    431: ("proxy", "headers-too-large", "token or join request are too large for a proxy's header limit"),
    500: ("server", "server-error", "look at the server's log"),
    502: ("proxy", "bad-gateway", "the proxy cannot reach LiveKit: check its upstream address"),
    503: ("server", "unavailable", "the server or the proxy before it is not ready"),
    504: ("proxy", "gateway-timeout", "the proxy waited in vain for LiveKit"),
}


def explain_refusal(status: int, body: str, location: str | None = None) -> Refusal:
    """What an answer other than 101 means.

    Args:
        status: of the answer.
        body: as text, already free of secrets.
        location: the `Location` header of a redirect.
    """
    shown = _shown(body)
    if status == 404 and not shown:
        return Refusal(
            "proxy",
            "upgrade-header-lost",
            "refused: HTTP 404 with an empty body",
            "the request reached LiveKit without its Upgrade header: let the reverse proxy forward Upgrade and "
            "Connection (nginx: proxy_set_header Upgrade $http_upgrade)",
        )
    for row_status, marker, layer, code, hint in _BODY_ROWS:
        if status == row_status and marker in body:
            return Refusal(layer, code, f"refused: HTTP {status} {shown}", hint, status in (401, 403))
    if 300 <= status < 400:
        where = f" to {location}" if location else ""
        hint = f"give `{location}`, if that is LiveKit" if location else "give the URL it leads to"
        return Refusal("http", "redirect", f"refused: HTTP {status}, a redirect{where}", hint)
    if body.lstrip()[:1] == "<":
        layer, code, hint = _STATUS_ROWS.get(status, ("http", "http-error", "look at the proxy's log"))
        text = f"refused: HTTP {status} with an HTML page, which LiveKit never sends"
        return Refusal(layer if status != 404 else "proxy", code, text, hint, status in (401, 403))
    layer, code, hint = _STATUS_ROWS.get(status, ("http", "http-error", "look at the log of the server or proxy"))
    text = f"refused: HTTP {status}" + (f" {shown}" if shown else " with an empty body")
    return Refusal(layer, code, text, hint, status in (401, 403))


def _shown(body: str) -> str:
    """The body as it is quoted: one line, not too long."""
    line = _OVERWRITTEN.sub("xxx…", " ".join(body.split()))
    return line if len(line) <= MAX_SHOWN_BODY else line[: MAX_SHOWN_BODY - 1] + "…"
