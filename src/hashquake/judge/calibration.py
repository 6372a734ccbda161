"""Set a detector's thresholds on simulated nulls, and count the false alarms it then raises.

Lives here because it may import detectors and simulators, which may not import each other. A
detector is anything with the ``start`` and ``step`` of the contract; its threshold is found by
running it whole, re-arm rule and all, so what is calibrated is what is run.
"""

from collections.abc import Iterator
from math import log
from typing import Any, Protocol

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.forward.null import BLOCKS_PER_YEAR, NullModel, advance
from hashquake.forward.null import start as start_null
from hashquake.judge.threshold_curve import Calibration, FalseAlarms, calibrated

BURN_IN_S = 60.0 * DAY_S
"""How long a detector runs before its alarms count, so that its baseline has settled."""
PATH_YEARS = 20.0
"""How long one simulated network is followed before the next begins."""


Models = NullModel | tuple[NullModel, ...]
"""One null model, or several of which every path takes the next in turn."""

MIXED_NULLS = tuple(
    NullModel(walk_share=walk, growth_share_per_day=growth)
    for growth in (0.001, 0.0, 0.003)
    for walk in (0.006, 0.015, 0.009, 0.020)
)
"""Calm and wild years, steady and growing: what thresholds are calibrated on. The wildest drift
(0.03), the fastest growth (sevenfold a year), patterns of week and season, jumps and false clocks
are left out here, for the tests."""
MIXED_PATH_YEARS = 5.0
"""How long one network of a mixture is followed: as long as records are, so that the years in which
drift is still being learned count as they do there."""


class Detector(Protocol):
    """The part of the detectors' contract that calibration uses; a plugin module fits."""

    def start(self, *, false_alarms_per_year: float, threshold: float | None) -> Any:
        """Make a detector that has seen nothing.

        Parameters
        ----------
        false_alarms_per_year : float
            The rate that the threshold is calibrated to, above 0.
        threshold : float or None
            Used in place of the calibrated one; None is the calibrated one.
        """

    def step(
        self, state: Any, blocks: BlockColumns, now_s: float | None = None
    ) -> tuple[Any, tuple[Pick, ...]]:
        """Take blocks.

        Parameters
        ----------
        state : object
            From `start` or the last step.
        blocks : BlockColumns
            The next blocks, in order of height.
        now_s : float or None
            Our clock, UTC Unix seconds; None is the last block's time.

        Returns
        -------
        State and tuple of Pick
            The new state, and the alarms of this step.
        """


def null_paths(
    model: Models, *, years: float, seed: int
) -> Iterator[tuple[float, Iterator[BlockColumns]]]:
    """Return independent quiet records that together last some years, burn-in not counted.

    Parameters
    ----------
    model : NullModel or tuple of NullModel
        How the hash rate moves; of several, each path takes the next.
    years : float
        In all.
    seed : int
        The same seed gives the same records.

    Yields
    ------
    float and iterator of BlockColumns
        When the burn-in is over, UTC Unix seconds, and the blocks in pieces.
    """
    models = model if isinstance(model, tuple) else (model,)
    path_years = PATH_YEARS if len(models) == 1 else MIXED_PATH_YEARS
    n_paths = max(len(models), round(years / path_years))
    blocks_each = round((years / n_paths + BURN_IN_S / YEAR_S) * BLOCKS_PER_YEAR)
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(n_paths)):
        rng = np.random.default_rng(child)
        moves = models[at % len(models)]
        state = start_null(moves, rng)

        def pieces(
            moves: NullModel = moves, state: Any = state, rng: np.random.Generator = rng
        ) -> Iterator[BlockColumns]:
            left = blocks_each
            while left > 0:
                blocks, state = advance(moves, state, rng, n_blocks=min(left, 50 * EPOCH_BLOCKS))
                left -= len(blocks)
                yield blocks

        yield state.clock_s + BURN_IN_S, pieces()


def count_false_alarms(
    detector: Detector,
    *,
    threshold: float,
    years: float,
    seed: int,
    model: Models | None = None,
) -> FalseAlarms:
    """Run a detector over simulated quiet years and count its alarms.

    Parameters
    ----------
    detector : Detector
        A detector plugin.
    threshold : float
        Natural logarithm of the statistic at which it alarms.
    years, seed : float, int
        How long, and the seed.
    model : NullModel, tuple of NullModel or None
        How the hash rate moves; None is the record's.
    """
    model = NullModel() if model is None else model
    alarms, length_s = 0, 0.0
    for counted_from_s, pieces in null_paths(model, years=years, seed=seed):
        state = detector.start(false_alarms_per_year=float("nan"), threshold=threshold)
        last_s = counted_from_s
        for blocks in pieces:
            state, picks = detector.step(state, blocks)
            alarms += sum(pick.detected_s >= counted_from_s for pick in picks)
            last_s = float(blocks.header_s[-1])
        length_s += last_s - counted_from_s
    return FalseAlarms(threshold=threshold, alarms=alarms, years=length_s / YEAR_S)


def calibrate(
    detector: Detector,
    *,
    false_alarms_per_year: float,
    years: float = 100.0,
    seed: int = 1,
    guess: float | None = None,
    model: Models | None = None,
    rounds: int = 5,
) -> Calibration:
    """Find the threshold at which a detector alarms as often as asked.

    Trials run on the same simulated years; a line through the logs of their rates gives the
    threshold, so that no single count decides.

    Parameters
    ----------
    detector : Detector
        A detector plugin.
    false_alarms_per_year : float
        The rate wanted.
    years, seed : float, int
        How long each trial is, and the seed.
    guess : float or None
        Where to begin; None takes the bound for an exact baseline.
    model : NullModel, tuple of NullModel or None
        How the hash rate moves; None is the record's.
    rounds : int
        How many trials.
    """
    wanted = log(false_alarms_per_year)
    at = log(BLOCKS_PER_YEAR / false_alarms_per_year) if guess is None else guess
    counts: list[FalseAlarms] = []
    for _ in range(rounds):
        counts.append(
            count_false_alarms(detector, threshold=at, years=years, seed=seed, model=model)
        )
        # Half an alarm is added so that a trial without any still pulls the line.
        rates = np.log([(c.alarms + 0.5) / c.years for c in counts])
        thresholds = np.array([c.threshold for c in counts])
        near = np.exp(-np.abs(rates - wanted))
        slope = -1.0
        if np.ptp(thresholds) > 0.05:
            slope = float(np.polyfit(thresholds, rates, 1, w=near)[0])
            slope = min(max(slope, -2.5), -0.4)
        level = float(np.average(rates - slope * thresholds, weights=near**2))
        at = (wanted - level) / slope
    return Calibration(
        false_alarms_per_year=false_alarms_per_year,
        threshold=at,
        counts=tuple(counts),
        seed=seed,
    )


def calibrate_rates(
    detector: Detector,
    *,
    rates_per_year: tuple[float, ...],
    plan: tuple[tuple[float, float], ...],
    seed: int,
    model: Models | None = None,
) -> tuple[Calibration, ...]:
    """Find the thresholds of many rates from one set of counts.

    See `hashquake.judge.threshold_curve.calibrated` for how the counts support each other.

    Parameters
    ----------
    detector : Detector
        A detector plugin.
    rates_per_year : tuple of float
        The rates wanted, within what the plan's thresholds give.
    plan : tuple of (float, float)
        Thresholds to count at, in any order, and simulated years for each.
    seed : int
        Every threshold has random numbers of its own, drawn from it.
    model : NullModel, tuple of NullModel or None
        How the hash rate moves; None is the record's.

    Raises
    ------
    UsageError
        ``false-alarms-range`` when the plan does not reach a rate.
    """
    counts = tuple(
        count_false_alarms(detector, threshold=threshold, years=years, seed=seed + at, model=model)
        for at, (threshold, years) in enumerate(plan)
    )
    return calibrated(counts, rates_per_year=rates_per_year, seed=seed)
