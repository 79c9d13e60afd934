"""What can be typed next at the prompt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.repl.completion import complete, is_finished
from lksig.repl.lines import Command, read
from lksig.repl.verbs import VERBS
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.schema.suggestions import Suggestions
from tests.support.typing import ROOM, chosen, split_cursor, texts


def at(line: str) -> Suggestions:
    text, cursor = split_cursor(line)
    return complete(text, cursor, VERBS, ROOM)


CASES = list(case_fields(TO_SERVER))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", CASES),
        ("mute sid=TR_o", ["TR_own"]),
        ("! ls ", []),
        ("| jq ", []),
        ("# mute ", []),
        ("/", [f"/{name}" for name in VERBS]),
        ("  /", [f"/{name}" for name in VERBS]),
        ("/sh", ["/show"]),
        ("/show", []),
        ("/show ", ["9", "4", "3", "2", "1"]),
        ("/show 4 t", ["tree"]),
        ("/show 4 tree ", []),
        ("/show 4 json | jq ", []),
        ("/nonsense ", []),
        ("/ ", []),
        ("/state ", []),
        ("/detail ", ["on", "off"]),
        ("/filter of", ["off", "offer"]),
        ("/filter mute.mu", ["muted"]),
        ("/filter mute.muted=", ["true", "false"]),
        ("/filter close and by=us", ["user"]),
        ("/resend ", ["3", "2"]),
        ("/resend 2 ", ["sid=", "muted="]),
        ("/resend 2 mu", ["muted="]),
        ("/resend 2 sid=TR_o", ["TR_own"]),
        ("/resend 2 sid=x ", ["muted="]),
        ("/resend 2 sid=x muted=true ", []),
        ("/resend 4 ", []),
        ("/resend 77 ", []),
        ("/resend x ", []),
        ("/use ", ["alice", '"Ann B."', "and"]),
        ("/use Ann", ['"Ann B."']),
        ("/record ", ["start", "stop", "mark"]),
        ("/record mark x", []),
        ("/ws ", ["ping", "close"]),
        ("/ws ping he", []),
        ("/raw ", ["hex:", "b64:"]),
        ("/raw he", ["hex:"]),
        ("/raw hex:00", []),
        ("/edit add", ["add_track"]),
        ("/auto fe", ["fence"]),
        ("/auto fence ", ["on", "off"]),
        ("/help track_p", ["track_published"]),
        ("help track_p", ["track_published"]),
        ("? track_p", ["track_published"]),
        ("exit ", []),
    ],
)
def test_what_is_offered(line: str, expected: list[str]) -> None:
    assert sorted(texts(at(line))) == sorted(expected)


@pytest.mark.parametrize(
    ("line", "prefix", "start"),
    [
        ("/save ca", "ca", 6),
        ('/save "my ca', "my ca", 6),
        ("/record start ca", "ca", 14),
        ("/raw @fr", "fr", 6),
        ("/text @fr", "fr", 7),
        ("offer sdp=@of", "of", 11),
    ],
)
def test_names_of_files_are_left_to_whoever_has_a_disk(line: str, prefix: str, start: int) -> None:
    found = at(line)
    assert (found.wants_file, found.file_prefix, found.start, found.end) == (True, prefix, start, len(line))


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("/sh¦ow 4", "/show 4"),
        ("/filter close and by=us¦", "/filter close and by=user"),
        ("/filter of¦", "/filter off"),
        ("/resend 2 sid=x mu¦", "/resend 2 sid=x muted="),
        ("/show 4 t", "/show 4 tree"),
    ],
)
def test_what_a_choice_makes_of_the_line(line: str, after: str) -> None:
    text, cursor = split_cursor(line)
    assert chosen(text, complete(text, cursor, VERBS, ROOM)) == after


def test_commands_and_cases_say_what_they_do() -> None:
    assert at("/sta").items[0].meaning == VERBS["state"].help
    assert at("/edit add").items[0].meaning.startswith("Announces a media track")
    assert {*case_fields(TO_CLIENT), *CASES} == set(texts(at("/help ")))


@pytest.mark.parametrize("name", VERBS)
def test_every_command_can_be_typed_by_choosing(name: str) -> None:
    text = f"/{name[:1]}"
    found = complete(text, 2, VERBS, ROOM)
    text = f"/{name}" if len(found.items) == 0 else chosen(text, found, texts(found).index(f"/{name}"))
    typed = read(text)
    assert isinstance(typed, Command)
    assert typed.verb.name == name


_TYPED = st.text(st.sampled_from(list('/ show4ilterunqp.=@|"{[]}%!#?')), max_size=30)
_LINES = st.sampled_from([f"/{name} " for name in VERBS] + ["", "help ", "/show 4 ", "/resend 2 ", "/filter update."])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        *((case, True) for case in CASES),
        ("", False),
        ("mute ", False),
        ("mut", False),
        ("mute sdi", False),
        ("mute sid=", False),
        ("mute sid=TR_own", True),
        ("mute sid=%cam1", True),
        ("mute sid=%", False),
        ("mute sid=TR_own muted=true", False),
        ("add_track layers.0", False),
        ("add_track layers.0.", False),
        ("add_track cid=c\ntype=VIDEO", True),
        ('mute sid="', False),
        ("/show", True),
        ("/show 4", True),
        ("/show 4 tree", False),
        ("/record start", True),
        ("/state", False),
        ("help", True),
        ("quit", False),
        ("! ls", False),
        ("# mute", False),
    ],
)
def test_something_can_stand_behind_a_word_that_is_whole(line: str, expected: bool) -> None:
    assert is_finished(line, VERBS, ROOM) is expected


@given(_LINES, _TYPED)
@settings(max_examples=200)
def test_any_line_is_finished_or_not(begin: str, rest: str) -> None:
    line = begin + rest
    if is_finished(line, VERBS, ROOM):
        assert complete(f"{line} ", len(line) + 1, VERBS, ROOM) != complete(line, len(line), VERBS, ROOM)


@given(_LINES, _TYPED, st.integers(-1, 45))
@settings(max_examples=200)
def test_any_line_and_any_cursor_have_an_answer(begin: str, rest: str, cursor: int) -> None:
    line = begin + rest
    found = complete(line, cursor, VERBS, ROOM)
    assert 0 <= found.start <= found.end <= len(line)


@given(st.sampled_from([f"/{name} " for name in VERBS if name != "filter"]), st.text(st.characters(), max_size=6))
def test_what_is_offered_leaves_a_command_a_command(begin: str, rest: str) -> None:
    line = begin + rest
    found = complete(line, len(line), VERBS, ROOM)
    for index in range(len(found.items)):
        try:
            assert isinstance(read(chosen(line, found, index)), Command)
        except InputError as error:
            pytest.fail(str(error))
