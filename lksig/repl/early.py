"""The prompt before its editor is loaded: it stands there as soon as the join does, and what is typed waits.

Loading what edits the line takes longer than joining. Meanwhile the terminal neither echoes nor interprets keys; they
are in its queue when the editor begins to read. What arrives is printed above, as later.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from lksig.render.theme import Paint
from lksig.render.width import cut

if TYPE_CHECKING:
    from lksig.environ import Environ
    from lksig.repl.above import Above

_CLEAR = "\r\x1b[J"
"""To the first column, and nothing from there on. Source: ECMA-48 CR, ED."""


class EarlyPrompt:
    """While entered, a prompt without an editor.

    Args:
        text: the prompt.
    """

    def __init__(self, environ: Environ, above: Above, text: str, *, width: int | None, colour: bool) -> None:
        self._environ = environ
        self._above = above
        self._text = Paint(colour)("name", cut(text, max((width or 80) // 2, 1)))
        self._before: Any = None

    def __enter__(self) -> EarlyPrompt:
        self._hush()
        self._write(self._text)
        self._above.attach(self._print)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write(_CLEAR)
        self._above.detach()
        if self._before is not None:
            import termios

            termios.tcsetattr(self._environ.stdin.fileno(), termios.TCSANOW, self._before)

    def _hush(self) -> None:
        import termios

        try:
            fd = self._environ.stdin.fileno()
            self._before = termios.tcgetattr(fd)
            quiet = termios.tcgetattr(fd)
        except (OSError, termios.error):
            return
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(fd, termios.TCSANOW, quiet)

    def _print(self, text: str) -> None:
        self._write(f"{_CLEAR}{text}{self._text}")

    def _write(self, text: str) -> None:
        self._environ.stdout.write(text)
        self._environ.stdout.flush()
