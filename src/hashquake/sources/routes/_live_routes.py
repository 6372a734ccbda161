"""The routes of a live stream: what is known, since when, and what breaks it.

A window gives readings only when the stream was heard during all of it. After a break the
changes in between are unknown: a table that began with a RIB goes on, marked, and a table that
knows only what it heard starts again.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import floor

import numpy as np

from hashquake.core.errors import InputError, SourceError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.routes._mrt_elements import Elements, Peer
from hashquake.sources.routes._ris_messages import RisMessage
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.services._series import SKEW_S
from hashquake.sources.wire.watched import Watched

HEARD, AFTER_GAP = "heard", "after_gap"
"""AnomalyFlags of readings: of a table without a RIB; of one that missed changes during a break."""
LATE_S = 30.0
"""For how long after its end a window waits for messages while the stream is quiet."""
_JITTER_S = 5.0
_AHEAD_S = 60.0
_REMEMBERED_IDS = 100_000
_MOST_SKEWED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRules:
    """What counts.

    Parameters
    ----------
    step_s : float
        Length of a window.
    warm_up_s : float
        Without a RIB, for how long a peer must have been heard before it counts.
    peer_silence_s : float
        A peer not heard for so long does not count.
    one_host : bool
        Whether a peer is known by its address alone, whatever the collector.
    """

    step_s: float
    warm_up_s: float
    peer_silence_s: float
    one_host: bool


class LiveRoutes:
    """A table led by the messages of a stream.

    Parameters
    ----------
    table : VisibilityTable
        With the routes of a RIB, or empty.
    watched : Watched
        Which subjects are counted.
    rules : LiveRules
        What counts.
    """

    def __init__(self, table: VisibilityTable, watched: Watched, rules: LiveRules) -> None:
        self._table, self._watched, self._rules = table, watched, rules
        self._seeded_peers = frozenset(table.peers())
        self._seeded = bool(self._seeded_peers)
        self._mark = "" if self._seeded else HEARD
        self._open_s: float | None = None
        self._since_s: float | None = None
        self._first_heard: dict[Peer, float] = {}
        self._last_heard: dict[Peer, float] = {}
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._skewed = 0
        self._waiting: list[tuple[float, Peer, str, int]] = []

    def broke(self) -> None:
        """Note that messages were missed."""
        self._since_s = None
        if self._seeded:
            self._mark = AFTER_GAP
            return
        self._table.clear()
        self._waiting.clear()
        self._first_heard.clear()
        self._last_heard.clear()

    def take(self, message: RisMessage, now_s: float) -> Iterator[list[Reading]]:
        """Take in a message; give the readings of each window that it closes.

        Parameters
        ----------
        message : RisMessage
            The next one.
        now_s : float
            Our clock, UTC Unix seconds.

        Raises
        ------
        SourceError
            ``clock-skew`` when message after message is dated otherwise than our clock.
        InputError
            ``seed-other`` when the RIB is of another collector.
        """
        if message.id and self._known(message.id):
            return
        if not now_s - SKEW_S <= message.time_s <= now_s + _AHEAD_S:
            self._note_skew(message, now_s)
            return
        self._skewed = 0
        peer = self._peer(message)
        if message.time_s < self._last_heard.get(peer, message.time_s) - _JITTER_S:
            self.broke()  # a peer's old news would undo its new, and what came between is unknown
            return
        yield from self.close_until(message.time_s)
        if self._since_s is None:
            self._since_s = message.time_s
        if self._open_s is None:
            self._open_s = self._start_of(message.time_s)
        self._first_heard.setdefault(peer, message.time_s)
        self._last_heard[peer] = message.time_s
        if message.kind == "down":
            self._flush()
            self._table.forget(peer)
            self._first_heard.pop(peer)
        self._waiting += [
            (message.time_s, peer, prefix, origin) for prefix, origin in message.routes
        ]

    def close_until(self, time_s: float) -> Iterator[list[Reading]]:
        """Close the windows that end at a time or before; give the readings of each.

        Parameters
        ----------
        time_s : float
            UTC Unix seconds.
        """
        while self._open_s is not None and self._open_s + self._rules.step_s <= time_s:
            yield self._close(self._open_s)
            if self._since_s is None:
                self._open_s = None
                return
            self._open_s += self._rules.step_s

    def _close(self, start_s: float) -> list[Reading]:
        self._flush()
        window = Window(start_s=start_s, end_s=start_s + self._rules.step_s)
        if self._since_s is None or self._since_s > start_s:
            return []
        if self._seeded and not self._seeded_peers & self._last_heard.keys():
            raise InputError(
                f"none of the {len(self._last_heard)} peers heard is in the RIB",
                code="seed-other",
                hint="give the RIB of the collector named by --host",
            )
        return self._watched.readings(
            self._table, window, without=self._unfit(window.end_s), mark=self._mark
        )

    def _unfit(self, now_s: float) -> Collection[Peer]:
        """Name the peers that do not count: silent ones, and those not heard for long enough."""
        oldest_s = now_s - self._rules.peer_silence_s
        watched_s = self._since_s if self._since_s is not None else now_s
        unfit = {
            peer for peer in self._table.peers() if self._last_heard.get(peer, watched_s) < oldest_s
        }
        if not self._seeded:
            latest_s = now_s - self._rules.warm_up_s
            unfit.update(
                peer
                for peer in self._table.peers()
                if self._first_heard.get(peer, now_s) > latest_s
            )
        return unfit

    def _flush(self) -> None:
        if not self._waiting:
            return
        times, peers, prefixes, origins = zip(*self._waiting, strict=True)
        self._waiting.clear()
        place_of_peer = {peer: at for at, peer in enumerate(dict.fromkeys(peers))}
        place_of = {prefix: at for at, prefix in enumerate(dict.fromkeys(prefixes))}
        self._table.apply(
            Elements(
                is_rib=False,
                peers=list(place_of_peer),
                prefixes=list(place_of),
                time_s=np.array(times, np.float64),
                peer=np.array([place_of_peer[peer] for peer in peers], np.int32),
                prefix=np.array([place_of[prefix] for prefix in prefixes], np.int32),
                origin=np.array(origins, np.uint32),
            )
        )

    def _known(self, number: str) -> bool:
        if number in self._ids:
            return True
        self._ids[number] = None
        if len(self._ids) > _REMEMBERED_IDS:
            self._ids.popitem(last=False)
        return False

    def _note_skew(self, message: RisMessage, now_s: float) -> None:
        self.broke()
        self._skewed += 1
        if self._skewed >= _MOST_SKEWED:
            raise SourceError(
                f"messages are dated {format_time(message.time_s)}, by our clock it is "
                f"{format_time(now_s)}",
                code="clock-skew",
                hint="set this machine's clock; if it is right, the service's is wrong",
            )

    def _peer(self, message: RisMessage) -> Peer:
        asn, address = message.peer
        return message.peer if self._rules.one_host else (asn, f"{message.host} {address}")

    def _start_of(self, time_s: float) -> float:
        return floor(time_s / self._rules.step_s) * self._rules.step_s
