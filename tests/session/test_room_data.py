"""Data tracks and blobs; the texts are in `tests/golden/server/data-tracks.txt` and `blobs.txt`."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.rooms import Options
from tests.support.house import House, HouseClient


@pytest.fixture
def house() -> House:
    return House()


def joined(house: House, who: str = "ann", **fields: Any) -> HouseClient:
    client = house.client(who, **fields)
    house.wait(3.1)
    client.take()
    return client


def publish(handle: int, name: str = "d", **fields: Any) -> dict[str, Any]:
    return {"publish_data_track_request": {"pub_handle": handle, "name": name, **fields}}


def unpublish(handle: int) -> dict[str, Any]:
    return {"unpublish_data_track_request": {"pub_handle": handle}}


def refusal(client: HouseClient, request: dict[str, Any]) -> tuple[str, str]:
    (envelope,) = client.ask(request)
    response = envelope.request_response
    name = type(response).DESCRIPTOR.enum_types_by_name["Reason"].values_by_number[response.reason].name
    return name, response.message


def test_the_first_one_is_batched_and_later_ones_come_before_the_answer(house: House) -> None:
    ann, bob = joined(house), joined(house, "bob")
    ann.take()
    ann.send(publish(1, encryption="GCM", frame_encoding={"custom": "x"}, schema={"name": "s"}))
    (answer,) = ann.take()
    info = answer.publish_data_track_response.info
    assert info.sid.startswith("DTR_")
    assert (info.pub_handle, info.name, info.encryption, info.frame_encoding.custom) == (1, "d", 1, "x")
    assert info.schema.name == "s"
    assert bob.take() == []
    house.wait(3)
    assert [one.sid for one in bob.take("update")[0].update.participants[0].data_tracks] == [info.sid]
    ann.take()
    ann.send(publish(2, "e"))
    assert ann.cases() == ["update", "publish_data_track_response"]
    (update,) = bob.take("update")
    assert update.update.participants[0].is_publisher
    assert not update.update.participants[0].data_tracks[1].HasField("schema")


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (publish(0), "INVALID_HANDLE"),
        (publish(65536), "INVALID_HANDLE"),
        (publish(5, ""), "INVALID_NAME"),
        (publish(5, "é" * 129), "INVALID_NAME"),
        (publish(5, "n", frame_encoding={"custom": ""}), "INVALID_REQUEST"),
        (publish(5, "n", frame_encoding={"custom": "n" * 33}), "INVALID_REQUEST"),
        (publish(5, "n", schema={"encoding": {"custom": ""}}), "INVALID_REQUEST"),
        (publish(1, "n"), "DUPLICATE_HANDLE"),
        (publish(5, "d"), "DUPLICATE_NAME"),
    ],
)
def test_what_is_refused(house: House, request_: dict[str, Any], reason: str) -> None:
    ann = joined(house)
    ann.ask(publish(1))
    assert refusal(ann, request_)[0] == reason


def test_publishing_needs_the_grant_and_the_feature(house: House) -> None:
    told = ("NOT_ALLOWED", "does not have permission to publish data")
    assert refusal(joined(house, grants={"canPublish": False}), publish(1)) == told
    assert refusal(joined(House(Options(allows_data_tracks=False))), publish(1)) == told


def test_unpublish_cuts_the_handle(house: House) -> None:
    ann = joined(house)
    ann.ask(publish(65535))
    assert refusal(ann, unpublish(7)) == ("NOT_FOUND", "")
    ann.send(unpublish(131071))
    update, answer = ann.take()
    assert list(update.update.participants[0].data_tracks) == []
    assert answer.unpublish_data_track_response.info.name == "d"


def store(number: int, key: dict[str, Any] | None, contents: str = "QUJD") -> dict[str, Any]:
    blob = {"contents": contents} | ({"key": key} if key is not None else {})
    return {"store_data_blob_request": {"request_id": number, "blob": blob}}


def get(number: int, who: str, key: dict[str, Any] | None) -> dict[str, Any]:
    body: dict[str, Any] = {"request_id": number, "participant_identity": who}
    return {"get_data_blob_request": body | ({"key": key} if key is not None else {})}


SCHEMA = {"schema_id": {"name": "s", "encoding": {"well_known": 1}}}
CUSTOM = {"schema_id": {"name": "s", "encoding": {"custom": "c"}}}


@pytest.mark.parametrize("key", [{"generic": "k"}, {"generic": ""}, {"generic": "n" * 246}, SCHEMA, CUSTOM])
def test_a_blob_is_stored_and_anybody_gets_it(house: House, key: dict[str, Any]) -> None:
    ann, bob = joined(house), joined(house, "bob")
    (stored,) = ann.ask(store(3, key))
    assert stored.store_data_blob_response.request_id == 3
    (got,) = bob.ask(get(4, "ann", key))
    assert (got.get_data_blob_response.request_id, got.get_data_blob_response.blob.contents) == (4, b"ABC")
    assert got.get_data_blob_response.blob.key == stored.store_data_blob_response.key


@pytest.mark.parametrize(
    ("request_", "reason", "message"),
    [
        (store(1, None), "INVALID_REQUEST", "data blob is invalid"),
        (store(1, {}), "INVALID_REQUEST", "data blob is invalid"),
        (store(1, {"generic": "n" * 247}), "INVALID_REQUEST", "data blob is invalid"),
        ({"store_data_blob_request": {}}, "INVALID_REQUEST", "data blob is invalid"),
        (store(1, {"schema_id": {"name": "n" * 256}}), "INVALID_REQUEST", "data blob is invalid"),
        (
            store(1, {"schema_id": {"encoding": {"custom": ""}}}),
            "INVALID_REQUEST",
            "encoding identifier is empty or exceeds the maximum length",
        ),
        (store(1, {"generic": "k"}, ""), "INVALID_REQUEST", "data blob is empty"),
        (store(1, {"generic": "k"}, "A" * 85336), "LIMIT_EXCEEDED", "async attribute definition exceeds limit"),
        (get(1, "ann", None), "INVALID_REQUEST", "data blob key is required"),
        (get(1, "nobody", {"generic": "k"}), "NOT_FOUND", "participant not found"),
        (get(1, "", {"generic": "k"}), "NOT_FOUND", "participant not found"),
        (get(1, "ann", {"generic": "k"}), "NOT_FOUND", "data blob not found"),
    ],
)
def test_blobs_that_are_refused(house: House, request_: dict[str, Any], reason: str, message: str) -> None:
    assert refusal(joined(house), request_) == (reason, message)


def test_blobs_are_limited_in_sum(house: House) -> None:
    ann = joined(house)
    ann.ask(store(1, {"generic": "k"}, "A" * 60_000))
    assert refusal(ann, store(2, {"generic": "k"}, "A" * 30_000))[0] == "LIMIT_EXCEEDED"


def test_blobs_can_be_off() -> None:
    ann = joined(House(Options(allows_data_blobs=False)))
    assert refusal(ann, store(1, {"generic": "k"})) == ("NOT_ALLOWED", "data blob not enabled")
