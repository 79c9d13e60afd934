"""`lksig connect < script` in this process, against an embedded server."""

from __future__ import annotations

from typing import Any

from tests.support.cli import Ran
from tests.support.served import Served


def typed(served: Served, *lines: str, flags: tuple[str, ...] = (), **options: Any) -> Ran:
    """What the prompt makes of these lines; the participant is `probe`."""
    identity = () if "--identity" in flags else ("--identity", "probe")
    return served.run("connect", *identity, *flags, stdin="".join(f"{line}\n" for line in lines), **options)


def shown(ran: Ran, *marks: str) -> list[str]:
    """Mark, case and what follows the size, of the lines of messages and results with one of the marks."""
    lines = [line.split(" ", 6) for line in ran.lines]
    rows = [line for line in lines if len(line) == 7 and line[0].endswith("Z")]
    return [f"{mark} {case} {told}" for _, _, _, mark, case, _, told in rows if not marks or mark in marks]


def kinds(ran: Ran) -> list[str]:
    """The kinds of the JSON lines."""
    return [line["kind"] for line in ran.json]
