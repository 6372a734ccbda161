"""The one writer: takes what watched sources bring, and notes what each source is doing.

Sources run in threads of their own and put batches on one bounded queue. Everything they bring
goes through `Observatory.feed`; what changed is read from the record's changes afterwards, as any
other reader would. A source that fails is tried again, later and later, and the others go on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import Empty
from threading import Event
from typing import TYPE_CHECKING

from hashquake.core import clock
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import HashquakeError, RecordError
from hashquake.core.opinion import Change
from hashquake.core.record import AppendResult, WatchLock
from hashquake.core.site import Site
from hashquake.observatory.cards import source_lags
from hashquake.observatory.live.concluding import Concluding
from hashquake.observatory.live.freed_memory import return_freed, return_large_arrays
from hashquake.observatory.live.inbox import Inbox
from hashquake.observatory.live.own_states import OwnStates
from hashquake.observatory.live.plan import plugin_of
from hashquake.observatory.live.silent_series import SilentSeries
from hashquake.observatory.live.site_states import SiteStates
from hashquake.observatory.live.source_states import SourceStates
from hashquake.observatory.live.source_task import (
    PAUSES,
    Delivery,
    Options,
    Pauses,
    Report,
    SourceTask,
    WatchedSource,
)
from hashquake.observatory.live.steady_clock import without_our_clock
from hashquake.observatory.live.tips import SourceTips, refuse_other_chain

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

TICK_S = 10.0
"""How often what is late is noticed when nothing comes in."""
OBSERVED_S = 60.0
"""Watched time without a block is stored in such steps; the kernels look at all of it at once."""
_INBOX_BATCHES = 32
_JOIN_S = 2.0
"""How long all sources together may take to stop; one that waits for an answer is left behind."""
_PASSING = ("record-unreachable", "record-locked")
"""Codes of failures of the record that time may mend."""
_OTHER_BRANCH = "-behind]"
"""How the reason of a source ends that stands on another branch, below the record's end."""
_STOP_LOOK_S = 0.2
"""While nothing comes in, the stop is looked at so often."""
_CHANGES = 500
_TRIM_ITEMS = 256
"""Items between two times that freed memory is returned: some milliseconds each."""

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
    steady : callable
        Whether our clock can be believed; while it cannot, what rests on it is left out.
    on_note : callable
        Called with a sentence when the record cannot be reached, and when it can again.
    sites : sequence of Site
        Of the operator: each change of their status is stated.
    pauses : Pauses
        How long a source is left alone after a failure.
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
        steady: Callable[[], bool] = lambda: True,
        on_note: Callable[[str], None] = lambda _sentence: None,
        sites: Sequence[Site] = (),
        pauses: Pauses = PAUSES,
    ) -> None:
        self._observatory = observatory
        self._now_s = now_s
        self._on_change = on_change
        self._stop = stop
        self._lock = lock
        self._steady = steady
        self._on_note = on_note
        self._reached = True
        self._inbox: Inbox[Delivery | Report] = Inbox(_INBOX_BATCHES)
        self._sources = {one.name: one for one in sources}
        alone = lock is not None and lock.alone
        self._states = SourceStates(observatory, self._sources, now_s=now_s, alone=alone)
        self._own = OwnStates(observatory, now_s=now_s)
        self._concluding = Concluding(observatory, self._own, pauses=pauses)
        self._tips = SourceTips(observatory, others=lambda name: name in self._sources or not alone)
        self._sites = SiteStates(observatory, sites)
        self._series = SilentSeries(
            observatory,
            {plugin_of(one.name): one.poll_s for one in sources if not one.gives_blocks},
            lags=source_lags(),
            now_s=now_s(),
        )
        self._stored_s = 0.0
        self._items = 0
        self._cursor = observatory.record.last_change_id()
        self._tasks = [
            SourceTask(
                one,
                read=partial(read, one.name),
                context=context(one.name),
                inbox=self._inbox,
                stop=stop,
                pauses=pauses,
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
        return_large_arrays()
        self._observatory.state_rates()
        with self._record_may_be_away():
            # The kernels stand at the record's tip before the first block comes.
            self._concluding.settle()
        for task in self._tasks:
            task.start()
        try:
            while not self._stop.is_set():
                self.take_next(TICK_S)
                with self._record_may_be_away():
                    on_tick()
        finally:
            self._stop.set()
            until_s = clock.monotonic_s() + _JOIN_S
            for task in self._tasks:
                task.join(max(0.0, until_s - clock.monotonic_s()))
            with self._record_may_be_away():
                self._concluding.settle()
                self._say()
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
            if self._steady():
                self._states.look()
                self._own.look()
            self._say()
            self._pass_on()
            self._reach(reached=True)
        self._items += item is not None
        if item is not None and not self._items % _TRIM_ITEMS:
            return_freed()
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
                return self._inbox.get(step_s)
            except Empty:
                left_s -= step_s
        return None

    def _take(self, delivery: Delivery) -> None:
        """Store a batch; the source that brought it learns what came of it."""
        batch = delivery.batch if self._steady() else without_our_clock(delivery.batch)
        try:
            refuse_other_chain(self._observatory, batch.blocks)
            if (batch is not delivery.batch and not len(batch.blocks)) or self._says_little(batch):
                result = AppendResult()
            else:
                result = self._concluding.feed(batch, source=delivery.source)
        except HashquakeError as error:
            delivery.outcome.set_exception(error)
            return
        delivery.outcome.set_result(result)
        self._own.took(result)
        self._states.gave(delivery.source, batch, result)
        self._tips.gave(delivery.source, batch.blocks)
        self._series.heard(batch.readings)

    def _says_little(self, batch: Batch) -> bool:
        """Whether a batch only goes on with watched time, by less than is worth a row."""
        if len(batch.blocks) or batch.readings or batch.claims or not batch.observed:
            return False
        end_s = max(window.end_s for window in batch.observed)
        # The kernels look at every silence that comes in; it is stored in longer steps, or as
        # soon as it means anything.
        if 0.0 <= end_s - self._stored_s < OBSERVED_S and not self._concluding.silence_tells(end_s):
            return True
        self._stored_s = end_s
        return False

    def _hear(self, report: Report) -> None:
        self._states.heard(report)
        if report.state == "ok":
            self._tips.ended(report.source, report.began_at)
        elif report.because.endswith(_OTHER_BRANCH):
            self._tips.behind(report.source)

    def _say(self) -> None:
        """Store what changed about sources; where the record is not writable now, later."""
        states, tips, own = self._states.turns.news(), self._tips.news(), self._own.turns.news()
        gaps, sites = [], []
        if self._steady():
            gaps, sites = self._series.fallen(self._now_s()), self._sites.news(self._now_s())
        if not (states or tips or own or gaps or sites):
            return
        try:
            with self._observatory.record.writing() as inside:
                inside.add_changes([*states, *own, *tips, *gaps, *sites])
        except RecordError:
            return
        self._states.turns.said(states)
        self._own.turns.said(own)
        self._tips.said(tips)
        self._series.said(gaps)
        self._sites.said(sites)

    def _pass_on(self) -> None:
        while changes := self._observatory.changes(after_id=self._cursor, limit=_CHANGES):
            for change in changes:
                self._on_change(change)
            self._cursor = changes[-1].id
