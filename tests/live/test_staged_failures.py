"""Failing connects, staged in front of and against the real server: the right layer and code in every one.

And nothing to complain about where all is well: directly, behind a correct proxy, under a sub-path, over TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from lksig.wire.access_token import mint
from tests.live.proxies import UPGRADE, Proxy, ProxyError, free_port, haproxy, nginx
from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import Ran, run

NOW_S = int(time.time())


def token(**changes: Any) -> str:
    """A token that is right but for what is changed."""
    given: dict[str, Any] = {"identity": "ann", "room": "staged", "now_s": NOW_S, **changes}
    return mint(given.pop("key", KEY), given.pop("secret", SECRET), **given)


def listen(url: str, *flags: str, with_token: str | None = None) -> Ran:
    return run("listen", url, "--json", "-n", "1", "--timeout", "8", "--token", with_token or token(), *flags)


def told(ran: Ran) -> tuple[str, str]:
    """Layer and code of the one error that was told."""
    errors = [line["error"] for line in ran.stderr_json if "error" in line]
    assert len(errors) == 1, ran.stderr
    return errors[0]["layer"], errors[0]["code"]


def complaints(ran: Ran) -> list[str]:
    """What is told on stderr beyond whose token was given."""
    codes = [facts["code"] for line in ran.stderr_json for facts in line.values()]
    return [code for code in codes if code != "eviction"]


@contextlib.contextmanager
def started(proxy: Proxy) -> Iterator[str]:
    """The URL of a proxy while it runs."""
    try:
        proxy.__enter__()
    except ProxyError as exc:
        pytest.fail(str(exc), pytrace=False)
    try:
        yield f"ws://127.0.0.1:{proxy.port}"
    finally:
        proxy.__exit__()


def upstream(server: RealServer) -> str:
    return f"http://127.0.0.1:{server.port}"


# --- behind a proxy that is set up wrongly ---------------------------------------------------------------------------

NGINX: dict[str, tuple[str, tuple[str, str]]] = {
    "no-upgrade-headers": ("location / {{ proxy_pass {up}; }}", ("proxy", "upgrade-header-lost")),
    "exact-match-only": (
        "root /nonexistent; location = /rtc {{ "
        + UPGRADE
        + " proxy_pass {up}; }} location = /rtc/validate {{ proxy_pass {up}; }}",
        ("proxy", "v1-not-routed"),
    ),
    "upgrade-only-lost-on-v1": (
        "location /rtc/v1 {{ return 403; }} location = /rtc/v1/validate {{ proxy_pass {up}; }}",
        ("proxy", "upgrade-refused"),
    ),
    "redirect-to-https": ("return 301 https://127.0.0.1$request_uri;", ("http", "redirect")),
    "another-site": ("root /nonexistent;", ("proxy", "path-not-found")),
    "path-swallowed": (
        "location / {{ " + UPGRADE + " rewrite ^ / break; proxy_pass {up}; }}",
        ("proxy", "path-swallowed"),
    ),
    "dead-upstream": ("location / {{ proxy_pass http://127.0.0.1:1; }}", ("proxy", "bad-gateway")),
    "forbidden": ("location / {{ return 403 'no entry'; }}", ("auth", "forbidden")),
    "upgrade-required": ("location / {{ return 426; }}", ("proxy", "upgrade-required")),
}


@pytest.mark.parametrize("name", NGINX)
def test_nginx(real_server: RealServer, tmp_path: Path, name: str) -> None:
    server, expected = NGINX[name]
    with started(nginx(tmp_path, server.format(up=upstream(real_server)))) as url:
        ran = listen(url)
    assert told(ran) == expected
    assert ran.exit_code == (4 if expected[0] == "auth" else 3)


def test_haproxy_without_a_server(real_server: RealServer, tmp_path: Path) -> None:
    with started(haproxy(tmp_path, "server gone 127.0.0.1:1 check inter 50ms fall 1")) as url:
        time.sleep(0.3)  # the health check of HAProxy needs its moment; nothing tells when
        ran = listen(url)
    assert told(ran) == ("server", "unavailable")


# --- tokens ----------------------------------------------------------------------------------------------------------

TOKENS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "wrong-secret": ({"secret": "not the secret of this key"}, ("auth", "wrong-secret")),
    "unknown-key": ({"key": "APInobody"}, ("auth", "unknown-api-key")),
    "expired": ({"now_s": NOW_S - 9000, "ttl_s": 3600}, ("auth", "token-expired")),
    "not-yet-valid": ({"now_s": NOW_S + 3600}, ("auth", "token-not-yet-valid")),
    "no-room-join": ({"grants": {"roomJoin": False}}, ("auth", "no-room-join")),
    "no-room": ({"room": None}, ("auth", "no-room")),
    "no-identity": ({"identity": ""}, ("auth", "no-identity")),
    "long-room": ({"room": "r" * 257}, ("auth", "room-name-too-long")),
}


@pytest.mark.parametrize("name", TOKENS)
def test_token(real_server: RealServer, name: str) -> None:
    changes, expected = TOKENS[name]
    bad = token(**changes)
    ran = listen(real_server.url, with_token=bad)
    assert told(ran) == expected
    assert ran.exit_code == (3 if name in ("no-room", "no-identity", "long-room") else 4)
    assert bad not in ran.stdout + ran.stderr
    assert bad.split(".")[2] not in ran.stdout + ran.stderr


def test_no_credentials_at_all(real_server: RealServer) -> None:
    ran = run("listen", real_server.url, "--json")
    assert told(ran) == ("auth", "no-credentials")
    assert ran.exit_code == 4
    assert [line["code"] for line in ran.json if line["kind"] == "note"] == [
        "probe-dns",
        "probe-tcp",
        "probe-root",
        "probe-validate-v1",
        "probe-validate-v0",
    ]


# --- the network, TLS, and what is no LiveKit ------------------------------------------------------------------------


def test_dead_port() -> None:
    ran = listen(f"ws://127.0.0.1:{free_port()}")
    assert (told(ran), ran.exit_code) == (("tcp", "connection-refused"), 3)


def test_unknown_host() -> None:
    ran = listen("ws://nobody.invalid:7880")
    assert (told(ran), ran.exit_code) == (("dns", "no-address"), 3)


def test_tls_asked_of_a_plain_port(real_server: RealServer) -> None:
    assert told(listen(real_server.url.replace("ws://", "wss://"))) == ("tls", "not-tls")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def issued(authority: trustme.CA, folder: Path, *names: str) -> tuple[Path, Path]:
    leaf = authority.issue_cert(*names)
    certificate, key = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(key))
    return certificate, key


def tls_nginx(server: RealServer, folder: Path, certificates: tuple[Path, Path]) -> Proxy:
    return nginx(folder, f"location / {{ {UPGRADE} proxy_pass {upstream(server)}; }}", tls=certificates)


def test_plain_asked_of_a_tls_port(real_server: RealServer, tmp_path: Path, authority: trustme.CA) -> None:
    with started(tls_nginx(real_server, tmp_path, issued(authority, tmp_path, "127.0.0.1"))) as url:
        assert told(listen(url)) == ("tls", "tls-expected")


def test_unknown_authority(real_server: RealServer, tmp_path: Path, authority: trustme.CA) -> None:
    with started(tls_nginx(real_server, tmp_path, issued(authority, tmp_path, "127.0.0.1"))) as url:
        secure = url.replace("ws://", "wss://")
        assert told(listen(secure)) == ("tls", "certificate")
        # …and with the right one, or without looking, it is well.
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        assert listen(secure, "--cacert", str(tmp_path / "ca.pem")).exit_code == 0
        assert listen(secure, "-k").exit_code == 0


def test_certificate_of_another_name(real_server: RealServer, tmp_path: Path, authority: trustme.CA) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with started(tls_nginx(real_server, tmp_path, issued(authority, tmp_path, "lk.example.com"))) as url:
        secure = url.replace("ws://", "wss://")
        assert told(listen(secure, "--cacert", str(tmp_path / "ca.pem"))) == ("tls", "certificate")
        named = listen(secure, "--cacert", str(tmp_path / "ca.pem"), "--servername", "lk.example.com")
        assert named.exit_code == 0


class Odd:
    """A server that is no LiveKit, for what no proxy does; runs in a thread of its own."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._ready = threading.Event()
        self.port = 0

    def __enter__(self) -> Odd:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._ready.wait(5)
        return self

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def serve() -> None:
            server = await asyncio.start_server(self._client, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            self._stop = asyncio.Event()
            self._ready.set()
            await self._stop.wait()
            server.close()

        self._loop.run_until_complete(serve())
        self._loop.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self._answer)
            await writer.drain()
        writer.close()

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


def test_no_http_at_all() -> None:
    with Odd(b"SSH-2.0-OpenSSH_9.2\r\n") as odd:
        assert told(listen(f"ws://127.0.0.1:{odd.port}")) == ("http", "not-http")


def test_cut_without_an_answer() -> None:
    with Odd(b"") as odd:
        layer, code = told(listen(f"ws://127.0.0.1:{odd.port}"))
    assert (layer, code) in {("tcp", "connection-reset"), ("http", "not-http")}


# --- refused by the session ------------------------------------------------------------------------------------------


def test_a_full_room(tmp_path: Path) -> None:
    server = RealServer(tmp_path, {"room": {"max_participants": 1}})
    server.start()
    try:
        with first_participant(server.url):
            ran = listen(server.url, with_token=token(identity="second"))
    finally:
        server.stop()
    assert told(ran) == ("server", "closed-by-media")
    assert ran.exit_code == 3


@contextlib.contextmanager
def first_participant(url: str) -> Iterator[None]:
    """Somebody who is in the room already."""
    from websockets.sync.client import connect

    with connect(f"{url}/rtc?access_token={token(identity='first')}&protocol=17", proxy=None) as socket:
        socket.recv()
        yield


def test_a_resume_of_nobody(real_server: RealServer) -> None:
    """The upgrade succeeds; then the server says leave before any join."""
    ran = listen(real_server.url, "--resume", "PA_nobody", with_token=token(identity="nobody"))
    leave = next(line for line in ran.json if line.get("case") == "leave")
    assert leave["message"]["leave"]["reason"] == "STATE_MISMATCH"


# --- all is well -----------------------------------------------------------------------------------------------------


def test_directly(real_server: RealServer) -> None:
    ran = listen(real_server.url)
    assert (ran.exit_code, complaints(ran)) == (0, [])


def test_behind_a_correct_nginx(real_server: RealServer, tmp_path: Path) -> None:
    with started(nginx(tmp_path, f"location / {{ {UPGRADE} proxy_pass {upstream(real_server)}; }}")) as url:
        ran = listen(url)
    assert (ran.exit_code, complaints(ran)) == (0, [])


def test_under_a_sub_path(real_server: RealServer, tmp_path: Path) -> None:
    rule = f"location /livekit/ {{ {UPGRADE} proxy_pass {upstream(real_server)}/; }}"
    with started(nginx(tmp_path, rule)) as url:
        ran = listen(f"{url}/livekit")
    assert (ran.exit_code, complaints(ran)) == (0, [])
