"""Fences: what they are on either side of protocol 15, and that no two are alike."""

from __future__ import annotations

import pytest

from lksig.session.fence import FIRST_FENCE_ID, NO_SUCH_TRACK, OK_PROTOCOL, fence_request
from lksig.session.journal import FENCE_CASES


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
