"""Which recorded request a client means when it asks for something: the one of its case that is most like it.

The rule: ids count before everything else, the number of equal fields decides next, and of equals the first one made is
taken. Numbers by which a client tells its requests apart say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from lksig.wire.sdp import sections

if TYPE_CHECKING:
    from lksig.session.replay_script import Asked

MAX_COMPARED = 64
"""Requests of one case that are looked at; who makes a thousand of them makes them in order."""

_IDS = frozenset({"cid", "sid", "track_sid", "track_sids", "participant_sid", "participant_identity", "pub_handle"})
_NUMBERS = frozenset({"request_id", "id", "timestamp"})


def likest(recorded: Iterable[Asked], live: Any) -> Asked:
    """The recorded request that `live` stands for; there is at least one."""
    return max(islice(recorded, MAX_COMPARED), key=lambda asked: likeness(asked.body, live))


def likeness(recorded: Any, live: Any) -> tuple[int, int]:
    """How alike two messages of one type are: by their ids, then by everything else."""
    ours, theirs = ({field.name: value for field, value in body.ListFields()} for body in (recorded, live))
    names = (ours.keys() | theirs.keys()) - _NUMBERS
    return _balance(ours, theirs, names & _IDS), _balance(ours, theirs, names - _IDS)


def _balance(ours: dict[str, Any], theirs: dict[str, Any], names: set[str]) -> int:
    """Fields that are equal, less those that are not."""
    return sum(1 if name in ours and name in theirs and ours[name] == theirs[name] else -1 for name in names)


def has_other_sections(recorded_sdp: str, live_sdp: str) -> bool:
    """Whether the answer to one offer cannot be the answer to another. Source: RFC 3264, section 6; RFC 8829, 5.3.1."""
    ours, theirs = ([(one.kind, one.mid) for one in sections(sdp)] for sdp in (recorded_sdp, live_sdp))
    return ours != theirs
