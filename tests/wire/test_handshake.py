from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lksig
from lksig.errors import InputError
from lksig.schema.pool import message_class
from lksig.wire.handshake import (
    Handshake,
    JoinOptions,
    asked_of,
    build,
    decode_join_request,
    encode_join_request,
    overridden,
    read_header,
    read_url,
    request_head,
    validate_url,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
OFFER = {"type": "offer", "sdp": "v=0"}


def query_of(handshake: Handshake) -> dict[str, str]:
    return dict(
        parse_qsl(urlsplit(handshake.url).query, keep_blank_values=True, strict_parsing=bool("?" in handshake.url))
    )


def join_request_of(handshake: Handshake) -> Any:
    """What the server would read from the URL."""
    return decode_join_request(query_of(handshake)["join_request"], strict=True).join_request


def pasted_v1(**fields: Any) -> str:
    message = message_class("JoinRequest")(**fields)
    return f"wss://h/rtc/v1?access_token={JWT}&join_request={encode_join_request(message, 'gzip')}"


class TestOwnPresentation:
    def test_v1_is_the_default(self) -> None:
        handshake = build(read_url("ws://h:7880/base"), token=JWT)
        assert handshake.path == "v1"
        assert handshake.request_target.startswith("/base/rtc/v1?join_request=")
        assert (handshake.host, handshake.port, handshake.netloc) == ("h", 7880, "h:7880")
        assert handshake.url == f"ws://h:7880{handshake.request_target}"
        assert join_request_of(handshake) == message_class("JoinRequest")(
            client_info={"protocol": 17}, connection_settings={"auto_subscribe": True}
        )
        assert handshake.join_request == join_request_of(handshake)

    def test_v0_says_the_same_in_parameters(self) -> None:
        handshake = build(read_url("ws://h"), path="v0", token=JWT)
        assert handshake.request_target == "/rtc?protocol=17&auto_subscribe=1"
        assert handshake.join_request is None

    def test_without_token_and_without_anything_to_say(self) -> None:
        handshake = build(read_url("ws://h"), path="v0", presentation=JoinOptions())
        assert handshake.url == "ws://h/rtc"
        assert (handshake.token, handshake.token_place) == (None, None)
        assert handshake.headers == (("User-Agent", "lksig/0.1.0"),)

    def test_a_wholly_default_join_request_is_no_empty_parameter(self) -> None:
        # The server answers 400 `join_request is required` to that.
        nothing = JoinOptions(protocol=0)
        handshake = build(read_url("ws://h"), nothing, presentation=JoinOptions(), compression="none")
        assert join_request_of(handshake).HasField("client_info")
        bare = build(read_url("ws://h"), presentation=JoinOptions(), compression="none")
        assert join_request_of(bare).HasField("connection_settings")

    def test_another_presentation(self) -> None:
        esp32 = JoinOptions(protocol=1, sdk="esp32", extra=(("auto_subscribe", "true"),))
        handshake = build(read_url("ws://h"), path="v0", presentation=esp32, user_agent=None)
        assert handshake.request_target == "/rtc?sdk=esp32&protocol=1&auto_subscribe=true"
        assert handshake.headers == ()
        # It is for who says nothing himself: a pasted client keeps its own, and options are set over it.
        pasted = build(read_url("ws://h/rtc?sdk=go"), presentation=esp32)
        assert pasted.request_target == "/rtc?sdk=go"
        over = build(read_url("ws://h"), JoinOptions(protocol=9, extra=(("auto_subscribe", "0"),)), presentation=esp32)
        assert query_of(over)["auto_subscribe"] == "0"
        assert join_request_of(over).client_info == message_class("ClientInfo")(sdk="ESP32", protocol=9)

    @pytest.mark.parametrize(("compression", "name"), [("gzip", "GZIP"), ("none", "NONE"), (None, "NONE")])
    def test_compression_is_chosen(self, compression: Any, name: str) -> None:
        handshake = build(read_url("ws://h"), compression=compression)
        assert decode_join_request(query_of(handshake)["join_request"]).compression == name


class TestToken:
    def test_in_the_header_unless_asked_otherwise(self) -> None:
        handshake = build(read_url("ws://h"), path="v0", token=JWT)
        assert handshake.headers[0] == ("Authorization", f"Bearer {JWT}")
        assert JWT not in handshake.url

    def test_in_the_query(self) -> None:
        handshake = build(read_url("ws://h"), path="v0", token=JWT, token_place="query")
        assert query_of(handshake)["access_token"] == JWT
        assert dict(handshake.headers) == {"User-Agent": "lksig/0.1.0"}

    def test_of_the_url_stays_in_the_query(self) -> None:
        target = read_url(f"ws://h/rtc?access_token={JWT}")
        assert build(target).token_place == "query"
        assert build(target, token_place="header").headers[0][0] == "Authorization"
        other = build(target, token=JWT + "x")
        assert (other.token, other.token_place) == (JWT + "x", "header")

    @pytest.mark.parametrize("token", ["a b", "a\nb", "ä", "Bearer " + JWT])
    def test_that_cannot_be_sent_is_refused_unseen(self, token: str) -> None:
        with pytest.raises(InputError) as caught:
            build(read_url("ws://h"), token=token)
        assert (caught.value.layer, caught.value.code) == ("auth", "bad-token")
        assert JWT not in str(caught.value)

    def test_is_not_in_what_is_shown(self) -> None:
        for place in ("header", "query"):
            handshake = build(read_url("ws://h"), token=JWT, token_place=place)
            assert repr(handshake) == f"Handshake(ws://h/rtc/v1, token in {place}, join_request)"
            assert handshake.shown_url == "ws://h/rtc/v1"
        assert repr(build(read_url("ws://h"), path="v0")) == "Handshake(ws://h/rtc, no token)"


class TestHeaders:
    def test_of_the_user_are_set_over_ours(self) -> None:
        given_headers = (("user-agent", "Mozilla"), ("X-A", "1"), ("X-A", "2"))
        handshake = build(read_url("ws://h"), token=JWT, headers=given_headers)
        assert handshake.headers == (("Authorization", f"Bearer {JWT}"), *given_headers)

    def test_without_a_value_remove_ours(self) -> None:
        handshake = build(read_url("ws://h"), token=JWT, headers=[("User-Agent", ""), ("authorization", "")])
        assert handshake.headers == ()

    @pytest.mark.parametrize(
        ("text", "header"),
        [("A: b", ("A", "b")), ("A:b:c", ("A", "b:c")), (" A : ", ("A", "")), ("A: \tbä", ("A", "bä"))],
    )
    def test_are_read(self, text: str, header: tuple[str, str]) -> None:
        assert read_header(text) == header

    @pytest.mark.parametrize("text", ["A", "", ": x", "A B: x", "A: s3cret\nB: y", "A: s3cret\x00", "A: s3cret€"])
    def test_that_cannot_be_sent(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            read_header(text)
        assert caught.value.code == "bad-header"
        assert "s3cret" not in str(caught.value)


class TestPastedV1:
    def test_is_taken_as_it_is(self) -> None:
        url = pasted_v1(client_info={"sdk": "JS", "version": "2.23.0"}, publisher_offer=OFFER)
        handshake = build(read_url(url + "&x=1"))
        assert handshake.path == "v1"
        assert dict(parse_qsl(urlsplit(url).query)) | {"x": "1"} == query_of(handshake)
        assert join_request_of(handshake).client_info.version == "2.23.0"
        # Our own presentation does not creep in.
        assert join_request_of(handshake).client_info.protocol == 0

    def test_single_fields_are_set_over_it_and_the_rest_is_kept(self) -> None:
        handshake = build(read_url(pasted_v1(client_info={"sdk": "JS", "version": "1"})), JoinOptions(version="2"))
        assert join_request_of(handshake).client_info == message_class("ClientInfo")(sdk="JS", version="2")
        assert decode_join_request(query_of(handshake)["join_request"]).compression == "GZIP"

    def test_its_compression_is_kept_unless_asked_otherwise(self) -> None:
        message = message_class("JoinRequest")(metadata="m" * 300)
        target = read_url(f"ws://h/rtc/v1?join_request={encode_join_request(message, 'none')}")
        changed = build(target, JoinOptions(version="2"))
        assert decode_join_request(query_of(changed)["join_request"]).compression == "NONE"
        packed = build(target, compression="gzip")
        assert decode_join_request(query_of(packed)["join_request"]).compression == "GZIP"

    def test_what_the_server_would_refuse_is_written_anew(self) -> None:
        message = message_class("JoinRequest")(metadata="mmm")
        text = encode_join_request(message, "none")
        assert text.endswith("=")
        handshake = build(read_url(f"ws://h/rtc/v1?join_request={text.rstrip('=')}"))
        assert query_of(handshake)["join_request"] == text

    def test_a_resume_leaves_the_first_offer_out(self) -> None:
        target = read_url(pasted_v1(publisher_offer=OFFER, add_track_requests=[{"cid": "c"}]))
        resume = JoinOptions(reconnect=True, participant_sid="PA_x", reconnect_reason=1)
        message = join_request_of(build(target, resume))
        assert message == message_class("JoinRequest")(reconnect=True, participant_sid="PA_x", reconnect_reason=1)
        again = JoinOptions(publisher_offer=message_class("SessionDescription")(**OFFER)).over(resume)
        assert join_request_of(build(target, again)).publisher_offer.sdp == "v=0"

    def test_on_rtc_it_stays_a_join_request(self) -> None:
        text = encode_join_request(message_class("JoinRequest")(metadata="m"))
        handshake = build(read_url(f"ws://h/rtc?&join_request={text}"))
        assert handshake.request_target.startswith("/rtc?join_request=")
        assert join_request_of(handshake).metadata == "m"

    def test_forced_to_v0_it_becomes_parameters(self) -> None:
        fields = {"client_info": {"sdk": "JS", "other_sdks": "x"}, "metadata": "m", "publisher_offer": OFFER}
        handshake = build(read_url(pasted_v1(**fields)), JoinOptions(version="9"), path="v0")
        # Left out, `auto_subscribe` is no in a join request and yes on /rtc.
        assert query_of(handshake) == {"sdk": "js", "version": "9", "auto_subscribe": "0", "access_token": JWT}
        assert handshake.join_request is None


class TestPastedV0:
    URL = f"ws://h/rtc?sdk=go&version=2.13.0&protocol=16&&auto_subscribe=1&lang=de&access_token={JWT}"

    def test_is_taken_as_it_is(self) -> None:
        handshake = build(read_url(self.URL))
        assert query_of(handshake) == dict(parse_qsl(urlsplit(self.URL).query))

    def test_single_parameters_are_set_over_it(self) -> None:
        handshake = build(read_url(self.URL), JoinOptions(protocol=9, os="x"))
        expected = dict(parse_qsl(urlsplit(self.URL).query)) | {"protocol": "9", "os": "x"}
        assert query_of(handshake) == expected

    def test_a_url_without_client_parameters_is_no_pasted_client(self) -> None:
        assert query_of(build(read_url("ws://h/rtc?lang=de"))) == {
            "lang": "de",
            "protocol": "17",
            "auto_subscribe": "1",
        }

    def test_forced_to_v1_it_becomes_a_join_request(self) -> None:
        handshake = build(read_url("ws://h/rtc?sdk=go&protocol=16&lang=de"), path="v1")
        assert set(query_of(handshake)) == {"lang", "join_request"}
        # Left out, `auto_subscribe` is yes on /rtc and no in a join request.
        assert join_request_of(handshake) == message_class("JoinRequest")(
            client_info={"sdk": "GO", "protocol": 16}, connection_settings={"auto_subscribe": True}
        )

    def test_of_a_parameter_given_twice_the_first_counts(self) -> None:
        assert query_of(build(read_url("ws://h/rtc?protocol=1&protocol=2")))["protocol"] == "1"


def test_the_query_of_a_base_url_survives_on_both_paths() -> None:
    target = read_url("ws://h/base?tenant=a%20b&protocol=3")
    assert query_of(build(target))["tenant"] == "a b"
    v0 = build(target, path="v0")
    assert v0.request_target == "/base/rtc?tenant=a+b&protocol=17&auto_subscribe=1"


def test_raw_parameters_replace_and_add() -> None:
    options = JoinOptions(extra=(("protocol", "x"), ("new", "1"), ("join_request", "raw")))
    v0 = build(read_url("ws://h"), options, path="v0")
    assert v0.request_target == "/rtc?protocol=x&auto_subscribe=1&new=1&join_request=raw"
    assert query_of(build(read_url("ws://h"), options))["join_request"] == "raw"


@pytest.mark.parametrize(("scheme", "http"), [("ws", "http"), ("wss", "https")])
def test_the_probe_carries_the_same_query(scheme: str, http: str) -> None:
    handshake = build(read_url(f"{scheme}://h/base"), path="v0", token=JWT, token_place="query")
    assert validate_url(handshake) == (f"{http}://h/base/rtc/validate?protocol=17&auto_subscribe=1&access_token={JWT}")
    assert validate_url(build(read_url(f"{scheme}://h"), path="v0", presentation=JoinOptions())) == (
        f"{http}://h/rtc/validate"
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.sampled_from(["v0", "v1"]))
def test_any_text_arrives_as_it_was(text: str, path: Any) -> None:
    options = JoinOptions(version=text or "x", extra=((text or "x", text),))
    handshake = build(read_url("ws://h"), options, path=path)
    assert handshake.url.isascii()
    # A name may collide with one of ours; the raw parameter wins then.
    assert query_of(handshake)[text or "x"] == text
    again = build(read_url(handshake.url))
    assert query_of(again) == query_of(handshake)


class TestRequestHead:
    def test_ours(self) -> None:
        handshake = build(read_url("ws://h:7880"), token=JWT, headers=[("X-A", "1")])
        assert request_head(handshake, "key", offers_deflate=True) == [
            ("Host", "h:7880"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", "key"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            ("Authorization", f"Bearer {JWT}"),
            ("User-Agent", f"lksig/{lksig.__version__}"),
            ("X-A", "1"),
        ]
        names = [name for name, _ in request_head(handshake, "key", offers_deflate=False)]
        assert "Sec-WebSocket-Extensions" not in names

    def test_a_given_header_is_the_only_one_of_its_name(self) -> None:
        handshake = build(read_url("ws://h"), headers=[("host", "other"), ("X-A", "1"), ("X-A", "2")])
        head = request_head(handshake, "key", offers_deflate=False)
        assert [value for name, value in head if name.lower() == "host"] == ["other"]
        assert [value for name, value in head if name == "X-A"] == ["1", "2"]

    def test_in_another_order(self) -> None:
        handshake = build(read_url("ws://h"), headers=[("X-A", "1")], user_agent=None)
        ordered = replace(handshake, header_order=("connection", "Sec-WebSocket-Key", "Host"))
        names = [name for name, _ in request_head(ordered, "key", offers_deflate=False)]
        assert names == ["Connection", "Sec-WebSocket-Key", "Host", "Upgrade", "Sec-WebSocket-Version", "X-A"]


def test_headers_over_others() -> None:
    ours = [("Origin", "a"), ("User-Agent", "b"), ("X", "1"), ("X", "2")]
    assert overridden(ours, [("ORIGIN", ""), ("x", "3")]) == (("User-Agent", "b"), ("ORIGIN", ""), ("x", "3"))


def test_the_query_is_written_as_forms_are() -> None:
    handshake = build(read_url("ws://h"), JoinOptions(extra=(("a b", "~*&=é"), ("", ""), ("c", ""))), path="v0")
    assert handshake.request_target.endswith("&a+b=%7E*%26%3D%C3%A9&&c=")


class TestWhatAPastedUrlAsks:
    def test_nothing(self) -> None:
        assert asked_of(read_url("ws://h/base?protocol=3"), "v1") == JoinOptions()

    def test_in_a_join_request(self) -> None:
        target = read_url(
            pasted_v1(
                client_info={"sdk": 1, "os": "Plan 9"},
                connection_settings={"adaptive_stream": True},
                metadata="m",
                publisher_offer=OFFER,
            )
        )
        asked = asked_of(target, "v1")
        assert (asked.sdk, asked.os, asked.metadata, asked.auto_subscribe) == (None, None, "m", False)
        assert (asked.adaptive_stream, asked.publisher_offer is not None) == (True, True)
        on_v0 = asked_of(target, "v0")
        assert (on_v0.metadata, on_v0.publisher_offer, on_v0.auto_subscribe, on_v0.sdk) == (None, None, False, None)

    def test_in_parameters(self) -> None:
        target = read_url("ws://h/rtc?sdk=js&protocol=9&auto_subscribe=0&publish=x")
        assert asked_of(target, "v0") == JoinOptions(auto_subscribe=False, publish="x")
        assert asked_of(target, "v1") == JoinOptions(auto_subscribe=False)
