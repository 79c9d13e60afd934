"""What of a response is the client's own: every row of the table, and that the rest keeps its bytes."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.session.replay_rebind import Rebinding
from lksig.session.replay_script import Asked, Said, Take
from tests.support.tape import envelope

TOKEN = "eyJ.eyJ.own"


def take(identity: str | None = "probe", *others: str) -> Take:
    made = Take(1)
    made.identity, made.sid, made.others = identity, "PA_me", set(others)
    return made


def asked(**body: Any) -> Asked:
    (case,) = body
    return Asked(1, 0, case, getattr(envelope(TO_SERVER, **body), case), 1)


def said(request: Asked | None = None, *, is_reply: bool = True, encoding: Any = "protobuf", **body: Any) -> Said:
    whole = envelope(TO_CLIENT, **body)
    raw = whole.SerializeToString()
    if encoding == "json":
        from google.protobuf.json_format import MessageToJson

        raw = MessageToJson(whole).encode()
    return Said(2, 0, 2, whole.WhichOneof("message"), raw, encoding, request, request is not None and is_reply)


def live(request: Asked, **fields: Any) -> Any:
    return getattr(envelope(TO_SERVER, **{request.case: fields}), request.case)


def whole(direction: Direction = TO_CLIENT, **body: Any) -> Any:
    return envelope(direction, **body)


def test_what_is_nobodys_keeps_its_bytes() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    request = asked(add_track={"cid": "c"})
    reply = said(request, track_published={"cid": "c", "track": {"sid": "TR_x"}})
    assert rebinding.envelope(reply, "protobuf", live(request, cid="c")) is None
    assert rebinding.envelope(said(update={}), "protobuf") is None


def test_the_clients_encoding_counts() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    assert rebinding.envelope(said(update={}), "json") == whole(update={})
    assert rebinding.envelope(said(update={}, encoding="json"), "protobuf") == whole(update={})
    assert rebinding.envelope(said(update={}, encoding="json"), "json") is None


@pytest.mark.parametrize("raw", [b"\xff", b""])
def test_what_does_not_decode_stays(raw: bytes) -> None:
    assert Rebinding(take(), "probe", TOKEN).envelope(Said(1, 0, 1, None, raw, "protobuf", None, False), "json") is None


@pytest.mark.parametrize(
    ("request_body", "fields", "reply", "expected"),
    [
        ({"offer": {"id": 1}}, {"id": 9}, {"answer": {"sdp": "s", "id": 1}}, {"answer": {"sdp": "s", "id": 9}}),
        (
            {"add_track": {"cid": "c"}},
            {"cid": "own"},
            {"track_published": {"cid": "c", "track": {"sid": "TR_c"}}},
            {"track_published": {"cid": "own", "track": {"sid": "TR_c"}}},
        ),
        (
            {"add_track": {"cid": "c", "simulcast_codecs": [{"codec": "vp9", "cid": "c9"}, {"cid": "z"}]}},
            {"cid": "own", "simulcast_codecs": [{"codec": "vp9", "cid": "own9"}]},
            {"track_published": {"cid": "c", "track": {"codecs": [{"cid": "c9"}, {"cid": "z"}]}}},
            {"track_published": {"cid": "own", "track": {"codecs": [{"cid": "own9"}, {"cid": "z"}]}}},
        ),
        (
            {"update_metadata": {"name": "A", "request_id": 3}},
            {"name": "B", "request_id": 7},
            {"request_response": {"request_id": 3, "reason": "NOT_ALLOWED", "update_metadata": {"name": "A"}}},
            {
                "request_response": {
                    "request_id": 7,
                    "reason": "NOT_ALLOWED",
                    "update_metadata": {"name": "B", "request_id": 7},
                }
            },
        ),
        (
            {"mute": {"sid": "TR_a"}},
            {"sid": "TR_b"},
            {"request_response": {"reason": "NOT_FOUND", "mute": {"sid": "TR_a"}}},
            {"request_response": {"reason": "NOT_FOUND", "mute": {"sid": "TR_b"}}},
        ),
        (
            {"publish_data_track_request": {"pub_handle": 1, "name": "p"}},
            {"pub_handle": 5, "name": "p"},
            {"publish_data_track_response": {"info": {"pub_handle": 1, "sid": "DTR_a"}}},
            {"publish_data_track_response": {"info": {"pub_handle": 5, "sid": "DTR_a"}}},
        ),
        (
            {"publish_data_track_request": {"pub_handle": 1, "name": "p"}},
            {"pub_handle": 5, "name": "p"},
            {"request_response": {"reason": "NOT_ALLOWED", "publish_data_track": {"pub_handle": 1, "name": "p"}}},
            {"request_response": {"reason": "NOT_ALLOWED", "publish_data_track": {"pub_handle": 5, "name": "p"}}},
        ),
        (
            {"unpublish_data_track_request": {"pub_handle": 1}},
            {"pub_handle": 131071},
            {"unpublish_data_track_response": {"info": {"pub_handle": 1}}},
            {"unpublish_data_track_response": {"info": {"pub_handle": 65535}}},
        ),
        (
            {"store_data_blob_request": {"request_id": 4}},
            {"request_id": 8},
            {"store_data_blob_response": {"request_id": 4}},
            {"store_data_blob_response": {"request_id": 8}},
        ),
        (
            {"get_data_blob_request": {"request_id": 4}},
            {"request_id": 8},
            {"request_response": {"request_id": 4, "reason": "NOT_FOUND"}},
            {"request_response": {"request_id": 8, "reason": "NOT_FOUND"}},
        ),
        (
            {"subscription": {"track_sids": ["TR_a"]}},
            {"track_sids": ["TR_b"]},
            {"subscription_response": {"track_sid": "TR_a"}},
            None,
        ),
    ],
)
def test_an_answer_names_what_was_asked(
    request_body: dict[str, Any], fields: dict[str, Any], reply: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    request = asked(**request_body)
    own = live(request, **fields)
    rebinding.learn(request, own)
    given = rebinding.envelope(said(request, **reply), "protobuf", own)
    assert given == (whole(**expected) if expected is not None else None)


def test_a_consequence_is_no_answer() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    request = asked(update_metadata={"name": "A", "request_id": 3})
    consequence = said(request, is_reply=False, request_response={"request_id": 3})
    assert rebinding.envelope(consequence, "protobuf", live(request, request_id=9)) is None


def test_tokens_are_the_clients_own() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    assert rebinding.envelope(said(refresh_token="xxx"), "protobuf") == whole(refresh_token=TOKEN)
    moved = said(room_moved={"token": "xxx", "room": {"name": "r"}})
    assert rebinding.envelope(moved, "protobuf") == whole(room_moved={"token": TOKEN, "room": {"name": "r"}})
    assert TOKEN not in repr(rebinding)


def test_the_own_identity() -> None:
    rebinding = Rebinding(take("probe", "alice"), "ann", TOKEN)
    people = [{"identity": "alice"}, {"identity": "probe"}]
    join = said(join={"participant": {"identity": "probe"}, "other_participants": people})
    assert rebinding.envelope(join, "protobuf") == whole(
        join={"participant": {"identity": "ann"}, "other_participants": [{"identity": "alice"}, {"identity": "ann"}]}
    )
    handles = {"1": {"publisher_identity": "probe"}, "2": {"publisher_identity": "alice"}}
    given = rebinding.envelope(said(data_track_subscriber_handles={"sub_handles": handles}), "protobuf")
    assert given.data_track_subscriber_handles.sub_handles[1].publisher_identity == "ann"
    # A map of texts holds no identity.
    attributes = {"participants": [{"identity": "alice", "attributes": {"identity": "probe"}}]}
    assert rebinding.envelope(said(update=attributes), "protobuf") is None


@pytest.mark.parametrize(("recorded", "own"), [("probe", "alice"), (None, "ann"), ("probe", "probe")])
def test_an_identity_that_stays_as_recorded(recorded: str | None, own: str) -> None:
    rebinding = Rebinding(take(recorded, "alice"), own, TOKEN)
    join = said(join={"participant": {"identity": "probe"}, "other_participants": [{"identity": "alice"}]})
    assert rebinding.envelope(join, "protobuf") is None
    assert rebinding.is_namesake == (own == "alice")


def test_own_handles_come_back_in_updates() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    request = asked(publish_data_track_request={"pub_handle": 1})
    rebinding.learn(request, live(request, pub_handle=5))
    tracks = {"data_tracks": [{"pub_handle": 1}, {"pub_handle": 2}]}
    mine, theirs = {"sid": "PA_me", **tracks}, {"sid": "PA_b", **tracks}
    given = rebinding.envelope(said(update={"participants": [mine, theirs]}), "protobuf")
    handles = [[track.pub_handle for track in one.data_tracks] for one in given.update.participants]
    assert handles == [[5, 2], [1, 2]]


def test_other_requests_teach_nothing() -> None:
    rebinding = Rebinding(take(), "probe", TOKEN)
    request = asked(mute={"sid": "TR_a"})
    rebinding.learn(request, live(request, sid="TR_b"))
    assert rebinding.envelope(said(update={"participants": [{"sid": "TR_a"}]}), "protobuf") is None
