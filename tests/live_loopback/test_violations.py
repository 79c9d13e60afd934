"""Frames that are none: lksig gives the socket up, and says what the server did."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
from websockets.asyncio.server import ServerConnection, serve


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (b"\x83\x00", "invalid opcode"),
        (b"\xc2\x00", "reserved bits must be 0"),
        (b"\x88\x02\x03\xed", "invalid status code"),  # 1005 is never sent
    ],
)
async def test_what_broke_the_protocol_is_named(sent: bytes, problem: str) -> None:
    async def breaking(connection: ServerConnection) -> None:
        connection.transport.write(sent)
        await connection.wait_closed()

    async with serve(breaking, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        words = ["listen", url, "--dev", "--json"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lksig", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        _, complaints = await process.communicate()
    told = json.loads(complaints)["error"]
    assert (told["exit"], told["layer"], told["code"]) == (3, "protocol", "websocket-violation")
    assert told["text"] == f"given up: the server broke the WebSocket protocol: {problem}"
