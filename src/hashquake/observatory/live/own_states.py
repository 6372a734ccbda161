"""States of hashquake itself, not of a source: the record's chain, and what is concluded.

They are stated as those of sources are, so that whoever watches sources hears of them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hashquake.core.record import AppendResult
from hashquake.core.source_status import CHAIN, CONCLUSIONS, SourceState
from hashquake.core.times import DAY_S
from hashquake.observatory.deep_reorg import deep_reorg
from hashquake.observatory.live.status import source_statuses
from hashquake.observatory.live.turns import Turns

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

_STATED_S = DAY_S
"""For how long a deep reorganisation is stated."""


class OwnStates:
    """The states of the record's chain and of our conclusions.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, observatory: "Observatory", *, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self.turns = Turns(
            {
                one.source: one
                for one in source_statuses(observatory.record)
                if one.source in (CHAIN, CONCLUSIONS)
            },
            now_s=now_s,
        )
        """What they turned to."""

    def took(self, result: AppendResult) -> None:
        """Take note of what a batch changed: a deep reorganisation is stated for a day.

        Parameters
        ----------
        result : AppendResult
            Of a batch that was stored.
        """
        because = deep_reorg(result)
        if because is not None:
            self.turn(CHAIN, "stuck", because)

    def look(self) -> None:
        """State the chain as sound again once its reorganisation is a day old."""
        chain = self.turns.statuses.get(CHAIN)
        if chain is None or chain.state == "ok":
            return
        if self._now_s() - chain.since_s >= _STATED_S:
            self.turn(CHAIN, "ok")

    def turn(self, name: str, state: SourceState, because: str = "") -> None:
        """Take note of a state; what was never in trouble is not said to be well.

        Parameters
        ----------
        name : str
            ``chain`` or ``conclusions``.
        state : {"ok", "stuck", "down"}
            Of it.
        because : str
            Why, with a code; empty when all is well.
        """
        if state != "ok" or name in self.turns.statuses:
            self.turns.turn(name, state, because)
