"""Requests while they are read, and the messages they become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from lksig.schema.lexer import Span
from lksig.schema.paths import Step, parse_path
from lksig.schema.pool import TO_SERVER, case_fields, envelope_class, message_class
from lksig.schema.references import Reference, parse_reference
from lksig.schema.requests import Draft, ParsedRequest, fill, no_session
from lksig.schema.value_text import parse_value
from lksig.schema.values import Mention, Now, Plain, Value
from tests.support.typed import NOW_MS, FakeInputs, Mistake, mistake

INPUTS = FakeInputs(layers=b'[{"rid":"q"},{"rid":"h"}]')


class Typed:
    """A draft of one case, set word by word."""

    def __init__(self, case: str) -> None:
        field = case_fields(TO_SERVER)[case]
        self.case = case
        assert field.message_type is not None
        self.message = field.message_type
        self.draft = Draft(envelope_class(TO_SERVER)(), (Step(field, None, Span(case, 0, len(case))),))
        self.draft.assign((), Plain(message_class(self.message.name)()), path=Span(case, 0, len(case)))

    def set(self, word: str) -> None:
        name = word.partition("=")[0]
        append = name.endswith("+")
        path = Span(word, 0, len(name) - append)
        steps = parse_path(path, self.message)
        value = parse_value(steps[-1], Span(word, len(name) + 1, len(word)), INPUTS, append=append)
        self.draft.assign(steps, value, append=append, path=path)

    def request(self) -> ParsedRequest:
        return ParsedRequest.of_draft(self.case, self.draft, TO_SERVER, "as typed", INPUTS)


def typed(case: str, words: Sequence[str]) -> ParsedRequest:
    draft = Typed(case)
    for word in words:
        draft.set(word)
    return draft.request()


def wrong(case: str, *words: str) -> Mistake:
    draft = Typed(case)
    for word in words[:-1]:
        draft.set(word)
    return mistake(draft.set, words[-1])


@pytest.mark.parametrize(
    ("case", "words", "body"),
    [
        ("leave", [], {}),
        ("mute", ["sid=TR_x", "muted=true"], {"sid": "TR_x", "muted": True}),
        ("track_setting", ["track_sids=a"], {"track_sids": ["a"]}),
        ("track_setting", ["track_sids=[a,b]", "track_sids+=c"], {"track_sids": ["a", "b", "c"]}),
        ("track_setting", ["track_sids+=a", "track_sids+=[b,c]"], {"track_sids": ["a", "b", "c"]}),
        ("track_setting", ["track_sids.0=a", "track_sids.1=b"], {"track_sids": ["a", "b"]}),
        ("track_setting", ["track_sids="], {}),
        ("add_track", ["layers.0.rid=q", "layers.0.width=1", "layers.1.rid=h"], None),
        ("add_track", ["layers.0=", "layers.0.rid=q", "layers+={}"], None),
        ("add_track", ["layers=@layers", "layers.0.width=1"], None),
        ("add_track", ["audio_features.0=TF_NO_DTX", "audio_features+=0"], {"audio_features": [1, 0]}),
        ("update_metadata", ["attributes.a=b", "attributes.c="], {"attributes": {"a": "b", "c": ""}}),
        ("update_metadata", ['attributes={"a":"b"}', "attributes.c=d"], {"attributes": {"a": "b", "c": "d"}}),
        ("store_data_blob_request", ["blob="], {"blob": {}}),
        ("store_data_blob_request", ["blob=", "blob.contents=x"], {"blob": {"contents": b"x"}}),
        ("store_data_blob_request", ["blob.key.generic="], {"blob": {"key": {"generic": ""}}}),
        ("store_data_blob_request", ['blob={"key":{"generic":"k"}}', "blob.contents=x"], None),
        ("sync_state", ["subscription.track_sids="], {"subscription": {}}),
        ("publish_data_track_request", ["schema="], {"schema": {}}),
        ("publish_data_track_request", ["frame_encoding.custom=x"], {"frame_encoding": {"custom": "x"}}),
        ("simulate", ["node_failure="], {"node_failure": False}),
    ],
)
def test_assignments_are_made_in_order(case: str, words: list[str], body: dict[str, Any] | None) -> None:
    special: dict[str, dict[str, Any]] = {
        "layers.0.rid=q": {"layers": [{"rid": "q", "width": 1}, {"rid": "h"}]},
        "layers.0=": {"layers": [{"rid": "q"}, {}]},
        "layers=@layers": {"layers": [{"rid": "q", "width": 1}, {"rid": "h"}]},
        'blob={"key":{"generic":"k"}}': {"blob": {"key": {"generic": "k"}, "contents": b"x"}},
    }
    expected = envelope_class(TO_SERVER)(**{case: special[words[0]] if body is None else body})
    request = typed(case, words)
    assert request.build() == expected == request.sketch()
    assert request.build().SerializeToString(deterministic=True) == expected.SerializeToString(deterministic=True)


@pytest.mark.parametrize(
    ("case", "words", "marked"),
    [
        ("mute", ["sid=a", "sid=b"], "sid"),
        ("mute", ["sid=a", "sid=a"], "sid"),
        ("track_setting", ["track_sids=a", "track_sids=b"], "track_sids"),
        ("track_setting", ["track_sids+=a", "track_sids=b"], "track_sids"),
        ("track_setting", ["track_sids=[a,b]", "track_sids.1=c"], "track_sids.1"),
        ("track_setting", ["track_sids=a", "track_sids+=b", "track_sids.1=c"], "track_sids.1"),
        ("track_setting", ["track_sids=%4.track_sids", "track_sids.0=c"], "track_sids.0"),
        ("add_track", ["layers.0.rid=a", "layers[0].rid=b"], "layers[0].rid"),
        ("add_track", ["layers.0.rid=a", "layers.0="], "layers.0"),
        ("add_track", ["layers=@layers", "layers.1.rid=x"], "layers.1.rid"),
        ("add_track", ['layers+={"rid":"q"}', "layers.0.rid=x"], "layers.0.rid"),
        ("add_track", ["layers=@layers", 'layers+={"rid":"q"}', "layers.2.rid=x"], "layers.2.rid"),
        ("add_track", ['layers=[{"rid":"q"}]', "layers.0.rid=x"], "layers.0.rid"),
        ("update_metadata", ["attributes.a=1", "attributes={}"], "attributes"),
        ("update_metadata", ['attributes={"a":"1"}', 'attributes["a"]=2'], 'attributes["a"]'),
        ("store_data_blob_request", ["blob.key.generic=k", "blob="], "blob"),
        ("store_data_blob_request", ['blob={"key":{"generic":"k"}}', "blob.key.generic=k"], "blob.key.generic"),
    ],
)
def test_nothing_is_set_twice(case: str, words: list[str], marked: str) -> None:
    error = wrong(case, *words)
    assert (error.text, error.marked, error.code) == (f"`{marked}` is set twice", marked, "set-twice")


@pytest.mark.parametrize(
    ("case", "words", "said", "marked"),
    [
        ("add_track", ["layers.1.rid=q"], "`layers` has 0 elements: the next one is `layers.0`", "layers.1"),
        ("add_track", ["layers.0=", "layers.2="], "`layers` has 1 element: the next one is `layers.1`", "layers.2"),
        (
            "track_setting",
            ["track_sids=[a,b]", "track_sids[3]=c"],
            "`track_sids` has 2 elements: the next one is `track_sids.2`",
            "track_sids[3]",
        ),
    ],
)
def test_no_index_is_beyond_the_end(case: str, words: list[str], said: str, marked: str) -> None:
    error = wrong(case, *words)
    assert error.text == f"an index beyond the end: {said}"
    assert (error.marked, error.code) == (marked, "beyond-end")


@pytest.mark.parametrize(
    ("case", "words", "second", "first"),
    [
        ("simulate", ["migration=true", "node_failure=true"], "node_failure", "migration"),
        ("simulate", ["migration=", "node_failure="], "node_failure", "migration"),
        (
            "store_data_blob_request",
            ["blob.key.generic=k", "blob.key.schema_id.name=n"],
            "schema_id",
            "generic",
        ),
        (
            "store_data_blob_request",
            ['blob={"key":{"schemaId":{}}}', "blob.key.generic=k"],
            "generic",
            "schema_id",
        ),
    ],
)
def test_arms_of_a_oneof_exclude_each_other(case: str, words: list[str], second: str, first: str) -> None:
    error = wrong(case, *words)
    assert error.text == f"`{second}` and `{first}` exclude each other: only one of them can be set"
    assert (error.marked, error.code) == (second, "two-arms")


def test_one_arm_can_be_set_in_parts() -> None:
    request = typed("store_data_blob_request", ["blob.key.schema_id.name=n", "blob.key.schema_id.encoding.custom=c"])
    assert request.build().store_data_blob_request.blob.key.schema_id.encoding.custom == "c"


def test_maps_of_messages_are_set_by_key() -> None:
    handles = message_class("DataTrackSubscriberHandles")
    draft = Draft(handles(), ())
    for word in ["sub_handles.7.track_sid=a", 'sub_handles.8={"track_sid":"b"}', "sub_handles.9="]:
        name = word.partition("=")[0]
        path = Span(word, 0, len(name))
        steps = parse_path(path, handles.DESCRIPTOR)
        draft.assign(
            steps, parse_value(steps[-1], Span(word, len(name) + 1, len(word)), INPUTS, append=False), path=path
        )
    filled = fill(handles(), draft.assignments, no_session, INPUTS)
    assert filled == handles(sub_handles={7: {"track_sid": "a"}, 8: {"track_sid": "b"}, 9: {}})


def test_references_and_now_become_values_when_it_is_built() -> None:
    request = typed("track_setting", ["track_sids=[%4.track.sid,b]", "priority=%self.version", "fps=30"])
    assert [reference.text for reference in request.references] == ["%4.track.sid", "%self.version"]
    found: dict[str, object] = {"%4.track.sid": "TR_x", "%self.version": 7}

    def lookup(reference: Reference) -> object:
        return found[reference.text]

    body = request.build(lookup).track_setting
    assert (list(body.track_sids), body.priority, body.fps) == (["TR_x", "b"], 7, 30)
    sketch = request.sketch().track_setting
    assert (list(sketch.track_sids), sketch.priority, sketch.fps) == (["", "b"], 0, 30)
    assert request.build(lookup) == request.build(lookup)
    ping = typed("ping_req", ["timestamp=now"])
    assert ping.build().ping_req.timestamp == NOW_MS
    assert ping.sketch().ping_req.timestamp == 0


def test_a_list_a_session_gives_may_be_longer_than_its_sketch() -> None:
    request = typed("track_setting", ["track_sids=%4.track_sids", "track_sids.1=x"])
    body = request.build(lambda reference: ["a", "b", "c"]).track_setting
    assert list(body.track_sids) == ["a", "x", "c"]
    request = typed("add_track", ["layers=%4.layers", "layers.1={}"])
    layer = message_class("VideoLayer")
    body = request.build(lambda reference: [layer(rid="a"), layer(rid="b")]).add_track
    assert [one.rid for one in body.layers] == ["a", ""]


def test_a_reference_needs_a_session() -> None:
    request = typed("mute", ["sid=%4.track.sid"])
    error = mistake(request.build)
    assert (error.text, error.marked) == ("`%4.track.sid` has a value only in a session", "%4.track.sid")
    assert error.code == "no-session"


def test_what_was_given_is_known_even_where_it_is_a_default() -> None:
    request = typed("update_metadata", ["request_id=0", "attributes.a=b"])
    assert request.sets("request_id")
    assert request.sets("attributes")
    assert not request.sets("name")
    assert typed("add_track", ["layers.0.rid=q"]).sets("layers")


def test_a_whole_envelope_is_exact() -> None:
    envelope = envelope_class(TO_SERVER)(mute={"sid": "TR_x"})
    request = ParsedRequest.of_envelope(envelope, TO_SERVER, "{}", INPUTS)
    assert (request.case, request.exact, request.raw, request.encoding) == ("mute", True, None, "protobuf")
    built = request.build()
    assert built == envelope == request.sketch()
    built.mute.sid = "changed"
    assert request.build() == envelope
    assert not typed("mute", []).exact
    assert not request.sets("sid")


def test_a_request_says_little_of_itself() -> None:
    request = typed("mute", ["sid=secret"])
    assert repr(request) == "ParsedRequest(mute, exact=False, 2 assignments)"
    assert (request.text, request.direction) == ("as typed", TO_SERVER)


@pytest.mark.parametrize(
    "value",
    [
        Plain(5),
        Now(1, 1),
        Mention(parse_reference(Span("%last.pong", 0, 10)), case_fields(TO_SERVER)["ping"], False),
    ],
)
def test_a_case_may_be_a_bare_value(value: Value) -> None:
    field = case_fields(TO_SERVER)["ping"]
    draft = Draft(envelope_class(TO_SERVER)(), (Step(field, None, Span("ping", 0, 4)),))
    draft.assign((), value, path=Span("ping", 0, 4))
    request = ParsedRequest.of_draft("ping", draft, TO_SERVER, "ping", INPUTS)
    assert request.build(lambda reference: 6).ping in (5, 6, NOW_MS)
    assert request.sketch().WhichOneof("message") == "ping"


def test_paths_can_be_noted_as_set() -> None:
    draft = Draft(message_class("MuteTrackRequest")(), ())
    draft.note([("sid",)])
    steps = parse_path(Span("sid", 0, 3), message_class("MuteTrackRequest").DESCRIPTOR)
    assert mistake(draft.assign, steps, Plain("x"), path=Span("sid", 0, 3)).code == "set-twice"
