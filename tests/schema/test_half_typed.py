"""Where the cursor stands in a line, and what the request around it sets already."""

from __future__ import annotations

import pytest

from lksig.schema.half_typed import NO_INPUTS, HalfTyped, half_typed, inside, lenient_parts
from lksig.schema.lexer import Span
from lksig.schema.paths import Step, parse_path
from lksig.schema.pool import TO_SERVER, case_fields
from tests.support.typing import split_cursor


def place(line: str) -> HalfTyped:
    text, cursor = split_cursor(line)
    return half_typed(text, cursor, cursor)


def steps(here: HalfTyped, path: str) -> tuple[Step, ...]:
    assert here.case is not None
    assert here.case.message_type is not None
    return parse_path(Span(path, 0, len(path)), here.case.message_type)


@pytest.mark.parametrize(
    ("line", "case", "word", "is_first"),
    [
        ("", None, "", False),
        ("mu", None, "mu", False),
        ("mute ", "mute", "", True),
        ("mute sid=x", "mute", "sid=x", True),
        ("mute sid=x ", "mute", "", False),
        ("mute sid=x ping ", "ping", "", True),
        ("ping 5 ", None, "", False),
        ("ping 5 now ", None, "", False),
        ("nonsense ", None, "", False),
        ('mute {"sid": "x"} ', "mute", "", False),
        ('mute sid=x {"ping": 1} ', None, "", False),
        ('mute sid="a b', "mute", 'sid="a b', True),
        ("mute ¦sid=x muted=true", "mute", "", True),
    ],
)
def test_the_request_around_the_cursor(line: str, case: str | None, word: str, is_first: bool) -> None:
    here = place(line)
    assert (here.case.name if here.case is not None else None, here.word.text, here.is_first) == (case, word, is_first)


@pytest.mark.parametrize(
    ("line", "path", "append", "allowed"),
    [
        ("mute ", "sid", False, True),
        ("mute sid=x ", "sid", False, False),
        ("mute sid=x ", "muted", False, True),
        ("mute ¦ sid=x", "sid", False, False),
        ("mute ¦x sid=x", "sid", False, False),
        ("mute ¦ ping sid=x", "sid", False, True),
        ('mute ¦ {"ping": 1}', "sid", False, True),
        ('mute {"sid": "x"} ', "sid", False, False),
        ('mute {"sid": nonsense} ', "sid", False, True),
        ("mute %2 ", "sid", False, True),
        ("mute sid=x sid=y ", "sid", False, False),
        ("mute nonsense sid[ ", "sid", False, True),
        ("mute nonsense=1 ", "sid", False, True),
        ("mute muted=perhaps ", "muted", False, False),
        ("offer sdp=@offer.sdp ", "sdp", False, False),
        ("simulate migration=true ", "server_leave", False, False),
        ("simulate ", "server_leave", False, True),
        ("add_track layers.0.width=1 ", "layers.0.width", False, False),
        ("add_track layers.0.width=1 ", "layers.1.width", False, True),
        ("add_track layers.0.width=1 ", "layers.2.width", False, False),
        ("add_track layers=@layers.json ", "layers", False, False),
        ("add_track layers+=nonsense ", "layers", True, True),
        ("add_track layers=[nonsense] ", "layers", False, False),
        ("subscription track_sids+=a ", "track_sids", True, True),
        ("subscription track_sids+=a ", "track_sids", False, False),
        ("update_metadata attributes.a=b ", "attributes.a", False, False),
        ("update_metadata attributes.a=b ", "attributes.c", False, True),
        ("store_data_blob_request ", "blob.key.generic", False, True),
    ],
)
def test_what_can_still_be_set(line: str, path: str, append: bool, allowed: bool) -> None:
    here = place(line)
    assert here.can_set(steps(here, path), append=append) is allowed


def test_cids_that_the_line_announces() -> None:
    assert place("add_track cid=cam1 ping add_track cid=cam2 mute sid=x add_track cid=cam3 ").names == ["cam1", "cam2"]


def test_what_is_typed_so_far_can_be_looked_at() -> None:
    here = place("update_metadata attributes.a=b ")
    assert here.at(steps(here, "attributes.a")) == "b"
    assert here.at(steps(here, "attributes.c")) is None
    layers = place("add_track layers.0.width=5 ")
    assert layers.at(steps(layers, "layers.0.width")) == 5
    assert layers.at(steps(layers, "layers.1.width")) is None
    assert layers.count(layers.body, steps(layers, "layers")[0].field) == 1
    assert layers.count(None, steps(layers, "layers")[0].field) == 0
    assert place("").body is None
    assert inside(None, steps(layers, "layers")[0]) is None


def test_a_line_without_a_case_sets_nothing() -> None:
    here = place("")
    field = case_fields(TO_SERVER)["mute"].message_type
    assert field is not None
    assert here.can_set(parse_path(Span("sid", 0, 3), field))


def test_a_bracket_that_is_open_is_no_assignment() -> None:
    word = Span("attributes[x=1", 0, 14)
    assert lenient_parts(word) is None


def test_while_a_line_is_typed_nothing_comes_from_outside() -> None:
    assert (NO_INPUTS.now_ms(), NO_INPUTS.read_file("x")) == (0, b"")
