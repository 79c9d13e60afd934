"""`lksig completions show|install SHELL`: scripts with which a shell completes lksig's words without starting it.

The same scripts lie in `completions/`, for packagers. Installing writes one file into the folder where the shell looks
for them and says what is still to be done; files that the user wrote are never changed.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.completion_tables import SHELLS, tables
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.environ import Environ

MADE = "Made by `make docs`"
"""In the head of every script: a file with it may be replaced."""
PATHS = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/lksig"),
    "zsh": ("XDG_DATA_HOME", ".local/share", "zsh/site-functions/_lksig"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/lksig.fish"),
    "powershell": ("XDG_CONFIG_HOME", ".config", "powershell/lksig.ps1"),
}
"""Variable, what holds without it below the home, and the file. Sources: README of bash-completion 2.11 (user
directory), fish 3.6 `complete`; zsh and PowerShell have no folder of the user's that they look into by themselves."""


def completions_command(
    context: typer.Context,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="show or install.", show_default=False)],
    shell: Annotated[
        str | None,
        typer.Argument(metavar="[SHELL]", help="bash, zsh, fish or powershell; without it, that of $SHELL."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that lksig did not make.")] = False,
) -> None:
    """Print or install completion for a shell: commands, options, cases, fields, enum values.

    The scripts are static: nothing starts Python on Tab. They complete what the schema knows; the sids and names of a
    room are completed by the prompt of `lksig connect`.
    """
    environ: Environ = context.obj
    if action not in ("show", "install"):
        raise InputError(
            f"`{action}` is neither `show` nor `install`", code="usage", hint="lksig completions show bash"
        )
    chosen = _shell(shell, environ)
    text = script(chosen)
    if action == "show":
        environ.stdout.write(text)
        return
    path = environ.user_path(*PATHS[chosen])
    _write(path, text, force=force)
    environ.stdout.write(f"{path}\n")
    environ.stderr.write(f"{_next_step(chosen, path)}\n")


def script(shell: str) -> str:
    """The completion script of a shell."""
    module = importlib.import_module(f"lksig.cli.completions_{shell}")
    text: str = module.script(tables())
    return text


def _shell(given: str | None, environ: Environ) -> str:
    name = given or os.path.basename(environ.variable("SHELL") or "")
    if name in SHELLS:
        return name
    what = f"`{given}` is no shell that is known" if given else "which shell? $SHELL does not say it"
    raise InputError(what, code="unknown-shell", hint="one of " + ", ".join(SHELLS))


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        if not force and path.exists() and MADE not in path.read_text("utf-8", "replace"):
            hint = "`--force` replaces it"
            raise InputError(f"`{path}` exists, and lksig did not make it", code="file-exists", hint=hint, layer="file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as exc:
        what = f"cannot write `{path}`: {exc.strerror}"
        hint = "`lksig completions show` prints the script, to be put where it can be written"
        raise InputError(what, code="cannot-write", hint=hint, layer="file") from exc


def _next_step(shell: str, path: Path) -> str:
    """What is left to do for whoever installed."""
    return {
        "bash": f"new shells with bash-completion load it by themselves; in others: source {path}",
        "zsh": f"if it is not there yet, before `compinit` in ~/.zshrc: fpath=({path.parent} $fpath)",
        "fish": "fish loads it by itself",
        "powershell": f"add to $PROFILE: . {path}",
    }[shell]
