"""Fuse the signals of a place again as bins come, reading only what a new bin can change.

An outage that ended days ago stays as it was described, whatever comes: what describes it lies near
it. So the signals are cut at a quiet instant, and fused again from some weeks before that alone.
The law, checked by a property test: the outcome is that of `hashquake.detect.fusion.fuse`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.dark_bins import light_before
from hashquake.detect.fusion import Fused, FusedGroup, fused_groups

_QUIET_S = 3.0 * DAY_S
"""No dark bin lies so near the cut: longer than what joins outages and than their slopes."""
_LATE_S = 5.0 * DAY_S
"""The cut lies so far before the end of every signal."""
HISTORY_S = 17.0 * DAY_S
"""So much before the cut is read again: the onset of an outage is looked for that far back."""
_SOUGHT_S = 30.0 * DAY_S
"""A quiet instant is sought so far back."""

Shape = tuple[tuple[str, str, str, float, float], ...]
"""Of each signal: its name, source, quantity, beginning and step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledFusion:
    """Outages that no later bin changes.

    Parameters
    ----------
    until_s : float
        The quiet instant before which they lie, UTC Unix seconds; midnight.
    fused : tuple of Fused
        Oldest first.
    shape : tuple
        Of the signals they were fused from, as `shape_of` returns it.
    """

    until_s: float
    fused: tuple[Fused, ...]
    shape: Shape


def fuse_on(
    before: SettledFusion | None, signals: Sequence[AnomalyFlags]
) -> tuple[tuple[Fused, ...], SettledFusion | None]:
    """Fuse the signals of one place that have gone on since some outages were settled.

    Parameters
    ----------
    before : SettledFusion or None
        From an earlier call with the same signals, to which bins were added at their ends since;
        None fuses everything.
    signals : sequence of AnomalyFlags
        As for `hashquake.detect.fusion.fuse`; whole.

    Returns
    -------
    tuple of Fused
        Oldest first, as `fuse` returns them.
    SettledFusion or None
        For the next call.

    Raises
    ------
    UsageError
        As `fuse` does.
    """
    shape = shape_of(signals)
    if before is not None and before.shape != shape:
        before = None
    part: Sequence[AnomalyFlags] = signals
    settled: tuple[Fused, ...] = ()
    if before is not None:
        end_s = max(one.end_s for one in signals)
        tail = Window(start_s=before.until_s - HISTORY_S, end_s=end_s)
        part = [one.cut(tail) for one in signals]
        settled = tuple(replace(one, seen_until_s=end_s) for one in before.fused)
    found = [
        group
        for group in fused_groups(part)
        if before is None or group.window.start_s >= before.until_s
    ]
    fused = (*settled, *(group.fused for group in found))
    return fused, _advanced(before, settled, found, part, shape)


def _advanced(
    before: SettledFusion | None,
    settled: tuple[Fused, ...],
    found: Sequence[FusedGroup],
    signals: Sequence[AnomalyFlags],
    shape: Shape,
) -> SettledFusion | None:
    """Settle what has become old enough, where there is a quiet instant to cut at."""
    if not signals or not _on_one_grid(shape):
        return None
    latest_s = min(one.end_s for one in signals) - _LATE_S
    first_s = min(one.start_s for one in signals) if before is None else before.until_s + DAY_S
    until_s = floor(latest_s / DAY_S) * DAY_S
    first_s = max(first_s, until_s - _SOUGHT_S)
    while until_s >= first_s:
        quiet = Window(start_s=until_s - _QUIET_S, end_s=until_s + _QUIET_S)
        earlier = [group for group in found if group.window.end_s <= quiet.start_s]
        if (
            not any(group.window.overlap(quiet) for group in found)
            and all(group.fused.end_s is not None for group in earlier)
            and all(light_before(one, until_s) for one in signals)
        ):
            fused = (*settled, *(group.fused for group in earlier))
            return SettledFusion(until_s=until_s, fused=fused, shape=shape)
        until_s -= DAY_S
    return before


def without_beginnings(settled: SettledFusion, signals: Sequence[AnomalyFlags]) -> SettledFusion:
    """Return settled outages for signals whose first bins were let go.

    Parameters
    ----------
    settled : SettledFusion
        Of the signals as they were.
    signals : sequence of AnomalyFlags
        The same signals; none begins later than `HISTORY_S` before `settled.until_s`.
    """
    return replace(settled, shape=shape_of(signals))


def shape_of(signals: Sequence[AnomalyFlags]) -> Shape:
    """Return what must be the same of signals for what was settled of them to stand.

    Parameters
    ----------
    signals : sequence of AnomalyFlags
        Of one place.
    """
    return tuple((one.signal, one.source, one.quantity, one.start_s, one.step_s) for one in signals)


def _on_one_grid(shape: Shape) -> bool:
    """Return whether a cut at midnight leaves every bin where it was."""
    finest_s = min(step_s for *_, step_s in shape)
    return all(
        step_s % finest_s == 0.0 and DAY_S % step_s == 0.0 and start_s % step_s == 0.0
        for *_, start_s, step_s in shape
    )
