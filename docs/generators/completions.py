"""completions/: the static scripts of the shells, as `lksig completions show` prints them."""

from __future__ import annotations

import functools
from collections.abc import Callable


def _script(shell: str) -> str:
    from lksig.cli.completions import script

    return script(shell)


PAGES: dict[str, Callable[[], str]] = {
    path: functools.partial(_script, shell)
    for shell, path in (
        ("bash", "completions/lksig.bash"),
        ("zsh", "completions/_lksig"),
        ("fish", "completions/lksig.fish"),
        ("powershell", "completions/lksig.ps1"),
    )
}
"""Path → what makes the file."""
