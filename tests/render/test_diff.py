"""What differs, on a screen, on a pipe, and for a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from lksig.recording.diff import Counts, Diff
from lksig.recording.format_v1 import Record
from lksig.render.diff import MAX_LARGE, DiffJson, DiffView
from lksig.render.width import width_of
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Close, Start, WsPing
from tests.support.golden import check_golden
from tests.support.readings import secrets
from tests.support.recordings import readings, sessions
from tests.support.samples import WALL_NS
from tests.support.traffic import came, closed, frame, sent

NAMES = ("old.lksig", "new.lksig")
SCHEMA = json.loads(resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8"))
SGR = re.compile(r"\x1b\[[0-9;]*m")


def start(path: Any = "v1", session: int = 1, identity: str = "probe") -> Start:
    return Start(0, WALL_NS, "ws://h/rtc", path, "standup", identity, session)


def joined(sid: str) -> Record:
    return came(1, join={"participant": {"sid": sid, "identity": "probe"}, "room": {"name": "standup"}})


def published(name: str, sid: str = "TR_VCcccccccccc") -> Record:
    return came(3, track_published={"cid": "cam1", "track": {"sid": sid, "name": name, "type": "VIDEO"}})


def ann(said: str) -> Record:
    return came(5, update={"participants": [{"sid": "PA_nnnnnnnnnnnn", "identity": "ann", "metadata": said}]})


OLD: list[Record] = [
    start("v0"),
    joined("PA_aaaaaaaaaaaa"),
    sent(2, add_track={"cid": "cam1", "type": "VIDEO", "name": "cam"}),
    published("cam"),
    came(4, trickle={"candidateInit": '{"candidate":"candidate:1 1 udp 1 10.0.0.4 7882 typ host"}'}),
    ann("a long text that begins as the other one does, and then goes on"),
    sent(6, mute={"sid": "TR_VCcccccccccc", "muted": True}),
    closed(9, "client"),
]
NEW: list[Record] = [
    start("v0"),
    joined("PA_bbbbbbbbbbbb"),
    sent(2, add_track={"cid": "cam1", "type": "VIDEO", "name": "cam"}),
    published("front", "TR_VCdddddddddd"),
    ann("a long text that begins as the other one does, and then stops"),
    sent(6, mute={"sid": "TR_VCdddddddddd", "muted": True}),
    came(7, room_update={"room": {"name": "standup", "metadata": "\x1b[31m evil\u202e"}}),
    closed(9, "server", 1001),
]


def shown(a: Iterable[Record], b: Iterable[Record], **options: Any) -> list[str]:
    diff = Diff(readings(a), readings(b))
    view = DiffView(NAMES, diff.roles, secrets(), **options)
    lines = [line for finding in diff.findings() for line in view.lines(finding)]
    return [*lines, view.summary(diff.counts)]


def objects(a: Iterable[Record], b: Iterable[Record], **options: Any) -> list[Any]:
    diff = Diff(readings(a), readings(b), **options)
    view = DiffJson(NAMES, secrets())
    lines = [line for finding in diff.findings() for line in view.lines(finding)]
    return [json.loads(line) for line in [*lines, view.summary(diff.counts)]]


@pytest.mark.parametrize(
    ("name", "options"),
    [("pipe", {}), ("screen", {"width": 80}), ("colour", {"width": 80, "colour": True})],
)
def test_reads_like_this(name: str, options: dict[str, Any], update_golden: bool) -> None:
    check_golden(f"diff/{name}.txt", "\n".join(shown(OLD, NEW, **options)) + "\n", update=update_golden)


def test_the_first_difference_is_told_at_length() -> None:
    lines = shown(OLD, NEW)
    assert lines[:8] == [
        "first difference: message 3 of old.lksig, message 3 of new.lksig",
        "",
        "  - 3 < track_published 34B cid=cam1 track.sid=TR_cam1 track.type=VIDEO track.name=cam →2",
        "  + 3 < track_published 36B cid=cam1 track.sid=TR_cam1 track.type=VIDEO track.name=front →2",
        "",
        "  track_published.track.name",
        "  - cam",
        "  + front",
    ]


def test_every_other_one_is_a_line() -> None:
    lines = shown(OLD, NEW)
    assert lines[9].startswith("- 4 - < trickle ")
    assert lines[10].startswith("~ 5 4 < update.participants.PA_ann.metadata a long text that begins")
    assert lines[11].startswith("+ - 6 < room_update ")
    assert lines[12:] == [
        "~ - - x close.ended_by client → server",
        "~ - - x close.code 1000 → 1001",
        "6 differences: 3 changed, 1 only in old.lksig, 1 only in new.lksig · 3 messages the same",
    ]


@pytest.mark.parametrize(
    ("begun", "whose"),
    [([start(), start("v1", 2, "bob")], "bob"), ([start(), start("v1", 2, "b\x1b]b")], '"b\\u001b]b"'), ([], "#2")],
)
def test_whose_session_it_is_is_told_where_there_are_several(begun: list[Record], whose: str) -> None:
    def run(said: str) -> list[Record]:
        messages = (sent(2, session=number, update_metadata={"metadata": said}) for number in (1, 2))
        return [*begun, *messages, sent(3, session=2, mute={"sid": said})]

    lines = shown(run("x"), run("y"))
    assert lines[0] == "first difference: message 1 of old.lksig, message 1 of new.lksig"
    assert lines[-3:-1] == [
        f"~ 2 2 > [{whose}] update_metadata.metadata x → y",
        f"~ 3 3 > [{whose}] mute.sid x → y",
    ]
    lines = shown(run("x"), run("x")[:-1])
    assert lines[0] == f"first difference: message 3, only in old.lksig · session of {whose}"


def test_nothing_differs() -> None:
    assert shown(OLD, OLD) == ["equal: 6 messages"]
    view = DiffView(NAMES, Diff([], []).roles, secrets())
    assert view.summary(Counts(same=1), is_complete=False) == "equal as far as they go: 1 message"


def test_a_reading_that_only_one_has_comes_first() -> None:
    assert shown([], [start()])[:3] == [
        "first difference: start, only in new.lksig",
        "",
        "  + = start path=v1 room=standup identity=probe",
    ]
    assert shown([start()], [])[0] == "first difference: start, only in old.lksig"
    ping = WsPing(0, TO_CLIENT, b"x", "server")
    diff = Diff(readings([ping]), [], own=True)
    (finding,) = diff.findings()
    view = DiffView(NAMES, diff.roles, secrets(), verbose=1)
    assert list(view.lines(finding))[2].startswith("  - - % ")


def test_much_that_differs_in_the_first_one_goes_on_in_lines() -> None:
    fields = [f"k{number}" for number in range(MAX_LARGE + 2)]
    a: list[Record] = [sent(1, update_metadata={"attributes": dict.fromkeys(fields, "old")})]
    b: list[Record] = [sent(1, update_metadata={"attributes": dict.fromkeys(fields, "new")})]
    lines = shown(a, b)
    assert [line for line in lines if line.startswith("~")] == [
        "~ 1 1 > update_metadata.attributes.k8 old → new",
        "~ 1 1 > update_metadata.attributes.k9 old → new",
    ]
    assert lines[-1] == "10 differences: 1 changed · 0 messages the same"


def test_values_that_cannot_be_seen_are_quoted() -> None:
    a: list[Record] = [sent(1, update_metadata={"name": "-", "metadata": " x", "attributes": {"k": ""}})]
    b: list[Record] = [sent(1, update_metadata={"name": "", "metadata": "x"})]
    lines = shown(a, b)
    assert [line for line in lines if line.startswith(("  -", "  +"))][2:] == [
        '  - " x"',
        "  + x",
        '  - "-"',
        '  + ""',
        "  - k=",
        "  + -",
    ]


def test_a_frame_that_does_not_decode() -> None:
    broken = frame(1, TO_CLIENT, b"\xff", "server")
    assert shown([start(), broken], [start(), came(1, pong=1)])[0] == "first difference: message 1, only in old.lksig"
    other = [line for line in shown([joined("PA_a"), broken], [came(1, pong=1)]) if line.startswith("- 2 - !")]
    assert len(other) == 1


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_lines_fit_and_show_where_values_part(width: int) -> None:
    lines = shown(OLD, NEW, width=width)
    rest = lines[lines.index("", 5) + 1 : -1]
    assert all(width_of(line) <= width for line in rest)
    if width >= 80:
        (update,) = [line for line in rest if "PA_ann.metadata" in line]
        assert "goes o" in update
        assert "stops" in update


def test_colour_repeats_the_marks() -> None:
    plain, coloured = shown(OLD, NEW, width=80), shown(OLD, NEW, width=80, colour=True)
    assert [SGR.sub("", line) for line in coloured] == plain
    assert coloured != plain


def test_objects() -> None:
    found = objects(OLD, NEW)
    assert found[0] == {
        "kind": "difference",
        "change": "changed",
        "event": "message",
        "dir": "to_client",
        "case": "track_published",
        "n_a": 3,
        "n_b": 3,
        "session_a": 1,
        "session_b": 1,
        "path": "track_published.track.name",
        "a": "cam",
        "b": "front",
    }
    assert [(one["change"], one["n_a"], one["n_b"], one["path"]) for one in found[1:4]] == [
        ("only_a", 4, None, None),
        ("changed", 5, 4, "update.participants.PA_ann.metadata"),
        ("only_b", None, 6, None),
    ]
    assert found[1]["a"].startswith("candidateInit.candidate=host udp 10.0.0.4:7882")
    assert found[-1] == {
        "kind": "comparison",
        "equal": False,
        "complete": True,
        "file_a": "old.lksig",
        "file_b": "new.lksig",
        "messages_a": 6,
        "messages_b": 6,
        "same": 3,
        "in_between": 0,
        "changed": 3,
        "only_a": 1,
        "only_b": 1,
        "differences": 6,
    }


def test_no_text_of_a_peer_acts_on_a_terminal() -> None:
    for lines in (shown(OLD, NEW), shown([], NEW), shown([Close(1, 1000, "\x1b[2J\x07", "server")], [])):
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(lines))


@given(sessions(), sessions())
def test_every_difference_is_told_in_both_forms_and_fits_the_schema(a: list[Record], b: list[Record]) -> None:
    found = objects(a, b, own=True)
    validator = Draft202012Validator(SCHEMA)
    for one in found:
        validator.validate(one)
    lines = shown(a, b, width=60)
    assert not [line for line in lines if "\n" in line or "\x1b" in line]
    assert found[-1]["equal"] is (len(found) == 1)
