"""`lksig replay FILE URL`: the client's side of a recording, played to a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import RecordFlags, ServerFlags, WireFlags
    from lksig.cli.replay import Play

Flags = tuple["ServerFlags", "WireFlags", "RecordFlags"]


def replay_to(play: Play, url_word: str | None, flags: Flags, *, until: str | None, timeout_s: float) -> int:
    """Play it to the server; gives the exit code."""
    raise InputError("`replay` to a server is not built yet", code="not-yet", hint="lksig replay FILE plays it here")
