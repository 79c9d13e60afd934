"""The probe: climbs URL → DNS → TCP → TLS → HTTP `/` → both validate paths → upgrade, and times each rung.

It runs when a connect failed, or when there is nothing to connect with. What it finds goes into the run as notes and
HTTP readings, so that it is shown, recorded and found again; `lksig.session.diagnosis` says what it means.
"""

from __future__ import annotations

import asyncio
import email.utils
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

from lksig.errors import LksigError, TransportError
from lksig.live.dial import DialOptions, shown_body, tls_context, translate
from lksig.live.http_get import HttpAnswer, http_get
from lksig.live.proxy import find_proxy, reason_of
from lksig.session.diagnosis import Ladder, Rung, RungName
from lksig.wire.events import Http, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from lksig.live.run import Run
    from lksig.wire.handshake import Handshake
    from lksig.wire.redaction import Secrets

RUNG_TIMEOUT_S = 5.0
"""For each rung: a ladder must not take longer than a person waits."""

RUNG_WORDS: dict[RungName, str] = {
    "dns": "dns",
    "tcp": "tcp",
    "tls": "tls",
    "root": "http /",
    "validate_v1": "validate v1",
    "validate_v0": "validate v0",
    "upgrade": "upgrade",
}


class Probe:
    """Climbs the ladder of one handshake.

    Args:
        upgrade: what the upgrade came to when it was tried already; None leaves that rung out.
    """

    def __init__(
        self, run: Run, handshake: Handshake, options: DialOptions, secrets: Secrets, *, session: int = 1
    ) -> None:
        self._run = run
        self._handshake = handshake
        self._options = options
        self._secrets = secrets
        self._session = session
        self.ladder = Ladder(handshake.path)
        self._tls: ssl.SSLContext | None = None
        self._proxy = find_proxy(handshake.url, options.proxy, secrets)
        """What the first rungs lead to, where there is one: names may only be known behind it."""

    async def climb(self) -> Ladder:
        """All rungs below the upgrade, as far as they hold."""
        addresses = await self._dns()
        if addresses and await self._tcp(addresses) and await self._tls_rung():
            await self._http("root", "/", with_query=False)
            await self._http("validate_v1", "/rtc/v1/validate", with_query=True)
            await self._http("validate_v0", "/rtc/validate", with_query=True)
        return self.ladder

    def upgrade_failed(self, error: LksigError, http: Http | None, took_ms: float) -> None:
        """Put the upgrade that was tried on top of the ladder."""
        if http is None or http.status is None:
            self.ladder.add(Rung("upgrade", took_ms, str(error), error))
            return
        body = shown_body(http.body, self._secrets)
        location = {name.lower(): value for name, value in http.headers}.get("location")
        shown = self._secrets.scrub(location) if location is not None else None
        self.ladder.add(
            Rung("upgrade", took_ms, f"HTTP {http.status}", error, http.status, body, shown, self._skew(http.headers))
        )

    # --- rungs ------------------------------------------------------------------------------------------------------

    def _add(self, rung: Rung) -> None:
        self.ladder.add(rung)
        text = f"{RUNG_WORDS[rung.name]}: {rung.evidence}, {rung.took_ms:.1f} ms"
        self._run.emit(
            Note(self._run.clock.now_ns(), "probe-" + rung.name.replace("_", "-"), text, None, self._session)
        )

    async def _dns(self) -> list[tuple[Any, ...]]:
        near = self._proxy or self._handshake
        host, port = near.host, near.port
        loop = asyncio.get_running_loop()
        timer = _Timer()
        try:
            found = await asyncio.wait_for(
                loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), self._options.connect_timeout_s
            )
        except (OSError, TimeoutError) as exc:
            error = translate(exc, self._handshake.url, self._secrets)
            self._add(Rung("dns", timer.ms, str(error), error))
            return []
        names = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        count = "1 address" if len(names) == 1 else f"{len(names)} addresses"
        whose = "the proxy " if self._proxy is not None else ""
        self._add(Rung("dns", timer.ms, f"{whose}{host} has {count}: {', '.join(names)}"))
        return list(dict.fromkeys((entry[0], entry[4]) for entry in found))

    async def _tcp(self, addresses: list[tuple[Any, ...]]) -> bool:
        timer = _Timer()
        failures: list[str] = []
        error: LksigError | None = None
        for family, address in addresses:
            timer = _Timer()
            shown = f"[{address[0]}]:{address[1]}" if family == socket.AF_INET6 else f"{address[0]}:{address[1]}"
            try:
                await _connect(family, address)
            except (OSError, TimeoutError) as exc:
                error = translate(exc, self._handshake.url, self._secrets)
                failures.append(f"{shown} {reason_of(exc)}")
                continue
            told = f"{shown} accepts" + (f" ({'; '.join(failures)})" if failures else "")
            self._add(Rung("tcp", timer.ms, told))
            return True
        self._add(Rung("tcp", timer.ms, "; ".join(failures), error))
        return False

    async def _tls_rung(self) -> bool:
        if self._handshake.scheme != "wss":
            return True
        timer = _Timer()
        name = self._options.server_name or self._handshake.host
        self._tls = tls_context(self._options)
        if self._proxy is not None:
            return True  # the next rungs tell
        try:
            reader_writer = asyncio.open_connection(
                self._handshake.host, self._handshake.port, ssl=self._tls, server_hostname=name
            )
            _, writer = await asyncio.wait_for(reader_writer, RUNG_TIMEOUT_S)
        except (OSError, TimeoutError) as exc:
            error = translate(exc, self._handshake.url, self._secrets)
            self._add(Rung("tls", timer.ms, str(error), error))
            return False
        evidence = _tls_words(writer.get_extra_info("ssl_object"))
        writer.close()
        self._add(Rung("tls", timer.ms, evidence))
        return True

    async def _http(self, name: RungName, path: str, *, with_query: bool) -> None:
        handshake = self._handshake
        query = handshake.request_target.partition("?")[2] if with_query else ""
        target = handshake.prefix + path + (f"?{query}" if query else "")
        url = f"http{handshake.scheme[2:]}://{handshake.netloc}{target}"
        headers = [header for header in handshake.headers if with_query or header[0].lower() != "authorization"]
        timer = _Timer()
        try:
            answer = await http_get(
                url,
                headers,
                tls=self._tls,
                timeout_s=RUNG_TIMEOUT_S,
                proxy=self._proxy,
                server_name=self._options.server_name,
            )
        except TransportError as exc:
            self._add(Rung(name, timer.ms, str(exc), exc))
            return
        self._emit_http(target, headers, answer, timer)
        body = shown_body(answer.body, self._secrets)
        shown = " ".join(body.split())[:60] if not body.lstrip().startswith("<") else "(HTML)"
        evidence = f"HTTP {answer.status} {shown}".rstrip()
        self._add(Rung(name, timer.ms, evidence, None, answer.status, body, None, self._skew(answer.headers)))

    def _emit_http(self, target: str, headers: list[tuple[str, str]], answer: HttpAnswer, timer: _Timer) -> None:
        self._run.emit(
            Http(
                self._run.clock.now_ns(),
                "GET",
                target,
                tuple(headers),
                answer.status,
                answer.headers,
                answer.body,
                timer.ns,
                None,
                self._session,
            )
        )

    def _skew(self, headers: tuple[tuple[str, str], ...]) -> float | None:
        """The server's clock minus ours [s], from its `Date` header, which has whole seconds."""
        text = next((value for name, value in headers if name.lower() == "date"), None)
        if text is None:
            return None
        try:
            theirs = email.utils.parsedate_to_datetime(text).timestamp()
        except (ValueError, TypeError):
            return None
        ours = (self._run.clock.wall_ns + self._run.clock.now_ns()) / 1e9
        return theirs - ours


class _Timer:
    """Milliseconds since it was made."""

    def __init__(self, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._clock = clock
        self._start = clock()

    @property
    def ns(self) -> int:
        return self._clock() - self._start

    @property
    def ms(self) -> float:
        return self.ns / 1e6


async def _connect(family: int, address: tuple[Any, ...]) -> None:
    """Open and close one TCP connection."""
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        await asyncio.wait_for(loop.sock_connect(probe, address), RUNG_TIMEOUT_S)


def _tls_words(tls: Any) -> str:
    """What a person wants to know of a TLS session that stands."""
    try:
        certificate = tls.getpeercert() or {}
    except ValueError:  # the server has taken it back by now
        certificate = {}
    subject = _name(certificate.get("subject", ()))
    issuer = _name(certificate.get("issuer", ()))
    told = [str(tls.version())]
    if subject:
        told.append(f"certificate of {subject}")
    if issuer:
        told.append(f"issued by {issuer}")
    if "notAfter" in certificate:
        days = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86_400
        told.append(f"expires in {days:.0f} days")
    return ", ".join(told)


def _name(parts: Any) -> str:
    """The common name of a subject or issuer, else its organisation."""
    names = {key: value for part in parts for key, value in part}
    return str(names.get("commonName") or names.get("organizationName") or "")
