"""References: `%4.track.sid`, `%self`, `%cam1.width`, `%bob/cam`, `%last.track_published.track.sid`.

Here they are read and checked against the schema; what they mean in a session is said by `lksig.session.references`.

    %N[.PATH]           a field of message number N
    %self[.PATH]        this session's participant; without a path its sid
    %NAME[.PATH]        an own track (by cid, then by name) or a participant (by identity); without a path its sid
    %OWNER/TRACK[.PATH] somebody's track by name; without a path its sid
    %last.CASE[.PATH]   a field of the newest message of that case

Names with a dot, a slash, a bracket or a quote in them, and names that look like one of the other forms, are quoted as
JSON: `%"a.b"/"my cam".sid`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lksig.errors import InputError
from lksig.schema.lexer import Span, json_string, string_end, unclosed_error
from lksig.schema.nearest import nearest
from lksig.schema.paths import Step, parse_path
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields, descriptor
from lksig.schema.typed_text import quoted

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

RootKind = Literal["message", "self", "name", "track", "last"]

_NAME_END = re.compile(r"[./\[\"]")
_NUMBER = re.compile("[0-9]{1,12}")
_PLAIN_NAME = re.compile(r"""[^\s./\[\]"'%{}=,\\]+""")
"""Names that need no quotes, wherever a value may stand."""


@dataclass(frozen=True, slots=True)
class Root:
    """What a reference starts from."""

    kind: RootKind
    number: int = 0
    """Of a `message`."""
    name: str = ""
    """A `name`; of a `track` its owner, `self` as `owner_is_self`; of `last` the case."""
    track: str = ""
    """Name of a `track`."""
    owner_is_self: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a typed request."""

    root: Root
    span: Span
    path_span: Span | None
    """The path behind the root, without its dot; None where there is none."""

    @property
    def text(self) -> str:
        """As typed, with the `%`."""
        return self.span.text

    @property
    def path(self) -> str:
        """The path as typed, empty where there is none."""
        return self.path_span.text if self.path_span else ""

    @property
    def source(self) -> str:
        """The line it stands in."""
        return self.span.source

    @property
    def start(self) -> int:
        """Its place in `source`."""
        return self.span.start

    @property
    def end(self) -> int:
        """Behind its last character in `source`."""
        return self.span.end

    def steps(self, kind: Descriptor) -> tuple[Step, ...]:
        """The path in a message of type `kind`; empty where there is none.

        Raises:
            InputError: there is no such path.
        """
        return parse_path(self.path_span, kind) if self.path_span else ()


def parse_reference(span: Span) -> Reference:
    """The reference that `span`, which begins with `%`, spells.

    Raises:
        InputError: it is none, or names a field that does not exist.
    """
    root, at = parse_root(span)
    path = span.cut(at)
    if not path.text:
        reference = Reference(root, span, None)
    elif path.text[0] == "." and len(path.text) > 1:
        reference = Reference(root, span, path.cut(at + 1))
    else:
        raise path.mistake("a field is expected here: `.sid`", code="bad-reference")
    if reference.path_span and root.kind != "message":
        _check_path(reference, reference.path_span)
    return reference


def parse_root(span: Span) -> tuple[Root, int]:
    """What the reference in `span` starts from, and where that ends.

    Raises:
        InputError: it starts from nothing.
    """
    first = span.cut(span.start + 1)
    name, at = _parse_name(first, "the name of a track or participant, a message number, `self` or `last`")
    is_quoted = first.text.startswith('"')
    if span.source.startswith("/", at, span.end):
        track, at = _parse_name(span.cut(at + 1), "the name of a track")
        return Root("track", name=name, track=track, owner_is_self=name == "self" and not is_quoted), at
    if is_quoted:
        return Root("name", name=name), at
    if _NUMBER.fullmatch(name):
        return Root("message", number=int(name)), at
    if name == "self":
        return Root("self"), at
    return _parse_last(span, at) if name == "last" else (Root("name", name=name), at)


def written_name(name: str) -> str:
    """A name as it stands in a reference: quoted where it would be read as something else."""
    is_plain = _PLAIN_NAME.fullmatch(name) and name.isprintable() and not _NUMBER.fullmatch(name)
    return name if is_plain and name not in ("self", "last") else quoted(name)


def _parse_last(span: Span, at: int) -> tuple[Root, int]:
    known = [*case_fields(TO_CLIENT), *case_fields(TO_SERVER)]
    found = _NAME_END.search(span.source, at + 1, span.end)
    case = span.cut(at + 1, found.start() if found else span.end)
    if not span.source.startswith(".", at, span.end) or not case.text:
        hint = "for example `%last.track_published.track.sid`"
        raise span.mistake("`%last` needs a case", code="bad-reference", hint=hint)
    if case.text not in known:
        raise case.mistake(f"no message is called `{case.text}`", code="unknown-case", guess=nearest(case.text, known))
    return Root("last", name=case.text), case.end


def _parse_name(rest: Span, what: str) -> tuple[str, int]:
    """A name, quoted or not, and where it ends."""
    if rest.text.startswith('"'):
        end = string_end(rest.source, rest.start, rest.end)
        if end is None:
            raise unclosed_error(rest)
        name = json_string(rest.cut(rest.start, end).text)
        if not name:
            what = "not a JSON string" if name is None else "a name is missing between the quotes"
            raise rest.cut(rest.start, end).mistake(what, code="bad-reference")
        return name, end
    found = _NAME_END.search(rest.source, rest.start, rest.end)
    end = found.start() if found else rest.end
    if end == rest.start:
        raise rest.mistake(f"{what} is expected here", code="bad-reference", hint="a literal `%` is written `%%`")
    return rest.source[rest.start : end], end


def possible_kinds(root: Root) -> list[Descriptor]:
    """The messages in which the path may begin."""
    if root.kind == "last":
        fields = [case_fields(way)[root.name] for way in (TO_CLIENT, TO_SERVER) if root.name in case_fields(way)]
        return [field.message_type for field in fields if field.message_type is not None]
    tracks = [descriptor("TrackInfo"), descriptor("DataTrackInfo")]
    if root.kind == "track":
        return tracks
    return [descriptor("ParticipantInfo")] if root.kind == "self" else [descriptor("ParticipantInfo"), *tracks]


def _check_path(reference: Reference, path: Span) -> None:
    """See that the path exists in one of the messages it may begin in."""
    errors: list[InputError] = []
    for kind in possible_kinds(reference.root):
        try:
            parse_path(path, kind)
        except InputError as error:
            errors.append(error)
        else:
            return
    if not errors:
        raise path.mistake(f"`{reference.root.name}` is a bare value and has no fields", code="bad-path")
    # The reading that came furthest is the one that was meant; of several, one that has a guess.
    closest = max(errors, key=lambda error: (error.start, "did you mean" in error.text))
    if reference.root.kind in ("name", "track"):
        closest.hint = 'a name with a dot in it is quoted: `%"a.b"`'
    raise closest
