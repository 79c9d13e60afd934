"""The page of exit codes is complete, and its examples end as it says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest

from docs.generators import exit_codes
from lksig.exit_codes import ExitCode
from tests.support.cli import run
from tests.support.served import Served
from tests.support.serving import serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


@pytest.mark.parametrize("exit_code", exit_codes.EXAMPLES)
def test_an_example_ends_so(served: Served, exit_code: ExitCode) -> None:
    _, command, *words = shlex.split(exit_codes.EXAMPLES[exit_code])
    if "URL" not in words:
        ran = run(command, *words, variables={"LIVEKIT_API_KEY": "devkey", "LIVEKIT_API_SECRET": "secret"})
    elif "--api-secret" in words:
        ran = run(
            command, *[word.replace("URL", served.url) for word in words], variables={"LIVEKIT_API_KEY": "devkey"}
        )
    else:
        ran = served.run(command, *[word for word in words if word != "URL"])
    assert ran.exit_code == exit_code, ran.stderr


def test_every_exit_code_has_its_meaning() -> None:
    assert exit_codes.MEANINGS.keys() == set(ExitCode)
    text = exit_codes.text()
    assert [f"| {code.value} | " in text for code in ExitCode] == [True] * len(ExitCode)
    assert "the first of 70, 130, 143, 141, 4, 3, 8, 2, 7, 6, 5, 1 counts" in " ".join(text.split())
