"""The part of a record that alerts are read from: the changes, and what was watched meanwhile."""

from typing import Protocol

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import RecordView
from hashquake.core.coverage import Coverage
from hashquake.core.opinion import Change, ChangeKind
from hashquake.core.window import Window


class ChangeView(RecordView, Protocol):
    """The blocks and changes of a record, for whoever needs nothing else of it."""

    def blocks(
        self,
        *,
        first_height: int | None = None,
        last_height: int | None = None,
        window: Window | None = None,
        stale: bool = False,
        detail: bool = False,
    ) -> BlockColumns:
        """Return blocks in height order.

        Parameters
        ----------
        first_height, last_height : int or None
            Inclusive limits.
        window : Window or None
            Blocks whose header time lies in it; header times may run backwards, so their
            heights need not be contiguous.
        stale : bool
            Whether to give stale blocks too.
        detail : bool
            Whether to fill hash, prev, coinbase and payouts, where stored.
        """

    def coverage(self) -> Coverage:
        """Return the stretches during which the chain was observed."""

    def changes(
        self, *, after_id: int = 0, limit: int = 1000, kind: ChangeKind | None = None
    ) -> tuple[Change, ...]:
        """Return at most `limit` changes with numbers above `after_id`, in order.

        Parameters
        ----------
        after_id : int
            The last number already read; 0 is from the start.
        limit : int
            At least 1.
        kind : ChangeKind or None
            Only of this kind; None is all.
        """

    def latest_changes(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the last change of a kind for each subject, by subject.

        Parameters
        ----------
        kind : ChangeKind
            Such as ``source``.
        """

    def last_change_id(self) -> int:
        """Return the number of the last change, 0 when there is none."""
