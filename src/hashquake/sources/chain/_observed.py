"""Which stretch of time a run of blocks closes."""

from hashquake.core.columns import BlockColumns
from hashquake.core.window import Window


class ObservedStretch:
    """Follow a chain batch by batch and tell which time each batch closes.

    A batch closes the time from the end of the batch before it (or from its own first block) to
    its latest header time, though never a time that has not been. The time after the last block
    stays open: nobody watched it.

    Parameters
    ----------
    now_s : float
        Our clock, UTC Unix seconds: a header may be dated up to two hours ahead of it.
    """

    def __init__(self, now_s: float) -> None:
        self._now_s = now_s
        self._end_s: float | None = None

    def closed_by(self, blocks: BlockColumns) -> tuple[Window, ...]:
        """Return the stretch a batch closes; empty when it closes none.

        Parameters
        ----------
        blocks : BlockColumns, shape (n,)
            The next blocks in height order; stale blocks are passed over.
        """
        header_s = blocks.main().header_s
        if not len(header_s):
            return ()
        start_s = float(header_s[0]) if self._end_s is None else self._end_s
        end_s = max(min(float(header_s.max()), self._now_s), start_s)
        self._end_s = end_s
        return (Window(start_s=start_s, end_s=end_s),) if start_s < end_s else ()
