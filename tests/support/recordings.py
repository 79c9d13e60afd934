"""Sessions as events, and recordings in memory: what the tests of `recording` begin with."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from lksig.recording.compression import Compressor, Plain
from lksig.recording.format_v1 import Ended, Header, Record
from lksig.recording.reader import Recording
from lksig.recording.redact import Redactor
from lksig.recording.writer import Recorder
from lksig.records import changed
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.journal import Journal
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.redaction import Secrets
from tests.support.messages import JWTS, TEXTS, envelopes, messages
from tests.support.samples import WALL_NS

KEY = b"key of the run.."


class Memory:
    """An output that is held in memory; it can be made to fail."""

    def __init__(self) -> None:
        self.data = b""
        self.failure: OSError | None = None
        self.is_closed = False

    def write(self, data: bytes) -> None:
        if self.failure is not None:
            raise self.failure
        self.data += data

    def close(self) -> None:
        self.is_closed = True


def recorder(output: Memory, **changes: Any) -> Recorder:
    """A recorder into memory that keeps every byte."""

    def unexpected(exc: OSError) -> None:
        raise AssertionError(exc)

    settings: dict[str, Any] = {"redactor": None, "compressor": Plain(), "on_failure": unexpected}
    return Recorder(output, Header(WALL_NS), **{**settings, **changes})


def recorded(
    records: Iterable[Record],
    *,
    secrets: Secrets | None = None,
    compressor: Compressor | None = None,
    stop: bool = True,
) -> bytes:
    """The bytes of a recording of these events.

    Args:
        secrets: hide what they know of; None keeps every byte.
        stop: close it in order; otherwise it is as of a process that was killed.
    """
    output = Memory()
    redactor = Redactor(secrets) if secrets is not None else None
    tape = recorder(output, redactor=redactor, compressor=compressor or Plain())
    for record in records:
        if isinstance(record, Ended):
            tape.end(record.t_ns, record.session)
        else:
            tape.event(record)  # type: ignore[arg-type]  # a recorder stops by itself
    if stop:
        tape.close()
    return output.data


def opened(data: bytes) -> Recording:
    return Recording(io.BytesIO(data), "call.lksig")


def facts(record: Any) -> Any:
    """What two records that are the same have in common; a message has no equality of its own."""
    if not isinstance(record, events.Message):
        return record
    names = [name for name in events.Message.__slots__ if name != "envelope"]
    return [getattr(record, name) for name in names]


def readings(records: Iterable[Record]) -> list[events.Reading]:
    """What the journal of a live session gives for these events."""
    journal = Journal()
    given: list[events.Reading] = []
    for record in records:
        if isinstance(record, Ended):
            given += journal.end(record.t_ns, record.session)
        else:
            given += journal.add(record)  # type: ignore[arg-type]
    return given


# --- any session ----------------------------------------------------------------------------------------------------

_TIMES = st.one_of(st.integers(0, 10**6), st.sampled_from([0, 1, 10**9, 86_400 * 10**9]))
_NUMBERS = st.integers(1, 3)
_WORDS = st.one_of(TEXTS, st.builds("said {}, twice".format, JWTS), st.just("a=ice-pwd:abcdefghijklmnopqrstuv\r\n"))
_BY: st.SearchStrategy[events.By] = st.sampled_from(["server", "user", "auto", "replay"])
_WAYS = st.sampled_from([TO_SERVER, TO_CLIENT])
_HEADERS = st.lists(
    st.tuples(st.sampled_from(["Host", "Authorization", "Cookie", "X-Api-Key", "é"]), _WORDS), max_size=3
).map(tuple)


@st.composite
def frames(draw: st.DrawFn) -> events.Message:
    """Messages with unknown fields, frames that do not decode, and text frames."""
    direction, envelope = draw(envelopes(unknown=True))
    raw = envelope.SerializeToString(deterministic=True)
    encoding: events.Encoding = "protobuf"
    form = draw(st.integers(0, 9))
    if form == 0:
        raw = draw(st.one_of(st.binary(max_size=40), st.just(raw[:-1]), st.just(b"")))
    elif form == 1:
        from google.protobuf.json_format import MessageToJson

        raw, encoding = MessageToJson(envelope).encode(), "json"
    elif form == 2:
        raw, encoding = draw(st.one_of(st.binary(max_size=20), _WORDS.map(str.encode))), "json"
    return decode_frame(
        raw,
        direction=direction,
        encoding=encoding,
        t_ns=0,
        by=draw(_BY),
        session=draw(_NUMBERS),
        socket=draw(_NUMBERS),
    )


def others() -> st.SearchStrategy[events.Event]:
    """Events that are no messages."""
    around = {"session": _NUMBERS, "socket": _NUMBERS}
    optional_text = st.none() | _WORDS
    status = st.sampled_from([None, 101, 200, 401, 404])
    join_request = st.none() | messages("JoinRequest", unknown=True)
    path = st.sampled_from(["/rtc/v1", "/rtc?access_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln&protocol=16"])
    body = st.binary(max_size=20) | _WORDS.map(str.encode)
    return st.one_of(
        st.builds(events.Start, st.just(0), st.just(WALL_NS), path, st.just("v1"), optional_text, optional_text),
        st.builds(events.WsPing, st.just(0), _WAYS, st.binary(max_size=9), _BY, **around),
        st.builds(events.WsPong, st.just(0), _WAYS, st.binary(max_size=9), _BY, **around),
        st.builds(
            events.Close,
            st.just(0),
            st.none() | st.integers(1000, 4999),
            _WORDS,
            st.sampled_from(["server", "client", "network"]),
            **around,
        ),
        st.builds(
            events.Http,
            st.just(0),
            st.just("GET"),
            path,
            _HEADERS,
            status,
            _HEADERS,
            body,
            _TIMES,
            join_request,
            **around,
        ),
        st.builds(events.State, st.just(0), st.sampled_from(["CONNECTING", "CONNECTED"]), _WORDS, **around),
        st.builds(events.Note, st.just(0), st.just("timeout"), _WORDS, st.none() | st.integers(1, 5), **around),
        st.builds(events.Marker, st.just(0), _WORDS, **around),
    )


@st.composite
def sessions(draw: st.DrawFn) -> list[Record]:
    """What happened in a run, in order; it begins with a start, and sessions may end."""
    t_ns = draw(_TIMES)
    records: list[Record] = [events.Start(t_ns, WALL_NS + t_ns, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe")]
    for event in draw(st.lists(st.one_of(frames(), frames(), others()), max_size=8)):
        t_ns += draw(_TIMES)
        records.append(_at(event, t_ns))
    for session in sorted({record.session for record in records}):  # type: ignore[union-attr]
        if draw(st.booleans()):
            records.append(Ended(t_ns, session))
    return records


def _at(event: Any, t_ns: int) -> Any:
    if isinstance(event, events.Message):
        event.t_ns = t_ns
        return event
    return changed(event, t_ns=t_ns)
