"""Plays a scenario over sockets, against any signaling server, and returns its transcript."""

from __future__ import annotations

import asyncio
import base64
import time
import warnings
from typing import Any
from urllib.parse import urlencode

from google.protobuf import json_format
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class, message_class
from tests.support.scenarios import PROTOCOL, Close, Join, Raw, Scenario, Send, Settle
from tests.support.transcript import Transcript

SETTLE_S = 0.15
"""Long enough for a real server on loopback to answer."""


def token(join: Join, room: str, *, key: str = "devkey", secret: str = "secret", now_s: float | None = None) -> str:
    """An access token for a `Join`."""
    import jwt

    now = int(time.time() if now_s is None else now_s)
    claims: dict[str, Any] = {"iss": key, "sub": join.identity or join.who, "nbf": now, "exp": now + 3600}
    claims |= {"video": {"roomJoin": True, "room": room} | join.grants} | join.claims
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyJWT finds `secret` too short
        return jwt.encode(claims, secret, algorithm="HS256")


def target(join: Join, room: str, access_token: str) -> str:
    """Path and query of a `Join`."""
    query = {"access_token": access_token}
    if join.path == "v0":
        query |= {"protocol": str(PROTOCOL), "sdk": "python", "version": "1.0.0"} | join.params
    request = join.join_request
    if join.path == "v1" and request is None:
        request = {"client_info": {"protocol": PROTOCOL}, "connection_settings": {"auto_subscribe": True}}
    if request is not None:
        inner = json_format.ParseDict(request, message_class("JoinRequest")())
        wrapped = message_class("WrappedJoinRequest")(join_request=inner.SerializeToString())
        query["join_request"] = base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()
    return ("/rtc/v1?" if join.path == "v1" else "/rtc?") + urlencode(query)


class _Client:
    def __init__(self, who: str, transcript: Transcript) -> None:
        self.who = who
        self.transcript = transcript
        self.socket: ClientConnection | None = None
        self.first = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def open(self, url: str) -> None:
        try:
            self.socket = await connect(url, proxy=None, compression=None, max_size=None, ping_interval=None)
        except InvalidStatus as refusal:
            body = (refusal.response.body or b"").decode()
            self.transcript.refused(self.who, refusal.response.status_code, body)
            return
        self.task = asyncio.create_task(self._read(self.socket))
        await asyncio.wait_for(self.first.wait(), 5)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                envelope = envelope_class(TO_CLIENT)()
                if isinstance(frame, bytes):
                    envelope.ParseFromString(frame)
                else:
                    json_format.Parse(frame, envelope, ignore_unknown_fields=True)
                self.transcript.saw(self.who, envelope)
                self.first.set()
        except ConnectionClosed:
            pass
        self.first.set()
        self.transcript.ended(self.who, socket.close_code, socket.close_reason or "")


async def play(scenario: Scenario, base_url: str) -> str:
    """The transcript of a scenario at a server; rooms get names of their own."""
    transcript = Transcript()
    clients: dict[str, _Client] = {}
    run = base64.b32encode(time.time_ns().to_bytes(8, "big")).decode().strip("=").lower()
    for step in scenario.steps:
        if isinstance(step, Join):
            room = f"{step.room}-{run}"
            client = clients[step.who] = _Client(step.who, transcript)
            await client.open(base_url + target(step, room, token(step, room)))
        elif isinstance(step, Settle):
            await asyncio.sleep(max(SETTLE_S, step.seconds))
            transcript.settle(step.label)
        else:
            await _act(clients[step.who], step)
    for client in clients.values():
        if client.socket is not None:
            await client.socket.close()
        if client.task is not None:
            await client.task
    return transcript.text().replace(f"-{run}", "")


async def _act(client: _Client, step: Send | Raw | Close) -> None:
    socket = client.socket
    assert socket is not None
    try:
        if isinstance(step, Close):
            if step.code is None:
                socket.transport.abort()
            else:
                await socket.close(step.code)
        elif isinstance(step, Raw):
            await socket.send(step.data)
        else:
            for request in step.requests:
                message = json_format.ParseDict(client.transcript.filled(request), envelope_class(TO_SERVER)())
                await socket.send(json_format.MessageToJson(message) if step.text else message.SerializeToString())
    except ConnectionClosed:
        pass
