"""What Enter makes of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.repl.typed_text import goes_on, logical_lines


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("ping", False),
        ("mute {", True),
        ("mute {\n", False),
        ('mute {"sid": "{"}', False),
        ("add_track layers=[", True),
        ("name=[x", True),
        ('name="x', False),
        ("ping \\", True),
        ("! cat {", False),
        ("/raw {", False),
        ("# {", False),
        ("", False),
    ],
)
def test_where_it_goes_on(text: str, more: bool) -> None:
    assert goes_on(text) is more


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("ping", ["ping"]),
        ("ping 1\r\n\r\n# no\r\nping 2\r\n", ["ping 1", "ping 2"]),
        ("ping \\\n5", ["ping 5"]),
        ("ping \\", ["ping "]),
        ('mute {\n "sid": 1\n}\nping', ['mute {\n "sid": 1\n}', "ping"]),
        ("mute {\n", ["mute {"]),
        ("mute {", ["mute {"]),
    ],
)
def test_the_lines_of_a_text(text: str, lines: list[str]) -> None:
    assert list(logical_lines(text)) == lines


@given(st.text(alphabet='ping {}[]"\\\n#/!'))
def test_nothing_typed_is_lost(text: str) -> None:
    goes_on(text)
    done = "".join("".join(logical_lines(text)).split())
    rest = iter("".join(text.split()))
    assert all(letter in rest for letter in done)
