"""A recording played to a server, over sockets: what is sent, how sessions end, and what is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import pytest

from lksig.errors import AuthError, InputError, TransportError
from lksig.live import replayer as module
from lksig.live.clock import SystemClock
from lksig.live.dial import DialOptions, dial
from lksig.live.reopening import Reopener
from lksig.live.replayer import Replayer, replay_to_server
from lksig.live.run import Run
from lksig.live.server import EmbeddedServer
from lksig.recording.window import Window, parse_place
from lksig.session.playback import Player
from lksig.session.replay_ahead import LOOK_AHEAD
from lksig.session.replay_report import ReplayReport
from lksig.wire.events import Message, Reading
from lksig.wire.handshake import read_url
from tests.support.readings import secrets
from tests.support.replayed import Side
from tests.support.server import lksig_server
from tests.support.tokens import make_token

__all__ = ["lksig_server"]

V1 = {"client_info": {"protocol": 17}, "connection_settings": {"auto_subscribe": True}}


async def dialer(handshake: Any, receiver: Any) -> Any:
    return await dial(handshake, receiver, DialOptions(), secrets())


class Stage:
    """A run, and the server that is played to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.run = Run(SystemClock())
        self.seen: list[Reading] = []
        self.run.add_sink(self.seen.append)

    def reopener(self, **changes: Any) -> Reopener:
        given: dict[str, Any] = {"key": "devkey", "secret": "secret", **changes}
        return Reopener(read_url(self.url), time.time, **given)

    async def play(self, readings: Iterable[Reading], *, speed: float | None = None, **given: Any) -> ReplayReport:
        return await replay_to_server(
            readings, self.run, dialer, self.reopener(), player=Player(speed), timeout_s=0.2, **given
        )

    def cases(self, by: str = "replay") -> list[str | None]:
        """What went out, in order."""
        return [one.event.case for one in self.seen if type(one.event) is Message and one.event.by == by]

    def codes(self) -> list[tuple[str, int | None]]:
        return [(one.event.ended_by, one.event.code) for one in self.seen if hasattr(one.event, "ended_by")]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLE_S", 0.01)


@pytest.fixture
def stage(lksig_server: EmbeddedServer) -> Stage:
    return Stage(lksig_server.url)


def opened(side: Side, said: Any = None, **changes: Any) -> list[Reading]:
    """The beginning of a session."""
    return [side.start(**changes), side.http(V1 if said is None else said), side.join("PA_recorded0")]


def requests(side: Side) -> list[Reading]:
    return [
        side.client("add_track", cid="cam", type="VIDEO", source="CAMERA"),
        side.server("track_published", cid="cam", track={"sid": "TR_recorded0", "type": "VIDEO", "source": "CAMERA"}),
        side.client("mute", sid="TR_recorded0", muted=True),
        side.client("update_metadata", name="Ann2", request_id=4),
        side.server("request_response", request_id=4, reason="OK", update_metadata={"name": "Ann2", "request_id": 4}),
    ]


def findings(report: ReplayReport) -> list[tuple[str, str, str | None]]:
    """Apart from the join and the track, which a hand-made recording cannot foresee in full."""
    return [
        (one.kind, one.case, one.answer)
        for one in report.findings
        if not (one.kind == "different" and one.answer in ("join", "track_published", "reconnect"))
    ]


async def test_requests_go_out_with_live_ids(stage: Stage) -> None:
    side = Side()
    report = await stage.play([*opened(side), *requests(side), side.client("leave", by="auto"), side.close()])
    assert stage.cases() == ["add_track", "mute", "update_metadata"]
    assert stage.cases("auto") == ["update_metadata", "leave"], "a fence, and the goodbye"
    muted = next(one.event for one in stage.seen if getattr(one.event, "case", "") == "mute")
    published = next(one.event for one in stage.seen if getattr(one.event, "case", "") == "track_published")
    assert muted.envelope.mute.sid == published.envelope.track_published.track.sid
    assert (report.requests, report.answers, findings(report)) == (3, 3, [])
    assert stage.codes() == [("client", 1000)]


async def test_without_fences(stage: Stage) -> None:
    side = Side()
    await stage.play([*opened(side), *requests(side)], fences=False)
    assert stage.cases("auto") == ["leave"], "a recording that stops is left politely"


async def test_a_refusal_that_was_not_recorded(stage: Stage) -> None:
    side = Side()
    report = await stage.play(
        [*opened(side), side.client("mute", sid="TR_nobody0000"), side.client("leave"), side.close()]
    )
    assert findings(report) == [("extra", "mute", "request_response NOT_FOUND")]
    assert stage.cases() == ["mute", "leave"]


async def test_an_answer_that_does_not_come(stage: Stage) -> None:
    side = Side()
    answer = {"id": 1, "type": "answer", "sdp": "x"}
    readings = [
        *opened(side),
        side.client("store_data_blob_request", request_id=3),
        side.server("store_data_blob_response", request_id=3),
        side.client("ping_req", timestamp=5),
        side.server("pong_resp", last_ping_timestamp=5),
        side.client("answer", answer),
    ]
    report = await stage.play(readings)
    assert findings(report)[-1][:2] in (
        ("missing", "store_data_blob_request"),
        ("different", "store_data_blob_request"),
    )
    assert "ping_req" in stage.cases()


async def test_at_its_own_pace(stage: Stage) -> None:
    """The silence before the last request has room for a fence."""
    side = Side()
    readings = [*opened(side), side.client("mute", sid="TR_nobody0000"), side.server("room_update")]
    side.t_ns = 100_000_000
    readings.append(side.client("ping", 1))
    await stage.play(readings, speed=1)
    times = {one.event.case: one.event.t_ns for one in stage.seen if getattr(one.event, "by", "") == "replay"}
    assert 0.05 < (times["ping"] - times["mute"]) / 1e9 < 1
    order = [case for case in (*stage.cases(), *stage.cases("auto")) if case]
    assert order == ["mute", "ping", "update_metadata", "leave"]


async def test_the_part_that_is_played(stage: Stage) -> None:
    side = Side()
    window = Window(parse_place("5", "--from"), parse_place("6", "--to"))
    window.start(0)
    readings = [*opened(side), *requests(side)]
    side.t_ns = 1_000
    report = await stage.play([*readings, side.client("ping", 1)], window=window)
    assert stage.cases() == ["add_track", "mute", "update_metadata"]
    assert (report.answers, report.requests) == (1, 3)


async def test_several_participants(stage: Stage) -> None:
    ann, bob = Side(1), Side(2)
    bob.journal = ann.journal
    readings = [*opened(ann), *requests(ann), *opened(bob, identity="bob")]
    people = [{"sid": "PA_recorded0", "identity": "ann", "tracks": [{"sid": "TR_recorded0"}]}]
    readings += [bob.client("subscription", track_sids=["TR_recorded0"], subscribe=True)]
    readings += [bob.server("update", participants=people), bob.client("leave"), bob.close(), ann.close()]
    report = await stage.play(readings)
    assert (report.sessions, findings(report)) == (2, [])
    subscription = next(one.event for one in stage.seen if getattr(one.event, "case", "") == "subscription")
    assert subscription.session == 2
    assert subscription.envelope.subscription.track_sids[0] != "TR_recorded0"


class TestEnds:
    async def test_resumed_while_the_old_socket_is_there(self, stage: Stage) -> None:
        side = Side()
        readings = [*opened(side), *requests(side)]
        side.socket = 2
        readings += [side.http({**V1, "reconnect": True, "participant_sid": "PA_recorded0"}), side.server("reconnect")]
        readings += [side.client("mute", sid="TR_recorded0"), side.client("leave", by="auto"), side.close()]
        report = await stage.play(readings)
        assert findings(report) == []
        assert [one.event.socket for one in stage.seen if getattr(one.event, "by", "") == "replay"][-2:] == [1, 2]
        assert "RESUMING" in [getattr(one.event, "state", "") for one in stage.seen]

    @pytest.mark.parametrize(("ended_by", "code"), [("network", None), ("client", None), ("client", 1001)])
    async def test_started_over(self, stage: Stage, ended_by: Any, code: int | None) -> None:
        side = Side()
        readings = [*opened(side), side.close(ended_by, code)]
        side.socket = 2
        readings += [side.http(V1), side.join("PA_recorded1"), side.client("ping", 1)]
        report = await stage.play(readings)
        assert findings(report) == []
        assert [name for name, _ in stage.codes()] == ["client", "client"]

    async def test_started_over_without_a_close(self, stage: Stage) -> None:
        side = Side()
        readings = [*opened(side)]
        side.socket = 2
        readings += [side.http(V1), side.join("PA_recorded1")]
        assert findings(await stage.play(readings)) == []

    async def test_the_server_ends_it_as_recorded(self, stage: Stage) -> None:
        side = Side()
        readings = [*opened(side), side.client("simulate", server_leave=True)]
        readings += [side.server("leave", reason="SERVER_SHUTDOWN", action="RECONNECT"), side.close("server")]
        report = await stage.play(readings)
        ends = [one.differences[0].live for one in report.findings if one.kind == "ending"]
        if ends:  # another goodbye than this recording has
            assert ends[0] is not None
            assert ends[0].startswith("leave ")

    async def test_the_server_does_not_end_it(self, stage: Stage) -> None:
        side = Side()
        report = await stage.play([*opened(side), side.close("server", 1001)])
        (end,) = [one.differences[0] for one in report.findings if one.kind == "ending"]
        assert (end.recorded, end.live) == ("close 1001", None)

    async def test_the_server_ends_it_on_its_own(self, stage: Stage) -> None:
        side = Side()
        readings = [*opened(side), side.client("simulate", server_leave=True), side.client("ping_req", timestamp=1)]
        readings += [side.server("pong_resp", last_ping_timestamp=1)]
        side.t_ns = 3_600_000_000_000
        readings += [side.client("mute", sid="TR_x"), side.client("leave", by="auto"), side.close()]
        replayer = Replayer(stage.run, dialer, stage.reopener(), timeout_s=0.5)
        async with asyncio.timeout(10):  # nobody waits for an hour when nobody is there
            await replayer.play(readings)
        await replayer.leave()
        assert [session.number for session in replayer.lost()] == [1]
        assert ("not_sent", "mute", None) in findings(replayer.report())

    async def test_stopped(self, stage: Stage) -> None:
        side = Side()
        readings = [*opened(side), side.client("ping_req", timestamp=1)]
        side.t_ns = 3_600_000_000_000
        readings += [side.client("mute", sid="TR_x")]
        replayer = Replayer(stage.run, dialer, stage.reopener())
        stage.run.add_sink(lambda one: replayer.stop() if getattr(one.event, "case", "") == "pong_resp" else None)
        await replayer.play(readings)
        await replayer.leave()
        assert stage.cases() == ["ping_req"]
        assert not replayer.report().is_whole

    async def test_no_session_opens(self) -> None:
        side = Side()
        stage = Stage("ws://127.0.0.1:1")
        replayer = Replayer(stage.run, dialer, stage.reopener())
        with pytest.raises(TransportError):
            await replayer.play(opened(side))
        await replayer.leave()
        assert replayer.failed is replayer.sessions[1]
        assert not replayer.report().is_whole


async def test_a_session_without_its_handshake(stage: Stage) -> None:
    """Looks through what follows for the join, but not for ever."""
    side = Side()
    first = side.client("ping", 1)
    readings = [first, side.server("pong", 1), *(side.server("room_update") for _ in range(LOOK_AHEAD + 5))]
    report = await stage.play(readings)
    assert (stage.cases(), report.sessions) == (["ping"], 1)
    start = next(one.event for one in stage.seen if hasattr(one.event, "wall_ns"))
    assert (start.room, start.identity, start.path) == ("lksig-replay", "lksig-replay-1", "v1")


class TestReopening:
    def reopen(self, reopener: Reopener, *sides: Side, said: Any = None) -> Any:
        from lksig.session.ids import Ids
        from lksig.session.rebinding import Bindings
        from lksig.session.replay_opening import find_opening

        bindings = Bindings(Ids(lambda below: 0))
        found = None
        for side in sides:
            start = side.start(identity=f"who{side.session}")
            opening = find_opening(side.session, start.event, side.http(said or V1).event, None)
            found = reopener.reopen(opening, bindings, None)
        return found

    def test_a_ready_token_is_one_participants(self) -> None:
        ready = make_token(sub="ann", video={"roomJoin": True, "room": "other"})
        reopener = Reopener(read_url("ws://h"), lambda: 0, token=ready)
        reopened = self.reopen(reopener, Side(1), Side(1))
        assert (reopened.room, reopened.identity, reopened.handshake.token) == ("other", "ann", ready)
        assert reopened.renamed == {("standup", "other"), ("who1", "ann")}
        with pytest.raises(InputError, match="one token is given, and the recording has two participants") as caught:
            self.reopen(reopener, Side(2))
        assert caught.value.code == "one-participant"
        with pytest.raises(InputError, match="one identity is given"):
            self.reopen(Stage("ws://h").reopener(identity="x"), Side(1), Side(2))

    def test_nothing_to_join_with(self) -> None:
        with pytest.raises(AuthError) as caught:
            self.reopen(Reopener(read_url("ws://h"), lambda: 0), Side())
        assert caught.value.code == "no-credentials"

    def test_what_was_asked_for_beats_what_was_recorded(self) -> None:
        reopened = self.reopen(Stage("ws://h").reopener(room="r", name="n", grants={"hidden": True}), Side())
        from lksig.wire.token_claims import read_token

        claims = read_token(reopened.handshake.token).claims
        assert (claims["name"], claims["video"]["room"], claims["video"]["hidden"]) == ("n", "r", True)

    def test_the_url_names_the_path(self) -> None:
        said = {**V1, "metadata": "m", "publisher_offer": {"sdp": "v=0"}, "add_track_requests": [{"cid": "c"}]}
        on_v1 = self.reopen(Stage("ws://h").reopener(), Side(), said=said).handshake
        assert on_v1.path == "v1"
        assert on_v1.join_request.publisher_offer.sdp == "v=0"
        assert on_v1.join_request.add_track_requests[0].cid == "c"
        on_v0 = self.reopen(Stage("ws://h/rtc").reopener(), Side(), said=said).handshake
        assert (on_v0.path, on_v0.join_request) == ("v0", None)


def test_a_side_connection_of_v0_is_none_on_v1() -> None:
    from lksig.session.ids import Ids
    from lksig.session.rebinding import Bindings
    from lksig.session.replay_opening import find_opening

    opening = find_opening(1, None, Side().http(path="/rtc?publish=side&protocol=9").event, None)
    bindings = Bindings(Ids(lambda below: 0))
    on_v0 = Stage("ws://h").reopener().reopen(opening, bindings, None).handshake
    assert dict(on_v0.parameters)["publish"] == "side"
    on_v1 = Stage("ws://h/rtc/v1").reopener().reopen(opening, bindings, "newer").handshake
    assert (on_v1.path, on_v1.token) == ("v1", "newer")
