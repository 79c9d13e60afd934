"""The page of the JSON lines says what their schema says."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

from docs.generators import json_lines

TEXT = json_lines.text()
SCHEMA: dict[str, Any] = json.loads(
    resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8")
)


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def test_every_kind_of_the_schema_is_explained() -> None:
    kinds = [clause["if"]["properties"]["kind"] for clause in SCHEMA["allOf"]]
    names = {name for kind in kinds for name in ([kind["const"]] if "const" in kind else kind["enum"])}
    assert json_lines.KINDS.keys() == names
    assert all(json_lines.KINDS[name] in section(name) for name in names)


@pytest.mark.parametrize(
    ("title", "row"),
    [
        ("start", "| `format` | `1` | always |  |"),
        ("start", "| `room` | string or null | always |  |"),
        ("http", "| `ms` | number | always, but with `--stable` | Milliseconds, three decimals. |"),
        ("message", "| `reply_to` | integer | optional | The message this one answers. |"),
        ("message", '| `dir` | `"to_server"`, `"to_client"` | always |  |'),
        ("message", "| `unknown[].path` | string | always | The containing message; empty for the envelope. |"),
        ("end", "| `unanswered` | array of integer | always |  |"),
        ("end", "| `messages.to_client` | integer | always |  |"),
        ("On standard error", "| `hint` | string or null | always |  |"),
    ],
)
def test_a_key(title: str, row: str) -> None:
    assert row in section(title).splitlines()


def test_a_new_kind_needs_words() -> None:
    more = {
        **SCHEMA,
        "allOf": [
            *SCHEMA["allOf"],
            {"if": {"properties": {"kind": {"const": "new"}}}, "then": {"$ref": "#/$defs/end"}},
        ],
    }
    with pytest.raises(KeyError, match="new"):
        json_lines.text(more)
