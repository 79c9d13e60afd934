"""Suggestions: which of them fit what is typed, and how names of files are written."""

from __future__ import annotations

import pytest

from lksig.schema.pool import descriptor
from lksig.schema.suggestions import (
    MAX_ITEMS,
    NothingKnown,
    Suggestion,
    about_field,
    matching,
    name_end,
    nothing,
    plain_prefix,
    written_file,
)

ITEMS = [
    Suggestion("add_track"),
    Suggestion("TR_x", "cam of alice"),
    Suggestion('"Ann B."', "PA_1", "Ann B."),
    Suggestion("track_setting"),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["add_track", "TR_x", '"Ann B."', "track_setting"]),
        ("addT", ["add_track"]),
        ("ann", ['"Ann B."']),
        ("track", ["track_setting"]),
        ("setting", ["track_setting"]),
        ("alice", ["TR_x"]),
        ("add_track", []),
        ("Ann B.", ['"Ann B."']),
        ("nobody", []),
    ],
)
def test_items_begin_with_what_is_typed_or_hold_it(typed: str, expected: list[str]) -> None:
    assert [item.text for item in matching(ITEMS, typed)] == expected


def test_a_longer_list_than_anybody_reads_is_cut() -> None:
    assert len(matching([Suggestion(f"TR_{number}") for number in range(MAX_ITEMS * 2)], "TR")) == MAX_ITEMS


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("offer.sdp", "offer.sdp"),
        ("my offer.sdp", '"my offer.sdp"'),
        ('a"b', r'"a\"b"'),
        ("a\x1bb", r'"a\u001bb"'),
    ],
)
def test_names_of_files_are_quoted_where_needed(name: str, written: str) -> None:
    assert written_file(name) == written


def test_the_quote_before_a_begun_name_is_no_part_of_it() -> None:
    assert [plain_prefix(text) for text in ("of", '"of')] == ["of", "of"]


@pytest.mark.parametrize(
    ("text", "cursor", "end"), [("mute sid", 1, 4), ("mute sid", 4, 4), ("mute", 4, 4), ("", 0, 0)]
)
def test_a_word_is_replaced_to_its_end(text: str, cursor: int, end: int) -> None:
    assert name_end(text, cursor) == end


def test_a_field_is_told_with_its_unit_and_its_age() -> None:
    fields = descriptor("AddTrackRequest").fields_by_name
    assert about_field(fields["width"]).endswith(" [px]")
    assert about_field(fields["stereo"]).startswith("Deprecated ")
    assert about_field(fields["cid"]).startswith("Client's own id")


def test_without_a_session_nothing_is_known() -> None:
    known = NothingKnown()
    assert (known.values("track"), known.keys("attributes"), known.case_of(1)) == ((), (), None)
    assert nothing(3).items == ()
