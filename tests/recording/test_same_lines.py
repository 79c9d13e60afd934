"""A recording shows what the session showed, whatever happened in it, and holds no secret."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import RecordingError
from lksig.recording.check import Checker
from lksig.recording.compression import Gzip, Plain, Zstd
from lksig.recording.format_v1 import Ended, Record
from lksig.recording.redact import Redactor
from lksig.render.bodies import body_pieces
from lksig.render.json_lines import JsonLines
from lksig.render.line import LineView
from lksig.render.tree import TreeView
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.session.journal import Journal
from lksig.wire import events
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.redaction import Secrets
from tests.support.messages import varint
from tests.support.readings import message
from tests.support.recordings import KEY, Memory, facts, opened, recorded, recorder, sessions
from tests.support.samples import SECRETS, TOKEN, WALL_NS


def live_lines(records: list[Record], **how: Any) -> tuple[list[str], bytes]:
    """The JSON lines that a live session prints, and the bytes of its recording."""
    secrets = Secrets(KEY)
    output = Memory()
    tape = recorder(output, redactor=Redactor(secrets))
    journal, view = Journal(), JsonLines(secrets, **how)
    lines = []
    for record in records:
        if isinstance(record, Ended):
            tape.end(record.t_ns, record.session)
            readings = journal.end(record.t_ns, record.session)
        else:
            tape.event(record)  # type: ignore[arg-type]
            readings = journal.add(record)  # type: ignore[arg-type]
        lines += [view.text(reading) for reading in readings]
    tape.close()
    return lines, output.data


@given(sessions(), st.booleans())
def test_show_prints_what_listen_printed(records: list[Record], raw: bool) -> None:
    lines, data = live_lines(records, raw=raw)
    view = JsonLines(Secrets(b"another key"), raw=raw)
    with opened(data) as recording:
        assert [view.text(reading) for reading in recording.readings()] == lines
        assert recording.problem() is None


@given(sessions())
def test_a_session_comes_back_as_it_was(records: list[Record]) -> None:
    with opened(recorded(records)) as recording:
        read = [record for record in recording.records() if type(record) in {type(one) for one in records}]
    assert [facts(record) for record in read] == [facts(record) for record in records]
    for before, after in zip(records, read, strict=True):
        if isinstance(before, events.Message):
            assert isinstance(after, events.Message)
            # Not by `==`: a NaN is not equal to itself.
            assert (before.envelope is None) == (after.envelope is None)
            if before.envelope is not None and after.envelope is not None:
                assert encode_frame(after.envelope) == encode_frame(before.envelope)


@given(sessions(), st.sampled_from([Plain, Gzip, Zstd]), st.data())
def test_a_file_cut_anywhere_gives_every_whole_event(
    records: list[Record], compression: Callable[[], Any], data: st.DataObject
) -> None:
    lines = recorded(records).split(b"\n")
    whole = recorded(records, compressor=compression())
    cut = data.draw(st.integers(1, len(whole) - 1))
    try:
        recording = opened(whole[:cut])
    except RecordingError:
        return  # within the header
    read = list(recording.records())
    original = [facts(record) for record in opened(whole).records()]
    assert [facts(record) for record in read] == original[: len(read)]
    problem = recording.problem()
    if compression is Plain:
        begun = whole[:cut].split(b"\n")
        assert len(read) == len(begun) - 2 + (begun[-1] == lines[len(begun) - 1] != b"")
        assert (problem is None) == (begun[-1] in (b"", lines[len(begun) - 1]))
    elif len(read) == len(original):
        assert problem is None or "cut short" in str(problem)


@given(st.one_of(st.binary(max_size=200), st.builds(bytes.__add__, st.just(b'{"kind":"lksig-recording"'), st.binary())))
def test_any_bytes_are_a_recording_or_an_error(data: bytes) -> None:
    with contextlib.suppress(RecordingError):
        for reading in opened(data).readings():
            shown(reading)


@given(sessions(), st.data())
def test_a_damaged_recording_is_shown_as_far_as_it_goes(records: list[Record], data: st.DataObject) -> None:
    content = bytearray(recorded(records))
    header = content.index(b"\n")
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(header, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RecordingError):  # when the header does not end any more
        for reading in opened(bytes(content)).readings():
            shown(reading)


def shown(reading: events.Reading) -> None:
    """No view may stumble over what a file says."""
    json.loads(JsonLines(Secrets(KEY), raw=True).text(reading))
    LineView(Secrets(KEY), piped=True, verbose=1).text(reading)


def test_no_secret_of_a_session_is_in_its_file_or_in_a_view_of_it() -> None:
    records = session_full_of_secrets()
    secrets = Secrets(KEY)
    data = recorded(records, secrets=secrets)
    known = {f"secret {index}": secret for index, secret in enumerate(SEEDED)}
    checker = Checker(known)
    assert list(checker.survivors([data])) == []
    # The checker is no witness for itself.
    kept = recorded(records)
    assert {found.what for found in Checker(known).survivors([kept])} >= {f"the value of {name}" for name in known}
    with opened(data) as recording:
        printed = "".join(every_view(recording.readings()))
    assert [secret for secret in SEEDED if secret in printed] == []
    with opened(kept) as recording:
        printed = "".join(every_view(recording.readings()))
    assert [secret for secret in SEEDED if secret in printed] == []


COOKIE, BASIC = "cookie-0123456789", "dXNlcjpwYXNzd29yZC0wMTIz"
SEEDED = [secret for secret in (*SECRETS, COOKIE, BASIC) if len(secret) >= 12]


def session_full_of_secrets() -> list[Record]:
    """Every case with its secrets, and the same secrets in places where nobody expects them, after they were seen."""
    sdp_then_all = [message(way, case).event for way in (TO_SERVER, TO_CLIENT) for case in case_fields(way)]
    everything = " ".join([*SECRETS, BASIC])
    unknown = varint(99 << 3 | 2) + varint(len(everything)) + everything.encode()
    headers = (
        ("Authorization", f"Bearer {TOKEN}"),
        ("Cookie", f"sid={COOKIE}"),
        ("Proxy-Authorization", f"Basic {BASIC}"),
    )
    url = f"/rtc?access_token={TOKEN}&protocol=16"
    return [
        events.Start(0, WALL_NS, f"ws://127.0.0.1{url}", "v0", "standup", "probe"),
        events.Http(0, "GET", url, headers, 401, (), f"invalid token {TOKEN}".encode(), 5),
        *sdp_then_all,
        events.Note(0, "note", f"a note with {everything} and {COOKIE}"),
        events.State(0, "CONNECTING", everything),
        events.Marker(0, everything),
        events.WsPing(0, TO_SERVER, everything.encode()[:125], "user"),
        events.Close(0, 1000, everything, "server"),
        decode_frame(unknown, direction=TO_CLIENT, t_ns=0, by="server"),
        decode_frame(b"\xff" + everything.encode(), direction=TO_CLIENT, t_ns=0, by="server"),
        decode_frame(
            json.dumps({"nobodyKnows": everything}).encode(), direction=TO_SERVER, encoding="json", t_ns=0, by="user"
        ),
        Ended(0, 1),
    ]


def every_view(readings: Iterable[events.Reading]) -> Iterator[str]:
    secrets = Secrets(b"another key")
    json_lines, line = JsonLines(secrets, raw=True), LineView(secrets, piped=True, verbose=1)
    tree = TreeView(secrets, colour=False, width=None)
    for reading in readings:
        yield json_lines.text(reading)
        yield line.text(reading) or ""
        if isinstance(reading.event, events.Message):
            yield from tree.lines(reading)
            for form in ("json", "hex", "base64"):
                yield from body_pieces(reading, secrets, form)
