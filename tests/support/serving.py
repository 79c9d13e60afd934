"""`lksig serve` as a process of its own: a server for tests of whole command lines."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def serving(*flags: str) -> Iterator[str]:
    """The URL of an embedded server on a free port, as long as this is entered."""
    command = [sys.executable, "-m", "lksig", "serve", "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        readers: list[threading.Thread] = []
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("listening ws://"), first
            # It stops when nobody reads what it prints, and waits when somebody reads too slowly.
            readers = [threading.Thread(target=stream.read) for stream in (process.stdout, process.stderr) if stream]
            for reader in readers:
                reader.start()
            yield first.split()[1]
        finally:
            process.kill()
            for reader in readers:
                reader.join()
