"""The filter of one record: every batch that is stored while watching steps it.

What it states goes into the same transaction as the batch. As with the catalog, the state lives in
memory and next to the record, and is rebuilt from the blocks where neither fits.
"""

from dataclasses import replace

from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change, Snapshot
from hashquake.core.record import AppendResult, Record
from hashquake.observatory import live_rates
from hashquake.observatory.change_rows import BLOCKS_TOLD_ONE_BY_ONE, rate_changes
from hashquake.observatory.issuing import stored_forecasts
from hashquake.observatory.live_rates import LiveRates


class RateFollower:
    """The filter of one record; everything is done inside the transaction handed in."""

    def __init__(self) -> None:
        self._rates: LiveRates | None = None
        self._next: LiveRates | None = None
        self._saved_height = -1
        self._tip: tuple[int, bytes | None] | None = None

    def ready(self, inside: Record, watched_s: float | None) -> None:
        """Bring the filter to the record's tip, before a batch is stored.

        Parameters
        ----------
        inside : Record
            The record, inside the transaction.
        watched_s : float or None
            Up to when the chain was watched, UTC Unix seconds.
        """
        tip = inside.tip()
        if tip is None or not inside.network.has_main_facts:
            self._rates = None
        elif self._rates is None or self._tip != tip:
            # This program starts, or another one stored blocks: it wrote down what it came to.
            rates = live_rates.restored(inside.snapshot(live_rates.KIND, ""))
            self._saved_height = -1 if rates is None else rates.height
            self._rates = live_rates.caught_up(rates, inside, tip[0])
            self._tip = tip
        if self._rates is not None and watched_s is not None:
            self._rates = replace(self._rates, watched_s=watched_s)

    def take(
        self, inside: Record, batch: Batch, result: AppendResult, *, watched_s: float | None
    ) -> list[Change]:
        """Step the filter with a batch that was stored; return what it states.

        Parameters
        ----------
        inside : Record
            In the transaction that stored the batch; `ready` was called before that.
        batch : Batch
            As it was stored.
        result : AppendResult
            What that changed.
        watched_s : float or None
            Up to when the chain is known to have been watched, where the batch says so.
        """
        tip = inside.tip()
        if tip is None or not inside.network.has_main_facts:
            return []
        if self._rates is None:
            # The record's first blocks: what is stated begins with the next ones.
            self._next = live_rates.caught_up(None, inside, tip[0])
            return []
        rates: LiveRates | None = self._rates
        changes: list[Change] = []
        if len(batch.blocks):
            rates, changes = self._step_blocks(inside, self._rates, result)
        if rates is not None and watched_s is not None:
            rates, stated = live_rates.silent(rates, watched_s)
            changes += rate_changes(stated.rates)
        self._next = rates
        return changes

    def _step_blocks(
        self, inside: Record, rates: LiveRates, result: AppendResult
    ) -> tuple[LiveRates | None, list[Change]]:
        reached = rates.height
        low = min(
            (one for one in (result.lowest_changed, result.lowest_timed) if one is not None),
            default=reached + 1,
        )
        if low <= reached:
            self._saved_height = -1  # what is next to the record does not fit any more
            found = live_rates.rewound(rates, inside, low)
            if found is None:
                tip = inside.tip()
                return live_rates.rebuilt(inside, -1 if tip is None else tip[0]), []
            rates = found
            if result.lowest_changed is None or result.lowest_changed > low:
                # The same blocks, of which more is known: that was stated before.
                same = inside.blocks(first_height=rates.height + 1, last_height=reached)
                rates = live_rates.taken(rates, same)
        fresh = inside.blocks(first_height=rates.height + 1)
        each = len(fresh) <= BLOCKS_TOLD_ONE_BY_ONE
        if not each and len(fresh) > live_rates.ANCHOR_BLOCKS:
            last = int(fresh.height[-1])
            before = live_rates.caught_up(rates, inside, last - 1)
            if before is not None:
                rates, fresh = before, fresh.take(fresh.height == last)
        rates, stated = live_rates.stepped(rates, inside, fresh, each=each)
        return rates, rate_changes(stated.rates) + stored_forecasts(inside, stated.forecasts)

    def skip(self, inside: Record, result: AppendResult) -> None:
        """Take note of a batch of a back-fill, of which nothing is stated.

        Parameters
        ----------
        inside : Record
            In the transaction that stored it.
        result : AppendResult
            What that changed.
        """
        self._next = None
        if result.lowest_changed is not None or result.lowest_timed is not None:
            inside.save_snapshot(_no_snapshot())

    def rest(self, inside: Record, watched_s: float | None) -> None:
        """Bring the filter to the record's tip and write it down.

        Parameters
        ----------
        inside : Record
            In a transaction.
        watched_s : float or None
            Up to when the chain was watched, UTC Unix seconds.
        """
        self.ready(inside, watched_s)
        self._next = self._rates
        if self._next is not None:
            self.save(inside, every=1)

    def keep(self, tip: tuple[int, bytes | None] | None) -> None:
        """Take over what `take` came to, once its transaction is through.

        Parameters
        ----------
        tip : (int, bytes or None) or None
            The record's tip after it.
        """
        self._rates, self._next, self._tip = self._next, None, tip

    def undo(self) -> None:
        """Let go of what was done in a transaction that was not committed."""
        self._rates = self._next = None
        self._saved_height = -1

    def save(self, inside: Record, *, every: int) -> None:
        """Write the filter next to the record, so that a restart goes on from it.

        Parameters
        ----------
        inside : Record
            In the transaction of `take`.
        every : int
            Blocks after which it is written again.
        """
        rates = self._next
        if not inside.network.has_main_facts or inside.tip() is None:
            return
        if rates is None:
            inside.save_snapshot(_no_snapshot())
            self._saved_height = -1
        elif self._saved_height < 0 or abs(rates.height - self._saved_height) >= every:
            inside.save_snapshot(live_rates.snapshot(rates))
            self._saved_height = rates.height


def _no_snapshot() -> Snapshot:
    return Snapshot(kind=live_rates.KIND, scope="", version="", height=-1, state=b"")
