"""How a recorded session joined: what a replay needs to join as the same somewhere else.

The rule: what the recording says is said again (identity, name, metadata, attributes, join options, grants), and what
redaction took out of it is guessed from what the server answered: the `join` shows name, metadata and permissions of
the participant. Without either a made token has the default grants.

Source: auth/grants.go ClaimGrants (claims), livekit_models.proto ParticipantPermission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lksig.errors import InputError
from lksig.schema.pool import enum_descriptor
from lksig.wire.join_options import JoinOptions, from_message, from_parameters
from lksig.wire.token_claims import Token, read_token

if TYPE_CHECKING:
    from lksig.wire.events import Http, Message, Start

DEFAULT_GRANTS: Mapping[str, object] = {"canUpdateOwnMetadata": True}
"""Of a made token where nothing tells, beyond what a token grants by itself."""

PERMISSIONS = {
    "can_subscribe": "canSubscribe",
    "can_publish": "canPublish",
    "can_publish_data": "canPublishData",
    "can_update_metadata": "canUpdateOwnMetadata",
    "hidden": "hidden",
    "recorder": "recorder",
    "agent": "agent",
    "can_subscribe_metrics": "canSubscribeMetrics",
    "can_manage_agent_session": "canManageAgentSession",
}
"""Field of ParticipantPermission → grant."""

_OWN_CLAIMS = frozenset({"iss", "sub", "nbf", "iat", "exp", "jti", "video", "name", "metadata", "attributes"})
_TOKEN_PARAMETER = "access_token"


@dataclass(frozen=True, slots=True)
class Opening:
    """One socket, as it was opened."""

    session: int
    path: Literal["v0", "v1"]
    room: str | None
    identity: str | None
    options: JoinOptions
    """What the client said in its handshake."""
    is_resume: bool
    protocol: int
    """The signaling protocol number it announced."""
    name: str | None = None
    metadata: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    grants: Mapping[str, object] = field(default_factory=lambda: DEFAULT_GRANTS)
    claims: Mapping[str, object] = field(default_factory=dict)
    """Other claims of its token."""


def find_opening(session: int, start: Start | None, http: Http | None, join: Message | None) -> Opening:
    """How a socket was opened.

    Args:
        start: of the session; None where the recording has none.
        http: its handshake; None for a recording without.
        join: the `join` that came over it; None where there was none, as in a resume.
    """
    pairs = _parameters(http)
    options = _options(http, pairs)
    body: Any = getattr(join.envelope, "join", None) if join is not None else None
    token = _token(http, pairs)
    room = token.room if token is not None else None
    identity = token.identity if token is not None else None
    if start is not None:
        room, identity = start.room or room, start.identity or identity
    if body is not None:
        room, identity = room or body.room.name or None, identity or body.participant.identity or None
    said = _said_by_token(token) if token is not None else _shown_by_join(body) if body is not None else {}
    return Opening(
        session=session,
        path=_path(start, http),
        room=room,
        identity=identity,
        options=options,
        is_resume=bool(options.reconnect),
        protocol=options.protocol or 0,
        **said,
    )


def _path(start: Start | None, http: Http | None) -> Literal["v0", "v1"]:
    if http is not None:
        return "v1" if http.path.partition("?")[0].endswith("/v1") else "v0"
    return start.path if start is not None else "v1"


def _parameters(http: Http | None) -> list[tuple[str, str]]:
    if http is None:
        return []
    from lksig.wire.target import parse_query

    return parse_query(http.path.partition("?")[2])


def _options(http: Http | None, pairs: Iterable[tuple[str, str]]) -> JoinOptions:
    if http is None:
        # Nobody knows what the client said: it is let in as lksig itself is.
        from lksig.wire.handshake import OWN_PRESENTATION

        return OWN_PRESENTATION
    return from_message(http.join_request) if http.join_request is not None else from_parameters(pairs)


def _token(http: Http | None, pairs: Iterable[tuple[str, str]]) -> Token | None:
    """The token of a handshake, where the recording did not hide it."""
    if http is None:
        return None
    texts = [value for name, value in pairs if name == _TOKEN_PARAMETER]
    texts += [value.partition(" ")[2] for name, value in http.request_headers if name.lower() == "authorization"]
    for text in texts:
        try:
            return read_token(text)
        except InputError:
            continue
    return None


def _said_by_token(token: Token) -> dict[str, Any]:
    attributes = token.claims.get("attributes")
    metadata = token.claims.get("metadata")
    return {
        "name": token.name,
        "metadata": metadata if isinstance(metadata, str) else None,
        "attributes": attributes if isinstance(attributes, dict) else {},
        "grants": {name: value for name, value in token.grants.items() if name not in ("room", "roomJoin")},
        "claims": {name: value for name, value in token.claims.items() if name not in _OWN_CLAIMS},
    }


def _shown_by_join(join: Any) -> dict[str, Any]:
    participant = join.participant
    kind = enum_descriptor("ParticipantInfo.Kind").values_by_number.get(participant.kind)
    claims = {"kind": kind.name.lower()} if kind is not None and kind.number else {}
    return {
        "name": participant.name or None,
        "metadata": participant.metadata or None,
        "attributes": dict(participant.attributes),
        "grants": _grants(participant.permission) if participant.HasField("permission") else DEFAULT_GRANTS,
        "claims": claims,
    }


def _grants(permission: Any) -> dict[str, object]:
    """The grants that give these permissions. Those that are off by default are left out where they are off."""
    grants: dict[str, object] = {}
    for name, grant in PERMISSIONS.items():
        value = getattr(permission, name)
        if value or (grant.startswith(("canPublish", "canSubscribe")) and grant != "canSubscribeMetrics"):
            grants[grant] = value
    sources = enum_descriptor("TrackSource").values_by_number
    names = [sources[number].name.lower() for number in permission.can_publish_sources if number in sources]
    return grants | ({"canPublishSources": names} if names else {})
