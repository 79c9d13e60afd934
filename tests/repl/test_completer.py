"""The completion of the terminal: files, the part behind the cursor, and the menu."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.buffer import CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document

from lksig.render.safe_text import neutralise
from lksig.render.width import width_of
from lksig.repl.completer import CHOSEN, MENU_ROWS, LineBuffer, LineCompleter, menu_height, menu_text
from lksig.schema.suggestions import Suggestion, Suggestions

TYPING = CompleteEvent(text_inserted=True)


def state_of(*items: tuple[str, str], chosen: int | None = None) -> CompletionState:
    made = [Completion(text, display=text, display_meta=meaning) for text, meaning in items]
    return CompletionState(Document("mute sid="), made, chosen)


def rows_of(state: CompletionState | None, width: int = 60, column: int = 4) -> list[str]:
    return "".join(fragment[1] for fragment in menu_text(state, width, column)).split("\n")


class TestMenu:
    def test_values_with_their_meaning_below_the_word(self) -> None:
        state = state_of(("TR_a", "cam of alice"), ("TR_bcd", ""), chosen=0)
        assert rows_of(state) == ["  › TR_a    cam of alice", "    TR_bcd"]
        assert menu_height(state) == 2

    def test_without_one_there_is_nothing(self) -> None:
        assert rows_of(None) == [""]
        assert menu_height(None) == 0

    def test_of_many_those_around_the_chosen_one_are_seen(self) -> None:
        many = [(f"TR_{n:02}", "") for n in range(30)]
        assert rows_of(state_of(*many))[0] == "    TR_00"
        assert rows_of(state_of(*many))[-1] == "    22 more"
        seen = rows_of(state_of(*many, chosen=15))
        assert f"  {CHOSEN} TR_15" in seen
        assert len(seen) == menu_height(state_of(*many)) == MENU_ROWS + 1
        assert rows_of(state_of(*many, chosen=29))[-2] == f"  {CHOSEN} TR_29"

    def test_it_moves_to_the_left_where_there_is_no_room(self) -> None:
        assert rows_of(state_of(("TR_a", "m" * 30)), width=40, column=38)[0] == "   TR_a  " + "m" * 30

    @given(
        st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=12),
        st.integers(1, 120),
        st.integers(0, 200),
        st.none() | st.just(0),
    )
    def test_no_value_makes_it_wider_or_longer(
        self, items: list[tuple[str, str]], width: int, column: int, chosen: int | None
    ) -> None:
        completer = LineCompleter(lambda _, at: Suggestions(0, at, tuple(Suggestion(*item) for item in items)))
        made = list(completer.get_completions(Document("x"), TYPING))
        state = CompletionState(Document("x"), made, chosen)
        rows = rows_of(state, width, column)
        assert len(rows) == menu_height(state)
        assert all(width_of(row) <= max(width - 1, 0) for row in rows)
        assert [neutralise(row) for row in rows] == rows


class TestBuffer:
    def test_what_stands_behind_the_cursor_is_replaced_too(self) -> None:
        completer = LineCompleter(lambda _, at: Suggestions(5, 9, (Suggestion("sid="), Suggestion("muted="))))
        buffer = LineBuffer(document=Document("mute si=x y", 7))
        (first, second) = completer.get_completions(buffer.document, TYPING)
        buffer.complete_state = CompletionState(buffer.document, [first, second])
        buffer.go_to_completion(0)
        assert (buffer.text, buffer.cursor_position) == ("mute sid= y", 9)
        buffer.go_to_completion(1)
        assert buffer.text == "mute muted= y"
        buffer.go_to_completion(None)
        assert buffer.text == "mute si=x y"
        buffer.apply_completion(first)
        assert buffer.text == "mute sid= y"
        assert not buffer.complete_state


class TestFiles:
    def names(self, prefix: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[tuple[str, str]]:
        monkeypatch.chdir(folder)
        completer = LineCompleter(lambda text, at: Suggestions(1, at, wants_file=True, file_prefix=prefix))
        found = completer.get_completions(Document("@" + prefix), TYPING)
        return [(item.text, item.display_text) for item in found]

    def test_files_and_folders(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "offer.sdp").touch()
        (tmp_path / "my offer.sdp").touch()
        (tmp_path / ".hidden").touch()
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / "a.sdp").touch()
        assert self.names("", monkeypatch, tmp_path) == [
            ('"my offer.sdp"', "my offer.sdp"),
            ("offer.sdp", "offer.sdp"),
            ("old/", "old/"),
        ]
        assert self.names("of", monkeypatch, tmp_path) == [("offer.sdp", "offer.sdp")]
        assert self.names("old/", monkeypatch, tmp_path) == [("old/a.sdp", "a.sdp")]
        assert self.names(".h", monkeypatch, tmp_path) == [(".hidden", ".hidden")]
        assert self.names("nowhere/", monkeypatch, tmp_path) == []


def test_nothing_is_offered_where_the_line_was_entered_meanwhile() -> None:
    completer = LineCompleter(lambda _, at: Suggestions(0, at, (Suggestion("mute"),)))
    assert list(completer.get_completions(Document(""), TYPING)) == []
    assert len(list(completer.get_completions(Document(""), CompleteEvent(completion_requested=True)))) == 1
