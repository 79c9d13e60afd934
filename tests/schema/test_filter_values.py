"""What a value means beside a type."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.filter_lexer import quote, tokens
from lksig.schema.filter_parser import Comparison, Test
from lksig.schema.filter_values import (
    enum_test,
    field_test,
    number_test,
    text_test,
    word_test,
)
from lksig.schema.pool import descriptor, enum_descriptor, message_class


def comparison(source: str) -> Comparison:
    _, operator, value, _ = tokens(source)
    return Comparison(operator.value, operator, value)  # type: ignore[arg-type]


def of_field(message: str, field: str, written: str) -> Test:
    source = f"x{written}"
    return field_test(source, descriptor(message).fields_by_name[field], comparison(source))


def error(message: str, field: str, written: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        of_field(message, field, written)
    exc = caught.value
    assert exc.source == f"x{written}"
    return exc.text, exc.source[exc.start : exc.end]


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        ("=16", [16], [15, -16]),
        ("=16k", [16_000], [16]),
        ("=16K", [16_000], [16_384]),
        ("=1.5M", [1_500_000], []),
        ("=2G", [2_000_000_000], []),
        ("=585B", [585], []),
        ("=18.2kB", [18_200], []),
        ("=-5", [-5], [5]),
        ("=+5", [5], []),
        ("<3", [2, -9], [3, 4]),
        (">3", [4], [3, 2]),
        ("<=3", [2, 3], [4]),
        (">=3", [3, 4], [2]),
        ("=18446744073709551615", [2**64 - 1], [2**64]),
    ],
)
def test_numbers(written: str, yes: list[int], no: list[int]) -> None:
    test = number_test(f"x{written}", comparison(f"x{written}"))
    assert all(test(value) for value in yes)
    assert not any(test(value) for value in no)


@pytest.mark.parametrize("written", ["16q", "k", "0x10", "1e9", "", "1_000", "٣", "9" * 21, '"16"'])
def test_what_is_not_a_number(written: str) -> None:
    assert error("TrackInfo", "width", f"= {written or chr(34) * 2}")[0] == "not a number"


def test_a_float32_is_found_by_the_digits_it_prints() -> None:
    level = message_class("SpeakerInfo")(level=0.1).level
    assert level != 0.1
    assert of_field("SpeakerInfo", "level", "=0.1")(level)
    assert of_field("SpeakerInfo", "level", "ge 0.1".rjust(7))(level)
    assert not of_field("SpeakerInfo", "level", ">0.1")(level)
    assert not of_field("SpeakerInfo", "level", "=99999999999999999999G")(float("inf"))


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        ("=alice", ["alice"], ["Alice", "alice2"]),
        ('=""', [""], ["a"]),
        (" contains li", ["alice"], ["ALICE", ""]),
        (" matches ^a.*e$", ["alice", "ae"], ["xalice"]),
        (" matches li", ["alice"], ["al"]),
        (r" matches '^\d+$'", ["12"], ["a12"]),
        (" matches '[[]'", ["a[b"], ["ab"]),
    ],
)
def test_texts(written: str, yes: list[str], no: list[str]) -> None:
    test = text_test(f"x{written}", comparison(f"x{written}"))
    assert all(test(value) for value in yes)
    assert not any(test(value) for value in no)


@pytest.mark.parametrize(
    ("pattern", "place", "text"),
    [
        ("a)", ")", "unbalanced parenthesis"),
        ("'a(b'", "(", "missing ), unterminated subpattern"),
        ("'*a'", "*", "nothing to repeat"),
        (r'"\\d("', r'"\\d("', "missing ), unterminated subpattern"),
        ("'(?P<a'", "a", "missing >, unterminated name"),
        ("'\\'", "\\", "bad escape (end of pattern)"),
    ],
)
def test_a_bad_regular_expression_points_at_its_mistake(pattern: str, place: str, text: str) -> None:
    # A bare `)` would end the value, so it is given as a whole expression elsewhere; here quotes keep it.
    written = f" matches '{pattern}'" if pattern == "a)" else f" matches {pattern}"
    assert error("ParticipantInfo", "identity", written) == (f"not a regular expression: {text}", place)


@pytest.mark.parametrize("pattern", ["'a{99999999999999999999}'", "'(?L)a'", "'" + "(" * 5000 + ")" * 5000 + "'"])
def test_a_regular_expression_python_chokes_on(pattern: str) -> None:
    text, place = error("ParticipantInfo", "identity", f" matches {pattern}")
    assert text.startswith("not a regular expression: ")
    assert place in pattern


@pytest.mark.parametrize("written", ["=true", "=TRUE", "=1"])
def test_booleans(written: str) -> None:
    assert of_field("MuteTrackRequest", "muted", written)(True)
    assert not of_field("MuteTrackRequest", "muted", written)(False)
    assert of_field("MuteTrackRequest", "muted", "=False")(False)
    assert of_field("MuteTrackRequest", "muted", "=0")(False)


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        ("=abc", [b"abc"], [b"ab"]),
        ("=é", ["é".encode()], []),
        ("=hex:00FF", [b"\x00\xff"], []),
        ("=b64:AP8=", [b"\x00\xff"], []),
        ("=x:y", [b"x:y"], []),
        (" contains hex:ff", [b"\x00\xff\x01"], [b"ff"]),
    ],
)
def test_bytes(written: str, yes: list[bytes], no: list[bytes]) -> None:
    test = of_field("DataBlob", "contents", written)
    assert all(test(value) for value in yes)
    assert not any(test(value) for value in no)


def test_enums_by_name_and_number() -> None:
    for written in (
        "=ACTIVE",
        "=active",
        "=2",
        "='Active'",
        " matches ^ACT",
        " contains CTIV",
        "> JOINED",
        "ge 2".rjust(5),
    ):
        assert of_field("ParticipantInfo", "state", written)(2), written
        assert not of_field("ParticipantInfo", "state", written)(0), written
    assert of_field("ParticipantInfo", "state", "=99")(99)
    assert of_field("ParticipantInfo", "state", " contains 99")(99)


@pytest.mark.parametrize(
    ("message", "field", "written", "text", "place"),
    [
        ("AddTrackRequest", "type", "=VIDOE", "not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)", "VIDOE"),
        ("AddTrackRequest", "type", '="2"', "not a TrackType: AUDIO, VIDEO or DATA", '"2"'),
        ("MuteTrackRequest", "muted", "=yes", "not a boolean: `true` or `false`", "yes"),
        ("MuteTrackRequest", "muted", ">0", "`>` does not fit a boolean: `=` or `!=`", ">"),
        (
            "TrackInfo",
            "width",
            " contains 1",
            "`contains` does not fit a number: `=`, `!=`, `<`, `>`, `<=` or `>=`",
            "contains",
        ),
        (
            "SpeakerInfo",
            "level",
            " matches 1",
            "`matches` does not fit a number: `=`, `!=`, `<`, `>`, `<=` or `>=`",
            "matches",
        ),
        ("TrackInfo", "name", " lt b", "`lt` does not fit a text: `=`, `!=`, `contains` or `matches`", "lt"),
        ("DataBlob", "contents", " matches b", "`matches` does not fit bytes: `=`, `!=` or `contains`", "matches"),
        ("DataBlob", "contents", "=hex:0", "not hexadecimal", "hex:0"),
        ("DataBlob", "contents", "=b64:A", "not base64", "b64:A"),
    ],
)
def test_what_does_not_fit(message: str, field: str, written: str, text: str, place: str) -> None:
    assert error(message, field, written) == (text, place)


def test_an_enum_that_begins_with_a_vowel_and_a_long_one() -> None:
    source = "x=zzzzzz"
    with pytest.raises(InputError, match=re.escape("not an AudioTrackFeature: TF_STEREO, ")):
        enum_test(source, enum_descriptor("AudioTrackFeature"), comparison(source))
    with pytest.raises(InputError, match=r"^not a DisconnectReason: UNKNOWN_REASON, .* or …$"):
        enum_test(source, enum_descriptor("DisconnectReason"), comparison(source))
    source = "x=ROOM_DELTED"
    with pytest.raises(InputError, match=r"^not a DisconnectReason \(did you mean ROOM_DELETED\?\)$"):
        enum_test(source, enum_descriptor("DisconnectReason"), comparison(source))


def test_words_are_checked() -> None:
    def test_of(source: str) -> Test:
        return word_test(source, comparison(source), ["server", "user"], "a maker")

    assert test_of("x=user")("user")
    assert test_of("x contains e")("user")
    with pytest.raises(InputError, match=re.escape("not a maker: server or user (did you mean user?)")):
        test_of("x=usre")


@given(st.sampled_from(["=", "<", " contains ", " matches "]), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_value_is_a_test_or_an_input_error(operator: str, value: str) -> None:
    samples: dict[tuple[str, str], Any] = {
        ("ParticipantInfo", "identity"): "alice",
        ("ParticipantInfo", "state"): 1,
        ("TrackInfo", "width"): 640,
        ("SpeakerInfo", "level"): 0.5,
        ("MuteTrackRequest", "muted"): True,
        ("DataBlob", "contents"): b"x",
    }
    for (message, field), sample in samples.items():
        try:
            test = of_field(message, field, operator + quote(value))
        except InputError:
            continue
        assert test(sample) in (True, False)
