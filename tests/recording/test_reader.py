"""Reading a recording: everything that is whole, then what is missing; the readings of the session."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from lksig.errors import InputError, RecordingError
from lksig.recording.compression import Gzip
from lksig.recording.format_v1 import Ended, Header, Record, Stopped, header_line, record_line
from lksig.recording.reader import Recording, find_message, open_recording
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Close, End, Marker, Message, Start
from tests.support.readings import message
from tests.support.recordings import opened, recorded
from tests.support.samples import WALL_NS


def start(session: int = 1, t_ns: int = 0) -> Start:
    return Start(t_ns, WALL_NS + t_ns, "ws://h/rtc/v1", "v1", "standup", f"probe{session}", session)


def frame(case: str = "refresh_token", t_ns: int = 10, session: int = 1) -> Message:
    event: Message = message(TO_CLIENT, case, t_ns=t_ns, session=session).event
    return event


SESSION: list[Record] = [start(), frame(), Close(20, 1000, "", "client"), Ended(30, 1)]
LINES = recorded(SESSION).splitlines(keepends=True)


def problem(data: bytes) -> str | None:
    recording = opened(data)
    list(recording.records())
    error = recording.problem()
    return None if error is None else str(error)


def ends(data: bytes) -> list[tuple[int, str | None, int | None, int]]:
    return [
        (reading.event.session, reading.event.ended_by, reading.event.code, reading.event.t_ns)
        for reading in opened(data).readings()
        if isinstance(reading.event, End)
    ]


def test_events_records_and_readings() -> None:
    assert [type(event) for event in opened(recorded(SESSION))] == [Start, Message, Close]
    assert [type(record) for record in opened(recorded(SESSION)).records()] == [Start, Message, Close, Ended, Stopped]
    recording = opened(recorded(SESSION))
    assert [(type(reading.event), reading.n) for reading in recording.readings()] == [
        (Start, None),
        (Message, 1),
        (Close, None),
        (End, None),
    ]
    assert (recording.is_stopped, recording.skipped, recording.damaged) == (True, 0, 0)
    assert recording.header == Header(WALL_NS)
    assert list(recording) == []


def test_one_message_is_found_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    path.write_bytes(recorded([start(), frame(), frame("mute", 12), Ended(30, 1)]))
    second = find_message(path, 2)
    assert second is not None
    assert (second.n, second.event.case, second.dt_ns) == (2, "mute", 2)
    assert find_message(path, 3) is None


def test_derived_readings_are_made_again() -> None:
    mute = message(TO_SERVER, "mute", t_ns=5).event
    no = message(TO_CLIENT, "request_response", {"reason": 1, "mute": {"sid": "TR_nope", "muted": True}}, t_ns=9).event
    readings = list(opened(recorded([start(), mute, no])).readings())
    assert [type(reading.event).__name__ for reading in readings] == ["Start", "Message", "Message", "Result"]
    assert (readings[2].reply_to, readings[2].reply_ns, readings[2].refused) == (1, 4, True)


def test_a_session_without_an_end_gets_one_that_says_so() -> None:
    assert ends(recorded(SESSION)) == [(1, "client", 1000, 30)]
    assert ends(recorded(SESSION[:3], stop=False)) == [(1, None, None, 20)]
    two: list[Record] = [start(), start(2, 5), frame(session=2, t_ns=7), Close(8, 1000, "", "server"), Ended(9, 1)]
    assert ends(recorded(two, stop=False)) == [(1, "server", 1000, 9), (2, None, None, 9)]


def test_a_recording_that_was_closed_in_order_says_no_more_than_the_session_did() -> None:
    """As after a connection that was never made, where `listen` prints no end either."""
    assert ends(recorded([start()])) == []
    assert ends(recorded([start()], stop=False)) == [(1, None, None, 0)]


def test_nothing_lost_is_not_incomplete() -> None:
    for count in range(1, len(LINES) + 1):
        whole = b"".join(LINES[:count])
        assert problem(whole) is None
        assert problem(whole[:-1]) is None
        assert opened(whole).is_stopped is False
    recording = opened(b"".join(LINES)[:-1])
    list(recording.records())
    assert recording.is_stopped


def test_a_cut_line_is_told() -> None:
    cut = b"".join(LINES[:3]) + LINES[3][:10]
    assert problem(cut) == (
        "`call.lksig` is incomplete behind 1 whole message: it ends within a line, of which 10 bytes are left"
    )
    assert len(list(opened(cut))) == 2


def test_damaged_lines_are_counted_and_the_first_is_named() -> None:
    damaged = b"".join([LINES[0], LINES[1], b"rubbish\n", *LINES[2:]])
    assert problem(damaged) == "`call.lksig` is incomplete behind 1 whole message: line 3 is damaged (it is no JSON)"
    worse = b"".join([LINES[0], b"rubbish\n", b"[0]\n", *LINES[3:]])
    assert problem(worse) == (
        "`call.lksig` is incomplete behind 0 whole messages: line 2 is damaged (it is no JSON), "
        "2 lines are damaged in all"
    )


def test_a_line_that_is_too_long_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    from lksig.recording import line_source

    monkeypatch.setattr(line_source.LineSource.__init__, "__kwdefaults__", {"max_line_bytes": 300})
    long = record_line(Marker(0, "x" * 400), 0).encode()
    assert problem(b"".join([*LINES[:2], long, *LINES[3:]])) == (
        "`call.lksig` is incomplete behind 0 whole messages: line 3 is damaged (it is too long)"
    )


def test_lines_that_were_taken_out_are_missed() -> None:
    assert problem(b"".join([*LINES[:2], *LINES[3:]])) == (
        "`call.lksig` is incomplete behind 0 whole messages: it lacks 1 of its 4 lines"
    )
    assert ends(b"".join([*LINES[:2], LINES[5]])) == [(1, None, None, 0)]


def test_lines_of_an_unknown_kind_are_counted_and_are_no_damage() -> None:
    recording = opened(b"".join([*LINES[:2], b'[1,"later",1,1]\n{"a":1}\n']))
    assert [type(record) for record in recording.records()] == [Start]
    assert (recording.skipped, recording.problem()) == (2, None)


def test_of_two_recordings_in_one_file_the_first_is_read() -> None:
    assert problem(b"".join(LINES * 2)) == (
        "`call.lksig` is incomplete behind 1 whole message: another recording begins at line 7"
    )
    assert len(list(opened(b"".join(LINES * 2)))) == 3


def test_a_compressed_stream_that_is_cut() -> None:
    whole = recorded(SESSION, compressor=Gzip())
    assert problem(whole[:-1]) == ("`call.lksig` is incomplete behind 1 whole message: its gzip data is cut short")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"GIF89a", "is no lksig recording"),
        (b'{"log":{"entries":[]}}\n', "is no lksig recording"),
        (b'{"kind":"lksig-recording","ver', "ends within its first line"),
        (recorded(SESSION, compressor=Gzip())[:20], "cannot be read: its gzip data is cut short"),
    ],
)
def test_what_is_no_recording(data: bytes, why: str) -> None:
    with pytest.raises(RecordingError) as refused:
        opened(data)
    assert str(refused.value) == f"`call.lksig` {why}"
    assert refused.value.hint == "`lksig record FILE` makes one"


def header(version: str) -> bytes:
    return header_line(Header(0, version=version, lksig="9.1")).encode()


def test_a_newer_minor_version_is_read_and_a_newer_major_one_is_not() -> None:
    assert list(opened(header("1.7") + LINES[1])) == [start()]
    with pytest.raises(RecordingError, match=r"format 2\.0, this lksig reads format 1") as refused:
        opened(header("2.0"))
    assert (refused.value.code, refused.value.hint) == (
        "newer-recording",
        "it was written by lksig 9.1: use that version or a later one",
    )
    for version in ("0.9", "1", "one", "", "1.0.0"):
        with pytest.raises(RecordingError, match="is a recording of format"):
            opened(header(version))


class Broken(io.RawIOBase):
    """A stream that fails after some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        if not self._data:
            raise OSError(5, "Input/output error")
        data, self._data = self._data[:size], self._data[size:]
        return data


def test_a_file_that_stops_being_readable() -> None:
    stream: Any = Broken(b"".join(LINES[:3]))
    recording = Recording(stream, "call.lksig")
    assert len(list(recording)) == 2
    assert str(recording.problem()) == (
        "`call.lksig` is incomplete behind 1 whole message: it cannot be read any further (Input/output error)"
    )
    with pytest.raises(RecordingError, match=r"cannot be read: it cannot be read any further \(Input/output error\)"):
        Recording(Broken(b""), "call.lksig")  # type: ignore[arg-type]


class Growing:
    """A file that grows while it is followed, and the waiting for it."""

    def __init__(self, path: Path, pieces: list[bytes]) -> None:
        self.waits = 0
        self._path = path
        self._pieces = pieces
        path.write_bytes(b"")

    def wait(self) -> bool:
        self.waits += 1
        if not self._pieces:
            return False
        with self._path.open("ab") as file:
            file.write(self._pieces.pop(0))
        return True


def test_a_growing_file_is_followed_until_it_is_closed_in_order(tmp_path: Path) -> None:
    whole = b"".join(LINES)
    file = Growing(tmp_path / "call.lksig", [whole[at : at + 50] for at in range(0, len(whole), 50)] + [b"not read"])
    with open_recording(tmp_path / "call.lksig", follow=file.wait) as recording:
        assert [type(event) for event in recording] == [Start, Message, Close]
        assert recording.problem() is None
    assert file.waits == -(-len(whole) // 50)


def test_following_stops_when_told(tmp_path: Path) -> None:
    file = Growing(tmp_path / "call.lksig", LINES[:3])
    with open_recording(tmp_path / "call.lksig", follow=file.wait) as recording:
        assert len(list(recording)) == 2
    assert file.waits == 4


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read `.*nothing`: No such file or directory"):
        open_recording(tmp_path / "nothing")
    with pytest.raises(InputError, match="Is a directory"):
        open_recording(tmp_path)
    (tmp_path / "other").write_text("text\n")
    with pytest.raises(RecordingError, match="is no lksig recording"):
        open_recording(tmp_path / "other")


def test_how_far_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    path.write_bytes(recorded([Marker(1, "here")]))
    with open_recording(path) as recording:
        list(recording)
        assert recording.read_bytes == recording.size_bytes == path.stat().st_size
    assert opened(path.read_bytes()).size_bytes == 0
