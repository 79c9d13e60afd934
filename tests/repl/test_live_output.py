"""What is printed above the line, and what a burst keeps from it."""

from __future__ import annotations

import asyncio
import io
from typing import Any, cast

import pytest

from lksig.errors import InputError, TransportError
from lksig.repl.above import MAX_BURST_LINES, Above, AboveStream
from lksig.repl.live_output import RESUME_LINES, LiveOutput
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Message, Note, Reading
from tests.support.typing_at import FakeScreen


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time is what a test says."""

    now_s = 100.0

    def time(self) -> float:
        return self.now_s


class Told:
    """An output whose frames are remembered."""

    def __init__(self, *, colour: bool = False, width: int | None = 80, is_quiet: bool = False) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.above = Above(self.out)
        self.frames: list[str] = []
        self.screen = FakeScreen(AboveStream(self.above, self.out))
        self.output = LiveOutput(
            self.screen,
            self.above,
            self.err,
            width=width,
            colour=colour,
            is_quiet=is_quiet,
            scrub=lambda text: text.replace("hunter2", "xxxxxxx"),
        )

    @property
    def text(self) -> str:
        self.above.paint()
        return "".join(self.frames) + self.out.getvalue()


def message(n: int, **rest: Any) -> Reading:
    by, direction = rest.pop("by", "server"), rest.pop("direction", TO_CLIENT)
    return Reading(Message(0, direction, b"", None, None, by=by), n=n, **rest)


class TestLines:
    def test_views_and_notices(self) -> None:
        told = Told(colour=True)
        told.output.text("\x1b[1ma view\x1b[0m\nof two rows")
        told.output.json("{}")
        told.output.notice("so be it")
        assert told.text == "\x1b[1ma view\x1b[0m\nof two rows\n"
        assert told.err.getvalue() == "\x1b[2m=\x1b[0m so be it\n"

    def test_quiet_has_no_notices(self) -> None:
        told = Told(is_quiet=True)
        told.output.notice("so be it")
        assert told.err.getvalue() == ""

    def test_the_typed_line_stays_with_its_prompt(self) -> None:
        told = Told(colour=True)
        told.output.typed("standup probe> ", "mute {\n\x1b[2J}")
        assert told.text == "\x1b[1mstandup probe> \x1b[0mmute {\n... \\x1b[2J}\n"

    def test_a_reading_kept_back_is_counted_by_the_screen(self) -> None:
        told = Told()
        told.output.unseen(message(1))
        assert [reading.n for reading in told.screen.noted] == [1]
        assert told.text == ""

    def test_the_screen_hears_of_another_width(self) -> None:
        told = Told()
        told.output.resized(60)
        assert (told.output.width, told.screen.widths) == (60, [60])


class TestMistakes:
    ERROR = InputError("no such field", code="x", source="mute sdi=x", start=5, end=8)

    def test_a_caret_alone_where_the_line_stands_right_above(self) -> None:
        told = Told()
        told.output.typed("p> ", "mute sdi=x")
        told.output.error(self.ERROR, "mute sdi=x")
        assert told.text == "p> mute sdi=x\n        ^^^ no such field\n"

    @pytest.mark.parametrize("between", ["text", "reading", "notice"])
    def test_with_the_line_where_something_came_between(self, between: str) -> None:
        told = Told()
        told.output.typed("p> ", "mute sdi=x")
        getattr(told.output, between)(message(1) if between == "reading" else "something")
        told.output.error(self.ERROR, "mute sdi=x")
        assert "error: mute sdi=x\n            ^^^ no such field\n" in told.text

    @pytest.mark.parametrize(("width", "typed"), [(10, "mute sdi=x"), (80, "mute sdi=x\n"), (80, "mute sdi=y")])
    def test_with_the_line_where_a_caret_would_not_stand_below_it(self, width: int, typed: str) -> None:
        told = Told(width=width)
        told.output.typed("p> ", typed)
        told.output.error(self.ERROR, typed)
        assert "\nerror: " in told.text

    def test_what_is_no_mistake_has_its_own_words_without_secrets(self) -> None:
        told = Told()
        told.output.typed("p> ", "ping")
        told.output.error(TransportError("gone with hunter2", code="gone"), "ping")
        assert told.text == "p> ping\nerror: gone with xxxxxxx [gone, layer tcp]\n"


def test_more_than_can_be_read_is_counted_and_the_gap_is_marked() -> None:
    loop = Loop()

    async def run() -> None:
        told = Told()
        told.above.attach(told.frames.append)
        for n in range(1, MAX_BURST_LINES + 101):
            told.output.reading(message(n))
        told.output.reading(message(5000, by="user", direction=TO_SERVER))  # what a person does is always shown
        assert told.output.not_shown == 100
        assert len(told.screen.noted) == 100
        rows = told.text.splitlines()
        assert rows[:2] == ["message 1", "message 2"]
        assert rows[MAX_BURST_LINES - 1 :] == [
            f"message {MAX_BURST_LINES}",
            f"= 100 messages ({MAX_BURST_LINES + 1}-{MAX_BURST_LINES + 100}) came too fast to be shown;"
            " `/show N` has them",
            "message 5000",
        ]

        told.output.reading(message(5001))
        loop.now_s += 0.01  # room for some, but not for as many as make sense
        told.output.reading(message(5002))
        told.output.reading(message(5003, reply_to=5000))
        assert told.output.not_shown == 102
        told.output.reading(message(5004))  # there is room for a few
        loop.now_s += RESUME_LINES / 1000
        told.output.reading(message(5005))
        assert told.text.splitlines()[-4:] == [
            "= 2 messages (5001-5002) came too fast to be shown; `/show N` has them",
            "message 5003",
            "message 5004",
            "message 5005",
        ]

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())


def test_notes_are_shown_in_any_case_and_a_gap_at_the_end_too() -> None:
    loop = Loop()

    async def run() -> None:
        told = Told()
        told.above.attach(told.frames.append)
        told.above.write("x\n" * (MAX_BURST_LINES + 10))
        told.output.reading(message(1))
        told.output.close(0)
        told.output.reading(Reading(cast(Any, Note)(0, "code", "text", 1, 1)))
        rows = told.text.splitlines()
        assert rows[-2:] == ["= message 1 came too fast to be shown; `/show N` has them", "message None"]

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())
