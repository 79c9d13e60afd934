"""The ground the live tests stand on: the server is the pinned one, and it lets a hand-made participant in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect

from lksig.schema.pool import TO_CLIENT, envelope_class, message_class
from tests.live.real_server import KEY, MODULE, SECRET, RealServer


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(identity: str, room: str) -> str:
    """An access token made without any library, ours included: what joins with it proves the server, not us."""
    now_s = int(time.time())
    claims = {"iss": KEY, "sub": identity, "nbf": now_s - 5, "exp": now_s + 600}
    parts = [{"alg": "HS256", "typ": "JWT"}, {**claims, "video": {"roomJoin": True, "room": room}}]
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256))}"


def query(path: str, room: str) -> str:
    """The parameters of a join on `/rtc` or `/rtc/v1`."""
    parameters = {"access_token": token("probe", room)}
    if path == "/rtc":
        return urlencode({**parameters, "protocol": "16", "auto_subscribe": "1"})
    inside = message_class("JoinRequest")(client_info={"protocol": 16}, connection_settings={"auto_subscribe": True})
    wrapped = message_class("WrappedJoinRequest")(join_request=inside.SerializeToString())
    return urlencode({**parameters, "join_request": base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()})


async def first_message(url: str) -> Any:
    async with connect(url, proxy=None) as socket:
        data = await socket.recv()
        assert isinstance(data, bytes)
        return envelope_class(TO_CLIENT).FromString(data)


@pytest.mark.parametrize("path", ["/rtc", "/rtc/v1"])
async def test_a_participant_joins(real_server: RealServer, path: str) -> None:
    room = f"ground{path.replace('/', '-')}"
    response = await first_message(f"{real_server.url}{path}?{query(path, room)}")
    pinned = re.search(r"livekit-server v(\S+)", (MODULE / "go.mod").read_text("utf-8"))
    assert pinned
    assert response.WhichOneof("message") == "join"
    assert response.join.room.name == room
    assert response.join.participant.identity == "probe"
    assert response.join.server_info.version == pinned.group(1)
    assert "stun.l.google.com" not in str(response.join.ice_servers)


async def test_it_is_the_same_place_after_a_restart(real_server: RealServer) -> None:
    url = real_server.url
    real_server.restart()
    assert real_server.url == url
    response = await first_message(f"{url}/rtc?{query('/rtc', 'ground-restart')}")
    assert response.join.room.name == "ground-restart"
    assert real_server.log_path.stat().st_size > 0
