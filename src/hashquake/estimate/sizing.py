"""How large a fall was, when it began and ended: estimated again, with the whole record at hand.

What raised an alarm looked large; measured on the same data it stays too large. Here the size is
estimated on everything from three weeks before to the present, with a prior that knows falls come
in all sizes, a hash rate that drifts, and the moment of the onset integrated over. Theory and
measured coverage: ``docs/theory/sizing.md``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.mixture import mixture_quantile
from hashquake.core.subject import NETWORK, parse_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.intervention import NETWORK_STEP, POOL_STEP, Bins, Fitter, StepFit
from hashquake.estimate.moments import (
    END_CELL_S,
    log_evidence,
    moments,
    scan_end,
    scan_onset,
    weigh_together,
)

Floats = NDArray[np.float64]

LEVEL = 0.9
BEFORE_S = 21.0 * DAY_S
_CELLS = 48
_COARSE_S = 10.0 * HOUR_S
_BACK_SHARE = 0.35
"""A fall is over where less than this part of it, in logs, is left."""
_LEAST_BLOCKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """A fall as seen with the record at hand.

    Parameters
    ----------
    subject : str
        ``network`` or a pool.
    remaining_share : Interval
        Hash rate after over before, between onset and the next step.
    lost_hps : Interval
        Hashes per second that stopped; negative where it rose.
    onset : Window
        90 % interval of when it began.
    end_s : float or None
        When the hash rate came back; None while it has not.
    log_evidence_ratio : float
        Natural log of how much likelier the counts are with a fall, and perhaps its end, than with
        drift alone; moments and sizes integrated over.
    """

    subject: str
    remaining_share: Interval
    lost_hps: Interval
    onset: Window
    end_s: float | None
    log_evidence_ratio: float


def size_fall(
    blocks: BlockColumns,
    *,
    subject: str = NETWORK,
    search: Window,
    until_s: float,
    drift_log_per_sqrt_day: float | None = None,
) -> Sizing:
    """Estimate size, onset and end of a fall.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Main chain, in height order, reaching back three weeks before the search.
    subject : str
        ``network`` or ``pool:<slug>``.
    search : Window
        Where the onset may lie, any moment in it as likely as any other.
    until_s : float
        The end of what is looked at, UTC Unix seconds; blocks after it are not used.
    drift_log_per_sqrt_day : float or None
        Standard deviation of the hash rate's random walk after a day; None is the usual one.

    Raises
    ------
    NoCoverage
        ``no-blocks`` when too few blocks reach from before the search to its end.
    """
    edges_s, cells_s = _edges(blocks, search, until_s)
    bins = _count(blocks, subject, edges_s)
    if bins.n_blocks.sum() < _LEAST_BLOCKS:
        raise NoCoverage(f"too few blocks of {subject} to size a fall", code="no-blocks")
    model = NETWORK_STEP if subject == NETWORK else POOL_STEP
    if drift_log_per_sqrt_day is not None:
        model = replace(model, drift_log_per_sqrt_day=drift_log_per_sqrt_day)
    fitter = Fitter(bins, model)
    ends_s = edges_s[(edges_s > search.end_s + HOUR_S) & (edges_s < until_s - 2 * END_CELL_S)]
    # Each is scanned with the other fixed at its best value: first coarsely, from the middle of the
    # search, then in full.
    end_s, _ = scan_end(fitter, float(cells_s[len(cells_s) // 2]), ends_s[::3])
    onset_s, _ = scan_onset(fitter, cells_s[::3], end_s)
    end_s, ends = scan_end(fitter, onset_s, ends_s)
    onset_s, onsets = scan_onset(fitter, cells_s, end_s)
    best = fitter.fit(moments(onset_s, end_s))
    onset_chance, means, sds, chances = weigh_together(fitter, onsets, ends)
    size = tuple(mixture_quantile(means, sds, chances, at) for at in (0.05, 0.5, 0.95))
    return Sizing(
        subject=subject,
        remaining_share=Interval(
            median=float(np.exp(size[1])),
            low=float(np.exp(size[0])),
            high=float(np.exp(size[2])),
            level=LEVEL,
        ),
        lost_hps=_lost_hps(fitter, best, onset_s, means, sds, chances),
        onset=_onset_window(cells_s, onset_chance),
        end_s=end_s if _is_back(best) else None,
        log_evidence_ratio=log_evidence(onsets, ends) - fitter.fit(()).log_evidence,
    )


def _edges(blocks: BlockColumns, search: Window, until_s: float) -> tuple[Floats, Floats]:
    """Cut time finely where the onset may lie; give all edges and the possible onsets."""
    first_s = max(search.start_s - BEFORE_S, float(blocks.header_s[0]))
    if first_s > search.start_s - DAY_S or until_s < search.end_s:
        raise NoCoverage(
            "the blocks do not reach from a day before the onset to its end", code="no-blocks"
        )
    fine = np.linspace(search.start_s, search.end_s, _CELLS + 1)
    n_before = max(1, round((search.start_s - first_s) / _COARSE_S))
    before = np.linspace(first_s, search.start_s, n_before + 1)[:-1]
    n_after = max(1, round((until_s - search.end_s) / END_CELL_S))
    after = np.linspace(search.end_s, until_s, n_after + 1)[1:]
    if until_s - search.end_s < HOUR_S:
        return np.concatenate([before, fine]), fine
    return np.concatenate([before, fine, after]), fine


def _count(blocks: BlockColumns, subject: str, edges_s: Floats) -> Bins:
    """Count blocks on the running maximum of header times; a silent end counts."""
    clock_s = np.maximum.accumulate(blocks.header_s.astype(np.float64))
    work = blocks.work_hashes
    passed = np.concatenate([[0.0], np.cumsum(np.diff(clock_s) / work[1:])])
    times = np.append(clock_s, max(clock_s[-1], edges_s[-1]) + 1.0)
    passed = np.append(passed, passed[-1] + (times[-1] - clock_s[-1]) / work[-1])
    own = clock_s
    if subject != NETWORK:
        own = clock_s[blocks.is_pool(parse_subject(subject).name)]
    return Bins(
        edges_s=edges_s,
        n_blocks=np.diff(np.searchsorted(own, edges_s)).astype(np.float64),
        exposure_s_per_hash=np.diff(np.interp(edges_s, times, passed)),
    )


def _is_back(fit: StepFit) -> bool:
    if len(fit.steps_log) < 2 or fit.steps_log[0] >= 0.0:
        return False
    return bool(-(fit.steps_log[0] + fit.steps_log[1]) < _BACK_SHARE * -fit.steps_log[0])


def _onset_window(cells_s: Floats, chance: Floats) -> Window:
    """Read the 90 % interval, each possible onset standing for the time halfway to the next."""
    edges_s = np.concatenate([[cells_s[0]], (cells_s[1:] + cells_s[:-1]) / 2.0, [cells_s[-1]]])
    passed = np.concatenate([[0.0], np.cumsum(chance)])
    tail = (1.0 - LEVEL) / 2.0
    start_s, end_s = np.interp([tail, 1.0 - tail], passed, edges_s)
    return Window(start_s=float(start_s), end_s=max(float(end_s), float(start_s) + 1.0))


def _lost_hps(
    fitter: Fitter, best: StepFit, onset_s: float, means: Floats, sds: Floats, chances: Floats
) -> Interval:
    """Return what stopped: the level before the onset times the part that stopped.

    The level's own error enters through the size of the step: what makes the level before higher
    makes the step larger, and the level after, the better known of the two, fixes their sum.
    """
    edges_s = fitter.bins.edges_s
    after = (edges_s[:-1] >= onset_s) & (edges_s[:-1] < onset_s + 2.0 * DAY_S)
    level_after = float(np.mean(best.log_rate[after])) if after.any() else best.log_rate[-1]
    blocks_after = max(1.0, float(fitter.bins.n_blocks[after].sum()))
    spread = ndtri(np.linspace(0.02, 0.98, 25)) / np.sqrt(blocks_after)
    levels = np.exp(level_after + spread)
    sizes = np.array(
        [mixture_quantile(means, sds, chances, at) for at in np.linspace(0.01, 0.99, 50)]
    )
    lost = np.sort((levels[:, None] * (np.exp(-sizes)[None, :] - 1.0)).ravel())
    low, median, high = np.quantile(lost, [0.05, 0.5, 0.95])
    return Interval(median=float(median), low=float(low), high=float(high), level=LEVEL)
