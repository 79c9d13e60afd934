from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.pool import message_class
from lksig.wire.join_request import encode_join_request
from lksig.wire.target import Target, first_value, looks_like_url, parse_query, read_url, shown_url

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


def refusal(text: str, bare: bool = False) -> InputError:
    with pytest.raises(InputError) as caught:
        read_url(text, bare)
    assert caught.value.layer == "url"
    return caught.value


def marked(error: InputError) -> str:
    """The part of the source that a caret would point at."""
    assert error.source is not None
    return error.source[error.start : error.end]


class TestLooksLikeUrl:
    @pytest.mark.parametrize("word", ["ws://h", "wss://h/x", "http://h", "HTTPS://h", "ws://"])
    def test_a_scheme_says_it(self, word: str) -> None:
        assert looks_like_url(word)
        assert looks_like_url(word, bare=True)

    @pytest.mark.parametrize(
        "word", ["localhost", "host:7880", ":7880", "[::1]:7880", "a-b.c:1/rtc?x=1", "10.0.0.1:80"]
    )
    def test_without_scheme_only_where_it_may_be(self, word: str) -> None:
        assert not looks_like_url(word)
        assert looks_like_url(word, bare=True)

    @pytest.mark.parametrize(
        "word",
        ["join", "example.com", "htp://h", "a=b:1", "~x:12", "update(identity=a:1)", "a>b:2", "localhost2", "x:"],
    )
    def test_words_of_a_filter_are_none(self, word: str) -> None:
        assert not looks_like_url(word, bare=True)


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "scheme", "port"),
        [("ws://h", "ws", 80), ("wss://h", "wss", 443), ("http://h", "ws", 80), ("HTTPS://h", "wss", 443)],
    )
    def test_scheme_and_its_port(self, text: str, scheme: str, port: int) -> None:
        target = read_url(text)
        assert (target.scheme, target.host, target.port, target.effective_port) == (scheme, "h", None, port)

    @pytest.mark.parametrize(
        ("text", "netloc"),
        [
            ("ws://h:7880", "h:7880"),
            ("ws://h:", "h"),
            ("ws://[::1]:7880/x", "[::1]:7880"),
            ("ws://[::1]", "[::1]"),
            ("ws://h_1.example.com.", "h_1.example.com."),
            ("ws://bücher.example", "xn--bcher-kva.example"),
            ("  ws://h  ", "h"),
        ],
    )
    def test_host_and_port(self, text: str, netloc: str) -> None:
        assert read_url(text).netloc == netloc

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("host:7880", "ws://host:7880"),
            (":7880", "ws://127.0.0.1:7880"),
            ("localhost", "ws://localhost:7880"),
            ("[::1]:80/base", "ws://[::1]:80/base"),
            ("ws://localhost", "ws://localhost"),
        ],
    )
    def test_bare_words(self, text: str, shown: str) -> None:
        assert read_url(text, bare=True).shown == shown


class TestPath:
    @pytest.mark.parametrize(
        ("path", "prefix", "final"),
        [
            ("", "", None),
            ("/", "", None),
            ("/base", "/base", None),
            ("/base/", "/base", None),
            ("//a//b/", "/a/b", None),
            ("/rtc", "", "v0"),
            ("/rtc/", "", "v0"),
            ("/rtc/v1", "", "v1"),
            ("/base/rtc/v1?x=1", "/base", "v1"),
            ("/base/rtc", "/base", "v0"),
            ("/rtc/v2", "/rtc/v2", None),
            ("/xrtc", "/xrtc", None),
            ("/rtc/v1/validate", "/rtc/v1/validate", None),
            ("/é x"[:2], "/%C3%A9", None),
            ("/a%20b", "/a%20b", None),
        ],
    )
    def test_final_or_prefix(self, path: str, prefix: str, final: str | None) -> None:
        target = read_url("ws://h" + path)
        assert (target.prefix, target.path) == (prefix, final)

    def test_what_is_shown_has_neither_query_nor_secret(self) -> None:
        target = read_url(f"wss://h/base/rtc?access_token={JWT}&a=b#frag")
        assert target.shown == "wss://h/base/rtc"
        assert repr(target) == "Target(wss://h/base/rtc, token, parameters)"


class TestPastedUrl:
    def test_everything_is_kept(self) -> None:
        join_request = message_class("JoinRequest")(metadata="m")
        text = encode_join_request(join_request, "gzip")
        target = read_url(f"wss://h/rtc/v1?access_token={JWT}&join_request={text}&lang=de&x")
        assert (target.path, target.token) == ("v1", JWT)
        assert target.join_request is not None
        assert target.join_request.join_request == join_request
        assert target.parameters == (("lang", "de"), ("x", ""))
        assert JWT not in repr(target)
        assert "join_request" in repr(target)

    def test_untidy_queries_of_the_go_sdk(self) -> None:
        text = encode_join_request(message_class("JoinRequest")(metadata="m"))
        assert read_url(f"ws://h/rtc?&join_request={text}").join_request is not None
        assert read_url("ws://h/rtc?version=2.13.0&protocol=16&&auto_subscribe=1").parameters == (
            ("version", "2.13.0"),
            ("protocol", "16"),
            ("auto_subscribe", "1"),
        )

    def test_the_first_value_counts_and_an_empty_one_is_none(self) -> None:
        pairs = parse_query("a=&a=1&b=2&b=3&c=%C3%A9+x&&=")
        assert (first_value(pairs, "a"), first_value(pairs, "b"), first_value(pairs, "z")) == (None, "2", None)
        assert first_value(pairs, "c") == "é x"
        assert read_url("ws://h/rtc?access_token=").token is None

    def test_a_broken_join_request_is_named(self) -> None:
        error = refusal(f"ws://h/rtc/v1?join_request=%21&access_token={JWT}")
        assert error.text == "the `join_request` of the URL cannot be read: it is no base64: it holds other characters"
        assert error.code == "join-request-base64"
        assert error.source is None


class TestRefusals:
    def test_a_misspelled_scheme_is_corrected(self) -> None:
        error = refusal("htp://h")
        assert (error.text, error.hint) == ("`htp://` is not a scheme LiveKit speaks", "did you mean http://?")
        assert marked(error) == "htp"

    def test_another_scheme(self) -> None:
        error = refusal("gopher://h?x")
        assert error.hint == "use ws:// or wss:// (http:// and https:// are read as those)"

    @pytest.mark.parametrize("text", ["lk.example.com", "", "host:7880", "localhost", "/rtc", "ws:/h"])
    def test_no_scheme(self, text: str) -> None:
        error = refusal(text)
        assert error.code == "url-scheme"
        assert error.hint is not None
        assert "wss://HOST" in error.hint

    @pytest.mark.parametrize(
        ("text", "code", "mark"),
        [
            ("ws://", "url-host", ""),
            ("ws:///rtc", "url-host", "/"),
            ("ws://:80", "url-host", ":"),
            ("ws://h:x", "url-port", "x"),
            ("ws://h:0", "url-port", "0"),
            ("ws://h:65536", "url-port", "65536"),
            ("ws://h:8o80/rtc", "url-port", "8o80"),
            ("ws://h:٣", "url-port", "٣"),
            ("ws://::1:7880", "url-host", "::1:7880"),
            ("ws://fe80::1/x", "url-host", "fe80::1"),
            ("ws://[::1", "url-host", "[::1"),
            ("ws://[::1]7880", "url-host", "[::1]7880"),
            ("ws://[h]:1", "url-host", "[h]:1"),
            ("ws://a..b", "url-host", "a..b"),
            ("ws://a b", "url-blank", " "),
            ("ws://a\x00b", "url-blank", "\x00"),
            ("ws://h/\nx", "url-blank", "\n"),
            (f"ws://{'a' * 64}.b", "url-host", "a" * 64 + ".b"),
            (f"ws://{'a.' * 127}b", "url-host", "a." * 127 + "b"),
            ("ws://h!", "url-host", "h!"),
            ("ws://\u0130\u0130..x", "url-host", "\u0130\u0130..x"),
        ],
    )
    def test_the_place_is_marked(self, text: str, code: str, mark: str) -> None:
        error = refusal(text)
        assert (error.code, marked(error)) == (code, mark)

    def test_an_unbracketed_ipv6_address_is_explained(self) -> None:
        assert refusal("ws://fe80::1").hint == "write an IPv6 address in brackets: ws://[::1]:7880"
        assert refusal("ws://h:99999").hint == "a port is a number from 1 to 65535"

    def test_credentials_are_refused_and_not_shown(self) -> None:
        for text in ("ws://key:s3cret@h/rtc", "ws://key@h", "ws://a@b@h"):
            error = refusal(text)
            assert error.code == "url-credentials"
            assert error.source is None
            assert error.hint is not None
            assert "s3cret" not in f"{error.text}{error.hint}"

    @pytest.mark.parametrize("text", [JWT, f"htp://h/{JWT}", f"x:y@h {JWT}", f"ws://h x?access_token={JWT}"])
    def test_a_token_in_the_wrong_place_is_not_shown(self, text: str) -> None:
        error = refusal(text)
        assert JWT[:30] not in f"{error.text}{error.hint}{error.source}"


class TestShownUrl:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("ws://h/rtc?access_token=x", "ws://h/rtc"),
            ("ws://u:p@h:1/a#f", "ws://…@h:1/a"),
            ("h/path", "h/path"),
            (JWT, "[jwt]"),
            ("", ""),
        ],
    )
    def test_cuts_off_what_may_be_secret(self, text: str, shown: str) -> None:
        assert shown_url(text) == shown


@given(
    st.text(alphabet=st.sampled_from("wshtp:/[]@?#&=%.-_ 019aé\x00\n"))
    | st.text()
    | st.builds("ws://{}".format, st.text())
)
def test_any_text_is_a_target_or_an_input_error(text: str) -> None:
    for bare in (False, True):
        try:
            target = read_url(text, bare)
        except InputError:
            continue
        assert target.host.isascii()
        assert "//" not in target.prefix
        assert isinstance(target, Target)
        # What is shown is a URL again, and names the same place.
        again = read_url(target.shown)
        assert (again.netloc, again.prefix, again.path) == (target.netloc, target.prefix, target.path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://h", False),
        ("ws://h/", True),
        ("ws://h?a=/", False),
        ("ws://h/base", False),
        ("ws://h/base/", True),
        ("ws://h/base//?a=b", True),
        ("ws://h/rtc/", False),
        ("ws://h/base/rtc/v1/", False),
    ],
)
def test_a_slash_at_the_end_is_remembered(url: str, expected: bool) -> None:
    assert read_url(url).ends_in_slash is expected
