"""The table of cases: complete, and every test it names exists."""

from __future__ import annotations

import re

import pytest

from docs.generators import cases
from docs.generators.cases import Evidence, find
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields

TESTS = ["tests/a.py::test_x[v0-mute-refused-3]", "tests/a.py::test_x[v0-mute-unopposed-9]", "tests/b.py::test_y"]


def test_of_several_tests_the_one_that_shows_success_is_named() -> None:
    assert find(TESTS, "tests/a.py", r"test_x\[v0-mute-.*\]") == Evidence("tests/a.py", "test_x[v0-mute-unopposed-9]")


@pytest.mark.parametrize("pattern", ["test_y", "test_x"])
def test_a_test_that_does_not_exist_proves_nothing(pattern: str) -> None:
    with pytest.raises(LookupError, match=f"no test in tests/a.py is called {pattern}"):
        find(TESTS, "tests/a.py", pattern)


def test_a_file_that_cannot_be_collected_is_told() -> None:
    with pytest.raises(LookupError, match="cannot be collected"):
        cases.collect(["tests/no_such_file.py"])


def test_the_page_has_every_case_with_evidence() -> None:
    text = cases.text()
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    both = [(str(field.number), name) for way in (TO_SERVER, TO_CLIENT) for name, field in case_fields(way).items()]
    assert [(number, name) for number, name, *_ in rows] == both
    for _, name, meaning, way, real, _ in rows:
        assert meaning
        assert way
        assert real.startswith("[`test_") or real in (cases.MEDIA, "never sent"), name
    assert sum(real.startswith("[`test_") for *_, real, _ in rows) == 22 + 21
