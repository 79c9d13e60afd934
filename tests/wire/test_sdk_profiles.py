"""Profiles against request heads recorded from the real SDKs (tests/recordings/handshakes.json).

Recorded on 2026-11-25 on Debian 12, each SDK refused by a socket that kept its request: PyPI `livekit`, npm
`@livekit/rtc-node` and `livekit-client` in Chromium 156, server-sdk-go. Token, join request, host, origin and key are
placeholders there; the join request's content stands beside, without its `publisher_offer`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from lksig.errors import InputError
from lksig.schema.pool import message_class
from lksig.wire.handshake import (
    Handshake,
    JoinOptions,
    decode_join_request,
    encode_join_request,
    read_url,
    request_head,
    validate_url,
)
from lksig.wire.sdk_profiles import SDK_NAMES, present, read_profile

FILE = Path(__file__).resolve().parent.parent / "recordings" / "handshakes.json"
RECORDED: list[Any] = json.loads(FILE.read_text("utf-8"))
TOKEN = "e30.e30.c2ln"
URL = "ws://127.0.0.1:7880"


def made(name: str, url: str = URL, *, path: Any = None, token: str | None = TOKEN, **given: Any) -> Handshake:
    profile = read_profile(name)
    return present(profile, read_url(url), path=path or profile.path, token=token, **given)


def head(handshake: Handshake, name: str) -> list[tuple[str, str]]:
    return request_head(handshake, "{key}", offers_deflate=read_profile(name).offers_deflate)


def with_placeholders(text: str, parameters: dict[str, str]) -> str:
    wrapped = parameters.get("join_request")
    if wrapped is not None:
        text = text.replace(wrapped.replace("=", "%3D"), "{join_request}")
    return text.replace(TOKEN, "{token}")


def query(handshake: Handshake) -> str:
    return handshake.request_target.partition("?")[2]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: f"{one['sdk']}-{one['version']}-{one['target'][:7]}")
def test_it_looks_like_the_real_one(recorded: Any) -> None:
    name = f"{recorded['sdk']}@{recorded['version']}"
    path: Any = "v1" if recorded["target"].startswith("/rtc/v1?") else "v0"
    handshake = made(name, path=path)
    assert (read_profile(name).path == path) == recorded["is_default"]
    parameters = dict(handshake.parameters)
    assert with_placeholders(handshake.request_target, parameters) == recorded["target"]
    headers = [
        # A person's browser has a window.
        [
            header,
            value.replace("HeadlessChrome", "Chrome")
            .replace("{host}", "127.0.0.1:7880")
            .replace("{origin}", "http://127.0.0.1:7880"),
        ]
        for header, value in recorded["headers"]
    ]
    assert [[header, value.replace(TOKEN, "{token}")] for header, value in head(handshake, name)] == headers
    if "join_request" in recorded:
        said: Any = handshake.join_request
        assert json_format.MessageToDict(said, preserving_proto_field_name=True) == recorded["join_request"]
        if recorded["sdk"] not in ("python", "node"):  # there the size decides, and what made it large is not there
            assert decode_join_request(parameters["join_request"]).compression == recorded["compression"]


def test_every_sdk_was_recorded_but_the_small_one() -> None:
    assert {one["sdk"] for one in RECORDED} == set(SDK_NAMES) - {"esp32"}


def test_every_generation_was_recorded() -> None:
    recorded = {f"{one['sdk']}@{one['version']}" for one in RECORDED}
    of_a_generation = {f"{read_profile(name).name}@{read_profile(name).recorded}" for name in recorded}
    assert of_a_generation <= recorded
    assert len(of_a_generation) > 20


def test_esp32() -> None:
    """Source: client-sdk-esp32 0.3.11 core/url.c; esp-idf tcp_transport/transport_ws.c ws_connect."""
    handshake = made("esp32", "ws://lk.example.com")
    assert handshake.request_target == (
        "/rtc?sdk=esp32&version=0.3.11&os=idf&os_version=v5.4.2&device_model=9&auto_subscribe=true&protocol=1"
        f"&access_token={TOKEN}"
    )
    assert head(handshake, "esp32") == [
        ("Connection", "Upgrade"),
        ("Host", "lk.example.com:80"),
        ("User-Agent", "ESP32 Websocket Client"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "{key}"),
    ]
    assert "&auto_subscribe=false&" in made("esp32", options=JoinOptions(auto_subscribe=False)).request_target


@pytest.mark.parametrize("name", SDK_NAMES)
def test_every_sdk_has_both_paths(name: str) -> None:
    for path in ("v0", "v1"):
        handshake = made(name, path=path)
        assert (handshake.path, "join_request" in dict(handshake.parameters)) == (path, path == "v1")


def test_the_browser_compresses_even_what_grows() -> None:
    assert decode_join_request(dict(made("js").parameters)["join_request"]).compression == "GZIP"
    assert decode_join_request(dict(made("python").parameters)["join_request"]).compression == "NONE"


class TestVersions:
    @pytest.mark.parametrize(
        ("text", "version", "recorded"),
        [
            ("js", "2.23.0", "2.23.0"),
            ("JS@2.18.0", "2.18.0", "2.17.3"),
            ("js@v2.18.2", "2.18.2", "2.18.1"),
            ("js@2.18.1-rc.1", "2.18.1-rc.1", "2.18.1"),
            ("js@2.99", "2.99", "2.23.0"),
            ("js@0.1", "0.1", "1.15.13"),
            ("python@1", "1", "0.20.5"),
            ("python@1.0.17", "1.0.17", "1.0.12"),
        ],
    )
    def test_between_two_the_older_one_counts(self, text: str, version: str, recorded: str) -> None:
        profile = read_profile(text)
        assert (profile.version, profile.recorded) == (version, recorded)
        assert profile.said("v0").version == profile.said("v1").version == version

    @pytest.mark.parametrize("text", ["swift", "", "@1.0"])
    def test_an_unknown_sdk(self, text: str) -> None:
        with pytest.raises(InputError, match="names no SDK") as caught:
            read_profile(text)
        assert "js, python, node, go, esp32" in (caught.value.hint or "")

    @pytest.mark.parametrize("text", ["js@", "js@latest", "js@1..2", "js@1 2", "js@.1", "js@" + "9" * 5000])
    def test_no_version(self, text: str) -> None:
        with pytest.raises(InputError, match="names no version") as caught:
            read_profile(text)
        assert caught.value.hint == "write it as js@2.23.0"


class TestWhatIsGiven:
    def test_single_fields_beat_the_sdk(self) -> None:
        options = JoinOptions(protocol=9, version="1.0.0", os="Plan 9 ~*", auto_subscribe=False)
        said: Any = made("python", options=options).join_request
        assert (said.client_info.protocol, said.client_info.version) == (9, "1.0.0")
        assert (said.client_info.client_protocol, said.connection_settings.auto_subscribe) == (2, False)
        written = made("python", options=options, path="v0").request_target
        assert written.startswith("/rtc?sdk=python&os=Plan+9+%7E*&os_version=12.0.0&device_model=Unknown&protocol=9&")

    def test_what_the_sdk_never_says_stands_behind(self) -> None:
        options = JoinOptions(network="wifi", extra=(("x", "1"), ("protocol", "3")))
        assert query(made("python@1.0.25", options=options)) == (
            "sdk=python&protocol=3&auto_subscribe=1&adaptive_stream=0&version=1.0.25&network=wifi&x=1"
        )

    def test_headers(self) -> None:
        headers = [("origin", "https://meet"), ("X-Own", "a"), ("Pragma", ""), ("USER-AGENT", "mine")]
        written = head(made("js", headers=headers), "js")
        assert ("Origin", "https://meet") in written
        assert ("User-Agent", "mine") in written
        assert written[-1] == ("X-Own", "a")
        assert "Pragma" not in dict(written)

    def test_the_place_of_the_token(self) -> None:
        in_header = made("js", token_place="header")
        assert "access_token" not in dict(in_header.parameters)
        assert ("Authorization", f"Bearer {TOKEN}") in head(in_header, "js")
        assert query(made("go", token_place="query")).endswith(f"&sdk=go&os=linux&access_token={TOKEN}")

    def test_no_token(self) -> None:
        assert made("python", token=None).headers == ()
        assert made("js", token=None).token_place is None

    def test_compression(self) -> None:
        parameters = dict(made("js", compression="none").parameters)
        assert decode_join_request(parameters["join_request"]).compression == "NONE"


class TestUrls:
    @pytest.mark.parametrize(
        ("name", "url", "path"),
        [
            ("python", "ws://h/base/", "/base//rtc/v1"),
            ("node", "ws://h/base//", "/base//rtc/v1"),
            ("python", "ws://h/", "/rtc/v1"),
            ("python", "ws://h/base", "/base/rtc/v1"),
            ("go", "ws://h/", "//rtc"),
            ("go", "ws://h", "/rtc"),
            ("go", "ws://h/base/", "/base//rtc"),
            ("js", "ws://h/base/", "/base/rtc/v1"),
            ("esp32", "ws://h/base/", "/base/rtc"),
            ("python", "ws://h/base/rtc/", "/base/rtc"),
        ],
    )
    def test_a_slash_at_the_end(self, name: str, url: str, path: str) -> None:
        """Observed: PyPI `livekit` 1.2.1, server-sdk-go 2.13.0, livekit-client 2.23.0."""
        target = read_url(url)
        handshake = present(read_profile(name), target, path=target.path or read_profile(name).path, token=TOKEN)
        assert handshake.request_target.partition("?")[0] == path
        assert f"{path}/validate" in validate_url(handshake)

    @pytest.mark.parametrize(
        ("url", "encodings"),
        [
            ("ws://meet.example.com", "gzip, deflate"),
            ("wss://meet.example.com", "gzip, deflate, br, zstd"),
            ("ws://localhost:7880", "gzip, deflate, br, zstd"),
            ("ws://meet.localhost", "gzip, deflate, br, zstd"),
            ("ws://[::1]:7880", "gzip, deflate, br, zstd"),
        ],
    )
    def test_what_a_browser_says_depends_on_where_it_goes(self, url: str, encodings: str) -> None:
        """Observed: Chromium 156."""
        headers = dict(head(made("js", url), "js"))
        assert headers["Accept-Encoding"] == encodings
        assert headers["Origin"] == url.replace("ws", "http", 1)

    def test_the_query_of_a_base_url_stays_in_front(self) -> None:
        assert query(made("go", "ws://h/base?tenant=a&tenant=b&protocol=3")) == (
            "tenant=a&version=2.18.0&protocol=17&&auto_subscribe=1&sdk=go&os=linux"
        )

    def test_a_pasted_join_request_keeps_what_it_asks_for(self) -> None:
        pasted: Any = message_class("JoinRequest")()
        pasted.client_info.sdk = 1
        pasted.client_info.version = "2.23.0"
        pasted.client_info.network = "wifi"
        pasted.connection_settings.adaptive_stream = True
        pasted.metadata = "m"
        pasted.publisher_offer.sdp = "v=0"
        url = f"{URL}/rtc/v1?access_token={TOKEN}&join_request={encode_join_request(pasted, 'gzip')}&tenant=a"
        handshake = made("python", url, token=None)
        said: Any = handshake.join_request
        assert (said.client_info.version, said.client_info.network, said.client_info.protocol) == ("1.2.1", "", 18)
        assert (said.metadata, said.publisher_offer.sdp) == ("m", "v=0")
        assert (said.connection_settings.adaptive_stream, said.connection_settings.auto_subscribe) == (True, False)
        assert (handshake.token_place, handshake.headers) == ("header", (("authorization", f"Bearer {TOKEN}"),))
        assert [name for name, _ in handshake.parameters] == ["tenant", "join_request"]
        on_v0 = query(made("python", url, token=None, path="v0"))
        assert "&auto_subscribe=0&adaptive_stream=1&" in on_v0

    def test_pasted_parameters_keep_what_they_ask_for(self) -> None:
        url = f"{URL}/rtc?access_token={TOKEN}&auto_subscribe=0&sdk=js&version=2.0.0&protocol=9&publish=x&network=wifi"
        assert query(made("go", url, token=None)) == (
            "version=2.18.0&protocol=17&&auto_subscribe=0&sdk=go&os=linux&publish=x"
        )
        said: Any = made("python", url, token=None, path="v1").join_request
        assert said.connection_settings.auto_subscribe is False
