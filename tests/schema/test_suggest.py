"""What can be typed next: places in a line, and the promise that the grammar takes what is offered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.cases import EXAMPLES
from lksig.schema.grammar import parse_line
from lksig.schema.lexer import scan_line
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields
from lksig.schema.skeleton import skeleton
from lksig.schema.suggest import NothingKnown, Suggestions, suggest
from lksig.schema.typed_text import format_request
from tests.support.messages import envelopes
from tests.support.typed import FakeInputs
from tests.support.typing import ROOM, chosen, split_cursor, texts


def at(line: str, **options: Any) -> Suggestions:
    text, cursor = split_cursor(line)
    return suggest(text, cursor, ROOM, **options)


CASES = list(case_fields(TO_SERVER))


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", CASES),
        ("add", ["add_track"]),
        ("addT", ["add_track"]),
        ("mute ", ["sid=", "muted="]),
        ("mute s", ["sid=", *(case for case in CASES if case.startswith("s"))]),
        ("mute sid=x muted=true ", CASES),
        ("mute sid=x pin", ["ping", "ping_req"]),
        ("mute sid=", ["TR_own", "TR_alice", '"TR odd"', "%cam1", "%alice/cam", '%"Ann B."/cam']),
        ("mute sid=alice", ["TR_alice", "%alice/cam"]),
        ("mute sid=TR_own", []),
        ('mute sid="TR o', ['"TR odd"']),
        ("mute sid=x sid=", []),
        ("mute sid+=", ["TR_own", "TR_alice", '"TR odd"', "%cam1", "%alice/cam", '%"Ann B."/cam']),
        ("mute nonsense=", []),
        ("add_track type=", ["AUDIO", "VIDEO", "DATA"]),
        ("add_track type=v", ["VIDEO"]),
        ("add_track layers.0.quality=", ["LOW", "MEDIUM", "HIGH", "OFF"]),
        ("add_track layers+=", ["{"]),
        ("add_track layers+=x", []),
        ('add_track layers+={"qual', ['"quality": ']),
        ('add_track layers=[{"qual', ['"quality": ']),
        (
            "subscription track_sids=[TR_alice,",
            ["TR_alice", '"TR odd"', "TR_own", "%cam1", "%alice/cam", '%"Ann B."/cam'],
        ),
        ("subscription track_sids=[%al", ["%alice/cam", "%alice"]),
        ("subscription track_sids=[TR_alice]", []),
        ('subscription track_sids=["TR', ["TR_alice", '"TR odd"', "TR_own"]),
        ("subscription track_sids+=TR_alice track_sids+=TR", ['"TR odd"', "TR_own"]),
        ("update_metadata attributes.", [".mood=", ".lk.mood=", '["a=b"]=']),
        ('update_metadata attributes={"mo', ['"mood": ']),
        ("update_metadata attributes=x", []),
        ("update_metadata attributes.mood=", []),
        ("simulate server_leave=true migration=", []),
        ("simulate switch_candidate_protocol=", ["UDP", "TCP", "TLS"]),
        ("simulate switch_candidate_protocol=UDP m", ["mute"]),
        ("add_track cid=cam1 mute sid=", ["%cam1", "TR_own", "TR_alice", '"TR odd"', "%alice/cam", '%"Ann B."/cam']),
        ("add_track cid=cam9 mute sid=%cam9", []),
        ("mute sid=%%", []),
        ("mute sid=@@", []),
        ("mute sid=%4.track.si", ["sid", "simulcast"]),
        ("mute %2", []),
        ("mute %", ["%last.", "%4.", "%3.", "%2"]),
        ('mute {"si', ['"sid": ']),
        ('mute sid=x {"pi', ['"ping": ', '"ping_req": ']),
        ('{"mut', ['"mute": ']),
        ("answer type=", ["answer", "offer"]),
        ("ping ", ["now"]),
        ("ping timestamp=", ["now"]),
        ("ping n", ["now"]),
        ("ping mu", ["mute"]),
        (
            "ping %",
            ["%self.", "%cam1.", "%alice/cam.", '%"Ann B."/cam.', "%alice.", "%last.", "%9", "%4.", "%3.", "%2."],
        ),
        ("ping 5 mu", ["mute"]),
        ("ping_req timestamp=", ["now"]),
        ("answer id=%last.of", ["offer."]),
        ("update_layers layers.x.y.z", []),
        ("mute nonsense.x", []),
        ("ping @", []),
    ],
)
def test_what_is_offered(line: str, expected: list[str]) -> None:
    found = texts(at(line))
    assert sorted(found) == sorted(expected)
    assert found[:1] == expected[:1]


@pytest.mark.parametrize(
    ("line", "index", "after"),
    [
        ("mu¦te sid=x", 0, "mute sid=x"),
        ("m¦ sid=x", 0, "mute sid=x"),
        ("mute s¦=x muted=true", 0, "mute sid=x muted=true"),
        ("subscription t¦+=x", 0, "subscription track_sids+=x"),
        ("add_track type=¦VIDEO", 0, "add_track type=AUDIO"),
        ("add_track type=VI¦DEO cid=x", 0, "add_track type=VIDEO cid=x"),
        ("update_layers layers.¦", 0, "update_layers layers.0."),
        ("update_layers layers[", 0, "update_layers layers.0."),
        ('mute {"sid": "TR_o', 0, 'mute {"sid": "TR_own"'),
    ],
)
def test_what_a_choice_makes_of_the_line(line: str, index: int, after: str) -> None:
    text, cursor = split_cursor(line)
    assert chosen(text, suggest(text, cursor, ROOM), index) == after


def test_a_field_that_stands_behind_the_cursor_is_not_offered() -> None:
    assert texts(at("mute ¦ muted=true ping")) == ["sid="]


@pytest.mark.parametrize(
    ("line", "prefix", "start"),
    [
        ("offer sdp=@of", "of", 11),
        ('offer sdp=@"my of', "my of", 11),
        ("@env", "env", 1),
        ("mute @", "", 6),
        ("add_track layers=@l", "l", 18),
        ("update_metadata attributes=@a", "a", 28),
        ("mute sid=x @e", "e", 12),
    ],
)
def test_names_of_files_are_left_to_whoever_has_a_disk(line: str, prefix: str, start: int) -> None:
    found = at(line)
    assert (found.wants_file, found.file_prefix, found.start, found.items) == (True, prefix, start, ())


def test_responses_are_completed_too() -> None:
    assert texts(at("track_pub", direction=TO_CLIENT)) == ["track_published"]
    assert texts(at("connection_quality updates.0.quality=EX", direction=TO_CLIENT)) == ["EXCELLENT"]
    assert texts(at("refresh_token ", direction=TO_CLIENT)) == []


def test_without_a_session_the_schema_is_known() -> None:
    assert texts(suggest("mute sid=", 9, NothingKnown())) == []
    assert texts(suggest("mute muted=", 11, NothingKnown())) == ["true", "false"]


# --- properties -----------------------------------------------------------------------------------------------------


def as_json(direction: Direction, envelope: Any) -> str:
    return json.dumps(json_format.MessageToDict(envelope, preserving_proto_field_name=True))


@st.composite
def typed_lines(draw: st.DrawFn) -> str:
    """Lines that the grammar takes: requests one after another, as fields, or one as JSON."""
    sent = [draw(envelopes(TO_SERVER))[1] for _ in range(draw(st.integers(1, 2)))]
    form = draw(st.sampled_from(["fields", "fields", "json"]))
    if form == "json":
        return as_json(TO_SERVER, sent[0])
    return " ".join(format_request(envelope, TO_SERVER) for envelope in sent)


@given(typed_lines())
@settings(max_examples=50)
def test_every_prefix_of_every_line_is_safe(line: str) -> None:
    # Of long lines every n-th one.
    step = 1 + len(line) // 200
    for cursor in range(len(line) % step, len(line) + 1, step):
        found = suggest(line[:cursor], cursor, ROOM)
        assert 0 <= found.start <= cursor <= found.end <= len(line)


@given(st.text(st.sampled_from('add_track mutesid=.[]{}",:%@01+\\\n#'), max_size=40), st.integers(-2, 45))
def test_any_text_and_any_cursor_have_an_answer(text: str, cursor: int) -> None:
    found = suggest(text, cursor, ROOM)
    assert 0 <= found.start <= found.end <= len(text)


INPUTS = FakeInputs()


def refusal(line: str) -> InputError | None:
    try:
        parse_line(line, INPUTS)
    except InputError as error:
        return error
    return None


def closed(line: str) -> list[str]:
    """The line with what its open brackets need behind it, as it is and with a value."""
    opened: list[str] = []
    in_text = False
    at = 0
    while at < len(line):
        char = line[at]
        if in_text:
            at += char == "\\"
            in_text = char != '"'
        elif char == '"':
            in_text = True
        elif char in "{[":
            opened.append("}" if char == "{" else "]")
        elif opened and char == opened[-1]:
            opened.pop()
        at += 1
    closers = "".join(reversed(opened))
    return [line + value + closers for value in ("", "null", "0", "7=")]


def can_be_finished(line: str) -> bool:
    """Whether some way to go on, of the first ones that are offered, gives a line that the grammar takes."""
    lines = [line]
    for text in lines:
        if any(refusal(ended) is None for ended in closed(text)):
            return True
        found = suggest(text, len(text), ROOM)
        if len(lines) < 40:
            lines += [chosen(text, found, index) for index in range(min(len(found.items), 4))]
    return False


@given(typed_lines(), st.data())
@settings(max_examples=150)
def test_nothing_is_offered_that_the_grammar_refuses(line: str, data: st.DataObject) -> None:
    text = line[: data.draw(st.integers(0, len(line)))]
    found = suggest(text, len(text), ROOM)
    if found.items:
        after = chosen(text, found, data.draw(st.integers(0, len(found.items) - 1)))
        assert can_be_finished(after), f"{text!r} became {after!r}: {refusal(after)}"


@given(envelopes(TO_SERVER), st.data())
@settings(max_examples=150)
def test_what_stands_behind_the_cursor_counts_too(sent: tuple[Direction, Any], data: st.DataObject) -> None:
    words = [word.text for word in scan_line(format_request(sent[1], TO_SERVER)).words]
    at = data.draw(st.integers(1, len(words)))
    before, behind = " ".join(words[:at]) + " ", " ".join(["", *words[at:]])
    # A list that is set piece by piece is in order: what extends it at the wrong place is the grammar's business.
    if refusal(before + behind) is None and ".1" not in behind:
        found = suggest(before + behind, len(before), ROOM)
        for index, item in enumerate(found.items):
            if item.text.endswith("=") and not item.text.endswith("+=") and "." not in item.text:
                after = chosen(before + behind, found, index)
                assert refusal(after) is None, f"{after!r}: {refusal(after)}"


# --- all requests by choosing ---------------------------------------------------------------------------------------


def typed_by_choosing(target: str) -> str:
    """What has to be typed by hand for a line, everything that is offered being chosen; choices are `·`."""
    text, by_hand = "", ""
    while text != target:
        found = suggest(text, len(text), ROOM)
        ways = [chosen(text, found, index) for index in range(len(found.items))]
        fitting = [way for way in ways if target.startswith(way) and len(way) > len(text)]
        if fitting:
            text = max(fitting, key=len)
            by_hand += "·"
        else:
            by_hand += target[len(text)]
            text = target[: len(text) + 1]
    return by_hand


@pytest.mark.parametrize("case", CASES)
def test_every_request_can_be_typed_with_choices_and_values(case: str) -> None:
    for word in typed_by_choosing(EXAMPLES[case]).split(" "):
        # A choice first; by hand only values that nobody can know, and names of one's own.
        assert word.startswith("·"), word
        assert "=" not in word or word.startswith("·mood="), word


@pytest.mark.parametrize("case", CASES)
def test_every_field_at_any_depth_is_reached_by_choices(case: str) -> None:
    field = case_fields(TO_SERVER)[case]
    by_hand = typed_by_choosing(skeleton(field))
    for word in by_hand.split(" "):
        assert word.startswith("·"), word
        assert "=" not in word or word.startswith(("·KEY=", "··KEY=")), word
    fields = field.message_type.fields if field.message_type is not None else []
    enums = [one.enum_type for one in fields if one.enum_type is not None]
    assert not any(value.name in by_hand for enum in enums for value in enum.values)
