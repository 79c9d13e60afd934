"""Pages of the manual as text, for terminals and for pipes."""

from __future__ import annotations

import re

import pytest

from lksig.render.manual import cases_text, pages_text
from lksig.render.theme import Paint
from lksig.schema.lookup import enums, find, messages
from lksig.schema.manual import case_lines, page
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields

PLAIN = Paint(False)
COLOUR = Paint(True)
EVERY_NAME = sorted({*case_fields(TO_SERVER), *case_fields(TO_CLIENT), *messages(), *enums()})


def text_of(name: str, *, width: int | None = None, paint: Paint = PLAIN) -> str:
    return pages_text([page(found) for found in find(name)], width=width, paint=paint)


def test_the_list_on_a_pipe_has_a_line_for_each_case_and_no_hints() -> None:
    lines = cases_text(case_lines(), width=None, paint=PLAIN).splitlines()
    assert lines[0] == "to the server: SignalRequest"
    assert lines[1].split()[:3] == [">", "1", "offer"]
    assert sum(line.startswith("> ") for line in lines) == 22
    assert sum(line.startswith("< ") for line in lines) == 30
    assert len(lines) == 22 + 30 + 3


def test_the_list_on_a_terminal_says_how_to_go_on() -> None:
    text = cases_text(case_lines(), width=100, paint=PLAIN)
    assert text.endswith("value, field path or number\n")


def test_a_silent_request_on_a_pipe() -> None:
    text = text_of(">mute")
    assert text.startswith("> mute  case 5 to the server, MuteTrackRequest\n\n  Mutes or unmutes")
    assert "  example     mute sid=%cam1 muted=true\n" in text
    assert "  answered by nothing: success is silent\n" in text
    assert "  refused by  request_response NOT_FOUND\n" in text
    assert "  fence       proves that it was accepted\n" in text
    assert "   2  muted  bool    True to mute" in text
    assert "`lksig schema" not in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("add_track", "  answered by track_published (same cid)"),
        ("add_track", "  fence       not needed, it has an answer of its own"),
        ("add_track", "   4  width                    uint32 [px]"),
        ("add_track", " · unset means PREFER_REGRESSION"),
        (">trickle", "  refused by  request_response UNCLASSIFIED_ERROR · leave STATE_MISMATCH"),
        ("track_setting", "  refused by  nothing: never refused"),
        ("track_setting", "  fence       does not prove everything: "),
        ("update_layers", "  deprecated  yes"),
        ("pong_resp", "  answers     ping_req"),
        ("subscription_response", "  refuses     subscription"),
        ("refresh_token", "  sensitivity SECRET"),
        ("ping", "> ping  case 14 to the server, int64 [unix ms]"),
        ("ping", "  unit        unix ms: milliseconds since 1970-01-01T00:00:00Z"),
        ("update_metadata", " · PII"),
        ("subscribed_quality_update", "eprecated"),
        ("store_data_blob_request.blob.key.generic", "  oneof       key: at most one of its arms is set"),
        ("store_data_blob_request.blob.key.generic", "  numbers     22.2.1.1"),
        ("DataBlobKey", " · arm of key"),
        ("add_track.layers.quality", "> add_track.layers.quality  field 1 of VideoLayer, VideoQuality"),
        ("add_track.layers.quality", "  unset       means LOW"),
        ("mute.sid", "  unset       empty"),
        ("VideoLayer.rid", "VideoLayer.rid  field 7, string"),
        ("TrackSource", "TrackSource  enum"),
        ("TrackSource", "   1  CAMERA"),
        ("VideoLayer", "  used by     AddTrackRequest.layers, "),
        ("RequestResponse.Reason.NOT_FOUND", "RequestResponse.Reason.NOT_FOUND  value 1"),
        ("RequestResponse.Reason.NOT_FOUND", "  refuses     add_track, mute, "),
    ],
)
def test_what_a_page_says(name: str, line: str) -> None:
    assert line in text_of(name)


def test_a_deprecated_field_says_so_once() -> None:
    rows = [line for line in text_of("AddTrackRequest").splitlines() if " disable_dtx " in line]
    assert len(rows) == 1
    assert len(re.findall("deprecated", rows[0], re.IGNORECASE)) == 1


def test_the_message_that_goes_both_ways_is_shown_once() -> None:
    text = text_of("mute")
    assert text.count("TR_...") == 1
    assert text.count("case 5 to the server") == text.count("case 9 to the client") == 1
    assert text.index("case 9") < text.index("True to mute, false")


def test_different_messages_of_one_number_are_both_shown() -> None:
    text = text_of("4")
    assert "simulcast_codecs" in text
    assert "candidateInit" in text


def test_a_name_that_many_elements_have_gets_a_list() -> None:
    lines = text_of("track_sid").splitlines()
    assert all(line.split()[0].endswith(".track_sid") and " field " in line for line in lines)
    assert len(lines) == len(find("track_sid")) > 4
    assert "tells more" in text_of("track_sid", width=100)


def test_a_page_on_a_terminal_says_how_to_look_at_a_field() -> None:
    assert text_of("mute", width=80).endswith("`lksig schema mute.sid` tells all about a field\n")
    assert "tells all" not in text_of("ping", width=80)


@pytest.mark.parametrize("width", [80, 100, 160])
def test_text_is_wrapped_to_the_terminal(width: int) -> None:
    for name in EVERY_NAME:
        titles = tuple("<>")  # a title is one line, whatever its length
        long = [line for line in text_of(name, width=width).splitlines() if len(line) > width]
        assert all(line.startswith(titles) for line in long)


def test_nothing_is_lost_by_wrapping() -> None:
    for name in EVERY_NAME:
        on_pipe, on_terminal = text_of(name), text_of(name, width=60)
        assert set(on_pipe.split()) <= set(on_terminal.split()) | {"─" * 60}


def test_a_row_of_a_table_is_one_line_on_a_pipe() -> None:
    numbers = [line.split()[0] for line in text_of("AddTrackRequest").splitlines() if re.match(r" +\d+  [a-z]", line)]
    assert numbers == [str(n) for n in range(1, 19)]


def test_colour_adds_nothing_but_colour() -> None:
    for name in EVERY_NAME:
        for width in (None, 60, 120):
            painted = text_of(name, width=width, paint=COLOUR)
            assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == text_of(name, width=width)
    assert "\x1b[" in text_of("mute", paint=COLOUR)


def test_narrow_terminals_get_the_text_below_its_row() -> None:
    lines = text_of("AddTrackRequest", width=50).splitlines()
    row = next(at for at, line in enumerate(lines) if " cid " in line)
    assert lines[row].split() == ["1", "cid", "string"]
    assert lines[row + 1].startswith("      Client's own id")
