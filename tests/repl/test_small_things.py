"""What is remembered, measured, read and printed: the parts of the prompt that need no session."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lksig.errors import DeadlineError, InputError, LksigError
from lksig.repl.history_of_run import RunHistory
from lksig.repl.latencies import Latencies
from lksig.repl.plain import PlainOutput
from lksig.repl.script import physical_lines
from lksig.session.crossing import Crossing
from lksig.session.journal import Journal
from lksig.session.recent import RecentMessages
from lksig.wire.events import Event, Note, Reading, Start
from tests.support.traffic import came, sent

START = Start(0, 1_795_600_000 * 10**9, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe")


class TestHistory:
    def test_everything_is_held_in_its_order(self) -> None:
        history = RunHistory()
        events: list[Event] = [START, came(1, join={}), Note(2, "x", "y"), sent(3, ping=1)]
        for event in events:
            history.event(event)
        history.end(4, 1)
        assert list(history.events()) == events
        assert (history.starts(), history.dropped) == ((START,), 0)

    def test_the_oldest_go_and_the_starts_stay(self) -> None:
        history = RunHistory(max_events=3)
        events: list[Event] = [sent(at, ping=at) for at in range(1, 6)]
        for event in (START, Note(0, "x", "y"), *events):
            history.event(event)
        assert list(history.events()) == [START, *events[2:]]
        assert history.dropped == 2

    def test_it_is_bounded_by_bytes_too(self) -> None:
        history = RunHistory(max_bytes=200)
        for at in range(10):
            history.event(sent(at, update_metadata={"metadata": "x" * 90}))
        assert (len(list(history.events())), history.dropped) == (2, 8)
        history.event(sent(11, update_metadata={"metadata": "x" * 900}))
        assert len(list(history.events())) == 1


class TestLatencies:
    def seen(self, recent: RecentMessages, *events: Event) -> Latencies:
        journal, latencies = Journal(), Latencies(recent)
        for event in events:
            for reading in journal.add(event):
                recent.add(reading)
                latencies.observe(reading)
        return latencies

    def test_pairs_in_their_order(self) -> None:
        events = [sent(0, ping=1), came(1, pong=1), sent(2, ping=1), came(5, pong=1), sent(6, add_track={"cid": "c"})]
        latencies = self.seen(RecentMessages(), *events, came(8, track_published={"cid": "c"}))
        latencies.crossed(Crossing("ann", "mute", 1, "bob\x1b", 2, 4_000_000))
        assert list(latencies.rows()) == [
            ("add_track → track_published", "1", "2.0 ms", "2.0 ms", "2.0 ms"),
            ("ann mute → bob\\x1b update", "1", "4.0 ms", "4.0 ms", "4.0 ms"),
            ("ping → pong", "2", "1.0 ms", "3.0 ms", "3.0 ms"),
        ]

    def test_a_request_that_is_no_longer_held(self) -> None:
        latencies = self.seen(RecentMessages(max_messages=1), sent(0, ping=1), came(1, pong=1))
        # The answer has pushed its request out of memory before it is counted.
        assert [row[0] for row in latencies.rows()] == ["? → pong"]

    def test_no_more_pairs_than_anybody_can_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("lksig.repl.latencies.MAX_PAIRS", 2)
        latencies = Latencies(RecentMessages())
        for name in ("a", "b", "c", "a"):
            latencies.crossed(Crossing(name, "mute", 1, "z", 2, 1))
        assert [(row[0][:1], row[1]) for row in latencies.rows()] == [("a", "2"), ("b", "1")]


class FakeScreen:
    """Remembers what it was told."""

    def __init__(self, *, is_json: bool = False) -> None:
        self.is_json = is_json
        self.told: list[str] = []

    def sink(self, reading: Reading) -> None:
        self.told.append("sink")

    def note(self, reading: Reading) -> None:
        self.told.append("note")

    def data(self, text: str) -> None:
        self.told.append(f"data {text}")

    def notice(self, text: str) -> None:
        self.told.append(f"notice {text}")

    def warn(self, code: str, text: str) -> None:
        self.told.append(f"warn {code} {text}")


def output(screen: FakeScreen, *, is_quiet: bool = False) -> PlainOutput:
    return PlainOutput(screen, is_quiet=is_quiet, scrub=lambda text: text.replace("hush", "xxxx"))


MISTAKE = InputError("no such thing as hush", code="nothing", source="say hush", start=4, end=8)


class TestPlainOutput:
    def test_for_people(self) -> None:
        screen = FakeScreen()
        out = output(screen)
        out.reading(Reading(START))
        out.unseen(Reading(START))
        out.text("one\ntwo")
        out.notice("a word")
        out.error(MISTAKE, "say hush")
        out.close(2)
        assert screen.told == [
            "sink",
            "note",
            "data one",
            "data two",
            "notice = a word",
            "notice error: say xxxx",
            "notice            ^^^^ no such thing as xxxx",
        ]

    def test_a_mistake_in_a_very_long_line(self) -> None:
        screen = FakeScreen()
        source = "x" * 5000 + "!" + "y" * 5000
        output(screen).error(InputError("wrong", code="wrong", source=source, start=5000, end=5001), source)
        shown, caret = screen.told
        assert len(shown) < 1020
        assert shown[caret.index("^")] == "!"

    def test_quiet_leaves_out_notices_and_nothing_else(self) -> None:
        screen = FakeScreen()
        out = output(screen, is_quiet=True)
        out.notice("a word")
        out.error(DeadlineError("late", code="late"), "")
        assert screen.told == ["notice error: late [late, layer server]"]

    def test_for_machines(self) -> None:
        screen = FakeScreen(is_json=True)
        out = output(screen)
        out.text("one\ntwo")
        out.json('{"kind":"room_state"}')
        out.notice("a word")
        later: LksigError = InputError("another", code="another")
        out.error(MISTAKE, "say hush")
        out.error(later, "")
        out.close(2)
        out.close(1)
        out.close(6)
        assert screen.told == [
            'data {"kind":"view","text":"one\\ntwo"}',
            'data {"kind":"room_state"}',
            "warn prompt a word",
            "warn nothing no such thing as xxxx",
            "warn another another",
            'notice {"error":{"exit":2,"layer":"usage","code":"nothing","text":"no such thing as xxxx","hint":null,'
            '"source":"say xxxx","start":4,"end":8}}',
        ]


async def read(lines: AsyncIterator[bytes]) -> list[bytes]:
    return [line async for line in lines]


class TestLines:
    async def test_of_memory_and_files(self, tmp_path: Path) -> None:
        assert await read(physical_lines(io.BytesIO(b"one\n\ntwo"))) == [b"one\n", b"\n", b"two"]
        file = tmp_path / "script"
        file.write_bytes(b"one\n" + b"x" * 100_000 + b"\n")
        for path, lengths in ((file, [4, 100_001]), (Path(os.devnull), [])):
            with os.fdopen(os.open(path, os.O_RDONLY), "rb") as source:
                assert [len(line) for line in await read(physical_lines(source))] == lengths

    async def test_of_a_pipe_each_as_it_comes(self) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as sink:
            lines = physical_lines(source)
            first = asyncio.ensure_future(anext(lines))
            await asyncio.sleep(0)
            assert not first.done()
            sink.write(b"one\ntw")
            assert await first == b"one\n"
            second = asyncio.ensure_future(anext(lines))
            await asyncio.sleep(0)
            sink.write(b"o\n")
            assert await second == b"two\n"
            sink.close()
            assert await read(lines) == []
