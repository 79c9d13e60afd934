"""The tree of errors: exit codes, layers, and what each carries."""

from __future__ import annotations

import re
import typing

import pytest

from lksig import errors
from lksig.errors import (
    AuthError,
    CheckFailedError,
    DeadlineError,
    EndedError,
    InputError,
    Layer,
    LksigError,
    RecordingError,
    TransportError,
    UndecodableError,
)
from lksig.exit_codes import ExitCode

TREE: list[tuple[type[LksigError], type[Exception], int, Layer]] = [
    (LksigError, Exception, 70, "usage"),
    (CheckFailedError, LksigError, 1, "server"),
    (InputError, LksigError, 2, "usage"),
    (TransportError, LksigError, 3, "tcp"),
    (AuthError, TransportError, 4, "auth"),
    (UndecodableError, LksigError, 5, "protocol"),
    (DeadlineError, LksigError, 6, "server"),
    (RecordingError, LksigError, 7, "file"),
    (EndedError, LksigError, 8, "server"),
]


@pytest.mark.parametrize(("kind", "base", "exit_code", "layer"), TREE)
def test_each_knows_its_exit_and_layer(
    kind: type[LksigError], base: type[Exception], exit_code: int, layer: Layer
) -> None:
    assert kind.__bases__ == (base,)
    assert kind.exit_code == exit_code
    assert kind("what went wrong", code="some-code").layer == layer


def test_the_tree_is_whole() -> None:
    there = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, LksigError)}
    assert there == {row[0] for row in TREE}
    assert {row[2] for row in TREE} == {int(code) for code in ExitCode if code not in (0, 130, 141, 143)}


def test_the_drawing_says_the_same() -> None:
    drawn = re.findall(r"─ (\w+) .* (\d+)$", errors.__doc__, re.MULTILINE)
    assert {(kind.__name__, kind.exit_code) for kind, *_ in TREE[1:]} == {(name, int(number)) for name, number in drawn}


def test_what_it_carries() -> None:
    error = TransportError("nothing listens", code="connection-refused", layer="dns", hint="start the server")
    assert (str(error), error.text) == ("nothing listens", "nothing listens")
    assert (error.code, error.layer, error.hint) == ("connection-refused", "dns", "start the server")
    assert error.args == ("nothing listens",)
    assert TransportError("x", code="y").hint is None


def test_the_layers_are_the_contracts() -> None:
    words = "usage url dns tcp tls proxy http auth room server protocol media file"
    assert list(typing.get_args(Layer)) == words.split()


class TestCarets:
    def test_a_place_in_a_text(self) -> None:
        error = InputError("not a type", code="bad-value", source="type=VIDOE", start=5, end=10)
        assert error.source is not None
        assert error.source[error.start : error.end] == "VIDOE"

    def test_one_character_where_no_end_is_given(self) -> None:
        error = InputError("not a type", code="bad-value", source="type=VIDOE", start=5)
        assert (error.start, error.end) == (5, 6)

    def test_no_place(self) -> None:
        error = InputError("no URL", code="no-url", layer="url", hint="give one")
        assert (error.source, error.start, error.end, error.layer, error.hint) == (None, 0, 1, "url", "give one")
