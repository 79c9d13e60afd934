"""The process from outside: streams that are closed or full, signals to a command that only reads files."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FULL = str(Path(__file__).parent / "recordings" / "full.lksig")
LKSIG = [sys.executable, "-m", "lksig"]
DEV_FULL = Path("/dev/full")

PRINTERS = [
    ("show", FULL, "--json"),
    ("schema", "--asyncapi"),
    ("schema",),
    ("encode", "ping", "5"),
    ("decode", "7005"),
    ("serve", "--port", "0"),
]


def without(stream: int, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run it with one of the three standard streams closed."""
    command = [
        sys.executable,
        "-c",
        f"import os, sys; os.close({stream}); os.execv(sys.executable, {[*LKSIG, *words]})",
    ]
    return subprocess.run(command, capture_output=True, timeout=30, check=False)


def test_nothing_at_all_is_answered_with_the_help() -> None:
    done = subprocess.run(LKSIG, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: no command was given")
    assert "Usage: lksig" in done.stdout


@pytest.mark.parametrize("words", PRINTERS)
def test_a_reader_that_has_gone(words: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([*LKSIG, *words], stdout=write_end, stderr=subprocess.DEVNULL, timeout=30, check=False)
    os.close(write_end)
    assert done.returncode == 141


@pytest.mark.parametrize(
    ("words", "code"),
    [(("show", FULL), 0), (("encode", "nope"), 2), (("decode", "7005"), 0), (("show", FULL, "-v"), 0)],
)
def test_nobody_who_hears_complaints(words: tuple[str, ...], code: int) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    run = functools.partial(subprocess.run, [*LKSIG, *words], stderr=write_end, timeout=30, check=False)
    assert run(stdout=subprocess.DEVNULL).returncode == code
    assert run(stdout=write_end).returncode == (code or 141), "as with `2>&1 | head -1`"
    os.close(write_end)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_or_file_of_another_encoding(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run([*LKSIG, "show", FULL], env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0
    assert rb"\u2192" in done.stdout  # the arrow to the request


@pytest.mark.parametrize("words", PRINTERS)
def test_without_standard_output(words: tuple[str, ...]) -> None:
    done = without(1, *words)
    assert done.returncode == 141
    assert b"bug" not in done.stderr


def test_without_standard_input_there_is_nothing_to_read() -> None:
    done = without(0, "encode", "-")
    assert (done.returncode, b"there is no request" in done.stderr) == (2, True)


def test_without_standard_error_nobody_hears_complaints() -> None:
    assert without(2, "encode", "nope").returncode == 2


@pytest.mark.skipif(not DEV_FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [words for words in PRINTERS if words[0] != "serve"])
def test_output_that_takes_nothing_more(words: tuple[str, ...]) -> None:
    with DEV_FULL.open("wb") as full:
        done = subprocess.run([*LKSIG, *words], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.count(b"output-unwritable") == 1
    assert b"bug" not in done.stderr


@pytest.mark.parametrize("words", [("show", FULL, "--follow"), ("replay", FULL, "--speed", "0.01")])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_to_what_has_no_event_loop(words: tuple[str, ...], number: int, code: int) -> None:
    with subprocess.Popen([*LKSIG, *words, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(number)
        process.stdout.read()
        complaints = process.stderr.read()
    assert (process.returncode, complaints) == (code, b"")
