"""The catalog's pipeline of one record: every batch that is stored steps it, in one transaction.

The state of the pipeline lives in memory and, now and then, next to the record. It goes on from
there when a program starts again, catches up with what another program stored, and is rebuilt
from the blocks where neither fits: the outcome is the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hashquake.catalog import pipeline
from hashquake.catalog.causes import explained
from hashquake.catalog.documents import quake_document
from hashquake.catalog.in_turn import in_turn, pool_reports
from hashquake.catalog.ledger import next_quakes
from hashquake.catalog.pipeline import (
    LateReportError,
    PipelineEvents,
    PipelineState,
    ReadingGap,
)
from hashquake.catalog.quakes import ANCHOR_BLOCKS
from hashquake.catalog.replay import quake_search
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change, Snapshot
from hashquake.core.quake import Quake
from hashquake.core.record import AppendResult, Record
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.change_rows import batch_changes, gap_changes, opinion_changes
from hashquake.observatory.outage_following import OutageFollower
from hashquake.observatory.rate_following import RateFollower
from hashquake.observatory.rebuilt_ledger import bring_ledger_to, brought_up
from hashquake.observatory.report_intake import (
    caught_up,
    last_reports,
    new_readings,
    reports_beyond,
    with_spoken,
)

Tip = tuple[int, bytes | None] | None

SNAPSHOT_BLOCKS = 32
"""Blocks between two snapshots; a program that starts again goes over at most twice as many."""
_BULK_SNAPSHOT_BLOCKS = 100_000


class Follower:
    """The pipeline of one record; everything is done inside the transaction handed in.

    Hash rates and forecasts are stated where `states_rates` is set: while the chain is watched.
    """

    def __init__(self) -> None:
        self._state: PipelineState | None = None
        self._saved_height = -1
        self._deferred = False
        self._outages = OutageFollower()
        self._rates = RateFollower()
        self.states_rates = False
        self._tip: Tip = None
        self._reported: Mapping[str, int] = {}
        self._next_reported: Mapping[str, int] = {}
        self._told_by_others = False

    @contextmanager
    def deferring(self, *, until_adopted: bool) -> Iterator[None]:
        """Step no blocks inside: what they lead to is to be taken over from another record.

        Parameters
        ----------
        until_adopted : bool
            Whether blocks are deferred at all; False changes nothing.
        """
        self._deferred = until_adopted
        try:
            yield
        finally:
            self._deferred = False

    def ready(self, inside: Record) -> None:
        """Load the state, before a batch is stored: from the snapshot next to the record.

        Parameters
        ----------
        inside : Record
            The record, inside the transaction.
        """
        if self.states_rates:
            self._rates.ready(inside, _watched_s(inside))
        reported = last_reports(inside)
        if self._state is not None:
            self._hear_others(inside, self._state, reported)
            return
        self._next_reported = reported
        state = pipeline.restore(inside.snapshot(pipeline.KIND, _fresh().scope))
        if state is not None:
            self._saved_height = state.quakes.height
        elif inside.tip() is None or not inside.network.has_main_facts:
            state = _fresh()
        if state is not None:
            missed = pool_reports(inside, after_s=state.reports.clock_s)
            if missed:
                state = caught_up(state, missed)
        self._state = None if state is None else with_spoken(inside, state)

    def _hear_others(
        self, inside: Record, state: PipelineState, reported: Mapping[str, int]
    ) -> None:
        """Take what another program stored of pools' reports; it concluded what follows."""
        missed = reports_beyond(inside, self._reported, reported)
        self._next_reported = reported
        if not missed:
            return
        self._told_by_others = True
        self._state = caught_up(state, missed)
        if self._state is not None:
            inside.add_changes(bring_ledger_to(inside, self._state))

    def foretells(self, watched_s: float) -> bool:
        """Return whether a silence up to an instant raises or settles anything.

        Parameters
        ----------
        watched_s : float
            UTC Unix seconds.
        """
        if self._state is None:
            return False
        return bool(pipeline.step(self._state, Batch(), now_s=watched_s)[1].quakes)

    def undo(self) -> None:
        """Let go of what was kept of a transaction that was not committed."""
        self._outages.undo()
        self._rates.undo()
        if self._told_by_others:
            self._told_by_others, self._state = False, None

    def keep(self, state: PipelineState | None) -> None:
        """Take over the state that `take` returned, once its transaction is through.

        Parameters
        ----------
        state : PipelineState or None
            None forgets it; it is loaded again before the next batch.
        """
        self._state = state
        self._told_by_others, self._reported = False, self._next_reported
        self._rates.keep(self._tip)

    def take(
        self, inside: Record, batch: Batch, result: AppendResult, *, before: Tip, bulk: bool
    ) -> PipelineState | None:
        """Step the pipeline with a batch that was stored, and enter what it means.

        Parameters
        ----------
        inside : Record
            In the transaction that stored the batch; `ready` was called before that.
        batch : Batch
            As it was stored.
        result : AppendResult
            What that changed.
        before : (int, bytes or None) or None
            The tip before it.
        bulk : bool
            Whether more follows at once: then countries are not searched, and a state that has
            to be rebuilt is left for `settle`.

        Returns
        -------
        PipelineState or None
            The new state, for `keep`; None when it has to be rebuilt.
        """
        # Written with a batch that brings no block where one comes in time: a block does not wait.
        every = SNAPSHOT_BLOCKS if not len(batch.blocks) else 2 * SNAPSHOT_BLOCKS
        if bulk:
            every = _BULK_SNAPSHOT_BLOCKS
        changes = batch_changes(batch, result, before)
        if result.readings_added:
            self._next_reported = last_reports(inside)
        state, formed, gaps = self._stepped(inside, batch, result, before)
        if state is None:
            # Whoever is stopped now must not go on from a state that no longer fits.
            inside.save_snapshot(_no_snapshot())
            self._saved_height = -1
            if not bulk:
                state, entered = self._rebuilt(inside)
                changes += entered
        else:
            changes += gap_changes(gaps)
        if batch.readings and result.readings_added and not bulk:
            changes += self._outages.take(inside, batch, save=self.states_rates)
        if state is not None and formed:
            # After the outages: a quake's causes are weighed with what the same readings showed.
            changes += self._enter(inside, state, formed)
        if bulk or not self.states_rates:
            self._rates.skip(inside, result)
        else:
            watched_s = _watched_s(inside) if batch.observed else None
            changes += self._rates.take(inside, batch, result, watched_s=watched_s)
            self._rates.save(inside, every=every)
        inside.add_changes(changes)
        self._tip = inside.tip()
        if state is not None:
            self._save(inside, state, every=every)
        return state

    def leave(self, inside: Record, batch: Batch, result: AppendResult, *, before: Tip) -> None:
        """Enter a batch that was stored, and conclude nothing from it.

        Parameters
        ----------
        inside : Record
            In the transaction that stored the batch.
        batch : Batch
            As it was stored.
        result : AppendResult
            What that changed.
        before : (int, bytes or None) or None
            The tip before it.
        """
        changed = result.lowest_changed
        if changed is not None and before is not None and changed <= before[0]:
            # What was concluded of blocks that are replaced now cannot be gone on from.
            inside.save_snapshot(_no_snapshot())
        self._state, self._saved_height = None, -1
        self._rates.skip(inside, result)
        inside.add_changes(batch_changes(batch, result, before))

    def _stepped(
        self, inside: Record, batch: Batch, result: AppendResult, before: Tip
    ) -> tuple[PipelineState | None, tuple[Quake, ...], tuple[ReadingGap, ...]]:
        """Step what is new of a batch; without a state where only a rebuild will do."""
        state = None if self._deferred and len(batch.blocks) else self._state
        events = PipelineEvents()
        if state is not None and inside.network.has_main_facts:
            state, events = self._step_blocks(inside, state, batch, result, before)
        if state is None:
            return None, (), ()
        try:
            fresh = Batch(readings=new_readings(inside, batch, result))
            state, read = pipeline.step(state, fresh)
        except LateReportError:
            return None, (), ()
        return state, (*events.quakes, *read.quakes), read.gaps

    def _enter(
        self, inside: Record, state: PipelineState, formed: tuple[Quake, ...]
    ) -> list[Change]:
        """Enter new opinions of quakes into the ledger, with their causes."""
        labelled, detectors = state.quakes.labelled, installed_detectors()
        found = explained(inside, formed, labelled=labelled, detectors=detectors)
        stored = inside.opinions("quake", scope=state.scope)
        added = next_quakes(stored, [quake_document(quake) for quake in found])
        inside.add_opinions(added)
        return opinion_changes(added)

    def settle(self, inside: Record) -> PipelineState | None:
        """Do what bulk batches left undone: rebuild, search countries, write a snapshot.

        Parameters
        ----------
        inside : Record
            The record, inside the transaction.

        Returns
        -------
        PipelineState or None
            The state to pass to `keep`.
        """
        self.ready(inside)
        state = self._state
        if state is not None and inside.network.has_main_facts:
            state = brought_up(inside, state, inside.tip())
        changes: list[Change] = []
        if state is None:
            state, changes = self._rebuilt(inside)
        changes += self._outages.rest(inside, save=self.states_rates)
        inside.add_changes(changes)
        self._save(inside, state, every=1)
        if self.states_rates:
            self._rates.rest(inside, _watched_s(inside))
        self._tip = inside.tip()
        return state

    def adopt(self, inside: Record, formed: Record) -> PipelineState | None:
        """Take over what a record with the same blocks and readings concluded.

        Parameters
        ----------
        inside : Record
            In a transaction.
        formed : Record
            Whose opinions, searches and snapshot are copied.

        Returns
        -------
        PipelineState or None
            The state, for `keep`; None where it does not fit, and then `settle` forms it all.
        """
        state = pipeline.restore(formed.snapshot(pipeline.KIND, _fresh().scope))
        tip, counts = inside.tip(), inside.counts()
        fits = (
            state is not None
            and tip is not None
            and tip[0] == state.quakes.height
            and counts["blocks"] == formed.counts()["blocks"]
            and not counts["stale"]
            and not inside.opinions("quake", scope=state.scope)
        )
        if state is None or not fits:
            return None
        quakes = formed.opinions("quake", scope=state.scope)
        inside.add_opinions(quakes)
        inside.add_changes(opinion_changes(quakes))
        self._saved_height = -1
        self._next_reported = last_reports(inside)
        reports = pool_reports(inside, after_s=state.reports.clock_s)
        state = caught_up(state, reports) if reports else state
        if state is None:
            return None
        self._save(inside, state, every=1)
        return with_spoken(inside, state)

    def _rebuilt(self, inside: Record) -> tuple[PipelineState, list[Change]]:
        """Step the whole chain from the start, and bring the ledger to what that shows."""
        changes: list[Change] = []
        state = with_spoken(inside, _fresh())
        if inside.network.has_main_facts:
            for batch in in_turn(inside.blocks(), pool_reports(inside)):
                state, _ = pipeline.step(state, batch)
            state, _ = pipeline.step(state, Batch(), now_s=_watched_s(inside))
            changes = bring_ledger_to(inside, state)
        return state, changes

    def _step_blocks(
        self, inside: Record, state: PipelineState, batch: Batch, result: AppendResult, before: Tip
    ) -> tuple[PipelineState | None, PipelineEvents]:
        """Step the blocks that are new in the main chain; None when only a rebuild will do."""
        tip_height = -1 if before is None else before[0]
        height = state.quakes.height
        if height > tip_height and before is not None:
            return None, PipelineEvents()
        if height < tip_height:
            # Another program stored blocks, or this one starts again: their opinions are stored.
            if result.lowest_changed is not None and result.lowest_changed <= height:
                return None, PipelineEvents()
            state = brought_up(inside, state, before)
        changed = result.lowest_changed
        if changed is not None and changed <= tip_height:
            above = inside.blocks(first_height=max(0, changed - 3 * ANCHOR_BLOCKS))
            return pipeline.rewound(state, changed, above) or (None, PipelineEvents())
        arrived = BlockColumns.empty()
        if result.blocks_added:
            arrived = inside.blocks(first_height=tip_height + 1)
            if result.blocks_added > len(arrived) + int(batch.blocks.stale.sum()):
                # Older blocks came in below what was followed.
                return None, PipelineEvents()
        watched = inside.coverage().windows[-1:] if batch.observed else ()
        if not len(arrived) and not watched:
            return state, PipelineEvents()
        last_s = max([state.quakes.clock_s, *arrived.header_s[-1:].tolist()])
        return pipeline.step(
            state,
            Batch(blocks=arrived),
            now_s=watched[0].end_s if watched else None,
            # After a pause of hours a source may vouch for all of them: a replay believes it.
            vouched=bool(watched) and watched[0].start_s <= last_s,
        )

    def _save(self, inside: Record, state: PipelineState, *, every: int) -> None:
        height = state.quakes.height
        if height >= 0 and abs(height - self._saved_height) >= every:
            inside.save_snapshot(pipeline.snapshot(state))
            first = inside.coverage().windows
            if first and state.quakes.clock_s > first[0].start_s:
                span = Window(start_s=first[0].start_s, end_s=state.quakes.clock_s)
                inside.add_searched([quake_search(state.scope, span)])
            self._saved_height = height


def _no_snapshot() -> Snapshot:
    return Snapshot(kind=pipeline.KIND, scope=_fresh().scope, version="", height=-1, state=b"")


def _fresh() -> PipelineState:
    return pipeline.start(gaps=load_label_gaps())


def _watched_s(inside: Record) -> float | None:
    windows = inside.coverage().windows
    return windows[-1].end_s if windows else None
