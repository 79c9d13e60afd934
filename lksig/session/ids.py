"""Random ids as LiveKit makes them, from a source that is handed in.

Source: github.com/livekit/protocol utils/guid (12 characters of a 57-symbol alphabet behind a prefix), utils/id.go
(prefixes), livekit-server pkg/rtc/participant.go setTrackID (letters for the kind and the source of a track).
Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Without `0`, `1`, `I`, `O` and `l`, which look alike."""
SID_LENGTH = 12

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE62 = "0123456789" + _LETTERS

_KIND_LETTERS = {0: "A", 1: "V"}
"""TrackType → letter."""
_SOURCE_LETTERS = {1: "C", 2: "M", 3: "S", 4: "s"}
"""TrackSource → letter; an unknown source has none."""

Below = Callable[[int], int]
"""A random whole number from 0 to its argument, exclusive: `secrets.randbelow`, or a seeded one."""


class Ids:
    """Makes ids; with the same `below` the same ones."""

    def __init__(self, below: Below) -> None:
        self._below = below

    def text(self, length: int, alphabet: str = _BASE62) -> str:
        """Random characters."""
        return "".join(alphabet[self._below(len(alphabet))] for _ in range(length))

    def sid(self, prefix: str) -> str:
        """`PA_…`, `RM_…`, `DTR_…`, `ND_…`."""
        return f"{prefix}_{self.text(SID_LENGTH, ALPHABET)}"

    def track(self, kind: int, source: int) -> str:
        """`TR_VC…`: kind and source as TrackType and TrackSource number them."""
        letters = _KIND_LETTERS.get(kind, "") + _SOURCE_LETTERS.get(source, "")
        return f"TR_{letters}{self.text(SID_LENGTH, ALPHABET)}"

    def first_offer(self) -> int:
        """The id of a participant's first offer, 2 to 257; later ones count up."""
        return 2 + self._below(256)

    def first_handle(self) -> int:
        """The first handle a subscriber of data tracks gets, 1 to 256; later ones count up."""
        return 1 + self._below(256)

    def secret(self) -> str:
        """43 characters: 256 bits. `Room.turn_password`, and what `sif_trailer` is made of."""
        return self.text(43)

    def ice_ufrag(self) -> str:
        """As pion makes them: 16 letters."""
        return self.text(16, _LETTERS)

    def ice_pwd(self) -> str:
        """As pion makes them: 32 letters."""
        return self.text(32, _LETTERS)

    def fingerprint(self) -> str:
        """A SHA-256 in the notation of `a=fingerprint`; of no certificate."""
        return ":".join(f"{self._below(256):02X}" for _ in range(32))

    def number(self, bits: int) -> int:
        """A random number of so many bits."""
        return self._below(1 << bits)
