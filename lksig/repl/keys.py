"""What the keys do beyond those of every line editor, which prompt_toolkit brings.

Enter       send; goes on in the next row inside of `{…}` and `[…]`, and behind `\\`
Alt-Enter   go on in the next row, wherever
Tab         complete; again: the next one        Shift-Tab  the one before
Ctrl-C      clear the line; once more, behind it, stop what is being done
Ctrl-D      leave politely (in an empty line); Ctrl-C meanwhile stops at once
Ctrl-R      search in the history                Ctrl-X Ctrl-E  edit the line in $EDITOR
Ctrl-Z      back to the shell for a while        Ctrl-L     clear the screen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from prompt_toolkit.filters import Condition, has_completions
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.bindings.auto_suggest import load_auto_suggest_bindings
from prompt_toolkit.keys import Keys

if TYPE_CHECKING:
    from lksig.repl.search import HistorySearch


class Actions(Protocol):
    """What keys can ask for."""

    finding: HistorySearch
    """The search in the history."""

    @property
    def is_leaving(self) -> bool:
        """The session is being left."""

    @property
    def is_empty(self) -> bool:
        """Nothing is typed."""

    def enter(self) -> None:
        """Enter."""

    def complete(self, step: int) -> None:
        """Tab, or Shift-Tab."""

    def interrupt(self) -> None:
        """Ctrl-C."""

    def end(self) -> None:
        """Ctrl-D."""

    def edit_line(self) -> None:
        """Edit what is typed."""

    def suspend(self) -> None:
        """Back to the shell, until it says `fg`."""

    def search(self) -> None:
        """Open the search, or go to the next find."""


def key_bindings(actions: Actions) -> KeyBindingsBase:
    """The keys of the prompt."""
    # Suggestions come last: with one in sight, right arrow means to take it.
    return merge_key_bindings([_line_keys(actions), load_auto_suggest_bindings(), _search_keys(actions)])


def _line_keys(actions: Actions) -> KeyBindings:
    keys = KeyBindings()
    typing = Condition(lambda: not actions.finding.is_open and not actions.is_leaving)

    @keys.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        actions.enter()

    @keys.add("escape", "enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("tab", filter=typing)
    def _(event: KeyPressEvent) -> None:
        actions.complete(1)

    @keys.add("s-tab", filter=typing)
    def _(event: KeyPressEvent) -> None:
        actions.complete(-1)

    # Not eager: Alt-Enter begins with an escape too.
    @keys.add("escape", filter=typing & has_completions)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        actions.interrupt()

    @keys.add("c-d", filter=typing & Condition(lambda: actions.is_empty))
    def _(event: KeyPressEvent) -> None:
        actions.end()

    @keys.add("c-r", filter=Condition(lambda: not actions.is_leaving))
    def _(event: KeyPressEvent) -> None:
        actions.search()

    @keys.add("c-x", "c-e", filter=typing)
    def _(event: KeyPressEvent) -> None:
        actions.edit_line()

    # What looks like a mouse, a coloured text say, is none: nobody asked for one, and half a report breaks the editor.
    @keys.add(Keys.Vt100MouseEvent)
    @keys.add(Keys.WindowsMouseEvent)
    def _(event: KeyPressEvent) -> None:
        pass

    @keys.add("c-z", filter=typing)
    def _(event: KeyPressEvent) -> None:
        actions.suspend()

    return keys


def _search_keys(actions: Actions) -> KeyBindings:
    keys = KeyBindings()
    searching = Condition(lambda: actions.finding.is_open)

    @keys.add(Keys.Any, filter=searching)
    def _(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            actions.finding.add(event.data)

    @keys.add(Keys.BracketedPaste, filter=searching)
    def _(event: KeyPressEvent) -> None:
        actions.finding.add(event.data.replace("\n", " "))

    @keys.add("backspace", filter=searching)
    def _(event: KeyPressEvent) -> None:
        actions.finding.back()

    @keys.add("up", filter=searching)
    def _(event: KeyPressEvent) -> None:
        actions.finding.step(1)

    @keys.add("down", filter=searching)
    @keys.add("c-s", filter=searching)
    def _(event: KeyPressEvent) -> None:
        actions.finding.step(-1)

    for name in ("enter", "tab", "right", "left", "home", "end", "c-a", "c-e"):

        @keys.add(name, filter=searching)
        def _(event: KeyPressEvent) -> None:
            actions.finding.close(keep=True)

    @keys.add("escape", filter=searching, eager=True)
    @keys.add("c-g", filter=searching)
    @keys.add("c-d", filter=searching)
    def _(event: KeyPressEvent) -> None:
        actions.finding.close(keep=False)

    return keys
