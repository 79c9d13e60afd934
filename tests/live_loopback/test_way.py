"""Through proxies and TLS, as command lines against the embedded server."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.cli import Ran, run
from tests.support.connecting import connecting, socks, tls_before
from tests.support.json_lines import problems
from tests.support.served import CREDENTIALS, Served, error, messages
from tests.support.serving import serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


def joined(served: Served, *words: str, url: str | None = None) -> Ran:
    """Join, see the join, leave."""
    return run("listen", url or served.url, *CREDENTIALS, "--room", "way", "-n", "1", "--json", *words)


def told(ran: Ran) -> tuple[int, str, str]:
    return ran.exit_code, error(ran)["layer"], error(ran)["code"]


class TestHttpProxies:
    def test_through_one(self, served: Served) -> None:
        with connecting() as (proxy, seen):
            ran = joined(served, "-x", proxy)
        assert (ran.exit_code, len(messages(ran, "join"))) == (0, 1)
        assert seen == [f"CONNECT {served.url.removeprefix('ws://')} HTTP/1.1"]

    def test_without_scheme_and_with_credentials(self, served: Served) -> None:
        with connecting() as (proxy, seen):
            address = proxy.removeprefix("http://")
            assert joined(served, "-x", address).exit_code == 0
            assert joined(served, "-x", f"http://user:pass%20word@{address}").exit_code == 0
        assert seen[2] == "Proxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ="

    def test_of_the_environment(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("no_proxy", "NO_PROXY", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with connecting() as (proxy, seen):
            monkeypatch.setenv("http_proxy", proxy)
            assert joined(served).exit_code == 0
            assert len(seen) == 1
            assert joined(served, "-x", "").exit_code == 0
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            assert joined(served).exit_code == 0
            assert len(seen) == 1
        monkeypatch.delenv("no_proxy")
        monkeypatch.setenv("http_proxy", "ftp://h")
        ran = joined(served)
        assert told(ran) == (2, "proxy", "bad-proxy")
        assert "the proxy of the environment" in error(ran)["text"]

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "proxy-login"),
            (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "proxy-refused"),
            (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "proxy-refused"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "proxy-failed"),
            (b"", "proxy-failed"),
        ],
    )
    def test_one_that_says_no(self, served: Served, answer: bytes, code: str) -> None:
        with connecting(answer) as (proxy, _):
            ran = joined(served, "-x", proxy)
        assert told(ran) == (3, "proxy", code)
        assert proxy.removeprefix("http://") in error(ran)["text"]
        assert not [line for line in ran.json if line["kind"] == "note"], "the way to the server is not what is wrong"

    @pytest.mark.parametrize(
        ("proxy", "exit_code", "code"),
        [
            ("http://127.0.0.1:1", 3, "proxy-unreachable"),
            ("http://nobody.invalid:1", 3, "proxy-unreachable"),
            ("socks5://127.0.0.1:1", 3, "proxy-unreachable"),
            ("ftp://127.0.0.1:1", 2, "bad-proxy"),
            ("nonsense", 2, "bad-proxy"),
            ("http://127.0.0.1:x", 2, "bad-proxy"),
            ("http://127.0.0.1:1/path", 2, "bad-proxy"),
            ("http://user@127.0.0.1:1", 2, "bad-proxy"),
        ],
    )
    def test_one_that_is_none(self, served: Served, proxy: str, exit_code: int, code: str) -> None:
        assert told(joined(served, "-x", proxy)) == (exit_code, "proxy", code)

    @pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:password-of-it", "127.0.0.1:1/x"])
    def test_its_password_is_nowhere(self, served: Served, host: str) -> None:
        ran = joined(served, "-x", f"http://user:password-of-it@{host}")
        assert ran.exit_code in (2, 3)
        assert "password-of-it" not in ran.stdout + ran.stderr

    def test_a_server_that_refuses_behind_one(self, served: Served) -> None:
        """The verdict is the server's, and the probe has gone through the proxy too."""
        with connecting() as (proxy, seen):
            ran = run(
                "listen",
                served.url,
                "--api-key",
                "devkey",
                "--api-secret",
                "wrong",
                "--room",
                "r",
                "--json",
                "-x",
                proxy,
            )
        assert told(ran) == (4, "auth", "wrong-secret")
        assert len([line for line in seen if line]) == 4
        notes = {line["code"]: line["text"] for line in ran.json if line["kind"] == "note"}
        assert notes["probe-dns"].startswith("dns: the proxy 127.0.0.1 has 1 address")
        assert [problem for line in ran.json for problem in problems(line)] == []
        assert "HTTP 200 OK" in notes["probe-root"]


class TestSocksProxies:
    @pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
    def test_through_one(self, served: Served, scheme: str) -> None:
        with socks() as (address, seen):
            ran = joined(served, "-x", f"{scheme}://user:password-of-it@{address}")
        assert ran.exit_code == 0
        assert seen == ["user:password-of-it", served.url.removeprefix("ws://")]

    def test_the_name_may_be_known_there_alone(self, served: Served) -> None:
        port = served.url.rpartition(":")[2]
        with socks() as (address, seen):
            assert joined(served, "-x", f"socks5h://{address}", url=f"ws://localhost:{port}").exit_code == 0
        assert seen == [f"localhost:{port}"]

    def test_one_that_says_no(self, served: Served) -> None:
        with socks(reply=2) as (address, _):
            ran = joined(served, "-x", f"socks5://{address}")
        assert told(ran) == (3, "proxy", "proxy-failed")
        assert "not allowed" in error(ran)["text"]

    def test_a_server_that_refuses_behind_one(self, served: Served) -> None:
        with socks() as (address, seen):
            ran = run(
                *("listen", served.url, "--api-key", "devkey", "--api-secret", "wrong", "--room", "r", "--json"),
                *("-x", f"socks5://{address}"),
            )
        assert told(ran) == (4, "auth", "wrong-secret")
        assert len(seen) == 4

    def test_without_the_package(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        async def missing(*_: object, **__: object) -> None:
            raise ImportError("connecting through a SOCKS proxy requires python-socks")

        monkeypatch.setattr("websockets.asyncio.client.connect_socks_proxy", missing)
        ran = joined(served, "-x", "socks5://127.0.0.1:1")
        assert told(ran) == (2, "proxy", "no-socks")
        assert error(ran)["hint"] == "pip install 'lksig[socks]', or give an HTTP proxy"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ca.pem`, and a client's `client.pem` (certificate and key), `client.crt`, `client.key`."""
    folder = tmp_path_factory.mktemp("tls")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    client = authority.issue_cert("probe@example.com", organization_name="the probe")
    client.private_key_and_cert_chain_pem.write_to_path(str(folder / "client.pem"))
    client.cert_chain_pems[0].write_to_path(str(folder / "client.crt"))
    client.private_key_pem.write_to_path(str(folder / "client.key"))
    return folder


def server_context(authority: trustme.CA, *names: str, wants_client: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    if wants_client:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class TestTls:
    def test_an_authority_of_our_own(self, served: Served, authority: trustme.CA, files: Path) -> None:
        with tls_before(served.url, server_context(authority, "127.0.0.1")) as (url, _):
            ran = joined(served, url=url)
            assert told(ran) == (3, "tls", "certificate")
            assert joined(served, "--cacert", str(files / "ca.pem"), url=url).exit_code == 0
            assert joined(served, "-k", url=url).exit_code == 0

    def test_a_name_of_another(self, served: Served, authority: trustme.CA, files: Path) -> None:
        trust = ("--cacert", str(files / "ca.pem"))
        with tls_before(served.url, server_context(authority, "lk.example.com")) as (url, _):
            assert told(joined(served, *trust, url=url)) == (3, "tls", "certificate")
            assert joined(served, *trust, "--servername", "lk.example.com", url=url).exit_code == 0
            wrong = ("--servername", "other.example.com")
            assert told(joined(served, *trust, *wrong, url=url)) == (3, "tls", "certificate")
            assert joined(served, "-k", *wrong, url=url).exit_code == 0

    def test_the_probes_use_the_name_too(self, served: Served, authority: trustme.CA, files: Path) -> None:
        flags = ("--cacert", str(files / "ca.pem"), "--servername", "lk.example.com", "--json")
        with tls_before(served.url, server_context(authority, "lk.example.com")) as (url, _):
            ran = run("listen", url, "--api-key", "devkey", "--api-secret", "wrong", "--room", "r", *flags)
        assert told(ran) == (4, "auth", "wrong-secret")
        notes = {line["code"]: line["text"] for line in ran.json if line["kind"] == "note"}
        assert "HTTP 200 OK" in notes["probe-root"]

    @pytest.mark.parametrize("given", [("client.pem",), ("client.crt", "client.key")])
    def test_client_certificates(
        self, served: Served, authority: trustme.CA, files: Path, given: tuple[str, ...]
    ) -> None:
        flags = [
            word for pair in zip(("--cert", "--key"), given, strict=False) for word in (pair[0], str(files / pair[1]))
        ]
        with tls_before(served.url, server_context(authority, "127.0.0.1", wants_client=True)) as (url, seen):
            assert joined(served, "--cacert", str(files / "ca.pem"), *flags, url=url).exit_code == 0
            assert seen == ["the probe"]

    def test_a_missing_client_certificate(self, served: Served, authority: trustme.CA, files: Path) -> None:
        with tls_before(served.url, server_context(authority, "127.0.0.1", wants_client=True)) as (url, _):
            ran = joined(served, "--cacert", str(files / "ca.pem"), url=url)
        assert (ran.exit_code, error(ran)["layer"]) == (3, "tls")
        assert "client certificate" in error(ran)["text"]

    @pytest.mark.parametrize(
        ("flags", "name"),
        [
            (("--cacert", "none.pem"), "none.pem"),
            (("--cacert", "client.key"), "client.key"),
            (("--cert", "none.pem"), "none.pem"),
            (("--cert", "client.crt", "--key", "none.key"), "none.key"),
            (("--cert", "client.crt"), "client.crt"),
        ],
    )
    def test_files_that_do_not_do(self, served: Served, files: Path, flags: tuple[str, ...], name: str) -> None:
        words = [str(files / word) if "." in word else word for word in flags]
        ran = joined(served, *words, url="wss://127.0.0.1:1")
        assert told(ran) == (2, "tls", "bad-certificate-file")
        assert str(files / name) in error(ran)["text"]

    def test_without_tls_they_are_not_used_and_that_is_said(self, served: Served, files: Path) -> None:
        ran = joined(served, "--cacert", str(files / "none.pem"), "--key", "none.key")
        assert ran.exit_code == 0
        (warning,) = [line["warning"] for line in ran.stderr_json if "warning" in line]
        assert warning == {
            "code": "no-tls",
            "text": "there is no TLS in `ws://`: nothing uses `--cacert` and `--key`; the API key is `--api-key`",
        }
        assert "no-tls" not in joined(served, "-k").stderr

    def test_a_key_without_certificate(self, served: Served, files: Path) -> None:
        ran = joined(served, "--key", str(files / "client.key"), url="wss://127.0.0.1:1")
        assert told(ran) == (2, "tls", "key-without-certificate")

    def test_through_a_proxy(self, served: Served, authority: trustme.CA, files: Path) -> None:
        trust = ("--cacert", str(files / "ca.pem"))
        with tls_before(served.url, server_context(authority, "127.0.0.1")) as (url, _), connecting() as (proxy, seen):
            assert joined(served, *trust, "-x", proxy, url=url).exit_code == 0
            assert told(joined(served, "-x", proxy, url=url)) == (3, "tls", "certificate")
            assert seen[0] == f"CONNECT {url.removeprefix('wss://')} HTTP/1.1"


class TestHttpsProxies:
    """The way to the proxy has TLS, whatever is spoken behind it."""

    @pytest.fixture
    def proxy(
        self, authority: trustme.CA, files: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[tuple[str, list[str]]]:
        monkeypatch.setenv("SSL_CERT_FILE", str(files / "ca.pem"))
        with connecting() as (plain, seen), tls_before(plain, server_context(authority, "127.0.0.1")) as (url, _):
            yield url.replace("wss://", "https://user:pass%20word@"), seen

    def refused(self, url: str, *words: str) -> Ran:
        wrong = ("--api-key", "devkey", "--api-secret", "wrong", "--room", "r", "--json")
        return run("listen", url, *wrong, *words)

    def test_the_probes_go_through_one(self, served: Served, proxy: tuple[str, list[str]]) -> None:
        url, seen = proxy
        assert joined(served, "-x", url).exit_code == 0
        ran = self.refused(served.url, "-x", url)
        assert told(ran) == (4, "auth", "wrong-secret")
        notes = {line["code"]: line["text"] for line in ran.json if line["kind"] == "note"}
        assert "HTTP 200 OK" in notes["probe-root"]
        assert "HTTP 401" in notes["probe-validate-v1"]
        login = "Proxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ="
        assert seen == [f"CONNECT {served.url.removeprefix('ws://')} HTTP/1.1", login] * 5

    def test_to_a_server_with_tls(self, served: Served, authority: trustme.CA, proxy: tuple[str, list[str]]) -> None:
        with tls_before(served.url, server_context(authority, "lk.example.com")) as (url, _):
            named = ("--servername", "lk.example.com", "-x", proxy[0])
            assert joined(served, *named, url=url).exit_code == 0
            ran = self.refused(url, *named)
            notes = {line["code"]: line["text"] for line in ran.json if line["kind"] == "note"}
            assert told(ran) == (4, "auth", "wrong-secret")
            assert "HTTP 200 OK" in notes["probe-root"]
            assert told(joined(served, "-x", proxy[0], url=url)) == (3, "tls", "certificate")

    def test_one_that_says_no(self, served: Served, authority: trustme.CA, files: Path) -> None:
        answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        with connecting(answer) as (plain, _), tls_before(plain, server_context(authority, "127.0.0.1")) as (url, _):
            ran = joined(served, "-x", url.replace("wss://", "https://"))
        assert (ran.exit_code, error(ran)["layer"]) == (3, "proxy")
