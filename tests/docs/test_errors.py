"""Codes are found in every shape they have in the source, and a new shape is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.generators import errors
from docs.generators.errors import Found, collect


def of(folder: Path, source: str, name: str = "module.py") -> dict[tuple[str, str], Found]:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")
    return {(kind, code): found for (kind, code), found in collect(folder).items()}


@pytest.mark.parametrize(
    ("source", "code", "layers", "exits", "text"),
    [
        ("InputError('no file here', code='a-b')", "a-b", {"usage"}, {2}, "no file here"),
        ("InputError(f'no {x} at {y}', code='a', layer='file')", "a", {"file"}, {2}, "no … at …"),
        ("AuthError('', code='a', hint='give a token')", "a", {"auth"}, {4}, "give a token"),
        ("def f():\n    t = f'is {x}{y} here'\n    raise EndedError(t, code='a')", "a", {"server"}, {8}, "is … here"),
        ("span.mistake('not a name', code='a')", "a", {"usage"}, {2}, "not a name"),
        ("def wrong(t, *, code: str = 'a') -> InputError: ...", "a", {"usage"}, {2}, ""),
        ("class Mine(UndecodableError):\n    def __init__(self):\n        super().__init__('is bad', code='a')",
         "a", {"protocol"}, {5}, "is bad"),
        ("class Mine(RecordingError): ...\nMine('it is cut', code='a')", "a", {"file"}, {7}, "it is cut"),
        ("Verdict('proxy', 'a-b', text, (), 'let it pass')", "a-b", {"proxy"}, {3}, "let it pass"),
        ("_error(f'no way to {x}', 'tcp', 'a', 'try again')", "a", {"tcp"}, {3}, "no way to …"),
        ("ROWS = ((401, 'm', 'auth', 'a', 'make a token'),)", "a", {"auth"}, {4}, "make a token"),
        ("ROWS = {400: ('http', 'a', 'look at it')}", "a", {"http"}, {3}, "look at it"),
        ("error('nothing came', code='did-not-come')", "did-not-come", {"server"}, {1, 6}, "nothing came"),
    ],
)  # fmt: skip
def test_an_error(tmp_path: Path, source: str, code: str, layers: set[str], exits: set[int], text: str) -> None:
    assert of(tmp_path, source) == {("error", code): Found("error", text, layers, exits)}


@pytest.mark.parametrize(
    ("source", "kind", "code", "text"),
    [
        ("screen.warn('a-b', f'no {x}')", "warning", "a-b", "no …"),
        ("NAME = 'a'\nsession.note(NAME, 'so it is')", "note", "a", "so it is"),
        ("WHY = 'so it is'\nSay('a', WHY)", "note", "a", "so it is"),
        ("Note(now(), f'probe-{name}', text)", "note", "probe-…", ""),
        ("def f():\n    yield 'a-b', 'so it is'", "warning", "a-b", "so it is"),
        ("NAME = 'a'\nfound.notes.append((NAME, 'so it is'))", "warning", "a", "so it is"),
    ],
)
def test_a_note_or_warning(tmp_path: Path, source: str, kind: str, code: str, text: str) -> None:
    found = of(tmp_path, source)
    assert list(found) == [(kind, code)]
    assert found[kind, code].text == text


@pytest.mark.parametrize(
    "source",
    [
        "LAYERS = ('dns', 'tcp', 'proxy')",
        "words.append(('one', 'two'))",
        "kind(text, code=found.code)",
        "def f():\n    yield 'one', 'two'",
        "Say(code, text)",
    ],
)
def test_what_is_no_code(tmp_path: Path, source: str) -> None:
    assert of(tmp_path, source) == {}


@pytest.mark.parametrize("source", ["invented('so it is', code='a')", "error('so it is', code='a')"])
def test_a_shape_nobody_taught_is_an_error(tmp_path: Path, source: str) -> None:
    with pytest.raises(LookupError, match="teach docs/generators/errors"):
        of(tmp_path, source)


def test_layers_and_exits_of_one_code_come_together(tmp_path: Path) -> None:
    found = of(tmp_path, "InputError('', code='a')\nRecordingError('it is cut', code='a')\nscreen.warn('a', 'it is')")
    assert found["error", "a"] == Found("error", "it is cut", {"usage", "file"}, {2, 7})
    assert found["warning", "a"].text == "it is"


def test_a_mistake_in_a_url_has_its_layer(tmp_path: Path) -> None:
    found = of(tmp_path, "_mistake('no host', 'url-host', text)", "wire/target.py")
    assert found == {("error", "url-host"): Found("error", "no host", {"url"}, {2})}


def test_the_page_names_what_people_meet() -> None:
    text = errors.text()
    for code in ("upgrade-header-lost", "connection-refused", "wrong-secret", "unknown-field", "server-ended"):
        assert f"| `{code}` |" in text
    assert all(f"| `{layer}` |" in text for layer in errors.LAYERS)
    assert errors.LAYER_MEANINGS.keys() == set(errors.LAYERS)
