"""A file that is looked through for secrets before anybody gets it: what imports and exports write.

The rule: it is made only when it passed, so that nothing of a refused one is left on the disk.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, Self

from lksig.errors import CheckFailedError, InputError

if TYPE_CHECKING:
    from lksig.environ import Environ

STDOUT = "-"
HELD_BYTES = 1 << 23
"""In memory; more of it goes into an unnamed file."""
CHUNK_BYTES = 1 << 16
MAX_NAMED = 3
"""Secrets that are named in a refusal."""


class Checked:
    """An output; `commit` ends it. As a context it throws away what was not committed.

    Args:
        target: its path; `-` is standard output.
        force: replace a file that exists.
        personal: names and the like count as secrets too.
        is_checked: False writes whatever is in it.

    Raises:
        InputError: the file exists.
    """

    def __init__(
        self, target: str, environ: Environ, *, force: bool = False, personal: bool = False, is_checked: bool = True
    ) -> None:
        from lksig.recording.writer import check_absent

        if target != STDOUT and not force:
            check_absent(target)
        self.spool: Any = tempfile.SpooledTemporaryFile(max_size=HELD_BYTES)  # noqa: SIM115  # closed by `close`
        self._target = target
        self._environ = environ
        self._force = force
        self._personal = personal
        self._is_checked = is_checked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """More of the content."""
        self.spool.write(data)

    def close(self) -> None:
        """Throw away what is held."""
        self.spool.close()

    def commit(self) -> None:
        """Make the file.

        Raises:
            CheckFailedError: a secret is in it.
            InputError: it cannot be written.
        """
        from lksig.cli.recorder import StdoutOutput
        from lksig.recording.writer import Output, create_file

        if self._is_checked:
            self._check()
        is_stdout = self._target == STDOUT
        output: Output = StdoutOutput(self._environ) if is_stdout else create_file(self._target, force=self._force)
        self.spool.seek(0)
        try:
            while chunk := self.spool.read(CHUNK_BYTES):
                output.write(chunk)
            output.close()
        except BrokenPipeError:
            raise
        except OSError as exc:
            text = f"cannot write `{self._target}`: {exc.strerror}"
            raise InputError(text, code="file-unwritable", layer="file") from exc

    def _check(self) -> None:
        from lksig.cli.recorder import known_values
        from lksig.recording.check import Checker

        checker = Checker(known_values(self._environ), personal=self._personal)
        self.spool.seek(0)
        found = [str(one) for one in checker.survivors(iter(lambda: self.spool.read(CHUNK_BYTES), b""))]
        if found:
            named = "; ".join([*found[:MAX_NAMED], *(["…"] if len(found) > MAX_NAMED else [])])
            whose = "a secret" if len(found) == 1 else f"{len(found)} secrets"
            raise CheckFailedError(
                f"`{self._target}` is not written, {whose} would be in it: {named}",
                code="secret-found",
                layer="file",
                hint="`--no-redact` writes it all the same",
            )
