"""The one writer: takes what watched sources bring, and notes what each source is doing.

Sources run in threads of their own and put batches on one bounded queue. Everything they bring
goes through `Observatory.feed`; what changed is read from the record's changes afterwards, as any
other reader would. A source that fails is tried again, later and later, and the others go on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from queue import Empty, Queue
from threading import Event
from typing import TYPE_CHECKING

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import HashquakeError, RecordError
from hashquake.core.opinion import Change
from hashquake.core.record import AppendResult, WatchLock
from hashquake.core.source_status import SourceState, SourceStatus
from hashquake.observatory.live.source_task import (
    Delivery,
    Options,
    Report,
    SourceTask,
    WatchedSource,
)
from hashquake.observatory.live.status import source_statuses, tip_age

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

TICK_S = 10.0
"""How often what is late is noticed when nothing comes in."""
OBSERVED_S = 60.0
"""Watched time without a block is stored, and the kernels step through it, in such steps."""
_INBOX_BATCHES = 32
_BULK_BLOCKS = 144
"""A batch with more blocks is a back-fill: countries are searched once it is in."""
_JOIN_S = 2.0
_PASSING = ("record-unreachable", "record-locked")
"""Codes of failures of the record that time may mend."""
_STOP_LOOK_S = 0.2
"""While nothing comes in, the stop is looked at so often."""
_CHANGES = 500
_STUCK_S = 1800.0
"""A source of blocks that brought neither a block nor watched time for so long follows nothing."""

Reader = Callable[[str, Options, SourceContext], Iterator[Batch]]


class Watcher:
    """Watch sources until stopped.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written; nobody else in this process may write to it meanwhile.
    sources : sequence of WatchedSource
        What to watch.
    read : callable
        Of a plugin's name, its options and a context: the plugin's batches.
    context : callable
        Of a source's name: the world as that source sees it.
    now_s : callable
        The clock, UTC Unix seconds.
    on_change : callable
        Called with every change, in order, once it is stored.
    stop : Event
        Set from anywhere to end.
    lock : WatchLock or None
        Says to others that the record is watched; renewed where its database was started again.
    on_note : callable
        Called with a sentence when the record cannot be reached, and when it can again.
    """

    def __init__(
        self,
        observatory: "Observatory",
        sources: Sequence[WatchedSource],
        *,
        read: Reader,
        context: Callable[[str], SourceContext],
        now_s: Callable[[], float],
        on_change: Callable[[Change], None],
        stop: Event,
        lock: WatchLock | None = None,
        on_note: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._observatory = observatory
        self._now_s = now_s
        self._on_change = on_change
        self._stop = stop
        self._lock = lock
        self._on_note = on_note
        self._reached = True
        self._inbox: Queue[Delivery | Report] = Queue(_INBOX_BATCHES)
        self._sources = {one.name: one for one in sources}
        self._statuses = _known(observatory, self._sources, now_s())
        self._unsaid: list[SourceStatus] = []
        self._news_s = dict.fromkeys(self._sources, now_s())
        self._stored_s = 0.0
        self._cursor = observatory.record.last_change_id()
        self._tasks = [
            SourceTask(
                one,
                read=partial(read, one.name),
                context=context(one.name),
                inbox=self._inbox,
                stop=stop,
            )
            for one in sources
        ]

    def run(self, *, on_tick: Callable[[], None] = lambda: None) -> None:
        """Watch until the stop is set.

        Parameters
        ----------
        on_tick : callable
            Called after everything that came in, and at least every `TICK_S`.

        Raises
        ------
        RecordError
            When the record itself is damaged; one that cannot be reached is waited for.
        """
        for task in self._tasks:
            task.start()
        try:
            while not self._stop.is_set():
                self.take_next(TICK_S)
                with self._record_may_be_away():
                    on_tick()
        finally:
            self._stop.set()
            for task in self._tasks:
                task.join(_JOIN_S)
            with self._record_may_be_away():
                self._observatory.settle()
                self._pass_on()

    def take_next(self, timeout_s: float) -> bool:
        """Take the next batch or report; return whether there was one in time.

        Parameters
        ----------
        timeout_s : float
            Longest wait, seconds.
        """
        item = self._next_item(timeout_s)
        if isinstance(item, Delivery):
            self._take(item)
        elif isinstance(item, Report):
            self._hear(item)
        with self._record_may_be_away():
            if self._lock is not None:
                self._lock.renew()
            self._look_for_the_late()
            self._say()
            self._pass_on()
            self._reach(reached=True)
        return item is not None

    @contextmanager
    def _record_may_be_away(self) -> Iterator[None]:
        """Go on where the record cannot be reached: its database may come back."""
        try:
            yield
        except RecordError as error:
            if error.code not in _PASSING:
                raise
            self._reach(reached=False, because=error.message)

    def _reach(self, *, reached: bool, because: str = "") -> None:
        """Note when the record goes away or comes back."""
        if reached != self._reached:
            self._reached = reached
            self._on_note(
                "the record can be reached again" if reached else f"{because}; trying again"
            )

    def _next_item(self, timeout_s: float) -> Delivery | Report | None:
        """Wait for the next item, but not past a stop: nobody waits ten seconds for Ctrl-C."""
        left_s = timeout_s
        while left_s > 0 and not self._stop.is_set():
            step_s = min(left_s, _STOP_LOOK_S)
            try:
                return self._inbox.get(timeout=step_s)
            except Empty:
                left_s -= step_s
        return None

    def _take(self, delivery: Delivery) -> None:
        """Store a batch; the source that brought it learns what came of it."""
        try:
            if self._says_little(delivery.batch):
                result = AppendResult()
            elif len(delivery.batch.blocks) > _BULK_BLOCKS:
                result = self._observatory.feed_all([delivery.batch], source=delivery.source)
            else:
                result = self._observatory.feed(delivery.batch, source=delivery.source)
        except HashquakeError as error:
            delivery.outcome.set_exception(error)
            return
        delivery.outcome.set_result(result)
        if _is_news(delivery.batch, result):
            self._news_s[delivery.source] = self._now_s()
        if self._statuses[delivery.source].state in ("starting", "down", "refused"):
            self._turn(delivery.source, "ok")

    def _says_little(self, batch: Batch) -> bool:
        """Whether a batch only goes on with watched time, by less than is worth a row."""
        if len(batch.blocks) or batch.readings or batch.claims or not batch.observed:
            return False
        end_s = max(window.end_s for window in batch.observed)
        if 0.0 <= end_s - self._stored_s < OBSERVED_S:
            return True
        self._stored_s = end_s
        return False

    def _hear(self, report: Report) -> None:
        if report.state == "ok" and self._statuses[report.source].state in ("late", "stuck"):
            return  # it answers; whether there is news is another question
        self._turn(report.source, report.state, report.because)

    def _look_for_the_late(self) -> None:
        """Find sources that answer without news, and nodes that follow nothing any more."""
        now_s = self._now_s()
        tip = tip_age(self._observatory, now_s)
        for name, watched in self._sources.items():
            state = self._statuses[name].state
            if state not in ("ok", "late", "stuck"):
                continue
            quiet_s = now_s - self._news_s[name]
            if watched.gives_blocks:
                believed = tip is None or tip.believed_s is None or tip.age_s <= tip.believed_s
                stuck = not believed or quiet_s > _STUCK_S
                self._turn(name, "stuck" if stuck else "ok", _STUCK if stuck else "")
            elif watched.late_s is not None:
                late = quiet_s > watched.late_s
                self._turn(name, "late" if late else "ok", _LATE if late else "")

    def _turn(self, source: str, state: SourceState, because: str = "") -> None:
        status = SourceStatus(source=source, state=state, since_s=self._now_s(), because=because)
        before = self._statuses[source]
        if status.says_the_same_as(before):
            return
        self._statuses[source] = status
        self._unsaid.append(status)

    def _say(self) -> None:
        """Store how sources changed; where the record is not writable now, later."""
        if not self._unsaid:
            return
        changes = [
            Change(kind="source", subject=f"source:{one.source}", document=one.document())
            for one in self._unsaid
        ]
        try:
            with self._observatory.record.writing() as inside:
                inside.add_changes(changes)
        except RecordError:
            return
        self._unsaid.clear()

    def _pass_on(self) -> None:
        while changes := self._observatory.changes(after_id=self._cursor, limit=_CHANGES):
            for change in changes:
                self._on_change(change)
            self._cursor = changes[-1].id


_STUCK = "its newest block is older than a silence of blocks lasts by chance [source-stuck]"
_LATE = "nothing new came for longer than its cadence [source-late]"


def _is_news(batch: Batch, result: AppendResult) -> bool:
    """Whether a batch says something of the present: for blocks, watched time does as well."""
    if batch.readings or batch.claims:
        return bool(result.readings_added or result.claims_added)
    return bool(len(batch.blocks) or batch.observed)


def _known(
    observatory: "Observatory", sources: Mapping[str, WatchedSource], now_s: float
) -> dict[str, SourceStatus]:
    """Go on from what was said of each source last, so that nothing is said twice."""
    before = {one.source: one for one in source_statuses(observatory)}
    return {
        name: before.get(name, SourceStatus(source=name, state="starting", since_s=now_s))
        for name in sources
    }
