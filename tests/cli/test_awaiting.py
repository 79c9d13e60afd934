"""What a command waits for: `-n`, `--until`, `--expect`, and which of several things comes first."""

from __future__ import annotations

import asyncio
import logging

import pytest

from lksig.cli.awaiting import Awaited
from lksig.live.waiting import first_of
from lksig.schema.filter import Filter, parse_filter
from lksig.schema.pool import TO_CLIENT
from lksig.session.facts import ReadingFacts
from lksig.wire.events import End, Marker, Note, Reading, Result
from tests.support.traffic import came, closed, frame, sent

UPDATE = Reading(came(0, update={}), n=1)
LEAVE = Reading(came(0, leave={}), n=1)
PONG = Reading(came(0, pong_resp={}), n=1, for_auto=True)
PING = Reading(sent(0, "auto", ping_req={}), n=1)
MUTE = Reading(sent(0, mute={"sid": "x"}), n=1)
BROKEN = Reading(frame(0, TO_CLIENT, b"\xff", "server"), n=1)
REFUSED = Reading(came(0, request_response={}), n=1, refused=True)
CLOSE = Reading(closed(0, "server"))
OTHERS = [Reading(Note(0, "x", "text")), Reading(Marker(0, "x")), Reading(Result(0, 1, "mute", "refused"))]


def awaited(until: str | None = None, count: int | None = None, shown: str | None = None) -> Awaited:
    def parse(text: str | None) -> Filter | None:
        return parse_filter(text) if text is not None else None

    def facts(reading: Reading) -> ReadingFacts:
        return ReadingFacts(reading, lambda one: f"line of {type(one.event).__name__}")

    return Awaited(facts, until=parse(until), count=count, shown=parse(shown))


def comes(one: Awaited, *readings: Reading) -> int | None:
    """The position of the reading with which it came."""
    for index, reading in enumerate(readings):
        one.sink(reading)
        if one.came.is_set():
            return index
    return None


class TestCount:
    @pytest.mark.parametrize(
        ("count", "readings", "at"),
        [
            (1, [UPDATE], 0),
            (2, [UPDATE, LEAVE], 1),
            (2, [UPDATE], None),
            (1, [PONG, UPDATE], 1),
            (1, [MUTE, PING, *OTHERS, CLOSE, UPDATE], 6),
            (1, [BROKEN], 0),
        ],
    )
    def test_messages_to_the_client(self, count: int, readings: list[Reading], at: int | None) -> None:
        assert comes(awaited(count=count), *readings) == at

    def test_those_that_pass_the_filter(self) -> None:
        assert comes(awaited(count=2, shown="leave"), UPDATE, LEAVE, BROKEN, LEAVE) == 3
        assert comes(awaited(count=1, shown="undecodable"), UPDATE, BROKEN) == 1

    def test_a_case_that_goes_both_ways(self) -> None:
        ours = Reading(sent(0, leave={}), n=1)
        assert comes(awaited(count=1, shown="leave"), ours, LEAVE) == 1

    def test_a_filter_that_names_the_direction(self) -> None:
        assert comes(awaited(count=1, shown="to_server and not keepalive"), UPDATE, PING, MUTE) == 2


class TestUntil:
    @pytest.mark.parametrize(
        ("until", "readings", "at"),
        [
            ("leave", [UPDATE, LEAVE], 1),
            ("mute", [MUTE], None),
            ("mute and to_server", [UPDATE, MUTE], 1),
            ("refused", [UPDATE, REFUSED], 1),
            ("undecodable", [UPDATE, BROKEN], 1),
            ("close", [*OTHERS, CLOSE], 3),
            ("pong_resp", [PONG], 0),
            ("not update", [*OTHERS, UPDATE, MUTE, LEAVE], 5),
            ("~Message", [*OTHERS, MUTE, UPDATE], 4),
        ],
    )
    def test_what_matches(self, until: str, readings: list[Reading], at: int | None) -> None:
        assert comes(awaited(until), *readings) == at

    def test_the_end_is_not_awaited(self) -> None:
        assert comes(awaited("not update"), Reading(End(0, "server", 1000))) is None


class TestBoth:
    def test_whichever_comes_first(self) -> None:
        assert comes(awaited("leave", count=2), UPDATE, LEAVE) == 1
        assert comes(awaited("leave", count=2), UPDATE, UPDATE) == 1

    def test_nothing_is_waited_for(self) -> None:
        assert not awaited().is_waiting
        assert comes(awaited(), UPDATE, LEAVE, CLOSE) is None

    def test_something_is(self) -> None:
        assert awaited("leave").is_waiting
        assert awaited(count=1).is_waiting
        done = awaited(count=1)
        assert comes(done, UPDATE) == 0
        assert done.is_waiting

    def test_it_is_told_before_the_next_reading(self) -> None:
        told: list[str] = []
        one = Awaited(lambda reading: ReadingFacts(reading, str), count=1, on_came=lambda: told.append("now"))
        one.sink(MUTE)
        assert told == []
        one.sink(UPDATE)
        one.sink(UPDATE)
        assert told == ["now"]

    def test_afterwards_nobody_looks(self) -> None:
        calls: list[Reading] = []

        def facts(reading: Reading) -> ReadingFacts:
            calls.append(reading)
            return ReadingFacts(reading, str)

        one = Awaited(facts, until=parse_filter("update"))
        for _ in range(3):
            one.sink(UPDATE)
        assert len(calls) == 1


async def soon(value: str = "") -> str:
    return value


async def fails(error: Exception) -> None:
    raise error


class TestFirstOf:
    async def test_by_position(self) -> None:
        never = asyncio.Event()
        assert await first_of(never.wait(), soon(), timeout_s=None) == 1
        assert await first_of(soon(), soon(), timeout_s=None) == 0

    async def test_none_in_time(self) -> None:
        assert await first_of(asyncio.Event().wait(), timeout_s=0) is None

    async def test_the_others_are_cancelled_before_it_returns(self) -> None:
        cancelled: list[str] = []

        async def waits() -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append("yes")
                raise

        assert await first_of(soon(), waits(), timeout_s=None) == 0
        assert await first_of(waits(), timeout_s=0.001) is None
        assert cancelled == ["yes", "yes"]
        assert len(asyncio.all_tasks()) == 1

    async def test_what_the_first_raises(self) -> None:
        with pytest.raises(ValueError, match="first"):
            await first_of(fails(ValueError("first")), fails(ValueError("second")), timeout_s=None)

    async def test_nobody_hears_of_what_the_others_raise(self, caplog: pytest.LogCaptureFixture) -> None:
        import gc

        with caplog.at_level(logging.ERROR):
            assert await first_of(soon(), fails(ValueError("second")), timeout_s=None) == 0
            gc.collect()
        assert caplog.records == []

    async def test_cancelled_from_outside(self) -> None:
        started = asyncio.Event()
        ended: list[str] = []

        async def waits() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("yes")

        task = asyncio.ensure_future(first_of(waits(), timeout_s=None))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == ["yes"]
