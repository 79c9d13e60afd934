"""Recordings written down event by event, and the stage they are played on: for the tests of `replay --serve`.

tape = Tape()
tape.open()
tape.says(2, join={})            2 ms after what was before
tape.asks(5, add_track={"cid": "c"})
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from google.protobuf import json_format

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class, message_class
from lksig.session.journal import Journal
from lksig.session.replay_script import Scene, Script, Take
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.events import By, Encoding
from tests.support.samples import WALL_NS

MS = 1_000_000


def envelope(direction: Direction, **body: Any) -> Any:
    """An envelope, given as proto3 JSON."""
    return json_format.ParseDict(body, envelope_class(direction)())


def join_request(**fields: Any) -> Any:
    """A JoinRequest, given as proto3 JSON."""
    return json_format.ParseDict(fields, message_class("JoinRequest")())


class Tape:
    """The events of a run, each some milliseconds after the one before."""

    def __init__(self, identity: str | None = "probe", *, path: Any = "v1") -> None:
        self.t_ns = 0
        self.session = 1
        self.socket = 0
        self.by: By = "user"
        self.events: list[events.Event] = []
        self.start(identity, path=path)

    def start(self, identity: str | None, session: int = 1, *, path: Any = "v1") -> Tape:
        """A participant begins; what follows is its."""
        self.session, self.socket = session, 0
        start = events.Start(self.t_ns, WALL_NS, f"ws://h/rtc/{path}", path, "standup", identity, session)
        self.events.append(start)
        return self

    def http(
        self, path: str, status: int | None, body: bytes = b"", *headers: tuple[str, str], ask: Any = None
    ) -> Tape:
        """An HTTP exchange."""
        about = (body, 0, ask, self.session, self.socket or 1)
        self.events.append(events.Http(self.t_ns, "GET", path, (), status, headers, *about))
        return self

    def open(self, ms: float = 0, path: str = "/rtc/v1", **query: str) -> Tape:
        """The next socket; `query` of v0."""
        self.t_ns += round(ms * MS)
        self.socket += 1
        return self.http(f"{path}?{urlencode(query)}", 101)

    def open_v1(self, **fields: Any) -> Tape:
        """The next socket, with a join request."""
        self.socket += 1
        return self.http("/rtc/v1", 101, ask=join_request(**fields))

    def says(self, ms: float = 1, *, encoding: Encoding = "protobuf", **body: Any) -> Tape:
        """The server says something."""
        return self._message(ms, TO_CLIENT, "server", encoding, body)

    def asks(self, ms: float = 1, *, by: By | None = None, **body: Any) -> Tape:
        """The client asks for something."""
        return self._message(ms, TO_SERVER, by or self.by, "protobuf", body)

    def raw(self, ms: float, data: bytes) -> Tape:
        """The server sends a frame."""
        self.t_ns += round(ms * MS)
        about: Any = {"session": self.session, "socket": self.socket}
        self.events.append(decode_frame(data, direction=TO_CLIENT, t_ns=self.t_ns, by="server", **about))
        return self

    def _message(self, ms: float, direction: Direction, by: By, encoding: Encoding, body: dict[str, Any]) -> Tape:
        self.t_ns += round(ms * MS)
        whole = envelope(direction, **body)
        is_text = encoding == "json"
        data = json_format.MessageToJson(whole).encode() if is_text else whole.SerializeToString()
        about: Any = {"session": self.session, "socket": self.socket or 1, "encoding": encoding}
        self.events.append(decode_frame(data, direction=direction, t_ns=self.t_ns, by=by, **about))
        return self

    def close(self, ms: float = 1, code: int | None = 1000, reason: str = "", by: events.EndedBy = "server") -> Tape:
        """The socket ends."""
        self.t_ns += round(ms * MS)
        self.events.append(events.Close(self.t_ns, code, reason, by, self.session, self.socket))
        return self

    # --- what it becomes --------------------------------------------------------------------------------------------

    def readings(self) -> list[events.Reading]:
        """What the journal makes of it."""
        journal = Journal()
        return [reading for event in self.events for reading in journal.add(event)]

    def takes(self, begins: int | None = None) -> list[Take]:
        """The script.

        Args:
            begins: number of the message at which the server's own times begin.
        """
        script = Script()
        for reading in self.readings():
            script.add(reading, begins=begins is not None and reading.n == begins)
        return script.takes

    @property
    def scene(self) -> Scene:
        """The last scene of the first participant."""
        return self.takes()[0].scenes[-1]


def said(actions: Iterable[Any]) -> list[str]:
    """What the actions do, in a few words: cases, codes, times."""
    words = []
    for action in actions:
        kind = type(action).__name__
        if kind == "Send":
            words.append(action.envelope.WhichOneof("message"))
        elif kind == "SendFrame":
            frame = decode_frame(action.data, direction=TO_CLIENT, encoding=action.encoding, t_ns=0, by="server")
            words.append(frame.case or "raw")
        elif kind == "Tell":
            words.append(action.code)
        elif kind == "Schedule":
            words.append(f"wait {action.after_s * 1000:g}")
        elif kind == "CloseSocket":
            words.append(f"close {action.code} {action.reason}".rstrip())
        else:
            words.append(kind)
    return words
