"""Joins with the real Python SDK for some seconds: `stay.py URL TOKEN v0|v1 SECONDS`. Prints how it ended."""

import asyncio
import sys

from livekit import rtc


async def main(url: str, token: str, path: str, seconds: str) -> None:
    relay = rtc.RtcConfiguration(ice_transport_type=rtc.IceTransportType.TRANSPORT_RELAY)
    options = rtc.RoomOptions(single_peer_connection=path == "v1", rtc_config=relay)
    try:
        await asyncio.wait_for(rtc.Room().connect(url, token, options), float(seconds))
        print("connected")
    except TimeoutError:
        print("no media")  # the signaling went on for as long as it should


asyncio.run(main(*sys.argv[1:]))
