"""Completion for the terminal: what `repl.completion` suggests, files from the disk, and the menu below the line.

Rule: what is shown of a value passes `safe_text` and is cut to the terminal; what is inserted is what was suggested.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from lksig.render.safe_text import neutralise
from lksig.render.width import cut, fit, width_of

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from lksig.schema.suggestions import Suggestions

MENU_ROWS = 8
MAX_LABEL = 40
"""Columns of a value in the menu, where there is room for its meaning too."""
MAX_FILES = 200
CHOSEN = "›"
"""Before the completion that is in the line: colour alone does not say it."""

Suggest = Callable[[str, int], "Suggestions"]
"""What can stand at a place of a text."""


class TailCompletion(Completion):
    """A completion that also replaces something behind the cursor."""

    tail = 0


class LineCompleter(Completer):
    """Asks the pure completion, and the disk where a file is typed."""

    def __init__(self, suggest: Suggest) -> None:
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What can stand at the cursor."""
        cursor = document.cursor_position
        if not document.text and not complete_event.completion_requested:
            return  # what was being completed has been entered meanwhile
        found = self._suggest(document.text, cursor)
        if found.wants_file:
            yield from _files(found.file_prefix, found.start - cursor, found.end - cursor)
            return
        for item in found.items:
            yield _completion(
                item.text, item.label or item.text, item.meaning, found.start - cursor, found.end - cursor
            )


def _completion(text: str, label: str, meaning: str, start: int, end: int) -> TailCompletion:
    made = TailCompletion(
        text, start_position=min(start, 0), display=neutralise(label).strip(), display_meta=neutralise(meaning)
    )
    made.tail = max(end, 0)
    return made


def _files(prefix: str, start: int, end: int) -> Iterable[Completion]:
    from lksig.schema.suggestions import written_file

    folder, name = os.path.split(prefix)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted(
                (entry.name, entry.is_dir())
                for entry in entries
                if entry.name.startswith(name) and (name.startswith(".") or not entry.name.startswith("."))
            )
    except OSError:
        return
    for entry, is_folder in found[:MAX_FILES]:
        whole = os.path.join(folder, entry) + ("/" if is_folder else "")
        yield _completion(written_file(whole), entry + ("/" if is_folder else ""), "", start, end)


class LineBuffer(Buffer):
    """The line being typed, with completions that may replace what stands behind the cursor."""

    def go_to_completion(self, index: int | None) -> None:
        """Show one of the completions in the line; None shows what was typed."""
        super().go_to_completion(index)
        state = self.complete_state
        tail = getattr(state.current_completion, "tail", 0) if state is not None else 0
        if tail:
            at = self.cursor_position
            self.document = Document(self.text[:at] + self.text[at + tail :], at)
            self.complete_state = state

    def apply_completion(self, completion: Completion) -> None:
        """Insert one, and complete on from there."""
        if self.complete_state is not None:
            self.go_to_completion(None)
        self.complete_state = None
        self.delete(getattr(completion, "tail", 0))
        super().apply_completion(completion)

    def go_on_behind(self, is_finished: Callable[[str], bool]) -> bool:
        """Put a blank behind the last word, if that is finished: what can follow it is offered then."""
        if self.cursor_position < len(self.text) or not is_finished(self.text):
            return False
        self.insert_text(" ")
        return True


def menu_text(state: CompletionState | None, width: int, column: int) -> StyleAndTextTuples:
    """The menu as rows: value and meaning, a mark before the one that is chosen.

    Args:
        column: where the completed word begins; the menu stands below it where there is room.
    """
    if state is None:
        return []
    first, shown = _window(state)
    labels = [item.display_text for item in shown]
    widest = min(max(map(width_of, labels)), MAX_LABEL)
    needed = (
        widest + 3 + max((width_of(item.display_meta_text) + 2 for item in shown if item.display_meta_text), default=0)
    )
    indent = max(min(column - 2, width - needed), 0)
    rows = [
        _row(item, widest, indent, width, is_chosen=state.complete_index == first + at) for at, item in enumerate(shown)
    ]
    hidden = len(state.completions) - len(shown)
    if hidden:
        rows.append([("class:ways.meaning", cut(f"{' ' * indent}  {hidden} more", width - 1))])
    text: StyleAndTextTuples = []
    for row in rows:
        text += [("", "\n"), *row] if text else row
    return text


def _row(item: Completion, widest: int, indent: int, width: int, *, is_chosen: bool) -> StyleAndTextTuples:
    label = fit(item.display_text, widest) if item.display_meta_text else item.display_text
    told = cut(f"{' ' * indent}{CHOSEN if is_chosen else ' '} {label}", width - 1)
    row: StyleAndTextTuples = [("class:ways.chosen" if is_chosen else "class:ways", told)]
    room = width - 1 - width_of(told) - 2
    if item.display_meta_text and room > 0:
        row.append(("class:ways.meaning", f"  {cut(item.display_meta_text, room)}"))
    return row


def menu_height(state: CompletionState | None) -> int:
    """Rows of the menu."""
    if state is None:
        return 0
    count = len(state.completions)
    return count if count <= MENU_ROWS else MENU_ROWS + 1


def _window(state: CompletionState) -> tuple[int, list[Completion]]:
    """The completions in sight, and the place of the first of them."""
    index = state.complete_index or 0
    first = max(min(index - MENU_ROWS // 2, len(state.completions) - MENU_ROWS), 0)
    return first, state.completions[first : first + MENU_ROWS]
