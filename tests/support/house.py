"""The embedded server's machine with a fake clock and countable ids: clients without sockets, for tests.

`House` does what `lksig.live.server` does, at once: it hands events to the machine, keeps the deadlines, and gives each
client what was sent to it.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable
from typing import Any

from google.protobuf import json_format

from lksig.schema.pool import TO_SERVER, envelope_class
from lksig.session.hosting import (
    Accept,
    Cancel,
    CloseSocket,
    DropSocket,
    Expired,
    Gone,
    HostAction,
    HostEvent,
    Received,
    Requested,
    Respond,
    Schedule,
    Send,
    SendPing,
    Stopped,
)
from lksig.session.rooms import Options
from lksig.session.server import RoomServer
from lksig.wire.codec import decode_frame
from lksig.wire.events import Encoding
from tests.support.live_driver import target, token
from tests.support.scenarios import Close, Join, Raw, Scenario, Settle
from tests.support.scenarios import Send as SendStep
from tests.support.transcript import Transcript

WALL_S = 1_795_600_000
SETTLE_S = 0.15
UPGRADE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
)


class HouseClient:
    """One socket, as the client sees it."""

    def __init__(self, house: House, socket: int) -> None:
        self.house = house
        self.socket = socket
        self.accepted: Accept | None = None
        self.response: Respond | None = None
        self.got: list[Any] = []
        """SignalResponses since the last `take`."""
        self.encodings: list[Encoding] = []
        """Of all messages so far."""
        self.pings = 0
        self.closed: tuple[int | None, str] | None = None

    def take(self, *cases: str) -> list[Any]:
        """What came since the last call; with `cases` only those, the rest is forgotten."""
        got, self.got = self.got, []
        return [one for one in got if not cases or one.WhichOneof("message") in cases]

    def cases(self) -> list[str]:
        """The cases of what came since the last `take`, in order."""
        return [one.WhichOneof("message") for one in self.take()]

    def send(self, *requests: dict[str, Any], text: bool = False) -> None:
        """Send requests, given as proto3 JSON."""
        for request in requests:
            message = json_format.ParseDict(request, envelope_class(TO_SERVER)())
            data = json_format.MessageToJson(message).encode() if text else message.SerializeToString()
            self.frame(data, text=text)

    def ask(self, *requests: dict[str, Any]) -> list[Any]:
        """Send requests and take what came back, and what else came."""
        self.take()
        self.send(*requests)
        return self.take()

    def frame(self, data: bytes, *, text: bool = False) -> None:
        """Send one frame."""
        encoding: Encoding = "json" if text else "protobuf"
        t_ns = self.house.t_ns
        message = decode_frame(data, direction=TO_SERVER, encoding=encoding, t_ns=t_ns, by="client")
        self.house.handle(Received(t_ns, self.socket, message))

    def close(self, code: int | None = 1000) -> None:
        """The socket goes away."""
        if self.closed is None:
            self.closed = (code if code is not None else 1006, "")
            self.house.handle(Gone(self.house.t_ns, self.socket))


class House:
    """A machine and its clients."""

    def __init__(self, options: Options | None = None, *, seed: int = 1) -> None:
        self.server = RoomServer(
            options or Options(), wall_ns=WALL_S * 1_000_000_000, below=random.Random(seed).randrange
        )
        self.t_ns = 0
        self.timers: dict[Hashable, int] = {}
        self.clients: dict[int, HouseClient] = {}

    def client(self, who: str = "ann", **fields: Any) -> HouseClient:
        """A client that joins; see `tests.support.scenarios.Join`."""
        return self.join(Join(who, **fields))

    def join(self, step: Join, room: str | None = None) -> HouseClient:
        """A client that joins with the token of a step."""
        name = room or step.room
        access_token = token(step, name, now_s=WALL_S + self.t_ns / 1e9)
        return self.request(target(step, name, access_token))

    def request(self, path: str, headers: tuple[tuple[str, str], ...] = UPGRADE, method: str = "GET") -> HouseClient:
        """An HTTP request."""
        client = HouseClient(self, len(self.clients) + 1)
        self.clients[client.socket] = client
        self.handle(Requested(self.t_ns, client.socket, method, path, headers))
        return client

    def handle(self, event: HostEvent) -> None:
        """Hand an event to the machine and do what it says."""
        self.do_all(self.server.handle(event))

    def do_all(self, actions: Iterable[HostAction]) -> None:
        """Do what actions say."""
        for action in actions:
            self._do(action)

    def _do(self, action: Any) -> None:
        if isinstance(action, Schedule):
            self.timers[action.timer] = self.t_ns + round(action.after_s * 1e9)
        elif isinstance(action, Cancel):
            self.timers.pop(action.timer, None)
        else:
            client = self.clients[action.socket]
            if isinstance(action, Accept):
                client.accepted = action
            elif isinstance(action, Respond):
                client.response = action
            elif client.closed is None:
                self._on_socket(client, action)

    def _on_socket(self, client: HouseClient, action: Any) -> None:
        if isinstance(action, Send):
            client.got.append(action.envelope)
            client.encodings.append(action.encoding)
        elif isinstance(action, SendPing):
            client.pings += 1
        elif isinstance(action, CloseSocket):
            client.closed = (action.code, action.reason)
        elif isinstance(action, DropSocket):
            client.closed = (None, "")

    def wait(self, seconds: float) -> None:
        """Let time pass; deadlines come in their order."""
        until = self.t_ns + round(seconds * 1e9)
        while due := [(at, number) for number, at in enumerate(self.timers.values()) if at <= until]:
            at, number = min(due)
            timer = list(self.timers)[number]
            self.t_ns = at
            del self.timers[timer]
            self.handle(Expired(at, timer))
        self.t_ns = until

    def stop(self) -> None:
        """The server stops."""
        self.handle(Stopped(self.t_ns))


def play(scenario: Scenario) -> str:
    """The transcript of a scenario with the machine; compare `tests.support.live_driver.play`."""
    house, transcript = House(), Transcript()
    clients: dict[str, HouseClient] = {}
    for step in scenario.steps:
        if isinstance(step, Join):
            client = clients[step.who] = house.join(step)
            if client.response is not None:
                transcript.refused(step.who, client.response.status, client.response.body.decode())
            house.wait(0.001)
        elif isinstance(step, Settle):
            house.wait(max(SETTLE_S, step.seconds))
        else:
            _act(clients[step.who], step, transcript)
        _gather(clients, transcript)
        if isinstance(step, Settle):
            transcript.settle(step.label)
    return transcript.text()


def _gather(clients: dict[str, HouseClient], transcript: Transcript) -> None:
    for who, client in clients.items():
        for envelope in client.take():
            transcript.saw(who, envelope)
    for who, client in list(clients.items()):
        if client.closed is not None and not transcript.has_ended(who):
            transcript.ended(who, *client.closed)


def _act(client: HouseClient, step: SendStep | Raw | Close, transcript: Transcript) -> None:
    if isinstance(step, Close):
        client.close(step.code)
    elif client.closed is not None:
        pass
    elif isinstance(step, Raw):
        data = step.data.encode() if isinstance(step.data, str) else step.data
        client.frame(data, text=isinstance(step.data, str))
    else:
        client.send(*transcript.filled(list(step.requests)), text=step.text)
