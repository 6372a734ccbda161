"""Hash rate of the network from blocks and from what pools report, together.

Blocks show the level without bias, and slowly; reports show its changes within the hour, each
against a bias that nobody knows. So the level, a short-lived part on top, a bias of all that
report and one of each pool are followed by a Kalman filter in hours: blocks are Poisson, taken by
Laplace's approximation, and reports are Student's, by weights. A pool's bias walks as fast as the
pool moves against the others. It starts again when a pool breaks away from the rest, so that a pool
that lies, or begins to, moves its bias and not the network. Theory, coverage and blind spots:
``docs/theory/fusion.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.estimate import Estimate
from hashquake.core.fused_change import FusedChange
from hashquake.core.interval import QUANTILE_LEVELS, Interval, Quantiles
from hashquake.core.network import MAIN, Network
from hashquake.core.reading import Reading
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.clock import HeaderNoise, found_s
from hashquake.estimate.exposure import work_in_force
from hashquake.estimate.rate_model import RateModel
from hashquake.estimate.reported_bins import ReportedBins, bin_reports

MADE_BY = "fused/2"
Floats = NDArray[np.float64]

_FREEDOM = 4.0
_BREAK_SD = 4.0
"""A pool that departs from the others by more began to report otherwise; all of them, fell."""
_LEAST_POOLS = 3
"""Of two pools that differ nobody can say which one broke away."""
_LEVEL, _TRANSIENT, _BEFORE, _DURING, _GROUP, _FIRST_BIAS = 0, 1, 2, 3, 4, 5
_GROUP_WALK = 0.6
"""How fast all that report move against all others, over how fast one pool does, where blocks do
not show pools' shares."""
_GROUP_WIDER = 1.2
"""Pools that report may move together against those that do not, more than shares alone do."""
_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockShares:
    """Whose the blocks are.

    Parameters
    ----------
    reporting : array of float64, shape (pools,)
        Shares of the network of the pools that report, 0 to 1.
    others_squared : float
        Sum of the squared shares of all other pools; blocks without a name count as one pool.
    """

    reporting: Floats
    others_squared: float


class _Filter:
    """The filter's mean and covariance, in hours."""

    def __init__(
        self,
        model: RateModel,
        reports: ReportedBins,
        first_log: float,
        shares: BlockShares | None,
    ) -> None:
        n = _FIRST_BIAS + len(reports.pools)
        self.reports = reports
        self.mean = np.zeros(n)
        self.mean[_LEVEL] = first_log
        self.variance = np.zeros((n, n))
        self.variance[_LEVEL, _LEVEL] = 0.3**2
        self.variance[_TRANSIENT, _TRANSIENT] = model.transient_log**2
        self.known = np.zeros(len(reports.pools), np.bool_)
        days = HOUR_S / DAY_S
        self.growth = model.growth_log_per_day * days
        self.walk = model.drift_log_per_sqrt_day**2 * days
        self.keep = exp(-HOUR_S / model.transient_s) if model.transient_s else 0.0
        self.kick = model.transient_log**2 * (1.0 - self.keep**2)
        self.bias_walk = reports.walk_log_per_sqrt_day**2 * days
        others = reports.others_walk_log_per_sqrt_day**2 * days
        if shares is None:
            self.group_walk = _GROUP_WALK**2 * others
            self.conserved = np.zeros(n - _FIRST_BIAS)
        else:
            own = shares.reporting**2 @ self.bias_walk
            self.group_walk = float(own) + _GROUP_WIDER**2 * shares.others_squared * others
            self.conserved = -shares.reporting * self.bias_walk

    def move(self, before: float, during: float) -> None:
        """Let an hour pass; add the rate to the means over windows by the parts inside."""
        n = len(self.mean)
        step = np.eye(n)
        step[_TRANSIENT, _TRANSIENT] = self.keep
        for row, part in ((_BEFORE, before), (_DURING, during)):
            step[row, _LEVEL] += part
            step[row, _TRANSIENT] += part
        self.mean = step @ self.mean
        self.mean[_LEVEL] += self.growth
        self.variance = step @ self.variance @ step.T
        self.variance[_LEVEL, _LEVEL] += self.walk
        self.variance[_TRANSIENT, _TRANSIENT] += self.kick
        self.variance[_GROUP, _GROUP] += self.group_walk
        at = np.arange(_FIRST_BIAS, n)
        self.variance[at, at] += self.bias_walk
        # What one pool gains all lose: with every pool among them, their sum cannot walk.
        self.variance[_GROUP, at] += self.conserved
        self.variance[at, _GROUP] += self.conserved

    def blocks(self, count: float, exposure: float) -> None:
        """Weigh in the blocks of an hour: Poisson, by Laplace's approximation."""
        if exposure <= 0.0:
            return
        row = np.zeros(len(self.mean))
        row[_LEVEL] = row[_TRANSIENT] = 1.0
        middle = float(row @ self.mean)
        spread = float(row @ self.variance @ row)
        at = middle
        for _ in range(_ROUNDS):
            expected = exp(at) * exposure
            slope = count - expected - (at - middle) / spread
            at += max(-1.0, min(1.0, slope / (expected + 1.0 / spread)))
        expected = exp(at) * exposure
        self._observe(row, at + (count - expected) / expected, 1.0 / expected)

    def reported(self, logs: Floats) -> None:
        """Weigh in what pools reported over an hour, NaN where a pool said nothing."""
        spoke = np.isfinite(logs)
        self._begin(logs, spoke & ~self.known)
        at = np.flatnonzero(spoke & self.known)
        if not len(at):
            return
        self._break_away(at, logs)
        for pool in at:
            row = self._row(int(pool))
            noise = float(self.reports.noise_log[pool]) ** 2
            off = float(logs[pool] - row @ self.mean)
            whole = float(row @ self.variance @ row) + noise
            # Student's law as a normal one whose variance follows from the value itself.
            noise *= max(1.0, (_FREEDOM + off**2 / whole) / (_FREEDOM + 1.0))
            self._observe(row, float(logs[pool]), noise)

    def _begin(self, logs: Floats, new: NDArray[np.bool_]) -> None:
        """Set the bias of pools that begin to speak: nothing is known of it."""
        for pool in np.flatnonzero(new):
            place = _FIRST_BIAS + int(pool)
            self.known[pool] = True
            self.mean[place] = logs[pool] - float(self._row(int(pool)) @ self.mean)
            self.variance[place, :] = self.variance[:, place] = 0.0
            self.variance[place, place] = 1.0

    def _break_away(self, at: NDArray[np.intp], logs: Floats) -> None:
        """Let biases start again, or the level jump, where reports leave what was known."""
        rows = np.array([self._row(int(pool)) for pool in at])
        off = logs[at] - rows @ self.mean
        spread = np.sqrt(
            np.einsum("ij,jk,ik->i", rows, self.variance, rows) + self.reports.noise_log[at] ** 2
        )
        settled = np.diag(self.variance)[_FIRST_BIAS + at] < 0.25
        several = int(settled.sum()) >= _LEAST_POOLS
        together = float(np.median(off[settled])) if several else 0.0
        own = np.sqrt(self.bias_walk[at] + 2.0 * self.reports.noise_log[at] ** 2)
        alone = np.abs(off - together) > _BREAK_SD * (own if several else spread)
        for pool, far in zip(at[alone], off[alone] - together, strict=True):
            place = _FIRST_BIAS + int(pool)
            self.variance[place, place] += 4.0 * far**2
        agree = int((settled & ~alone).sum()) >= _LEAST_POOLS
        if agree and abs(together) > _BREAK_SD * float(np.median(spread)):
            self.variance[_LEVEL, _LEVEL] += together**2

    def _row(self, pool: int) -> Floats:
        row = np.zeros(len(self.mean))
        row[[_LEVEL, _TRANSIENT, _GROUP, _FIRST_BIAS + pool]] = 1.0
        return row

    def _observe(self, row: Floats, value: float, noise: float) -> None:
        column = self.variance @ row
        whole = float(row @ column) + noise
        gain = column / whole
        self.mean = self.mean + gain * (value - float(row @ self.mean))
        self.variance = self.variance - np.outer(gain, column)
        self.variance = (self.variance + self.variance.T) / 2.0


def fused_rate(
    model: RateModel,
    blocks: BlockColumns,
    reports: Sequence[Reading],
    *,
    at_s: float,
    chain: Network = MAIN,
) -> Estimate:
    """Estimate the network's hash rate at an instant, from what was known then.

    Parameters
    ----------
    model : RateModel
        Of the network.
    blocks : BlockColumns, shape (n,)
        Main chain up to the instant, in height order; some weeks at least.
    reports : sequence of Reading
        Of pools' hash rates, oldest first; those that end after the instant are passed over.
    at_s : float
        UTC Unix seconds.
    chain : Network
        Whose retarget rule holds.

    Raises
    ------
    NoCoverage
        ``no-blocks`` without blocks, ``no-reports`` without reports.
    """
    found = _run(model, blocks, reports, until_s=at_s, before=None, during=None, chain=chain)
    middle = float(found.mean[_LEVEL] + found.mean[_TRANSIENT])
    part = found.variance[:2, :2]
    spread = sqrt(float(part.sum()))
    a, b, c, d, e, f, g = np.exp(middle + spread * ndtri(np.array(QUANTILE_LEVELS))).tolist()
    return Estimate(
        subject=NETWORK,
        quantity="hashrate_hps",
        window=Window(start_s=float(blocks.header_s[0]), end_s=at_s),
        quantiles=Quantiles(values=(a, b, c, d, e, f, g)),
        n_blocks=len(blocks),
        made_by=MADE_BY,
    )


def fused_change(
    model: RateModel,
    blocks: BlockColumns,
    reports: Sequence[Reading],
    *,
    before: Window,
    during: Window,
    until_s: float | None = None,
    chain: Network = MAIN,
) -> FusedChange:
    """Estimate how the network's mean hash rate changed between two windows.

    Parameters
    ----------
    model, blocks, reports, chain
        As for `fused_rate`.
    before, during : Window
        The first ends before the second begins. Of one that begins before the blocks, or ends
        after `until_s`, the part between counts.
    until_s : float or None
        The end of what is looked at, UTC Unix seconds; None is the end of `during`.

    Raises
    ------
    NoCoverage
        As `fused_rate`; ``no-blocks``, too, where a window lies outside the time of the blocks.
    """
    end_s = during.end_s if until_s is None else until_s
    found = _run(model, blocks, reports, until_s=end_s, before=before, during=during, chain=chain)
    change = float(found.mean[_DURING] - found.mean[_BEFORE])
    pair = found.variance[_BEFORE : _DURING + 1, _BEFORE : _DURING + 1]
    spread = sqrt(max(float(pair[0, 0] + pair[1, 1] - 2.0 * pair[0, 1]), 0.0))
    low, median, high = (exp(change + spread * z) - 1.0 for z in (-1.6449, 0.0, 1.6449))
    return FusedChange(
        change_share=Interval(median=median, low=low, high=high, level=0.9),
        pools=found.reports.pools,
        made_by=MADE_BY,
    )


def _run(
    model: RateModel,
    blocks: BlockColumns,
    reports: Sequence[Reading],
    *,
    until_s: float,
    before: Window | None,
    during: Window | None,
    chain: Network,
) -> _Filter:
    """Follow blocks and reports hour by hour up to an instant."""
    if not len(blocks):
        raise NoCoverage("no block to estimate a hash rate from", code="no-blocks")
    first_s = float(blocks.header_s[0]) // HOUR_S * HOUR_S
    edges_s = np.append(np.arange(first_s, until_s, HOUR_S), until_s)
    binned = bin_reports(reports, edges_s)
    counts, exposures = _count(blocks, edges_s, chain)
    passed = float(exposures[:72].sum())
    first_log = log(max(float(counts[:72].sum()), 1.0) / passed) if passed > 0.0 else 0.0
    found = _Filter(model, binned, first_log, _shares(blocks, binned.pools))
    # Of a window that reaches beyond what is known, the mean is that of its known part.
    whole = Window(start_s=first_s, end_s=until_s)
    before, during = _known(before, whole), _known(during, whole)
    for hour in range(len(edges_s) - 1):
        found.blocks(float(counts[hour]), float(exposures[hour]))
        found.reported(binned.logs[hour])
        found.move(
            _inside(before, edges_s[hour], edges_s[hour + 1]),
            _inside(during, edges_s[hour], edges_s[hour + 1]),
        )
    return found


def _shares(blocks: BlockColumns, pools: tuple[str, ...]) -> BlockShares | None:
    """Count whose the blocks are; None where none has a pool's name."""
    named = blocks.pool_code[blocks.pool_code >= 0]
    if not len(named):
        return None
    counts = np.bincount(named, minlength=len(blocks.pool_names)).astype(np.float64)
    shares = dict(zip(blocks.pool_names, counts / len(blocks), strict=True))
    reporting = np.array([shares.pop(pool, 0.0) for pool in pools])
    others = np.array([*shares.values(), 1.0 - len(named) / len(blocks)])
    return BlockShares(reporting=reporting, others_squared=float(others @ others))


def _known(window: Window | None, whole: Window) -> Window | None:
    if window is None:
        return None
    known = window.overlap(whole)
    if known is None:
        raise NoCoverage(f"no block is known in {window}", code="no-blocks")
    return known


def _inside(window: Window | None, start_s: float, end_s: float) -> float:
    if window is None:
        return 0.0
    return max(0.0, min(end_s, window.end_s) - max(start_s, window.start_s)) / window.duration_s


def _count(blocks: BlockColumns, edges_s: Floats, chain: Network) -> tuple[Floats, Floats]:
    """Count blocks and exposure between edges, the silence after the last block included."""
    clock_s = np.maximum.accumulate(found_s(blocks.header_s, blocks.seen_s, HeaderNoise()))
    work = blocks.work_hashes
    next_work = float(work_in_force(blocks, network=chain).work_hashes[-1])
    passed = np.concatenate([[0.0], np.cumsum(np.diff(clock_s) / work[1:])])
    end_s = max(float(clock_s[-1]), float(edges_s[-1])) + 1.0
    times = np.append(clock_s, end_s)
    passed = np.append(passed, passed[-1] + (end_s - clock_s[-1]) / next_work)
    counts = np.diff(np.searchsorted(clock_s[1:], edges_s)).astype(np.float64)
    return counts, np.diff(np.interp(edges_s, times, passed))
