"""What the first commands of a day load: `--version` and completion must not wait for libraries they do not use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("rich", "prompt_toolkit", "websockets", "google.protobuf", "jwt", "yaml", "asyncio", "pydantic")
"""Tens of milliseconds each, at start."""

RUN = """
import json, sys
sys.argv = ["lksig", *json.loads(sys.argv[1])]
from lksig.entry import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """Which of HEAVY a fresh interpreter has loaded; `code` prints its modules as the last line of stderr."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=50, check=True
    )
    modules = json.loads(done.stderr.splitlines()[-1])
    return {name for name in HEAVY for module in modules if module == name or module.startswith(f"{name}.")}


@pytest.mark.parametrize("module", ["lksig", "lksig.entry", "lksig.errors", "lksig.exit_codes"])
def test_import_loads_nothing_heavy(module: str) -> None:
    assert loaded(f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)), file=sys.stderr)") == set()


def test_version_loads_nothing_heavy() -> None:
    assert loaded(RUN, '["--version"]') == set()


def test_a_join_loads_only_what_it_was_asked_for() -> None:
    code = RUN.replace("sorted(sys.modules)", 'sorted(name for name in sys.modules if name.startswith("lksig."))')
    done = subprocess.run(
        [sys.executable, "-c", code, '["listen", "ws://127.0.0.1:9", "--dev", "--dry-run"]'],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    modules = json.loads(done.stderr.splitlines()[-1])
    assert "lksig.wire.handshake" in modules
    unasked = ("lksig.schema.filter", "lksig.schema.manual", "lksig.recording", "lksig.session.rooms", "lksig.repl")
    assert [name for name in modules if name.startswith(unasked)] == []
