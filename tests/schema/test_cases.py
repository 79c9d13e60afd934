"""The facts beside the descriptors speak of cases, fields and enum values that exist, and agree with the comments."""

from __future__ import annotations

import pytest

from lksig.schema.cases import (
    ECHOES,
    EXAMPLES,
    FENCE_BLIND,
    KEEPALIVE_CASES,
    REFUSALS,
    REPLIES,
    REQUEST_ID_CASES,
    Refusal,
)
from lksig.schema.docs import comment
from lksig.schema.grammar import parse_line
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields, descriptor, enum_descriptor

REQUESTS = case_fields(TO_SERVER)
RESPONSES = case_fields(TO_CLIENT)
REASONS = {
    "request_response": "RequestResponse.Reason",
    "leave": "DisconnectReason",
    "subscription_response": "SubscriptionError",
}


def test_requests_and_responses_exist() -> None:
    assert REPLIES.keys() <= REQUESTS.keys()
    assert {reply.case for reply in REPLIES.values()} <= RESPONSES.keys()
    assert (REQUESTS.keys() | RESPONSES.keys()).issuperset(KEEPALIVE_CASES)


def test_request_ids_are_fields_of_exactly_these_requests() -> None:
    with_id = {
        case
        for case, field in REQUESTS.items()
        if field.message_type is not None and "request_id" in field.message_type.fields_by_name
    }
    assert with_id == set(REQUEST_ID_CASES)


def test_echoes_are_the_arms_of_request_response() -> None:
    arms = {field.name for field in descriptor("RequestResponse").oneofs_by_name["request"].fields}
    assert ECHOES.keys() == arms
    for arm, case in ECHOES.items():
        assert descriptor("RequestResponse").fields_by_name[arm].message_type is REQUESTS[case].message_type


@pytest.mark.parametrize(
    ("case", "refusal"), [(case, refusal) for case, refusals in REFUSALS.items() for refusal in refusals]
)
def test_a_refusal_exists_and_the_comment_on_the_request_tells_when(case: str, refusal: Refusal) -> None:
    assert refusal.reason in enum_descriptor(REASONS[refusal.case]).values_by_name
    field = REQUESTS[case]
    message = field.message_type
    assert message is not None
    texts = [comment(field), comment(message), *(comment(inner) for inner in message.fields)]
    assert any(refusal.reason in text for text in texts)


def test_a_request_whose_comment_says_never_refused_has_no_refusals() -> None:
    for case, field in REQUESTS.items():
        if "Never refused" in comment(field):
            assert case not in REFUSALS


def test_the_fence_is_explained_for_every_request_it_is_needed_for() -> None:
    assert REQUESTS.keys() - REPLIES.keys() - FENCE_BLIND.keys() == {"mute"}
    assert not FENCE_BLIND.keys() & REPLIES.keys()


def test_every_request_has_an_example_of_its_own() -> None:
    assert EXAMPLES.keys() == REQUESTS.keys()
    for case, example in EXAMPLES.items():
        assert example.split()[0] == case


class Inputs:
    """Every file holds a JSON object."""

    def now_ms(self) -> int:
        return 1_732_444_800_000

    def read_file(self, name: str) -> bytes:
        assert name.endswith((".sdp", ".json"))
        return b"{}"


@pytest.mark.parametrize("case", EXAMPLES)
def test_an_example_is_a_legal_request(case: str) -> None:
    (request,) = parse_line(EXAMPLES[case], Inputs())
    assert request.case == case
    assert request.build(lambda reference: 7 if reference.text.endswith(".id") else "x").ByteSize() > 0
