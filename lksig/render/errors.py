"""How a failure is shown: to a person with a caret and a next step, to a script as one JSON object.

Every failure says what happened, in which layer, a code one can search for, the evidence, and one next step. The
first line of an error's text is the sentence, further lines are the evidence. A mistake in typed text is shown under
that text. Contract: `--json` puts these objects on stderr, one per line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lksig.errors import InputError, LksigError
from lksig.exit_codes import ExitCode
from lksig.render.safe_text import neutralise
from lksig.render.theme import Paint
from lksig.render.width import ELLIPSIS, cut, width_of

_PREFIX = "error: "
_BUG_HINT = "run it again with `-v`, and report it with what you typed"


def _without_secrets(text: str) -> str:
    """What was typed stands in many an error, and a token may have been typed in the wrong place."""
    from lksig.wire.redaction import Secrets

    return Secrets(b"any key: nothing is hashed").scrub(text)


def error_lines(
    error: BaseException,
    *,
    colour: bool = False,
    width: int | None = None,
    typed_at: int | None = None,
    scrub: Callable[[str], str] = _without_secrets,
) -> list[str]:
    """The error as lines for a person.

    Args:
        error: anything; what is no LksigError is our bug.
        colour: the stream takes colour.
        width: columns of the terminal; None leaves long lines whole.
        typed_at: the wrong text stands on the screen already, this many columns in (behind a prompt): only the caret
            line is given, under it.
        scrub: overwrites secrets in a text with as many characters; unless told, what looks like
            one.
    """
    paint = Paint(colour)
    facts = _facts(error, scrub)
    place = _place(error, scrub)
    if place is not None:
        lines = _caret_lines(facts["text"], place, paint, width, typed_at)
    else:
        first, *evidence = facts["text"].split("\n")
        tag = "" if facts["layer"] == "usage" else f" [{facts['code']}, layer {facts['layer']}]"
        lines = [paint("error", _PREFIX.rstrip()) + " " + neutralise(first) + tag]
        lines += ["  " + neutralise(line) for line in evidence]
    if facts["hint"] is not None:
        lines.append("  " + paint("hint", "Try:") + " " + neutralise(facts["hint"]))
    return lines


def error_json(error: BaseException, scrub: Callable[[str], str] = _without_secrets) -> str:
    """The error as the one object that ends stderr under `--json`."""
    facts = _facts(error, scrub)
    place = _place(error, scrub)
    if place is not None:
        facts["source"], facts["start"], facts["end"] = place
    return json.dumps({"error": facts}, separators=(",", ":"))


def warning_lines(text: str, *, colour: bool = False) -> list[str]:
    """A warning as lines for a person."""
    first, *rest = text.split("\n")
    return [Paint(colour)("refused", "warning:") + " " + neutralise(first), *("  " + neutralise(line) for line in rest)]


def warning_json(code: str, text: str) -> str:
    """A warning as one object on stderr under `--json`."""
    return json.dumps({"warning": {"code": code, "text": text}}, separators=(",", ":"))


def _facts(error: BaseException, scrub: Callable[[str], str]) -> dict[str, Any]:
    if isinstance(error, LksigError):
        exit_code, layer, code, text, hint = error.exit_code, error.layer, error.code, error.text, error.hint
    else:
        exit_code, layer, code, hint = ExitCode.BUG, "usage", "bug", _BUG_HINT
        text = f"this is a bug in lksig: {type(error).__name__}: {error}"
    return {
        "exit": int(exit_code),
        "layer": layer,
        "code": code,
        "text": scrub(text),
        "hint": None if hint is None else scrub(hint),
    }


def _place(error: BaseException, scrub: Callable[[str], str]) -> tuple[str, int, int] | None:
    """The wrong text with first and last index of the mistake, where the error knows it."""
    if not isinstance(error, InputError) or error.source is None:
        return None
    return scrub(error.source), error.start, error.end


def _caret_lines(
    text: str, place: tuple[str, int, int], paint: Paint, width: int | None, typed_at: int | None
) -> list[str]:
    before, marked, after = _around(*place)
    lines = []
    offset = typed_at
    if offset is None:
        offset = len(_PREFIX)
        if width is not None:
            before, marked, after = _window(before, marked, after, max(width - offset, 3))
        lines.append(paint("error", _PREFIX.rstrip()) + " " + before + marked + after)
    indent = offset + width_of(before)
    carets = "^" * max(width_of(marked), 1)
    first, *evidence = map(neutralise, text.split("\n"))
    caret_line = " " * indent + paint("caret", carets)
    if width is not None and indent + len(carets) + 1 + width_of(first) > width:
        lines += [caret_line, "  " + first]
    else:
        lines.append(f"{caret_line} {first}")
    return lines + ["  " + line for line in evidence]


def _around(source: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before, at and behind the mistake in its own line of the source, made harmless."""
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    if line_end < 0:
        line_end = len(source)
    end = min(max(end, start), line_end)
    return neutralise(source[line_start:start]), neutralise(source[start:end]), neutralise(source[end:line_end])


def _window(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """The part of a long line that shows the mistake, `room` columns wide."""
    if width_of(before) + width_of(marked) + width_of(after) <= room:
        return before, marked, after
    marked = cut(marked, max(room // 2, 1))
    for_before = max(room - width_of(marked) - min(width_of(after), room // 4), 1)
    if width_of(before) > for_before:
        tail = before[-for_before:]
        while width_of(tail) > for_before - 1:
            tail = tail[1:]
        before = ELLIPSIS + tail
    return before, marked, cut(after, room - width_of(before) - width_of(marked))
