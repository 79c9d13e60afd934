"""`--as` against the SDKs themselves: the same request, byte for byte, but for what depends on the place.

That is: host and port, the key, the page's origin, the machine's system and the browser's version. `publisher_offer` is
left out, and with it the text of the join request, whose content is compared.
"""

from __future__ import annotations

import re
import shlex
from typing import Any
from urllib.parse import parse_qsl

import pytest
from google.protobuf import json_format

from lksig.wire.access_token import mint
from lksig.wire.handshake import decode_join_request
from tests.live.real_sdks import SdkError, browser_sdk, go_sdk, node_sdk, python_sdk, upgrade_head
from tests.live.real_server import RealServer
from tests.support.cli import run

SDKS = {"python": python_sdk, "node": node_sdk, "js": browser_sdk, "go": go_sdk}
CASES = [(sdk, path) for sdk in SDKS for path in ("v0", "v1") if (sdk, path) != ("go", "v1")]
TOKEN = mint("devkey", "secret", identity="probe", room="standup", now_s=1_790_000_000, ttl_s=10**9)
OF_THE_MACHINE = ("os", "os_version", "device_model")
OF_THE_PLACE = ("Host", "Origin", "Sec-WebSocket-Key")


def comparable(lines: list[str]) -> list[Any]:
    """A head as request target, content of its join request, and headers; what depends on the place is a star."""
    target = lines[0].removeprefix("GET ").removesuffix(" HTTP/1.1")
    parameters = dict(parse_qsl(target.partition("?")[2], keep_blank_values=True))
    said: dict[str, Any] = {}
    if "join_request" in parameters:
        join_request: Any = decode_join_request(parameters["join_request"]).join_request
        join_request.ClearField("publisher_offer")
        said = json_format.MessageToDict(join_request, preserving_proto_field_name=True)
        said["client_info"] |= {name: "*" for name in OF_THE_MACHINE if name in said["client_info"]}
        target = re.sub(r"join_request=[^&]*", "join_request=*", target)
    for name in OF_THE_MACHINE:
        target = re.sub(rf"([?&]{name})=[^&]*", r"\1=*", target)
    headers = [line.split(": ", 1) for line in lines[1:]]
    for header in headers:
        if header[0] in OF_THE_PLACE:
            header[1] = "*"
        header[1] = re.sub(r"(Headless)?Chrome/[0-9.]+", "Chrome/*", header[1])
    return [target, said, *headers]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("sdk", "path"), CASES)
def test_as(sdk: str, path: str) -> None:
    try:
        head = upgrade_head(SDKS[sdk](), TOKEN, path)
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)
    flags = ("--as", sdk, "--path", path, "--token", TOKEN, "--show-secrets", "--dry-run")
    dry = run("send", "ws://127.0.0.1:7880", *flags, "ping")
    ours = [line for line in dry.lines[:-1] if not line.startswith("join_request ")]
    assert comparable(ours) == comparable(head.strip().split("\r\n"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sdk", SDKS)
def test_where_a_slash_at_the_end_leads(sdk: str) -> None:
    """`/base/` and the path: what the SDK asks for, and what lksig asks for as that SDK."""
    try:
        head = upgrade_head(SDKS[sdk](), TOKEN, "v0", below="/base/")
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)
    flags = ("--as", sdk, "--path", "v0", "--token", TOKEN, "--dry-run")
    dry = run("send", "ws://127.0.0.1:7880/base/", *flags, "ping")
    assert dry.lines[0].partition("?")[0] == head.partition("?")[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["v0", "v1"])
def test_what_a_browser_asked_for_is_asked_again(real_server: RealServer, path: str) -> None:
    """A URL and a cURL line of a real browser's handshake, its offer included, against the real server."""
    try:
        head = upgrade_head(browser_sdk(), TOKEN, path)
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)
    first, *lines = head.strip().split("\r\n")
    url = real_server.url + first.split(" ")[1]
    curl = " ".join(["curl", shlex.quote(url), *(f"-H {shlex.quote(line)}" for line in lines), "--compressed"])
    for words in ((url,), ("--curl", curl)):
        ran = run("listen", *words, "--until", "join", "--timeout", "10", "--json")
        assert ran.exit_code == 0, ran.stderr
        (join,) = [line for line in ran.json if line.get("case") == "join"]
        assert join["message"]["join"]["participant"]["identity"] == "probe"
        assert TOKEN not in ran.stdout + ran.stderr
