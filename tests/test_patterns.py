"""A lazy pattern does what the compiled one does, and compiles only once it is used."""

from __future__ import annotations

import re

import pytest

from lksig.patterns import lazy_pattern


def test_does_what_the_compiled_one_does() -> None:
    digits = lazy_pattern(r"(\d+)x", re.IGNORECASE)
    found = digits.fullmatch("12X")
    assert found is not None
    assert found[1] == "12"
    assert digits.sub(r"<\1>", "a1xb") == "a<1>b"
    assert (digits.pattern, digits.groups) == (r"(\d+)x", 1)
    assert lazy_pattern(b"a+").search(b"baa", 2) is not None


def test_compiles_on_first_use_and_keeps_what_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def noted(source: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(source)
        return compile_(source, flags)

    monkeypatch.setattr(re, "compile", noted)
    lazy = lazy_pattern("ab?")
    assert compiled == []
    assert lazy.match("ab")
    assert lazy.match("a")
    assert compiled == ["ab?"]


def test_a_wrong_name_is_no_attribute() -> None:
    assert not hasattr(lazy_pattern("a"), "nothing")
