"""A bare signal server that floods when it is asked to; `python -m tests.support.flooding` prints its port.

What it does is asked for by requests of the session, so that whoever types decides:

    update_metadata name=RATE/COUNT     COUNT numbered `speakers_changed`, RATE a second (0: as fast as they are taken),
                                        then the answer
    update_metadata metadata=TEXT       a participant with this identity, name and metadata, then the answer
    ping_req                            its answer
    update_metadata name=goodbye        a `leave`, and the end
    leave                               its answer, and the end; `update_metadata name=deaf` before: nothing at all
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

TICK_S = 0.01


class Session:
    """One connection."""

    def __init__(self, connection: ServerConnection) -> None:
        from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class

        self._connection = connection
        self._response, self._request = envelope_class(TO_CLIENT), envelope_class(TO_SERVER)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_deaf = False

    async def say(self, **cases: Any) -> None:
        """Send a message."""
        await self._connection.send(self._response(**cases).SerializeToString())

    async def run(self) -> None:
        """Join, and do what is asked."""
        from websockets.exceptions import ConnectionClosed

        await self.say(join={"room": {"name": "lksig"}, "participant": {"sid": "PA_1", "identity": "probe"}})
        try:
            async for data in self._connection:
                assert isinstance(data, bytes)
                await self._answer(self._request.FromString(data))
        except ConnectionClosed:
            pass
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, asked: Any) -> None:
        if asked.HasField("ping_req"):
            await self.say(pong_resp={"last_ping_timestamp": asked.ping_req.timestamp})
        elif asked.HasField("update_metadata"):
            await self._asked(asked.update_metadata)
        elif asked.HasField("leave") and not self._is_deaf:
            await self.say(leave={})
            await self._connection.close()

    async def _asked(self, asked: Any) -> None:
        self._is_deaf = self._is_deaf or asked.name == "deaf"
        if asked.name == "goodbye":
            await self.say(leave={"reason": 3})
            await self._connection.close()
            return
        if "/" in asked.name:
            rate, count = map(int, asked.name.split("/"))
            task = asyncio.create_task(self._flood(rate, count, asked.request_id))
            self._tasks.add(task)
            return
        if asked.metadata:
            person = {"sid": "PA_2", "identity": asked.metadata, "name": asked.metadata, "metadata": asked.metadata}
            await self.say(update={"participants": [{**person, "state": 2}]})
        await self.say(request_response={"request_id": asked.request_id})

    async def _flood(self, rate: int, count: int, request_id: int) -> None:
        began, sent = time.perf_counter(), 0
        while sent < count:
            due = count if not rate else min(count, int((time.perf_counter() - began) * rate))
            for n in range(sent, due):
                await self.say(speakers_changed={"speakers": [speaker(n, of) for of in range(6)]})
            sent = max(sent, due)
            await asyncio.sleep(TICK_S)
        await self.say(request_response={"request_id": request_id})


def speaker(n: int, of: int) -> dict[str, Any]:
    """A speaker of update `n`: about 35 bytes, so that six make a message of 210."""
    return {"sid": f"PA_{n:012}" if not of else f"PA_speaker{of:05}", "level": 0.5, "active": True}


async def main() -> None:
    """Serve until somebody ends it."""
    from websockets.asyncio.server import serve

    async def session(connection: ServerConnection) -> None:
        await Session(connection).run()

    async with serve(session, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print("port", next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


@contextmanager
def flooding() -> Iterator[str]:
    """The URL of such a server, in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.flooding"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield f"ws://127.0.0.1:{server.stdout.readline().split()[1]}"
    finally:
        server.terminate()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


if __name__ == "__main__":
    asyncio.run(main())
