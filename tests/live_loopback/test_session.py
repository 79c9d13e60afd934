"""A live session and its sockets, in memory: one that takes over another, one that does not open, and the pump."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lksig.errors import TransportError
from lksig.live.sending import Pump
from lksig.schema.grammar import parse_line
from lksig.session.references import ReferenceBook
from lksig.session.sequence import NotSent, Sequence
from lksig.wire.events import Close, Result, State, WsPing, WsPong
from tests.support.sockets import HANDSHAKE, MemorySocket, Stand, settle
from tests.support.typed import FakeInputs


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    made = Stand()
    yield made
    await made.session.finish()


class TestTakingOver:
    async def test_the_first_socket_stays_open_until_the_server_closes_it(self, stand: Stand) -> None:
        first = await stand.joined()
        await stand.session.connect(HANDSHAKE, resume=True)
        second = stand.sockets.opened[1]
        assert (stand.session.state, stand.session.is_gone) == ("RESUMING", False)
        # What still comes over the first one is shown, and answers nothing.
        first.says(room_update={})
        first.says(leave={"reason": "STATE_MISMATCH"})
        assert (stand.session.state, stand.session.last_leave) == ("RESUMING", None)
        second.says(reconnect={})
        first.end()
        assert (stand.session.state, stand.session.is_gone, stand.session.close_event) == ("CONNECTED", False, None)
        (close,) = stand.events(Close)
        assert (close.socket, close.ended_by, close.code) == (1, "server", 1000)
        assert stand.messages() == ["1 join", "1 room_update", "1 leave", "2 reconnect"]
        second.end(1001)
        assert (stand.session.state, stand.events(Close)[-1].socket) == ("DISCONNECTED", 2)
        await stand.session.wait_gone()

    async def test_the_first_socket_may_close_while_the_second_opens(self, stand: Stand) -> None:
        first = await stand.joined()

        async def meanwhile() -> None:
            first.end(None)

        stand.sockets.before = meanwhile
        await stand.session.connect(HANDSHAKE, resume=True)
        assert (stand.session.state, stand.session.is_gone) == ("RESUMING", False)
        assert [(close.socket, close.ended_by) for close in stand.events(Close)] == [(1, "network")]

    async def test_nothing_is_sent_while_the_second_opens(self, stand: Stand) -> None:
        await stand.joined()

        async def meanwhile() -> None:
            with pytest.raises(TransportError):
                await stand.session.send(parse_line("ping 5", FakeInputs())[0].build())

        stand.sockets.before = meanwhile
        await stand.session.connect(HANDSHAKE, resume=True)
        assert stand.sockets.opened[0].sent == []

    async def test_without_a_second_socket_the_first_goes_too(self, stand: Stand) -> None:
        await stand.joined()

        async def refused() -> None:
            raise TransportError("refused", code="refused")

        stand.sockets.before = refused
        with pytest.raises(TransportError):
            await stand.session.connect(HANDSHAKE, resume=True)
        assert (stand.session.state, stand.session.is_gone) == ("DISCONNECTED", True)
        assert [(close.socket, close.ended_by) for close in stand.events(Close)] == [(1, "client")]

    async def test_nobody_waits_for_a_dial_that_was_given_up(self, stand: Stand) -> None:
        await stand.joined()

        async def never() -> None:
            await asyncio.Event().wait()

        stand.sockets.before = never
        dial = asyncio.ensure_future(stand.session.connect(HANDSHAKE, resume=True))
        await settle()
        dial.cancel()
        await asyncio.gather(dial, return_exceptions=True)
        await stand.session.wait_gone()
        assert stand.events(State)[-1].why == "cancelled"

    async def test_letting_go_lets_go_of_all(self, stand: Stand) -> None:
        await stand.joined()
        for _ in range(2):
            await stand.session.connect(HANDSHAKE, resume=True)
        await stand.session.finish()
        assert sorted(close.socket for close in stand.events(Close)) == [1, 2, 3]


class TestVerbs:
    async def test_of_a_socket_that_was_cut_nobody_tells_how_it_was_noticed(self, stand: Stand) -> None:
        socket = await stand.joined()
        socket.noticed = "unexpected end of stream"
        stand.session.drop()
        (close,) = stand.events(Close)
        assert (close.ended_by, close.code, close.reason) == ("client", None, "")

    async def test_a_websocket_ping_of_the_persons_own(self, stand: Stand) -> None:
        with pytest.raises(TransportError):
            await stand.session.ping()
        socket = await stand.joined()
        await stand.session.ping(b"hello")
        socket.receiver.ws_pong(b"hello", ours=False)
        assert socket.pings == [b"hello"]
        (ping,), (pong,) = stand.events(WsPing), stand.events(WsPong)
        assert (ping.by, ping.payload, pong.by) == ("user", b"hello", "server")
        socket.receiver.ws_ping(b"x", ours=True)
        socket.receiver.ws_pong(b"x", ours=True)
        socket.receiver.ws_ping(b"y", ours=False)
        assert [(one.by, one.payload) for one in stand.events(WsPing)[1:]] == [("user", b"x"), ("server", b"y")]

    async def test_keep_alives_can_be_left_out(self, stand: Stand) -> None:
        socket = await stand.joined()
        stand.session.sends_pings = False
        socket.says(join={"ping_interval": 0, "participant": {"sid": "PA_1"}, "server_info": {"region": "lksig"}})
        stand.session._machine.ping_interval_s = 5.0
        from lksig.session import client

        stand.session._expired(client.Timer.PING)
        await settle()
        assert socket.sent == []
        stand.session.sends_pings = True
        stand.session._expired(client.Timer.PING)
        await settle()
        assert socket.cases == ["ping_req"]


class Pumped:
    """A pump over a stand."""

    def __init__(self, stand: Stand) -> None:
        self.book = ReferenceBook()
        self.not_sent: list[str] = []
        stand.run.add_sink(self.book.observe)
        self.sequence = Sequence(self.book.resolve, protocol=17, timeout_ns=10**15)
        self.pump = Pump(stand.session, self.sequence, self._failed)

    def _failed(self, failed: NotSent) -> None:
        self.not_sent.append(f"{failed.request.text}: {getattr(failed.error, 'code', failed.error)}")

    def add(self, line: str) -> None:
        for request in parse_line(line, FakeInputs()):
            self.book.announce(request)
            self.pump.add(request)


@pytest.fixture
async def pumped(stand: Stand) -> AsyncIterator[Pumped]:
    made = Pumped(stand)
    yield made
    await made.pump.close()


def answer_fence(socket: MemorySocket) -> None:
    socket.says(request_response={"request_id": socket.sent[-1].update_metadata.request_id, "reason": "OK"})


class TestPump:
    async def test_requests_go_out_when_they_are_added(self, stand: Stand, pumped: Pumped) -> None:
        socket = await stand.joined()
        await pumped.pump.idle()
        pumped.add("mute muted=true")
        await settle()
        assert socket.cases == ["mute", "update_metadata"]
        answer_fence(socket)
        await pumped.pump.idle()
        assert [result.outcome for result in stand.events(Result)] == ["unopposed"]
        pumped.add("add_track cid=c")
        await settle()
        socket.says(track_published={"cid": "c"})
        await pumped.pump.idle()
        assert [result.outcome for result in stand.events(Result)] == ["unopposed", "answered"]

    async def test_nothing_goes_out_while_it_is_held(self, stand: Stand, pumped: Pumped) -> None:
        first = await stand.joined()
        pumped.pump.hold()
        pumped.add("ping 5")
        await settle()
        assert first.sent == []
        await stand.session.connect(HANDSHAKE, resume=True)
        pumped.sequence.begin_socket(2)
        pumped.pump.release()
        second = stand.sockets.opened[1]
        second.says(reconnect={})
        await settle()
        assert (first.sent, second.cases) == ([], ["ping"])

    async def test_what_was_not_sent_before_the_end_is_told(self, stand: Stand, pumped: Pumped) -> None:
        socket = await stand.joined()
        pumped.add("add_track cid=c mute sid=%c muted=true")
        await settle()
        socket.end(1001)
        await pumped.pump.idle()
        assert pumped.not_sent == ["mute sid=%c muted=true: connection-gone"]
        assert [result.outcome for result in stand.events(Result)] == ["lost"]

    async def test_a_request_after_the_end_goes_nowhere(self, stand: Stand, pumped: Pumped) -> None:
        socket = await stand.joined()
        socket.end()
        pumped.add("ping 5")
        await pumped.pump.idle()
        assert pumped.not_sent == ["ping 5: connection-gone"]

    async def test_what_can_never_be_sent_is_told(self, stand: Stand, pumped: Pumped) -> None:
        await stand.joined()
        pumped.add("mute sid=%nobody muted=true")
        await pumped.pump.idle()
        assert pumped.not_sent == ["mute sid=%nobody muted=true: unknown-name"]

    async def test_a_timeout_is_noted(self, stand: Stand, pumped: Pumped) -> None:
        await stand.joined()
        pumped.add("add_track cid=c")
        await settle()
        stand.run.clock.at_ns += 10**16  # type: ignore[attr-defined]  # the clock of a test
        pumped.pump.wake()
        await pumped.pump.idle()
        assert [result.outcome for result in stand.events(Result)] == ["timeout"]

    async def test_a_bug_reaches_whoever_waits(self, stand: Stand, pumped: Pumped) -> None:
        await stand.joined()

        def broken(failed: NotSent) -> None:
            raise ValueError("a bug")

        pumped.pump._on_not_sent = broken
        pumped.add("mute sid=%nobody")
        await pumped.pump.idle()
        with pytest.raises(ValueError, match="a bug"):
            await stand.session.wait_gone()
