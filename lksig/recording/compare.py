"""Two messages compared: what differs when ids, times and what was random are taken out.

    for one in compare_messages(recorded, live, roles_recorded, roles_live):
        print(one.path, one.a, one.b)

The rule: `lksig diff` and a replay to a server share this comparison, and what it takes for equal is told in
`docs/how-to/diff.md`. The roles of a side must have observed the readings of that side up to the message.
"""

from __future__ import annotations

from lksig.recording.message_tree import Trees
from lksig.recording.stable import Roles
from lksig.recording.trees import Difference, differences
from lksig.wire.events import Message

__all__ = ["Difference", "compare_messages"]


def compare_messages(
    a: Message, b: Message, roles_a: Roles, roles_b: Roles, *, times: bool = False
) -> list[Difference]:
    """What differs between two messages; nothing for messages that say the same.

    Args:
        roles_a: of the recording or session that `a` belongs to, made with `named=True`.
        times: compare what says a time, too.
    """
    if a.case != b.case or a.direction is not b.direction:
        return [Difference("case", _name(a), _name(b))]
    return list(differences(Trees(roles_a, times=times).of(a), Trees(roles_b, times=times).of(b)))


def _name(message: Message) -> str:
    return message.case or ("undecodable" if message.error is not None else "no case")
