"""Two recordings compared: the same story gives nothing, and nothing that differs is hidden."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lksig.recording import compared
from lksig.recording.compared import LOOK
from lksig.recording.diff import MAX_LOOK, Counts, Diff, Finding
from lksig.recording.format_v1 import Record
from lksig.recording.trees import Difference
from lksig.wire.events import Close, Http, Message, Note, Reading, Start, WsPing
from tests.support.recordings import readings, sessions
from tests.support.samples import WALL_NS
from tests.support.traffic import came, closed, sent

ANN, BOB = "PA_aaaaaaaaaaaa", "PA_bbbbbbbbbbbb"


def start(identity: str = "probe", *, session: int = 1) -> Start:
    return Start(0, WALL_NS, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", identity, session)


def update(sid: str, said: str, t_ms: float = 5, *, session: int = 1) -> Message:
    identity = "ann" if sid.startswith("PA_a") else "bob"
    return came(t_ms, session=session, update={"participants": [{"sid": sid, "identity": identity, "metadata": said}]})


def compare(a: Iterable[Record], b: Iterable[Record], **options: Any) -> tuple[list[Finding], Counts]:
    diff = Diff(readings(a), readings(b), **options)
    found = list(diff.findings())
    return found, diff.counts


def told(a: Iterable[Record], b: Iterable[Record], **options: Any) -> list[str]:
    """Each finding in one line: `~ 3 4 path a b`, `- 3`, `+ 4`."""
    lines = []
    for finding in compare(a, b, **options)[0]:
        numbers = [one.n for one in (finding.a, finding.b) if one is not None]
        if finding.change == "changed":
            lines += [f"~ {numbers[0]} {numbers[1]} {one.path} {one.a} {one.b}" for one in finding.differences]
        else:
            lines.append(f"{'-' if finding.change == 'only_a' else '+'} {numbers[0]}")
    return lines


SESSION: list[Record] = [
    start(),
    came(1, join={"participant": {"sid": "PA_pppppppppppp", "identity": "probe", "joined_at": 7}}),
    sent(2, add_track={"cid": "cam1", "type": "VIDEO"}),
    came(3, track_published={"cid": "cam1", "track": {"sid": "TR_VCcccccccccc"}}),
    update(ANN, "one", 4),
    sent(5, mute={"sid": "TR_VCcccccccccc", "muted": True}),
    update(BOB, "two", 6),
    sent(7, update_metadata={"metadata": "x", "request_id": 1}),
    came(8, request_response={"request_id": 1, "reason": "OK"}),
    sent(9, leave={}),
    closed(10, "client"),
]


def other_ids(record: Any) -> Any:
    """The same event of another run."""
    if not isinstance(record, Message):
        return record
    raw = record.raw
    for old, new in (
        (b"PA_aaaa", b"PA_a777"),
        (b"PA_bbbb", b"PA_b777"),
        (b"PA_pppp", b"PA_p777"),
        (b"TR_VCcc", b"TR_VC77"),
    ):
        raw = raw.replace(old, new)
    from tests.support.traffic import frame

    return frame(record.t_ns / 1e6 + 3, record.direction, raw, record.by, session=record.session)


AGAIN = [other_ids(record) for record in SESSION]


def test_the_same_story_twice_is_equal() -> None:
    found, counts = compare(SESSION, AGAIN)
    assert found == []
    assert counts == Counts(messages_a=9, messages_b=9, same=9)
    assert counts.is_equal


def test_nothing_is_compared() -> None:
    assert compare([], []) == ([], Counts())


def test_what_differs_is_told_in_order() -> None:
    changed = [*AGAIN]
    changed[2] = sent(2, add_track={"cid": "cam1", "type": "AUDIO"})
    changed[8] = came(8, request_response={"request_id": 1, "reason": "NOT_ALLOWED"})
    del changed[6]
    assert told(SESSION, changed) == [
        "~ 2 2 add_track.type VIDEO AUDIO",
        "- 6",
        "~ 8 7 request_response.reason OK NOT_ALLOWED",
    ]
    assert told(changed, SESSION) == [
        "~ 2 2 add_track.type AUDIO VIDEO",
        "+ 6",
        "~ 7 8 request_response.reason NOT_ALLOWED OK",
    ]


def test_another_answer_to_the_same_request() -> None:
    refused = [*AGAIN]
    refused[3] = came(3, request_response={"add_track": {"cid": "cam1", "type": "VIDEO"}, "reason": "NOT_ALLOWED"})
    refused[5] = sent(5, mute={"sid": "TR_x"})
    assert told(SESSION, refused)[0] == "~ 3 3 case track_published request_response"


@pytest.mark.parametrize("index", range(1, len(SESSION)))
def test_a_message_that_is_missing_is_told(index: int) -> None:
    less = [*AGAIN[:index], *AGAIN[index + 1 :]]
    found, counts = compare(SESSION, less)
    # Without its request an answer answers nothing any more, which is no other message.
    assert [one.change for one in found if one.change != "changed"][:1] == ["only_a"]
    assert not counts.is_equal


def test_events_that_are_no_messages() -> None:
    other = [start("carl"), *AGAIN[1:-1], closed(10, "server", 1001)]
    found, _ = compare(SESSION, other)
    assert [one.differences for one in found] == [
        (Difference("start.identity", "probe", "carl"),),
        (Difference("close.ended_by", "client", "server"), Difference("close.code", "1000", "1001")),
    ]


def test_a_session_has_its_role_wherever_it_stands_and_whoever_is_told_of_it_first() -> None:
    def run(*order: tuple[int, str, str], is_told_first: bool = False) -> list[Record]:
        numbers = {who: number for number, who, _ in order}
        joins = [
            came(2, session=number, join={"participant": {"sid": sid, "identity": who}}) for number, who, sid in order
        ]
        told_of_bob = update(BOB, "here", session=numbers["ann"])
        at = next(at for at, one in enumerate(joins) if one.session == numbers["bob"]) + (not is_told_first)
        said: list[Record] = [start(who, session=number) for number, who, _ in order]
        return [*said, *joins[:at], told_of_bob, *joins[at:]]

    first = run((1, "ann", ANN), (2, "bob", BOB))
    assert told(first, run((1, "ann", "PA_aaaaaaaaaaa2"), (2, "bob", BOB), is_told_first=True)) == []
    assert told(first, run((1, "bob", BOB), (2, "ann", ANN))) == []
    assert told(run((1, "bob", BOB), (2, "ann", ANN)), first) == []


def test_what_lksig_does_by_itself_is_left_out_unless_asked_for() -> None:
    own: list[Record] = [
        sent(20, "auto", ping_req={"timestamp": 5}),
        came(21, pong_resp={"last_ping_timestamp": 5}),
        sent(22, "auto", update_metadata={"request_id": 1 << 30}),
        came(23, request_response={"request_id": 1 << 30}),
        WsPing(24_000_000, sent(1).direction, b"x", "auto"),
    ]
    assert told([*SESSION, *own], AGAIN) == []
    assert told([*SESSION, *own], AGAIN, own=True) == ["- 10", "- 11", "- 12", "- 13", "- None"]
    assert told(own, own, own=True) == []
    assert told([Note(1, "x", "y")], []) == []


def test_whether_one_who_leaves_is_still_told_something_is_a_matter_of_moments() -> None:
    leave = sent(20, leave={"reason": "CLIENT_INITIATED"})
    late = [update(ANN, "new", 21), came(22, speakers_changed={"speakers": [{"sid": ANN, "level": 0.5}]})]
    answer = came(23, leave={"reason": "CLIENT_INITIATED"})
    assert told([*SESSION, leave, *late, answer], [*AGAIN, leave, answer]) == []
    assert told([*SESSION, leave, answer], [*AGAIN, leave, late[1], answer]) == []
    assert told([*SESSION, leave, *late, answer], [*AGAIN, leave, answer], own=True) == ["- 11", "- 12"]
    assert told([*SESSION, leave, answer], [*AGAIN, leave]) == ["- 11"]
    rejoined = came(30, join={"participant": {"sid": "PA_rrrrrrrrrrrr"}})
    assert told([*SESSION, leave, rejoined, *late], [*AGAIN, leave, rejoined]) == ["- 12", "- 13"]
    assert told([*SESSION[:7], *late], AGAIN[:7]) == ["- 7", "- 8"]
    of_another: list[Record] = [start("bob", session=2), update(ANN, "new", 21, session=2)]
    assert told([*SESSION, leave, *of_another], [*AGAIN, leave, *of_another[:1]]) == ["- 11"]


def test_only_what_is_wanted_is_compared() -> None:
    def wanted(reading: Reading) -> bool:
        return isinstance(reading.event, Message) and reading.event.case in ("track_published", "update")

    changed = [*AGAIN]
    changed[2] = sent(2, add_track={"cid": "cam1", "type": "AUDIO"})
    found, counts = compare(SESSION, changed, wanted=wanted)
    assert (found, counts.same) == ([], 3)


def test_times_are_compared_when_asked_for() -> None:
    assert told(SESSION[:2], AGAIN[:2], times=True) == ["~ 1 1 t_ms 1.0 4.0"]
    later: list[Record] = [start(), came(1, join={"participant": {"sid": "PA_pppppppppppp", "joined_at": 8}})]
    assert "~ 1 1 join.participant.joined_at 7 8" in told(SESSION[:2], later, times=True)


def test_sessions_of_made_up_identities_belong_together() -> None:
    def run(*order: tuple[int, str]) -> list[Record]:
        said: list[Record] = [start(identity, session=session) for session, identity in order]
        return [*said, *(update(ANN, identity[:5], session=session) for session, identity in order)]

    assert told(run((1, "lksig-abcd"), (2, "bob")), run((1, "bob"), (2, "lksig-wxyz"))) == []


def test_sessions_belong_together_by_identity_or_number() -> None:
    def run(*order: tuple[int, str]) -> list[Record]:
        said: list[Record] = [start(identity, session=session) for session, identity in order]
        return [*said, *(update(ANN, identity, session=session) for session, identity in order)]

    assert told(run((1, "ann"), (2, "bob")), run((1, "bob"), (2, "ann"))) == []
    assert told(run((1, "carl")), run((1, "dora"))) == [
        "~ None None start.identity carl dora",
        "~ 1 1 update.participants.PA_ann.metadata carl dora",
    ]
    assert len(told(run((1, "ed"), (2, "bob")), run((1, "bob"), (2, "carl")))) == 4
    assert told(run((1, "ann")), run((1, "ann"), (2, "ann"))) == ["+ None", "+ 2"]


def test_two_states_of_one_participant_keep_their_order() -> None:
    assert told([update(ANN, "1"), update(ANN, "2")], [update(ANN, "2"), update(ANN, "1")]) != []
    assert told([update(ANN, "1"), update(BOB, "2")], [update(BOB, "2"), update(ANN, "1")]) == []


def test_a_message_of_the_server_may_stand_before_or_behind_a_request_and_its_answer() -> None:
    moved = [*AGAIN[:2], AGAIN[4], AGAIN[6], AGAIN[2], AGAIN[5], AGAIN[3], AGAIN[7], AGAIN[8], *AGAIN[9:]]
    assert told(SESSION, moved) == []


def test_a_request_may_not_pass_another() -> None:
    swapped = [*AGAIN[:2], AGAIN[5], AGAIN[2], AGAIN[3], AGAIN[4], *AGAIN[6:]]
    assert told(SESSION, swapped) != []


def test_a_socket_may_close_before_or_behind_a_request_and_the_next_socket() -> None:
    other = Http(3_000_000, "GET", "/rtc/v1", (), 101, (), b"", 5, socket=2)
    old, new = closed(2, "server"), closed(4, "client", socket=2)
    run: list[Record] = [start(), sent(1, mute={"sid": "TR_x"}), old, other, sent(3, leave={}), new]
    assert told(run, [run[0], old, run[1], other, run[4], new]) == []
    assert told(run, [run[0], run[1], other, run[4], new, old]) == []
    assert told(run, [run[0], run[1], other, run[4], new]) == ["- None"]


def test_answers_without_a_key_go_by_their_place() -> None:
    def offers(*left_out: int) -> list[Record]:
        run: list[Record] = []
        for number in range(6):
            run += [came(number, offer={"type": "offer", "sdp": f"v=0\r\ns={number}\r\n"})]
            if number not in left_out:
                run += [sent(number + 0.5, answer={"type": "answer", "sdp": f"v=0\r\ns={number}\r\n"})]
        return run

    assert told(offers(), offers(1)) == ["- 4"]
    pings: list[Record] = [sent(1, ping=1), came(2, pong=1), sent(3, ping=1), came(4, pong=1)]
    assert told(pings, pings[:3]) == ["- 4"]


def long_run(count: int, *, seed: int = 0, extra: int = 0) -> list[Record]:
    source = random.Random(seed)
    run: list[Record] = [came(0, update={"participants": []}) for _ in range(extra)]
    for number in range(count):
        run.append(update(ANN if source.random() < 0.5 else BOB, f"{number}", number))
        if number % 5 == 0:
            run.append(sent(number, mute={"sid": f"TR_{number}"}))
    return run


@pytest.mark.parametrize("extra", [1, LOOK + 10, MAX_LOOK - 100])
def test_a_long_stretch_that_only_one_has_shifts_nothing(extra: int) -> None:
    a, b = long_run(400), long_run(400, extra=extra)
    found, counts = compare(a, b)
    assert [one.change for one in found] == ["only_b"] * extra
    assert counts.same == len(a)


def test_what_has_nothing_in_common() -> None:
    a: list[Record] = [sent(n, mute={"sid": f"TR_{n}"}) for n in range(MAX_LOOK + 500)]
    b: list[Record] = [came(n, update={}) for n in range(700)]
    _, counts = compare(a, b)
    assert (counts.only_a, counts.only_b, counts.same) == (len(a), 700, 0)


def test_windows_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "MAX_WINDOW_BYTES", 100)
    a, b = long_run(60), long_run(60)
    del b[30]
    assert len(compare(a, b)[0]) == 1
    diff = Diff(readings(a), readings(a))
    assert list(diff.findings()) == []
    assert diff.counts.same == len(a)


def test_partners_are_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    from lksig.recording import diff

    monkeypatch.setattr(compared, "MAX_REQUESTS", 3)
    monkeypatch.setattr(diff, "MAX_REQUESTS", 3)
    run = [*SESSION, *long_run(20), came(30, leave={})]
    assert told(run, run) == []


@given(sessions())
def test_a_run_is_equal_to_itself(records: list[Record]) -> None:
    for options in ({}, {"own": True}, {"times": True}):
        found, counts = compare(records, records, **options)
        assert (found, counts.is_equal) == ([], True)


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_neighbours_about_different_things_may_change_places(source: random.Random) -> None:
    run = long_run(300)
    moved = [*run]
    for at in range(0, len(moved) - 1, 2):
        here, there = moved[at], moved[at + 1]
        cases = {getattr(one, "case", None) for one in (here, there)}
        if source.random() < 0.3 and "mute" in cases:
            moved[at], moved[at + 1] = there, here
    assert told(run, moved) == []


@settings(max_examples=40)
@given(st.integers(0, 359), st.sampled_from(["other", "gone", "twice"]))
def test_one_difference_in_a_long_run_is_one_finding(at: int, what: str) -> None:
    run = long_run(300)
    assert len(run) == 360
    other = [*run]
    if what == "other":
        other[at] = came(1, update={"participants": [{"sid": ANN, "identity": "ann", "metadata": "else"}]})
        if isinstance(run[at], Message) and run[at].case == "mute":  # type: ignore[union-attr]
            other[at] = sent(1, mute={"sid": "TR_else"})
    elif what == "gone":
        del other[at]
    else:
        other.insert(at, run[at])
    found, counts = compare(run, other)
    assert len(found) + counts.in_between in (1, 2)


def test_a_close_of_another_session_is_no_close_of_this_one() -> None:
    assert told([Close(1, 1000, "", "server")], [Close(1, 1000, "", "server", session=2)]) == ["- None", "+ None"]
