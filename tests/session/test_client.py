"""The client's side as playbooks: `>>` what happens, `<<` what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.session.client import (
    EMBEDDED_REGION,
    FIRST_MESSAGE_S,
    GOODBYE_S,
    NO_MEDIA,
    TRANSITIONS,
    Action,
    Cancel,
    ClientSession,
    CloseAsked,
    Closed,
    CloseTransport,
    Connect,
    Enter,
    Event,
    Expired,
    Failed,
    Leave,
    Opened,
    OpenTransport,
    Received,
    Say,
    Schedule,
    SendLeave,
    SendPing,
    Sent,
    Timer,
)
from lksig.wire.events import EndedBy
from tests.playbook import Playbook

S = 1_000_000_000


def checked(book: Playbook) -> ClientSession:
    """The machine, when the conversation went as it stands."""
    book.check()
    assert isinstance(book.machine, ClientSession)
    return book.machine


def received(t_s: float, case: str | None, **body: Any) -> Received:
    envelope = envelope_class(TO_CLIENT)(**{case: body}) if case is not None else None
    return Received(round(t_s * S), case, envelope)


def join(t_s: float, interval: int = 5, timeout: int = 15) -> Received:
    body = {"ping_interval": interval, "ping_timeout": timeout, "participant": {"sid": "PA_x"}}
    return received(t_s, "join", server_info={"region": EMBEDDED_REGION}, **body)


def quiet() -> Iterator[Action]:
    return iter([Cancel(timer) for timer in Timer])


def gone(book: Playbook, event: Closed | Failed, why: str) -> Playbook:
    """The end of a socket, as it always goes."""
    book = book >> event
    for action in quiet():
        book = book << action
    return book << Enter("DISCONNECTED", why)


def dialed() -> Playbook:
    book = Playbook(ClientSession()) >> Connect(0) << Enter("CONNECTING", "dialing") << OpenTransport(False)
    return book >> Opened(1) << Schedule(Timer.FIRST_MESSAGE, FIRST_MESSAGE_S)


def joined() -> Playbook:
    book = dialed() >> join(0) << Cancel(Timer.FIRST_MESSAGE) << Enter("CONNECTED", "joined")
    return book << Schedule(Timer.PING, 5.0) << Schedule(Timer.SILENCE, 15.0)


def leaving() -> Playbook:
    book = joined() >> Leave(1) << SendLeave() << Enter("DISCONNECTING", "the client leaves")
    return book << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S) >> Sent(1, "leave")


def told_to_leave() -> Playbook:
    book = joined() >> received(1, "leave", reason=2) << Enter("DISCONNECTING", "the server said leave")
    return book << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S)


class TestJoin:
    def test_a_real_server_ends_a_session_without_media(self) -> None:
        book = dialed() >> received(0, "join") << Cancel(Timer.FIRST_MESSAGE) << Enter("CONNECTED", "joined")
        (book << Say("no-media", NO_MEDIA)).check()

    def test_a_session_from_dial_to_goodbye(self) -> None:
        book = leaving() >> received(1.1, "leave", reason=1) << Cancel(Timer.PING)
        book = book << Schedule(Timer.GOODBYE, GOODBYE_S)
        machine = checked(gone(book, Closed(2 * S, 1000, ""), "closed by the client"))
        assert (machine.participant_sid, machine.state) == ("PA_x", "DISCONNECTED")

    def test_what_comes_before_the_join(self) -> None:
        book = dialed() >> received(0, "update") << Cancel(Timer.FIRST_MESSAGE) >> received(0, "trickle")
        book = book >> join(0) << Enter("CONNECTED", "joined")
        (book << Schedule(Timer.PING, 5.0) << Schedule(Timer.SILENCE, 15.0)).check()

    def test_a_frame_that_did_not_decode(self) -> None:
        machine = checked(dialed() >> received(0, None) << Cancel(Timer.FIRST_MESSAGE) >> received(0, None))
        assert machine.state == "CONNECTING"

    def test_a_server_without_keep_alive(self) -> None:
        (dialed() >> join(0, 0, 0) << Cancel(Timer.FIRST_MESSAGE) << Enter("CONNECTED", "joined")).check()

    def test_a_negative_interval_is_none(self) -> None:
        (dialed() >> join(0, -1, -1) << Cancel(Timer.FIRST_MESSAGE) << Enter("CONNECTED", "joined")).check()

    def test_a_second_join_starts_the_deadlines_again(self) -> None:
        (joined() >> join(3, 7, 9) << Schedule(Timer.PING, 7.0) << Schedule(Timer.SILENCE, 9.0)).check()

    def test_silence_after_the_upgrade(self) -> None:
        text = "no message 5 s after the upgrade: SDKs give up here"
        (dialed() >> Expired(5 * S, Timer.FIRST_MESSAGE) << Say("no-first-message", text)).check()

    def test_a_leave_instead_of_a_join(self) -> None:
        book = dialed() >> received(0, "leave", reason=6) << Cancel(Timer.FIRST_MESSAGE)
        book = book << Enter("DISCONNECTING", "the server said leave") << Cancel(Timer.PING)
        book = book << Schedule(Timer.GOODBYE, GOODBYE_S)
        gone(book, Closed(S, 1000, ""), "closed by the server").check()

    def test_a_failed_dial(self) -> None:
        book = Playbook(ClientSession()) >> Connect(0) << Enter("CONNECTING", "dialing") << OpenTransport(False)
        gone(book, Failed(1, "connection-refused"), "connection-refused").check()


class TestKeepAlive:
    def test_pings_and_what_they_report(self) -> None:
        book = joined() >> Expired(5 * S, Timer.PING) << SendPing(0) << Schedule(Timer.PING, 5.0)
        checked(book).measured(0.2)
        book = book >> Expired(10 * S, Timer.PING) << SendPing(1) << Schedule(Timer.PING, 5.0)
        checked(book).measured(41.6)
        (book >> Expired(15 * S, Timer.PING) << SendPing(42) << Schedule(Timer.PING, 5.0)).check()

    def test_no_ping_after_a_goodbye(self) -> None:
        (leaving() >> Expired(5 * S, Timer.PING)).check()

    def test_any_message_is_a_sign_of_life(self) -> None:
        book = joined() >> received(4, "update") >> received(11.5, None)
        (book >> Expired(15 * S, Timer.SILENCE) << Schedule(Timer.SILENCE, 11.5)).check()

    def test_silence_is_told_and_waited_out(self) -> None:
        text = "nothing came for 15 s (ping_timeout): an SDK would close now and resume"
        book = joined() >> Expired(15 * S, Timer.SILENCE) << Say("ping-timeout", text) << Schedule(Timer.SILENCE, 15.0)
        (book >> Expired(30 * S, Timer.SILENCE) << Say("ping-timeout", text) << Schedule(Timer.SILENCE, 15.0)).check()

    def test_a_goodbye_is_followed_by_silence(self) -> None:
        (leaving() >> Expired(15 * S, Timer.SILENCE)).check()

    def test_other_messages_that_go_out_change_nothing(self) -> None:
        (joined() >> Sent(1, "mute") >> Sent(2, None)).check()


class TestGoodbye:
    def test_no_echo_comes(self) -> None:
        book = leaving() >> Expired(2 * S, Timer.GOODBYE) << CloseTransport(1000)
        gone(book, Closed(2 * S, 1000, ""), "closed by the client").check()

    def test_the_server_leaves_and_does_not_close(self) -> None:
        book = told_to_leave() >> Expired(2 * S, Timer.GOODBYE) << CloseTransport(1000)
        gone(book, Closed(2 * S, 1000, ""), "closed by the server").check()

    def test_asked_twice(self) -> None:
        (leaving() >> Leave(2) << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S)).check()

    def test_a_person_types_leave(self) -> None:
        book = joined() >> Sent(1, "leave") << Enter("DISCONNECTING", "the client leaves")
        book = book >> received(1, "leave", reason=1) << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S)
        gone(book, Closed(2, 1000, ""), "closed by the client").check()

    def test_our_goodbye_after_the_servers_needs_no_leave(self) -> None:
        (told_to_leave() >> Leave(2) << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S)).check()

    def test_a_join_that_comes_too_late(self) -> None:
        book = dialed() >> Leave(1) << SendLeave() << Enter("DISCONNECTING", "the client leaves")
        book = book << Cancel(Timer.PING) << Schedule(Timer.GOODBYE, GOODBYE_S)
        machine = checked(book >> join(1) << Cancel(Timer.FIRST_MESSAGE) >> received(1, "update"))
        assert machine.state == "DISCONNECTING"

    def test_nobody_is_there_to_leave(self) -> None:
        (Playbook(ClientSession()) >> Leave(0) >> Sent(0, "leave") >> join(0) >> Opened(0)).check()


class TestWhoEndedIt:
    @pytest.mark.parametrize(
        ("before", "code", "by"),
        [
            ([], 1000, "server"),
            ([], 1011, "server"),
            ([], None, "network"),
            ([Leave(1)], None, "client"),
            ([Sent(1, "leave")], 1000, "client"),
            ([CloseAsked(1)], 1000, "client"),
            ([CloseAsked(1)], None, "client"),
            ([received(1, "leave", reason=2)], None, "server"),
            ([received(1, "leave", reason=2), CloseAsked(2)], 1000, "server"),
            ([received(1, "leave", reason=2), Leave(2)], 1000, "server"),
            ([received(1, "leave", reason=2), Sent(2, "leave")], 1000, "server"),
            ([Leave(1), received(2, "leave", reason=2)], 1000, "client"),
            ([CloseAsked(1), received(2, "leave", reason=2)], 1000, "client"),
        ],
    )
    def test_the_first_to_say_so(self, before: list[Event], code: int | None, by: EndedBy) -> None:
        machine = checked(joined())
        for event in before:
            list(machine.handle(event))
        assert machine.ended_by(code) == by

    def test_a_new_socket_is_a_new_question(self) -> None:
        machine = checked(leaving())
        list(machine.handle(Closed(2, 1000, "")))
        list(machine.handle(Connect(3)))
        assert machine.ended_by(None) == "network"


class TestResume:
    def resuming(self) -> Playbook:
        book = gone(joined(), Closed(1, None, ""), "closed by the network")
        book = book >> Connect(2, resume=True) << Enter("RESUMING", "dialing") << OpenTransport(True)
        return book >> Opened(3) << Schedule(Timer.FIRST_MESSAGE, FIRST_MESSAGE_S)

    def test_a_reconnect_keeps_the_participant_and_its_pings(self) -> None:
        book = self.resuming() >> received(4, "reconnect") << Cancel(Timer.FIRST_MESSAGE)
        book = book << Enter("CONNECTED", "resumed") << Schedule(Timer.PING, 5.0) << Schedule(Timer.SILENCE, 15.0)
        assert checked(book >> received(5, "reconnect")).participant_sid == "PA_x"

    def test_a_server_that_does_not_say_reconnect(self) -> None:
        book = self.resuming() >> received(4, "update") << Cancel(Timer.FIRST_MESSAGE)
        book = book << Enter("CONNECTED", "resumed") << Schedule(Timer.PING, 5.0)
        (book << Schedule(Timer.SILENCE, 15.0)).check()

    def test_a_frame_nobody_knows_resumes_nothing(self) -> None:
        assert checked(self.resuming() >> received(4, None) << Cancel(Timer.FIRST_MESSAGE)).state == "RESUMING"

    def test_of_a_participant_of_another_run(self) -> None:
        book = Playbook(ClientSession()) >> Connect(0, resume=True) << Enter("RESUMING", "dialing")
        book = book << OpenTransport(True) >> received(1, "reconnect") << Cancel(Timer.FIRST_MESSAGE)
        (book << Enter("CONNECTED", "resumed")).check()

    def test_of_nobody(self) -> None:
        book = self.resuming() >> received(4, "leave", reason=6, action=2) << Cancel(Timer.FIRST_MESSAGE)
        book = book << Enter("DISCONNECTING", "the server said leave") << Cancel(Timer.PING)
        book = book << Schedule(Timer.GOODBYE, GOODBYE_S)
        gone(book, Closed(5, 1000, ""), "closed by the server").check()

    def test_answered_by_a_new_session(self) -> None:
        book = self.resuming() >> join(4, 6, 0) << Cancel(Timer.FIRST_MESSAGE)
        (book << Enter("CONNECTED", "joined") << Schedule(Timer.PING, 6.0)).check()

    def test_over_an_open_socket(self) -> None:
        for book in (joined(), told_to_leave()):
            book = book >> Connect(2, resume=True)
            for action in quiet():
                book = book << action
            (book << Enter("RESUMING", "dialing") << OpenTransport(True)).check()


EVENTS: list[Event] = [
    Opened(1),
    join(1),
    received(1, "reconnect"),
    received(1, "update"),
    received(1, "leave"),
    received(1, None),
    Sent(1, "leave"),
    Sent(1, "mute"),
    Leave(1),
    CloseAsked(1),
    *(Expired(S, timer) for timer in Timer),
    Closed(1, 1000, ""),
    Closed(1, None, ""),
    Failed(1, "refused"),
]


def legal(machine: ClientSession) -> list[Event]:
    """What may happen now: nobody dials for a new session over an open socket, or twice."""
    fresh: list[Event] = [Connect(1)] if machine.state == "DISCONNECTED" else []
    resume: list[Event] = [Connect(1, True)] if machine.state in ("DISCONNECTED", "CONNECTED", "DISCONNECTING") else []
    return EVENTS + fresh + resume


class TestTransitions:
    def test_the_table_is_what_the_machine_does(self) -> None:
        """From every state that can be reached, by everything that can happen."""
        seen: set[tuple[str, str]] = set()
        paths: list[list[Event]] = [[]]
        reached = {"DISCONNECTED"}
        for path in paths:
            for event in legal(_at(path)):
                machine = _at(path)
                before: str = machine.state
                for action in machine.handle(event):
                    if isinstance(action, Enter):
                        seen.add((before, action.state))
                        before = action.state
                if machine.state not in reached:
                    reached.add(machine.state)
                    paths.append([*path, event])
        assert seen == {(state, after) for state, follow in TRANSITIONS.items() for after in follow}
        assert reached == set(TRANSITIONS)

    def test_a_second_dial_for_a_new_session_is_a_bug_of_ours(self) -> None:
        with pytest.raises(AssertionError):
            list(checked(joined()).handle(Connect(1)))

    @given(st.data())
    def test_nothing_that_happens_breaks_it(self, data: st.DataObject) -> None:
        machine = ClientSession()
        scheduled: set[Timer] = set()
        for _ in range(data.draw(st.integers(0, 30))):
            for action in machine.handle(data.draw(st.sampled_from(legal(machine)))):
                if isinstance(action, Schedule):
                    assert action.after_s > 0
                    scheduled.add(action.timer)
                elif isinstance(action, Cancel):
                    scheduled.discard(action.timer)
            if machine.state == "DISCONNECTED":
                assert not scheduled


def _at(path: list[Event]) -> ClientSession:
    machine = ClientSession()
    for event in path:
        list(machine.handle(event))
    return machine
