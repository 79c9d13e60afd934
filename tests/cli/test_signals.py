"""Ctrl-C and SIGTERM while a command runs."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from lksig.cli.signals import Interrupts
from lksig.exit_codes import ExitCode


async def arrive(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.01)  # the loop is woken by a byte in a pipe


async def test_the_first_asks_to_stop_and_the_second_stops() -> None:
    reached = False
    with Interrupts() as interrupts:
        await arrive(signal.SIGINT)
        assert interrupts.stopped.is_set()
        assert interrupts.code == ExitCode.INTERRUPTED
        await arrive(signal.SIGINT)
        reached = True
    assert not reached


async def test_what_a_prompt_does_with_ctrl_c_ends_nothing() -> None:
    heard: list[int] = []
    with Interrupts() as interrupts:
        with interrupts.handed_to(lambda: heard.append(1)):
            with interrupts.handed_to(lambda: heard.append(2)):
                await arrive(signal.SIGINT)
            await arrive(signal.SIGINT)
        assert heard == [2, 1]
        assert not interrupts.stopped.is_set()
        with interrupts.handed_to(lambda: heard.append(3)):
            await arrive(signal.SIGTERM)
        assert interrupts.code == ExitCode.TERMINATED
        assert heard == [2, 1]


async def test_a_prompt_can_end_at_once() -> None:
    interrupts = Interrupts()
    with interrupts:
        interrupts.end_now()
        await asyncio.sleep(0)
        pytest.fail("it went on")
    assert interrupts.code == ExitCode.INTERRUPTED
