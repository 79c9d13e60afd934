"""A "Copy as cURL" line of a browser's network panel: its URL, the token, the headers, and whether TLS is verified.

The rule: what a reverse proxy in front of LiveKit may look at is kept (Origin, User-Agent, cookies…); what belongs to
one connection is not (`Sec-WebSocket-*`, `Connection`, `Host`…), nor is how curl gets there. Options that mean nothing
here are passed over with their values. No error quotes the line: it holds a token.

Chrome and Firefox write it for a POSIX shell (`'…'`, `$'…'`, a backslash at line ends) or for Windows' cmd (`^"…^"` or
`"…"`, a caret at line ends). Source: curl 7.88 `--help all` for the options that take a value; Chromium
network_forward copyAsCurl, CommandLineToArgvW for what cmd hands on. RFC 9110 section 7.6.1 (fields of one connection).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from lksig.errors import InputError
from lksig.wire.target import looks_like_url

_SHORT_WITH_VALUE = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
_LONG_WITH_VALUE = (
    " abstract-unix-socket cacert capath cert cert-type ciphers config connect-timeout connect-to cookie cookie-jar "
    "crlfile data data-ascii data-binary data-raw data-urlencode dns-servers doh-url dump-header form form-string "
    "header interface json keepalive-time key key-type limit-rate local-port max-filesize max-redirs max-time "
    "noproxy oauth2-bearer output pass pinnedpubkey preproxy proxy proxy-header proxy-user range rate referer "
    "request request-target resolve retry retry-delay retry-max-time socks4 socks4a socks5 socks5-hostname stderr "
    "tls-max trace trace-ascii unix-socket upload-file url url-query user user-agent write-out "
)
_LONG_NAMES = {"H": "header", "A": "user-agent", "b": "cookie", "e": "referer", "k": "insecure"}

_OF_THE_CONNECTION = (
    r"sec-websocket-.*|connection|upgrade|host|keep-alive|te|trailer|transfer-encoding|content-(length|type)|proxy-.*"
)
_ANSI_C = r"(?<=\s)\$'((?:[^'\\]|\\.)*)'"
_ANSI_C_ESCAPE = r"\\(u[0-9a-fA-F]{1,4}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)"
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_CMD_WORD = r'(?:"(?:[^"\\]|\\.|"")*"|[^\s"])+'
_CMD_ESCAPE = r'\\(["\\])|""|"'


@dataclass(frozen=True, slots=True, repr=False)
class CurlLine:
    """What such a line says."""

    url: str
    """Holds the token where the browser put it there."""
    headers: tuple[tuple[str, str], ...]
    """Those worth sending again; cookies among them."""
    token: str | None
    """Of an `Authorization: Bearer` header, which is not among the headers then."""
    is_insecure: bool
    """Chrome writes `--insecure` where it does not trust the certificate."""

    def __repr__(self) -> str:
        return f"CurlLine({len(self.headers)} headers{', token' if self.token else ''})"


def read_curl(text: str) -> CurlLine:
    """What a cURL line says.

    Raises:
        InputError: it is none, or names no URL.
    """
    words = _words(text)
    if not words or re.fullmatch(r"(.*[/\\])?curl(\.exe)?", words[0], re.IGNORECASE) is None:
        raise _bad("it does not start with `curl`")
    headers: list[tuple[str, str]] = []
    others: list[str] = []
    is_insecure = False
    for option, value in _options(words[1:]):
        if option in ("", "url"):
            others.append(value)
        elif option == "header":
            headers += _header(*value.partition(":")[::2])
        elif option in ("user-agent", "referer"):
            headers += _header(option.title(), value)
        elif option == "cookie" and "=" in value:  # else it names a file
            headers += _header("Cookie", value)
        is_insecure = is_insecure or option == "insecure"
    # A value of an option that is not known here stands among them.
    urls = [word for word in others if looks_like_url(word)] or others[:1]
    if not urls:
        raise _bad("it names no URL")
    if len(urls) > 1:
        raise _bad("it names two URLs")
    token, headers = _take_token(headers)
    return CurlLine(_handshake_url(urls[0]), tuple(headers), token, is_insecure)


# --- words --------------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    # cmd's first quote has a caret before it; in a line of a POSIX shell one may stand between other quotes.
    if re.search(r"""\A[^'"]*\^"|\^[ \t]*\r?\n""", text):
        return [re.sub(_CMD_ESCAPE, _cmd_character, word) for word in re.findall(_CMD_WORD, _without_carets(text))]
    text = re.sub(r"\\[ \t]*\r?\n", " ", text)
    text = re.sub(_ANSI_C, lambda found: shlex.quote(re.sub(_ANSI_C_ESCAPE, _ansi_c_character, found[1])), text)
    try:
        return shlex.split(text)
    except ValueError as exc:
        raise _bad("a quote in it is not closed") from exc


def _ansi_c_character(escape: re.Match[str]) -> str:
    named = escape[1]
    if named[0] in "ux" and len(named) > 1:
        return chr(int(named[1:], 16))
    if named[0] in "01234567":
        return chr(int(named, 8))
    return _CONTROLS.get(named, named)


def _without_carets(text: str) -> str:
    """What cmd hands on: a caret makes the character behind it an ordinary one, but not between plain quotes."""
    kept: list[str] = []
    is_quoted = False
    for part in re.findall(r"\^[ \t]*\r?\n|\^.|.|\s", text):
        if part.startswith("^") and not is_quoted:
            kept.append(part[1:] if part[-1] != "\n" else " ")
            continue
        is_quoted = is_quoted ^ (part == '"')
        kept.append(part)
    return "".join(kept)


def _cmd_character(found: re.Match[str]) -> str:
    return found[1] or ('"' if found[0] == '""' and 0 < found.start() < len(found.string) - 2 else "")


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """The options by their long names, with their values; a word that belongs to none has the name ``."""
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            yield name, next(rest, "") if f" {name} " in _LONG_WITH_VALUE and not equals else value
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], start=2):
                if letter in _SHORT_WITH_VALUE:
                    yield _LONG_NAMES.get(letter, letter), word[place:] or next(rest, "")
                    break
                yield _LONG_NAMES.get(letter, letter), ""
        else:
            yield "", word


# --- what they say ------------------------------------------------------------------------------------------------


def _header(name: str, value: str) -> list[tuple[str, str]]:
    name, value = name.strip(), value.strip()
    is_kept = name and value and not re.fullmatch(_OF_THE_CONNECTION, name, re.IGNORECASE)
    return [(name, value)] if is_kept else []


def _take_token(headers: list[tuple[str, str]]) -> tuple[str | None, list[tuple[str, str]]]:
    for header in headers:
        found = re.fullmatch(r"bearer\s+(\S+)", header[1], re.IGNORECASE)
        if header[0].lower() == "authorization" and found:
            return found[1], [other for other in headers if other is not header]
    return None, headers


def _handshake_url(url: str) -> str:
    """The URL of the handshake; the probe beside it, which is what a failed join leaves in the panel, says the same."""
    return re.sub(r"^([^?#]*/rtc(?:/v1)?)/validate/?(?=$|[?#])", r"\1", url)


def _bad(why: str) -> InputError:
    return InputError(
        f"this is no cURL line: {why}",
        code="bad-curl",
        hint="in the network panel choose Copy, then Copy as cURL (bash or cmd), and give the whole text",
    )
