"""Two sides of a replay, as readings: what was recorded, and what happens live."""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class, message_class
from lksig.session.journal import Journal
from lksig.session.replay_report import Differing
from lksig.wire.codec import decode_frame
from lksig.wire.events import By, Close, EndedBy, Http, Message, Reading, Start

AUTHORIZED = (("Authorization", "Bearer [jwt 4f3a9c1e]"),)


class Side:
    """One journal, and events that are put into it; every method gives the reading of its event."""

    def __init__(self, session: int = 1) -> None:
        self.journal = Journal()
        self.session = session
        self.socket = 1
        self.t_ns = 0

    def add(self, event: Any) -> Reading:
        """What the journal makes of an event."""
        return self.journal.add(event)[0]

    def start(self, **changes: Any) -> Reading:
        """The session begins."""
        fields: dict[str, Any] = {"path": "v1", "room": "standup", "identity": "ann", "session": self.session}
        return self.add(Start(self.t_ns, 0, "ws://old.example/rtc/v1", **{**fields, **changes}))

    def http(self, join_request: Any = None, *, status: int = 101, path: str = "/rtc/v1", headers: Any = ()) -> Reading:
        """A handshake; `join_request` as the fields of a JoinRequest."""
        message = message_class("JoinRequest")(**join_request) if join_request is not None else None
        event = Http(self.t_ns, "GET", path, headers, status, (), b"", 0, message, self.session, self.socket)
        return self.add(event)

    def server(self, case: str, body: Any = None, **fields: Any) -> Reading:
        """A message of the server."""
        return self._message(TO_CLIENT, "server", case, body, fields)

    def client(self, case: str, body: Any = None, *, by: By = "user", **fields: Any) -> Reading:
        """A message of the client."""
        return self._message(TO_SERVER, by, case, body, fields)

    def _message(self, direction: Any, by: By, case: str, body: Any, fields: Any) -> Reading:
        envelope = envelope_class(direction)(**{case: fields if body is None else body})
        return self.frame(envelope.SerializeToString(deterministic=True), direction, by)

    def frame(self, raw: bytes, direction: Any = TO_SERVER, by: By = "user") -> Reading:
        """Any frame."""
        return self.add(
            decode_frame(raw, direction=direction, t_ns=self.t_ns, by=by, session=self.session, socket=self.socket)
        )

    def close(self, ended_by: EndedBy = "client", code: int | None = 1000) -> Reading:
        """The socket closes."""
        return self.add(Close(self.t_ns, code, "", ended_by, self.session, self.socket))

    def join(self, sid: str = "PA_ann000000", identity: str = "ann", **fields: Any) -> Reading:
        """A `join` of somebody who may do everything."""
        participant = {"sid": sid, "identity": identity, "name": "Ann"}
        return self.server("join", room={"sid": "RM_room00000", "name": "standup"}, participant=participant, **fields)


def compare(recorded: Message, live: Message) -> list[Differing]:
    """Two messages differ in their text, or not at all."""
    if str(recorded.envelope) == str(live.envelope):
        return []
    return [Differing(f"{recorded.case}.text", str(recorded.envelope), str(live.envelope))]
