"""`--as` against the SDKs themselves: the same path, parameters, headers and offers, but for `publisher_offer`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from google.protobuf import json_format

from lksig.wire.access_token import mint
from lksig.wire.handshake import decode_join_request
from tests.live.real_sdks import SdkError, browser_sdk, node_sdk, python_sdk, upgrade_head
from tests.support.cli import run

SDKS = {"python": python_sdk, "node": node_sdk, "js": browser_sdk}
TOKEN = mint("devkey", "secret", identity="probe", room="standup", now_s=1_790_000_000, ttl_s=10**9)
OF_THE_PLACE = {"host", "origin", "user-agent", "sec-websocket-key", "accept-encoding", "accept-language"}
"""Headers whose value depends on machine and browser; that they are sent is compared, what they say is not."""


def said(target: str, headers: dict[str, str]) -> dict[str, Any]:
    """What a handshake says, in a form that can be compared."""
    path, _, query = target.partition("?")
    facts: dict[str, Any] = {"path": path, "parameters": []}
    for name, text in parse_qsl(query, keep_blank_values=True):
        value: Any = text
        if name == "join_request":
            join_request: Any = decode_join_request(text).join_request
            join_request.ClearField("publisher_offer")
            value = json_format.MessageToDict(join_request)
        facts["parameters"].append((name, value))
    lower = {name.lower(): value for name, value in headers.items()}
    facts["headers"] = {name: "*" if name in OF_THE_PLACE else value.lower() for name, value in lower.items()}
    return facts


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["v0", "v1"])
@pytest.mark.parametrize("sdk", SDKS)
def test_as(sdk: str, path: str) -> None:
    try:
        head = upgrade_head(SDKS[sdk](), TOKEN, path)
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)
    first, *lines = head.strip().split("\r\n")
    theirs = said(first.split(" ")[1], dict(line.split(": ", 1) for line in lines))
    flags = ("--as", sdk, "--path", path, "--token", TOKEN, "--json", "--show-secrets", "--dry-run")
    dry = run("send", "ws://127.0.0.1:1", *flags, "ping")
    (http,) = [line for line in dry.json if line["kind"] == "http"]
    ours = said(http["path"], http["request_headers"])
    assert ours["path"] == theirs["path"]
    assert ours["parameters"] == theirs["parameters"]
    handshake = {"connection", "upgrade", "sec-websocket-version", "sec-websocket-key", "sec-websocket-extensions"}
    for name in theirs["headers"].keys() - handshake:
        assert ours["headers"].get(name) == theirs["headers"][name], name
    assert not ours["headers"].keys() - theirs["headers"].keys()
