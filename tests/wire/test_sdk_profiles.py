"""Profiles against request heads recorded from the real SDKs (tests/recordings/handshakes.json).

Recorded: PyPI `livekit` 1.2.1, npm `@livekit/rtc-node` 1.1.0, npm `livekit-client` 2.23.0 in Chromium 156, each on both
paths; tokens and the join request's text are left out, its content without `publisher_offer` is kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from lksig.errors import InputError
from lksig.wire.handshake import Handshake, build, decode_join_request, read_url
from lksig.wire.sdk_profiles import PROFILES, extra_headers, in_order, read_profile

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parent.parent / "recordings" / "handshakes.json").read_text("utf-8")
)
TOKEN = "e30.e30.c2ln"


def handshake(name: str, path: Any) -> Handshake:
    profile = read_profile(name)
    target = read_url("ws://127.0.0.1:7880")
    made = build(
        target,
        path=path,
        token=TOKEN,
        token_place=profile.token_place,
        headers=extra_headers(profile, target.scheme, target.netloc),
        compression=profile.compression,
        presentation=profile.presentation(path),
        user_agent=profile.user_agent,
    )
    return in_order(made, profile)


@pytest.mark.parametrize("case", RECORDED)
def test_it_looks_like_the_real_one(case: str) -> None:
    recorded = RECORDED[case]
    name, _, path = case.partition("-")
    made = handshake(name, path)
    shown = [
        [key, {"access_token": "TOKEN", "join_request": "JOIN_REQUEST"}.get(key, value)]
        for key, value in made.parameters
    ]
    assert shown == recorded["parameters"]
    assert made.token_place == recorded["token_place"]
    assert sorted(key.lower() for key, _ in made.headers) == recorded["header_names"]
    assert PROFILES[name].offers_deflate == recorded["offers_deflate"]
    if "join_request" in recorded:
        said = json_format.MessageToDict(made.join_request, preserving_proto_field_name=True)  # type: ignore[arg-type]
        assert said == recorded["join_request"]


def test_the_browser_compresses_even_what_grows() -> None:
    parameters = dict(handshake("js", "v1").parameters)
    assert decode_join_request(parameters["join_request"]).compression == "GZIP"
    parameters = dict(handshake("python", "v1").parameters)
    assert decode_join_request(parameters["join_request"]).compression == "NONE"


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_both_paths(name: str) -> None:
    for path in ("v0", "v1"):
        made = handshake(name, path)
        assert made.path == path
        assert ("join_request" in dict(made.parameters)) == (path == "v1")


def test_the_small_ones_speak_the_old_path() -> None:
    assert [(name, profile.path) for name, profile in PROFILES.items() if profile.path == "v0"] == [
        ("go", "v0"),
        ("esp32", "v0"),
    ]
    last, _ = handshake("esp32", "v0").parameters[-1]
    assert last == "access_token"
    assert dict(handshake("esp32", "v0").parameters)["auto_subscribe"] == "true"


def test_a_version_can_be_named() -> None:
    assert read_profile("JS@2.0.0").v0.version == "2.0.0"
    assert read_profile("js@2.0.0").v1.version == "2.0.0"


@pytest.mark.parametrize("text", ["swift", "", "js@"])
def test_an_unknown_sdk(text: str) -> None:
    with pytest.raises(InputError, match="names no SDK") as caught:
        read_profile(text)
    assert "js, python, node, go, esp32" in (caught.value.hint or "")
