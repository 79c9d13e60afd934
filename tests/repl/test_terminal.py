"""The prompt as a person uses it: keys in, lines to the desk, everything else above."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lksig.errors import InputError
from lksig.records import changed
from lksig.repl.explaining import MAX_CHARACTERS
from lksig.repl.terminal import LEAVING
from lksig.schema.pool import TO_CLIENT
from lksig.schema.suggestions import KnownKind, KnownValue, NothingKnown
from lksig.wire.events import Message, Reading
from tests.support.typing_at import STATUS, AtPrompt, at_prompt, failing

ENTER, CTRL_C, CTRL_D, TAB, ESCAPE = "\r", "\x03", "\x04", "\t", "\x1b"
DOWN, LEFT = "\x1b[B", "\x1b[D"
PASTE = "\x1b[200~", "\x1b[201~"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[AtPrompt]:
    with at_prompt(tmp_path) as prompt:
        async with prompt:
            yield prompt


def message(n: int) -> Reading:
    """An empty message of the server."""
    return Reading(Message(0, TO_CLIENT, b"", None, None, by="server"), n=n)


class TestLines:
    async def test_a_line_is_done_and_stays_where_it_was_typed(self, at: AtPrompt) -> None:
        await at.type(f"ping 5{ENTER}")
        await at.until(lambda: at.desk.done == ["ping 5"])
        assert at.line == ""
        assert "standup probe> ping 5\n" in at.text

    async def test_lines_are_done_in_their_order(self, at: AtPrompt) -> None:
        gate = asyncio.Event()

        async def waits() -> None:
            await gate.wait()

        at.desk.perform["/resume"] = waits
        await at.type(f"/resume{ENTER}ping 1{ENTER}ping 2{ENTER}")
        assert at.desk.done == ["/resume"]
        gate.set()
        await at.until(lambda: at.desk.done == ["/resume", "ping 1", "ping 2"])

    @pytest.mark.parametrize("colour", ["\x1b[31m", "\x1b[1;31m", "\x1b[<5m"])
    async def test_colour_among_what_is_typed_is_no_mouse(self, at: AtPrompt, colour: str) -> None:
        await at.type(f"pi{colour}ng{ENTER}")
        await at.until(lambda: at.desk.done == ["ping"])

    async def test_an_empty_line_is_a_new_prompt(self, at: AtPrompt) -> None:
        await at.type(ENTER)
        assert at.desk.done == []

    async def test_json_over_several_rows_is_one_line(self, at: AtPrompt) -> None:
        await at.type(f'{PASTE[0]}mute {{\r\n  "sid": "TR_x"\n}}{PASTE[1]}')
        assert at.desk.done == []
        await at.type(ENTER)
        await at.until(lambda: bool(at.desk.done))
        assert at.desk.done == ['mute {\n  "sid": "TR_x"\n}']

    async def test_an_open_bracket_goes_on_in_the_next_row(self, at: AtPrompt) -> None:
        await at.type(f"mute {{{ENTER}")
        assert (at.desk.done, at.line) == ([], "mute {\n")
        await at.type(f'"sid": "x"}}{ENTER}')
        await at.until(lambda: bool(at.desk.done))
        assert at.desk.done == ['mute {\n"sid": "x"}']

    async def test_an_empty_row_ends_it_all_the_same(self, at: AtPrompt) -> None:
        await at.type(f"mute {{{ENTER}{ENTER}")
        await at.until(lambda: bool(at.desk.done))
        assert at.desk.done == ["mute {"]

    async def test_alt_enter_begins_a_row(self, at: AtPrompt) -> None:
        await at.type(f"ping 1{ESCAPE}{ENTER}ping 2{ENTER}")
        await at.until(lambda: len(at.desk.done) == 2)
        assert at.desk.done == ["ping 1", "ping 2"]
        assert "... ping 2" in at.text

    async def test_ctrl_o_and_ctrl_j_send_too(self, at: AtPrompt) -> None:
        await at.type("ping 1\nping 2\x0f")
        await at.until(lambda: at.desk.done == ["ping 1", "ping 2"])

    async def test_pasted_lines_wait_for_enter(self, at: AtPrompt) -> None:
        await at.type(f"{PASTE[0]}# two\nping 1\nping \\\n2\n{PASTE[1]}")
        assert at.desk.done == []
        await at.type(ENTER)
        await at.until(lambda: len(at.desk.done) == 2)
        assert at.desk.done == ["ping 1", "ping 2"]

    async def test_a_mistake_is_marked_below_the_line_that_was_typed(self, at: AtPrompt) -> None:
        error = InputError("no such field", code="x", source="mute sdi=x", start=5, end=8)
        at.desk.perform["mute sdi=x"] = failing(error, at.output, "mute sdi=x")
        await at.type(f"mute sdi=x{ENTER}")
        await at.until(lambda: "no such field" in at.text)
        assert "standup probe> mute sdi=x\n" in at.text
        assert " " * 20 + "^^^ no such field\n" in at.text
        assert "error: mute" not in at.text


class TestAbove:
    async def test_messages_leave_the_typed_line_alone(self, at: AtPrompt) -> None:
        await at.type("mute sid=")
        for n in range(1, 200):
            at.output.reading(message(n))
            if n % 10 == 0:
                await at.type("x")
        await at.until(lambda: "message 199\n" in at.text)
        assert at.line == "mute sid=" + "x" * 19
        assert [f"message {n}\n" in at.text for n in range(1, 200)] == [True] * 199
        assert at.text.rstrip().rpartition("standup probe> ")[2].startswith("mute sid=" + "x" * 19)

    async def test_a_frame_is_one_write(self, at: AtPrompt, monkeypatch: pytest.MonkeyPatch) -> None:
        writes: list[str] = []

        def write(text: str) -> int:
            writes.append(text)
            return len(text)

        monkeypatch.setattr(at.drawn, "write", write)
        at.output.text("one")
        at.output.text("two")
        await at.until(lambda: bool(writes))
        assert len([text for text in writes if "one" in text or "two" in text or "standup" in text]) == 1

    async def test_the_toolbar_follows_what_was_printed(self, at: AtPrompt, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn: list[str] = []
        monkeypatch.setattr(at.terminal.app, "invalidate", lambda: drawn.append(at.text))
        at.output.text("a request")
        at.output.text("its answer")
        await at.until(lambda: bool(drawn))
        assert "its answer" in drawn[0]

    async def test_the_width_is_followed(self, at: AtPrompt) -> None:
        assert (at.output.width, at.screen.widths) == (100, [100])
        at.size = at.size._replace(columns=60)
        at.terminal.app.invalidate()
        await at.until(lambda: at.output.width == 60)
        assert at.screen.widths == [100, 60]


class TestCtrlC:
    async def test_it_clears_the_line(self, at: AtPrompt) -> None:
        await at.type(f"mute sid=x{CTRL_C}")
        assert at.line == ""
        assert not at.terminal.is_leaving

    async def test_behind_an_empty_line_it_stops_what_is_done(self, at: AtPrompt) -> None:
        async def for_ever() -> None:
            await asyncio.Event().wait()

        at.desk.perform["/resume"] = for_ever
        await at.type(f"/resume{ENTER}")
        await at.type(CTRL_C)
        await at.until(lambda: "stopped" in at.text)
        await at.type(f"ping{ENTER}")
        await at.until(lambda: at.desk.done == ["/resume", "ping"])

    async def test_with_nothing_to_do_it_says_how_to_leave(self, at: AtPrompt) -> None:
        await at.type(CTRL_C)
        assert at.bar().startswith(" Ctrl-D leaves")
        await at.type(f"x{CTRL_C}")
        assert "Ctrl-D" not in at.bar()


class TestLeaving:
    async def test_ctrl_d_leaves_politely(self, at: AtPrompt) -> None:
        at.desk.leaves.clear()
        await at.type(CTRL_D)
        assert at.bar().startswith(f" {LEAVING}")
        await at.type(f"ping{ENTER}{CTRL_D}")
        assert (at.desk.left, at.desk.done, at.desk.is_over) == (1, [], True)
        at.output.text("goodbye")
        at.desk.leaves.set()
        await at.ended()
        assert "goodbye" in at.text
        assert at.ended_now == 0

    async def test_in_a_line_it_takes_the_letter_behind_the_cursor(self, at: AtPrompt) -> None:
        await at.type(f"ab\x01{CTRL_D}")
        assert at.line == "b"
        assert not at.terminal.is_leaving

    async def test_ctrl_c_meanwhile_ends_at_once(self, at: AtPrompt) -> None:
        at.desk.leaves.clear()
        await at.type(CTRL_D)
        await at.type(CTRL_C)
        await at.ended()
        assert at.ended_now == 1

    async def test_quit_leaves_too(self, at: AtPrompt) -> None:
        await at.type(f"/quit{ENTER}ping{ENTER}")
        await at.ended()
        assert (at.desk.left, at.desk.done) == (1, ["/quit"])

    async def test_what_was_entered_before_is_done(self, at: AtPrompt) -> None:
        await at.type(f"ping 1{ENTER}ping 2{ENTER}{CTRL_D}ping 3{ENTER}")
        await at.ended()
        assert (at.desk.left, at.desk.done) == (1, ["ping 1", "ping 2"])

    async def test_what_takes_its_time_is_not_waited_for(self, at: AtPrompt) -> None:
        async def for_ever() -> None:
            await asyncio.Event().wait()

        at.desk.perform["/resume"] = for_ever
        await at.type(f"/resume{ENTER}")
        await at.type(CTRL_D)
        await at.ended()
        assert at.desk.left == 1

    async def test_a_bug_ends_the_prompt_and_is_told(self, at: AtPrompt) -> None:
        async def breaks() -> None:
            raise ZeroDivisionError

        at.desk.perform["ping"] = breaks
        await at.type(f"ping{ENTER}")
        with pytest.raises(ZeroDivisionError):
            await at.ended()

    async def test_a_terminal_that_is_gone_is_the_end(self, at: AtPrompt) -> None:
        at.pipe.close()
        await at.ended()
        assert at.desk.is_over


class TestHistory:
    async def test_what_was_typed_is_there_the_next_time(self, tmp_path: Path) -> None:
        with at_prompt(tmp_path) as first:
            async with first as at:
                await at.type(f"mute sid=TR_x{ENTER}add_track cid=cam1{ENTER}")
        with at_prompt(tmp_path) as second:
            async with second as at:
                await at.until(lambda: bool(at.terminal.buffer.history.get_strings()))
                await at.type("\x1b[A\x1b[A")
                assert at.line == "mute sid=TR_x"

    async def test_ctrl_r_finds_lines_by_their_letters(self, at: AtPrompt) -> None:
        await at.type(f"mute sid=TR_x{ENTER}add_track cid=cam1 type=VIDEO{ENTER}ping{ENTER}")
        await at.type("\x12adtv")
        assert at.line == "add_track cid=cam1 type=VIDEO"
        assert at.bar().startswith(" history: adtv▏ 1 of 1")
        await at.type(ENTER)
        assert (at.line, at.desk.done[-1]) == ("add_track cid=cam1 type=VIDEO", "ping")
        await at.type(CTRL_C)
        assert at.line == ""

    async def test_it_goes_through_the_finds_and_back(self, at: AtPrompt) -> None:
        await at.type(f"ping 1{ENTER}ping 2{ENTER}")
        await at.type("typed\x01\x0b\x12pn")
        assert at.line == "ping 2"
        await at.type("\x12")
        assert at.line == "ping 1"
        await at.type("\x1b[B")
        assert at.line == "ping 2"
        await at.type("\x1b[A\x7f\x7f")
        assert at.bar().startswith(" history: ▏ 1 of 2")
        await at.type(f"{PASTE[0]}g 1{PASTE[1]}")
        assert at.line == "ping 1"
        await at.type("\x07")
        assert (at.line, at.terminal.finding.is_open) == ("", False)

    async def test_without_a_find_the_line_is_as_it_was(self, at: AtPrompt) -> None:
        await at.type("mute\x12")
        await at.type("zzz")
        assert "nothing found" in at.bar()
        await at.type("\x12")
        await at.type(ENTER)
        assert at.line == "mute"
        await at.type(f"\x12{CTRL_C}")
        assert (at.line, at.terminal.finding.is_open) == ("mute", False)

    async def test_a_line_typed_before_is_suggested(self, at: AtPrompt) -> None:
        await at.type(f"mute sid=TR_x{ENTER}")
        await at.type("mut")
        await at.until(lambda: at.terminal.buffer.suggestion is not None)
        await at.type("\x1b[C")
        assert at.line == "mute sid=TR_x"

    async def test_what_would_act_on_the_terminal_is_not_suggested(self, at: AtPrompt) -> None:
        await at.type(f"{PASTE[0]}mute sid=\u202e{PASTE[1]}{ENTER}")
        await at.type("mut")
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        assert at.terminal.buffer.suggestion is None
        assert "\u202e" not in at.text

    async def test_without_colour_nothing_is_suggested(self, tmp_path: Path) -> None:
        with at_prompt(tmp_path, colour=False) as prompt:
            async with prompt as at:
                await at.type(f"mute sid=TR_x{ENTER}mut")
                assert at.terminal.buffer.auto_suggest is None


class TwoTracks(NothingKnown):
    """Knows two tracks, one of them with a name that is not friendly."""

    def values(self, kind: KnownKind) -> list[KnownValue]:
        if kind != "own-track":
            return []
        return [("TR_aa1", "cam of you"), ("TR_ab2", "mic\x1b[2J\n of you")]


class TestCompletion:
    async def test_the_menu_says_what_values_are(self, at: AtPrompt) -> None:
        at.desk.known = TwoTracks()
        await at.type("mute sid=")
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        await at.until(lambda: "mic\\x1b[2J\\x0a of you" in at.text)
        assert "TR_aa1  cam of you" in at.text

    async def test_tab_goes_as_far_as_there_is_one_way_then_through_the_ways(self, at: AtPrompt) -> None:
        at.desk.known = TwoTracks()
        await at.type("mute sid=")
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        await at.type(TAB)
        assert at.line == "mute sid=TR_a"
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        await at.type(TAB)
        assert at.line == "mute sid=TR_aa1"
        await at.type(TAB)
        assert at.line == "mute sid=TR_ab2"
        await at.type("\x1b[Z")
        assert at.line == "mute sid=TR_aa1"
        await at.type(ENTER)  # takes it, and sends nothing
        assert (at.line, at.desk.done) == ("mute sid=TR_aa1 ", [])

    async def test_a_request_is_typed_with_tab_and_arrows_alone(self, at: AtPrompt) -> None:
        at.desk.known = TwoTracks()
        for keys, line in (
            (TAB, ""),
            (5 * DOWN, "mute"),
            (ENTER, "mute "),
            (TAB, "mute sid="),
            (ENTER, "mute sid="),
            (TAB, "mute sid=TR_a"),
            (TAB, "mute sid=TR_aa1"),
            (ENTER, "mute sid=TR_aa1 "),
            (TAB, "mute sid=TR_aa1 muted="),
            (TAB, "mute sid=TR_aa1 muted=true"),
        ):
            await at.type(keys)
            await at.until(lambda line=line: at.line == line)  # type: ignore[misc]
            await at.until(lambda: at.terminal.buffer.complete_state is not None)
        await at.type(f"{ENTER}{ENTER}")
        await at.until(lambda: at.desk.done == ["mute sid=TR_aa1 muted=true"])

    async def test_tab_behind_a_whole_word_goes_on(self, at: AtPrompt) -> None:
        await at.type(f"mute{TAB}")
        assert at.line == "mute "
        await at.type(f"{CTRL_C}mute sdi{TAB}")
        assert at.line == "mute sdi"
        await at.type(f"{CTRL_C}mute{LEFT}{TAB}")
        assert at.line == "mute"

    async def test_tab_in_an_empty_line_offers_the_requests(self, at: AtPrompt) -> None:
        await at.type(TAB)
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        state = at.terminal.buffer.complete_state
        assert state is not None
        assert any(item.text.strip() == "add_track" for item in state.completions)
        await at.type(ESCAPE)
        await at.until(lambda: at.terminal.buffer.complete_state is None)

    async def test_one_way_is_taken(self, at: AtPrompt) -> None:
        await at.type("add_tr")
        await at.until(lambda: at.terminal.buffer.complete_state is not None)
        await at.type(TAB)
        assert at.line.strip() == "add_track"

    async def test_a_very_long_text_is_not_completed(self, at: AtPrompt) -> None:
        await at.type(f"{PASTE[0]}mute sid={'x' * MAX_CHARACTERS}{PASTE[1]}")
        assert at.terminal.buffer.complete_state is None
        assert at.bar().startswith(" standup")

    async def test_the_bar_explains_what_is_typed(self, at: AtPrompt) -> None:
        await at.type("add_track width=")
        assert at.bar().startswith(" add_track.width uint32 [px]")
        await at.type(f"{CTRL_C}/show ")
        assert at.bar().startswith(" /show ")
        await at.type(f"{CTRL_C}/nothing ")
        assert at.bar().startswith(" standup")
        await at.type(f"{CTRL_C}nothing ")
        assert at.bar().startswith(" standup")

    async def test_what_was_kept_back_is_counted(self, at: AtPrompt) -> None:
        at.desk.now = changed(STATUS, not_shown=4)
        at.output.not_shown = 1200
        assert "+1204 not shown" in at.bar()


class TestPrograms:
    async def test_a_program_gets_the_text_and_its_code_is_known(self, at: AtPrompt, tmp_path: Path) -> None:
        out = tmp_path / "out"
        code = await at.desk.run_program(f"cat > {out}; exit 3", "a view\n")
        assert (code, out.read_text()) == (3, "a view\n")

    async def test_what_arrives_meanwhile_is_printed_afterwards(self, at: AtPrompt, tmp_path: Path) -> None:
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        running = asyncio.create_task(at.desk.run_program(f"cat {gate} > /dev/null", None))
        await at.until(lambda: at.above._is_held)
        at.output.text("arrived")
        assert "arrived" not in at.text
        with await asyncio.to_thread(gate.open, "w"):
            pass
        assert await running == 0
        await at.until(lambda: "arrived" in at.text)

    async def test_one_that_is_given_up_is_ended(self, at: AtPrompt, tmp_path: Path) -> None:
        running = asyncio.create_task(at.desk.run_program("exec sleep 1000", None))
        await at.until(lambda: at.above._is_held)
        await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not at.above._is_held

    async def test_ctrl_z_stops_the_group(self, at: AtPrompt, monkeypatch: pytest.MonkeyPatch) -> None:
        killed: list[tuple[int, int]] = []
        monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
        await at.type("mute\x1a")
        await at.until(lambda: bool(killed))
        assert killed == [(0, signal.SIGTSTP)]
        assert at.line == "mute"


def editor(folder: Path, script: str) -> str:
    """An editor that does to the file `$1` what a script says."""
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


class TestEditor:
    async def test_the_line_is_edited(self, tmp_path: Path) -> None:
        with at_prompt(tmp_path, editor=editor(tmp_path, 'echo "$(cat "$1") muted=true" > "$1"')) as prompt:
            async with prompt as at:
                await at.type("mute sid=x\x18\x05")
                await at.until(lambda: at.line == "mute sid=x muted=true")
                assert at.desk.done == []

    async def test_an_editor_that_fails_changes_nothing(self, tmp_path: Path) -> None:
        with at_prompt(tmp_path, editor=editor(tmp_path, 'echo gone > "$1"; exit 1')) as prompt:
            async with prompt as at:
                await at.type("mute sid=x\x18\x05")
                await at.until(lambda: at.terminal._tasks == set() and not at.above._is_held)
                assert at.line == "mute sid=x"

    async def test_a_case_is_filled_in(self, tmp_path: Path) -> None:
        script = editor(tmp_path, """sed -i 's/^# sid=.*/sid=TR_x/; s/^# muted=/muted=/' "$1" """)
        with at_prompt(tmp_path, editor=script) as prompt:
            async with prompt as at:
                assert await at.desk.edit("mute") == "mute\nsid=TR_x\nmuted=true"
                assert at.terminal.buffer.history.get_strings() == ["mute\nsid=TR_x\nmuted=true"]

    async def test_what_is_left_as_it_is_or_emptied_is_not_sent(self, tmp_path: Path) -> None:
        with at_prompt(tmp_path, editor="true") as prompt:
            async with prompt as at:
                assert await at.desk.edit("mute") is None
        with at_prompt(tmp_path, editor=editor(tmp_path, ': > "$1"')) as prompt:
            async with prompt as at:
                assert await at.desk.edit("mute") is None

    async def test_a_mistake_costs_no_typing(self, tmp_path: Path) -> None:
        script = editor(tmp_path, 'grep -q "sid=TR_1" "$1" && echo "muted=true" >> "$1" || echo "sid=TR_1" >> "$1"')
        with at_prompt(tmp_path, editor=script) as prompt:
            async with prompt as at:
                assert await at.desk.edit("mute") == "mute\nsid=TR_1"
                assert await at.desk.edit("mute") == "mute\nsid=TR_1\nmuted=true"

    async def test_without_an_editor_it_says_so(self, at: AtPrompt, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name, path: None)
        await at.type("mute\x18\x05")
        await at.until(lambda: "there is no editor" in at.text)
        assert at.line == "mute"
