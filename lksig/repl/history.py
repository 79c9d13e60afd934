"""What was typed, for the next time: a file of the user, read by nobody else, without secrets.

One entry is one line of the file; a line break and a backslash in it are escaped. The file is only appended to, so
that several prompts share it, and cut when it has grown to twice its size.

Rule: a line that holds anything secret is remembered by this prompt and written nowhere. Generously: what looks like a
token or an ICE credential, also as hexadecimal or base64, counts.
"""

from __future__ import annotations

import os
import re
import tempfile
from base64 import b64decode
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.auto_suggest import AutoSuggestFromHistory, Suggestion
from prompt_toolkit.history import History

from lksig.patterns import lazy_pattern
from lksig.render.safe_text import neutralise

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document

    from lksig.environ import Environ
    from lksig.wire.redaction import Secrets

FILE = "history"
MAX_ENTRIES = 2000
MAX_ENTRY_CHARACTERS = 10_000
"""A longer line, a pasted SDP say, would be most of the file."""

_HEX = lazy_pattern(r"[0-9a-fA-F\s]{16,}")
_BASE64 = lazy_pattern(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPED = lazy_pattern(r"\\(.)", re.DOTALL)


def holds_secret(text: str, secrets: Secrets) -> bool:
    """Whether a typed line must not be kept: it holds a secret, or something that looks like one."""
    hiding = secrets.hiding()
    return any(hiding.scrub(form) != form for form in _forms(text))


def _forms(text: str) -> Iterable[str]:
    """The text, and what its hexadecimal and base64 runs stand for."""
    yield text
    for found in _HEX.finditer(text):
        digits = "".join(found[0].split())
        yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1")
    for found in _BASE64.finditer(text):
        run = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        run = run[: len(run) - (len(run) % 4 == 1)]
        yield b64decode(run + "=" * (-len(run) % 4)).decode("latin-1")


class HistoryFile(History):
    """The history of a user.

    Args:
        path: None keeps it in memory only.
    """

    def __init__(self, path: Path | None, secrets: Secrets) -> None:
        super().__init__()
        self.path = path
        self._secrets = secrets

    @classmethod
    def of(cls, environ: Environ, secrets: Secrets) -> HistoryFile:
        """The history below the user's state folder."""
        return cls(environ.state_dir() / FILE, secrets)

    def load_history_strings(self) -> Iterable[str]:
        """The entries of the file, the newest first; none where it cannot be read."""
        if self.path is None:
            return
        try:
            rows = self.path.read_text("utf-8", errors="replace").split("\n")
        except OSError:
            return
        rows = [row for row in rows if row]
        if len(rows) > 2 * MAX_ENTRIES:
            rows = rows[-MAX_ENTRIES:]
            self._rewrite(rows)
        yield from dict.fromkeys(map(_unescaped, reversed(rows[-MAX_ENTRIES:])))

    def store_string(self, string: str) -> None:
        """Append an entry. A disk that takes nothing costs the history, never the session."""
        del self._loaded_strings[MAX_ENTRIES:]
        if self.path is None or len(string) > MAX_ENTRY_CHARACTERS or holds_secret(string, self._secrets):
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.fchmod(fd, 0o600)
                os.write(fd, f"{_escaped(string)}\n".encode("utf-8", "replace"))
            finally:
                os.close(fd)
        except OSError:
            self.path = None

    def _rewrite(self, rows: list[str]) -> None:
        assert self.path is not None
        try:
            fd, name = tempfile.mkstemp(dir=self.path.parent)  # 0600 from the first byte on
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                file.write("".join(f"{row}\n" for row in rows))
            os.replace(name, self.path)
        except OSError:
            self.path = None


class SuggestLine(AutoSuggestFromHistory):
    """The newest line that begins like this one, if it is harmless: it is shown as it is."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """The rest of that line."""
        found = super().get_suggestion(buffer, document)
        return found if found is not None and neutralise(found.text) == found.text else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _unescaped(row: str) -> str:
    return _ESCAPED.sub(lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), row)
