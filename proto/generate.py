"""Make `lksig/_proto/` from `proto/*.proto`; `make proto` and, with `--check`, `make check` run it.

    livekit.binpb        the descriptor set with its imports, without source info: what lksig loads
    docs.json            full element name → comment, loaded for help only
    units.json           full field name → unit, from the `[ms]` marks in first sentences
    livekit_*_pb2.pyi    stubs for `if TYPE_CHECKING: from lksig._proto import livekit_rtc_pb2`

Needs the dependency group `proto`. The tools are pinned there: other versions order a descriptor set differently, so
`--check` compares it file by file as messages and everything else as text.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from elements import REQUEST_ROOTS, Element, comments, elements, reachable, split_units
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from lksig.schema.units import UNITS

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "lksig" / "_proto"
SOURCES = ("livekit_models.proto", "livekit_rtc.proto", "logger/options.proto")
DESCRIPTORS = "livekit.binpb"
PACKAGE = "livekit"


def compile_protos(into: Path) -> FileDescriptorSet:
    """Run protoc over `proto/`: the descriptor set with source info; stubs are written below `into`."""
    compiled = into / "all.binpb"
    plugin = shutil.which("protoc-gen-mypy", path=str(Path(sys.executable).parent)) or shutil.which("protoc-gen-mypy")
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{HERE}", f"--descriptor_set_out={compiled}"]
    command += ["--include_imports", "--include_source_info", f"--plugin=protoc-gen-mypy={plugin}"]
    command += [f"--mypy_out=quiet:{into}", *SOURCES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr:  # a warning (an unused import) is a mistake in our files, too
        raise SystemExit(done.stderr.strip() or f"protoc ended with {done.returncode}: {' '.join(command)}")
    return FileDescriptorSet.FromString(compiled.read_bytes())


def own_stub(text: str) -> str:
    """A stub whose imports of its neighbours find them in `lksig._proto`."""
    text = re.sub(r"^import (livekit_\w+_pb2) as", r"from lksig._proto import \1 as", text, flags=re.MULTILINE)
    if strays := re.findall(r"^(?:import|from) (?:livekit|logger).*$", text, flags=re.MULTILINE):
        raise SystemExit(f"stub: an import nobody rewrites: {strays[0]}")
    return text


def generated() -> tuple[dict[str, bytes], FileDescriptorSet]:
    """What belongs into `lksig/_proto`, by file name; and the descriptor set with source info behind it."""
    with tempfile.TemporaryDirectory() as scratch:
        full = compile_protos(Path(scratch))
        stubs = {path.name: own_stub(path.read_text("utf-8")) for path in sorted(Path(scratch).glob("*_pb2.pyi"))}
    found = {name: text for file in full.file if file.package == PACKAGE for name, text in comments(file).items()}
    try:
        texts, units = split_units(found, UNITS)
    except ValueError as exc:
        raise SystemExit(f"comment: {exc}") from exc
    files = {name: text.encode() for name, text in stubs.items()}
    files["docs.json"] = _json(texts)
    files["units.json"] = _json(units)
    files[DESCRIPTORS] = without_source(full).SerializeToString(deterministic=True)
    return files, full


def _json(values: dict[str, str]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode()


def without_source(full: FileDescriptorSet) -> FileDescriptorSet:
    """A copy without comments and positions: a quarter of the size."""
    bare = FileDescriptorSet()
    bare.CopyFrom(full)
    for file in bare.file:
        file.ClearField("source_code_info")
    return bare


def stale(files: dict[str, bytes], directory: Path = OUT) -> list[str]:
    """Names of the files in `directory` that differ from `files`, are missing, or are left over."""
    made_here = {path.name for path in directory.iterdir() if path.suffix in (".binpb", ".json", ".pyi")}
    names = [name for name, data in files.items() if not _is_same(directory / name, data)]
    return sorted({*names, *(made_here - files.keys())})


def _is_same(path: Path, data: bytes) -> bool:
    if not path.exists():
        return False
    if path.name != DESCRIPTORS:
        return path.read_bytes() == data
    return _by_file(path.read_bytes()) == _by_file(data)


def _by_file(data: bytes) -> dict[str, FileDescriptorProto]:
    return {file.name: file for file in FileDescriptorSet.FromString(data).file}


def missing(full: FileDescriptorSet) -> tuple[list[Element], list[Element]]:
    """The elements without a comment: those a person can type, and the others. Oneofs may stay without."""
    ours = [file for file in full.file if file.package == PACKAGE]
    typed = reachable(ours, REQUEST_ROOTS)
    request: list[Element] = []
    rest: list[Element] = []
    for file in ours:
        texts = comments(file)
        for element in elements(file):
            if element.kind != "oneof" and element.name not in texts:
                (request if element.owner in typed else rest).append(element)
    return request, rest


def report_missing(full: FileDescriptorSet, *, list_them: bool) -> bool:
    """Print what has no comment, in counts or element by element; whether anything has none."""
    request, rest = missing(full)
    for side, found in (("request side", request), ("response side", rest)):
        if list_them or found:
            print(f"{side}: {len(found)} without a comment")
        for element in found if list_them else ():
            print(f"  {element.kind:8}{element.name}")
    return bool(request or rest)


def main(argv: Sequence[str] | None = None) -> int:
    """Write, check, or count; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="change nothing; exit 1 and name what is out of date")
    mode.add_argument("--missing", action="store_true", help="list the elements without a comment; exit 1 if any")
    options = parser.parse_args(argv)
    files, full = generated()
    if options.missing:
        return int(report_missing(full, list_them=True))
    names = stale(files)
    if options.check:
        for name in names:
            print(f"lksig/_proto/{name} is out of date: run `make proto`")
        return int(report_missing(full, list_them=False) or bool(names))
    for name in names:
        path = OUT / name
        if name in files:
            path.write_bytes(files[name])
        else:
            path.unlink()
        print(f"{'wrote' if name in files else 'removed'} lksig/_proto/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
