"""`lksig schema --asyncapi` in front of AsyncAPI's own parser.

The parser is pinned in `asyncapi_parser/package-lock.json` and installed once into `.cache`, without the install
scripts of its dependencies. A machine without npm is told so: nothing is skipped.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from tests.live.real_server import CACHE
from tests.support.cli import run

HERE = Path(__file__).resolve().parent / "asyncapi_parser"
FILES = ("package.json", "package-lock.json")

NEWER_EXISTS = "asyncapi-latest-version"
"""The one remark that is expected: the document is AsyncAPI 3.0 on purpose, which more tools read than 3.1."""


@functools.cache
def installed() -> Path | str:
    """The folder with `node_modules`; or why there is none."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return "the AsyncAPI document is validated by @asyncapi/parser, which needs Node.js with npm on PATH"
    pinned = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = CACHE / f"asyncapi-parser-{pinned}"
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(f".{os.getpid()}")
    unfinished.mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, unfinished)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=unfinished, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(unfinished)
        return f"@asyncapi/parser cannot be installed: `{' '.join(command)}` said\n{done.stderr}"
    unfinished.replace(folder)
    return folder


@pytest.fixture(scope="module")
def parser() -> Path:
    folder = installed()
    if isinstance(folder, str):
        pytest.fail(folder, pytrace=False)
    return folder


def parse(parser: Path, text: str) -> dict[str, Any]:
    """What the parser says about a document."""
    variables = {**os.environ, "NODE_PATH": str(parser / "node_modules")}
    command = ["node", str(HERE / "validate.cjs")]
    done = subprocess.run(command, input=text, env=variables, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_parser_has_nothing_to_object(parser: Path) -> None:
    said = parse(parser, run("schema", "--asyncapi").stdout)
    assert [remark for remark in said["diagnostics"] if remark["code"] != NEWER_EXISTS] == []
    send, receive = said["operations"]["sendSignalRequest"], said["operations"]["receiveSignalResponse"]
    assert (send["action"], receive["action"]) == ("send", "receive")
    assert send["messages"] == [f"SignalRequest.{case}" for case in case_fields(TO_SERVER)]
    assert receive["messages"] == [f"SignalResponse.{case}" for case in case_fields(TO_CLIENT)]
    assert send["contentTypes"] == receive["contentTypes"] == ["application/x-protobuf"]
    assert send["replies"] > 0


def test_the_parser_would_object(parser: Path) -> None:
    """It does look: a type that does not exist, and a message that is not there."""
    document = json.loads(run("schema", "--asyncapi").stdout)
    document["components"]["schemas"]["MuteTrackRequest"]["properties"]["muted"]["type"] = "boolaen"
    document["operations"]["sendSignalRequest"]["messages"][0]["$ref"] += "x"
    said = parse(parser, json.dumps(document))
    errors = [remark for remark in said["diagnostics"] if remark["severity"] == 0]
    assert any("boolaen" in remark["message"] or "type" in remark["path"] for remark in errors)
    assert any(remark["path"].startswith("operations/sendSignalRequest/messages/0") for remark in errors)
