"""A reading as one line that is the same when the session is run again: `lksig show --stable`, `lksig diff`.

The rule: the line of a pipe or of `--json`, without the columns of time, with roles instead of ids. What changes each
time is known by `recording.stable`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lksig.recording.stable import TIME_KEYS, timeless
from lksig.render.line import LineView
from lksig.render.safe_text import neutralise

if TYPE_CHECKING:
    from lksig.recording.stable import Roles
    from lksig.render.json_lines import JsonLines
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets

_FREE_PORT = re.compile(r"^(wss?://(?:127\.0\.0\.1|localhost|\[::1\])):[0-9]+")
"""Of a server on this machine, which tests start on whatever port is free."""

_TOOK = re.compile(r" [0-9.]+ms$| [0-9]+\.[0-9] ms")


class StableLines:
    """Readings as stable lines.

    Args:
        roles: of the recording; they must have observed a reading before its line is asked for.
        json: makes JSON lines; None for text.
    """

    def __init__(self, secrets: Secrets, roles: Roles, *, verbose: int = 0, json: JsonLines | None = None) -> None:
        self._secrets = secrets
        self._roles = roles
        self._lines = LineView(secrets, piped=True, verbose=verbose)
        self._json = json

    def text(self, reading: Reading) -> str | None:
        """The line of a reading; None for one that is folded, or is a notice."""
        bare = timeless(reading, self._roles)
        if bare is None:
            return None
        text = self._json_line(self._json, bare) if self._json is not None else self._line(bare)
        # A role may be a name that a peer chose, and has not been made harmless.
        return neutralise(self._secrets.tokens(self._roles.text(text))) if text else None

    def _line(self, reading: Reading) -> str | None:
        if self._lines.channel(reading) == "stderr" or (text := self._lines.text(reading)) is None:
            return None
        _time, number, _ms, rest = text.split(" ", 3)
        return _TOOK.sub("", f"{number} {rest}")

    def _json_line(self, lines: JsonLines, reading: Reading) -> str:
        value = json.loads(lines.text(reading))
        if "url" in value:
            value["url"] = _FREE_PORT.sub(r"\1", value["url"])
        return json.dumps({key: said for key, said in value.items() if key not in TIME_KEYS}, separators=(",", ":"))
