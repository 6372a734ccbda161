"""Calibrate `reported_drop`: the false alarms it raises in simulated years of pools' reports.

An alarm of the sum is false whenever it comes: nothing falls in these years. An alarm of a single
pool is false unless the pool's machines fell by a part that matters: they do move there.
"""

from dataclasses import dataclass, replace

import numpy as np

from hashquake.core.subject import POOLS
from hashquake.core.times import DAY_S
from hashquake.detect import reported_drop
from hashquake.forward.pool_reports import (
    SLOT_S,
    ReportedFall,
    ReportsModel,
    SimulatedReports,
    reported_years,
    simulate_reports,
)
from hashquake.judge.threshold_curve import Calibration, FalseAlarms, calibrated

BURN_IN_S = 30.0 * DAY_S
"""How long the detector learns before its alarms count."""
_FELL = 0.92
_USUAL = ReportsModel()
_FEW_POOLS = replace(
    _USUAL, shares=(0.2, 0.15, 0.1, 0.05), spans_s=(300.0, 600.0, 300.0, 300.0), digits=(0, 0, 0, 4)
)
MIXED_REPORTS = (
    _USUAL,
    replace(_USUAL, transient_share=0.03, transient_s=0.4 * DAY_S),
    replace(_USUAL, noise_share=0.015, noise_s=14_400.0),
    replace(_USUAL, noise_share=0.005, white_share=0.005, transient_share=0.01),
    _FEW_POOLS,
)
"""What thresholds are calibrated on: eight pools and four, short and long errors, calm and
restless years. Louder errors, many faults and many steps are left for the tests."""
HELD_OUT_REPORTS = (
    replace(_USUAL, noise_share=0.02, white_share=0.02),
    replace(
        _USUAL,
        faults_per_year=30.0,
        blips_per_year=120.0,
        freezes_per_year=30.0,
        silences_per_year=50.0,
    ),
    replace(_USUAL, steps_per_year=6.0, step_log=0.08, moves_per_year=15.0),
    replace(_FEW_POOLS, white_share=0.015, freedom=3.0, walk_share=0.015),
)
"""Years that play no part in the calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFalseAlarms:
    """False alarms in reports, of the sum and of single pools.

    Parameters
    ----------
    total, single : FalseAlarms
        Of the sum, and of all single pools together.
    single_true : int
        Alarms of single pools whose machines did move.
    """

    total: FalseAlarms
    single: FalseAlarms
    single_true: int


def count_reported_alarms(
    models: tuple[ReportsModel, ...], *, threshold: float, years: float, seed: int
) -> ReportedFalseAlarms:
    """Run the detector over simulated years in which nothing breaks.

    Parameters
    ----------
    models : tuple of ReportsModel
        Taken in turn, a year each.
    threshold : float
        Of the sum, in units of the usual spread.
    years, seed : float, int
        How many, and which luck.
    """
    total = single = true = n = 0
    for counted_from_s, found in reported_years(
        models, years=years, seed=seed, burn_in_s=BURN_IN_S
    ):
        n += 1
        state = detector_of(found, threshold)
        columns = found.reported._asdict()
        for pick in reported_drop.follow(state, **columns):
            if pick.detected_s < counted_from_s:
                continue
            if pick.subject == POOLS:
                total += 1
            elif _machines_left(found, pick.subject, pick.detected_s):
                true += 1
            else:
                single += 1
    return ReportedFalseAlarms(
        total=FalseAlarms(threshold=threshold, alarms=total, years=float(n)),
        single=FalseAlarms(
            threshold=reported_drop.DEFAULT.pool_threshold, alarms=single, years=float(n)
        ),
        single_true=true,
    )


def calibrate_reports(
    *, rates_per_year: tuple[float, ...], plan: tuple[tuple[float, float], ...], seed: int
) -> tuple[tuple[Calibration, ...], tuple[ReportedFalseAlarms, ...]]:
    """Find the thresholds of many rates, and count the alarms of single pools on the way.

    A parabola through the logs of the rates, each weighing as its count deserves, is read
    backwards; see `hashquake.judge.threshold_curve.calibrated`.

    Parameters
    ----------
    rates_per_year : tuple of float
        The rates wanted, within what the plan's thresholds give.
    plan : tuple of (float, float)
        Thresholds to count at, rising, and simulated years for each.
    seed : int
        Every threshold has its own luck, drawn from it.

    Raises
    ------
    UsageError
        ``false-alarms-range`` when the plan does not reach a rate.
    """
    found = tuple(
        count_reported_alarms(MIXED_REPORTS, threshold=threshold, years=years, seed=seed + at)
        for at, (threshold, years) in enumerate(plan)
    )
    counts = tuple(one.total for one in found)
    rows = calibrated(counts, rates_per_year=rates_per_year, seed=seed, degree=2)
    return rows, found


def reported_delays_s(
    model: ReportsModel,
    *,
    fall_share: float,
    threshold: float,
    runs: int,
    seed: int,
    learned_s: float = 12.0 * DAY_S,
    capped_s: float = 2.0 * DAY_S,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Measure how long the detector takes to call a lasting fall over all pools that report.

    Parameters
    ----------
    model : ReportsModel
        How pools report.
    fall_share : float
        The part that stops, 0 to 1.
    threshold : float
        Of the sum.
    runs, seed : int
        How often, and which luck.
    learned_s : float
        How long the detector has run before the fall, seconds, and up to a day more.
    capped_s : float
        A fall that is not called within this counts as this, seconds.

    Returns
    -------
    array of float64, shape (runs,)
        Seconds from the fall to the call.
    """
    delays = np.full(runs, capped_s)
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(runs)):
        rng = np.random.default_rng(child)
        fall_s = learned_s + float(rng.random()) * DAY_S
        found = simulate_reports(
            model,
            rng,
            days=(learned_s + DAY_S + capped_s) / DAY_S,
            fall=ReportedFall(start_s=fall_s, end_s=float("inf"), shares=(fall_share,)),
        )
        begun_s = found.start_s + fall_s
        columns = found.reported._asdict()
        for pick in reported_drop.follow(detector_of(found, threshold), **columns):
            if pick.subject == POOLS and pick.detected_s > begun_s:
                delays[at] = min(capped_s, pick.detected_s - begun_s)
                break
    return delays


def detector_of(found: SimulatedReports, threshold: float) -> reported_drop.ReportedDropState:
    """Return a detector that knows the pools of a simulation.

    Parameters
    ----------
    found : SimulatedReports
        Whose pools are named ``p00``, ``p01`` and so on.
    threshold : float
        Of the sum.
    """
    names = [f"p{pool:02d}" for pool in range(found.true_hps.shape[1])]
    return reported_drop.with_pools(reported_drop.start(threshold=threshold), names)


def _machines_left(found: SimulatedReports, subject: str, detected_s: float) -> bool:
    """Return whether a pool had less hash rate in the last hours than in the day before."""
    end = int((detected_s - found.start_s) // SLOT_S)
    recent = round(reported_drop.DEFAULT.pool_recent_s / SLOT_S)
    before = round(reported_drop.DEFAULT.pool_before_s / SLOT_S)
    true = found.true_hps[:, int(subject.removeprefix("pool:p"))]
    late = true[end - recent : end].mean()
    return bool(late < _FELL * true[max(0, end - recent - before) : end - recent].mean())
