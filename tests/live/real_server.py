"""A livekit-server of our own: built from the pinned module, started on free ports of the loopback, restarted, stopped.

The version stands in `livekit_server/go.mod`. The binary is kept in `.cache`, named after go.mod and go.sum, so it is
built once (two minutes with empty Go caches). A machine without Go is told so: nothing is skipped.
Facts: livekit-server 1.13.5, config-sample.yaml; SIGTERM waits for participants, a second one does not.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MODULE = HERE / "livekit_server"
CACHE = HERE.parent.parent / ".cache"
PACKAGE = "github.com/livekit/livekit-server/cmd/server"

KEY, SECRET = "devkey", "secret"
START_S = 20.0
"""How long the server may take until it answers; half a second is usual."""
STOP_S = 3.0
"""Between one signal and the next harder one."""


class ServerError(Exception):
    """There is no real server to test against; the text says why."""


def binary() -> Path:
    """The server's executable, built if it is not there yet.

    Raises:
        ServerError: Go is missing, or the build failed.
    """
    pinned = hashlib.sha256((MODULE / "go.mod").read_bytes() + (MODULE / "go.sum").read_bytes()).hexdigest()[:12]
    built = CACHE / f"livekit-server-{pinned}"
    if built.exists():
        return built
    if shutil.which("go") is None:
        raise ServerError("the live tests build livekit-server and need Go on PATH (https://go.dev/dl): none was found")
    CACHE.mkdir(exist_ok=True)
    unfinished = built.with_suffix(f".{os.getpid()}")
    command = ["go", "build", "-o", str(unfinished), PACKAGE]
    done = subprocess.run(command, cwd=MODULE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"livekit-server does not build: `{' '.join(command)}` said\n{done.stderr}")
    unfinished.replace(built)
    return built


class RealServer:
    """One livekit-server; `url` stays the same over restarts.

    Args:
        folder: where its configuration and log go.
        settings: what is added to or replaced in its configuration, in the words of config-sample.yaml.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any] | None = None) -> None:
        self.port = _free_port(socket.SOCK_STREAM)
        self.url = f"ws://127.0.0.1:{self.port}"
        self.log_path = folder / "livekit-server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._config = folder / "livekit.yaml"
        # JSON is YAML.
        self._config.write_text(json.dumps(configuration(self.port) | dict(settings or {})), "utf-8")

    def start(self) -> None:
        """Start it and return when it answers.

        Raises:
            ServerError: it does not.
        """
        command = [str(binary()), "--config", str(self._config)]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"livekit-server did not start; its last words:\n{self.log_tail()}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether `GET /` is answered with `OK`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read() == b"OK"
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it: politely, then with force, then by killing it."""
        process, self.process = self.process, None
        if process is None:
            return
        for sent in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            process.send_signal(sent)
            try:
                process.wait(STOP_S)
                return
            except subprocess.TimeoutExpired:
                continue
        process.wait()

    def kill(self) -> None:
        """End it as a crash does: no goodbye to anybody."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Stop it and start it again, with the same URL; rooms and participants are gone."""
        self.stop()
        self.start()

    def log_tail(self, lines: int = 30) -> str:
        """The end of its log."""
        return "\n".join(self.log_path.read_text("utf-8", "replace").splitlines()[-lines:])


def configuration(port: int) -> dict[str, Any]:
    """Everything on loopback, nothing looked up outside, and the features that are off by default switched on."""
    return {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "keys": {KEY: SECRET},
        "rtc": {
            "node_ip": "127.0.0.1",
            "use_external_ip": False,
            "enable_loopback_candidate": True,
            # Nobody listens there; without it every join names public STUN servers.
            "stun_servers": ["127.0.0.1:3478"],
            "tcp_port": _free_port(socket.SOCK_STREAM),
            "udp_port": _free_port(socket.SOCK_DGRAM),
        },
        "enable_data_tracks": True,
        "enable_participant_data_blob": True,
        "logging": {"level": "info", "json": False},
    }


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
