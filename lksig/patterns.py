"""Regular expressions that are compiled when they are first used.

Compiling costs more than loading the module around it; a command meets the patterns of every module it loads, and uses
few of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a pattern; what is taken from it once is kept, so that hot code pays for nothing afterwards."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, value)
        return value


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, later. The text must be right: a wrong one raises where it is used."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))
