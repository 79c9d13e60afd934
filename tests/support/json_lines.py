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


def problems(line: dict[str, Any], *, stable: bool = False) -> list[str]:
    """What is wrong with a line; readers must take keys they do not know, but lksig must not print any.

    Args:
        stable: it is one of `show --stable`, which leaves out what every other line has.
    """
    return [f"{error.json_path}: {error.message}" for error in (_STABLE if stable else _STRICT).iter_errors(line)]


def _strict(value: Any, stable: bool) -> Any:
    if isinstance(value, list):
        return [_strict(one, stable) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _strict(one, stable) for key, one in value.items()}
    properties = value.get("properties")
    if isinstance(properties, dict):
        left_out = [name for name, one in properties.items() if "x-left-out-by" in one]
        if stable and left_out:
            made["not"] = {"anyOf": [{"required": [name]} for name in left_out]}
        elif left_out:
            made["required"] = made["required"] + left_out
    # An entry of `required` or `properties` may itself be called `properties`.
    if isinstance(made.get("properties"), dict) and made.get("type") in ("object", ["object", "null"]):
        made["unevaluatedProperties"] = False
    return made


def _validator(*, stable: bool) -> jsonschema.Draft202012Validator:
    kinds = [name for kind in KINDS for name in kind.get("enum", [kind.get("const")])]
    return jsonschema.Draft202012Validator(
        {
            **_strict({key: value for key, value in SCHEMA.items() if key != "type"}, stable),
            "properties": {"kind": {"enum": kinds}},
            "unevaluatedProperties": False,
        }
    )


_STRICT, _STABLE = _validator(stable=False), _validator(stable=True)
