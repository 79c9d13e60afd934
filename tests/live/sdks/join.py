"""Joins with the real Python SDK: `join.py URL TOKEN v0|v1`. How it ends does not matter."""

import asyncio
import contextlib
import sys

from livekit import rtc


async def main(url: str, token: str, path: str) -> None:
    options = rtc.RoomOptions(single_peer_connection=path == "v1")
    with contextlib.suppress(Exception):
        await asyncio.wait_for(rtc.Room().connect(url, token, options), 15)


asyncio.run(main(*sys.argv[1:]))
