"""A recording written again: the same events without their secrets, and nothing nobody knows."""

from __future__ import annotations

from lksig.recording.compression import Gzip, Plain
from lksig.recording.format_v1 import Ended, Header, Record, Stopped
from lksig.recording.redact import Redactor
from lksig.recording.rewrite import learn, rewrite
from lksig.recording.writer import Recorder
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Marker, Message, Start
from lksig.wire.personal import PersonalData
from lksig.wire.redaction import Secrets
from tests.support.readings import message
from tests.support.recordings import KEY, Memory, opened, recorded
from tests.support.samples import TURN_PASSWORD, WALL_NS

SESSION: list[Record] = [
    Start(7, WALL_NS, "ws://h/rtc", "v0", "standup", "probe"),
    Marker(9, f"it was {TURN_PASSWORD}"),
    message(TO_CLIENT, "join", t_ns=12).event,
    Ended(30, 1),
]


def rewritten(data: bytes, redactor: Redactor) -> bytes:
    output = Memory()
    with opened(data) as recording:
        rewrite(recording, output, Plain(), redactor)
    return output.data


def test_events_and_header_stay_but_for_what_is_hidden() -> None:
    with opened(rewritten(recorded(SESSION), Redactor(Secrets(KEY)))) as recording:
        assert recording.header == Header(WALL_NS, ("secrets",))
        records = list(recording.records())
        assert recording.problem() is None
    assert [(type(record), record.t_ns) for record in records] == [
        *((Start, 7), (Marker, 9), (Message, 12), (Ended, 30), (Stopped, 30))
    ]
    assert TURN_PASSWORD.encode() not in records[2].raw  # type: ignore[union-attr]


def test_what_was_redacted_before_is_still_said() -> None:
    once = rewritten(recorded(SESSION), Redactor(Secrets(KEY), PersonalData(KEY)))
    twice = rewritten(once, Redactor(Secrets(b"another")))
    assert opened(twice).header.redacted == ("secrets", "personal")
    assert twice == once


def test_a_secret_is_known_before_its_first_mention() -> None:
    redactor = Redactor(Secrets(KEY))
    with opened(recorded(SESSION)) as recording:
        learn(recording, redactor)
    assert TURN_PASSWORD.encode() in rewritten(recorded(SESSION), Redactor(Secrets(KEY)))
    assert TURN_PASSWORD.encode() not in rewritten(recorded(SESSION), redactor)


def test_what_is_damaged_in_the_one_is_missing_in_the_other() -> None:
    header, *lines = recorded(SESSION).splitlines(keepends=True)
    data = b"".join([header, lines[0], b"rubbish\n", b'[1,"later",1,1,"a secret of the future"]\n', *lines[2:]])
    redacted = rewritten(data, Redactor(Secrets(KEY)))
    assert b"future" not in redacted
    with opened(redacted) as recording:
        list(recording.records())
        assert "it lacks 1 of its 4 lines" in str(recording.problem())


def test_a_recording_without_an_end_gets_none() -> None:
    killed = recorded(SESSION[:3], stop=False)
    with opened(rewritten(killed, Redactor(Secrets(KEY)))) as recording:
        assert [type(record) for record in recording.records()] == [Start, Marker, Message]
        assert not recording.is_stopped


def test_it_can_be_compressed_on_the_way() -> None:
    output = Memory()
    with opened(recorded(SESSION)) as recording:
        rewrite(recording, output, Gzip(), Redactor(Secrets(KEY)))
    assert output.data.startswith(b"\x1f\x8b")
    assert len(list(opened(output.data))) == 3


def test_recorders_say_what_they_redact() -> None:
    output = Memory()
    redactor = Redactor(Secrets(KEY))
    Recorder(
        output, Header(WALL_NS, redactor.redacted, "send"), redactor=redactor, compressor=Plain(), on_failure=print
    ).close()
    assert opened(output.data).header == Header(WALL_NS, ("secrets",), "send")
