"""A HAR is cleaned, and stays the same HAR."""

from __future__ import annotations

import copy
import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.check import Checker
from lksig.recording.importers.har import parse_har, read_har
from lksig.recording.importers.har_entries import read_entry
from lksig.recording.redact import Redactor
from lksig.recording.redact_har import HarRedactor
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Message
from lksig.wire.personal import PersonalData
from lksig.wire.redaction import Secrets
from tests.support.hars import entry, frame, har, page, v0_url, v1_url
from tests.support.recordings import KEY
from tests.support.samples import PWD, SDP, SECRETS, TOKEN, UFRAG

KEPT = Path(__file__).parent.parent / "recordings" / "har"


def cleaned(document: Any, *, personal: bool = False) -> Any:
    redactor = Redactor(Secrets(KEY), PersonalData(KEY) if personal else None)
    text = b"".join(HarRedactor(redactor).pieces(document))
    assert list(Checker({}, personal=personal).survivors([text])) == []
    return json.loads(text)


def messages(document: Any) -> list[Message]:
    found = read_har(document, "call.har")
    return [event for event in found.records(found) if isinstance(event, Message)]


@pytest.mark.parametrize("name", ["chrome", "firefox", "playwright", "mitmproxy"])
def test_kept_files(name: str) -> None:
    document = parse_har((KEPT / f"{name}.har").read_bytes(), name)
    before = copy.deepcopy(document)
    done = cleaned(document)
    assert document == before
    text = json.dumps(done)
    assert [secret for secret in SECRETS if secret in text] == []
    for old, new in zip(messages(document), messages(done), strict=True):
        assert (old.case, old.direction, old.t_ns, len(old.raw)) == (new.case, new.direction, new.t_ns, len(new.raw))
    assert cleaned(done) == done
    bare = {key: value for key, value in done["log"].items() if key != "entries"}
    assert bare == {key: value for key, value in document["log"].items() if key != "entries"}
    for old_entry, new_entry in zip(document["log"]["entries"], done["log"]["entries"], strict=True):
        assert old_entry.keys() == new_entry.keys()
        assert old_entry["startedDateTime"] == new_entry["startedDateTime"]


def test_frames_keep_their_length_and_say_what_stood_there() -> None:
    (done,) = cleaned(har(entry(v1_url(), [frame(TO_SERVER, "offer", 1.0)])))["log"]["entries"]
    (one,) = done["_webSocketMessages"]
    assert len(one["data"]) == len(frame(TO_SERVER, "offer", 1.0)["data"])
    assert UFRAG.encode() not in b64decode(one["data"])
    assert one["_lksig_places"][0][0].startswith("offer.sdp[")
    (told,) = messages(har(done))
    assert "[secret " in str(told.envelope)


def test_text_frames_and_frames_of_characters() -> None:
    text = {"type": "receive", "time": 1, "opcode": 1, "data": json.dumps({"refreshToken": TOKEN})}
    plain = frame(TO_CLIENT, "refresh_token", 1.0)
    characters = {**plain, "data": b64decode(plain["data"]).decode("latin-1")}
    done = cleaned(har(entry(v1_url(), [text]), entry(v1_url(), [characters], t_s=5)))
    assert [message.case for message in messages(done)] == ["refresh_token", "refresh_token"]
    assert TOKEN not in json.dumps(done)


def test_urls_and_parameters() -> None:
    offer = {"type": "offer", "sdp": SDP}
    url = v1_url(publisher_offer=offer)
    (done,) = cleaned(har(entry(url, [])))["log"]["entries"]
    assert "access_token=[jwt " in done["request"]["url"]
    query = {one["name"]: one["value"] for one in done["request"]["queryString"]}
    assert query["access_token"].startswith("[jwt ")
    read = read_entry(done)
    assert read is not None
    assert PWD not in read.join_request.publisher_offer.sdp
    assert read.join_request.publisher_offer.type == "offer"
    assert query["join_request"] in done["request"]["url"].replace("%3D", "=")


def test_an_empty_parameter_and_others() -> None:
    (done,) = cleaned(har(entry(v0_url("join_request=&sdk=js&auto_subscribe=1"), [])))["log"]["entries"]
    assert [one["value"] for one in done["request"]["queryString"]][1:] == ["", "js", "1"]


def test_headers_and_cookies() -> None:
    one = page()
    one["request"]["headers"] = [
        {"name": ":authority", "value": "app.example.com"},
        {"name": "Cookie", "value": "sid=s3cr3t; theme=dark"},
        {"name": "authorization", "value": "Basic YWJj"},
        {"name": "Proxy-Authorization", "value": "abc"},
        {"name": "Authorization", "value": f"Bearer {TOKEN}"},
        {"name": "X-Api-Key", "value": "0123456789abcdef"},
        {"name": "Referer", "value": f"https://app.example.com/?access_token={TOKEN}"},
        {"name": "Accept", "value": "*/*"},
        {"name": 7},
        "odd",
    ]
    one["request"]["cookies"] = [{"name": "sid", "value": "s3cr3t", "path": "/"}]
    one["response"]["headers"] = [{"name": "Set-Cookie", "value": "sid=n3w; Path=/; HttpOnly"}]
    (done,) = cleaned(har(one))["log"]["entries"]
    values = [
        header["value"] if isinstance(header, dict) and "value" in header else header
        for header in done["request"]["headers"]
    ]
    assert values[:4] == ["app.example.com", "sid=xxxxxx; theme=xxxx", "Basic xxxx", "xxx"]
    assert values[4].startswith("Bearer [jwt ")
    assert values[5:8] == ["x" * 16, values[6], "*/*"]
    assert TOKEN not in values[6]
    assert values[8:] == [{"name": 7}, "odd"]
    assert done["request"]["cookies"] == [{"name": "sid", "value": "xxxxxx", "path": "/"}]
    assert done["response"]["headers"][0]["value"] == "sid=xxx; Path=/; HttpOnly"


def test_bodies() -> None:
    plain = entry("https://app.example.com/token", status=200, body=json.dumps({"token": TOKEN}))
    coded = entry("https://app.example.com/token", status=200)
    coded["response"]["content"] = {"size": 9, "encoding": "base64", "text": b64encode(TOKEN.encode()).decode()}
    odd = entry("https://app.example.com/x", status=200)
    odd["response"]["content"] = {"encoding": "base64", "text": "no base64 €"}
    posted = page()
    posted["request"]["postData"] = {"mimeType": "application/json", "text": json.dumps({"token": TOKEN})}
    done = cleaned(har(plain, coded, odd, posted))["log"]["entries"]
    assert json.loads(done[0]["response"]["content"]["text"]) == {"token": "x" * len(TOKEN)}
    assert b64decode(done[1]["response"]["content"]["text"]) == b"x" * len(TOKEN)
    assert done[1]["response"]["content"]["encoding"] == "base64"
    assert done[2]["response"]["content"]["text"] == "no base64 €"
    assert TOKEN not in json.dumps(done)


def test_other_sockets_and_what_is_no_frame() -> None:
    odd: Any = TOKEN
    other = entry(
        "wss://app.example.com/socket",
        [
            {"type": "send", "opcode": 1, "data": f"hello {TOKEN}"},
            {"type": "send", "opcode": 2, "data": b64encode(TOKEN.encode()).decode()},
            {"type": "send", "opcode": 2, "data": "hello"},
            {"type": "send"},
            odd,
        ],
    )
    mistaken = {**page(), "_webSocketMessages": {"a": TOKEN}}
    done = cleaned({**har(other, mistaken, page()), "comment": f"of {TOKEN}"})
    frames = done["log"]["entries"][0]["_webSocketMessages"]
    assert frames[0]["data"] == "hello " + "x" * len(TOKEN)
    assert b64decode(frames[1]["data"]) == b"x" * len(TOKEN)
    assert frames[2:4] == [{"type": "send", "opcode": 2, "data": "hello"}, {"type": "send"}]
    assert done["comment"] == "of " + "x" * len(TOKEN)
    assert cleaned({"log": {"entries": [TOKEN, {}, 7]}})["log"]["entries"] == ["x" * len(TOKEN), {}, 7]


def test_a_secret_is_known_before_its_first_mention() -> None:
    note = page()
    note["comment"] = f"the password is {PWD}"
    done = cleaned(har(note, entry(v1_url(), [frame(TO_SERVER, "offer", 1.0)])))
    assert PWD not in json.dumps(done)


def test_personal_data() -> None:
    one = {**entry(v1_url(), [frame(TO_CLIENT, "join", 0.1)]), "serverIPAddress": "203.0.113.9"}
    text = json.dumps(cleaned(har(one), personal=True))
    assert "203.0.113.9" not in text
    for told in messages(json.loads(text)):
        assert b"alice" not in told.raw


_VALUES = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just(TOKEN) | st.just(v1_url()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["headers", "cookies", "queryString", "name", "value", "text", "encoding", "data", "opcode", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.lists(_VALUES | st.fixed_dictionaries({"_webSocketMessages": st.lists(_VALUES, max_size=3)}), max_size=3))
def test_anything(entries: list[Any]) -> None:
    done = cleaned({"log": {"entries": entries}})
    assert TOKEN not in json.dumps(done)
    assert len(done["log"]["entries"]) == len(entries)
