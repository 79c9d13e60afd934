"""Which message answers which: the open requests of one session, and the keys they are matched by.

A pair is only made where the protocol gives a key (`lksig.schema.cases`), or where the server echoes the request it
refuses. Where two open requests fit equally well and nothing tells them apart, the oldest one is taken: the server
handles the requests of one connection strictly in order (Observed: livekit-server 1.13.5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Any

from lksig.schema.cases import ECHOES, REPLIES, REQUEST_ID_CASES
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import By, Message

MAX_OPEN = 10_000
"""Requests of one session that are remembered as open; beyond that the oldest one can no longer be paired, so that
memory does not grow with a session that is never answered."""

MAX_SUBSCRIPTIONS = 1_000
"""Subscriptions that are remembered for a refusal, which livekit-server 1.13.5 sends only after 60 s."""

_HANDLE_MASK = 0xFFFF
"""Observed: livekit-server 1.13.5 cuts data-track handles to 16 bits before it looks them up."""


class Open:
    """A message that waits for what answers it."""

    __slots__ = ("by", "case", "direction", "envelope", "key", "n", "settled", "t_ns")

    def __init__(self, n: int, message: Message, case: str, key: Hashable) -> None:
        self.n = n
        self.t_ns = message.t_ns
        self.case = case
        self.direction = message.direction
        self.by: By = message.by
        self.envelope: Any = message.envelope
        self.key = key
        """None for a request that has no answer of its own."""
        self.settled = False
        """Its result is known; an answer that comes later is still paired."""


def _body(message: Message) -> Any:
    return getattr(message.envelope, message.case or "")


def _key_of_request(case: str, body: Any) -> Hashable:
    """What the answer to this request will carry; see `lksig.schema.cases.Reply`."""
    kind = REPLIES[case].key
    if kind == "id":
        return int(body.id)
    if kind == "cid":
        return str(body.cid)
    if kind == "request_id":
        return int(body.request_id)
    if kind == "timestamp":
        return int(body.timestamp)
    if kind == "pub_handle":
        return int(body.pub_handle) & _HANDLE_MASK
    if kind == "blob":
        return int(body.request_id)
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
        return int(body.info.pub_handle) & _HANDLE_MASK
    if case in ("store_data_blob_response", "get_data_blob_response"):
        return int(body.request_id)
    return None


_ANSWERS = {reply.case: request for request, reply in REPLIES.items() if reply.case != "request_response"}
"""Case of an answer → the case of the request it answers."""


class Pairing:
    """The open requests of one session.

    `opened` takes every message that may be answered, `answered` finds what a message answers. Requests without an
    answer of their own stay open until a fence settles them (`settle_before`).
    """

    def __init__(self) -> None:
        self._open: dict[int, Open] = {}
        """All of them by number, oldest first."""
        self._by_key: dict[Hashable, deque[Open]] = {}
        self._subscriptions: deque[Open] = deque(maxlen=MAX_SUBSCRIPTIONS)

    def opened(self, n: int, message: Message) -> None:
        """Remember a message that may be answered or refused; one that waits for nothing is passed over."""
        case = message.case
        if case is None:
            return
        if message.direction is TO_CLIENT:
            if case != "offer":
                return
            key: Hashable = (TO_SERVER, "offer", int(_body(message).id))
        elif case in REPLIES:
            key = (TO_CLIENT, case, _key_of_request(case, _body(message)))
        else:
            key = None
        request = Open(n, message, case, key)
        if key is not None:
            self._by_key.setdefault(key, deque()).append(request)
        if case == "subscription":
            self._subscriptions.append(request)
        self._open[n] = request
        if len(self._open) > MAX_OPEN:
            self._remove(next(iter(self._open.values())))

    def _remove(self, request: Open) -> Open:
        del self._open[request.n]
        if request.key is not None:
            line = self._by_key[request.key]
            line.remove(request)
            if not line:
                del self._by_key[request.key]
        return request

    def answered(self, message: Message) -> Open | None:
        """The open message that `message` answers; it is open no longer."""
        case = message.case
        if case is None:
            return None
        if message.direction is TO_SERVER:
            return self._take((TO_SERVER, "offer", int(_body(message).id))) if case == "answer" else None
        if case == "request_response":
            return self._by_request_response(_body(message))
        if case == "subscription_response":
            return self._by_track(str(_body(message).track_sid))
        request_case = _ANSWERS.get(case)
        if request_case is None:
            return None
        return self._take((TO_CLIENT, request_case, _key_of_answer(case, _body(message))))

    def _take(self, key: Hashable) -> Open | None:
        line = self._by_key.get(key)
        return self._remove(line[0]) if line else None

    def _by_request_response(self, body: Any) -> Open | None:
        """By `request_id` where the server fills it in, else by the request it echoes."""
        if body.request_id:
            for case in REQUEST_ID_CASES:
                found = self._take((TO_CLIENT, case, int(body.request_id)))
                if found is not None:
                    return found
        arm = body.WhichOneof("request")
        if arm is None:
            return None
        case = ECHOES[arm]
        echo = getattr(body, arm)
        for request in self._open.values():
            if request.case == case and getattr(request.envelope, case) == echo:
                return self._remove(request)
        return None

    def _by_track(self, track_sid: str) -> Open | None:
        """The `subscription` that named this track: it may fail a minute later, and once for each of its tracks."""
        for request in self._subscriptions:
            body = request.envelope.subscription
            if track_sid in body.track_sids or any(track_sid in part.track_sids for part in body.participant_tracks):
                return request
        return None

    def settle_before(self, fence: int) -> list[Open]:
        """The requests without an answer of their own that were sent before message `fence`; open no longer."""
        done = [request for request in self._open.values() if request.n < fence and request.key is None]
        for request in done:
            del self._open[request.n]
        return done

    def waiting(self) -> list[Open]:
        """What the client sent that is still open, oldest first."""
        return [request for request in self._open.values() if request.direction is TO_SERVER]

    def get(self, n: int) -> Open | None:
        """The open request with this number."""
        return self._open.get(n)
