"""Waiting for whichever of several things comes first."""

from __future__ import annotations

import asyncio
from typing import Any


async def first_of(*works: Any, timeout_s: float | None) -> int | None:
    """Which of the works was done first, by position; None when the time ran out. The others are cancelled.

    What the first one raised is raised here.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for index, task in enumerate(tasks):
            if task.done():
                task.result()
                return index
        return None
    finally:
        for task in tasks:
            task.cancel()
        # Also takes what another one raised in the same moment: nobody else would.
        await asyncio.gather(*tasks, return_exceptions=True)
