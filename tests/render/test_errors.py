"""Failures as a person and as a script see them."""

from __future__ import annotations

import json

import pytest

from lksig.errors import AuthError, InputError, TransportError
from lksig.render.errors import error_json, error_lines, warning_json, warning_lines
from lksig.render.width import width_of
from tests.support.samples import TOKEN


def misspelled(
    source: str = "add_track cid=cam1 type=VIDOE", marked: str = "VIDOE", hint: str | None = None
) -> InputError:
    at = source.index(marked)
    return InputError(
        "not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)",
        code="unknown-enum-value",
        source=source,
        start=at,
        end=at + len(marked),
        hint=hint,
    )


LOST_UPGRADE = TransportError(
    "refused: HTTP 404 with an empty body after 38 ms\nThe request reached LiveKit without its Upgrade header.",
    code="upgrade-header-lost",
    layer="proxy",
    hint="let the reverse proxy forward Upgrade and Connection",
)


def test_a_failure_names_code_and_layer_the_evidence_and_a_next_step() -> None:
    assert error_lines(LOST_UPGRADE) == [
        "error: refused: HTTP 404 with an empty body after 38 ms [upgrade-header-lost, layer proxy]",
        "  The request reached LiveKit without its Upgrade header.",
        "  Try: let the reverse proxy forward Upgrade and Connection",
    ]


def test_a_token_that_was_typed_in_the_wrong_place_is_not_repeated() -> None:
    error = InputError(f"no request is called `{TOKEN}`", code="unknown-case", source=f"mute {TOKEN}", start=5, end=9)
    away = "x" * len(TOKEN)
    assert error_lines(error) == [f"error: mute {away}", f"            ^^^^ no request is called `{away}`"]
    told = json.loads(error_json(error))["error"]
    offered = InputError("bad", code="unknown-field", source="offer sdp=a=ice-pwd:5KtZ0M9OmOQPQRSTUV x=1", start=38)
    assert "5KtZ" not in "".join(error_lines(offered))
    assert (told["text"], told["source"], told["start"]) == (f"no request is called `{away}`", f"mute {away}", 5)


def test_a_mistake_in_usage_has_no_layer_to_name() -> None:
    assert error_lines(InputError("`--count` needs a number", code="bad-option")) == ["error: `--count` needs a number"]


def test_a_mistake_in_typed_text_gets_a_caret() -> None:
    assert error_lines(misspelled(hint="`lksig schema TrackType` lists them")) == [
        "error: add_track cid=cam1 type=VIDOE",
        "                               ^^^^^ not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)",
        "  Try: `lksig schema TrackType` lists them",
    ]


def test_at_the_prompt_the_caret_stands_under_what_was_typed() -> None:
    assert error_lines(misspelled(), typed_at=15) == [
        " " * (15 + 24) + "^^^^^ not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)"
    ]


def test_a_caret_counts_columns_not_characters() -> None:
    lines = error_lines(misspelled("mute sid=日\x1b本 type=VIDOE"))
    assert lines[0] == "error: mute sid=日\\x1b本 type=VIDOE"
    assert lines[1].index("^") == width_of("error: mute sid=日\\x1b本 type=")


def test_a_mistake_at_the_end_of_the_text_still_gets_a_caret() -> None:
    error = InputError("a value is missing", code="no-value", source="mute sid", start=8)
    assert error_lines(error)[1] == "               ^ a value is missing"


def test_only_the_line_of_a_script_that_is_wrong_is_shown() -> None:
    error = misspelled("# first\nadd_track type=VIDOE\nleave")
    assert error_lines(error)[0] == "error: add_track type=VIDOE"
    assert error_lines(error)[1].startswith(" " * 22 + "^^^^^ ")


def test_where_the_text_does_not_fit_beside_the_caret_it_stands_below() -> None:
    assert error_lines(misspelled(), width=60) == [
        "error: add_track cid=cam1 type=VIDOE",
        "                               ^^^^^",
        "  not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)",
    ]


@pytest.mark.parametrize("marked", ["VIDOE", "V" * 60, "日本語" * 20])
@pytest.mark.parametrize("width", [30, 50, 80])
def test_of_a_long_text_the_part_with_the_mistake_is_shown(marked: str, width: int) -> None:
    source = "add_track " + "name=日本 " * 20 + f"type={marked} " + "x=y " * 40
    line, caret, *_ = error_lines(misspelled(source, marked), width=width)
    assert width_of(line) <= width
    assert marked[:5] in line
    assert width_of(line[: line.index(marked[:5])]) == caret.index("^")


def test_of_a_long_text_with_the_mistake_in_front_the_end_is_cut() -> None:
    line, caret, *_ = error_lines(misspelled("mute VIDOE " + "x=y " * 40), width=40)
    assert line.startswith("error: mute VIDOE x=y ")
    assert line.endswith("…")
    assert width_of(line) == 40
    assert caret == " " * 12 + "^^^^^"


def test_evidence_stands_below_the_caret() -> None:
    error = InputError("unknown field\nnearest: sid", code="unknown-field", source="mute sdi=x", start=5, end=8)
    assert error_lines(error) == ["error: mute sdi=x", "            ^^^ unknown field", "  nearest: sid"]


def test_what_is_no_error_of_ours_is_a_bug() -> None:
    lines = error_lines(ValueError("odd\x1b"))
    assert lines[0] == "error: this is a bug in lksig: ValueError: odd\\x1b"
    assert lines[1].startswith("  Try: ")
    assert json.loads(error_json(ValueError("odd")))["error"]["exit"] == 70


def test_colour_only_paints() -> None:
    painted = error_lines(misspelled(hint="x"), colour=True)
    plain = error_lines(misspelled(hint="x"))
    assert painted != plain
    for code in ("\x1b[1;31m", "\x1b[36m", "\x1b[0m"):
        painted = [line.replace(code, "") for line in painted]
    assert painted == plain


def test_secrets_are_overwritten_in_place() -> None:
    def scrub(text: str) -> str:
        return text.replace("hush", "xxxx")

    error = InputError("no hush", code="x", source="token=hush bad", start=11, end=14, hint="drop hush")
    assert error_lines(error, scrub=scrub) == [
        "error: token=xxxx bad",
        "                  ^^^ no xxxx",
        "  Try: drop xxxx",
    ]
    assert "hush" not in error_json(error, scrub)


def test_an_error_is_one_json_object() -> None:
    text = error_json(AuthError("no credentials for ü", code="no-credentials", hint="give `--token`"))
    assert text.isascii()
    assert json.loads(text) == {
        "error": {
            "exit": 4,
            "layer": "auth",
            "code": "no-credentials",
            "text": "no credentials for ü",
            "hint": "give `--token`",
        }
    }


def test_a_json_error_about_typed_text_says_where() -> None:
    error = json.loads(error_json(misspelled()))["error"]
    assert error["source"][error["start"] : error["end"]] == "VIDOE"
    assert error["hint"] is None


def test_a_warning_is_a_line_or_an_object() -> None:
    assert warning_lines("the token expires\nin 5 s") == ["warning: the token expires", "  in 5 s"]
    assert warning_lines("x", colour=True) == ["\x1b[31mwarning:\x1b[0m x"]
    assert json.loads(warning_json("token-expires", "in 5 s")) == {
        "warning": {"code": "token-expires", "text": "in 5 s"}
    }
