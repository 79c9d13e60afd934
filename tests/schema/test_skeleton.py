"""Request lines with every field of a case."""

from __future__ import annotations

import pytest

from lksig.schema.grammar import parse_line, parse_words
from lksig.schema.lookup import find
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, case_of
from lksig.schema.skeleton import skeleton, typed

REQUESTS = case_fields(TO_SERVER)
RESPONSES = case_fields(TO_CLIENT)


class Inputs:
    """No files: a skeleton needs none."""

    def now_ms(self) -> int:
        return 1_732_444_800_000

    def read_file(self, name: str) -> bytes:
        raise AssertionError(name)


@pytest.mark.parametrize(("direction", "case"), [(way, case) for way in Direction for case in case_fields(way)])
def test_a_skeleton_is_a_legal_line_of_the_grammar(direction: Direction, case: str) -> None:
    line = skeleton(case_fields(direction)[case])
    (request,) = parse_line(line, Inputs(), direction=direction)
    (same,) = parse_words(line.split(), Inputs(), direction=direction)
    built = request.build()
    assert case_of(built) == case
    assert built == same.build()


@pytest.mark.parametrize("case", [case for case, field in REQUESTS.items() if field.message_type is not None])
def test_no_field_of_a_skeleton_has_its_default(case: str) -> None:
    """What stands in the line goes over the wire, so that one sees what it does."""
    field = REQUESTS[case]
    (request,) = parse_line(skeleton(field), Inputs())
    set_fields = {inner.name for inner, _ in getattr(request.build(), case).ListFields()}
    words = skeleton(field).split()[1:]
    assert set_fields == {word.split("=")[0].split(".")[0].rstrip("+") for word in words}


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("mute", "mute sid=TR_x muted=true"),
        ("ping", "ping now"),
        ("ping_req", "ping_req timestamp=now rtt=1"),
        ("offer", "offer type=offer sdp=SDP id=1 mid_to_track_id.KEY=VALUE"),
        ("answer", "answer type=answer sdp=SDP id=1 mid_to_track_id.KEY=VALUE"),
        ("trickle", "trickle candidateInit={} target=SUBSCRIBER final=true"),
        ("simulate", "simulate speaker_update=1"),
        ("update_audio_track", "update_audio_track track_sid=TR_x features+=TF_NO_DTX"),
        ("update_metadata", "update_metadata metadata=METADATA name=NAME attributes.KEY=VALUE request_id=1"),
        (
            "store_data_blob_request",
            "store_data_blob_request request_id=1 blob.key.generic=GENERIC blob.contents=hex:00",
        ),
        (
            "update_data_subscription",
            "update_data_subscription updates.0.track_sid=DTR_x updates.0.subscribe=true "
            "updates.0.options.target_fps=1",
        ),
    ],
)
def test_requests(case: str, line: str) -> None:
    assert skeleton(REQUESTS[case]) == line


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("refresh_token", "refresh_token REFRESH_TOKEN"),
        (
            "data_track_subscriber_handles",
            "data_track_subscriber_handles sub_handles.1.publisher_identity=PUBLISHER_IDENTITY "
            "sub_handles.1.publisher_sid=PA_x sub_handles.1.track_sid=DTR_x",
        ),
    ],
)
def test_responses(case: str, line: str) -> None:
    assert skeleton(RESPONSES[case]) == line


def test_the_field_says_what_kind_of_description_it_holds() -> None:
    assert "answer.type=answer" in skeleton(REQUESTS["sync_state"])
    assert "offer.type=offer" in skeleton(REQUESTS["sync_state"])


@pytest.mark.parametrize("case", REQUESTS)
def test_every_field_of_the_case_is_named(case: str) -> None:
    field = REQUESTS[case]
    words = skeleton(field).split()[1:]
    named = {word.split("=")[0].split(".")[0].rstrip("+") for word in words}
    arms = set()
    for inner in field.message_type.fields if field.message_type is not None else ():
        oneof = inner.containing_oneof
        if oneof is not None and len(oneof.fields) > 1:
            arms |= {arm.name for arm in oneof.fields}
        else:
            assert inner.name in named
    assert not arms or len(arms & named) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("add_track", None),
        ("add_track.layers.quality", "add_track layers.0.quality=MEDIUM"),
        ("update_metadata.attributes", "update_metadata attributes.KEY=VALUE"),
        ("add_track.audio_features", "add_track audio_features+=TF_NO_DTX"),
        ("simulate.migration", "simulate migration=true"),
        ("store_data_blob_request.blob.key.schema_id.name", "store_data_blob_request blob.key.schema_id.name=NAME"),
        ("sync_state.answer.type", "sync_state answer.type=answer"),
        (
            "update_data_subscription.updates.options",
            "update_data_subscription updates.0.options.target_fps=1",
        ),
    ],
)
def test_one_field_alone(path: str, line: str | None) -> None:
    (found,) = find(path)
    assert typed(found.trail) == (line or skeleton(REQUESTS[path]))


def test_a_field_below_a_map_of_messages() -> None:
    (found,) = find("data_track_subscriber_handles.sub_handles.track_sid")
    assert typed(found.trail) == "data_track_subscriber_handles sub_handles.1.track_sid=DTR_x"
