"""Compare the committed descriptors field by field with upstream's own; `make check-upstream` runs it.

    package   the `livekit-protocol` package, always. It may be older than the schema: what it lacks is in PACKAGE_GAPS.
    module    the Go module that `UPSTREAM` names, where `go` is; `--require-go` makes a missing one a failure.

Exit 0 when both agree, 1 when something differs, an exception no longer applies, or a comparison could not be made.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from facts import differences, facts, files_of_set

HERE = Path(__file__).resolve().parent
COMMITTED = HERE.parent / "lksig" / "_proto" / "livekit.binpb"
SOURCES = ("livekit_models.proto", "livekit_rtc.proto", "logger/options.proto")

PACKAGE_GAPS: dict[str, str] = {
    "livekit.ParticipantUpdate.full_snapshot: only here": "added upstream after the release that 1.1.29 was made from",
}
"""Difference (as printed) between the schema and the `livekit-protocol` package → why it is expected."""


def upstream() -> dict[str, str]:
    """The `key: value` lines of `UPSTREAM`."""
    lines = (HERE / "UPSTREAM").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith((" ", "#")))


def package_files() -> list[bytes]:
    """The serialized files inside the generated modules of `livekit-protocol`."""
    from livekit.protocol import models, rtc

    options = {file.name: file for file in rtc.DESCRIPTOR.dependencies}["logger/options.proto"]
    return [models.DESCRIPTOR.serialized_pb, rtc.DESCRIPTOR.serialized_pb, options.serialized_pb]


def module_files(pinned: Mapping[str, str]) -> list[bytes]:
    """The files of the pinned Go module, compiled; the module is fetched by `go`, and its checksum compared.

    Raises:
        SystemExit: the module cannot be had, is not the pinned one, or does not compile.
    """
    wanted = f"{pinned['module']}@{pinned['version']}"
    # Outside of the repository: no go.mod there may have a say.
    with tempfile.TemporaryDirectory() as scratch:
        got = subprocess.run(
            ["go", "mod", "download", "-json", wanted], cwd=scratch, capture_output=True, text=True, check=False
        )
        if got.returncode != 0:
            raise SystemExit(
                f"module: `go mod download {wanted}` ended with {got.returncode}: {got.stdout or got.stderr}"
            )
        answer = json.loads(got.stdout)
        if answer["Sum"] != pinned["sum"]:
            raise SystemExit(f"module: {wanted} has the checksum {answer['Sum']}, UPSTREAM says {pinned['sum']}")
        compiled = Path(scratch) / "upstream.binpb"
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{Path(answer['Dir']) / 'protobufs'}"]
        command += [f"--descriptor_set_out={compiled}", *SOURCES]
        subprocess.run(command, check=True)
        return files_of_set(compiled.read_bytes())


def compare(theirs: Sequence[bytes], gaps: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The differences that no exception names, and the exceptions that name no difference."""
    found = differences(facts(files_of_set(COMMITTED.read_bytes())), facts(theirs))
    return [line for line in found if line not in gaps], [line for line in gaps if line not in found]


def report(title: str, theirs: Sequence[bytes], gaps: Mapping[str, str]) -> bool:
    """Print how a comparison went; whether it holds."""
    differing, spent = compare(theirs, gaps)
    print(f"{title}: {len(differing)} differences, {len(gaps) - len(spent)} known gaps")
    for line in differing:
        print(f"  {line}")
    for line in spent:
        print(f"  an exception no longer applies, remove it: {line}")
    return not differing and not spent


def main(argv: Sequence[str] | None = None) -> int:
    """Make both comparisons; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--require-go", action="store_true", help="fail where there is no `go`")
    options = parser.parse_args(argv)
    pinned = upstream()
    version = importlib.metadata.version("livekit-protocol")
    good = report(f"package livekit-protocol {version}", package_files(), PACKAGE_GAPS)
    if shutil.which("go"):
        return int(not report(f"module {pinned['module']} {pinned['version']}", module_files(pinned), {}) or not good)
    print(f"module {pinned['module']} {pinned['version']}: not compared, there is no `go`")
    return int(options.require_go or not good)


if __name__ == "__main__":
    sys.exit(main())
