"""A recording as a script for the server's part: who joined over which sockets, what was asked, and what was said.

The rule: what a server says is a reply (the journal paired it with a request), a consequence (it came shortly after a
request that is known to cause such a message, or names a track that a request made), or it came by itself. The first
word on a socket always came by itself. Keep-alives and fences are left out: whoever plays the script answers those of
its own client.

Source: livekit-server 1.13.5 pkg/rtc/signalling/signalhandler.go and below, for `CONSEQUENCES`; all of them seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lksig.records import record
from lksig.schema.cases import KEEPALIVE_CASES
from lksig.schema.pool import TO_SERVER
from lksig.session.fence import is_fence
from lksig.session.server_http import clean_query
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Close, Http, Message, Reading, Start
from lksig.wire.places import put_placeholders
from lksig.wire.target import first_value

if TYPE_CHECKING:
    from lksig.session.hosting import Headers
    from lksig.wire.events import Encoding
    from lksig.wire.target import Path

IDENTITIES = frozenset({"identity", "publisher_identity", "participant_identity"})
"""Fields of responses that hold one."""

CLOSE = "close"
"""In `CONSEQUENCES` the end of the socket."""

CONSEQUENCES: Mapping[str, frozenset[str]] = {
    "offer": frozenset({"trickle", "leave", CLOSE}),
    "answer": frozenset({"leave", CLOSE}),
    "trickle": frozenset({"leave", CLOSE}),
    "leave": frozenset({CLOSE}),
    "mute": frozenset({"update"}),
    "subscription": frozenset({"subscription_permission_update", "offer", "media_sections_requirement"}),
    "sync_state": frozenset({"subscription_permission_update", "offer", "media_sections_requirement", "leave", CLOSE}),
    "simulate": frozenset({"speakers_changed", "offer", "leave", CLOSE}),
    "update_metadata": frozenset({"update", "refresh_token"}),
    "update_audio_track": frozenset({"update"}),
    "update_video_track": frozenset({"update"}),
    "publish_data_track_request": frozenset({"update"}),
    "unpublish_data_track_request": frozenset({"update", "data_track_subscriber_handles"}),
    "update_data_subscription": frozenset({"subscription_permission_update", "data_track_subscriber_handles"}),
}
"""Request → what the server says because of it, beside the answer."""

CONSEQUENCE_NS = 1_000_000_000
"""Later than that something has another cause; a server far away needs some of it for the way."""
LOOK_BACK = 16
"""Requests that are looked at for a cause."""

PUBLISHER = 0
"""Source: livekit_rtc.proto SignalTarget."""
STATE_MISMATCH = 6
"""Source: livekit_models.proto DisconnectReason."""

_MAKERS: Mapping[str | None, Callable[[Any], str]] = {
    "track_published": lambda body: str(body.track.sid),
    "publish_data_track_response": lambda body: str(body.info.sid),
}
"""Replies that name a sid for the first time."""
MAX_MADE = 100
"""Such sids that are looked for in one socket's messages."""

_VALIDATE = "/validate"


@record
class Asked:
    """A request of the recorded client. `index` is its place among everything that happened on the socket."""

    index: int
    t_ns: int
    case: str
    body: Any
    n: int | None = None
    """The message's number; None for a part of the join request."""


class Said:
    """What the recorded server said. Plain slots: a recording may have a million of them."""

    __slots__ = ("asked", "case", "encoding", "index", "is_reply", "n", "raw", "t_ns")

    def __init__(
        self,
        index: int,
        t_ns: int,
        n: int | None,
        case: str | None,
        raw: bytes,
        encoding: Encoding,
        asked: Asked | None,
        is_reply: bool,
    ) -> None:
        self.index = index
        self.t_ns = t_ns
        self.n = n
        self.case = case
        self.raw = raw
        self.encoding: Encoding = encoding
        self.asked = asked
        """The request that it answers or follows from."""
        self.is_reply = is_reply


@record
class Ended:
    """How the recorded server ended the socket; `code` is None for a connection that was cut."""

    index: int
    t_ns: int
    code: int | None
    reason: str
    asked: Asked | None = None
    is_reply: bool = False
    case: str = CLOSE


Cue = Said | Ended
"""What the server did, in order of `index`."""


class Scene:
    """One HTTP exchange of a participant: a socket with all that happened on it, a refused one, or a probe."""

    def __init__(self, opened_ns: int, path: Path, *, is_resume: bool = False) -> None:
        self.opened_ns = opened_ns
        self.path: Path = path
        self.is_resume = is_resume
        self.is_probe = False
        self.refusal: tuple[int, Headers, bytes] | None = None
        """Status, headers and body of an answer that opened no socket."""
        self.cues: list[Cue] = []
        self.asked: list[Asked] = []
        self.began_ns: int | None = None
        """The server's own times count from here; before it all is told at once. None counts all of them."""
        self._next = 0
        self._by_number: dict[int, Asked] = {}
        self._of_join: list[Asked] = []
        self._fences: set[int | None] = set()
        """Numbers of the fences; their answers are left out too."""
        self._made: dict[bytes, Asked] = {}
        """Sids of the client's tracks, and the requests that made them."""
        self._is_far = False
        """It was recorded by the server, or between the two: a lost connection is the client's deed."""

    def open(self, http: Http) -> None:
        """The upgrade, and what its join request asks for."""
        join_request: Any = http.join_request
        if join_request is None:
            return
        for body in join_request.add_track_requests:
            self._of_join.append(self._ask(self.opened_ns, "add_track", body))
        if join_request.HasField("publisher_offer"):
            self._of_join.append(self._ask(self.opened_ns, "offer", join_request.publisher_offer))

    def _ask(self, t_ns: int, case: str, body: Any, n: int | None = None) -> Asked:
        asked = Asked(self._index(), t_ns, case, body, n)
        self.asked.append(asked)
        if n is not None:
            self._by_number[n] = asked
        return asked

    def _index(self) -> int:
        self._next += 1
        return self._next

    def message(self, reading: Reading) -> None:
        """A message, in order."""
        message: Message = reading.event
        case = message.case
        self._is_far = self._is_far or message.by == "client"
        if case in KEEPALIVE_CASES or reading.reply_to in self._fences:
            return
        body = getattr(message.envelope, case) if case is not None else None
        if message.direction is TO_SERVER:
            if case is not None and is_fence(case, body):
                self._fences.add(reading.n)
            elif case is not None:
                self._ask(message.t_ns, case, body, reading.n)
            return
        if not self.cues and case == "reconnect":
            self.is_resume = True
        replied = asked = None
        if self.cues:
            replied = self._by_number.get(reading.reply_to or 0) or self._of_join_request(case, body)
            asked = replied or self._cause(message.t_ns, case, body) or self._maker(message.raw)
        sid = _MAKERS[case](body) if replied is not None and case in _MAKERS else ""
        if sid and replied is not None and len(self._made) < MAX_MADE:
            self._made[sid.encode()] = replied
        said = (self._index(), message.t_ns, reading.n, case, _told_apart(message), message.encoding)
        self.cues.append(Said(*said, asked, replied is not None))

    def _of_join_request(self, case: str | None, body: Any) -> Asked | None:
        """What a message answers that no message asked for."""
        for asked in self._of_join:
            is_answer = (case == "answer" and asked.case == "offer" and body.id == asked.body.id) or (
                case == "track_published" and asked.case == "add_track" and body.cid == asked.body.cid
            )
            if is_answer:
                self._of_join.remove(asked)
                return asked
        return None

    def _cause(self, t_ns: int, case: str | None, body: Any = None) -> Asked | None:
        if case == "trickle" and body.target != PUBLISHER:
            return None  # of the server's own offer
        for asked in self.asked[: -LOOK_BACK - 1 : -1]:
            is_near = t_ns - asked.t_ns <= CONSEQUENCE_NS
            if is_near and case in CONSEQUENCES.get(asked.case, ()) and _is_blamed(asked, case, body):
                return asked
        return None

    def _maker(self, raw: bytes) -> Asked | None:
        """The last request whose reply named something first that is named here."""
        return next((asked for sid, asked in reversed(self._made.items()) if sid in raw), None)

    def close(self, close: Close) -> None:
        """The socket's end, if it was the server's deed."""
        if close.ended_by == "network" and self._is_far:
            return
        last = self.cues[-1] if self.cues else None
        asked = last.asked if last is not None and last.case == "leave" else self._cause(close.t_ns, CLOSE)
        if close.ended_by == "client" and (asked is None or asked.case != "leave" or close.code is None):
            return
        self.cues.append(Ended(self._index(), close.t_ns, close.code, close.reason, asked))


def _told_apart(message: Message) -> bytes:
    """The frame, with placeholders for identities that were overwritten: two of one length would be one to an SDK."""
    names = [place for place in message.places if place[0].rpartition(".")[2] in IDENTITIES]
    if not names:
        return message.raw
    about: Any = {"direction": message.direction, "encoding": message.encoding, "t_ns": message.t_ns}
    named = decode_frame(message.raw, by=message.by, **about)
    put_placeholders(named, names)
    return message.raw if named.envelope is None else encode_frame(named.envelope, message.encoding)


def _is_blamed(asked: Asked, case: str | None, body: Any) -> bool:
    """Whether a `leave` is one that a request can bring about: for a bad offer or answer, or as simulated."""
    return case != "leave" or asked.case == "simulate" or body.reason == STATE_MISMATCH


class Take:
    """One participant of the recording, with its sockets in order."""

    def __init__(self, session: int) -> None:
        self.session = session
        self.identity: str | None = None
        self.sid: str | None = None
        self.others: set[str] = set()
        """Identities of everybody it met."""
        self.path: Path = "v1"
        self.scenes: list[Scene] = []
        self._open: dict[int, Scene] = {}

    def add(self, reading: Reading) -> None:
        """The next reading of this session."""
        event = reading.event
        if isinstance(event, Start):
            self.identity, self.path = event.identity, event.path
        elif isinstance(event, Http):
            self._http(event)
        elif isinstance(event, Message):
            scene = self._scene(event.socket, event.t_ns)
            scene.message(reading)
            self._meet(event)
        elif isinstance(event, Close) and event.socket in self._open:
            self._open.pop(event.socket).close(event)

    def _scene(self, socket: int, t_ns: int) -> Scene:
        """The scene of a socket; a recording may have begun in its midst."""
        scene = self._open.get(socket)
        if scene is None:
            scene = self._open[socket] = Scene(t_ns, self.path)
            self.scenes.append(scene)
        return scene

    def _http(self, http: Http) -> None:
        where, _, query = http.path.partition("?")
        if http.status is None or http.status in range(102, 200):
            return
        is_probe = where.endswith(_VALIDATE)
        where = where.removesuffix(_VALIDATE)
        if not where.endswith(("/rtc", "/rtc/v1")) or (is_probe and http.status == 101):
            return
        join_request: Any = http.join_request
        is_resume = first_value(clean_query(query), "reconnect") in ("1", "true")
        if join_request is not None:
            is_resume = join_request.reconnect
        scene = Scene(http.t_ns, "v1" if where.endswith("/v1") else "v0", is_resume=is_resume)
        self.scenes.append(scene)
        if http.status == 101:
            self._open[http.socket] = scene
            scene.open(http)
        else:
            scene.is_probe = is_probe
            scene.refusal = http.status, http.headers, http.body

    def _meet(self, message: Message) -> None:
        envelope: Any = message.envelope
        if message.case == "join":
            self.sid = envelope.join.participant.sid
            self.identity = self.identity or envelope.join.participant.identity or None
            self.others.update(other.identity for other in envelope.join.other_participants)
        elif message.case == "update":
            self.others.update(other.identity for other in envelope.update.participants if other.sid != self.sid)

    @property
    def sockets(self) -> int:
        """How many were opened."""
        return sum(scene.refusal is None for scene in self.scenes)


class Script:
    """Everything that a recorded server did. Feed it the readings of a recording, in order."""

    def __init__(self) -> None:
        self._takes: dict[int, Take] = {}

    def add(self, reading: Reading, *, begins: bool = False) -> None:
        """The next reading.

        Args:
            begins: the server's own times count from here; what came before is told at once.
        """
        session: int = reading.event.session
        take = self._takes.get(session)
        if take is None:
            take = self._takes[session] = Take(session)
        if begins:
            for scene in (scene for one in self._takes.values() for scene in one.scenes):
                scene.began_ns = reading.event.t_ns
        take.add(reading)

    @property
    def takes(self) -> list[Take]:
        """The participants that somebody can be, in order of arrival."""
        return [take for take in self._takes.values() if take.scenes]
