"""lksig: a signaling debugger for LiveKit."""

from __future__ import annotations

__version__ = "0.1.0"
