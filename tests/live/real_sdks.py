"""The SDKs that people use, installed at pinned versions below `.cache`, and run once each.

Python comes from PyPI into an environment of its own, Node and browser SDK from npm, Go from its module proxy, Chromium
from the system's packages. What cannot be had is a failure with one sentence, never a skip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent / "sdks"
CACHE = HERE.parent.parent.parent / ".cache" / "sdks"
PYTHON_SDK = "livekit==1.2.1"
RUN_S = 50


class SdkError(Exception):
    """An SDK that is needed is not there; the text says why."""


def _do(command: list[str], what: str, **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise SdkError(f"cannot install {what}: `{' '.join(command)}` said {done.stderr[-400:]}")


def _python(script: str) -> list[str]:
    python = CACHE / "venv" / "bin" / "python"
    if not python.exists():
        _do([sys.executable, "-m", "venv", str(CACHE / "venv")], "a virtual environment")
        _do([str(python), "-m", "pip", "install", "-q", PYTHON_SDK], PYTHON_SDK)
    return [str(python), str(HERE / script)]


def python_sdk() -> list[str]:
    """The command that joins with the Python SDK."""
    return _python("join.py")


def python_signal() -> list[str]:
    """The command that stays for some seconds with the Python SDK."""
    return _python("stay.py")


def _node(script: str) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SdkError("the live tests run the Node and browser SDKs and need node and npm on PATH")
    folder = CACHE / "npm"
    if not (folder / "node_modules" / "livekit-client").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", folder)
        _do([npm, "install", "--no-audit", "--no-fund"], "the npm packages", cwd=folder)
    # Beside its modules, or Node does not find them.
    shutil.copy(HERE / script, folder)
    return [node, str(folder / script)]


def node_sdk() -> list[str]:
    """The command that joins with the Node SDK."""
    return _node("join.mjs")


def browser_sdk() -> list[str]:
    """The command that joins with the browser SDK; it wants CHROMIUM in its environment."""
    return _node("page.mjs")


def browser_signal() -> list[str]:
    """The command that joins, publishes and renames itself with the browser SDK; it wants CHROMIUM too."""
    return _node("publish.mjs")


def browser_har() -> list[str]:
    """The command that does the like while HARs are recorded; it wants CHROMIUM too."""
    return _node("har.mjs")


def go_sdk() -> list[str]:
    """The command that joins with the Go SDK; built on first use."""
    if shutil.which("go") is None:
        raise SdkError("the live tests run the Go SDK and need Go on PATH (https://go.dev/dl)")
    parts = [(HERE / "go" / name).read_bytes() for name in ("go.mod", "go.sum", "main.go")]
    built = CACHE / f"go-{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}"
    if not built.exists():
        _do(["go", "build", "-o", str(built), "."], "the Go SDK", cwd=HERE / "go")
    return [str(built)]


def chromium() -> str:
    """Where Chromium is; installed if it is not there."""
    found = shutil.which("chromium")
    if found is None and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True, check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(install, capture_output=True, check=False)
        found = shutil.which("chromium")
    if found is None:
        raise SdkError("the live tests run the browser SDK in Chromium: install it (chromium)")
    return found


class _Refusing(socketserver.StreamRequestHandler):
    """Keeps the head of every request and refuses it."""

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        self.server.heads.append(head.decode("latin-1"))  # type: ignore[attr-defined]
        self.wfile.write(
            b"HTTP/1.1 401 Unauthorized\r\nAccess-Control-Allow-Origin: *\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\nno"
        )


def upgrade_head(command: list[str], token: str, path: str, below: str = "") -> str:
    """The head of the WebSocket handshake that `command` makes.

    Args:
        below: the path of the server's URL.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as server:
        server.daemon_threads = True
        server.heads = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"ws://127.0.0.1:{server.server_address[1]}{below}"
        plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment = {**plain, "CHROMIUM": chromium() if command[-1].endswith("page.mjs") else ""}
        subprocess.run([*command, url, token, path], env=environment, timeout=RUN_S, check=False, capture_output=True)
        server.shutdown()
        heads: list[str] = server.heads  # type: ignore[attr-defined]
    return next(head for head in heads if "/validate" not in head.splitlines()[0])
