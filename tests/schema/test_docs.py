"""The comments of `proto/` as help texts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lksig.schema.docs import comment, first_sentence, summary, value_name
from lksig.schema.lookup import enums, messages
from lksig.schema.pool import TO_SERVER, case_fields, descriptor, enum_descriptor


def test_by_descriptor_and_by_name() -> None:
    mute = case_fields(TO_SERVER)["mute"]
    assert comment(mute).startswith("Mutes or unmutes a track")
    assert comment("livekit.SignalRequest.mute") == comment(mute)
    assert comment(descriptor("VideoLayer")) != comment(descriptor("VideoLayer").fields_by_name["quality"])
    assert comment(enum_descriptor("TrackType"))


def test_an_enum_value_is_named_inside_its_enum() -> None:
    value = enum_descriptor("LeaveRequest.Action").values_by_name["RESUME"]
    assert value_name(value) == "livekit.LeaveRequest.Action.RESUME"
    assert "WebSocket" in comment(value_name(value))


def test_nothing_is_said_about_what_is_not_there() -> None:
    assert comment("livekit.Nothing") == ""
    assert summary("livekit.Nothing") == ""


def test_every_element_is_explained() -> None:
    """Map entries are not: nobody wrote them."""
    mute = [name for name, message in messages().items() if not comment(message)]
    mute += [field.full_name for message in messages().values() for field in message.fields if not comment(field)]
    mute += [name for name, enum in enums().items() if not comment(enum)]
    mute += [value_name(value) for enum in enums().values() for value in enum.values if not comment(value_name(value))]
    assert mute == []


def test_what_is_deprecated_says_so_first() -> None:
    """Tables show the first sentence only."""
    for message in messages().values():
        marked = [message.full_name] if message.GetOptions().deprecated else []
        marked += [field.full_name for field in message.fields if field.GetOptions().deprecated]
        for name in marked:
            assert comment(name).startswith("Deprecated"), name


def test_summaries_are_one_line_without_a_full_stop() -> None:
    for message in messages().values():
        for text in (summary(message), *map(summary, message.fields)):
            assert text
            assert "\n" not in text
            assert not text.endswith(".") or text.endswith(("...", "etc."))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ""),
        ("No end", "No end"),
        ("One. Two.", "One."),
        ("Version 1.13.5 and `a.b`. Two.", "Version 1.13.5 and `a.b`."),
        ("Codecs, e.g. VP8 or i.e. both etc. and so on. Two.", "Codecs, e.g. VP8 or i.e. both etc. and so on."),
        ("Muted?\nYes.", "Muted?"),
        ("A heading\n\nA paragraph.", "A heading"),
        ("Broken\n  line. Two.", "Broken line."),
    ],
)
def test_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_texts_are_loaded_at_the_first_question() -> None:
    code = """
import lksig.schema.docs as docs
assert docs._comments.cache_info().currsize == 0
docs.comment("livekit.Ping")
assert docs._comments.cache_info().currsize == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
