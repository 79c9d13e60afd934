"""Who a session says it is, as `--dry-run` shows it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from lksig.wire.access_token import mint
from tests.support.cli import Ran, run
from tests.support.served import error

TOKEN = mint("devkey", "secret", identity="ann", room="standup", now_s=int(time.time()))
URL = "ws://127.0.0.1:7880"
PASTED = f"{URL}/rtc?access_token={TOKEN}&auto_subscribe=0&sdk=js&version=2.0.0&protocol=9"


def dry(*words: str, stdin: str = "") -> Ran:
    """Text, with secrets, so that order and spelling can be seen."""
    return run("send", "--dry-run", "--show-secrets", *words, "ping", stdin=stdin)


def http(*words: str, stdin: str = "") -> Any:
    """The exchange as JSON."""
    ran = run("send", "--dry-run", "--show-secrets", "--json", *words, "ping", stdin=stdin)
    assert ran.exit_code == 0, ran.stderr
    (found,) = [line for line in ran.json if line["kind"] == "http"]
    return found


def codes(ran: Ran) -> list[str]:
    return [line["warning"]["code"] for line in ran.stderr_json]


def refusal(*words: str, stdin: str = "") -> Any:
    ran = run("send", "--dry-run", "--json", *words, "ping", stdin=stdin)
    assert ran.exit_code == 2
    return error(ran)


class TestSdks:
    def test_the_whole_head(self) -> None:
        lines = dry(URL, "--token", TOKEN, "--as", "go").lines
        assert lines[:8] == [
            "GET /rtc?version=2.18.0&protocol=17&&auto_subscribe=1&sdk=go&os=linux HTTP/1.1",
            "Host: 127.0.0.1:7880",
            "User-Agent: Go-http-client/1.1",
            f"Authorization: Bearer {TOKEN}",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: (made for each connection)",
            "Sec-WebSocket-Version: 13",
            "Upgrade: websocket",
        ]

    def test_flags_beat_single_fields(self) -> None:
        exchange = http(
            *(URL, "--token", TOKEN, "--as", "js@2.18.1", "--protocol", "9", "--no-gzip", "--token-in", "header"),
            *("-H", "Origin: https://meet", "--no-compression", "--os", "Plan 9"),
        )
        said = exchange["join_request"]["client_info"]
        assert (said["sdk"], said["version"], said["protocol"], said["os"]) == ("JS", "2.18.1", 9, "Plan 9")
        headers = exchange["request_headers"]
        assert (headers["origin"], headers["authorization"]) == ("https://meet", f"Bearer {TOKEN}")
        assert "sec-websocket-extensions" not in headers
        assert "access_token" not in exchange["path"]

    def test_what_it_leaves_out_may_be_asked_for(self) -> None:
        headers = http(URL, "--token", TOKEN, "--as", "python", "--compression")["request_headers"]
        assert headers["sec-websocket-extensions"].startswith("permessage-deflate")

    def test_the_path_is_the_flags_then_the_urls_then_the_sdks(self) -> None:
        given = ("--token", TOKEN, "--as", "python@1.0.25")
        assert http(URL, *given)["path"].startswith("/rtc?")
        assert http(f"{URL}/rtc/v1", *given)["path"].startswith("/rtc/v1?")
        assert http(f"{URL}/rtc/v1", *given, "--path", "v0")["path"].startswith("/rtc?")
        assert http(URL, *given, "--path", "auto")["path"].startswith("/rtc/v1?")

    def test_under_a_pasted_url(self) -> None:
        exchange = http(PASTED, "--as", "python@1.0.25")
        assert exchange["path"] == "/rtc?sdk=python&protocol=16&auto_subscribe=0&adaptive_stream=0&version=1.0.25"
        assert exchange["request_headers"]["authorization"] == f"Bearer {TOKEN}"

    def test_a_version_nobody_recorded_is_said(self) -> None:
        ran = run("send", URL, "--token", TOKEN, "--dry-run", "--json", "--as", "js@2.20.0", "ping")
        assert codes(ran) == ["sdk-version"]
        assert "js 2.20.0 is presented as js 2.19.2 was recorded" in ran.stderr
        assert run("send", URL, "--token", TOKEN, "--dry-run", "--json", "--as", "js", "ping").stderr == ""

    def test_one_nobody_knows(self) -> None:
        assert refusal(URL, "--token", TOKEN, "--as", "swift")["code"] == "unknown-sdk"
        assert refusal(URL, "--token", TOKEN, "--token-in", "cookie")["code"] == "bad-option"
        assert refusal(URL, "--token", TOKEN, "--path", "v2")["code"] == "bad-option"


class TestPastedUrls:
    def test_the_token_stays_where_it_was(self) -> None:
        exchange = http(PASTED)
        assert (f"access_token={TOKEN}" in exchange["path"], "authorization" in exchange["request_headers"]) == (
            True,
            False,
        )
        moved = http(PASTED, "--token-in", "header")
        assert ("access_token" in moved["path"], "authorization" in moved["request_headers"]) == (False, True)

    @pytest.mark.parametrize(("url", "expected"), [(f"{URL}/base/", ["url-slash"]), (f"{URL}/", []), (f"{URL}/b", [])])
    def test_a_slash_at_the_end_is_told(self, url: str, expected: list[str]) -> None:
        ran = run("send", url, "--token", TOKEN, "--dry-run", "--json", "ping")
        assert codes(ran) == expected
        assert all("`/base//rtc`" in line for line in ran.stderr.splitlines())


class TestCurl:
    line = (
        f"curl '{PASTED}' -H 'Origin: https://meet' -H 'Cookie: session=c00kie-of-a-session' -H 'User-Agent: Mozilla' "
        "-H 'Sec-WebSocket-Key: x' -H 'Connection: Upgrade' --compressed"
    )

    @pytest.mark.parametrize("source", ["inline", "file", "stdin"])
    def test_url_token_and_headers(self, source: str, tmp_path: Path) -> None:
        file = tmp_path / "line"
        file.write_text(self.line)
        given = {"inline": self.line, "file": f"@{file}", "stdin": "-"}[source]
        exchange = http("--curl", given, stdin=self.line if source == "stdin" else "")
        assert exchange["path"].startswith("/rtc?auto_subscribe=0&sdk=js&version=2.0.0&protocol=9&")
        headers = exchange["request_headers"]
        assert (headers["origin"], headers["cookie"], headers["user-agent"]) == (
            "https://meet",
            "session=c00kie-of-a-session",
            "Mozilla",
        )
        assert headers["sec-websocket-key"] == "(made for each connection)"

    def test_its_secrets_are_hidden(self) -> None:
        for words in (("--json",), ()):
            ran = run("send", "--dry-run", *words, "--curl", self.line, "ping")
            assert ran.exit_code == 0
            assert "c00kie-of-a-session" not in ran.stdout + ran.stderr
            assert TOKEN not in ran.stdout + ran.stderr

    def test_headers_over_its_headers(self) -> None:
        headers = http("--curl", self.line, "-H", "Origin: https://other", "--as", "js")["request_headers"]
        assert (headers["origin"], headers["user-agent"], headers["pragma"]) == ("https://other", "Mozilla", "no-cache")

    def test_a_bearer_token(self) -> None:
        line = f"curl {URL}/rtc/v1 -H 'Authorization: Bearer {TOKEN}'"
        ran = run("send", "--dry-run", "--json", "--curl", line, "ping")
        assert (ran.json[0]["identity"], ran.json[0]["room"]) == ("ann", "standup")
        other = mint("devkey", "secret", identity="bob", room="standup", now_s=int(time.time()))
        ran = run("send", "--dry-run", "--json", "--curl", line, "--token", other, "ping")
        assert ran.json[0]["identity"] == "bob"

    def test_an_open_file_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "line"
        file.write_text(self.line)
        file.chmod(0o644)
        ran = run("send", "--dry-run", "--json", "--curl", f"@{file}", "ping")
        assert codes(ran) == ["open-secret-file"]
        file.chmod(0o600)
        assert run("send", "--dry-run", "--json", "--curl", f"@{file}", "ping").stderr == ""

    def test_mistakes(self, tmp_path: Path) -> None:
        assert refusal("--curl", "wget x")["code"] == "bad-curl"
        assert refusal("--curl", self.line, URL)["code"] == "two-urls"
        assert refusal("--curl", self.line, "--url", URL)["code"] == "two-urls"
        assert refusal("--curl", f"@{tmp_path}/none")["code"] == "file-unreadable"
        latin = tmp_path / "latin"
        latin.write_bytes(b"curl \xe9")
        assert refusal("--curl", f"@{latin}")["code"] == "not-utf8"
        assert refusal("--curl", "-", "--token-file", "-", stdin=self.line)["code"] == "stdin-twice"


class TestWarnings:
    def test_joining_ends_a_session(self) -> None:
        """Told when somebody is about to join, once, and not for a resume or a token that was made."""
        ran = run("send", "ws://127.0.0.1:1", "--token", TOKEN, "--json", "ping")
        assert codes_of_warnings(ran) == ["eviction"]
        ran = run("send", "ws://127.0.0.1:1", "--token", TOKEN, "--json", "--resume", "PA_x", "ping")
        assert codes_of_warnings(ran) == []
        made = ("--api-key", "devkey", "--api-secret", "secret", "--room", "r")
        assert codes_of_warnings(run("send", "ws://127.0.0.1:1", *made, "--json", "ping")) == []

    def test_a_token_that_will_not_do_is_one_line(self) -> None:
        bad = mint("devkey", "secret", identity="ann", room="", now_s=1_000, grants={"roomName": "x"})
        ran = run("send", "--dry-run", "--token", bad, URL, "ping")
        (line,) = [line for line in ran.stderr.splitlines() if line.startswith("warning: ")]
        for part in ("it expired", "names no room", "`roomName`"):
            assert part in line


def codes_of_warnings(ran: Ran) -> list[str]:
    return [line["warning"]["code"] for line in ran.stderr_json if "warning" in line]


def test_a_placeholder_is_no_part_of_a_join_request() -> None:
    told = refusal(URL, "--dev", "--join", "publisher_offer.sdp=a=ice-pwd:[secret 91be22d0]")
    assert told["code"] == "placeholder"
    assert "`--join publisher_offer.sdp=…`" in told["text"]


@pytest.mark.parametrize("protocol", ["9" * 5000, "\u00b2", "+-5", "-9", "x", ""])
def test_a_protocol_that_is_no_number_is_what_the_server_takes_for_0(protocol: str) -> None:
    assert http(f"{URL}/rtc?protocol={protocol}", "--dev")["path"].startswith("/rtc?protocol=")
