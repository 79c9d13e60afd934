"""Print the oldest versions that pyproject.toml allows, as requirements; `make test-lowest` installs them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def lowest(requirement: str) -> str:
    """`typer>=0.26,<0.29` → `typer==0.26`.

    Raises:
        ValueError: a requirement without a lower bound.
    """
    found = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(,.*)?", requirement.replace(" ", ""))
    if not found:
        raise ValueError(f"{requirement} has no lower bound")
    return f"{found.group(1)}=={found.group(2)}"


if __name__ == "__main__":
    for line in tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["dependencies"]:
        print(lowest(line))
