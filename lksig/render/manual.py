"""The pages of `lksig schema` as text.

In a table each element has the first sentence of its comment, on its own page all of it. On a terminal text is wrapped,
on a pipe (no width) every row is one line and nothing is cut. All texts are our own (`schema.manual`): nothing here
comes from a peer.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from lksig.render.theme import Paint, Role
from lksig.schema.docs import first_sentence
from lksig.schema.manual import CaseLine, Page, Row, Values
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.schema.units import UNITS

MAX_PAGES = 4
"""A name that fits more elements than these gets a list instead of their pages."""

_INDENT = "  "
_MIN_TEXT = 30
"""Columns; a last column narrower than this moves below its row."""

_LABELS = 12
"""Columns of the labels before facts, the widest of which is `answered by`."""

_SGR = re.compile(r"\x1b\[[0-9;]*m")

_MARKS = {TO_SERVER: ">", TO_CLIENT: "<"}
_ROLES: dict[Direction, Role] = {TO_SERVER: "to_server", TO_CLIENT: "to_client"}
_TITLES = {TO_SERVER: "to the server: SignalRequest", TO_CLIENT: "to the client: SignalResponse"}
_KEYS = {
    "id": "same id",
    "cid": "same cid",
    "request_id": "same request_id",
    "timestamp": "its last_ping_timestamp",
    "order": "in order",
    "pub_handle": "same pub_handle",
    "blob": "same request_id",
}
"""How a reply is matched (`cases.Reply.key`), in words."""


def cases_text(lines: Sequence[CaseLine], *, width: int | None, paint: Paint) -> str:
    """Every case by direction; what bare `lksig schema` prints."""
    blocks = []
    for direction in (TO_SERVER, TO_CLIENT):
        rows = [
            (f"{paint(_ROLES[direction], _MARKS[direction])} {line.number:>2}", paint("name", line.name), line.summary)
            for line in lines
            if line.direction is direction
        ]
        blocks.append([paint("faint", _TITLES[direction]), *_table(rows, width, 0)])
    hint = "`lksig schema NAME` explains a case, message, enum, value, field path or number"
    return _joined([*blocks, _hint(hint, width, paint)])


def pages_text(pages: Sequence[Page], *, width: int | None, paint: Paint) -> str:
    """The pages one below the other, or a list of them where they are many."""
    if len(pages) > MAX_PAGES:
        rows = [(paint("name", page.name), _kind_of(page), _summary(page.doc)) for page in pages]
        hint = "`lksig schema` with one of these names tells more"
        return _joined([_table(rows, width, 0), _hint(hint, width, paint)])
    # Where both directions carry the same message, its fields are said once, at the end.
    texts = [
        _page_text(page, width, paint, whole=other is None or not _hold_the_same(page, other))
        for page, other in zip_longest(pages, pages[1:])
    ]
    rule = "─" * min(width or 60, 60)
    return f"\n{paint('faint', rule)}\n\n".join(texts)


def _hold_the_same(page: Page, other: Page) -> bool:
    return page.kind == other.kind == "case" and page.fields == other.fields and bool(page.fields)


def _hint(text: str, width: int | None, paint: Paint) -> list[str]:
    """What to ask next: for people only, on a pipe it would be in the way."""
    return [] if width is None else [paint("hint", line) for line in _wrapped(text, width, 0)]


def _joined(blocks: Iterable[Sequence[str]]) -> str:
    """Blocks of lines, an empty line between them."""
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _page_text(page: Page, width: int | None, paint: Paint, *, whole: bool) -> str:
    mark = f"{paint(_ROLES[page.direction], _MARKS[page.direction])} " if page.direction else ""
    blocks = [[f"{mark}{paint('name', page.name)}  {paint('faint', _kind_of(page))}"]]
    blocks += [_wrapped(paragraph, width) for paragraph in page.doc.split("\n\n")]
    blocks.append([line for label, text in _facts(page) for line in _fact(label, text, width, paint)])
    if not whole:
        return _joined(blocks)
    if page.type_doc and page.row is not None:
        blocks.append(_wrapped(f"{page.row.type.split()[-1]}: {page.type_doc}", width))
    blocks.append(_table([_row(row, paint) for row in page.fields], width, 2))
    blocks += [_enum_block(enum, width, paint, titled=page.kind != "enum") for enum in page.enums]
    if page.fields:
        blocks.append(_hint(f"`lksig schema {page.name}.{page.fields[0].name}` tells all about a field", width, paint))
    return _joined(blocks)


def _kind_of(page: Page) -> str:
    """What kind of element it is, with number and type: `case 4 to the server, AddTrackRequest`."""
    if page.row is None:
        return page.kind if page.value is None else f"{page.kind} {page.value.number}"
    if page.direction is None:
        of = ""
    elif page.kind == "case":
        of = f" {page.direction.replace('_', ' the ')}"
    else:
        of = f" of {page.owner}"
    unit = f" [{page.row.unit}]" if page.row.unit else ""
    return f"{page.kind} {page.row.number}{of}, {page.row.type}{unit}"


def _facts(page: Page) -> list[tuple[str, str]]:
    """Labelled one-liners below the description."""
    facts = [("deprecated", "yes")] if page.deprecated else []
    row, about = page.row, page.about
    if row is not None:
        if page.kind == "field":
            facts.append(("unset", f"means {row.unset}" if row.unset not in ("unset", "empty") else row.unset))
        if row.unit:
            facts.append(("unit", f"{row.unit}: {UNITS[row.unit]}"))
        if row.oneof and page.kind == "field":
            facts.append(("oneof", f"{row.oneof}: at most one of its arms is set"))
        if page.kind == "field" and page.numbers:
            facts.append(("numbers", page.numbers))
        if row.sensitivity:
            facts.append(("sensitivity", row.sensitivity))
    if about.example:
        facts.append(("example", about.example))
    if page.kind == "case" and page.direction is TO_SERVER:
        facts += _request_facts(page)
    if about.answers:
        facts.append(("answers", ", ".join(about.answers)))
    if about.refuses:
        facts.append(("refuses", ", ".join(about.refuses)))
    if page.used_by:
        facts.append(("refuses" if page.value is not None else "used by", ", ".join(page.used_by)))
    return facts


def _request_facts(page: Page) -> list[tuple[str, str]]:
    about = page.about
    reply = about.answered_by
    answered = f"{reply.case} ({_KEYS[reply.key]})" if reply is not None else "nothing: success is silent"
    reasons: dict[str, list[str]] = {}
    for refusal in about.refused_by:
        reasons.setdefault(refusal.case, []).append(refusal.reason)
    refused = " · ".join(f"{case} {', '.join(names)}" for case, names in reasons.items()) or "nothing: never refused"
    if about.fence_blind:
        fence = f"does not prove everything: {about.fence_blind}"
    elif about.needs_fence:
        fence = "proves that it was accepted"
    else:
        fence = "not needed, it has an answer of its own"
    return [("answered by", answered), ("refused by", refused), ("fence", fence)]


def _fact(label: str, text: str, width: int | None, paint: Paint) -> list[str]:
    first, *others = _wrapped(text, width, len(_INDENT) + _LABELS)
    lead = _INDENT + paint("faint", label.ljust(_LABELS))
    return [lead + first.lstrip(), *others]


def _row(row: Row, paint: Paint) -> tuple[str, str, str, str]:
    notes = [_summary(row.doc)]
    if row.sensitivity:
        notes.append(row.sensitivity)
    kind = f"{row.type} [{row.unit}]" if row.unit else row.type
    if row.unset.isupper() and row.unset not in notes[0]:
        notes.append(f"unset means {row.unset}")
    if row.oneof not in (None, "message"):
        notes.append(f"arm of {row.oneof}")
    return f"{row.number:>2}", paint("name", row.name), kind, " · ".join(notes)


def _enum_block(enum: Values, width: int | None, paint: Paint, *, titled: bool) -> list[str]:
    rows = [(f"{value.number:>2}", paint("name", value.name), _summary(value.doc)) for value in enum.values]
    title = _wrapped(f"{enum.name}: {_summary(enum.doc)}", width) if titled else []
    return [*title, *_table(rows, width, 4 if titled else 2)]


def _summary(doc: str) -> str:
    return first_sentence(doc).removesuffix(".")


def _wrapped(text: str, width: int | None, indent: int = 2) -> list[str]:
    """`text` as lines that are `indent` columns in; one line where there is no width."""
    blank = " " * indent
    if width is None:
        return [blank + " ".join(text.split())] if text else []
    return textwrap.wrap(
        text,
        max(width, indent + 20),
        initial_indent=blank,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(rows: Sequence[Sequence[str]], width: int | None, indent: int) -> list[str]:
    """Rows of cells, the last one wrapped in its column, or below the row where that would be too narrow."""
    if not rows:
        return []
    sizes = [max(_columns(cell) for cell in column) for column in zip(*(row[:-1] for row in rows), strict=True)]
    start = indent + sum(sizes) + 2 * len(sizes)
    below = width is not None and width - start < _MIN_TEXT
    lines = []
    for row in rows:
        cells = [cell + " " * (size - _columns(cell)) for cell, size in zip(row[:-1], sizes, strict=True)]
        lead = " " * indent + "  ".join(cells)
        text = _wrapped(row[-1], width, indent + 4 if below else start)
        if below or not text:
            lines += [lead.rstrip(), *text]
        else:
            lines += [f"{lead}  {text[0].lstrip()}", *text[1:]]
    return lines


def _columns(cell: str) -> int:
    """The width of a cell that may hold colour; all else in it is ASCII."""
    return len(cell) if "\x1b" not in cell else len(_SGR.sub("", cell))
