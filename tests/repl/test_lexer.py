"""Colours while typing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from lksig.repl.lexer import MAX_CHARACTERS, LineLexer, runs


def styled(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], style.removeprefix("class:")) for start, end, style in runs(text)]


def test_requests() -> None:
    assert styled("add_track cid=cam1 sid=%cam1.track.sid text=%%x sdp=@a.sdp word mute") == [
        ("add_track", "case"),
        ("cid=", "field"),
        ("sid=", "field"),
        ("%cam1.track.sid", "reference"),
        ("text=", "field"),
        ("sdp=", "field"),
        ("@a.sdp", "reference"),
        ("mute", "case"),
    ]
    assert styled('candidate {"a=b": 1} %cam1 @f') == [
        ('{"a=b": 1}', ""),
        ("%cam1", "reference"),
        ("@f", "reference"),
    ]


def test_commands() -> None:
    assert styled(" /show 4") == [("/show", "verb")]
    assert styled("/nothing 4") == [("/nothing", "")]
    assert styled("! date") == [("! date", "verb")]
    assert styled("| jq .") == [("| jq .", "verb")]
    assert styled("# mute") == [("# mute", "comment")]
    assert styled("  ") == []


@given(st.text(alphabet=st.sampled_from('mute add_track=%@/{}[]"\\\n x#!|')))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    rows = LineLexer().lex_document(Document(text))
    for number, row in enumerate(text.split("\n")):
        assert "".join(fragment[1] for fragment in rows(number)) == row
    assert rows(10_000) == []


def test_a_very_long_text_is_not_coloured() -> None:
    rows = LineLexer().lex_document(Document("mute " * MAX_CHARACTERS))
    assert len(rows(0)) == 1


def test_what_acts_on_a_terminal_is_shown_as_something_else() -> None:
    rows = LineLexer().lex_document(Document("mute sid=\u202ex\x1b[2Jy\n\x9b"))
    assert ["".join(fragment[1] for fragment in rows(n)) for n in (0, 1)] == ["mute sid=\ufffdx\ufffd[2Jy", "\ufffd"]
