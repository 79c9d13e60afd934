"""The line below the prompt, as a function of status and width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.records import changed
from lksig.render.safe_text import neutralise
from lksig.render.width import width_of
from lksig.repl.status import Status
from lksig.repl.toolbar import signature_text, sparkline, status_text, verb_text
from lksig.repl.verbs import VERBS
from lksig.schema.signature import Signature
from tests.support.typing_at import STATUS

FULL = changed(
    STATUS,
    rtt_ms=(0.4, 0.4, 0.9, 0.4),
    media_deadline_s=41.4,
    recording="/tmp/a/call.lksig",
    unanswered=2,
    not_shown=4,
    is_filtered=True,
    is_quiet=True,
    others=("alice", "bob"),
)


def test_everything_that_is_known_is_said() -> None:
    assert status_text(FULL, 300, not_shown=1200) == (
        " standup · probe PA_1 · v1 p17 · rtt 0.4 ms ▄▄█▄ · < 4  > 2 · 2 unanswered · +1204 not shown · quiet · filter"
        " · ends in 41 s without media · rec call.lksig · also alice, bob"
    )


def test_what_is_not_known_is_not_said() -> None:
    bare = changed(STATUS, room=None, identity=None, sid="", path="", protocol=0, state="CONNECTING")
    assert status_text(bare, 100) == " connecting · < 4  > 2"
    assert status_text(STATUS, 100) == " standup · probe PA_1 · v1 p17 · < 4  > 2"


def test_a_note_stands_first() -> None:
    assert status_text(STATUS, 100, note="leaving").startswith(" leaving · standup")


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_end_and_what_is_hidden_outlast_names(width: int) -> None:
    told = status_text(FULL, width, not_shown=1200)
    assert width_of(told) <= width
    assert "ends in 41 s" in told
    assert "+1204 not shown" in told


@given(
    st.builds(
        changed,
        st.just(FULL),
        room=st.text(),
        identity=st.text(),
        sid=st.text(),
        recording=st.none() | st.text(),
        others=st.lists(st.text()).map(tuple),
        rtt_ms=st.lists(st.floats(0, 1e9)).map(tuple),
    ),
    st.integers(1, 200),
)
def test_no_name_acts_on_the_terminal_or_makes_it_wider(status: Status, width: int) -> None:
    told = status_text(status, width)
    assert width_of(told) <= width
    assert neutralise(told) == told


class TestSparkline:
    def test_one_value_is_no_line(self) -> None:
        assert sparkline(()) == ""
        assert sparkline((3.0,)) == ""

    def test_the_highest_bar_is_the_highest_value(self) -> None:
        assert sparkline((1.0, 50.0, 100.0)) == "▁▅█"

    def test_noise_of_a_loopback_is_flat(self) -> None:
        assert sparkline((0.1, 0.05, 0.11)) == "▁▁▁"

    def test_the_last_ones_are_shown(self) -> None:
        assert sparkline([100.0] * 50 + [1.0]) == "█" * 11 + "▁"


def test_long_round_trips_have_no_fractions() -> None:
    assert "rtt 1234 ms" in status_text(changed(STATUS, rtt_ms=(1234.5,)), 100)


def test_the_field_under_the_cursor() -> None:
    field = Signature("add_track.width", "uint32", "px", "Width of the video")
    assert signature_text(field, 100) == " add_track.width uint32 [px]  Width of the video"
    assert signature_text(field, 20) == " add_track.width ui…"
    case = Signature("mute", "MuteTrackRequest", None, "Mutes", is_case=True, deprecated=True)
    assert signature_text(case, 100) == " mute  deprecated: Mutes"
    assert signature_text(Signature('x["\x1b[2J"]', "string", None, ""), 100) == ' x["\\x1b[2J"] string'


def test_the_command_being_typed() -> None:
    assert verb_text(VERBS["ping"], 100) == f" /ping  {VERBS['ping'].help}"
