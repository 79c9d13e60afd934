"""The embedded server says what the real one says, script by script.

The kept transcripts are what the embedded machine says (`tests/session/test_server.py`); here the real server must say
the same. It does several things at once, so some of its answers depend on which of its goroutines is faster: a script
gets several tries, and one that is equal counts.
"""

from __future__ import annotations

import asyncio
import difflib

import pytest

from tests.live.real_server import RealServer
from tests.support.golden import DIRECTORY
from tests.support.live_driver import play
from tests.support.scenarios import SCENARIOS

TRIES = 5


@pytest.mark.timeout(240, func_only=True)
async def test_the_real_server_says_the_same(real_server: RealServer) -> None:
    wanted = {one.name: (DIRECTORY / "server" / f"{one.name}.txt").read_text("utf-8") for one in SCENARIOS}
    said: dict[str, str] = {}
    for _ in range(TRIES):
        left = [one for one in SCENARIOS if said.get(one.name) != wanted[one.name]]
        if not left:
            break
        # All at once: each script has a room of its own, and most of its time is waiting.
        texts = await asyncio.gather(*(play(one, real_server.url) for one in left))
        said |= {one.name: text for one, text in zip(left, texts, strict=True)}
    different = [name for name in wanted if said[name] != wanted[name]]
    assert not different, "\n".join(
        line
        for name in different
        for line in difflib.unified_diff(
            wanted[name].splitlines(), said[name].splitlines(), f"{name}: embedded", f"{name}: real", lineterm="", n=0
        )
    )
