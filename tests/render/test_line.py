"""One line is one message: columns for a person, columns for a pipe."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.render.line import LineView
from lksig.render.times import UTC
from lksig.render.width import width_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire.events import Close, End, Http, Marker, Note, Outcome, Reading, Result, State, WsPing, WsPong
from tests.support.messages import envelopes
from tests.support.readings import frame, message, secrets, start

BERLIN = datetime.timezone(datetime.timedelta(hours=1))
MS = 1_000_000


def view(*, piped: bool = False, **options: Any) -> LineView:
    made = LineView(secrets(), piped=piped, tz=options.pop("tz", UTC), **options)
    made.text(start())
    return made


def result(outcome: Outcome, request: int = 4) -> Reading:
    return Reading(Result(6 * MS, request, "track_setting", outcome, None, 5, 600_000), dt_ns=0)


# --- a terminal -------------------------------------------------------------------------------------------------------


def test_the_columns_of_a_message() -> None:
    reading = message(TO_CLIENT, "mute", n=4)
    assert view().text(reading) == "  4     0.8  < mute                23 B  sid=TR_AMHY4ht4bDDgyu muted=true"


def test_a_request_points_to_the_server() -> None:
    assert view().text(message(TO_SERVER, "leave", {}, n=12, dt_ns=5_510_000_000)) == (
        " 12  5510.0  > leave                2 B  reason=UNKNOWN_REASON action=DISCONNECT"
    )


def test_a_long_case_borrows_blanks_and_always_keeps_one() -> None:
    line = view().text(message(TO_CLIENT, "data_track_subscriber_handles", {}))
    assert line == "  4     0.8  < data_track_subscriber_handles 3 B  no data tracks"


def test_the_answer_points_to_its_request_at_the_right_edge() -> None:
    reading = message(TO_CLIENT, "mute", reply_to=3, reply_ns=812_000)
    assert view().text(reading) == (
        "  4     0.8  < mute                23 B  sid=TR_AMHY4ht4bDDgyu muted=true  →3 0.8ms"
    )
    line = view(width=100).text(reading) or ""
    assert width_of(line) == 100
    assert line.endswith("  →3 0.8ms")
    assert (view().text(message(TO_CLIENT, "mute", reply_to=3)) or "").endswith("  →3")


def test_on_a_terminal_a_line_is_cut_before_its_arrow() -> None:
    reading = message(TO_CLIENT, "mute", reply_to=3, reply_ns=812_000)
    line = view(width=70).text(reading) or ""
    assert line == "  4     0.8  < mute                23 B  sid=TR_AMHY4ht4bDD…  →3 0.8ms"
    assert width_of(line) == 70


@given(envelopes(unknown=True), st.integers(50, 200), st.booleans())
def test_no_line_is_wider_than_the_terminal(sample: tuple[Direction, Any], width: int, answers: bool) -> None:
    way, any_envelope = sample
    around: dict[str, Any] = {"reply_to": 3, "reply_ns": 812_000} if answers else {}
    reading = frame(any_envelope.SerializeToString(), way, **around)
    line = view(width=width).text(reading) or ""
    columns = len("  4     0.8  < ") + max(24, len(reading.event.case or "-") + 8) + 2
    assert width_of(line) <= max(width, columns + 12 + len("  →3 0.8ms"))


def test_a_frame_that_does_not_decode_is_marked() -> None:
    line = view().text(frame(b"\x0a\x05abc")) or ""
    assert line.startswith("  4     0.8  ! -                    5 B  does not decode")
    assert line.endswith("· 0a05616263")


def test_an_empty_envelope_has_no_case() -> None:
    assert view().text(frame(b"")) == "  4     0.8  < -                    0 B  empty envelope"


def test_what_nobody_asked_for_is_marked() -> None:
    line = view(verbose=1).text(message(TO_SERVER, "update_metadata", {"request_id": 9}, by="auto")) or ""
    assert line.endswith("4 B  (auto) request_id=9")
    assert (view().text(message(TO_SERVER, "sync_state", {}, by="replay")) or "").endswith("2 B  (replay)")
    assert (view().text(message(TO_SERVER, "sync_state", {})) or "").endswith("2 B")


def test_colour_repeats_marks_and_refusals() -> None:
    painted = view(colour=True)
    assert "\x1b[36m> leave\x1b[0m" in (painted.text(message(TO_SERVER, "leave")) or "")
    assert "\x1b[32m< leave\x1b[0m" in (painted.text(message(TO_CLIENT, "leave")) or "")
    assert "\x1b[31m< mute\x1b[0m" in (painted.text(message(TO_CLIENT, "mute", refused=True)) or "")
    assert "\x1b[1;31m! -\x1b[0m" in (painted.text(frame(b"\x0a")) or "")
    assert (painted.text(Reading(Close(0, 1000, "", "server"))) or "").startswith("  \x1b[35mx\x1b[0m")
    assert (painted.text(Reading(Note(0, "c", "text"))) or "").startswith("\x1b[2m=\x1b[0m")


@pytest.mark.parametrize("case", ["join", "offer", "update", "refresh_token", "request_response"])
@pytest.mark.parametrize("width", [None, 60, 120])
def test_colour_adds_nothing(case: str, width: int | None) -> None:
    reading = message(TO_CLIENT, case, reply_to=3, reply_ns=1)
    painted = view(colour=True, width=width).text(reading) or ""
    assert painted.replace("\x1b[32m", "").replace("\x1b[0m", "") == view(width=width).text(reading)


@pytest.mark.parametrize(
    ("times", "column"),
    [
        ("delta", "  4     0.8  < mute"),
        ("local", "  4 15:34:11.325  < mute"),
        ("utc", "  4 14:34:11.325Z  < mute"),
        ("both", "  4 15:34:11.325     0.8  < mute"),
    ],
)
def test_the_time_column(times: Any, column: str) -> None:
    shown = view(times=times, tz=BERLIN)
    assert (shown.text(message(TO_CLIENT, "mute")) or "").startswith(column)
    close = shown.text(Reading(Close(6 * MS, 1000, "", "server"), dt_ns=MS)) or ""
    assert close.index("server closed") == len(column) - len("< mute")


def test_without_a_start_there_is_no_clock_time() -> None:
    bare = LineView(secrets(), piped=False, times="utc")
    assert (bare.text(message(TO_CLIENT, "mute", t_ns=0)) or "").startswith("  4             -  < mute")


# --- what is no message -----------------------------------------------------------------------------------------------


def test_notices_carry_their_mark_first() -> None:
    shown = view()
    assert shown.text(start()) == "=            connecting ws://127.0.0.1:7880/rtc/v1 as probe in standup"
    open_101 = Http(4 * MS, "GET", "/rtc", (), 101, (), b"", 4 * MS)
    assert shown.text(Reading(open_101, dt_ns=4_200_000)) == "=       4.2  open: 101"
    assert shown.notice("saved 9 messages\x1b") == "=            saved 9 messages\\x1b"


def test_a_close_and_a_ping_carry_theirs_before_the_time() -> None:
    shown = view()
    close = Reading(Close(6 * MS, 1000, "", "client"), dt_ns=100_000)
    assert shown.text(close) == "  x     0.1  client closed 1000"
    assert shown.text(Reading(WsPing(0, TO_CLIENT, b"", "server"), dt_ns=MS)) == "  %     1.0  ws_ping to client"


def test_the_close_after_a_leave_says_what_it_meant_however_often_one_asks() -> None:
    shown = view()
    shown.text(message(TO_CLIENT, "leave"))
    close = Reading(Close(6 * MS, 1000, "", "server"))
    assert "DUPLICATE_IDENTITY" in (shown.text(close) or "")
    assert shown.text(close) == shown.text(close)


def test_a_request_to_leave_is_not_the_servers_leave() -> None:
    shown = view()
    shown.text(message(TO_SERVER, "leave"))
    assert shown.text(Reading(Close(6 * MS, 1000, "", "server"))) == "  x     0.0  server closed 1000"


def test_a_close_says_which_socket_was_taken_over() -> None:
    shown = view()
    shown.text(message(TO_CLIENT, "leave", {"reason": "STATE_MISMATCH"}, n=1))
    shown.text(message(TO_CLIENT, "reconnect", n=2, socket=2))
    older = shown.text(Reading(Close(6 * MS, 1000, "", "server", socket=1)))
    assert older == "  x     0.0  server closed 1000 · socket 1, taken over by socket 2"
    # What was said on the first socket is not why the second one closes.
    assert shown.text(Reading(Close(6 * MS, 1000, "", "server", socket=2))) == "  x     0.0  server closed 1000"


def test_a_verdict_below_its_request_does_not_repeat_the_number() -> None:
    shown = view()
    shown.text(message(TO_SERVER, "track_setting", n=4))
    told = "             unopposed: handled without objection (fence 0.6 ms)"
    assert shown.text(result("unopposed")) == told
    assert shown.text(result("unopposed", request=2)) == f"{told} →2"
    assert shown.text(result("answered")) is None


def test_an_end_has_no_line() -> None:
    assert view().text(Reading(End(0, "client", 1000))) is None


# --- folding ----------------------------------------------------------------------------------------------------------

FOLDED = [
    message(TO_SERVER, "ping_req", by="auto"),
    message(TO_SERVER, "ping", by="auto"),
    message(TO_CLIENT, "pong_resp", for_auto=True),
    message(TO_CLIENT, "pong", for_auto=True),
    Reading(WsPong(0, TO_SERVER, b"", "auto")),
    Reading(State(0, "CONNECTED", "joined")),
]
SHOWN = [
    message(TO_SERVER, "ping_req"),
    message(TO_CLIENT, "pong_resp"),
    message(TO_SERVER, "update_metadata", by="auto"),
    message(TO_CLIENT, "request_response", for_auto=True),
    Reading(WsPing(0, TO_CLIENT, b"", "server")),
    Reading(State(0, "RESUMING", "lost")),
]


@pytest.mark.parametrize("piped", [True, False])
@pytest.mark.parametrize("reading", FOLDED, ids=repr)
def test_only_lksigs_own_keep_alives_are_folded(reading: Reading, piped: bool) -> None:
    assert view(piped=piped).text(reading) is None
    assert view(piped=piped, verbose=1).text(reading) is not None


@pytest.mark.parametrize("reading", SHOWN, ids=repr)
def test_nothing_else_is(reading: Reading) -> None:
    assert view().text(reading) is not None


def test_notices_belong_on_stderr_everything_else_on_stdout() -> None:
    shown = view()
    for event in (Note(0, "c", "t"), Marker(0, "m"), State(0, "RESUMING", ""), End(0, None, None), start().event):
        assert shown.channel(Reading(event)) == "stderr"
    for reading in (
        message(TO_CLIENT, "mute"),
        Reading(Close(0, 1000, "", "server")),
        result("unopposed"),
        *SHOWN[4:5],
    ):
        assert shown.channel(reading) == "stdout"


# --- several sessions -------------------------------------------------------------------------------------------------


def test_with_a_second_session_lines_say_whose_they_are() -> None:
    shown = view()
    assert "probe" not in (shown.text(message(TO_CLIENT, "mute")) or "")
    shown.text(start(session=2, identity="a very long name"))
    shown.text(start(session=3, identity=None))
    assert (shown.text(message(TO_CLIENT, "mute")) or "").startswith("  4     0.8  probe    < mute")
    assert (shown.text(message(TO_CLIENT, "mute", session=2)) or "").startswith('  4     0.8  "a very… < mute')
    assert (shown.text(message(TO_CLIENT, "mute", session=3)) or "").startswith('  4     0.8  "#3"     < mute')
    assert (shown.text(message(TO_CLIENT, "mute", session=9)) or "").startswith("  4     0.8  #9       < mute")
    assert (shown.text(Reading(Close(0, 1000, "", "server"))) or "").endswith("x     0.0  probe    server closed 1000")


def test_labels_can_be_wanted_from_the_start_or_never() -> None:
    assert (view(labels=True).text(message(TO_CLIENT, "mute")) or "").startswith("  4     0.8  probe    < mute")
    never = view(labels=False)
    never.text(start(session=2))
    assert (never.text(message(TO_CLIENT, "mute")) or "").startswith("  4     0.8  < mute")


def test_on_a_pipe_the_label_begins_the_summary() -> None:
    line = view(piped=True, labels=True).text(message(TO_CLIENT, "mute")) or ""
    assert line.endswith("< mute 23B [probe] sid=TR_AMHY4ht4bDDgyu muted=true")


# --- a pipe -----------------------------------------------------------------------------------------------------------


def test_the_columns_of_a_pipe() -> None:
    reading = message(TO_CLIENT, "mute", reply_to=3, reply_ns=812_000)
    assert view(piped=True, colour=True, width=20).text(reading) == (
        "2026-11-25T14:34:11.325204Z 4 0.812 < mute 23B sid=TR_AMHY4ht4bDDgyu muted=true →3 0.8ms"
    )


def test_what_is_missing_is_a_dash() -> None:
    piped = view(piped=True)
    assert piped.text(frame(b"")) == "2026-11-25T14:34:11.325204Z 4 0.812 < - 0B empty envelope"
    assert piped.text(message(TO_SERVER, "sync_state", {})) == "2026-11-25T14:34:11.325204Z 4 0.812 > sync_state 2B -"
    close = Reading(Close(6 * MS, 1000, "", "client"), dt_ns=100_000)
    assert piped.text(close) == "2026-11-25T14:34:05.817000Z - 0.100 x - - client closed 1000"
    assert piped.text(result("unopposed")) == (
        "2026-11-25T14:34:05.817000Z - 0.000 = track_setting - unopposed: handled without objection (fence 0.6 ms) →4"
    )
    assert LineView(secrets(), piped=True).text(message(TO_CLIENT, "mute", t_ns=0)) == (
        "- 4 0.812 < mute 23B sid=TR_AMHY4ht4bDDgyu muted=true"
    )
    assert piped.notice("saved") == "- - - = - - saved"


@given(envelopes(unknown=True))
def test_a_line_on_a_pipe_is_one_line_of_seven_columns(sample: tuple[Direction, Any]) -> None:
    way, any_envelope = sample
    reading = frame(any_envelope.SerializeToString(), way)
    line = view(piped=True).text(reading) or ""
    assert len(line.splitlines()) == 1
    columns = line.split(" ", 6)
    assert columns[3] in "<>!"
    assert columns[4] == (reading.event.case or "-")
    assert columns[5] == f"{len(reading.event.raw)}B"
    assert columns[6]
