"""`lksig replay FILE --serve`: the server's side of a recording, played to whoever connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import RecordFlags
    from lksig.cli.replay import Play


def serve_recording(play: Play, *, port: int, bind: str, record: RecordFlags) -> int:
    """Serve it until it is stopped; gives the exit code."""
    raise InputError("`replay --serve` is not built yet", code="not-yet", hint="lksig replay FILE plays it here")
