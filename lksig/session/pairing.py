"""Which message answers which: the open requests of one session, and the keys they are matched by.

A pair is only made where the protocol gives a key (`lksig.schema.cases`), or where the server echoes the request it
speaks of. Where two open requests fit equally well and nothing tells them apart, the oldest one is taken: the server
handles the requests of one connection strictly in order (Observed: livekit-server 1.13.5).

What is remembered is bounded in number and does not hold messages; finding and forgetting cost the same however much
is open.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from lksig.schema.cases import ECHOES, REPLIES, REQUEST_ID_CASES
from lksig.schema.pool import TO_CLIENT, TO_SERVER, enum_descriptor
from lksig.wire.events import By, Message

MAX_OPEN = 10_000
"""Messages of one session that are remembered as open; beyond that the oldest one can no longer be paired, so that
memory does not grow with a session that is never answered."""

MAX_SUBSCRIBED = 10_000
"""Tracks whose `subscription` is remembered for a refusal, which livekit-server 1.13.5 sends only after 60 s."""

_HANDLE_MASK = 0xFFFF
"""Observed: livekit-server 1.13.5 cuts the handle of an `unpublish_data_track_request` to 16 bits before it looks it
up, and answers with the handle it found. One that is published is refused instead."""

_ECHOED_CASES = frozenset(ECHOES.values())

_BLOB_CASES = ("store_data_blob_request", "get_data_blob_request")
"""Observed: livekit-server 1.13.5 echoes every request in its `request_response`, but for these."""

_ECHOED_REASONS = (
    "UNKNOWN_REASON",
    "CLIENT_INITIATED",
    "USER_UNAVAILABLE",
    "USER_REJECTED",
    "AGENT_ERROR",
)
"""Reasons a `leave` can have that answers ours; with any other the server ends the session for a cause of its own, and
the two have crossed. Observed: livekit-server 1.13.5 turns every other reason into CLIENT_INITIATED."""

_SHORT = 64
"""Bytes of a request that are kept for comparison as they are; of a longer one its hash is."""


class Open:
    """A message that waits for what answers it."""

    __slots__ = ("by", "case", "direction", "echo", "is_queued", "key", "n", "settled", "socket", "t_ns")

    def __init__(self, n: int, message: Message, case: str, key: Hashable, echo: Hashable) -> None:
        self.n = n
        self.t_ns = message.t_ns
        self.case = case
        self.direction = message.direction
        self.socket = message.socket
        self.by: By = message.by
        self.key = key
        """What its answer carries; None for a request that has no answer of its own."""
        self.echo = echo
        """What a `request_response` about it repeats; None where the server repeats nothing."""
        self.settled = False
        """Its result is known; an answer that comes later is still paired."""
        self.is_queued = False
        """The server took it and answers later, when its turn comes."""


class _Index:
    """Open messages by a key, oldest first."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, OrderedDict[int, Open]] = {}

    def add(self, key: Hashable, request: Open) -> None:
        self._lines.setdefault(key, OrderedDict())[request.n] = request

    def first(self, key: Hashable) -> Open | None:
        line = self._lines.get(key)
        return next(iter(line.values())) if line else None

    def remove(self, key: Hashable, request: Open) -> None:
        line = self._lines[key]
        del line[request.n]
        if not line:
            del self._lines[key]


class Pairing:
    """The open requests of one session.

    `opened` takes every message that may be answered, `answered` finds what a message answers. Requests without an
    answer of their own stay open until a fence settles them (`settle_before`).
    """

    def __init__(self) -> None:
        self._open: OrderedDict[int, Open] = OrderedDict()
        """All of them by number, oldest first."""
        self._silent: OrderedDict[int, Open] = OrderedDict()
        """Those a fence settles."""
        self._by_key = _Index()
        self._by_echo = _Index()
        self._subscribed: OrderedDict[str, Open] = OrderedDict()
        """Track sid → the `subscription` that asked for it first."""
        self._queued_reason = enum_descriptor("RequestResponse.Reason").values_by_name["QUEUED"].number
        reasons = enum_descriptor("DisconnectReason").values_by_name
        self._echoed_reasons = frozenset(reasons[name].number for name in _ECHOED_REASONS)

    def opened(self, n: int, message: Message) -> Open | None:
        """Remember a message that may be answered or refused; one that waits for nothing is passed over.

        Returns:
            The message that had to be forgotten for it, if any: it can no longer be paired.
        """
        case = message.case
        if case is None:
            return None
        body = getattr(message.envelope, case)
        if message.direction is TO_CLIENT:
            if case != "offer":
                return None
            request = Open(n, message, case, (TO_SERVER, case, int(body.id)), None)
        else:
            key = (TO_CLIENT, case, _key_of_request(case, body)) if case in REPLIES else None
            request = Open(n, message, case, key, _fingerprint(case, body) if case in _ECHOED_CASES else None)
            # Below protocol 15 a successful `update_metadata` is not answered, and only a fence tells.
            if key is None or case == "update_metadata":
                self._silent[n] = request
            if case in ("subscription", "sync_state"):
                self._remember_subscription(request, body if case == "subscription" else body.subscription)
        if request.key is not None:
            self._by_key.add(request.key, request)
        if request.echo is not None:
            self._by_echo.add(request.echo, request)
        self._open[n] = request
        return self._remove(next(iter(self._open.values()))) if len(self._open) > MAX_OPEN else None

    def _remove(self, request: Open) -> Open:
        del self._open[request.n]
        self._silent.pop(request.n, None)
        if request.key is not None:
            self._by_key.remove(request.key, request)
        if request.echo is not None:
            self._by_echo.remove(request.echo, request)
        return request

    def answered(self, message: Message) -> Open | None:
        """The open message that `message` answers; it is open no longer."""
        case = message.case
        if case is None:
            return None
        body = getattr(message.envelope, case)
        if message.direction is TO_SERVER:
            return self._take((TO_SERVER, "offer", int(body.id))) if case == "answer" else None
        if case == "request_response":
            return self._by_request_response(body)
        if case == "subscription_response":
            # It stays: a subscription may fail a minute later, and once for each of its tracks.
            return self._subscribed.get(body.track_sid)
        request_case = _ANSWERS.get(case)
        if request_case is None or (case == "leave" and body.reason not in self._echoed_reasons):
            return None
        return self._take((TO_CLIENT, request_case, _key_of_answer(case, body)))

    def _take(self, key: Hashable) -> Open | None:
        request = self._by_key.first(key)
        return self._remove(request) if request is not None else None

    def _by_request_response(self, body: Any) -> Open | None:
        request = self._spoken_of(body)
        if request is None:
            return None
        if request.case != "add_track" or body.reason != self._queued_reason:
            return self._remove(request)
        # Source: livekit-server pkg/rtc/participant.go: its `track_published` comes when the track before it closes.
        request.is_queued = True
        if request.echo is not None:
            self._by_echo.remove(request.echo, request)
            request.echo = None
        return request

    def _spoken_of(self, body: Any) -> Open | None:
        """The request a `request_response` speaks of: the one it echoes; without an echo, by `request_id`."""
        arm = body.WhichOneof("request")
        if arm is None:
            return self._by_request_id(int(body.request_id))
        case, echo = ECHOES[arm], getattr(body, arm)
        request = self._by_echo.first(_fingerprint(case, echo))
        if request is None and case in REPLIES:
            # An echo that was altered on its way still names what its answer would name; 0 and "" name nothing.
            key = int(body.request_id) if case in REQUEST_ID_CASES else _key_of_request(case, echo)
            return self._by_key.first((TO_CLIENT, case, key)) if key else None
        return request

    def _by_request_id(self, request_id: int) -> Open | None:
        blobs = [self._by_key.first((TO_CLIENT, case, request_id)) for case in _BLOB_CASES]
        oldest = min((one for one in blobs if one is not None), key=lambda one: one.n, default=None)
        # Servers before 1.9.1 echo nothing, and know no blobs.
        return oldest or self._by_key.first((TO_CLIENT, "update_metadata", request_id))

    def _remember_subscription(self, request: Open, body: Any) -> None:
        sids = [*body.track_sids, *(sid for part in body.participant_tracks for sid in part.track_sids)]
        for sid in sids:
            if not body.subscribe:
                self._subscribed.pop(sid, None)
            elif self._subscribed.setdefault(sid, request) is request and len(self._subscribed) > MAX_SUBSCRIBED:
                self._subscribed.popitem(last=False)

    def settle_before(self, fence: int) -> list[Open]:
        """The requests a fence settles that were sent before message `fence`, oldest first; open no longer."""
        done = []
        while self._silent:
            request = next(iter(self._silent.values()))
            if request.n >= fence:
                break
            done.append(self._remove(request))
        return done

    def closed(self, socket: int) -> list[Open]:
        """What the client sent over this socket that is still open, oldest first; it is open no longer."""
        over = [request for request in self._open.values() if request.socket == socket]
        for request in over:
            self._remove(request)
        return [request for request in over if request.direction is TO_SERVER]

    def waiting(self) -> list[Open]:
        """What the client sent that is still open, oldest first."""
        return [request for request in self._open.values() if request.direction is TO_SERVER]

    def get(self, n: int) -> Open | None:
        """The open message with this number."""
        return self._open.get(n)


def _fingerprint(case: str, body: Any) -> Hashable:
    """What is equal for a request and its echo."""
    data: bytes = body.SerializeToString(deterministic=True)
    return case, data if len(data) <= _SHORT else hashlib.sha256(data).digest()


def _key_of_request(case: str, body: Any) -> Hashable:
    """What the answer to this request will carry; see `lksig.schema.cases.Reply`."""
    kind = REPLIES[case].key
    if kind == "id":
        return int(body.id)
    if kind == "cid":
        return str(body.cid)
    if kind in ("request_id", "blob"):
        return int(body.request_id)
    if kind == "timestamp":
        return int(body.timestamp)
    if kind == "pub_handle":
        handle = int(body.pub_handle)
        return handle & _HANDLE_MASK if case == "unpublish_data_track_request" else handle
    return None


def _key_of_answer(case: str, body: Any) -> Hashable:
    """The same key, read from the answer."""
    if case == "answer":
        return int(body.id)
    if case == "track_published":
        return str(body.cid)
    if case == "pong_resp":
        return int(body.last_ping_timestamp)
    if case in ("publish_data_track_response", "unpublish_data_track_response"):
        return int(body.info.pub_handle)
    if case in ("store_data_blob_response", "get_data_blob_response"):
        return int(body.request_id)
    return None


_ANSWERS = {reply.case: request for request, reply in REPLIES.items() if reply.case != "request_response"}
"""Case of an answer → the case of the request it answers."""
