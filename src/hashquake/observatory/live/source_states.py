"""What each watched source is doing: said when it changes, and not again after a restart."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hashquake.core.contracts import Batch
from hashquake.core.record import AppendResult
from hashquake.core.source_status import CHAIN, CONCLUSIONS, OLD_TIP, SourceState, SourceStatus
from hashquake.observatory.live.source_task import Report, WatchedSource
from hashquake.observatory.live.status import aged, newest_times_s, source_statuses
from hashquake.observatory.live.turns import Turns

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

STUCK_S = 900.0
"""A source of blocks that answers, but vouches for no time later than this before now, follows
nothing: it lost its peers, catches up, or stands on a branch that was left."""
_RUN_S = 60.0
_ANSWERS = ("ok", "late", "stuck")
_UNWATCHED = "it has confirmed no time since"
_LATE = "nothing new came for longer than its cadence [source-late]"


class SourceStates:
    """The states of the watched sources.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    sources : mapping of str to WatchedSource
        By name.
    now_s : callable
        The clock, UTC Unix seconds.
    alone : bool
        Whether nobody else watches the record: others that were watched before are not any more.
    """

    def __init__(
        self,
        observatory: "Observatory",
        sources: Mapping[str, WatchedSource],
        *,
        now_s: Callable[[], float],
        alone: bool = False,
    ) -> None:
        self._observatory = observatory
        self._sources = sources
        self._now_s = now_s
        # Gone on from what was said of each source last, so that nothing is said twice.
        before = {one.source: one for one in source_statuses(observatory.record)}
        self.turns = Turns(
            {
                name: before.get(name, SourceStatus(source=name, state="starting", since_s=now_s()))
                for name in sources
            },
            now_s=now_s,
        )
        """What the sources turned to."""
        if alone:
            for name in before.keys() - {*sources, CHAIN, CONCLUSIONS}:
                self.turns.turn(name, "unwatched")
        self._news_s = dict.fromkeys(sources, now_s())
        self._vouched_s: dict[str, float] = {}
        self._unvouched_s: dict[str, float] = {}
        self._tip: tuple[int, bytes | None] | None = None
        self._times_s: tuple[float, ...] = ()
        """Of the blocks up to that tip; read again when there is another."""

    def gave(self, source: str, batch: Batch, result: AppendResult) -> None:
        """Take note of a batch that was stored.

        Parameters
        ----------
        source : str
            Who gave it.
        batch : Batch
            What it gave.
        result : AppendResult
            What that changed.
        """
        if _is_news(batch, result):
            self._news_s[source] = self._now_s()
        ends_s = [window.end_s for window in batch.observed]
        if ends_s:
            self._vouched_s[source] = max(*ends_s, self._vouched_s.get(source, ends_s[0]))
        if self.turns.statuses[source].state in ("starting", "down", "refused"):
            self.turns.turn(source, "ok")

    def heard(self, report: Report) -> None:
        """Take note of what a run of a source came to.

        Parameters
        ----------
        report : Report
            Its end.
        """
        if report.state == "ok" and self.turns.statuses[report.source].state in ("late", "stuck"):
            return  # it answers; whether there is news is another question
        self.turns.turn(report.source, report.state, report.because)

    def look(self) -> None:
        """Find sources that answer without news, and nodes that follow nothing any more."""
        now_s = self._now_s()
        believed = self._is_fresh(now_s)
        for name, watched in self._sources.items():
            if self.turns.statuses[name].state not in _ANSWERS:
                continue
            quiet_s = now_s - self._news_s[name]
            if watched.gives_blocks:
                self.turns.turn(name, *self._follows(name, now_s, believed=believed))
            elif watched.late_s is not None:
                late = quiet_s > watched.late_s
                self.turns.turn(name, "late" if late else "ok", _LATE if late else "")

    def _is_fresh(self, now_s: float) -> bool:
        """Whether the newest block is at most as old as a silence that is believed."""
        tip = self._observatory.tip()
        if tip is None:
            return True
        if tip != self._tip or tip[1] is None:
            self._tip, self._times_s = tip, newest_times_s(self._observatory.record, tip[0])
        found = aged(tip[0], self._times_s, now_s)
        return found.believed_s is None or found.age_s <= found.believed_s

    def _follows(self, name: str, now_s: float, *, believed: bool) -> tuple[SourceState, str]:
        if not believed:
            return "stuck", OLD_TIP
        # A node may answer and vouch for nothing: then the time of its last answer does not count.
        since_s = self._vouched_s.get(name, self._news_s[name])
        if now_s - since_s <= max(STUCK_S, 2.0 * self._sources[name].poll_s):
            self._unvouched_s.pop(name, None)
            return "ok", ""
        if now_s - self._unvouched_s.setdefault(name, now_s) < _RUN_S:
            return "ok", ""  # a run may be under way, whose last batch vouches for the present
        before = self.turns.statuses[name]
        if before.state == "stuck" and before.because.startswith(_UNWATCHED):
            return "stuck", before.because  # said once, not with every minute that passes
        minutes = (now_s - since_s) / 60.0
        return "stuck", f"{_UNWATCHED} {minutes:.0f} minutes ago [source-stuck]"


def _is_news(batch: Batch, result: AppendResult) -> bool:
    """Whether a batch says something of the present: for blocks, watched time does as well."""
    if batch.readings or batch.claims:
        return bool(result.readings_added or result.claims_added)
    return bool(len(batch.blocks) or batch.observed)
