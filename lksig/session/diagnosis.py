"""Why a connect failed: the rungs that were climbed → one verdict.

A probe climbs URL → DNS → TCP → TLS → HTTP `/` → both validate paths → upgrade (`lksig.live.probe`); here is what the
findings mean together. The first signature that fits decides; each names layer, code, evidence and one next step.

Sources: livekit-server pkg/service/rtcservice.go (which answer comes in which state); Observed: livekit-server 1.13.5
behind nginx, Caddy and HAProxy set up wrongly on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lksig.errors import Layer, LksigError
from lksig.session.refusals import Refusal, explain_refusal

RungName = Literal["dns", "tcp", "tls", "root", "validate_v1", "validate_v0", "upgrade"]

SKEW_TOLD_S = 30.0
"""A clock difference from here on is told: the server allows 60 s on `nbf` and `exp`, SDK tokens start at "now"."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder."""

    name: RungName
    took_ms: float
    evidence: str
    """What was seen, as a person reads it."""
    error: LksigError | None = None
    """Why it did not hold; None where the next rung could be tried."""
    status: int | None = None
    """Of an HTTP answer."""
    body: str = ""
    """Of an HTTP answer, free of secrets."""
    location: str | None = None
    skew_s: float | None = None
    """The server's `Date` minus our clock, to the second."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failed connect comes down to."""

    layer: Layer
    code: str
    text: str
    """What happened, in one line."""
    evidence: tuple[str, ...]
    hint: str
    is_auth: bool = False


@dataclass(slots=True)
class Ladder:
    """What was found, rung by rung."""

    path: Literal["v0", "v1"]
    rungs: dict[RungName, Rung] = field(default_factory=dict)

    def add(self, rung: Rung) -> None:
        """Remember a rung."""
        self.rungs[rung.name] = rung

    def status(self, name: RungName) -> int | None:
        """The HTTP status a rung saw; None without one."""
        rung = self.rungs.get(name)
        return rung.status if rung is not None else None

    def body(self, name: RungName) -> str:
        """The body a rung saw."""
        rung = self.rungs.get(name)
        return rung.body if rung is not None else ""


def verdict(ladder: Ladder) -> Verdict:
    """The verdict over a ladder whose upgrade (or an earlier rung) did not hold."""
    for name in ("dns", "tcp", "tls"):
        rung = ladder.rungs.get(name)
        if rung is not None and rung.error is not None:
            return _of_error(rung.error, _evidence(ladder))
    upgrade = ladder.rungs.get("upgrade")
    if upgrade is not None and upgrade.status is not None and upgrade.status != 101:
        return _of_upgrade(ladder, upgrade, upgrade.status)
    failed = next((rung for rung in ladder.rungs.values() if rung.error is not None), None)
    if upgrade is not None and upgrade.error is not None:
        return _of_silence(ladder, upgrade.error)
    assert failed is not None, "a verdict is asked for where something failed"
    assert failed.error is not None
    return _of_error(failed.error, _evidence(ladder))


def _of_error(error: LksigError, evidence: tuple[str, ...]) -> Verdict:
    return Verdict(error.layer, error.code, str(error), evidence, error.hint or "try again", is_auth=False)


def _of_upgrade(ladder: Ladder, upgrade: Rung, status: int) -> Verdict:
    """A handshake that was answered, but not with 101."""
    refusal = explain_refusal(status, upgrade.body, upgrade.location)
    text = f"{refusal.text} after {upgrade.took_ms:.0f} ms"
    validate: RungName = "validate_v1" if ladder.path == "v1" else "validate_v0"
    asked = "/rtc/v1" if ladder.path == "v1" else "/rtc"
    validated = ladder.status(validate) == 200 and ladder.body(validate).strip() == "success"
    if _is_plain_to_tls(status, upgrade.body):
        return Verdict("tls", "tls-expected", text, ("this port speaks TLS",), "use wss:// instead of ws://")
    if status == 404 and not upgrade.body:
        return _upgrade_lost(ladder, text, asked, validate, validated)
    if validated and status in (200, 204, 400, 403, 404, 405, 426, 502, 503):
        return Verdict(
            "proxy",
            "upgrade-refused",
            text,
            (f"{asked}/validate answers 200 success, so token and room are fine: only the upgrade is refused",),
            "let the reverse proxy pass WebSocket upgrades on this path (HTTP/1.1, Upgrade and Connection headers)",
        )
    if status == 404 and ladder.path == "v1" and _is_known(ladder, "validate_v0"):
        return _v1_missing(text, upgrade.body)
    if status == 200 and upgrade.body.strip() == "OK":
        return Verdict(
            "proxy",
            "path-swallowed",
            text,
            (f"{asked} is answered like `/`, LiveKit's health check: the path did not arrive",),
            "let the proxy keep the path of the request when it forwards",
        )
    if status == 500 and validated:
        return _of_refusal(refusal, text, (f"{asked}/validate answers 200 success: token and room name are fine",))
    return _of_refusal(refusal, text, _evidence(ladder))


def _upgrade_lost(ladder: Ladder, text: str, asked: str, validate: RungName, validated: bool) -> Verdict:
    evidence = ["the request reached LiveKit without its Upgrade header"]
    if validated:
        evidence.append(f"{asked}/validate answers 200 success, so token and room are fine")
    elif ladder.status(validate) is not None:
        evidence.append(f"{asked}/validate answers {ladder.status(validate)} {ladder.body(validate)}".rstrip())
    return Verdict(
        "proxy",
        "upgrade-header-lost",
        text,
        tuple(evidence),
        "let the reverse proxy forward Upgrade and Connection (nginx: proxy_set_header Upgrade $http_upgrade; "
        'proxy_set_header Connection "upgrade"; proxy_http_version 1.1)',
    )


def _v1_missing(text: str, body: str) -> Verdict:
    if body.startswith("404 page not found"):
        return Verdict(
            "server",
            "v1-missing",
            text,
            ("/rtc exists, /rtc/v1 does not: a livekit-server before 1.9.10",),
            "use `--path v0` (or `--path auto`, as browsers do), or upgrade the server",
        )
    return Verdict(
        "proxy",
        "v1-not-routed",
        text,
        ("/rtc reaches LiveKit, /rtc/v1 does not: a rule that matches /rtc exactly",),
        "let the proxy forward everything below /rtc (nginx: location /rtc, not location = /rtc)",
    )


def _is_known(ladder: Ladder, name: RungName) -> bool:
    """Whether LiveKit itself answered on this path: with its own success, or with its own refusal."""
    status, body = ladder.status(name), ladder.body(name)
    if status == 200:
        return body.strip() == "success"
    return status in (400, 401) and not body.lstrip().startswith("<")


def _is_plain_to_tls(status: int, body: str) -> bool:
    """Go and nginx both say so in words."""
    return status == 400 and ("HTTP request to an HTTPS server" in body or "sent to HTTPS port" in body)


def _of_refusal(refusal: Refusal, text: str, evidence: tuple[str, ...]) -> Verdict:
    return Verdict(refusal.layer, refusal.code, text, evidence, refusal.hint, refusal.is_auth)


def _of_silence(ladder: Ladder, error: LksigError) -> Verdict:
    """The upgrade was not answered at all."""
    evidence = _evidence(ladder)
    if ladder.status("root") is not None:
        evidence = ("plain HTTP requests are answered, the upgrade is not", *evidence)
    return _of_error(error, evidence)


def _evidence(ladder: Ladder) -> tuple[str, ...]:
    """What else was seen that a person should weigh."""
    told: list[str] = []
    root = ladder.rungs.get("root")
    if root is not None and root.status == 200 and root.body.strip() != "OK":
        told.append("`/` does not answer as LiveKit does (200 OK): another server may be behind this address")
    skew = next((rung.skew_s for rung in ladder.rungs.values() if rung.skew_s is not None), None)
    if skew is not None and abs(skew) >= SKEW_TOLD_S:
        told.append(f"the server's clock is {skew:+.0f} s from ours (its Date header)")
    return tuple(told)
