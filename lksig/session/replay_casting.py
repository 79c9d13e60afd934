"""Who plays which participant of a recording, and which of its sockets comes next.

    somebody comes                         it gets
    to resume, known by sid or identity    its participant's next recorded resume; with none left, nothing
    to join, known by identity             its participant's next recorded join, or the next participant so called
    to join, unknown                       the participant of that identity, else the next one in order of arrival
    to join when all were played           its participant again from the beginning, else one after the other
    to ask `/validate`                     the recorded answer that is next; else that of the join that was or will be
                                           refused; else nothing: it may join

The rule: a scene that does not fit (a join where a resume was recorded, a refusal of the other path) is passed over,
and never comes again until all begins again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.session.replay_rebind import Rebinding

if TYPE_CHECKING:
    from lksig.session.replay_script import Scene, Take
    from lksig.wire.target import Path


class Part:
    """A participant of the recording, while somebody plays it."""

    def __init__(self, take: Take, identity: str, *, is_again: bool) -> None:
        self.take = take
        self.session = 0
        """Its number in this run; 0 until its first socket opens."""
        self.identity = identity
        """Of whoever plays it."""
        self.is_again = is_again
        """It was played before."""
        self.rebinding = Rebinding(take, identity, "")
        self._next = 0

    def scene(self, path: Path, *, is_resume: bool) -> Scene | None:
        """The next scene that fits; those before it are passed over."""
        for index in range(self._next, len(self.take.scenes)):
            scene = self.take.scenes[index]
            if _fits(scene, path, is_resume):
                self._next = index + 1
                return scene
        return None

    def probe(self, path: Path) -> Scene | None:
        """The recorded answer of the validate path that is next."""
        if self._next < len(self.take.scenes):
            scene = self.take.scenes[self._next]
            if scene.is_probe and scene.path == path:
                self._next += 1
                return scene
        return None

    def refusal(self, path: Path) -> Scene | None:
        """The refused join that was last, or is next."""
        for scene in self.take.scenes[max(self._next - 1, 0) : self._next + 1]:
            if scene.refusal is not None and scene.path == path:
                return scene
        return None


class Casting:
    """Gives parts to those who come.

    Args:
        takes: at least one.
    """

    def __init__(self, takes: list[Take]) -> None:
        self._takes = takes
        self._had: list[Take] = []
        self._parts: dict[str, Part] = {}
        """By the identity of who plays it; the newest."""
        self._again = 0

    def resumed(self, identity: str, sid: str | None, path: Path) -> tuple[Part, Scene] | None:
        """For somebody who wants to resume."""
        part = next((part for part in self._parts.values() if sid and part.take.sid == sid), None)
        part = part or self._parts.get(identity) or self._new(identity, path, is_resume=True)
        scene = part.scene(path, is_resume=True) if part is not None else None
        return (part, scene) if part is not None and scene is not None else None

    def joined(self, identity: str, path: Path) -> tuple[Part, Scene] | None:
        """For somebody who wants to join; None when no join was recorded."""
        part = self._parts.get(identity)
        scene = part.scene(path, is_resume=False) if part is not None else None
        if scene is None:
            part = self._new(identity, path, is_resume=False)
            scene = part.scene(path, is_resume=False) if part is not None else None
        return (part, scene) if part is not None and scene is not None else None

    def probed(self, identity: str, path: Path) -> Scene | None:
        """The recorded answer for somebody who asks whether it may join; None: it may."""
        part = self._parts.get(identity) or self._new(identity, path, is_resume=False)
        return (part.probe(path) or part.refusal(path)) if part is not None else None

    def _new(self, identity: str, path: Path, *, is_resume: bool) -> Part | None:
        """A part that can begin so: one nobody had yet, or else one that begins again."""
        before = self._parts.get(identity)
        called = {identity} if before is None else {identity, before.take.identity}
        able = [take for take in self._takes if _begins(take, path, is_resume)]
        free = [take for take in able if take not in self._had]
        named = [take for take in free if take.identity in called]
        if not able:
            return None
        if named or (free and before is None):
            take, is_again = (named or free)[0], False
            self._had.append(take)
        else:
            take, is_again = self._once_more([take for take in able if take.identity in called] or able), True
        part = self._parts[identity] = Part(take, identity, is_again=is_again)
        return part

    def _once_more(self, among: list[Take]) -> Take:
        self._again += 1
        return among[(self._again - 1) % len(among)]


def _begins(take: Take, path: Path, is_resume: bool) -> bool:
    """Whether somebody new can have this part: a resume only where nothing was before it."""
    scenes = [scene for scene in take.scenes if not scene.is_probe]
    return any(_fits(scene, path, is_resume) for scene in (scenes[:1] if is_resume else scenes))


def _fits(scene: Scene, path: Path, is_resume: bool) -> bool:
    if scene.is_probe or scene.is_resume != is_resume:
        return False
    return scene.refusal is None or scene.path == path
