"""Whether a JSON line is what its schema says, and has no key that the schema does not name."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema

SCHEMA: dict[str, Any] = json.loads(
    resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8")
)
KINDS = [clause["if"]["properties"]["kind"] for clause in SCHEMA["allOf"]]


def problems(line: dict[str, Any]) -> list[str]:
    """What is wrong with a line; readers must take keys they do not know, but lksig must not print any."""
    return [f"{error.json_path}: {error.message}" for error in _STRICT.iter_errors(line)]


def _strict(value: Any) -> Any:
    if isinstance(value, list):
        return [_strict(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _strict(one) for key, one in value.items()}
    # An entry of `required` or `properties` may itself be called `properties`.
    if isinstance(made.get("properties"), dict) and made.get("type") in ("object", ["object", "null"]):
        made["unevaluatedProperties"] = False
    return made


_STRICT = jsonschema.Draft202012Validator(
    {
        **_strict({key: value for key, value in SCHEMA.items() if key != "type"}),
        "properties": {"kind": {"enum": [name for kind in KINDS for name in kind.get("enum", [kind.get("const")])]}},
        "unevaluatedProperties": False,
    }
)
