"""What a replay to a server found: which recorded answers came again, which did not, and what differed.

Plain data: `lksig.render.replay_report` makes text of it, a test looks at `is_same` and `findings`. Numbers are those
of messages: `recorded` in the recording, `live` in the replay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lksig.records import record

FindingKind = Literal["different", "missing", "extra", "not_sent", "ending"]


@record
class Differing:
    """One thing that is not as recorded."""

    path: str
    """As typed in the grammar."""
    recorded: str | None
    """None: it was not there."""
    live: str | None


@record
class Finding:
    """One difference that counts.

    `different`: the answer came, with other content, or another answer came. `missing`: none came. `extra`: one came
    that was not recorded. `not_sent`: the request could not be sent. `ending`: the server ended the session, or did
    not.
    """

    kind: FindingKind
    session: int
    case: str
    """Of the request; `connect` for the handshake, `close` for an end."""
    request: int | None
    """The recorded number of the request; None where there is none."""
    answer: str | None
    """The recorded answer's case, with its reason where it refused; for `extra` the live one's."""
    recorded: int | None
    live: int | None
    differences: tuple[Differing, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What became of a replay."""

    sessions: int
    requests: int
    """That were sent."""
    answers: int
    """Recorded ones whose turn came."""
    same: int
    """Of those: came again, and say the same."""
    findings: tuple[Finding, ...]
    place: tuple[Differing, ...] = ()
    """What differs because it is another server, and not because it answers differently: addresses, its version…"""
    unsolicited: tuple[int, int] = (0, 0)
    """Messages nobody asked for, recorded and live."""
    missing_kinds: dict[str, int] = field(default_factory=dict)
    """Cases of those that did not come at all, and how many were recorded."""
    left_out: int = 0
    """Recorded pings and fences: the replay makes its own."""
    unbound: tuple[str, ...] = ()
    """Recorded ids that were sent as they are: the server never told what stands for them."""
    is_whole: bool = True
    """It was played to its end."""

    @property
    def is_same(self) -> bool:
        """Everything that was answered was answered as recorded."""
        return not self.findings
