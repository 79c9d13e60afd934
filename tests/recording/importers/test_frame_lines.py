"""Lines of hex or base64 become a session."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import RecordingError
from lksig.recording.importers.frame_lines import is_frame_lines, read_lines
from lksig.recording.importers.imported import Imported
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Message, Start
from tests.support.samples import RESPONSES, SAMPLES, envelope

FRAMES = [(direction, envelope(direction, case).SerializeToString(deterministic=True)) for direction, case in SAMPLES]
JOIN = envelope(TO_CLIENT, "join").SerializeToString()
PING = envelope(TO_SERVER, "ping_req").SerializeToString()
MUTE = envelope(TO_SERVER, "mute").SerializeToString()


def read(text: str) -> Imported:
    data = text.encode()
    return Imported(read_lines(data, "frames.txt"), "frames.txt", len(data))


def messages(file: Imported) -> list[Message]:
    return [event for event in file if isinstance(event, Message)]


@pytest.mark.parametrize("write", [bytes.hex, lambda raw: b64encode(raw).decode(), lambda raw: raw.hex(" ")])
def test_every_message_comes_back(write: Any) -> None:
    text = "".join(f"{'>' if way is TO_SERVER else '<'} {write(raw)}\n" for way, raw in FRAMES)
    assert is_frame_lines(text)
    assert [(one.direction, one.raw) for one in messages(read(text))] == FRAMES


def test_who_joins_where() -> None:
    file = read(f"# bench\n\n> {PING.hex()}\n< {JOIN.hex()}\n")
    start = next(iter(file))
    assert isinstance(start, Start)
    assert (start.room, start.identity, start.url) == ("standup", "probe", "-")
    assert file.origin == "lines of hex"
    assert file.problem() is None


def test_nobody_joins() -> None:
    nameless = envelope(TO_CLIENT, "join", {**RESPONSES["join"], "participant": {}, "room": {}}).SerializeToString()
    for raw in (nameless, MUTE):
        start = next(iter(read(raw.hex())))
        assert isinstance(start, Start)
        assert (start.room, start.identity) == (None, None)


@pytest.mark.parametrize(
    ("first", "second", "wall_s"),
    [
        ("2026-11-25T14:34:05Z", "2026-11-25T15:34:06.5+01:00", 1795617245),
        ("2026-11-25 14:34:05", "2026-11-25 14:34:06,500000", 1795617245),
        ("1795617245", "1795617246.5", 1795617245),
        ("1795617245000", "1795617246500", 1795617245),
        ("14:34:05", "[14:34:06.5]", 52445),
        ("0.000", "1.5", 0),
    ],
)
def test_times(first: str, second: str, wall_s: int) -> None:
    file = read(f"{first} < {JOIN.hex()}\n> {second} {PING.hex()}\n< 0.0 {JOIN.hex()}")
    assert file.header.wall_ns == wall_s * 10**9
    assert [one.t_ns for one in messages(file)] == [0, 1_500_000_000, 1_500_000_000]
    assert file.warnings() == []


def test_a_date_that_is_none() -> None:
    """Then it is no time, and the line no frame."""
    file = read(f"2026-13-25T14:34:05Z {JOIN.hex()}\n{JOIN.hex()}")
    assert len(messages(file)) == 1
    problem = file.problem()
    assert problem is not None
    assert "1 whole message: line 1 is no base64" in problem.text


def test_what_was_guessed_is_said() -> None:
    file = read(f"{JOIN.hex()}\n0.1 {PING.hex()}\n{MUTE.hex()}")
    assert [(one.case, one.direction) for one in messages(file)] == [
        ("join", TO_CLIENT),
        ("ping_req", TO_SERVER),
        ("mute", TO_SERVER),
    ]
    told = dict(file.warnings())
    assert told["direction-guessed"].startswith("3 frames have no direction")
    assert told["no-times"].startswith("2 frames have no time")
    one = dict(read(f"0.5 {JOIN.hex()}").warnings())
    assert one["direction-guessed"].startswith("a frame has")
    assert dict(read(f"> {MUTE.hex()}").warnings())["no-times"].startswith("a frame has")


def test_lines_that_are_no_frames_are_told() -> None:
    lines = "\n".join(f"> {b64encode(raw).decode()}" for raw in (JOIN, PING))
    file = read(f"{lines}\n> what is this?\n> and this?\n")
    assert len(messages(file)) == 2
    assert file.damaged == 2
    problem = file.problem()
    assert problem is not None
    assert "line 3 is no base64, 2 in all" in problem.text


@pytest.mark.parametrize("text", ["", "# nothing", "words, words\n"])
def test_no_frame_at_all(text: str) -> None:
    assert not is_frame_lines(text)
    with pytest.raises(RecordingError, match="holds no frame"):
        read(text)


@pytest.mark.parametrize("text", ["test\nmore\n", "hello world\n", "1234\n", "deadbeef"])
def test_other_texts_are_no_frames(text: str) -> None:
    assert not is_frame_lines(text)


def test_a_beginning_is_enough_to_tell() -> None:
    text = f"> {PING.hex()}\n" * 3
    assert is_frame_lines(text[:-5])


@given(st.text(alphabet=st.sampled_from("0a5f+/=.:<> \n#Tz-"), max_size=60))
def test_any_text(text: str) -> None:
    is_frame_lines(text)
    try:
        file = read(text)
    except RecordingError:
        return
    assert messages(file)
