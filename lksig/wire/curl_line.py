"""A "Copy as cURL" line of a browser's network panel: its URL and the headers that matter for a WebSocket.

Chrome and Firefox write it for a POSIX shell (`'…'`, `\\` at line ends) or for Windows' cmd (`"…"`, `^` at line ends).
Flags that change nothing for a handshake are passed over; what the handshake makes itself is dropped.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from lksig.errors import InputError

_WITH_VALUE = frozenset(
    {"-X", "--request", "-d", "--data", "--data-raw", "--data-binary", "-o", "--output", "-m", "--max-time", "--url"}
)
"""Options whose next word is their value."""

_MADE_BY_US = re.compile(
    r"sec-websocket-.*|connection|upgrade|host|content-length|accept-encoding|pragma|cache-control"
)


@dataclass(frozen=True, slots=True, repr=False)
class CurlLine:
    """What such a line says. Holds the token, wherever it is."""

    url: str
    headers: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"CurlLine({len(self.headers)} headers)"


def read_curl(text: str) -> CurlLine:
    """What a cURL line says.

    Raises:
        InputError: it is none, or names no URL. No text of it is in the error: it may hold a token.
    """
    words = _words(text)
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise _bad("it does not start with `curl`")
    url: str | None = None
    headers: list[tuple[str, str]] = []
    rest = iter(words[1:])
    for word in rest:
        if word in ("-H", "--header"):
            headers += _header(next(rest, ""))
        elif word in ("-b", "--cookie"):
            headers.append(("Cookie", next(rest, "")))
        elif word in ("-A", "--user-agent"):
            headers.append(("User-Agent", next(rest, "")))
        elif word in _WITH_VALUE:
            value = next(rest, "")
            url = value if word == "--url" else url
        elif not word.startswith("-"):
            url = url or word
    if url is None:
        raise _bad("it names no URL")
    return CurlLine(url, tuple(headers))


def _words(text: str) -> list[str]:
    if re.search(r"\^\r?\n", text) or '^"' in text:
        # cmd: a caret at the end of a line continues it, before any other character it stands for that character.
        text = re.sub(r"\^(.)", r"\1", re.sub(r"\^\r?\n", " ", text))
    else:
        text = re.sub(r"\\\r?\n", " ", text)
    try:
        return shlex.split(text)
    except ValueError as exc:
        raise _bad("a quote in it is not closed") from exc


def _header(text: str) -> list[tuple[str, str]]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not value or _MADE_BY_US.fullmatch(name.lower()):
        return []
    return [(name, value)]


def _bad(why: str) -> InputError:
    return InputError(
        f"this is no cURL line: {why}",
        code="bad-curl",
        hint="in the network panel, choose Copy, then Copy as cURL, and give the whole text",
    )
