"""Writing a recording: whole lines at once, for its owner only, and the session never hears of a failure."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from lksig.errors import InputError
from lksig.recording.compression import Gzip, Plain
from lksig.recording.format_v1 import Header
from lksig.recording.reader import open_recording
from lksig.recording.redact import Redactor
from lksig.recording.writer import FileOutput, Recorder, create_file
from lksig.wire.events import Event, Marker, Start, State
from lksig.wire.redaction import Secrets
from tests.support.recordings import KEY, Memory, opened, recorder
from tests.support.samples import TOKEN, WALL_NS

START = Start(40, WALL_NS, "ws://h/rtc", "v0", "standup", "probe")


def unexpected(exc: OSError) -> None:
    raise AssertionError(exc)


def test_every_event_is_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    tape = Recorder(create_file(str(path)), Header(WALL_NS), redactor=None, compressor=Plain(), on_failure=unexpected)
    happened: list[Event] = [START, State(50, "CONNECTED", "joined"), Marker(45, "back in time")]
    for count, event in enumerate(happened, start=1):
        tape.event(event)
        with open_recording(path) as recording:
            assert len(list(recording)) == count
            assert not recording.is_stopped
    tape.end(60, 1)
    tape.close()
    assert path.read_text().splitlines()[1:] == [
        f'[40,"start",1,0,{{"wall_ns":{WALL_NS},"url":"ws://h/rtc","path":"v0","room":"standup","identity":"probe"}}]',
        '[10,"state",1,1,"CONNECTED","joined"]',
        '[-5,"marker",1,1,"back in time"]',
        '[15,"end",1,0]',
        '[0,"stop",0,0,4]',
    ]


def test_secrets_are_hidden_before_they_are_written() -> None:
    output = Memory()
    tape = recorder(output, redactor=Redactor(Secrets(KEY)))
    tape.event(Marker(0, f"token {TOKEN}"))
    tape.close()
    assert TOKEN.encode() not in output.data
    assert b"token xxxx" in output.data
    assert output.is_closed


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        create_file(str(tmp_path / "new")).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_an_existing_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path, link = tmp_path / "old", tmp_path / "link"
    path.write_text("precious")
    path.chmod(0o644)
    link.symlink_to(path)
    for name in (path, link):
        with pytest.raises(InputError, match="exists already") as refused:
            create_file(str(name))
        assert (refused.value.code, refused.value.hint) == ("file-exists", "`--force` replaces it")
    create_file(str(link), force=True).close()
    assert path.read_text() == "precious"
    assert not link.is_symlink()
    create_file(str(path), force=True).close()
    assert path.read_text() == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    create_file(str(tmp_path / "fresh"), force=True).close()


@pytest.mark.parametrize("name", ["no/such/directory", ".", "old/below a file"])
@pytest.mark.parametrize("force", [False, True])
def test_a_file_that_cannot_be_made(tmp_path: Path, name: str, force: bool) -> None:
    (tmp_path / "old").write_text("")
    with pytest.raises(InputError) as refused:
        create_file(str(tmp_path / name), force=force)
    assert refused.value.layer == "file"


def test_devices_and_pipes_are_there_to_be_written_to(tmp_path: Path) -> None:
    create_file("/dev/null").write(b"line\n")
    create_file("/dev/null", force=True).close()
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    output = create_file(str(pipe))
    output.write(b"line\n")
    output.close()
    reader.join()
    assert read == [b"line\n"]


def test_a_pipe_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if not flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match=r"cannot write `.*`: Permission denied"):
        create_file(str(pipe))


def test_a_dangling_link_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(InputError, match="exists already"):
        create_file(str(tmp_path / "link"))


class Disk:
    """A disk with room for so many bytes, under `os.write`."""

    def __init__(self, room: int, monkeypatch: pytest.MonkeyPatch, *, piece: int = 1 << 30) -> None:
        self.room = room
        self._piece = piece
        self._write = os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, fd: int, data: memoryview) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(fd, data[: min(self.room, self._piece)])
        self.room -= written
        return written


@pytest.mark.parametrize("compressed", [False, True])
def test_a_full_disk_stops_the_recording_once_and_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    path = tmp_path / "call.lksig"
    disk = Disk(400, monkeypatch)
    failures: list[OSError] = []
    compressor = Gzip() if compressed else Plain()
    tape = Recorder(
        create_file(str(path)), Header(WALL_NS), redactor=None, compressor=compressor, on_failure=failures.append
    )
    for number in range(40):
        tape.event(Marker(number, f"number {number}"))
    disk.room = 10**6
    tape.event(Marker(99, "too late: what stopped stays stopped"))
    tape.end(99, 1)
    tape.close()
    assert [failure.strerror for failure in failures] == ["No space left on device"]
    assert tape.has_failed
    with open_recording(path) as recording:
        markers = [event.text for event in recording if isinstance(event, Marker)]
        assert markers == [f"number {number}" for number in range(len(markers))]
        assert 0 < len(markers) < 40
        assert recording.problem() is None
        assert not recording.is_stopped


def test_a_file_that_cannot_be_cut_back_ends_in_a_cut_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "call.lksig"
    output = create_file(str(path))
    output.write(b"whole\n")
    Disk(3, monkeypatch)

    def refuse(fd: int, size: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "ftruncate", refuse)
    with pytest.raises(OSError, match="No space left"):
        output.write(b"half\n")
    assert path.read_bytes() == b"whole\nhal"


def test_what_is_written_in_pieces_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Disk(10**6, monkeypatch, piece=2)
    output = create_file(str(tmp_path / "call.lksig"))
    output.write(b"a long line\n")
    assert (tmp_path / "call.lksig").read_bytes() == b"a long line\n"


def test_a_pipe_whose_reader_left_is_not_cut_back() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    output = FileOutput(write_end)
    with pytest.raises(BrokenPipeError):
        output.write(b"line\n")
    output.close()


def test_a_directory_that_vanished_stops_the_recording(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    failures: list[OSError] = []
    tape = Recorder(
        create_file(str(folder / "call.lksig")),
        Header(WALL_NS),
        redactor=None,
        compressor=Plain(),
        on_failure=failures.append,
    )
    (folder / "call.lksig").unlink()
    folder.rmdir()
    tape.event(START)
    tape.event(START)
    assert [failure.strerror for failure in failures] == ["the file was removed"]


def test_a_failure_while_closing_is_told(tmp_path: Path) -> None:
    failures: list[OSError] = []
    output = Memory()
    tape = recorder(output, compressor=Gzip(), on_failure=failures.append)
    tape.event(START)

    def close() -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    output.close = close  # type: ignore[method-assign]
    tape.close()
    tape.close()
    assert [failure.strerror for failure in failures] == ["Disk quota exceeded"]
    assert list(opened(output.data)) == [START]
