"""The desk itself, over sockets in memory: what a toolbar asks it, what is no longer held, and starting over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import AuthError, DeadlineError, EndedError, InputError, LksigError, TransportError
from lksig.live.run import Run
from lksig.live.session import LiveSession
from lksig.repl import rejoining
from lksig.repl.desk import Desk
from lksig.repl.participants import STOOD_NS
from lksig.repl.verbs import VERBS
from lksig.session.client import NO_MEDIA_S
from lksig.session.recent import RecentMessages
from lksig.wire.events import End, Event, Note, Reading
from lksig.wire.redaction import Secrets
from tests.support.sockets import HANDSHAKE, MemorySocket, Sockets, StillClock, settle
from tests.support.typed import FakeInputs

JOIN: dict[str, Any] = {
    "participant": {"sid": "PA_1", "identity": "ann"},
    "server_info": {"region": "lksig"},
    "ping_interval": 0,
}


class FakeOutput:
    """Remembers what it was given."""

    width: int | None = None
    colour = False
    is_json = False

    def __init__(self) -> None:
        self.told: list[str] = []
        self.errors: list[LksigError] = []
        self.readings: list[Reading] = []
        self.hidden: list[Reading] = []

    def reading(self, reading: Reading) -> None:
        self.readings.append(reading)

    def unseen(self, reading: Reading) -> None:
        self.hidden.append(reading)

    def text(self, text: str) -> None:
        self.told.append(text)

    def json(self, text: str) -> None:
        self.told.append(text)

    def notice(self, text: str) -> None:
        self.told.append(f"= {text}")

    def error(self, error: LksigError, line: str) -> None:
        self.errors.append(error)


class MemoryTicket:
    """Joins over sockets in memory; the server answers as `answers` say, one a dial."""

    notes: Iterable[tuple[str, str]] = ()
    protocol = 17

    def __init__(self, identity: str = "ann") -> None:
        self.identity: str | None = identity
        self.sockets = Sockets()
        self.answers: list[dict[str, Any] | LksigError] = [{"join": JOIN}]

    def session(self, run: Run, number: int) -> LiveSession:
        return LiveSession(run, self.sockets.dial, number=number)

    async def open(self, session: LiveSession) -> None:
        await self._dial(session, resume=False)

    async def open_again(self, session: LiveSession, *, resume: bool) -> None:
        await self._dial(session, resume=resume)

    async def _dial(self, session: LiveSession, *, resume: bool) -> None:
        answer = self.answers.pop(0) if self.answers else {"join": JOIN}
        if isinstance(answer, LksigError):

            async def refused() -> None:
                raise answer

            self.sockets.before = refused
        else:
            self.sockets.before = None
        await session.connect(HANDSHAKE, room="standup", identity=self.identity, resume=resume)
        self.newest.says(**answer)  # type: ignore[arg-type]  # an error was raised by `connect`
        if not isinstance(answer, LksigError) and "leave" in answer:
            self.newest.end()

    @property
    def newest(self) -> MemorySocket:
        return self.sockets.opened[-1]


class FakeTickets:
    """Invites everybody but mallory."""

    def __init__(self) -> None:
        self.made: list[MemoryTicket] = []
        self.answers: list[dict[str, Any] | LksigError] = []

    def ticket(self, identity: str) -> MemoryTicket:
        if identity == "mallory":
            raise InputError("no key", code="no-key")
        self.made.append(MemoryTicket(identity))
        if self.answers:
            self.made[-1].answers = [self.answers.pop(0)]
        return self.made[-1]


class FakeRecordings:
    """Keeps recordings in memory."""

    def __init__(self) -> None:
        self.path: str | None = None
        self.written: dict[str, list[Event]] = {}
        self.asked: list[int] = []

    def start(self, path: str, events: Iterable[Event]) -> None:
        self.path = path
        self.written[path] = list(events)

    def stop(self) -> None:
        self.path = None

    def find(self, n: int) -> Reading | None:
        self.asked.append(n)
        return None

    def save(self, path: str, events: Iterable[Event]) -> None:
        self.written[path] = list(events)


class Table:
    """A desk with one participant."""

    def __init__(self, **options: Any) -> None:
        self.clock = StillClock()
        self.output = FakeOutput()
        self.tickets = FakeTickets()
        self.recordings = FakeRecordings()
        self.desk = Desk(
            Run(self.clock),
            self.output,
            Secrets(b"k" * 16),
            tickets=self.tickets,
            recordings=self.recordings,
            inputs=FakeInputs(),
            **options,
        )
        self.ticket = MemoryTicket()
        self.participant = self.desk.new_participant(self.ticket)

    async def opened(self) -> MemorySocket:
        assert await self.participant.open()
        return self.ticket.newest

    async def line(self, text: str) -> None:
        await self.desk.line(text)
        await settle()

    @property
    def codes(self) -> list[str]:
        return [error.code for error in self.output.errors]


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    made = Table()
    yield made
    await made.desk.finish()


class TestStatus:
    async def test_before_the_first_dial(self, table: Table) -> None:
        status = table.desk.status()
        assert (status.sid, status.state, status.path, status.protocol) == ("", "DISCONNECTED", "", 17)
        assert table.desk.prompt_text() == "ann (no connection)> "

    async def test_of_a_session(self, table: Table) -> None:
        socket = await table.opened()
        await table.line("ping_req timestamp=5")
        await table.line("mute muted=true")
        socket.says(pong_resp={"last_ping_timestamp": 5})
        status = table.desk.status()
        assert (status.room, status.identity, status.sid) == ("standup", "ann", "PA_1")
        assert (status.state, status.path, status.recording) == ("CONNECTED", "v1", None)
        assert (status.to_client, status.to_server, status.unanswered) == (2, 3, 1)
        assert len(status.rtt_ms) == 1
        assert (status.media_deadline_s, status.others, status.not_shown) == (None, (), 0)
        assert table.desk.prompt_text() == "standup ann> "

    async def test_the_server_says_where_one_is_and_who(self, table: Table) -> None:
        table.ticket.identity = None
        socket = await table.opened()
        assert table.desk.prompt_text() == "standup ann> "
        socket.says(room_moved={"room": {"name": "lobby"}, "participant": JOIN["participant"]})
        assert table.desk.prompt_text() == "lobby ann> "
        assert (table.desk.status().room, table.desk.status().identity) == ("lobby", "ann")

    async def test_the_time_left_without_media(self, table: Table) -> None:
        socket = await table.opened()
        table.desk.run.emit(Note(table.clock.now_ns(), "no-media", "60 s", None, 1))
        left_s = table.desk.status().media_deadline_s
        assert left_s is not None
        assert NO_MEDIA_S - 1 < left_s < NO_MEDIA_S
        table.clock.at_ns += 10**12
        assert table.desk.status().media_deadline_s == 0.0
        socket.end()
        assert table.desk.status().media_deadline_s is None

    async def test_what_is_kept_back_is_counted(self, table: Table) -> None:
        socket = await table.opened()
        await table.line("/quiet")
        socket.says(room_update={})
        await table.line("/filter pong")
        status = table.desk.status()
        assert (status.not_shown, status.is_quiet, status.is_filtered) == (1, True, True)
        assert [reading.event.case for reading in table.output.hidden] == ["room_update"]

    async def test_a_name_cannot_write_the_prompt(self) -> None:
        table = Table()
        table.participant.ticket.identity = "ann> \x1b[2J"
        assert "\x1b" not in table.desk.prompt_text()
        assert '"' in table.desk.prompt_text()
        await table.desk.finish()

    async def test_what_completes_knows_what_was_seen(self) -> None:
        table = Table(completes=True)
        await table.opened()
        assert table.desk.known is table.participant.known is not None
        await table.desk.finish()


class TestWhatIsHeld:
    async def test_an_old_message_is_said_to_be_gone(self, table: Table) -> None:
        table.desk.recent = RecentMessages(max_messages=1)
        socket = await table.opened()
        await table.line("/show 1")
        socket.says(room_update={})
        await table.line("/show 1")
        assert table.codes == ["not-held"]
        assert "the last 10000 messages (64 MiB) are" in table.output.errors[0].text
        assert "`/record start FILE`" in str(table.output.errors[0].hint)

    async def test_a_recording_is_asked_for_it(self, table: Table) -> None:
        table.desk.recent = RecentMessages(max_messages=1)
        socket = await table.opened()
        socket.says(room_update={})
        await table.line("/record start a.lksig")
        await table.line("/show 1")
        table.desk.history.dropped = 1
        await table.line("/record stop")
        await table.line("/record start b.lksig")
        await table.line("/show 1")
        # The second file begins at message 2, so message 1 would be 0 there.
        assert table.recordings.asked == [1, 0]
        assert (
            table.output.told[-1] == "= recording into `b.lksig`, from message 2 on: what came before is no longer held"
        )

    async def test_no_message_yet(self, table: Table) -> None:
        await table.line("/show")
        assert table.codes == ["no-such-message"]


class TestSessions:
    async def test_nothing_to_resume(self, table: Table) -> None:
        await table.line("/resume")
        assert table.codes == ["nothing-to-resume"]

    async def test_a_resume_that_does_not_open(self, table: Table) -> None:
        await table.opened()
        table.ticket.answers = [TransportError("refused", code="connection-refused")]
        await table.line("/resume")
        assert table.codes == ["connection-refused"]
        await table.line("ping 5")
        assert table.codes[-1] == "connection-gone"
        await table.line("/rejoin")
        await table.line("ping 5")
        assert table.ticket.newest.cases == ["ping"]

    async def test_requests_that_are_typed_while_it_resumes_go_out_on_the_new_socket(self, table: Table) -> None:
        first = await table.opened()
        table.ticket.answers = [{"reconnect": {}}]

        async def meanwhile() -> None:
            table.desk.send_line("ping 5")

        dial = table.ticket._dial

        async def dialing(session: LiveSession, *, resume: bool) -> None:
            await meanwhile()
            await dial(session, resume=resume)

        table.ticket._dial = dialing  # type: ignore[method-assign]  # the test looks in
        await table.line("/resume")
        assert (first.sent, table.ticket.newest.cases) == ([], ["sync_state", "ping"])

    async def test_requests_that_are_typed_while_it_does_not_open_are_told(self, table: Table) -> None:
        await table.opened()
        dial = table.ticket._dial
        table.ticket.answers = [TransportError("refused", code="connection-refused")]

        async def dialing(session: LiveSession, *, resume: bool) -> None:
            table.desk.send_line("ping 5")
            await dial(session, resume=resume)

        table.ticket._dial = dialing  # type: ignore[method-assign]  # the test looks in
        await table.line("/resume")
        await table.desk.idle()
        assert sorted(table.codes) == ["connection-gone", "connection-refused"]
        assert "not sent: `ping 5`" in "".join(error.text for error in table.output.errors)

    async def test_who_stopped_it_is_not_told_what_was_not_sent(self, table: Table) -> None:
        await table.opened()
        dial = table.ticket._dial
        table.ticket.answers = [TransportError("refused", code="connection-refused")]

        async def stopping(session: LiveSession, *, resume: bool) -> None:
            table.desk.send_line("ping 5")
            table.desk.is_stopped = True
            await dial(session, resume=resume)

        table.ticket._dial = stopping  # type: ignore[method-assign]  # the test looks in
        await table.line("/resume")
        await table.desk.idle()
        assert table.codes == ["connection-refused"]

    async def test_a_socket_that_closes_before_it_is_looked_at(self, table: Table) -> None:
        await table.opened()
        dial = table.ticket._dial

        async def dialing(session: LiveSession, *, resume: bool) -> None:
            await dial(session, resume=resume)
            table.ticket.newest.end()

        table.ticket._dial = dialing  # type: ignore[method-assign]  # the test looks in
        await table.line("/resume")
        assert table.participant.sequence.is_over
        assert [error.code for error in table.desk.endings()] == ["server-ended"]

    async def test_a_rejoin_that_brings_no_join(self, table: Table) -> None:
        await table.opened()
        table.ticket.answers = [{"leave": {}}]
        await table.line("/rejoin")
        (error,) = table.output.errors
        assert (type(error), error.text) == (EndedError, "no join came for `ann`")

    async def test_use(self, table: Table) -> None:
        await table.opened()
        await table.line("/use bob")
        assert table.desk.active.name == "bob"
        assert table.desk.status().others == ("ann",)
        await table.line("/use ann")
        assert (table.desk.active.name, len(table.tickets.made)) == ("ann", 1)
        await table.line("/use mallory")
        assert (table.desk.active.name, table.codes) == ("ann", ["no-key"])

    async def test_who_cannot_join_does_not_stay(self, table: Table) -> None:
        await table.opened()
        table.tickets.answers = [TransportError("refused", code="connection-refused")]
        await table.line("/use bob")
        assert ([one.name for one in table.desk.people], table.codes) == (["ann"], ["connection-refused"])
        assert isinstance(table.output.readings[-1].event, End)
        await table.line("/use bob")
        assert table.desk.active.name == "bob"

    async def test_who_is_sent_away_stays_to_try_again(self, table: Table) -> None:
        await table.opened()
        table.tickets.answers = [{"leave": {}}]
        await table.line("/use bob")
        assert (table.desk.active.name, [type(error) for error in table.output.errors]) == ("bob", [EndedError])
        await table.line("/rejoin")
        assert table.desk.status().state == "CONNECTED"

    async def test_what_the_person_should_know_is_said(self, table: Table) -> None:
        await table.opened()
        make = table.tickets.ticket

        def noted(identity: str) -> MemoryTicket:
            ticket = make(identity)
            ticket.notes = [("eviction", "joining ends bob's session")]
            return ticket

        table.tickets.ticket = noted  # type: ignore[method-assign]  # the test adds a note
        await table.line("/use bob")
        assert table.output.told == ["= joining ends bob's session"]

    async def test_a_join_that_is_late(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        await table.opened()
        monkeypatch.setattr("lksig.repl.participants.FIRST_MESSAGE_S", 0.001)
        table.ticket.newest.end()
        table.ticket.answers = [{"pong": 1}]
        await table.line("/rejoin")
        assert [type(error) for error in table.output.errors] == [DeadlineError]

    async def test_a_fence_that_does_not_come_back(self) -> None:
        table = Table(timeout_s=0.001)
        await table.opened()
        await table.line("/fence")
        while table.desk._tasks:
            await asyncio.gather(*table.desk._tasks)
        assert table.codes == ["fence-lost"]
        await table.desk.finish()

    async def test_a_fence_that_the_end_overtakes(self, table: Table) -> None:
        await table.line("/fence")
        socket = await table.opened()
        await table.line("/use bob")
        table.tickets.made[0].newest.says(room_update={})
        await table.line("/use ann")
        await table.line("/fence")
        table.tickets.made[0].newest.end()
        socket.end()
        await table.desk.idle()
        assert table.codes == ["connection-gone"]


class TestRejoining:
    @pytest.fixture
    def waits(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        waited: list[float] = []

        async def sleep(seconds: float) -> None:
            waited.append(seconds)

        monkeypatch.setattr(rejoining, "sleep", sleep)
        return waited

    async def test_it_starts_over_at_once(self, waits: list[float]) -> None:
        table = Table(rejoins=True)
        socket = await table.opened()
        socket.end(1001)
        await table.desk.idle()
        assert (len(table.ticket.sockets.opened), table.participant.session.state) == (2, "CONNECTED")
        assert (waits, list(table.desk.endings())) == ([], [])
        await table.desk.finish()

    async def test_it_waits_longer_each_time_and_gives_up(self, waits: list[float]) -> None:
        table = Table(rejoins=True)
        socket = await table.opened()
        table.ticket.answers = [TransportError("refused", code="connection-refused") for _ in range(20)]
        socket.end(None)
        await table.desk.idle()
        assert (len(waits), waits[:2], table.codes) == (9, [0.3, 1.2], ["connection-refused"])
        (ending,) = table.desk.endings()
        assert ending.code == "connection-lost"
        await table.desk.finish()

    async def test_a_token_that_is_refused_ends_it(self, waits: list[float]) -> None:
        table = Table(rejoins=True)
        socket = await table.opened()
        table.ticket.answers = [AuthError("no", code="unauthorised")]
        socket.end(None)
        await table.desk.idle()
        assert (waits, table.codes) == ([], ["unauthorised"])
        await table.desk.finish()

    async def test_two_that_throw_each_other_out_do_so_ever_more_slowly(self, waits: list[float]) -> None:
        table = Table(rejoins=True)
        await table.opened()
        for _ in range(3):
            table.ticket.newest.end(1000)
            await table.desk.idle()
        assert waits == [0.3, 1.2]
        table.clock.at_ns += STOOD_NS
        table.ticket.newest.end(1000)
        await table.desk.idle()
        assert waits == [0.3, 1.2]
        await table.desk.finish()

    async def test_what_the_person_ends_stays_ended(self, waits: list[float]) -> None:
        table = Table(rejoins=True)
        await table.opened()
        await table.line("/drop")
        await table.desk.idle()
        assert len(table.ticket.sockets.opened) == 1
        await table.desk.finish()


async def test_help_fits_a_narrow_terminal(table: Table) -> None:
    await table.line("/help")
    wide = table.output.told.pop()
    table.output.width = 60
    await table.line("/help")
    narrow = table.output.told.pop()
    assert max(len(line) for line in narrow.splitlines()) <= 60
    assert narrow.split() == wide.split()


class TestHooks:
    async def test_the_editors_text_is_sent(self, table: Table) -> None:
        socket = await table.opened()
        texts: list[str | None] = ["ping 5", None, "  ", "nope"]

        async def edit(case: str) -> str | None:
            assert case == "mute"
            return texts.pop(0)

        table.desk.edit = edit
        for _ in range(4):
            await table.line("/edit mute")
        assert (socket.cases, table.codes) == (["ping"], ["unknown-case"])

    async def test_a_terminal_runs_programs_itself(self, table: Table) -> None:
        ran: list[tuple[str, str | None]] = []

        async def program(command: str, text: str | None) -> int:
            ran.append((command, text))
            return 0

        table.desk.run_program = program
        await table.line("! less")
        await table.line("/latency | less -R")
        assert ran == [("less", None), ("less -R", "nothing was answered yet\n")]

    async def test_a_bug_in_the_background_reaches_the_session(self, table: Table) -> None:
        await table.opened()

        async def broken() -> None:
            raise ValueError("a bug")

        table.desk.later(broken(), "")
        await settle()
        with pytest.raises(ValueError, match="a bug"):
            await table.participant.session.wait_gone()


WORDS = st.sampled_from(
    [
        *(*VERBS, "%1", "1", "2", "json", "wire", "sdp", "on", "off", "ping", "close", "4000", "start", "stop", "mark"),
        *("hex:7005", "b64:cAU=", "@f", "bob", "ann", '"', "cid=c", "-cid", "update", "ping_req", "mute", "|", "cat"),
    ]
)
LINES = st.one_of(
    st.builds(
        lambda verb, words: " ".join([f"/{verb}", *words]), st.sampled_from([*VERBS]), st.lists(WORDS, max_size=3)
    ),
    st.sampled_from(
        [
            "/raw @f",
            "/text @f",
            "ping 5",
            "mute sid=%self",
            "add_track cid=c type=VIDEO",
            "mute sid=%c",
            "%",
            '{"ping": 5}',
        ]
    ),
    st.builds(lambda mark, text: mark + text, st.sampled_from(["", "/", "! ", "| ", "?"]), st.text(max_size=20)),
)


@given(st.lists(LINES, max_size=12))
def test_no_line_is_too_much(lines: list[str]) -> None:
    """Whatever is typed is done or told to be wrong, and the status can be asked for afterwards."""

    async def program(command: str, text: str | None) -> int:
        return 0

    async def session() -> None:
        table = Table(timeout_s=0.001)
        table.desk.run_program = program
        await table.opened()
        for line in lines:
            await table.desk.line(line)
            await settle()
            table.desk.status()
            assert table.desk.prompt_text().isprintable()
        await table.desk.leave()
        await table.desk.finish()

    asyncio.run(asyncio.wait_for(session(), 5))
