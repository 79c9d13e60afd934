from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.wire.grants import GRANTS, grant_problems, grant_words, nearest_grant, read_grant


@pytest.mark.parametrize(
    ("video", "words"),
    [
        ({}, ["does not join", "publishes", "subscribes"]),
        ({"roomJoin": True}, ["joins", "publishes", "subscribes"]),
        ({"roomJoin": "true"}, ["does not join", "publishes", "subscribes"]),
        (
            {"roomJoin": True, "canPublish": False, "canSubscribe": False},
            ["joins", "does not publish", "does not subscribe"],
        ),
        ({"roomJoin": True, "canPublishData": False}, ["joins", "publishes", "publishes no data", "subscribes"]),
        (
            {"roomJoin": True, "canPublish": False, "canPublishData": True},
            ["joins", "does not publish", "publishes data", "subscribes"],
        ),
        (
            {"roomJoin": True, "canPublishSources": ["camera", "microphone"]},
            ["joins", "publishes camera, microphone only", "subscribes"],
        ),
        ({"roomJoin": True, "canPublishSources": []}, ["joins", "publishes", "subscribes"]),
        (
            {"roomJoin": True, "hidden": True, "roomAdmin": True, "recorder": False, "destinationRoom": "other"},
            ["joins", "publishes", "subscribes", "is admin of the room", "is hidden from others", "forwards to other"],
        ),
    ],
)
def test_what_a_grant_allows(video: dict[str, object], words: list[str]) -> None:
    assert grant_words(video) == words


@pytest.mark.parametrize(
    ("video", "problems"),
    [
        ({"roomJoin": True, "room": "r", "canPublishSources": ["camera"], "hidden": None}, []),
        ({"roomName": "r"}, ["`roomName` is no grant the server knows: did you mean `room`?"]),
        ({"room_join": True}, ["`room_join` is no grant the server knows: did you mean `roomJoin`?"]),
        ({"roomjoin": True}, ["`roomjoin` is no grant the server knows: did you mean `roomJoin`?"]),
        ({"canPublishh": True}, ["`canPublishh` is no grant the server knows: did you mean `canPublish`?"]),
        ({"zzz": 1}, ["`zzz` is no grant the server knows"]),
        ({"roomJoin": "true", "room": 1}, ["`roomJoin` must be true or false", "`room` must be a text"]),
        ({"canPublishSources": "camera"}, ["`canPublishSources` must be a list of texts"]),
        ({"canPublishSources": [1]}, ["`canPublishSources` must be a list of texts"]),
        (
            {"canPublishSources": ["camera", "cam"]},
            ["`canPublishSources` lists `cam`: only camera, microphone, screen_share, screen_share_audio exist"],
        ),
    ],
)
def test_what_is_wrong_with_a_grant(video: dict[str, object], problems: list[str]) -> None:
    assert grant_problems(video) == problems


def test_every_grant_is_nearest_to_itself() -> None:
    for name in GRANTS:
        assert nearest_grant(name) == name
        assert nearest_grant(name.lower() + "_") == name


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("hidden", ("hidden", True)),
        ("hidden=TRUE", ("hidden", True)),
        ("canPublish=false", ("canPublish", False)),
        ("canPublish=0", ("canPublish", False)),
        ("room=a=b", ("room", "a=b")),
        ("canPublishSources=camera,microphone", ("canPublishSources", ["camera", "microphone"])),
    ],
)
def test_grants_are_read(text: str, grant: tuple[str, object]) -> None:
    assert read_grant(text) == grant


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("canpublish", "`canpublish` is no grant", "canpublish"),
        ("zzz=1", "`zzz` is no grant", "zzz"),
        ("hidden=", "`hidden` must be true or false", ""),
        ("hidden=ja", "`hidden` must be true or false", "ja"),
        ("room", "`room` must be a text", ""),
        ("canPublishSources=", "`canPublishSources` must be a list of texts", ""),
    ],
)
def test_a_wrong_grant_is_marked(text: str, said: str, marked: str) -> None:
    with pytest.raises(InputError) as caught:
        read_grant(text)
    assert caught.value.text == said
    assert caught.value.source == text
    assert text[caught.value.start : caught.value.end] == marked


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(InputError) as caught:
        read_grant("roomName=x")
    assert caught.value.hint == "did you mean room?"
    with pytest.raises(InputError) as caught:
        read_grant("zzz")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("grants are roomJoin, room, ")


@given(st.text())
def test_any_text_is_a_grant_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert read_grant(text)[0] in GRANTS
    with contextlib.suppress(InputError):
        assert read_grant("canPublishSources=" + text)[0] == "canPublishSources"
