"""Updates that only tell a state in between: whether a server tells one depends on how fast it is.

The rule: a server may leave out the state of a participant when a later one is on its way. So an `update` that one run
has and the other has not is no difference when everything in it was so before it or is so in the next update about the
same participant, which both runs must have. A value that is in neither (muted, and unmuted again) was seen by one run
only, and is a difference. That somebody who was joining has joined is no news: one who leaves soon may not be told. The
same goes for `room_update`, which may tell nothing but counts. Source: livekit-server pkg/rtc/room.go,
pushAndDequeueUpdates; Observed: livekit-server 1.13.5, a participant that publishes data tracks and sets its metadata
at once, one that leaves at once, a room that was empty for a second.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from lksig.recording.trees import Node, Tree, differences

MAX_STATES = 1024
"""Participants whose last message is remembered."""


class Telling(Protocol):
    """A message that tells states."""

    @property
    def tree(self) -> Node:
        """What it says; made when it is asked for."""


class States:
    """The message that told the last state of each participant, in each session of one recording."""

    def __init__(self) -> None:
        self._messages: OrderedDict[tuple[int, str], Telling] = OrderedDict()

    def learn(self, message: Telling, session: int, names: Iterable[str]) -> None:
        """Take note of whom a message tells of, by role, in the order of the recording."""
        for name in names:
            self._messages[session, name] = message
            self._messages.move_to_end((session, name))
            if len(self._messages) > MAX_STATES:
                self._messages.popitem(last=False)

    def get(self, session: int, name: str) -> Node | None:
        """The last state of a participant."""
        message = self._messages.get((session, name))
        return None if message is None else dict(told_states(message.tree)).get(name)


def told_states(tree: Node) -> Iterator[tuple[str, Node]]:
    """The states of participants, and of the room, in a message, by role."""
    update, room_update, join = tree.get("update"), tree.get("room_update"), tree.get("join")
    if isinstance(update, Node):
        yield from _by_role(update.get("participants"))
    yield from _room(room_update)
    yield from _room(join)
    if isinstance(join, Node):
        own = join.get("participant")
        if isinstance(own, Node):
            yield str(own.get("sid")), own
        yield from _by_role(join.get("other_participants"))


def _room(told: Tree | None) -> Iterator[tuple[str, Node]]:
    room = told.get("room") if isinstance(told, Node) else None
    if isinstance(room, Node):
        yield str(room.get("sid")), room


def _by_role(listed: object) -> Iterator[tuple[str, Node]]:
    for name, state in listed.items() if isinstance(listed, Node) else ():
        if isinstance(state, Node):
            yield name, state


def is_in_between(
    tree: Node, before: Sequence[Node], last: Callable[[str], Node | None], behind: Sequence[tuple[Node, bool]]
) -> bool:
    """Whether a message that only one run has tells nothing but states in between.

    Args:
        tree: of the message.
        before: messages of the same session in front of it, in order.
        last: what was told of a participant before all of these.
        behind: those that follow, each with whether the other run has the same.
    """
    told = dict(told_states(tree))
    return bool(told) and all(
        _is_between(state, _last(name, before) or last(name), _next(name, behind)) for name, state in told.items()
    )


def _last(name: str, before: Sequence[Node]) -> Node | None:
    return next((states[name] for tree in reversed(before) if name in (states := dict(told_states(tree)))), None)


def _next(name: str, behind: Sequence[tuple[Node, bool]]) -> Node | None:
    """The next state that is told, if both runs have it."""
    for tree, is_in_both in behind:
        state = dict(told_states(tree)).get(name)
        if state is not None:
            return state if is_in_both else None
    return None


def _is_between(state: Node, before: Node | None, behind: Node | None) -> bool:
    if before is None:
        return False
    new = [one.path for one in differences(before, state)]
    if not new:
        return True
    if behind is None:
        return new == ["state"] and (_said(before, "state"), _said(state, "state")) == ("JOINING", "JOINED")
    gone = [one.path for one in differences(state, behind)]
    return not any(_overlap(one, other) for one in new for other in gone)


def _said(state: Node, name: str) -> Tree | None:
    return state.get(name, state.defaults.get(name))


def _overlap(a: str, b: str) -> bool:
    """Whether one path is the other, or leads into it."""
    return f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.")
