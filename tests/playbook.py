"""Conversations with a machine: `>>` is what happens, `<<` what follows from it, in order and without gaps.

    (Playbook(machine)
        >> Opened(0) << Enter("CONNECTED") << Schedule(PING, 5.0)
        >> Closed(1) << Cancel(PING)).check()

Any machine will do that has `handle(event)` and gives back actions. An expected action is compared by `==`; a function
in its place gets the action and says whether it is right, and shows as its name. What does not fit is shown as the
difference of two transcripts, so that one sees where the conversation went another way.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, Protocol


class Machine(Protocol):
    """What can be talked to."""

    def handle(self, event: Any) -> Iterable[Any]:
        """The actions that follow from an event."""


class Playbook:
    """A conversation that is played while it is written down, and judged by `check`.

    Args:
        show: how an action is written; the default is its `repr`.
    """

    def __init__(self, machine: Machine, *, show: Callable[[Any], str] = repr) -> None:
        self.machine = machine
        self._show = show
        self._expected: list[str] = []
        self._happened: list[str] = []
        self._pending: list[Any] = []

    def __rshift__(self, event: Any) -> Playbook:
        """An event happens."""
        self._left_over()
        self._expected.append(f">> {event!r}")
        self._happened.append(f">> {event!r}")
        self._pending = list(self.machine.handle(event))
        return self

    def __lshift__(self, expected: Any) -> Playbook:
        """The next action that follows."""
        if self._pending:
            action = self._pending.pop(0)
            fits = expected(action) if callable(expected) else expected == action
            shown = self._show(action)
            self._happened.append(f"<< {shown}")
            self._expected.append(f"<< {shown}" if fits else f"<< {self._name(expected)}")
        else:
            self._expected.append(f"<< {self._name(expected)}")
        return self

    def _name(self, expected: Any) -> str:
        return f"<something that is {expected.__name__}>" if callable(expected) else self._show(expected)

    def _left_over(self) -> None:
        self._happened += [f"<< {self._show(action)}" for action in self._pending]
        self._pending = []

    def check(self) -> None:
        """Fail with the difference when anything else happened than was written down."""
        self._left_over()
        if self._expected != self._happened:
            lines = difflib.unified_diff(self._expected, self._happened, "expected", "happened", lineterm="", n=50)
            raise AssertionError("the conversation went another way\n" + "\n".join(lines))
