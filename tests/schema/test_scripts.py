"""Scripts: logical lines and the requests in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.pool import TO_CLIENT, Direction
from lksig.schema.scripts import LineJoiner, ScriptLine, parse_script, read_line
from lksig.schema.typed_text import format_request
from tests.support.messages import envelopes
from tests.support.typed import FakeInputs

INPUTS = FakeInputs()


def lines(text: str) -> list[ScriptLine]:
    return list(parse_script(text.split("\n"), INPUTS))


def cases(text: str) -> list[tuple[int, list[str | None]]]:
    return [(line.number, [request.case for request in line.requests]) for line in lines(text)]


def test_each_line_is_one_or_more_requests() -> None:
    text = 'mute sid=a\n\n  # a comment\n#another\n \t\nleave ping 5\n{"ping":"1"}'
    assert cases(text) == [(1, ["mute"]), (6, ["leave", "ping"]), (7, ["ping"])]


def test_a_backslash_continues_a_line() -> None:
    text = "add_track cid=c \\\n  type=VIDEO \\\n# no comment\nleave\\\n"
    found = lines(text)
    assert [(line.number, line.text) for line in found] == [
        (1, "add_track cid=c   type=VIDEO # no comment"),
        (4, "leave"),
    ]
    assert found[0].error is not None
    assert found[0].error.source == found[0].text
    assert found[1].requests[0].case == "leave"


def test_what_a_script_breaks_off_is_read_as_it_is() -> None:
    assert cases("leave\\") == [(1, ["leave"])]
    assert cases("leave \\\n\\") == [(1, ["leave"])]
    assert lines("\\") == [ScriptLine(1, "")]


def test_a_comment_does_not_continue() -> None:
    assert cases("# comment \\\nleave") == [(2, ["leave"])]


def test_line_ends_and_byte_order_marks_of_other_systems_are_taken() -> None:
    found = list(parse_script(["\ufeffupdate_metadata name=a\\\r\n", "b\r\n", "leave\n"], INPUTS))
    assert [line.text for line in found] == ["update_metadata name=ab", "leave"]
    assert lines("\ufeff# comment\nleave")[0].number == 2
    assert "\u2028" in lines("update_metadata name=a\u2028b")[0].text


def test_a_mistake_does_not_stop_the_lines_after_it() -> None:
    found = lines("leave\nmuet sid=x\nping 5")
    assert [line.error.code if line.error else None for line in found] == [None, "unknown-case", None]
    with pytest.raises(InputError) as caught:
        _ = found[1].requests
    assert caught.value is found[1].error
    assert found[1].parsed == ()


def printed(**members: Any) -> str:
    return json.dumps(members)


def test_printed_lines_are_taken_and_skipped() -> None:
    sent = printed(kind="message", dir="to_server", by="user", message={"mute": {"sid": "a"}})
    script = [
        printed(kind="start", format=1),
        sent,
        printed(kind="message", dir="to_server", by="auto", message={"ping": "5"}),
        printed(kind="message", dir="to_client", by="server", message={"pong": "5"}),
        f"  {sent}  ",
        printed(kind="result", request=1),
        printed(kind="message", dir="to_server", by="user"),
        "leave",
    ]
    found = list(parse_script(script, INPUTS))
    assert [line.number for line in found] == [2, 5, 7, 8]
    assert [request.exact for line in (found[0], found[1]) for request in line.requests] == [True, True]
    assert found[2].error is not None
    assert found[2].error.code == "bad-line"


def test_a_script_of_responses() -> None:
    (found,) = parse_script(["pong 5"], INPUTS, direction=TO_CLIENT)
    assert found.requests[0].case == "pong"
    read = read_line(ScriptLine(3, "pong 5"), INPUTS, direction=TO_CLIENT)
    assert read is not None
    assert read.number == 3


def test_lines_are_joined_as_they_come() -> None:
    joiner = LineJoiner()
    assert joiner.feed("") is None
    assert not joiner.is_inside
    assert joiner.feed("leave \\") is None
    assert joiner.is_inside
    assert joiner.feed("ping") == ScriptLine(2, "leave ping")
    assert not joiner.is_inside
    assert joiner.finish() is None


@given(st.lists(envelopes(), max_size=5))
def test_typed_lines_make_a_script(given: list[tuple[Direction, Any]]) -> None:
    script = [format_request(envelope, direction) for direction, envelope in given if direction is not TO_CLIENT]
    found = list(parse_script(script, INPUTS))
    assert [line.requests[0].build() for line in found] == [e for d, e in given if d is not TO_CLIENT]


@given(st.text(alphabet=st.sampled_from('mute sid=#\\\n\r{}"kind:\ufeff\ud800')))
def test_any_script_gives_lines_in_order(text: str) -> None:
    numbers = [line.number for line in lines(text)]
    assert numbers == sorted(set(numbers))
