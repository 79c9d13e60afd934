"""A participant of an embedded room: who it is, what it publishes and subscribes, and what it has been told.

The rule: a participant's `info()` is made fresh each time and never changed afterwards; its `version` grows by one for
the first one made after something changed, as on livekit-server, where clients drop older versions.

Source: livekit-server pkg/rtc/participant.go (ToProtoWithVersion, updateState, setIsPublisher), participant_signal.go
(SendParticipantUpdate). Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import TO_CLIENT, envelope_class, message_class
from lksig.session.hosting import Outbox, Send

if TYPE_CHECKING:
    from lksig.session.joining import Client, Grants
    from lksig.wire.events import Encoding

MAX_REMEMBERED_VERSIONS = 128
"""How many participants' versions one participant is remembered to know. Source: participant.go updateCache."""


class State(enum.IntEnum):
    """Source: livekit_models.proto ParticipantInfo.State."""

    JOINING = 0
    JOINED = 1
    ACTIVE = 2
    DISCONNECTED = 3


class Reason(enum.IntEnum):
    """Source: livekit_models.proto DisconnectReason."""

    UNKNOWN_REASON = 0
    CLIENT_INITIATED = 1
    DUPLICATE_IDENTITY = 2
    SERVER_SHUTDOWN = 3
    STATE_MISMATCH = 6
    JOIN_FAILURE = 7
    MIGRATION = 8
    SIGNAL_CLOSE = 9
    ROOM_CLOSED = 10
    USER_UNAVAILABLE = 11
    USER_REJECTED = 12
    AGENT_ERROR = 16


class Action(enum.IntEnum):
    """Source: livekit_rtc.proto LeaveRequest.Action."""

    DISCONNECT = 0
    RECONNECT = 2


@dataclass(slots=True)
class Subscription:
    """What a participant wants of one track, and what came of it."""

    track_sid: str
    desired: bool = False
    is_bound: bool = False
    """Whether it is fulfilled."""
    handle: int = 0
    """Of a data track, while `is_bound`."""
    allowed: bool | None = None
    """What the subscriber was told last; None before anything was."""
    publisher_sid: str = ""
    publisher_identity: str = ""


@dataclass(slots=True)
class Peer:
    """One peer connection as far as signaling sees it."""

    ufrag: str = ""
    pwd: str = ""
    fingerprint: str = ""
    offer_id: int = 0
    """Of the last offer the server made; 0 before the first."""
    offer_sdp: str = ""
    """The last offer, whoever made it."""
    is_waiting: bool = False
    """An offer of the server is not answered yet."""
    wants_offer: bool = False
    """Another one is due once it is."""
    was_described: bool = False
    """The client's description came, so candidates are looked at."""
    bad_candidate: bool = False
    """One that came before was no candidate."""
    session_id: int = 0
    session_version: int = 0
    """Of the `o=` line."""


@dataclass(slots=True)
class Participant:
    """One participant of one room."""

    session: int
    sid: str
    grants: Grants
    client: Client
    single_pc: bool
    joined_ms: int
    socket: int | None
    """None for a participant without one: simulated, or gone."""
    encoding: Encoding = "protobuf"
    """Of what is sent to it: that of the last message it sent. Observed: livekit-server 1.13.5."""
    auto_subscribe: bool = True
    auto_subscribe_data: bool = False
    state: State = State.JOINING
    reason: Reason = Reason.UNKNOWN_REASON
    is_publisher: bool = False
    version: int = 0
    is_dirty: bool = False
    pending: dict[str, list[Any]] = field(default_factory=dict)
    """TrackInfos that were announced and have no media yet, by cid; all but the first are queued."""
    published: dict[str, Any] = field(default_factory=dict)
    """TrackInfos by sid. No media comes here: only simulated participants have them."""
    data_tracks: dict[int, Any] = field(default_factory=dict)
    """DataTrackInfos by handle."""
    blobs: dict[bytes, Any] = field(default_factory=dict)
    """DataBlobs by serialized key."""
    media_subscriptions: dict[str, Subscription] = field(default_factory=dict)
    data_subscriptions: dict[str, Subscription] = field(default_factory=dict)
    next_handle: int = 1
    permitted: dict[str, Any] | None = None
    """Who may subscribe to its tracks: TrackPermissions by identity; None: everybody."""
    publisher: Peer = field(default_factory=Peer)
    subscriber: Peer = field(default_factory=Peer)
    told_versions: dict[str, int] = field(default_factory=dict)
    told_gone: dict[str, Any] = field(default_factory=dict)
    """Who was told to be disconnected since the last message came in; by sid."""
    resumes_to_drop: str = ""
    """Name of an armed `simulate` scenario."""
    armed_until_ns: int = 0

    @property
    def identity(self) -> str:
        return self.grants.identity

    @property
    def protocol(self) -> int:
        return self.client.protocol

    @property
    def is_ready(self) -> bool:
        """Whether it may be told things."""
        return self.state in (State.JOINED, State.ACTIVE)

    @property
    def is_subscriber_primary(self) -> bool:
        """Whether the server offers. Source: participant.go: protocol 3, canSubscribe, two peer connections."""
        return not self.single_pc and self.protocol >= 3 and self.grants.can_subscribe

    def enter(self, state: State) -> None:
        """Change the state."""
        self.state = state
        self.is_dirty = True

    def info(self) -> Any:
        """A fresh ParticipantInfo."""
        if self.is_dirty:
            self.is_dirty = False
            self.version += 1
        grants = self.grants
        return message_class("ParticipantInfo")(
            sid=self.sid,
            identity=self.identity,
            name=grants.name,
            state=self.state,
            tracks=list(self.published.values()),
            metadata=grants.metadata,
            joined_at=self.joined_ms // 1000,
            joined_at_ms=self.joined_ms,
            version=self.version,
            permission=grants.permission(),
            is_publisher=self.is_publisher,
            kind=grants.kind,
            attributes=grants.attributes,
            disconnect_reason=self.reason,
            kind_details=grants.kind_details,
            data_tracks=list(self.data_tracks.values()),
            client_protocol=self.client.client_protocol,
            capabilities=self.client.capabilities,
        )

    def pending_track(self, sid: str) -> Any:
        """The TrackInfo of an announced track; None for a queued or an unknown one."""
        return next((infos[0] for infos in self.pending.values() if infos[0].sid == sid), None)

    def is_subscribed_to(self, sid: str) -> bool:
        """Whether any subscription to a participant's tracks is fulfilled."""
        every = (*self.media_subscriptions.values(), *self.data_subscriptions.values())
        return any(one.is_bound and one.publisher_sid == sid for one in every)

    def permits(self, track_sid: str, other: Participant) -> bool:
        """Whether another participant may subscribe to a track of this one; recorders may always."""
        if self.permitted is None or other.grants.is_recorder:
            return True
        rule = self.permitted.get(other.identity)
        return rule is not None and (rule.all_tracks or track_sid in rule.track_sids)

    def tell(self, out: Outbox, case: str, body: Any) -> None:
        """Send it a SignalResponse with this case; nothing when it has no socket."""
        if self.socket is not None:
            envelope = envelope_class(TO_CLIENT)(**{case: body})
            out.put(Send(self.socket, envelope, self.encoding))

    def tell_update(self, out: Outbox, infos: Iterable[Any]) -> None:
        """Tell it of participants: not of hidden ones, not older versions than it knows."""
        if not self.is_ready:
            return
        news = []
        for info in infos:
            if info.version < self.told_versions.get(info.sid, 0) or (info.permission.hidden and info.sid != self.sid):
                continue
            self._remember(info)
            news.append(info)
        if news:
            self.tell(out, "update", {"participants": news})

    def knows(self, infos: Iterable[Any]) -> None:
        """Take for told what another message told it."""
        for info in infos:
            self._remember(info)

    def _remember(self, info: Any) -> None:
        self.told_versions.pop(info.sid, None)
        self.told_versions[info.sid] = info.version
        if len(self.told_versions) > MAX_REMEMBERED_VERSIONS:
            oldest = next(iter(self.told_versions))
            del self.told_versions[oldest]
            self.told_gone.pop(oldest, None)
        if info.state == State.DISCONNECTED:
            self.told_gone[info.sid] = info

    def tell_refusal(self, out: Outbox, reason: str, message: str = "", *, request_id: int = 0, **echo: Any) -> None:
        """Send a `request_response`, where the client takes one.

        Args:
            echo: the arm of `RequestResponse.request` and the request.
        """
        if not self.client.takes_request_response or (reason == "OK" and self.protocol < 15):
            return
        self.tell(out, "request_response", {"request_id": request_id, "reason": reason, "message": message, **echo})


def leave_body(protocol: int, reason: Reason, action: Action = Action.DISCONNECT) -> dict[str, Any]:
    """The fields of a `leave` for a protocol version. Source: participant_signal.go sendLeaveRequest."""
    if protocol >= 13:
        return {"reason": reason, "action": action}
    return {"reason": reason, "can_reconnect": action is Action.RECONNECT}
