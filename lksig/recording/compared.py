"""One of two recordings that are compared: read a window ahead, each reading with what it says.

The rule: what a window holds is bounded in number and in bytes, whatever the file. Who is who is learned when a reading
enters the window, and used when it is compared: a thing may be named a little after it was first spoken of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from lksig.recording.alignment import Item
from lksig.recording.event_tree import event_tree
from lksig.recording.message_tree import Trees
from lksig.recording.snapshots import States, is_in_between
from lksig.recording.stable import ID, Roles
from lksig.recording.trees import Node, Tree, words
from lksig.schema.cases import KEEPALIVE_CASES
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.facts import KINDS
from lksig.session.journal import FENCE_CASES
from lksig.wire.events import Close, Http, Message, Reading, Start, WsPing, WsPong

LOOK = 256
"""Readings of each recording that are looked at together."""

MAX_WINDOW_BYTES = 8_000_000
"""Of messages in one window; beyond that it holds fewer of them."""

MAX_REQUESTS = 20_000
"""Messages that are remembered for answers that come late."""

Wanted = Callable[[Reading], bool]

_MADE_UP = "lksig_"


class Sessions:
    """Which session of the second recording is which of the first: the one of the same identity, or of that number."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._pairs: dict[int, int] = {}

    def first(self, number: int, identity: str | None) -> int:
        """A session of the first recording."""
        if identity is not None:
            self._names.setdefault(number, identity)
        return number

    def second(self, number: int, identity: str | None) -> int:
        """A session of the second, as the first one numbers it."""
        found = self._pairs.get(number)
        if found is None:
            taken = set(self._pairs.values())
            named = [one for one, name in self._names.items() if name == identity and one not in taken]
            found = named[0] if named else number
            if found in taken:
                found = -number
            self._pairs[number] = found
        return found


class Compared:
    """A reading of one recording, and what it says."""

    __slots__ = ("_bare", "_item", "_side", "_tree", "is_late", "is_unasked", "kind", "reading", "reply_to")

    def __init__(self, side: Side, reading: Reading, kind: tuple[Hashable, ...], *, is_leaving: bool) -> None:
        event: Any = reading.event
        self.reading = reading
        self.kind = kind
        self.reply_to = reading.reply_to
        """What it answers, of what is compared."""
        if self.reply_to is not None and (not side.has(self.reply_to) or _has_no_key(event)):
            self.reply_to = None
        self.is_unasked = (
            type(event) is Message
            and self.reply_to is None
            and (event.direction is TO_CLIENT or event.case == "trickle")
        )
        self.is_late = is_leaving and self.is_unasked and event.direction is TO_CLIENT and event.case != "leave"
        """It came unasked to one who had said `leave` already: whether it still does is a matter of moments."""
        self._side = side
        self._bare: str | None = None
        self._tree: Node | None = None
        self._item: Item | None = None

    @property
    def case(self) -> str:
        """`track_published`; of another event its kind."""
        return str(self.kind[-1])

    @property
    def lane(self) -> Hashable:
        """What keeps its order: the requests of a session, its HTTP exchanges, what one of its sockets does besides."""
        return self.kind[0] if type(self.reading.event) is Message else self.kind

    @property
    def prefix(self) -> str:
        """In front of paths; the tree of a message begins with its case."""
        return "" if type(self.reading.event) is Message else self.case

    @property
    def tells_states(self) -> bool:
        """It tells how participants are, or the room."""
        return self.case in ("update", "room_update", "join") and type(self.reading.event) is Message

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.reading.event.raw) if type(self.reading.event) is Message else 0

    @property
    def tree(self) -> Node:
        """What it says."""
        if self._tree is None:
            self._tree = self._side.tree(self.reading)
        return self._tree

    @property
    def body(self) -> Tree:
        """The same without its case."""
        return self.tree.get(self.case, self.tree)

    def timed_tree(self) -> Node:
        """What it says, and when."""
        tree = Node(self._side.timed_tree(self.reading))
        tree["t_ms"] = f"{self.reading.event.t_ns / 1e6:.1f}"
        return tree

    @property
    def bare(self) -> str:
        """Its bytes with roles instead of ids: when they are the same, so is what they say. Cheaper than a tree."""
        if self._bare is None:
            self._bare = self._side.bare(self.reading)
        return self._bare

    @property
    def subjects(self) -> frozenset[Hashable]:
        """What it speaks of."""
        return frozenset([(self.kind, name) for name in _subjects(self.reading.event, self.tree)])

    @property
    def item(self) -> Item:
        """As `alignment` sees it."""
        if self._item is None:
            self._item = Item(
                self.kind,
                _mark(self.tree),
                self.reading.n,
                self.lane,
                self.reply_to,
                self.is_unasked,
                self.subjects if self.is_unasked else frozenset(),
            )
        return self._item


class Side:
    """One recording, read as far as needed."""

    def __init__(
        self,
        readings: Iterable[Reading],
        own: bool,
        wanted: Wanted | None,
        session: Callable[[int, str | None], int],
        *,
        times: bool,
    ) -> None:
        self.window: list[Compared] = []
        self.messages = 0
        """That were compared."""
        self._readings = iter(readings)
        self._own = own
        self._wanted = wanted
        self._session = session
        self.roles = Roles(named=True)
        self._trees = Trees(self.roles)
        self._timed = Trees(self.roles, times=True) if times else self._trees
        self._states = States()
        self._is_over = False
        self._leaving: set[int] = set()
        self._bytes = 0
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def fill(self, look: int) -> None:
        """Have so many readings in the window, where there are so many."""
        while not self._is_over and len(self.window) < look and self._bytes < MAX_WINDOW_BYTES:
            reading = next(self._readings, None)
            if reading is None:
                self._is_over = True
                return
            event = reading.event
            session = self._session(event.session, _identity(event))
            self.roles.count_session(event.session, session)
            self.roles.observe(reading)
            is_leaving = self._is_leaving(event)
            if not self._is_compared(reading):
                continue
            one = Compared(self, reading, (session, *_kind(event)), is_leaving=is_leaving)
            self._bytes += one.size
            self.window.append(one)
            if type(event) is Message:
                self._remember(reading.n or 0)

    def _is_leaving(self, event: Any) -> bool:
        """Whether the client of a session has said `leave` by then; to be asked for each event, in order."""
        if type(event) is Message and event.case == "leave" and event.direction is TO_SERVER:
            self._leaving.add(event.session)
        elif type(event) is Message and event.case == "join":
            self._leaving.discard(event.session)
        return event.session in self._leaving

    def _remember(self, n: int) -> None:
        self.messages += 1
        self._numbers[n] = None
        if len(self._numbers) > MAX_REQUESTS:
            self._numbers.popitem(last=False)

    def _is_compared(self, reading: Reading) -> bool:
        event = reading.event
        if isinstance(event, WsPing | WsPong):
            if not self._own:
                return False
        elif not isinstance(event, Message | Start | Http | Close):
            return False
        if not self._own and is_own(reading):
            return False
        return self._wanted is None or self._wanted(reading)

    def has(self, n: int) -> bool:
        """Whether a message is among those that are compared."""
        return n in self._numbers

    def is_read(self, count: int) -> bool:
        """Whether so many readings of the window are all that is left."""
        return self._is_over and count == len(self.window)

    def take(self, place: int = 0) -> Compared:
        """The next reading. The window stays half full, so that things are named before they are spoken of."""
        one = self.window.pop(place)
        self._leave(one)
        self._bytes -= one.size
        if len(self.window) < LOOK // 2:
            self.fill(LOOK)
        return one

    def drop(self, places: set[int]) -> None:
        """Leave readings of the window behind."""
        for place in sorted(places):
            self._leave(self.window[place])
        self.window = [one for place, one in enumerate(self.window) if place not in places]
        self._bytes = sum(one.size for one in self.window)

    def _leave(self, one: Compared) -> None:
        event: Any = one.reading.event
        if one.tells_states:
            self._states.learn(one, event.session, [self.roles.ids(sid) for sid in _sids(event)])

    def is_in_between(self, place: int, is_in_both: Callable[[int], bool]) -> bool:
        """Whether a reading of the window that the other recording has not only tells states in between.

        Args:
            is_in_both: tells of a place whether the other recording has the same there.
        """
        one, session = self.window[place], self.window[place].reading.event.session
        if one.is_late:
            return True
        if one.case not in ("update", "room_update"):
            return False
        around = range(max(place - LOOK, 0), min(place + LOOK, len(self.window)))
        alike = [at for at in around if self.window[at].tells_states and self.window[at].kind[0] == one.kind[0]]
        return is_in_between(
            one.tree,
            [self.window[at].tree for at in alike if at < place],
            lambda name: self._states.get(session, name),
            [(self.window[at].tree, is_in_both(at)) for at in alike if at > place],
        )

    def bare(self, reading: Reading) -> str:
        """The bytes of a message with roles instead of ids; empty where they do not tell all."""
        event = reading.event
        if type(event) is not Message or event.case in ("offer", "answer", "sync_state"):
            return ""  # the ids of offers are counted
        return self.roles.in_bytes(event.raw)

    def tree(self, reading: Reading) -> Node:
        """What a reading says."""
        return _tree(reading, self._trees, self.roles)

    def timed_tree(self, reading: Reading) -> Node:
        """The same with times."""
        return _tree(reading, self._timed, self.roles)


def _identity(event: Any) -> str | None:
    """Whose session begins; what lksig made up is another each time."""
    if not isinstance(event, Start) or not event.identity:
        return None
    return _MADE_UP if ID.fullmatch(event.identity) else event.identity


def _kind(event: Any) -> tuple[Hashable, ...]:
    """Which readings are of one kind; its case last."""
    if type(event) is not Message:
        # When a session is resumed, its old socket closes whenever the server comes to it.
        return event.socket if isinstance(event, Close) else None, KINDS[type(event)]
    # What is said of one peer connection is no other word for what is said of the other.
    target = event.envelope.trickle.target if event.case == "trickle" else None  # type: ignore[union-attr]
    name = event.case or ("undecodable" if event.error is not None else "no case")
    return event.direction, target, name


def _tree(reading: Reading, trees: Trees, roles: Roles) -> Node:
    return trees.of(reading.event) if type(reading.event) is Message else event_tree(reading.event, trees, roles)


def is_own(reading: Reading) -> bool:
    """Whether lksig made it by itself, to keep a session alive or to know what was handled: pings, fences."""
    event: Any = reading.event
    if type(event) is not Message:
        return False
    if reading.for_auto:
        return event.case in KEEPALIVE_CASES or event.case == "request_response"
    return event.by == "auto" and (event.case in KEEPALIVE_CASES or event.case in FENCE_CASES)


def _sids(message: Message) -> list[str]:
    """Whose states a message tells."""
    envelope: Any = message.envelope
    if message.case == "update":
        return [one.sid for one in envelope.update.participants]
    if message.case == "room_update":
        return [envelope.room_update.room.sid]
    return [
        envelope.join.room.sid,
        envelope.join.participant.sid,
        *(one.sid for one in envelope.join.other_participants),
    ]


def _has_no_key(message: Message) -> bool:
    """Whether nothing but its place says what it answers: then one answer more would shift all that follow."""
    envelope: Any = message.envelope
    return message.case == "pong" or (message.case == "answer" and not envelope.answer.id)


_SUBJECTS = {
    "update": "participants",
    "speakers_changed": "speakers",
    "connection_quality": "updates",
    "stream_state_update": "stream_states",
}
"""Cases that speak of several things by name → the list of them."""


def _subjects(event: object, tree: Node) -> Iterable[str]:
    """What a message speaks of, within its case."""
    case = event.case if type(event) is Message else None
    body = tree.get(case or "")
    if isinstance(body, Node) and case in _SUBJECTS:
        listed = body.get(_SUBJECTS[case])
        return list(listed) if isinstance(listed, Node) else [""]
    return [words(body)] if case == "trickle" and body is not None else [""]


def _mark(tree: Tree) -> int:
    """A number that is the same for equal trees; what is paired by it is compared all the same."""
    if isinstance(tree, Node):
        return sum([hash((name, _mark(inside))) for name, inside in tree.items()])
    return hash(tree)
