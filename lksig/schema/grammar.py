"""Typed requests: one grammar for the prompt, for arguments, for scripts and for `encode`.

    line        = request*
    request     = CASE [JSON | @file] assignment*       the fields of one message
                | CASE [value]                          a case that is a bare value: `ping`, `refresh_token`
                | JSON | @file                          a whole envelope
    assignment  = path "=" value | path "+=" value      one word, without blanks around the `=`

A word that names a case begins the next request; a field's value always stands behind an `=`, so the two cannot be
confused. Words are `lksig.schema.lexer`, paths `paths`, values `value_text`, references `references`.

Rule: any text gives requests or an InputError that points at the mistake; nothing is sent before all was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.json_reader import JsonReader, Path
from lksig.schema.lexer import BLANKS, Parts, Span, join_arguments, split_assignment, split_line, stripped
from lksig.schema.nearest import nearest
from lksig.schema.paths import Step, fields_by_name, is_map, parse_path, short_name
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class, message_class
from lksig.schema.printed_lines import printed_line, printed_request
from lksig.schema.references import Reference
from lksig.schema.requests import Draft, ParsedRequest, fill, no_session
from lksig.schema.value_text import EPOCH_FIELDS, is_file, is_reference, json_file, parse_single, parse_value
from lksig.schema.values import Inputs, Plain, empty_value

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

__all__ = ["Inputs", "ParsedRequest", "Reference", "parse_line", "parse_message", "parse_words"]


def parse_words(words: Sequence[str], inputs: Inputs, *, direction: Direction = TO_SERVER) -> list[ParsedRequest]:
    """The requests that arguments spell; each argument is one word.

    Raises:
        InputError: a word that is wrong, with the arguments joined by blanks as its source.
    """
    return _Parser(join_arguments(words), inputs, direction).run()


def parse_line(line: str, inputs: Inputs, *, direction: Direction = TO_SERVER) -> list[ParsedRequest]:
    """The requests of a line of the prompt or of a script, which is split into words here.

    Raises:
        InputError: a word that is wrong, with the line as its source.
    """
    return _Parser(split_line(line), inputs, direction).run()


def parse_message(name: str, words: Sequence[str], inputs: Inputs) -> Any:
    """A message of package `livekit` from arguments that set its fields; JSON or a file may come first.

    Raises:
        InputError: a word that is wrong, with the arguments joined by blanks as its source.
    """
    message, sketch = message_class(name)(), message_class(name)()
    draft = Draft(sketch, ())
    for number, word in enumerate(join_arguments(words)):
        if number == 0 and begins_json(word):
            draft.note(_read_json(word, sketch, inputs))
            message.CopyFrom(sketch)
            continue
        parts = split_assignment(word)
        if parts is None:
            raise no_assignment(word, message.DESCRIPTOR)
        assign(draft, message.DESCRIPTOR, parts, inputs)
    return fill(message, draft.assignments, no_session, inputs)


def assign(draft: Draft, message: Descriptor, parts: Parts, inputs: Inputs) -> None:
    """Make one assignment to a field of `message`.

    Raises:
        InputError: there is no such field, or it cannot have that value.
    """
    steps = parse_path(parts.path, message)
    last, append, path = steps[-1], parts.append, parts.path
    if append and last.takes_rest:
        # In a map of scalars everything up to the `=` is the key, the `+` too.
        last = replace(last, key=f"{last.key}+")
        steps, append, path = (*steps[:-1], last), False, path.cut(path.start, path.end + 1)
    if append and (not last.is_whole or is_map(last.field)):
        raise path.mistake(f"`+=` appends to lists, and `{path.text}` is none", code="bad-path")
    draft.assign(steps, parse_value(last, parts.value, inputs, append=append), append=append, path=path)


def no_assignment(word: Span, message: Descriptor) -> InputError:
    """The error for a word that should set a field of `message`, and does not."""
    text = word.text
    if not text.strip(BLANKS):
        return word.mistake("an empty word sets nothing", code="unknown-word")
    if text in fields_by_name(message):
        return word.mistake(f"`{text}` needs a value: `{text}=…`", code="missing-value")
    hint = _quote_hint(word) or "fields are set as `name=value`, in one word"
    guess = nearest(text, [field.name for field in message.fields])
    what = f"`{text}` is no field of {short_name(message)} with its value"
    return word.mistake(what, code="unknown-word", guess=guess, hint=hint)


class _Parser:
    def __init__(self, words: Sequence[Span], inputs: Inputs, direction: Direction) -> None:
        self._words = words
        self._at = 0
        self._inputs = inputs
        self._direction = direction
        self._cases = case_fields(direction)

    def run(self) -> list[ParsedRequest]:
        requests: list[ParsedRequest] = []
        while self._at < len(self._words):
            requests.append(self._request())
        return requests

    def _peek(self) -> Span | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _next_is_case(self) -> bool:
        word = self._peek()
        return word is not None and word.text in self._cases

    def _request(self) -> ParsedRequest:
        word = self._words[self._at]
        self._at += 1
        if begins_json(word):
            return self._envelope(word)
        field = self._cases.get(word.text)
        if field is None:
            raise self._no_case(word)
        draft = Draft(envelope_class(self._direction)(), (Step(field, None, word),))
        if field.message_type is None:
            self._bare_value(draft, word, field)
        else:
            self._message(draft, word, field, field.message_type)
        text = word.source[word.start : self._words[self._at - 1].end]
        return ParsedRequest.of_draft(field.name, draft, self._direction, text, self._inputs)

    # --- the three forms --------------------------------------------------------------------------------------------

    def _envelope(self, word: Span) -> ParsedRequest:
        text = stripped(word)
        printed = printed_line(text)
        if printed is not None:
            return printed_request(printed, self._direction, self._inputs)
        envelope = envelope_class(self._direction)()
        _read_json(word, envelope, self._inputs)
        request = ParsedRequest.of_envelope(envelope, self._direction, word.text, self._inputs)
        if request.case is None:
            known = "a request" if self._direction is TO_SERVER else "a response"
            raise text.mistake(f"no case is set: an envelope holds {known}", code="no-case")
        after = self._peek()
        if after is not None and not self._next_is_case() and not begins_json(after):
            what = "a whole envelope goes out as it is: nothing can be set behind it"
            raise after.mistake(what, code="unknown-word", hint="`CASE {…}` is JSON that more can be set behind")
        return request

    def _bare_value(self, draft: Draft, case: Span, field: FieldDescriptor) -> None:
        word = self._peek()
        is_text = field.type == field.TYPE_STRING
        if word is None or self._next_is_case() or (_is_json(word) and not is_text):
            if field.name not in EPOCH_FIELDS:
                raise case.mistake(f"`{field.name}` needs its value: `{field.name} …`", code="missing-value")
            draft.assign((), EPOCH_FIELDS[field.name], path=case)
            return
        self._at += 1
        if not is_text and word.text.startswith("timestamp="):
            word = word.cut(word.start + len("timestamp="))
        draft.assign((), parse_single(field, word, self._inputs), path=case)

    def _message(self, draft: Draft, case: Span, field: FieldDescriptor, message: Descriptor) -> None:
        word = self._peek()
        if word is not None and (_is_json(word) or is_file(word) or is_reference(word)):
            self._at += 1
            draft.assign((), parse_single(field, stripped(word), self._inputs), path=case)
        else:
            draft.assign((), Plain(empty_value(field)), path=case)
        while (word := self._peek()) is not None and not self._next_is_case() and not begins_json(word):
            self._at += 1
            parts = split_assignment(word)
            if parts is None:
                raise self._no_assignment(word, message)
            assign(draft, message, parts, self._inputs)

    # --- mistakes ---------------------------------------------------------------------------------------------------

    def _no_case(self, word: Span) -> InputError:
        """The error for a word where a request should begin."""
        if not word.text.strip(BLANKS):
            return word.mistake("an empty word is no request", code="unknown-case")
        other = case_fields(TO_CLIENT if self._direction is TO_SERVER else TO_SERVER)
        if word.text in other:
            known = "response: the server sends it" if self._direction is TO_SERVER else "request: the client sends it"
            return word.mistake(f"`{word.text}` is a {known}", code="unknown-case")
        if _assigns(word):
            text = "a request begins with its case, `mute sid=TR_x`"
            return word.mistake(text, code="unknown-case", hint=_LISTED)
        kind = "request" if self._direction is TO_SERVER else "response"
        guess = nearest(word.text, self._cases)
        hint = _quote_hint(word) or (_LISTED if guess is None else None)
        return word.mistake(f"no {kind} is called `{word.text}`", code="unknown-case", guess=guess, hint=hint)

    def _no_assignment(self, word: Span, message: Descriptor) -> InputError:
        """The error for a word behind a case that sets nothing."""
        error = no_assignment(word, message)
        if error.code == "missing-value" or not word.text.strip(BLANKS):
            return error
        guess = nearest(word.text, self._cases) or nearest(word.text, [field.name for field in message.fields])
        what = f"`{word.text}` is neither a case nor a field of {short_name(message)} with its value"
        return word.mistake(what, code="unknown-word", guess=guess, hint=error.hint)


_LISTED = "`lksig schema` lists them all"


def _assigns(word: Span) -> bool:
    try:
        return split_assignment(word) is not None
    except InputError:
        return False


def _quote_hint(word: Span) -> str | None:
    """People bring the shell's quotes to the prompt."""
    if "'" not in word.text:
        return None
    return "no shell reads this line: text with blanks stands in double quotes, JSON in none"


def _is_json(word: Span) -> bool:
    return word.text.lstrip(BLANKS).startswith("{")


def begins_json(word: Span) -> bool:
    """The word is JSON for a whole message, or a file with such."""
    return _is_json(word) or is_file(word)


def _read_json(word: Span, message: ProtoMessage, inputs: Inputs) -> list[Path]:
    """Fill a message from JSON or a file; gives the paths that were set."""
    reader = json_file(word, inputs) if is_file(word) else JsonReader(stripped(word))
    reader.whole(lambda: reader.message(message))
    return reader.given
