"""References as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lexer import Span
from lksig.schema.pool import descriptor
from lksig.schema.references import Reference, Root, parse_reference, written_name
from tests.support.typed import Mistake, mistake


def parse(text: str) -> Reference:
    return parse_reference(Span(f"x={text} y", 2, 2 + len(text)))


def wrong(text: str) -> Mistake:
    return mistake(parse, text)


@pytest.mark.parametrize(
    ("text", "root", "path"),
    [
        ("%4", Root("message", number=4), ""),
        ("%4.track.sid", Root("message", number=4), "track.sid"),
        ("%4.no.such.field", Root("message", number=4), "no.such.field"),
        ("%self", Root("self"), ""),
        ("%self.identity", Root("self"), "identity"),
        ("%cam1", Root("name", name="cam1"), ""),
        ("%cam1.width", Root("name", name="cam1"), "width"),
        ("%alice.identity", Root("name", name="alice"), "identity"),
        ("%alice.tracks[0].sid", Root("name", name="alice"), "tracks[0].sid"),
        ("%alice.attributes.lk.mood", Root("name", name="alice"), "attributes.lk.mood"),
        ("%data.pub_handle", Root("name", name="data"), "pub_handle"),
        ("%4a", Root("name", name="4a"), ""),
        ('%"a.b".sid', Root("name", name="a.b"), "sid"),
        ('%"4"', Root("name", name="4"), ""),
        ('%"self"', Root("name", name="self"), ""),
        ('%"last".sid', Root("name", name="last"), "sid"),
        ("%bob/cam", Root("track", name="bob", track="cam"), ""),
        ("%bob/cam.mime_type", Root("track", name="bob", track="cam"), "mime_type"),
        ('%"b/b"/"my cam".sid', Root("track", name="b/b", track="my cam"), "sid"),
        ("%4/cam", Root("track", name="4", track="cam"), ""),
        ("%self/cam", Root("track", name="self", track="cam", owner_is_self=True), ""),
        ('%"self"/cam', Root("track", name="self", track="cam"), ""),
        ("%last.track_published", Root("last", name="track_published"), ""),
        ("%last.track_published.track.sid", Root("last", name="track_published"), "track.sid"),
        ("%last.refresh_token", Root("last", name="refresh_token"), ""),
        ("%last.add_track.cid", Root("last", name="add_track"), "cid"),
        ("%last.leave.regions", Root("last", name="leave"), "regions"),
    ],
)
def test_a_reference_has_a_root_and_a_path(text: str, root: Root, path: str) -> None:
    reference = parse(text)
    assert (reference.root, reference.path, reference.text) == (root, path, text)
    assert reference.source[reference.start : reference.end] == text


@pytest.mark.parametrize(
    ("text", "said", "marked", "code"),
    [
        (
            "%",
            "the name of a track or participant, a message number, `self` or `last` is expected here",
            " ",
            "bad-reference",
        ),
        (
            "%.sid",
            "the name of a track or participant, a message number, `self` or `last` is expected here",
            ".sid",
            "bad-reference",
        ),
        ("%bob/", "the name of a track is expected here", " ", "bad-reference"),
        ("%bob/.sid", "the name of a track is expected here", ".sid", "bad-reference"),
        ("%bob.", "a field is expected here: `.sid`", ".", "bad-reference"),
        ("%bob[0]", "a field is expected here: `.sid`", "[0]", "bad-reference"),
        ('%bob"x"', "a field is expected here: `.sid`", '"x"', "bad-reference"),
        ('%"a.b', '`"` is not closed', '"a.b', "unclosed"),
        (r'%"a\d"', "not a JSON string", r'"a\d"', "bad-reference"),
        ('%""', "a name is missing between the quotes", '""', "bad-reference"),
        ("%last", "`%last` needs a case", "%last", "bad-reference"),
        ("%last.", "`%last` needs a case", "%last.", "bad-reference"),
        (
            "%last.track_publishd",
            "no message is called `track_publishd` (did you mean track_published?)",
            "track_publishd",
            "unknown-case",
        ),
        (
            "%last.track_published.tarck.sid",
            "TrackPublishedResponse has no field `tarck` (did you mean track?)",
            "tarck",
            "unknown-field",
        ),
        ("%last.pong.x", "`pong` is a bare value and has no fields", "x", "bad-path"),
        (
            "%self.idntity",
            "ParticipantInfo has no field `idntity` (did you mean identity?)",
            "idntity",
            "unknown-field",
        ),
        ("%cam.widht", "TrackInfo has no field `widht` (did you mean width?)", "widht", "unknown-field"),
        ("%ann@example.com", None, "com", "unknown-field"),
        ("%cam.tracks.0.zzz.y", None, "zzz", "unknown-field"),
        ("%b/c.identity", None, "identity", "unknown-field"),
    ],
)
def test_a_wrong_reference_points_at_its_part(text: str, said: str | None, marked: str, code: str) -> None:
    error = wrong(text)
    assert (error.marked, error.code) == (marked, code)
    assert said in (error.text, None)


def test_the_literal_percent_is_hinted_at() -> None:
    assert wrong("%").hint == "a literal `%` is written `%%`"
    assert wrong("%ann@example.com").hint == 'a name with a dot in it is quoted: `%"a.b"`'
    assert wrong("%self.com").hint is None
    assert wrong("%last").hint == "for example `%last.track_published.track.sid`"


def test_the_path_is_read_where_the_message_is_known() -> None:
    reference = parse("%4.track.sid")
    found = reference.steps(descriptor("TrackPublishedResponse"))
    assert [step.field.name for step in found] == ["track", "sid"]
    assert parse("%4").steps(descriptor("TrackPublishedResponse")) == ()
    error = mistake(reference.steps, descriptor("MuteTrackRequest"))
    assert (error.marked, error.code) == ("track", "unknown-field")


@given(st.text(alphabet=st.sampled_from('%self.lat/"[]\\04 =é\ud800'), max_size=14))
def test_any_text_is_a_reference_or_a_mistake(text: str) -> None:
    try:
        reference = parse("%" + text)
    except InputError:
        return
    assert reference.text == "%" + text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("alice", "alice"),
        ("a.b", '"a.b"'),
        ("my cam", '"my cam"'),
        ("self", '"self"'),
        ("last", '"last"'),
        ("12", '"12"'),
        ("a\u202eb", r'"a\u202eb"'),
        ("a,b", '"a,b"'),
    ],
)
def test_a_name_is_written_so_that_it_is_read_as_a_name(name: str, written: str) -> None:
    assert written_name(name) == written
    root = parse_reference(Span(f"%{written}", 0, len(written) + 1)).root
    assert (root.kind, root.name) == ("name", name)
