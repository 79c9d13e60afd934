"""Single keys from a terminal, without echo and without Enter.

The rule: the terminal is put back as it was, whatever happens; where there is none (a pipe, Windows without termios),
waiting is all that is done.
"""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from lksig.cli.insistent import Insistent

if TYPE_CHECKING:
    from lksig.environ import Environ


class Keys:
    """Waits for keys; `is_live` says whether any can come.

    Args:
        wanted: False does not touch the terminal.
    """

    def __init__(self, environ: Environ, *, wanted: bool = True) -> None:
        self.is_live = False
        self._before: Any = None
        self._ctrl_c = Insistent()
        self._fd = -1
        if wanted and environ.is_terminal(environ.stdin):
            try:
                self._fd = environ.stdin.fileno()
            except OSError:
                return
            self.is_live = True

    def __enter__(self) -> Keys:
        self._ctrl_c.__enter__()
        if self.is_live:
            try:
                import termios
                import tty

                self._before = termios.tcgetattr(self._fd)
                tty.setcbreak(self._fd)
            except (ImportError, OSError, termios.error):
                self.is_live = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ctrl_c.__exit__(kind, exc, trace)
        if self._before is not None:
            import termios

            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def wait(self, seconds: float | None) -> str | None:
        """The next key, or None when the time is over first.

        Args:
            seconds: None waits for a key as long as it takes; without a terminal it must be a number.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed, now or since this was entered.
        """
        self._ctrl_c.check()
        if not self.is_live:
            time.sleep(seconds or 0.0)
            return None
        import select

        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return None
        data = os.read(self._fd, 1)
        if not data:  # the terminal is gone
            self.is_live = False
            return "q"
        return data.decode("latin-1")
