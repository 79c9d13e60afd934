"""What can be typed next at the prompt: the commands and what stands behind them, otherwise requests.

Pure: text, cursor, the table of commands and what is known go in, suggestions come out. Requests are
`lksig.schema.suggest`, filters `lksig.schema.suggest_filter`; here is only what the prompt adds to them.

Rule: any text and any cursor give an answer; behind `!`, `|` and `#` lksig has nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lksig.records import changed
from lksig.repl.lines import COMMENT, PIPE, SHELL, SLASH
from lksig.repl.verbs import BARE
from lksig.schema.lexer import Span, scan_line, skip_blanks
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.schema.suggest import suggest
from lksig.schema.suggest_filter import suggest_filter
from lksig.schema.suggestions import (
    Known,
    Suggestion,
    Suggestions,
    about_field,
    matching,
    name_end,
    nothing,
    plain_prefix,
)
from lksig.schema.typed_text import format_text

if TYPE_CHECKING:
    from lksig.repl.verbs import Argument, Verb


def complete(line: str, cursor: int, verbs: Mapping[str, Verb], known: Known) -> Suggestions:
    """The ways to go on at `cursor` in a line of the prompt."""
    cursor = max(0, min(cursor, len(line)))
    start = skip_blanks(line, 0, cursor)
    first = line[start : start + 1] if start < cursor else ""
    if first in (COMMENT, PIPE, SHELL) and first:
        return nothing(cursor)
    words = scan_line(line[:cursor]).words
    if first == SLASH:
        return _command(line, cursor, start + 1, verbs, known)
    if words and words[0].end < cursor and words[0].text in BARE:
        return _command(line, cursor, start, verbs, known)
    return suggest(line, cursor, known)


def is_finished(line: str, verbs: Mapping[str, Verb], known: Known) -> bool:
    """Whether the last word of a line is whole, and something of the same request or command can stand behind it."""
    scan = scan_line(line)
    words = scan.words
    if not words or scan.unclosed is not None or words[-1].end < len(line) or words[-1].text[-1] in _UNFINISHED:
        return False
    found = complete(f"{line} ", len(line) + 1, verbs, known)
    if line.lstrip().startswith(SLASH) or words[0].text in BARE:
        return found.wants_file or bool(found.items)
    word = words[-1].text
    cases = case_fields(TO_SERVER)
    return ("=" in word or word in cases) and any(item.text not in cases for item in found.items)


_UNFINISHED = "=./[:+@%"
"""What comes behind these belongs to the word."""


def _command(line: str, cursor: int, start: int, verbs: Mapping[str, Verb], known: Known) -> Suggestions:
    """A command whose name begins at `start`."""
    words = scan_line(line[start:cursor]).words
    end = start + (words[0].end if words and words[0].start == 0 else 0)
    name = line[start:end]
    if end == cursor:
        items = (Suggestion(f"/{verb.name}", verb.help) for verb in verbs.values())
        return Suggestions(start - 1, name_end(line, cursor), matching(items, f"/{name}"))
    verb = verbs.get(BARE.get(name, name))
    if verb is None or (verb.is_view and PIPE in line[end:cursor]):
        return nothing(cursor)
    return _arguments(verb, line, Span(line, end, cursor), known)


def _arguments(verb: Verb, line: str, rest: Span, known: Known) -> Suggestions:
    """What is typed behind a command; `rest` ends at the cursor."""
    words = [rest.cut(word.start + rest.start, word.end + rest.start) for word in scan_line(rest.text).words]
    is_begun = bool(words) and words[-1].end == rest.end
    at = len(words) - is_begun
    here = words[-1] if is_begun else rest.cut(rest.end)
    for place, argument in enumerate(verb.arguments):
        if argument.takes_rest and at >= place:
            behind = words[place].start if len(words) > place else here.start
            return _rest(verb, argument, line, rest.cut(behind), words, known)
        if place == at:
            return _word(verb, argument, line, here, known)
    return nothing(rest.end)


def _word(verb: Verb, argument: Argument, line: str, here: Span, known: Known) -> Suggestions:
    """One word behind a command."""
    items = [*_choices(argument), *_ITEMS.get(argument.kind, _no_items)(known)]
    return Suggestions(here.start, name_end(line, here.end), matching(items, here.text))


def _rest(verb: Verb, argument: Argument, line: str, rest: Span, words: list[Span], known: Known) -> Suggestions:
    """Everything behind a command, from one place on."""
    if argument.kind == "path":
        return _file(verb, rest, words)
    if argument.kind == "request":
        return _fields(line, rest, words, known)
    if argument.kind == "filter":
        found = suggest_filter(line[rest.start :], rest.end - rest.start, known)
        found = changed(found, start=found.start + rest.start, end=found.end + rest.start)
        if found.start == rest.start:
            found = changed(found, items=(*matching(_choices(argument), rest.text), *found.items))
        return found
    if verb.name in ("raw", "text") and rest.text.startswith("@"):
        return Suggestions(rest.start + 1, rest.end, wants_file=True, file_prefix=plain_prefix(rest.text[1:]))
    return Suggestions(rest.start, rest.end, matching(_choices(argument), rest.text))


def _file(verb: Verb, rest: Span, words: list[Span]) -> Suggestions:
    """The name of a file; `/record stop` has none."""
    if verb.name == "record" and words and words[0].text != "start":
        return nothing(rest.end)
    return Suggestions(rest.start, rest.end, wants_file=True, file_prefix=plain_prefix(rest.text))


def _fields(line: str, rest: Span, words: list[Span], known: Known) -> Suggestions:
    """Fields of the request whose number is the first word: what is set there may be set anew."""
    there = known.case_of(int(words[0].text)) if words[0].text.isdecimal() else None
    if there is None or there[0] is not TO_SERVER:
        return nothing(rest.end)
    begun = f"{there[1]} "
    shift = rest.start - len(begun)
    found = suggest(begun + line[rest.start :], rest.end - shift, known)
    if found.start < len(begun):
        return nothing(rest.end)
    cases = case_fields(TO_SERVER)
    items = tuple(item for item in found.items if item.text not in cases)
    return changed(found, start=found.start + shift, end=found.end + shift, items=items)


# --- words ----------------------------------------------------------------------------------------------------------


def _choices(argument: Argument) -> Iterator[Suggestion]:
    return (Suggestion(choice) for choice in argument.choices)


def _no_items(known: Known) -> Iterator[Suggestion]:
    return iter(())


def _cases(known: Known) -> Iterator[Suggestion]:
    return (Suggestion(name, about_field(field)) for name, field in case_fields(TO_SERVER).items())


def _names(known: Known) -> Iterator[Suggestion]:
    fields = {**case_fields(TO_CLIENT), **case_fields(TO_SERVER)}
    return (Suggestion(name, about_field(field)) for name, field in fields.items())


def _messages(known: Known) -> Iterator[Suggestion]:
    return (Suggestion(number, meaning) for number, meaning in known.values("message"))


def _sent(known: Known) -> Iterator[Suggestion]:
    sent = ((number, known.case_of(int(number)), meaning) for number, meaning in known.values("message"))
    return (Suggestion(number, meaning) for number, case, meaning in sent if case is not None and case[0] is TO_SERVER)


def _identities(known: Known) -> Iterator[Suggestion]:
    for identity, meaning in known.values("identity"):
        text = format_text(identity)
        yield Suggestion(text, meaning, "" if text == identity else identity)


_ITEMS = {"case": _cases, "name": _names, "message": _messages, "sent": _sent, "participant": _identities}
