"""Two messages of two runs, compared."""

from __future__ import annotations

from lksig.recording.compare import Difference, compare_messages
from lksig.recording.stable import Roles
from lksig.wire.events import Message
from tests.support.recordings import readings
from tests.support.traffic import came, frame, sent


def compared(a: list[Message], b: list[Message], *, times: bool = False) -> list[Difference]:
    """What differs between the last messages of two runs."""
    roles = []
    for run in (a, b):
        known = Roles(named=True)
        for reading in readings(run):
            known.observe(reading)
        roles.append(known)
    return compare_messages(a[-1], b[-1], *roles, times=times)


def joined(sid: str, *, joined_at: int = 5) -> Message:
    return came(1, join={"participant": {"sid": sid, "identity": "probe", "joined_at": joined_at}})


def test_the_same_with_other_ids_and_times() -> None:
    a = [joined("PA_duHZgjKYCr3H"), came(2, update={"participants": [{"sid": "PA_duHZgjKYCr3H", "identity": "probe"}]})]
    b = [
        joined("PA_zzzzzzzzzzzz", joined_at=9),
        came(7, update={"participants": [{"sid": "PA_zzzzzzzzzzzz", "identity": "probe"}]}),
    ]
    assert compared(a, b) == []
    assert compared(a[:1], b[:1], times=True) == [Difference("join.participant.joined_at", "5", "9")]


def test_a_field_that_differs_is_told_by_its_path() -> None:
    a = came(2, track_published={"cid": "cam1", "track": {"sid": "TR_VCMZbTsgrXwLLd", "name": "cam"}})
    b = came(9, track_published={"cid": "cam1", "track": {"sid": "TR_VCzzzzzzzzzzzz", "name": "front", "muted": True}})
    assert compared([a], [b]) == [
        Difference("track_published.track.name", "cam", "front"),
        Difference("track_published.track.muted", "false", "true"),
    ]


def test_lists_are_compared_by_name() -> None:
    ann = {"sid": "PA_aaaaaaaaaaaa", "identity": "ann", "state": "ACTIVE"}
    bob = {"sid": "PA_bbbbbbbbbbbb", "identity": "bob", "state": "ACTIVE"}
    one = came(2, update={"participants": [ann, bob]})
    other = came(2, update={"participants": [bob | {"sid": "PA_cccccccccccc"}, ann]})
    assert compared([one], [other]) == []
    assert compared([one], [came(2, update={"participants": [bob]})]) == [
        Difference("update.participants.PA_ann", "sid=PA_ann identity=ann state=ACTIVE", None)
    ]


def test_other_cases() -> None:
    assert compared([sent(1, ping=1)], [sent(1, mute={"sid": "TR_x"})]) == [Difference("case", "ping", "mute")]
    assert compared([sent(1, ping=1)], [came(1, pong=1)])[0].path == "case"
    broken = frame(1, came(1, pong=1).direction, b"\xff", "server")
    assert compared([broken], [sent(1)]) == [Difference("case", "undecodable", "no case")]
    assert compared([broken], [broken]) == []
