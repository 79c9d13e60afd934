"""What goes over the wire when a socket is opened: the head, in the order and spelling that were asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lksig.errors import TransportError
from lksig.live.dial import DialOptions, dial
from lksig.live.transport import Upgrade
from lksig.wire.handshake import Handshake, build, read_url, request_head
from lksig.wire.redaction import Secrets
from lksig.wire.sdk_profiles import present, read_profile

TOKEN = "e30.e30.c2ln"
SECRETS = Secrets(b"k")


class Nobody:
    """Takes what comes and does nothing with it."""

    def __init__(self) -> None:
        self.upgrades: list[Upgrade] = []

    def upgraded(self, upgrade: Upgrade) -> None:
        self.upgrades.append(upgrade)

    def frame(self, data: bytes, *, text: bool) -> None: ...
    def ws_ping(self, payload: bytes, *, ours: bool) -> None: ...
    def ws_pong(self, payload: bytes, *, ours: bool) -> None: ...
    def closed(self, code: int | None, reason: str) -> None: ...


async def head_of(handshake: Any, *, compression: bool) -> tuple[str, list[tuple[str, str]], Upgrade]:
    """Request line and headers of what `handshake(port)` makes, and what the receiver was told of it."""
    heads: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    receiver = Nobody()
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        made: Handshake = handshake(server.sockets[0].getsockname()[1])
        with pytest.raises(TransportError):
            await dial(made, receiver, DialOptions(compression=compression, proxy=""), SECRETS)
    first, *lines = heads[0].decode().strip().split("\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    key = dict(headers)["Sec-WebSocket-Key"]
    assert headers == request_head(made, key, offers_deflate=compression)
    return first, headers, receiver.upgrades[0]


@pytest.mark.parametrize("name", ["js", "python", "go", "esp32"])
async def test_an_sdks_head(name: str) -> None:
    profile = read_profile(name)

    def handshake(port: int) -> Handshake:
        return present(profile, read_url(f"ws://127.0.0.1:{port}/base/"), path=profile.path, token=TOKEN)

    first, headers, told = await head_of(handshake, compression=profile.offers_deflate)
    slash = "/" if name in ("python", "go") else ""
    assert first.startswith(f"GET /base{slash}/rtc")
    assert [header for header, _ in headers][: len(profile.family.head)] == [
        header for header, _ in profile.family.head
    ]
    assert told.request_headers == tuple(headers)


async def test_a_given_host_is_the_only_one() -> None:
    def handshake(port: int) -> Handshake:
        return build(read_url(f"ws://127.0.0.1:{port}"), headers=[("Host", "other"), ("X-A", "1")])

    _, headers, _ = await head_of(handshake, compression=True)
    assert [value for name, value in headers if name == "Host"] == ["other"]
    assert ("X-A", "1") in headers
    assert ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits") in headers
