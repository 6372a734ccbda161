"""The filter against fixed windows: who foresaw the next hour, day and week better.

Every hour or six both say how many blocks will be found over each horizon, and are scored by the
log probability they gave to what came. A fixed window counts its blocks and takes the rate as
constant: a Gamma posterior with Jeffreys' prior, so its forecast is negative binomial. Horizons
that cross a retarget are left out, since nobody knew the difficulty beyond it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, format_time
from hashquake.core.window import Window
from hashquake.estimate.adaptive import adapted
from hashquake.estimate.filter import FilterParameters, start_tracks
from hashquake.estimate.filter_bins import all_bins
from hashquake.estimate.grid_filter import advance
from hashquake.estimate.rate_ahead import rate_ahead
from hashquake.estimate.rate_model import moves_of
from hashquake.estimate.time_bins import TimeBins
from hashquake.estimate.volatility import learned_course
from hashquake.judge.scores import (
    Uniformity,
    negative_binomial_log_score,
    randomised_pit,
    uniformity,
)

Floats = NDArray[np.float64]
HORIZONS_S = (HOUR_S, DAY_S, 7 * DAY_S)
FIXED_WINDOWS_S = (6 * HOUR_S, 12 * HOUR_S, DAY_S, 3 * DAY_S, 7 * DAY_S, 14 * DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonScore:
    """Who foresaw one horizon how well.

    Parameters
    ----------
    horizon_s : int
        Seconds.
    n : int
        Forecasts scored.
    filter_log_score : float
        Mean log probability the filter gave to the counts that came.
    window_log_scores : tuple of (int, float)
        The same for each fixed window, by its length in seconds.
    advantage_sd : float
        Standard error of the filter's advantage over the best window, from means over blocks
        of four weeks, within which scores hang together.
    pit : Uniformity
        Of the filter's forecasts.
    """

    horizon_s: int
    n: int
    filter_log_score: float
    window_log_scores: tuple[tuple[int, float], ...]
    advantage_sd: float
    pit: Uniformity

    @property
    def advantage(self) -> float:
        """How much better the filter scored than the best window; positive is better."""
        return self.filter_log_score - max(score for _, score in self.window_log_scores)


def backtest_filter(
    blocks: BlockColumns,
    parameters: FilterParameters,
    *,
    window: Window,
    draws: Floats,
    every_s: int = 6 * HOUR_S,
) -> tuple[HorizonScore, ...]:
    """Score the network's filter and the fixed windows.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, from well before the window.
    parameters : FilterParameters
        Fitted on blocks before the window, for an honest score; drift and growth are learned along
        the way.
    window : Window
        Forecasts are made, and come true, inside it.
    draws : array of float64, shape (m,)
        Uniform draws for the PIT of counts, as many as there are forecasts or more.
    every_s : int
        Time between forecasts, a multiple of the filter's time_bin; a horizon that is shorter is
        forecast as often as it fits.

    Returns
    -------
    tuple of HorizonScore
        One for each of `HORIZONS_S`.

    Raises
    ------
    UsageError
        ``backtest-too-early`` when the longest fixed window would reach before the first block.
    """
    model = parameters.network
    (bins,) = all_bins(parameters, blocks, pools=())
    retargets = _retarget_bins(blocks, bins, model.bin_s)
    rows: dict[int, list[tuple[float, ...]]] = {horizon: [] for horizon in HORIZONS_S}
    issued: dict[int, list[int]] = {horizon: [] for horizon in HORIZONS_S}
    found = np.concatenate([[0.0], np.cumsum(bins.blocks[:, 0])])
    watched = np.concatenate([[0.0], np.cumsum(bins.exposure)])
    (track,) = start_tracks(parameters, blocks, pools=())
    begin = int(window.start_s // model.bin_s) + 1 - bins.first
    if begin * model.bin_s < max(FIXED_WINDOWS_S):
        raise UsageError(
            f"a back-test from {format_time(window.start_s)} reaches before the first block",
            code="backtest-too-early",
            hint="leave a fortnight of blocks before it",
        )
    end = min(int(window.end_s // model.bin_s) - bins.first, len(bins))
    ends_s = (bins.first + np.arange(begin, end)) * float(model.bin_s)
    known = np.searchsorted(np.maximum.accumulate(blocks.header_s), ends_s)
    drifts = learned_course(blocks, tuple(known.tolist()))
    at = 0
    for now, drift in zip(range(begin, end), drifts, strict=True):
        model = adapted(parameters, drift).network
        advance(
            track.mass,
            track.origin,
            track.evidence,
            bins.blocks[at:now],
            bins.exposure[at:now],
            moves_of(model),
            model.cell_log,
        )
        at = now
        for horizon in HORIZONS_S:
            then = now + horizon // model.bin_s
            if (now - begin) % (min(every_s, horizon) // model.bin_s):
                continue
            if then > end or np.searchsorted(retargets, now) != np.searchsorted(retargets, then):
                continue
            n, exposure = int(found[then] - found[now]), float(watched[then] - watched[now])
            ahead = rate_ahead(track.mass[0], int(track.origin[0]), model, float(horizon))
            rows[horizon].append(
                (
                    ahead.count_log_probability(n, exposure),
                    ahead.count_cdf(n - 1, exposure),
                    ahead.count_cdf(n, exposure),
                )
            )
            issued[horizon].append(now)
    return tuple(
        _scored(
            horizon,
            rows[horizon],
            now=np.array(issued[horizon]),
            found=found,
            watched=watched,
            bin_s=model.bin_s,
            draws=draws,
            apart_s=min(every_s, horizon),
        )
        for horizon in HORIZONS_S
    )


def _scored(
    horizon_s: int,
    rows: list[tuple[float, ...]],
    *,
    now: NDArray[np.int64],
    found: Floats,
    watched: Floats,
    bin_s: int,
    draws: Floats,
    apart_s: int,
) -> HorizonScore:
    log_score, below, at_most = np.array(rows).T
    then = now + horizon_s // bin_s
    windows = {}
    for length_s in FIXED_WINDOWS_S:
        since = now - length_s // bin_s
        windows[length_s] = negative_binomial_log_score(
            (found[then] - found[now]).astype(np.int64),
            found[now] - found[since] + 0.5,
            watched[now] - watched[since],
            watched[then] - watched[now],
        )
    best = max(windows, key=lambda length_s: float(windows[length_s].mean()))
    gain = log_score - windows[best]
    month = now * bin_s // (28 * DAY_S)
    means = np.array([gain[month == m].mean() for m in np.unique(month)])
    return HorizonScore(
        horizon_s=horizon_s,
        n=len(now),
        filter_log_score=float(log_score.mean()),
        window_log_scores=tuple((w, float(score.mean())) for w, score in windows.items()),
        advantage_sd=float(means.std(ddof=1) / np.sqrt(len(means))),
        pit=uniformity(
            randomised_pit(below, at_most, draws[: len(now)]),
            independent=len(now) / max(1.0, horizon_s / apart_s),
        ),
    )


def _retarget_bins(blocks: BlockColumns, bins: TimeBins, bin_s: int) -> NDArray[np.int64]:
    """Return the bins, counted from the first, in which a new difficulty begins."""
    begins = blocks.header_s[blocks.height % EPOCH_BLOCKS == 0]
    retargets: NDArray[np.int64] = begins // bin_s - bins.first
    return retargets
