"""docs/reference/cases.md: all 22 + 30 cases, how to provoke each, and the test that proves where it was seen.

Names and meanings come from the schema, the command lines from the tests that run them. A test that is named here and
does not exist is an error of the generator: evidence that nobody can run is none.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docs.generators.markdown import code, page, table
from lksig.schema.docs import summary
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields
from tests.support.provoked import MUTE, OFFER, PROVOKED, RECONNECT
from tests.support.request_rows import OFFER as OFFER_SDP
from tests.support.request_rows import ROWS

PATH = "docs/reference/cases.md"
SOURCE = "the schema, and the tests that it names"
ROOT = Path(__file__).resolve().parent.parent.parent

REAL_REQUESTS = "tests/live/test_requests.py"
REAL_RESPONSES = "tests/live/test_responses.py"
EMBEDDED = "tests/live_loopback/test_cases.py"
TRANSCRIPTS = "tests/session/test_server.py"
CODEC = "tests/render/test_golden_cases.py"
FILES = (REAL_REQUESTS, REAL_RESPONSES, EMBEDDED, TRANSCRIPTS, CODEC)

MEDIA = "needs media"
WAYS: dict[str, str] = {
    "reconnect": f"`lksig {RECONNECT}`, while another socket of that participant is open",
    "mute": f"`lksig {MUTE}`, then `MutePublishedTrack` of the RoomService API with that track's sid",
    "media_sections_requirement": "on `/rtc/v1`, when somebody else has media: `lksig listen`, with "
    "`lksig serve --with alice`",
    "connection_quality": "media of one's own: every 5 s, while it changes",
    "stream_state_update": "on `/rtc`, with media: when a video one subscribed to starts or pauses",
    "subscribed_quality_update": "publish a video that somebody subscribes to",
    "subscribed_audio_codec_update": "publish an audio track with two or more `simulcast_codecs`",
    "track_subscribed": "publish a track that somebody subscribes to",
    "track_unpublished": "have the permission to publish revoked, over the RoomService API, while a track is live",
    "subscription_response": "`subscription track_sids+=TR_nope subscribe=true`, and media that keeps the session "
    "longer than 60 s",
    "room_moved": "not at all: the open-source server sends it nowhere",
}
"""Of the responses that no single command line provokes. Observed: livekit-server 1.13.5."""

_INTRO = """\
The oneof `message` of `SignalRequest` has 22 cases, that of `SignalResponse` 30. `lksig schema CASE` says more about
each: its fields, what answers and what refuses it.

Seen *real* means from livekit-server 1.13.5 through lksig (`make test-live`), *embedded* from `lksig serve` (`make
test`). Each entry there is the name of a test, and leads to its file. Beside them, codec tests print every case in
every view, in both directions, as `to_server.CASE` and `to_client.CASE`:
{codec}.
Commands are shown without URL and credentials; `@offer.sdp` is a file with an SDP offer."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A test that proves something."""

    file: str
    name: str

    def shown(self) -> str:
        """As the table has it: the name, linked to its file."""
        return f"[`{self.name}`](../../{self.file})"


def text() -> str:
    """The page.

    Raises:
        LookupError: a test that is to prove something does not exist.
    """
    collected = collect(FILES)
    requests = [_request(case, collected) for case in case_fields(TO_SERVER)]
    responses = [_response(case, collected) for case in case_fields(TO_CLIENT)]
    for direction in (TO_SERVER, TO_CLIENT):
        for case in case_fields(direction):
            find(collected, CODEC, rf"test_reads_like_this\[{direction}\.{case}\]")
    heads = ["no.", "case", "what it is", "how to provoke it", "real", "embedded"]
    return page(
        "All cases",
        SOURCE,
        _INTRO.format(codec=f"[`test_reads_like_this[…]`](../../{CODEC})"),
        "## To the server: SignalRequest",
        table(heads, requests),
        "## To the client: SignalResponse",
        table(heads, responses),
        _counted(responses),
    )


def collect(files: Iterable[str]) -> list[str]:
    """The ids of all tests in these files, as pytest names them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = sorted(line for line in done.stdout.splitlines() if "::" in line)
    if done.returncode or not found:
        raise LookupError(
            f"the tests that prove docs/reference/cases.md cannot be collected:\n{done.stdout}{done.stderr}"
        )
    return found


def find(collected: list[str], file: str, pattern: str) -> Evidence:
    """The test of a file whose name fits; of several the one that shows success.

    Raises:
        LookupError: there is none.
    """
    names = [name for path, _, name in (test.partition("::") for test in collected) if path == file]
    fitting = sorted((name for name in names if re.fullmatch(pattern, name)), key=_failure)
    if not fitting:
        raise LookupError(f"no test in {file} is called {pattern}")
    return Evidence(file, fitting[0])


def _failure(name: str) -> tuple[int, str]:
    """How far a test is from showing that a request succeeded."""
    words = name.split("-")
    ranks = [rank for rank, outcome in enumerate(("answered", "OK", "unopposed")) if outcome in words]
    return (ranks or [9])[0], name


def _row(direction: Direction, case: str, way: str, real: str, embedded: str) -> list[str]:
    field = case_fields(direction)[case]
    meaning = summary(field) + (" (deprecated)" if field.GetOptions().deprecated else "")
    return [str(field.number), code(case), meaning, way, real, embedded]


def _request(case: str, collected: list[str]) -> list[str]:
    pattern = rf"test_request\[v[01]-{case}-.*\]"
    real, embedded = (find(collected, file, pattern) for file in (REAL_REQUESTS, EMBEDDED))
    row = ROWS[int(real.name.rpartition("-")[2].removesuffix("]"))]
    words = shlex.join(word.replace(OFFER_SDP, OFFER) for word in (*row.flags, *row.words))
    return _row(TO_SERVER, case, code(f"lksig send {words}"), real.shown(), embedded.shown())


def _response(case: str, collected: list[str]) -> list[str]:
    pattern = rf"test_response\[{case}\]|test_{case}"
    real = MEDIA if case not in NEVER else "never sent"
    if case in PROVOKED or case in ("reconnect", "mute"):
        real = find(collected, REAL_RESPONSES, pattern).shown()
    embedded = "–"
    if case == "room_update":
        embedded = find(collected, TRANSCRIPTS, r"test_it_says_what_the_real_server_said\[metadata\]").shown()
    elif case in PROVOKED or case in ("reconnect", "media_sections_requirement"):
        embedded = find(collected, EMBEDDED, pattern).shown()
    way = WAYS[case] if case in WAYS else code(f"lksig {PROVOKED[case].line}")
    return _row(TO_CLIENT, case, way, real, embedded)


NEVER = frozenset({"room_moved"})


def _counted(responses: list[list[str]]) -> str:
    real, embedded = (sum(row[column].startswith("[") for row in responses) for column in (4, 5))
    return (
        f"By signaling alone {real} of the 30 responses can be provoked on the real server and {embedded} on the "
        "embedded one, which has no media and no API. All 22 requests are answered, refused or handled by both."
    )
