"""lksig: a signaling debugger for LiveKit.

    async with lksig.connect("ws://127.0.0.1:7880", token) as session:
        answer = await session.request("add_track", cid="cam1", type="VIDEO", source="CAMERA")

What the package offers to programs is `lksig.connect` with what it gives (docs/library.md), the errors of
`lksig.errors`, and the fixtures of `lksig.pytest_plugin`. Everything else may change.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # not typing's: see lksig.entry
if TYPE_CHECKING:
    from lksig.live.library import Session as Session
    from lksig.live.library import connect as connect
    from lksig.live.library_values import Answer as Answer
    from lksig.live.library_values import Received as Received

__all__ = ["Answer", "Received", "Session", "__version__", "connect"]

_HOMES = {
    "connect": "lksig.live.library",
    "Session": "lksig.live.library",
    "Answer": "lksig.live.library_values",
    "Received": "lksig.live.library_values",
}
"""Loaded when they are asked for: the command line starts without them."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `lksig` has no attribute `{name}`")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
