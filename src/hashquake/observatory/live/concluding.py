"""Feed batches; where what follows from one cannot be concluded, keep it and conclude later.

A fault in our own conclusions is not a fault of the source that brought the batch: the batch is
stored, the fault is stated under a name of its own, and conclusions are tried again, later and
later, until they catch up with what was stored.
"""

from typing import TYPE_CHECKING

from hashquake.core import clock
from hashquake.core.contracts import Batch
from hashquake.core.errors import ConclusionError
from hashquake.core.record import AppendResult
from hashquake.core.source_status import CONCLUSIONS
from hashquake.observatory.live.own_states import OwnStates
from hashquake.observatory.live.source_task import Pauses

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

_BULK_BLOCKS = 144
"""A batch with more blocks is a back-fill: countries are searched once it is in."""


class Concluding:
    """The door through which a watcher feeds its record.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    states : OwnStates
        Where a fault is stated.
    pauses : Pauses
        How long after a fault conclusions are tried again.
    """

    def __init__(self, observatory: "Observatory", states: OwnStates, *, pauses: Pauses) -> None:
        self._observatory, self._states, self._pauses = observatory, states, pauses
        self._failures = 0
        self._next_s = 0.0

    def feed(self, batch: Batch, *, source: str) -> AppendResult:
        """Store a batch, with what follows from it where that can be concluded.

        Parameters
        ----------
        batch : Batch
            What came in.
        source : str
            Who gave it.

        Raises
        ------
        ChainError, InputError, RecordError
            As `Observatory.feed` does.
        """
        if not self._failures or clock.monotonic_s() >= self._next_s:
            try:
                if self._failures:
                    self._observatory.settle()
                result = self._fed(batch, source)
            except ConclusionError as error:
                self._failed(error)
            else:
                self._failures = 0
                self._states.turn(CONCLUSIONS, "ok")
                return result
        return self._observatory.feed(batch, source=source, concluding=False)

    def silence_tells(self, watched_s: float) -> bool:
        """Return whether a silence up to an instant may mean anything.

        Parameters
        ----------
        watched_s : float
            UTC Unix seconds.
        """
        try:
            return self._observatory.silence_tells(watched_s)
        # Whatever a kernel raises: the feed that follows meets it again and states it.
        except Exception:  # noqa: BLE001  stated by the feed that follows
            return True

    def settle(self) -> None:
        """Bring the conclusions up to what is stored, at a start and at a stop.

        Raises
        ------
        RecordError
            As `Observatory.settle` does.
        """
        try:
            self._observatory.settle()
        except ConclusionError as error:
            self._failed(error)

    def _fed(self, batch: Batch, source: str) -> AppendResult:
        if len(batch.blocks) > _BULK_BLOCKS:
            return self._observatory.feed_all([batch], source=source)
        return self._observatory.feed(batch, source=source)

    def _failed(self, error: ConclusionError) -> None:
        self._failures += 1
        pauses = self._pauses
        pause_s = min(pauses.first_s * 2.0 ** min(self._failures - 1, 30), pauses.longest_s)
        self._next_s = clock.monotonic_s() + pause_s
        self._states.turn(CONCLUSIONS, "down", f"{error.message} [{error.code}]")
