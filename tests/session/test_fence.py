"""Fences: what they are on either side of protocol 15, and that no two are alike."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.fence import FIRST_FENCE_ID, NO_SUCH_TRACK, OK_PROTOCOL, fence_answer, fence_request, is_fence
from lksig.session.journal import FENCE_CASES
from lksig.wire.codec import decode_frame
from tests.support.tape import Tape, envelope


@pytest.mark.parametrize("protocol", [OK_PROTOCOL, 16, 17, 99])
def test_an_empty_update_metadata(protocol: int) -> None:
    request = fence_request(3, protocol)
    assert request.WhichOneof("message") == "update_metadata"
    assert [(field.name, value) for field, value in request.update_metadata.ListFields()] == [
        ("request_id", FIRST_FENCE_ID + 3)
    ]


@pytest.mark.parametrize("protocol", [-1, 0, 14])
def test_a_mute_of_a_track_that_cannot_exist(protocol: int) -> None:
    request = fence_request(3, protocol)
    assert request.WhichOneof("message") == "mute"
    assert (request.mute.sid, request.mute.muted) == (f"{NO_SUCH_TRACK}3", True)


@pytest.mark.parametrize("protocol", [0, 17])
def test_every_fence_is_another(protocol: int) -> None:
    requests = [fence_request(number, protocol).SerializeToString() for number in range(300)]
    assert len(set(requests)) == 300


def test_the_journal_knows_both() -> None:
    assert {fence_request(0, protocol).WhichOneof("message") for protocol in (0, 17)} == FENCE_CASES


@pytest.mark.parametrize("protocol", [0, 17])
def test_it_is_recognised_and_answered(protocol: int) -> None:
    request = fence_request(3, protocol)
    case = request.WhichOneof("message")
    body = getattr(request, case)
    assert is_fence(case, body)
    answer = fence_answer(case, body).request_response
    assert getattr(answer, case) == body
    assert (answer.request_id, answer.reason) == ((FIRST_FENCE_ID + 3, 0) if protocol else (0, 1))


@pytest.mark.parametrize(
    "request_",
    [
        {"update_metadata": {"request_id": 1}},
        {"update_metadata": {"request_id": FIRST_FENCE_ID, "name": "x"}},
        {"update_metadata": {"request_id": FIRST_FENCE_ID, "metadata": "x"}},
        {"update_metadata": {"request_id": FIRST_FENCE_ID, "attributes": {"a": ""}}},
        {"mute": {"sid": "TR_x"}},
        {"leave": {}},
    ],
)
def test_what_is_none(request_: dict[str, Any]) -> None:
    ((case, body),) = request_.items()
    assert not is_fence(case, getattr(envelope(TO_SERVER, **{case: body}), case))


def test_the_answer_pairs_with_it() -> None:
    tape = Tape().open()
    for protocol in (0, 17):
        fence = fence_request(1, protocol)
        tape.events.append(frame(fence, TO_SERVER))
        case = fence.WhichOneof("message")
        tape.events.append(frame(fence_answer(case, getattr(fence, case)), TO_CLIENT))
    assert [reading.reply_to for reading in tape.readings()][2:] == [None, 1, None, 3]


def frame(whole: Any, direction: Any) -> Any:
    return decode_frame(whole.SerializeToString(), direction=direction, t_ns=0, by="auto")
