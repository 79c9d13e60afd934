"""Who gets which participant of a recording, and which of its sockets."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.replay_casting import Casting
from lksig.session.replay_script import Scene, Take
from tests.support.tape import Tape


def casting(tape: Tape) -> tuple[Casting, list[Take]]:
    takes = tape.takes()
    return Casting(takes), takes


def place(takes: list[Take], given: Any) -> tuple[int, int] | None:
    """Number of the participant and of its scene, both from 0."""
    if given is None:
        return None
    part, scene = given
    return takes.index(part.take), part.take.scenes.index(scene)


def joined(*identities: str | None) -> Tape:
    """A tape with a participant for each, who joins once."""
    tape = Tape(identities[0])
    for number, identity in enumerate(identities, start=1):
        if number > 1:
            tape.start(identity, number)
        tape.open().says(join={"participant": {"sid": f"PA_{number}"}})
    return tape


def test_by_identity_and_by_order_of_arrival() -> None:
    cast, takes = casting(joined("ann", "bob", None))
    assert place(takes, cast.joined("bob", "v1")) == (1, 0)
    assert place(takes, cast.joined("xeno", "v0")) == (0, 0)
    assert place(takes, cast.joined("yves", "v1")) == (2, 0)
    # Nobody is left: those who were there are themselves again, a new one begins with the first.
    assert [place(takes, cast.joined(who, "v1")) for who in ("bob", "xeno", "zoe")] == [(1, 0), (0, 0), (2, 0)]


def test_the_same_one_again_is_the_next_of_its_name() -> None:
    cast, takes = casting(joined("probe", "bob", "probe"))
    assert [place(takes, cast.joined("x", "v1")) for _ in range(4)] == [(0, 0), (2, 0), (0, 0), (2, 0)]
    part = cast.joined("x", "v1")
    assert part is not None
    assert part[0].is_again
    fresh = cast.joined("new", "v1")
    assert fresh is not None
    assert (fresh[0].is_again, fresh[0].take.identity, fresh[0].session) == (False, "bob", 0)


def test_the_sockets_of_one_participant_in_turn() -> None:
    tape = joined("ann").open(path="/rtc", reconnect="1").says(reconnect={}).open().says(join={})
    cast, takes = casting(tape)
    assert place(takes, cast.joined("ann", "v1")) == (0, 0)
    assert place(takes, cast.resumed("ann", None, "v1")) == (0, 1)
    assert place(takes, cast.joined("ann", "v1")) == (0, 2)
    assert cast.resumed("ann", None, "v1") is None
    assert place(takes, cast.joined("ann", "v1")) == (0, 0)


def test_a_socket_that_does_not_fit_is_passed_over() -> None:
    tape = joined("ann").open(path="/rtc", reconnect="1").says(reconnect={}).open().says(join={})
    cast, takes = casting(tape)
    assert place(takes, cast.joined("ann", "v1")) == (0, 0)
    assert place(takes, cast.joined("ann", "v1")) == (0, 2)
    assert cast.resumed("ann", None, "v1") is None


def test_a_resume_by_sid() -> None:
    tape = joined("ann", "bob")
    tape.open(path="/rtc", reconnect="1").says(reconnect={})
    cast, takes = casting(tape)
    assert place(takes, cast.joined("x", "v1")) == (0, 0)
    assert place(takes, cast.joined("y", "v1")) == (1, 0)
    assert place(takes, cast.resumed("x", "PA_2", "v0")) == (1, 1)
    assert cast.resumed("x", "PA_1", "v0") is None
    assert cast.resumed("nobody", "PA_9", "v0") is None


def test_a_recording_that_begins_with_a_resume() -> None:
    cast, takes = casting(Tape("ann").open(path="/rtc", reconnect="1").says(reconnect={}))
    assert place(takes, cast.resumed("ann", "PA_1", "v1")) == (0, 0)
    assert cast.joined("bob", "v1") is None


def fallback() -> Tape:
    """v1 is refused, asked about, and v0 works."""
    return Tape("ann").http("/rtc/v1", 404).http("/rtc/v1/validate", 404).open(path="/rtc").says(join={})


def test_a_refusal_is_of_its_path() -> None:
    cast, takes = casting(fallback())
    assert place(takes, cast.joined("ann", "v1")) == (0, 0)
    assert place(takes, cast.joined("ann", "v0")) == (0, 2)
    cast, takes = casting(fallback())
    assert place(takes, cast.joined("ann", "v0")) == (0, 2)


def status(scene: Scene | None) -> tuple[int, bool] | None:
    """Status of an answer, and whether a probe got it."""
    return (scene.refusal[0], scene.is_probe) if scene is not None and scene.refusal is not None else None


def test_probes() -> None:
    cast, _ = casting(fallback())
    # Asked before anything else: the join that comes next will be refused.
    assert status(cast.probed("ann", "v1")) == (404, False)
    assert cast.probed("ann", "v0") is None
    cast.joined("ann", "v1")
    assert status(cast.probed("ann", "v1")) == (404, True)
    assert status(cast.probed("ann", "v1")) == (404, True)
    cast.joined("ann", "v0")
    assert cast.probed("ann", "v0") is None


def test_a_refused_join_is_refused_to_those_who_ask_behind_it() -> None:
    cast, _ = casting(Tape("ann").http("/rtc", 401, b"no"))
    cast.joined("ann", "v0")
    assert status(cast.probed("ann", "v0")) == (401, False)


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_a_recording_of_probes_alone(path: Any) -> None:
    cast, _ = casting(Tape("ann").http("/rtc/validate", 200, b"success"))
    assert cast.joined("ann", path) is None
