"""docs/reference/errors.md: every error, warning and note code, collected from the source with `ast`.

Codes are literals, never composed, so that they can be searched for; that is also why reading the source finds them.
Four shapes exist, and anything else is an error of this generator, not a gap of the page:

- `SomeError(…, code="x")` and helpers that return one (`-> InputError`), with `layer=` or the class's own layer;
- a layer directly before a code, in a call or a row of a table: `("proxy", "upgrade-refused", …)`;
- a function that always raises in one layer and takes the code by position (`POSITIONAL`);
- notes and warnings: `note("x", …)`, `warn("x", …)`, `Say("x", …)`, `Note(t, "x", …)`, `Tell(s, "x", …)`, and pairs of
  a code and a text that are yielded or appended to a list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from docs.generators.markdown import code, codes, page, table
from lksig import errors
from lksig.errors import Layer, LksigError
from lksig.exit_codes import ExitCode

PATH = "docs/reference/errors.md"
SOURCE = "the codes in `lksig/`"
PACKAGE = Path(__file__).resolve().parent.parent.parent / "lksig"

LAYERS: tuple[str, ...] = get_args(Layer)
Kind = Literal["error", "warning", "note"]

POSITIONAL = {"_mistake": (1, "url")}
"""Function of `wire/target.py` → which argument is the code, and the layer."""

VARIABLE_CLASSES = {"error": ("DeadlineError", "CheckFailedError", "InputError", "RecordingError")}
"""Name that stands for one of several classes, as its code decides below."""
OF_CODE = {
    "did-not-come": ("DeadlineError", "CheckFailedError"),
    "no-zstd": ("InputError", "RecordingError"),
}

TOLD: dict[str, tuple[int, Kind]] = {
    "warn": (0, "warning"),
    "tell_warning": (1, "warning"),
    "note": (0, "note"),
    "Say": (0, "note"),
    "Note": (1, "note"),
    "Tell": (1, "note"),
}
"""Function → where its code stands, and what it tells."""

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

LAYER_MEANINGS: dict[str, str] = {
    "usage": "what was typed: options, requests, filters",
    "url": "the URL",
    "dns": "finding the address of the host",
    "tcp": "reaching the port",
    "tls": "encryption and certificates",
    "proxy": "something between lksig and LiveKit",
    "http": "an answer that is not LiveKit's, or no HTTP at all",
    "auth": "the token, the key, the secret",
    "room": "the room itself",
    "server": "LiveKit said no, or had enough",
    "protocol": "bytes that are no signal message, or a join that cannot be read",
    "media": "the media connection",
    "file": "a file: a recording, a token, a script",
}


@dataclass(slots=True)
class Found:
    """What is known about one code."""

    kind: Kind
    text: str
    """The first one that says something; empty where it is made elsewhere."""
    layers: set[str] = field(default_factory=set)
    exits: set[int] = field(default_factory=set)


def text() -> str:
    """The page."""
    found = collect()
    blocks = [
        "An error says what happened, in which layer, and one next step; its code can be searched for. `--json` prints "
        "it as the last object on standard error. Blanks in the texts below (`…`) are filled in.",
        table(["layer", "where it is"], ([code(layer), LAYER_MEANINGS[layer]] for layer in LAYERS)),
        "## Errors",
    ]
    rows = [_row(name, one) for (kind, name), one in found.items() if kind == "error"]
    blocks.append(table(["code", "layer", "exit", "for example, or what to do"], rows))
    blocks.append(
        "The exit is that of the error alone; where several meet, [exit-codes.md](exit-codes.md) says which counts."
    )
    for kind, about in (
        ("warning", "Something lksig decided for you, or could not do; the work goes on."),
        ("note", 'Conclusions and things a clock caused, as lines among the messages (`"kind":"note"`).'),
    ):
        rows = [[code(name), one.text] for (each, name), one in found.items() if each == kind]
        blocks += [f"## {kind.capitalize()}s", about, table(["code", "for example"], rows)]
    return page("Errors, warnings and notes", SOURCE, *blocks)


def _row(name: str, one: Found) -> list[str]:
    exits = ", ".join(str(number) for number in sorted(one.exits))
    return [code(name), codes(sorted(one.layers)), exits, one.text]


def collect(package: Path = PACKAGE) -> dict[tuple[Kind, str], Found]:
    """Every code in a package, by what it is and its name, sorted.

    Raises:
        LookupError: a code that is raised in a way nobody taught this generator.
    """
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(package.rglob("*.py"))}
    known = _Known(trees)
    found: dict[tuple[Kind, str], Found] = {}
    for path, tree in trees.items():
        where = path.relative_to(package).as_posix()
        for name, one in _Reader(tree, where, known).read():
            there = found.setdefault((one.kind, name), one)
            there.layers |= one.layers
            there.exits |= one.exits
            there.text = there.text or one.text
    return dict(sorted(found.items()))


class _Known:
    """What is known across modules: error classes with their bases, and constants that hold a text."""

    def __init__(self, trees: dict[Path, ast.Module]) -> None:
        self.classes: dict[str, type[LksigError]] = {
            name: value
            for name, value in vars(errors).items()
            if isinstance(value, type) and issubclass(value, LksigError)
        }
        self.texts: dict[str, str] = {}
        for tree in trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
                    for base in bases:
                        if base in self.classes:
                            self.classes.setdefault(node.name, self.classes[base])
                elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    for target in node.targets:
                        if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node.value.value, str):
                            self.texts[target.id] = node.value.value


class _Reader:
    """The codes of one module."""

    def __init__(self, tree: ast.Module, where: str, known: _Known) -> None:
        self._tree = tree
        self._where = where
        self._known = known
        self._functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def read(self) -> Iterator[tuple[str, Found]]:
        yield from self._in(self._tree, None, None)

    def _in(self, node: ast.AST, owner: str | None, function: ast.AST | None) -> Iterator[tuple[str, Found]]:
        """The codes below a node; `owner` is the class and `function` the function that it lies in."""
        if isinstance(node, ast.ClassDef):
            owner = node.name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node
            yield from self._of_default(node)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, owner, function)
            yield from self._of_row(node.args, node, None)
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            yield from self._of_pair(node.value, function)
        elif isinstance(node, ast.Tuple):
            first = node.elts[0] if node.elts else None
            status = first.value if isinstance(first, ast.Constant) and isinstance(first.value, int) else None
            yield from self._of_row(node.elts, None, status)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, int) and isinstance(value, ast.Tuple):
                    yield from self._of_row(value.elts, None, key.value)
            yield from (
                found
                for value in node.values
                if not isinstance(value, ast.Tuple)
                for found in self._in(value, owner, function)
            )
            return
        for child in ast.iter_child_nodes(node):
            yield from self._in(child, owner, function)

    def _of_default(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, Found]]:
        """`def mistake(…, code: str = "x") -> InputError`."""
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            if argument.arg == "code" and isinstance(default, ast.Constant):
                returned = ast.unparse(node.returns) if node.returns is not None else ""
                yield str(default.value), self._error(self._known.classes[returned], None, "")

    def _of_call(self, call: ast.Call, owner: str | None, function: ast.AST | None) -> Iterator[tuple[str, Found]]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "append" and isinstance(call.args[0], ast.Tuple):
            yield from self._of_pair(call.args[0], function)
        if name in TOLD:
            position, kind = TOLD[name]
            yield from self._told(call, position, kind, function)
        elif name in POSITIONAL and self._where == "wire/target.py":
            position, layer = POSITIONAL[name]
            for value in self._values(call.args[position]):
                yield value, self._error(errors.InputError, layer, self._shown(call.args[0], function))
        for keyword in call.keywords:
            if keyword.arg == "code":
                for value in self._values(keyword.value):
                    layer_ = next((self._values(k.value) for k in call.keywords if k.arg == "layer"), [None])
                    for class_ in self._classes(call, name, owner, value):
                        yield value, self._error(class_, layer_[0] if layer_ else None, self._text_of(call, function))

    def _of_pair(self, pair: ast.Tuple, function: ast.AST | None) -> Iterator[tuple[str, Found]]:
        """A warning on its way: a code, and a text."""
        if len(pair.elts) == 2:
            for value in self._values(pair.elts[0]):
                if _CODE.fullmatch(value) and ("-" in value or isinstance(pair.elts[0], ast.Name)):
                    yield value, Found("warning", self._shown(pair.elts[1], function))

    def _told(self, call: ast.Call, position: int, kind: Kind, function: ast.AST | None) -> Iterator[tuple[str, Found]]:
        if len(call.args) > position:
            for value in self._values(call.args[position]):
                if _CODE.fullmatch(value.replace("…", "x")):
                    shown = self._shown(call.args[position + 1], function) if len(call.args) > position + 1 else ""
                    yield value, Found(kind, shown)

    def _of_row(self, parts: list[ast.expr], call: ast.Call | None, status: int | None) -> Iterator[tuple[str, Found]]:
        """A layer, and behind it a code."""
        for index, part in enumerate(parts[:-1]):
            after = parts[index + 1]
            if not (isinstance(part, ast.Constant) and part.value in LAYERS and isinstance(after, ast.Constant)):
                continue
            value = after.value
            if isinstance(value, str) and _CODE.fullmatch(value):
                exit_code = ExitCode.AUTH if status in (401, 403) else ExitCode.TRANSPORT
                others = [self._shown(other, None) for other in parts[index + 2 :]]
                if call is not None and index > 0:
                    others.insert(0, self._shown(parts[index - 1], None))
                shown = next((other for other in others if " " in other), "")
                # A hint or text stands beside a code; without one it is a list of layers.
                if shown:
                    yield value, Found("error", shown, {str(part.value)}, {exit_code.value})

    def _classes(self, call: ast.Call, name: str, owner: str | None, value: str) -> list[type[LksigError]]:
        """The classes that a call with `code=` makes."""
        classes = self._known.classes
        if name in classes:
            return [classes[name]]
        if name == "__init__" and owner in classes:
            return [classes[owner]]
        if name in VARIABLE_CLASSES:
            if value not in OF_CODE:
                raise LookupError(
                    f"{self._where}:{call.lineno}: teach docs/generators/errors.py which errors `{value}` is"
                )
            return [classes[each] for each in OF_CODE[value]]
        if name in ("mistake", "wrong", "_wrong", "_not_one_of"):
            return [errors.InputError]
        raise LookupError(
            f"{self._where}:{call.lineno}: teach docs/generators/errors.py what `{name}` makes of `{value}`"
        )

    def _error(self, class_: type[LksigError], layer: str | None, shown: str) -> Found:
        return Found("error", shown, {layer or class_.default_layer}, {class_.exit_code.value})

    def _values(self, node: ast.expr) -> list[str]:
        """The texts an expression can be; none where it comes from elsewhere."""
        if isinstance(node, ast.IfExp):
            return self._values(node.body) + self._values(node.orelse)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.Name) and node.id in self._known.texts:
            return [self._known.texts[node.id]]
        if isinstance(node, ast.JoinedStr):
            return [self._shown(node, None)]
        return []

    def _text_of(self, call: ast.Call, function: ast.AST | None) -> str:
        """The sentence of an error: the first argument that is one; else its hint."""
        told = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "hint")]
        return next((shown for argument in told if " " in (shown := self._shown(argument, function))), "")

    def _shown(self, node: ast.expr, function: ast.AST | None) -> str:
        """A text with `…` for what is filled in; of a variable, what it was set to. Empty where nothing is known."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values]
            return re.sub("…+", "…", "".join(parts))
        if isinstance(node, ast.IfExp):
            return self._shown(node.body, function)
        if isinstance(node, ast.Name) and node.id in self._known.texts:
            return self._known.texts[node.id]
        if isinstance(node, ast.Name) and function is not None:
            for statement in ast.walk(function):
                if isinstance(statement, ast.Assign) and node.id in map(ast.unparse, statement.targets):
                    return self._shown(statement.value, None)
        return ""
