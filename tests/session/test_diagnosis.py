"""Ladders and what they come down to."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.errors import AuthError, TransportError
from lksig.session.diagnosis import Ladder, Rung, RungName, verdict

LOST = TransportError("gone", code="timeout", layer="tcp", hint="wait")


def answered(name: RungName, status: int, body: str = "", **more: Any) -> Rung:
    error = AuthError("no", code="x") if status == 401 else TransportError("no", code="x")
    return Rung(name, 38.2, f"HTTP {status}", error if name == "upgrade" else None, status, body, **more)


def ladder(*rungs: Rung, path: Any = "v1") -> Ladder:
    found = Ladder(path)
    for rung in (Rung("dns", 1.0, "one"), Rung("tcp", 1.0, "accepts"), *rungs):
        found.add(rung)
    return found


OK = answered("validate_v1", 200, "success")
OK_V0 = answered("validate_v0", 200, "success")
ROOT = answered("root", 200, "OK")


@pytest.mark.parametrize("name", ["dns", "tcp", "tls"])
def test_a_lower_rung_decides(name: RungName) -> None:
    found = ladder(answered("upgrade", 404))
    found.add(Rung(name, 1.0, "no", LOST))
    said = verdict(found)
    assert (said.layer, said.code, said.text, said.hint) == ("tcp", "timeout", "gone", "wait")


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        ([answered("upgrade", 404), OK], ("proxy", "upgrade-header-lost")),
        ([answered("upgrade", 404), answered("validate_v1", 401, "no")], ("proxy", "upgrade-header-lost")),
        ([answered("upgrade", 404)], ("proxy", "upgrade-header-lost")),
        ([answered("upgrade", 403, "no"), OK], ("proxy", "upgrade-refused")),
        ([answered("upgrade", 200, "hello"), OK], ("proxy", "upgrade-refused")),
        ([answered("upgrade", 404, "404 page not found"), OK_V0], ("server", "v1-missing")),
        (
            [answered("upgrade", 404, "404 page not found"), answered("validate_v0", 401, "permissions denied")],
            ("server", "v1-missing"),
        ),
        ([answered("upgrade", 404, "<html>"), OK_V0], ("proxy", "v1-not-routed")),
        ([answered("upgrade", 404, "<html>"), answered("validate_v0", 401, "<html>")], ("proxy", "path-not-found")),
        ([answered("upgrade", 404, "404 page not found")], ("http", "path-not-found")),
        ([answered("upgrade", 200, "OK"), ROOT], ("proxy", "path-swallowed")),
        ([answered("upgrade", 500, "connection closed by media"), OK], ("server", "closed-by-media")),
        ([answered("upgrade", 500, "connection closed by media")], ("server", "closed-by-media")),
        (
            [answered("upgrade", 400, "Client sent an HTTP request to an HTTPS server.")],
            ("tls", "tls-expected"),
        ),
        (
            [answered("upgrade", 400, "The plain HTTP request was sent to HTTPS port")],
            ("tls", "tls-expected"),
        ),
        ([answered("upgrade", 301, location="https://h/rtc")], ("http", "redirect")),
        ([answered("upgrade", 401, "permissions denied")], ("auth", "no-room-join")),
    ],
)
def test_an_answered_upgrade(rungs: list[Rung], expected: tuple[str, str]) -> None:
    said = verdict(ladder(*rungs))
    assert (said.layer, said.code) == expected
    assert said.text.endswith("after 38 ms") or said.code == "redirect"
    assert said.hint
    assert said.is_auth == (expected[0] == "auth")


def test_on_v0_nothing_is_said_of_v1() -> None:
    found = ladder(answered("upgrade", 404, "404 page not found"), OK_V0, path="v0")
    assert verdict(found).code == "upgrade-refused"


def test_the_evidence_names_what_is_well() -> None:
    said = verdict(ladder(answered("upgrade", 404), OK))
    assert said.evidence[1] == "/rtc/v1/validate answers 200 success, so token and room are fine"


def test_another_server_and_another_clock_are_evidence() -> None:
    root = answered("root", 200, "<html>welcome", skew_s=-3600.4)
    said = verdict(ladder(answered("upgrade", 401, "token is not valid yet"), root))
    assert said.code == "token-not-yet-valid"
    assert said.evidence == (
        "`/` does not answer as LiveKit does (200 OK): another server may be behind this address",
        "the server's clock is -3600 s from ours (its Date header)",
    )


def test_a_small_skew_is_not_told() -> None:
    root = answered("root", 200, "OK", skew_s=1.5)
    assert verdict(ladder(answered("upgrade", 401, "permissions denied"), root)).evidence == ()


@pytest.mark.parametrize(("rungs", "count"), [((ROOT,), 1), ((), 0)])
def test_an_upgrade_without_an_answer(rungs: tuple[Rung, ...], count: int) -> None:
    said = verdict(ladder(*rungs, Rung("upgrade", 15000.0, "nothing", LOST)))
    assert (said.code, len(said.evidence)) == ("timeout", count)


def test_a_failure_between() -> None:
    silent = Rung("validate_v0", 5000.0, "nothing", TransportError("mute", code="no-http-answer", layer="http"))
    assert verdict(ladder(silent)).code == "no-http-answer"
    assert verdict(ladder(silent, answered("upgrade", 101))).hint == "try again"
