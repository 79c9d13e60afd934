"""A recording as a test for pytest, which plays it again: see `lksig.pytest_plugin` and docs/library.md.

The rule: the test names the recording and does not copy it, so that it stays readable, and says nothing of its content
but who joins which room and how many requests of which case there are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from lksig.schema.pool import TO_SERVER
from lksig.wire.events import Message, Reading, Start

_TEXT = '''\
"""{name}, played again.

{story}

Made by lksig {version}. Run it with `pytest`, against the embedded server, or with `--lksig-url URL` against another
one (`--lksig-api-key` and `--lksig-api-secret`, else LIVEKIT_API_KEY and LIVEKIT_API_SECRET).
"""

from pathlib import Path

RECORDING = {path}


def test_{function}(replay):
    replayed = replay(RECORDING)
    assert replayed.is_same, replayed.text
'''

_LONGEST_NAME = 60
_STORIES = 20
"""Participants that are named."""


def pytest_test(readings: Iterable[Reading], recording: PurePath, *, version: str, relative: bool) -> str:
    """The text of the test.

    Args:
        recording: its path, from the directory of the test where `relative`.
        version: of lksig.
    """
    return _TEXT.format(
        name=_quiet(recording.name),
        story="\n".join(_story(readings)),
        version=version,
        path=f"Path(__file__).parent / {_literal(recording)}" if relative else f"Path({_literal(recording)})",
        function=_function(recording),
    )


def _literal(path: PurePath) -> str:
    """As Python text; JSON's escapes are Python's."""
    return json.dumps(path.as_posix())


def _function(recording: PurePath) -> str:
    stem = recording.name.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:_LONGEST_NAME] or "recording"


def _story(readings: Iterable[Reading]) -> list[str]:
    """Who joins, and what they ask, without a word of the messages."""
    who: dict[int, str] = {}
    asked: dict[int, Counter[str]] = {}
    for reading in readings:
        event = reading.event
        if isinstance(event, Start):
            who[event.session] = f"{_quiet(event.identity or 'somebody')} in {_quiet(event.room or 'a room')}"
        elif type(event) is Message and event.direction is TO_SERVER and event.by != "auto":
            asked.setdefault(event.session, Counter())[event.case or "?"] += 1
    lines = [
        f"- {name}: "
        + (", ".join(_times(case, n) for case, n in asked[session].items()) if session in asked else "no requests")
        for session, name in who.items()
    ]
    return [*lines[:_STORIES], *([f"- and {len(lines) - _STORIES} more"] if len(lines) > _STORIES else [])]


def _times(case: str, count: int) -> str:
    return case if count == 1 else f"{case} ×{count}"


def _quiet(name: str) -> str:
    """A stranger's name as it may stand in a docstring: nothing in it ends the text, or escapes from it."""
    return re.sub(r"[^\w .,@:+-]", "_", name)[:_LONGEST_NAME]
