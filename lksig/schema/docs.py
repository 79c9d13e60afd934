"""The protocol's own help: the comments of `proto/*.proto`, looked up by element.

They are the single source of every help text. `lksig/_proto/docs.json` (made by `make proto`) is read at the first
question only: nothing on the start-up path or in the flow of messages needs it. Unit marks (`[ms]`) are not part of
the texts: they are `lksig.schema.units`.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumValueDescriptor

    class Named(Protocol):
        """What every descriptor but an enum value's has: a name of its own in the schema."""

        @property
        def full_name(self) -> str: ...


_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!etc)[.?!](?=\s|$)")


def comment(element: str | Named) -> str:
    """The whole comment on a message, field, oneof, enum or enum value; empty where nobody wrote one.

    Paragraphs are separated by an empty line; within one, line breaks carry no meaning.

    Args:
        element: its descriptor, or its full name. An enum value is named inside its enum
            (`livekit.TrackType.AUDIO`, where protobuf itself says `livekit.AUDIO`); see `value_name`.
    """
    return _comments().get(element if isinstance(element, str) else element.full_name, "")


def summary(element: str | Named) -> str:
    """The first sentence of `comment(element)`, without its full stop."""
    return first_sentence(comment(element)).removesuffix(".")


def value_name(value: EnumValueDescriptor) -> str:
    """The name by which `comment` knows an enum value."""
    return f"{value.type.full_name}.{value.name}"


def first_sentence(text: str) -> str:
    """`text` up to and with its first sentence end, on one line."""
    paragraph = text.partition("\n\n")[0]
    found = _SENTENCE_END.search(paragraph)
    return " ".join((paragraph[: found.end()] if found else paragraph).split())


@functools.cache
def _comments() -> dict[str, str]:
    text = resources.files("lksig._proto").joinpath("docs.json").read_text("utf-8")
    return cast("dict[str, str]", json.loads(text))
