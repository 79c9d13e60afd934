"""What a client wants when it knocks, read and judged as livekit-server 1.13.6 does before it looks at the room.

The order of the checks and the texts of the refusals are the server's: clients match on them.

Source: livekit-server pkg/service/rtcservice.go validateInternal, utils.go ValidateConnectRequest, ParseClientInfo;
github.com/livekit/protocol auth/grants.go VideoGrant (what a missing grant means). Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import enum_descriptor
from lksig.wire.join_options import JoinOptions, from_message, from_parameters
from lksig.wire.join_request import JoinRequestError, decode_join_request
from lksig.wire.target import first_value

if TYPE_CHECKING:
    from lksig.wire.access_token import Token
    from lksig.wire.target import Path

MAX_IDENTITY_BYTES = 256
MAX_ROOM_NAME_BYTES = 256
"""Source: livekit-server pkg/config/config.go LimitConfig, defaults."""

NO_ACCESS = "no permissions to access the room"

SOURCES = {"camera": 1, "microphone": 2, "screen_share": 3, "screen_share_audio": 4}
"""`canPublishSources` → TrackSource."""

Pairs = list[tuple[str, str]]


class Refused(Exception):
    """The request is answered with an HTTP error; never leaves the server's machine."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Client:
    """What a client says of itself, as far as the server behaves differently for it."""

    protocol: int = 0
    client_protocol: int = 0
    sdk: str = ""
    """Name in ClientInfo.SDK; empty when it did not say."""
    version: tuple[int, int, int] = (0, 0, 0)
    browser: str = ""
    browser_version: str = ""
    os: str = ""
    """These three in lower case."""
    capabilities: tuple[int, ...] = ()

    @property
    def disabled_codecs(self) -> tuple[str, ...]:
        """Codecs the browser can neither send nor take. Source: pkg/clientconfiguration/conf.go."""
        return ("video/AV1",) if self.browser == "safari" else ()

    @property
    def disabled_for_publishing(self) -> tuple[str, ...]:
        """Codecs the browser must not send. Source: pkg/clientconfiguration/conf.go; it compares versions as texts."""
        if self.browser == "safari" and self.browser_version > "18.3":
            return ("video/VP9",)
        is_firefox = self.browser in ("firefox", "firefox mobile") and self.os in ("linux", "android")
        return ("video/H264",) if is_firefox else ()

    @property
    def takes_reconnect(self) -> bool:
        """Source: clientinfo.go CanHandleReconnectResponse."""
        return self.sdk != "JS" or self.version >= (1, 6, 3)

    @property
    def takes_request_response(self) -> bool:
        """Source: clientinfo.go SupportsRequestResponse."""
        return self.sdk != "RUST" or self.protocol >= 10


@dataclass(slots=True)
class Grants:
    """What a token allows, and who it says its bearer is; renewed tokens are made from it."""

    api_key: str
    identity: str
    video: dict[str, Any]
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    kind: int = 0
    kind_details: tuple[int, ...] = ()
    others: dict[str, Any] = field(default_factory=dict)
    """Claims that a renewed token repeats: `kind`, `roomConfig`…"""
    expires_s: float = 0.0

    def allows(self, grant: str, default: bool) -> bool:
        """A grant, or what its absence means."""
        value = self.video.get(grant)
        return default if value is None else bool(value)

    @property
    def can_publish(self) -> bool:
        return self.allows("canPublish", True)

    @property
    def can_publish_data(self) -> bool:
        return self.allows("canPublishData", self.can_publish)

    @property
    def can_subscribe(self) -> bool:
        return self.allows("canSubscribe", True)

    @property
    def can_update_metadata(self) -> bool:
        return self.allows("canUpdateOwnMetadata", False)

    @property
    def hidden(self) -> bool:
        return self.allows("hidden", False)

    @property
    def is_recorder(self) -> bool:
        """Source: participant.go IsRecorder; kind EGRESS is one too."""
        return self.kind == 2 or self.allows("recorder", False)

    @property
    def is_dependent(self) -> bool:
        """Whether it does not count as a participant. Source: participant.go IsDependent."""
        return self.kind in (2, 4) or self.allows("agent", False) or self.allows("recorder", False)

    def can_publish_source(self, source: int) -> bool:
        """Whether tracks of a TrackSource may be published."""
        sources = self.video.get("canPublishSources") or ()
        return self.can_publish and (not sources or source in [SOURCES.get(name) for name in sources])

    def permission(self) -> dict[str, Any]:
        """The fields of a ParticipantPermission."""
        sources = self.video.get("canPublishSources") or ()
        return {
            "can_subscribe": self.can_subscribe,
            "can_publish": self.can_publish,
            "can_publish_data": self.can_publish_data,
            "can_publish_sources": [SOURCES.get(name, 0) for name in sources],
            "hidden": self.hidden,
            "recorder": self.allows("recorder", False),
            "can_update_metadata": self.can_update_metadata,
            "agent": self.allows("agent", False),
            "can_subscribe_metrics": self.allows("canSubscribeMetrics", False),
            "can_manage_agent_session": self.allows("canManageAgentSession", False),
        }


@dataclass(slots=True)
class Joining:
    """A request that may join: who, where, and how."""

    path: Path
    room: str
    grants: Grants
    client: Client
    single_pc: bool
    """One peer connection for both ways: any `join_request` asks for it."""
    auto_subscribe: bool
    auto_subscribe_data: bool
    reconnect: bool
    add_tracks: Sequence[Any] = ()
    publisher_offer: Any = None
    join_request: Any = None


def read_joining(token: Token | None, path: Path, query: Pairs, *, strict: bool) -> Joining:
    """What a request to `/rtc`, `/rtc/v1` or their `/validate` wants.

    Args:
        token: verified; None where there was none.
        strict: of the validate paths: refuse attributes that cannot be decoded.

    Raises:
        Refused: the server says no.
    """
    if token is None or token.video is None:
        raise Refused(401, NO_ACCESS)
    token = replace(token, claims=clean(token.claims))
    text = first_value(query, "join_request")
    if text is None and path == "v1":
        raise Refused(400, "join_request is required")
    if text is not None:
        return _from_join_request(token, path, text)
    options = from_parameters(query)
    attributes = _read_attributes(first_value(query, "attributes"), strict=strict)
    grants = _admitted(token, options.publish or "", "", attributes)
    return Joining(
        path=path,
        room=token.room or "",
        grants=grants,
        client=_client(options),
        single_pc=False,
        auto_subscribe=options.auto_subscribe is not False,
        auto_subscribe_data=bool(options.auto_subscribe_data_track),
        reconnect=bool(options.reconnect),
    )


def _from_join_request(token: Token, path: Path, text: str) -> Joining:
    try:
        join_request: Any = decode_join_request(text, strict=True).join_request
    except JoinRequestError as exc:
        raise Refused(400, exc.answer) from exc
    attributes = dict(join_request.participant_attributes)
    grants = _admitted(token, "", join_request.metadata, attributes)
    settings = join_request.connection_settings
    return Joining(
        path=path,
        room=token.room or "",
        grants=grants,
        client=_client(from_message(join_request)),
        single_pc=True,
        auto_subscribe=settings.auto_subscribe,
        auto_subscribe_data=settings.auto_subscribe_data_track,
        reconnect=join_request.reconnect,
        add_tracks=tuple(join_request.add_track_requests),
        publisher_offer=join_request.publisher_offer if join_request.HasField("publisher_offer") else None,
        join_request=join_request,
    )


def _read_attributes(text: str | None, *, strict: bool) -> dict[str, str]:
    """The `attributes` of v0. Observed: JSON `null` reads as none, a `null` value as an empty one."""
    if text is None:
        return {}
    try:
        value = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        value = False
    if value is None:
        return {}
    if isinstance(value, dict) and all(part is None or isinstance(part, str) for part in value.values()):
        return {key: part or "" for key, part in value.items()}
    if strict:
        raise Refused(400, "cannot decode attributes")
    return {}


def _admitted(token: Token, publish: str, metadata: str, attributes: Mapping[str, str]) -> Grants:
    """The grants, once the token is good for a room and for what comes with it."""
    video = dict(token.grants)
    if video.get("roomJoin") is not True:
        raise Refused(401, "permissions denied")
    identity, room = token.identity or "", token.room or ""
    if not identity:
        raise Refused(400, "identity cannot be empty")
    if len(identity.encode()) > MAX_IDENTITY_BYTES:
        raise Refused(400, f"participant identity length exceeds limits: max length {MAX_IDENTITY_BYTES}")
    if not room:
        raise Refused(400, "no room name")
    if len(room.encode()) > MAX_ROOM_NAME_BYTES:
        raise Refused(400, f"room name length exceeds limits: max length {MAX_ROOM_NAME_BYTES}")
    grants = _grants(token, identity, video)
    if publish:
        if not grants.can_publish:
            raise Refused(401, NO_ACCESS)
        video["canSubscribe"] = False
        grants.identity = f"{identity}#{publish}"
    if (metadata or attributes) and not grants.can_update_metadata:
        raise Refused(401, NO_ACCESS)
    grants.metadata = metadata or grants.metadata
    grants.attributes |= {key: value for key, value in attributes.items() if value}
    return grants


_RENEWED = ("roomConfig", "roomPreset")
"""Claims that a renewed token repeats as they were. Observed: livekit-server 1.13.5 leaves `kindDetails` out."""


def _grants(token: Token, identity: str, video: dict[str, Any]) -> Grants:
    claims = token.claims
    kinds = enum_descriptor("ParticipantInfo.Kind").values_by_name
    details = enum_descriptor("ParticipantInfo.KindDetail").values_by_name
    kind = kinds.get((claims.get("kind") or "").upper())
    named = [details.get((name or "").upper()) for name in claims.get("kindDetails") or ()]
    others = {claim: claims[claim] for claim in _RENEWED if claims.get(claim)}
    return Grants(
        api_key=token.api_key or "",
        identity=identity,
        video=video,
        name=token.name or "",
        metadata=claims.get("metadata") or "",
        attributes={key: value or "" for key, value in (claims.get("attributes") or {}).items()},
        kind=kind.number if kind is not None else 0,
        kind_details=tuple(detail.number for detail in named if detail is not None),
        others=others | {"kind": kind.name.lower() if kind is not None else "standard"},
        expires_s=token.expires_s or 0.0,
    )


def _client(options: JoinOptions) -> Client:
    capabilities = enum_descriptor("ClientInfo.Capability").values_by_name
    return Client(
        protocol=options.protocol or 0,
        client_protocol=options.client_protocol or 0,
        sdk=(options.sdk or "").upper(),
        version=_version(options.version or ""),
        browser=(options.browser or "").lower(),
        browser_version=options.browser_version or "",
        os=(options.os or "").lower(),
        capabilities=tuple(capabilities[name].number for name in options.capabilities or () if name in capabilities),
    )


_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(value: Any) -> Any:
    """JSON without lone surrogates, which no protobuf string can hold; Go's decoder replaces them too."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {clean(key): clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    return value


def _version(text: str) -> tuple[int, int, int]:
    """Source: clientinfo.go compareVersion: three numbers, what is no number is 0."""
    parts = [int(part) if part.isdecimal() and len(part) < 10 else 0 for part in text.split(".")[:3]]
    first, second, third = [*parts, 0, 0, 0][:3]
    return first, second, third
