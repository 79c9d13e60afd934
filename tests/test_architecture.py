"""The rooms of the house, as data: who may import whom, where third-party packages live, what pure rooms do without.

Every import of every module is looked at, those inside of functions and `if TYPE_CHECKING:` too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "lksig"

LEVELS = {
    "_proto": 0,
    "schema": 1,
    "wire": 2,
    "session": 3,
    "recording": 4,
    "live": 5,
    "render": 5,
    "repl": 6,
    "cli": 7,
}
"""Room → level: a room imports from itself and from lower levels only. `cli` starts the prompt of `repl`."""

FOR_EVERYBODY = {"errors", "exit_codes", "patterns", "records"}
TOP = {"__init__", "__main__", "entry", "environ", "errors", "exit_codes", "patterns", "pytest_plugin", "records"}
"""Modules outside of the rooms; `environ` is for the two front ends."""
SEE_EVERYTHING = {"entry", "__init__", "__main__", "pytest_plugin"}
"""The doors: of the process, of the library, of its fixtures."""
MAY_USE_ENVIRON = {"cli", "repl"}

HOMES = {
    "typer": {"cli", "entry"},
    "prompt_toolkit": {"repl"},
    "wcwidth": {"render"},
    "rich": {"render", "cli", "repl"},
    "websockets": {"live"},
    # The front ends wait for the verbs of a session, and for signals.
    "asyncio": {"live", "cli", "repl"},
    "http": {"live"},
    "socket": {"live"},
    "ssl": {"live"},
    "google": {"schema", "wire"},
    "jwt": {"wire"},
    "yaml": {"environ"},
    "platformdirs": {"environ"},
    "python_socks": {"live"},
    "pytest": {"pytest_plugin"},
}
"""Package → the rooms it lives in. Third-party packages that are not named here live nowhere."""

PURE = {"schema", "wire", "session"}
IMPURE_MODULES = {
    *("asyncio", "concurrent", "contextvars", "fcntl", "getpass", "glob", "http", "io", "locale", "logging", "mmap"),
    *("multiprocessing", "os", "pathlib", "platform", "pty", "queue", "random", "secrets", "select", "selectors"),
    *("shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile", "termios", "threading", "time", "tty"),
    *("urllib.request", "uuid"),
}
IMPURE_NAMES = {"open", "print", "input", "breakpoint"}
IMPURE_METHODS = {"now", "utcnow", "today"}
"""Of `datetime`: the clock."""

MAX_LINES = 600
"""Past 400 lines look for the second subject; here is the end."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """`schema`, or for a module at the top its own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST, *, typing_only: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Line, dotted name and "only under TYPE_CHECKING" of everything imported below `tree`."""
    for node in ast.iter_child_nodes(tree):
        within = typing_only or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, within) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}", within) for alias in node.names)
        else:
            yield from imports(node, typing_only=within)


def wrong_import(here: str, name: str, *, typing_only: bool) -> str | None:
    """What is wrong with `here` importing `name`, if anything is."""
    first, *rest = name.split(".")
    if not first:
        return "a relative import"
    if first == "lksig":
        return _wrong_room(here, rest[0]) if rest else None
    if first == "google" and typing_only:
        return None
    if first in HOMES:
        return None if here in HOMES[first] else f"`{first}` lives in {sorted(HOMES[first])}"
    if first not in sys.stdlib_module_names:
        return f"`{first}` lives nowhere"
    if here in PURE and any(name == impure or name.startswith(f"{impure}.") for impure in IMPURE_MODULES):
        return f"`{here}` is pure: it may not use `{name}`"
    return None


def _wrong_room(here: str, there: str) -> str | None:
    if there in FOR_EVERYBODY or there == "__version__" or here in SEE_EVERYTHING:
        return None
    if there == "environ":
        return None if here in MAY_USE_ENVIRON else "`environ` is handed in, not imported"
    if here in LEVELS and there in LEVELS:
        return None if here == there or LEVELS[there] < LEVELS[here] else f"`{here}` may not know `{there}`"
    return f"`{here}` may not know `{there}`"


def impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield node.lineno, "an event loop"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_NAMES:
            yield node.lineno, f"`{node.func.id}()`"
        elif isinstance(node, ast.Attribute) and node.attr in IMPURE_METHODS:
            yield node.lineno, f"`.{node.attr}`"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_keeps_to_its_room(path: Path) -> None:
    here, tree = room(path), ast.parse(path.read_bytes())
    assert here in LEVELS or here in TOP, f"{path} is a room nobody knows: give it a level"
    wrong = [
        f"{path}:{line}: {problem}"
        for line, name, typing_only in imports(tree)
        if (problem := wrong_import(here, name, typing_only=typing_only))
    ]
    if here in PURE:
        wrong += [f"{path}:{line}: `{here}` is pure: it may not use {what}" for line, what in impurities(tree)]
    assert not wrong, "\n".join(wrong)
    assert len(path.read_bytes().splitlines()) <= MAX_LINES


@pytest.mark.parametrize(
    ("here", "name", "allowed"),
    [
        ("wire", "lksig.schema.pool", True),
        ("schema", "lksig.wire.events", False),
        ("render", "lksig.live.session", False),
        ("recording", "lksig.render.line", False),
        ("session", "lksig.errors.InputError", True),
        ("cli", "lksig.environ", True),
        ("wire", "lksig.environ", False),
        ("entry", "lksig.cli.app", True),
        ("render", "google.protobuf.message", False),
        ("wire", "urllib.parse.quote", True),
        ("wire", "urllib.request.urlopen", False),
        ("schema", "os.path", False),
        ("live", "os.path", True),
        ("cli", "click.Command", False),
        ("cli", ".options", False),
    ],
)
def test_the_rules_say_what_they_should(here: str, name: str, allowed: bool) -> None:
    assert (wrong_import(here, name, typing_only=False) is None) is allowed
