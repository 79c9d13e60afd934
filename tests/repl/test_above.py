"""What is printed above the line: in frames while a prompt is there, straight on otherwise."""

from __future__ import annotations

import asyncio
import io

import pytest

from lksig.repl.above import FRAME_S, FREE_FRAMES, MAX_BURST_LINES, SOON_S, Above, AboveStream


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time is what a test says."""

    now_s = 100.0

    def time(self) -> float:
        return self.now_s


class At:
    """A prompt that remembers its frames."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.above = Above(self.out)
        self.frames: list[str] = []
        self.loop = asyncio.get_running_loop()

    def attach(self) -> None:
        self.above.attach(self.frames.append)


@pytest.fixture
async def at() -> At:
    return At()


async def turn() -> None:
    """Let a frame pass that is drawn soon."""
    await asyncio.sleep(2 * SOON_S)


class TestWithoutAPrompt:
    async def test_text_goes_straight_to_the_stream(self, at: At) -> None:
        at.above.write("half a line")
        at.above.flush()
        assert at.out.getvalue() == "half a line"
        assert at.above.has_room(10 * MAX_BURST_LINES)

    async def test_what_waits_is_printed_when_the_prompt_goes(self, at: At) -> None:
        at.attach()
        at.above.write("one\ntw")
        at.above.detach()
        assert at.out.getvalue() == "one\ntw"
        await turn()
        assert at.frames == []
        at.above.detach()
        assert at.out.getvalue() == "one\ntw"


class TestFrames:
    async def test_what_comes_together_is_one_frame_at_once(self, at: At) -> None:
        at.attach()
        for n in range(100):
            at.above.write(f"{n}")
            at.above.write("\n")
        at.above.flush()
        assert at.frames == []
        await turn()
        assert at.frames == ["".join(f"{n}\n" for n in range(100))]
        assert at.out.getvalue() == ""

    async def test_a_line_appears_when_it_is_whole(self, at: At) -> None:
        at.attach()
        at.above.write("one")
        await turn()
        assert at.frames == []
        at.above.write(" two\nthr")
        await turn()
        at.above.write("ee\n")
        await turn()
        assert at.frames == ["one two\n", "three\n"]

    def test_many_frames_wait_for_their_time_and_nothing_is_lost(self) -> None:
        loop = Loop()

        async def pass_s(seconds: float) -> None:
            loop.now_s += seconds
            for _ in range(3):
                await asyncio.sleep(0)

        async def run() -> None:
            at = At()
            at.attach()
            for n in range(FREE_FRAMES):
                at.above.write(f"{n}\n")
                await pass_s(SOON_S)
            assert len(at.frames) == FREE_FRAMES
            at.above.write("waits\n")
            await pass_s(SOON_S)
            at.above.write("with company\n")
            assert len(at.frames) == FREE_FRAMES
            await pass_s(FRAME_S)
            assert at.frames[FREE_FRAMES:] == ["waits\nwith company\n"]

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    async def test_another_program_is_not_printed_into(self, at: At) -> None:
        at.attach()
        at.above.write("before\n")
        at.above.hold()
        assert at.frames == ["before\n"]
        at.above.write("meanwhile\n")
        at.above.paint()
        await turn()
        assert at.frames == ["before\n"]
        at.above.release()
        assert at.frames == ["before\n", "meanwhile\n"]


class TestRoom:
    def test_a_burst_has_room_and_more_than_can_be_read_has_not(self) -> None:
        loop = Loop()

        async def run() -> None:
            at = At()
            at.attach()
            assert at.above.has_room(MAX_BURST_LINES)
            at.above.write("x\n" * MAX_BURST_LINES)
            assert not at.above.has_room()
            at.above.paint()
            assert not at.above.has_room()
            loop.now_s += 0.1
            assert at.above.has_room(100)
            assert not at.above.has_room(MAX_BURST_LINES)
            loop.now_s += 1000
            assert at.above.has_room(MAX_BURST_LINES)

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    def test_what_waits_behind_another_program_is_bounded(self) -> None:
        loop = Loop()

        async def run() -> None:
            at = At()
            at.attach()
            at.above.hold()
            at.above.write("x\n" * MAX_BURST_LINES)
            loop.now_s += 3600
            assert not at.above.has_room()
            at.above.release()
            assert at.above.has_room()

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())


async def test_a_stream_writes_above_and_is_the_real_one_otherwise(at: At) -> None:
    stream = AboveStream(at.above, at.out)
    at.attach()
    assert stream.write("one\n") == 4
    stream.flush()
    await turn()
    assert at.frames == ["one\n"]
    assert stream.isatty() is False
    assert stream.getvalue() == ""
