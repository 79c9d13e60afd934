"""The generated pages of docs/, and completions/: made from the code and the tests, so that they say nothing else.

    python docs/generate.py                 write them (`make docs`)
    python docs/generate.py --check         exit 1 and name those that are out of date (`make check`)
    python docs/generate.py --print PATH    print one

Each page is a module of docs/generators with `PATH` and `text()`. The same tree gives the same bytes, everywhere.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.generators import cases, cli, completions, errors, exit_codes, json_lines, states, verbs  # noqa: E402  # needs the path above

PAGES = {
    module.PATH: module.text for module in (cli, cases, verbs, errors, exit_codes, json_lines, states)
} | completions.PAGES
SHOWN_DIFFERENCES = 12
"""Lines of a difference that `--check` prints; more help nobody."""


def out_of_date(path: str) -> list[str]:
    """The first lines in which a page differs from what would be written; none where it is up to date."""
    file = ROOT / path
    now = file.read_text("utf-8") if file.exists() else ""
    difference = difflib.unified_diff(now.splitlines(), PAGES[path]().splitlines(), path, "made", lineterm="", n=0)
    return list(difference)[:SHOWN_DIFFERENCES]


def write(path: str) -> None:
    file = ROOT / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PAGES[path](), "utf-8")


def main(words: Sequence[str]) -> int:
    """Write, check or print; the exit code."""
    parser = argparse.ArgumentParser(prog="docs/generate.py", description="Make the generated pages of docs/.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="exit 1 if a page is out of date")
    what.add_argument("--print", metavar="PATH", choices=PAGES, help="print one page")
    options = parser.parse_args(words)
    if options.print:
        sys.stdout.write(PAGES[options.print]())
        return 0
    if not options.check:
        for path in PAGES:
            write(path)
        return 0
    stale = {path: lines for path in PAGES if (lines := out_of_date(path))}
    for path, lines in stale.items():
        print(f"{path} is out of date; `make docs` makes it again\n" + "\n".join(lines), file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
