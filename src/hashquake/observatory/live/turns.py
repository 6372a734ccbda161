"""States that turned and are not stored yet: of sources, of the chain, of our conclusions."""

from collections.abc import Callable, Iterable, Mapping

from hashquake.core.opinion import Change
from hashquake.core.source_status import SourceState, SourceStatus


class Turns:
    """The newest state of each of several names, and which of them are still to be stored.

    Parameters
    ----------
    statuses : mapping of str to SourceStatus
        What was stored last, by name.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, statuses: Mapping[str, SourceStatus], *, now_s: Callable[[], float]) -> None:
        self.statuses = dict(statuses)
        self._now_s = now_s
        self._unsaid: list[SourceStatus] = []

    def turn(self, name: str, state: SourceState, because: str = "") -> None:
        """Take note of a state; the state that it already had is not a turn.

        Parameters
        ----------
        name : str
            Whose.
        state : SourceState
            Of it.
        because : str
            Why, with a code; empty when all is well.
        """
        status = SourceStatus(source=name, state=state, since_s=self._now_s(), because=because)
        if not status.says_the_same_as(self.statuses.get(name)):
            self.statuses[name] = status
            self._unsaid.append(status)

    def news(self) -> list[Change]:
        """Return a change for each turn that is not stored yet."""
        return [
            Change(kind="source", subject=f"source:{one.source}", document=one.document())
            for one in self._unsaid
        ]

    def said(self, changes: Iterable[Change]) -> None:
        """Take note that changes which `news` returned are stored.

        Parameters
        ----------
        changes : iterable of Change
            The stored ones.
        """
        del self._unsaid[: len(list(changes))]
