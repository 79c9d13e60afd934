"""Reverse proxies of the system, set up right and wrong on purpose, in front of the real server.

nginx and HAProxy come from the system's packages; where they are missing they are installed, as CI does. A machine
that can do neither is told so: nothing is skipped.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy"}
START_S = 10.0

UPGRADE = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
"""What a location must say to let WebSockets through."""


class ProxyError(Exception):
    """A proxy that is needed is not there, or does not start; the text says why."""


def program(name: str) -> str:
    """Where a proxy's executable is; installed if it is not there.

    Raises:
        ProxyError: it cannot be had.
    """
    found = shutil.which(name)
    if found is None and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True, check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGES[name]]
        subprocess.run(install, capture_output=True, check=False)
        found = shutil.which(name)
    if found is None:
        raise ProxyError(f"the live tests stage failures with {name}: install it ({PACKAGES[name]})")
    return found


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Proxy:
    """One running proxy; `port` is where it listens. A context manager."""

    def __init__(self, command: list[str], port: int) -> None:
        self._command = command
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Proxy:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + START_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                assert self._process.stderr is not None
                raise ProxyError(f"{self._command[0]} did not start: {self._process.stderr.read().decode()}")
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.communicate()


def nginx(folder: Path, server: str, *, tls: tuple[Path, Path] | None = None) -> Proxy:
    """An nginx with one `server` block that holds `server`.

    Args:
        tls: certificate and key, to listen with TLS.
    """
    port = free_port()
    listen = f"listen 127.0.0.1:{port}" + (" ssl" if tls is not None else "")
    certificates = f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};" if tls is not None else ""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n server {{ {listen}; {certificates} {server} }} }}\n",
        "utf-8",
    )
    return Proxy([program("nginx"), "-p", str(folder), "-c", str(config)], port)


def haproxy(folder: Path, backend: str) -> Proxy:
    """A HAProxy in HTTP mode whose backend holds `backend`."""
    port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(
        "defaults\n  mode http\n  timeout connect 2s\n  timeout client 20s\n  timeout server 20s\n"
        f"frontend in\n  bind 127.0.0.1:{port}\n  default_backend out\n"
        f"backend out\n  {backend}\n",
        "utf-8",
    )
    return Proxy([program("haproxy"), "-f", str(config), "-db"], port)
