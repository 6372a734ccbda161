"""Hash rates that pools report while nothing breaks, with all that goes wrong with reports.

The null against which `reported_drop` is calibrated. The true hash rates of the pools that report
move as in `hashquake.forward.null` and `hashquake.forward.pool_null`; machines also move from one
of them to another, which leaves their sum as it was. What a pool says differs from the truth by a
bias that walks and steps, by an autocorrelated error and by one of its own with heavy tails; and
the interface fails: wrong values, repeated values, other units, silence, pools that come and go.
Theory: ``docs/theory/reported_drop.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from hashquake.core.times import DAY_S, YEAR_S

Floats = NDArray[np.float64]
SLOT_S = 300.0
"""Pools publish a value every five minutes, or a whole multiple of that."""
_SLOTS_PER_YEAR = YEAR_S / SLOT_S
_PETA = 1e15


class Reported(NamedTuple):
    """Reports as columns, in the order in which they end.

    Parameters
    ----------
    pool : array of int64, shape (n,)
        The number of each pool, from 0.
    end_s, span_s : array of float64, shape (n,)
        The end of the time that each is about, UTC Unix seconds, and its length.
    value : array of float64, shape (n,)
        Hashes per second.
    """

    pool: NDArray[np.int64]
    end_s: Floats
    span_s: Floats
    value: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsModel:
    """How pools report when nothing breaks. Rates of faults are per pool.

    Parameters
    ----------
    shares : tuple of float
        Shares of the network's hash rate of the pools that report.
    spans_s : tuple of float
        The time over which each pool takes the mean, and between two of its values.
    hashrate_hps : float
        Of the whole network at first.
    walk_share, transient_share, transient_s : float
        Of the network: random walk of the log after a day, and the short-lived part on top.
    pool_walk_share, pool_return_s : float
        The same walk of each pool by itself, and the time with which it is drawn back.
    moves_per_year, move_share, move_s, stay_s : float
        How often machines move from a pool to another that reports, the mean part of the pool that
        moves, over how long, and how long they stay.
    bias_walk_share, steps_per_year, step_log : float
        Of what a pool says over the truth: walk after a day, steps and their mean size.
    noise_share, noise_s : float
        The error that lasts, and its time constant.
    white_share, freedom : float
        The error of each value, and the degrees of freedom of its Student's law.
    faults_per_year, fault_s : float
        Wrong values: 0, a part of the truth, or up to twice it.
    blips_per_year, common_blips_per_year : float
        Outages of a pool, and of all at once, that last one value.
    freezes_per_year, freeze_s : float
        The same value again and again.
    units_per_year, unit_s : float
        Values in another unit: a thousand times more or less.
    silences_per_year, silence_s, lost_share : float
        No values for a time, and the part of single values that is lost.
    absences_per_year, absence_s : float
        A pool stops to publish, and begins again.
    digits : tuple of int
        Significant digits of each pool's values; 0 is all.
    """

    shares: tuple[float, ...] = (0.15, 0.12, 0.08, 0.06, 0.04, 0.03, 0.02, 0.01)
    spans_s: tuple[float, ...] = (300.0, 600.0, 300.0, 600.0, 300.0, 300.0, 600.0, 300.0)
    hashrate_hps: float = 9e20
    walk_share: float = 0.009
    transient_share: float = 0.02
    transient_s: float = 0.7 * DAY_S
    pool_walk_share: float = 0.025
    pool_return_s: float = 60.0 * DAY_S
    moves_per_year: float = 6.0
    move_share: float = 0.10
    move_s: float = 1800.0
    stay_s: float = 20.0 * DAY_S
    bias_walk_share: float = 0.003
    steps_per_year: float = 2.0
    step_log: float = 0.05
    noise_share: float = 0.01
    noise_s: float = 1800.0
    white_share: float = 0.01
    freedom: float = 4.0
    faults_per_year: float = 12.0
    fault_s: float = 1800.0
    blips_per_year: float = 50.0
    common_blips_per_year: float = 10.0
    freezes_per_year: float = 12.0
    freeze_s: float = 4.0 * 3600.0
    units_per_year: float = 0.5
    unit_s: float = 12.0 * 3600.0
    silences_per_year: float = 20.0
    silence_s: float = 3600.0
    lost_share: float = 0.02
    absences_per_year: float = 0.5
    absence_s: float = 15.0 * DAY_S
    digits: tuple[int, ...] = (0, 0, 0, 0, 0, 4, 0, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFall:
    """A fall imposed on the machines behind the reports.

    Parameters
    ----------
    start_s, end_s : float
        When, seconds after the start of the simulation.
    shares : tuple of float
        The part of each pool's hash rate that stops, 0 to 1; one number is that of all.
    """

    start_s: float
    end_s: float
    shares: tuple[float, ...]


class SimulatedReports(NamedTuple):
    """What pools reported, and what was true.

    Parameters
    ----------
    reported : Reported
        The reports.
    true_hps : array of float64, shape (slots, pools)
        Mean hash rate of each pool in each slot of `SLOT_S`, hashes per second.
    network_hps : array of float64, shape (slots,)
        Of the whole network.
    start_s : float
        Start of the first slot, UTC Unix seconds.
    """

    reported: Reported
    true_hps: Floats
    network_hps: Floats
    start_s: float


def simulate_reports(
    model: ReportsModel,
    rng: np.random.Generator,
    *,
    days: float,
    start_s: float = 1.6e9,
    fall: ReportedFall | None = None,
) -> SimulatedReports:
    """Simulate a stretch of reports.

    Parameters
    ----------
    model : ReportsModel
        How pools report.
    rng : numpy Generator
        Source of randomness.
    days : float
        How long.
    start_s : float
        UTC Unix seconds, a multiple of `SLOT_S`.
    fall : ReportedFall or None
        A fall to impose.
    """
    n, pools = round(days * DAY_S / SLOT_S), len(model.shares)
    network, true = _true_hps(model, rng, n)
    if fall is not None:
        begin, end = fall.start_s / SLOT_S, min(fall.end_s / SLOT_S, float(n))
        # A fall within a slot moves the mean of that slot by the part that remains of it.
        inside = np.clip(
            np.minimum(np.arange(n) + 1.0, end) - np.maximum(np.arange(n), begin), 0, 1
        )
        shares = np.broadcast_to(np.array(fall.shares), (pools,))
        lost = true * inside[:, None] * shares
        network, true = network - lost.sum(axis=1), true - lost
    said, spoke = _said(model, rng, true)
    parts = []
    for pool in range(pools):
        every = round(model.spans_s[pool] / SLOT_S)
        ends = np.arange(every, n + 1, every)
        # The mean over the pool's span of the truth, with the errors of its last slot.
        means = np.add.reduceat(true[: ends[-1], pool], ends - every) / every
        last = ends - 1
        value = means * said[last, pool]
        keep = spoke[last, pool]
        value = _repeated(model, rng, value, pool)
        parts.append(
            Reported(
                pool=np.full(int(keep.sum()), pool),
                end_s=start_s + ends[keep] * SLOT_S,
                span_s=np.full(int(keep.sum()), every * SLOT_S),
                value=value[keep],
            )
        )
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[0], columns[1]))
    reported = Reported(*(column[order] for column in columns))
    return SimulatedReports(reported=reported, true_hps=true, network_hps=network, start_s=start_s)


def reported_years(
    models: tuple[ReportsModel, ...], *, years: float, seed: int, burn_in_s: float
) -> Iterator[tuple[float, SimulatedReports]]:
    """Simulate independent years of reports, the models in turn.

    Parameters
    ----------
    models : tuple of ReportsModel
        Each year takes the next.
    years : float
        In all; burn-in is not counted.
    seed : int
        The same seed gives the same years.
    burn_in_s : float
        Added at the start of each.

    Yields
    ------
    float and SimulatedReports
        When the burn-in is over, UTC Unix seconds, and the reports.
    """
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(max(1, round(years)))):
        found = simulate_reports(
            models[at % len(models)],
            np.random.default_rng(child),
            days=(YEAR_S + burn_in_s) / DAY_S,
        )
        yield found.start_s + burn_in_s, found


def _true_hps(model: ReportsModel, rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Return the hash rate of the network and of each pool in every slot."""
    pools, day = len(model.shares), SLOT_S / DAY_S
    walk = np.cumsum(rng.standard_normal(n)) * model.walk_share * np.sqrt(day)
    level = walk + _returning(rng, (n,), model.transient_share, model.transient_s)
    network = model.hashrate_hps * np.exp(level)
    spread = model.pool_walk_share * np.sqrt(model.pool_return_s / DAY_S / 2.0)
    own = np.array(model.shares) * np.exp(_returning(rng, (n, pools), spread, model.pool_return_s))
    moved = np.zeros((n, pools))
    if pools > 1:
        for giver in range(pools):
            for start, stay in _spans(rng, n, model.moves_per_year, model.stay_s):
                taker = (giver + 1 + int(rng.integers(pools - 1))) % pools
                part = min(0.4, float(rng.exponential(model.move_share))) * model.shares[giver]
                ramp = max(1.0, float(rng.exponential(model.move_s)) / SLOT_S)
                at = np.arange(start, n)
                amount = part * np.clip((at - start + 1) / ramp, 0, 1)
                amount -= part * np.clip((at - start - stay + 1) / ramp, 0, 1)
                moved[start:, giver] -= amount
                moved[start:, taker] += amount
    return network, network[:, None] * np.maximum(own + moved, 0.05 * own)


def _said(
    model: ReportsModel, rng: np.random.Generator, true: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return what each pool says over the truth in every slot, and whether it says anything."""
    n, pools = true.shape
    bias = np.cumsum(rng.standard_normal((n, pools)), axis=0)
    log = bias * model.bias_walk_share * np.sqrt(SLOT_S / DAY_S)
    log += _returning(rng, (n, pools), model.noise_share, model.noise_s)
    log += model.white_share * rng.standard_t(model.freedom, (n, pools))
    factor = np.ones((n, pools))
    spoke = rng.random((n, pools)) >= model.lost_share
    for pool in range(pools):
        for start, _ in _spans(rng, n, model.steps_per_year, SLOT_S):
            log[start:, pool] += rng.laplace(0.0, model.step_log)
        for start, length in _spans(rng, n, model.faults_per_year, model.fault_s):
            wrong = (0.0, float(rng.random()), float(2.0 * rng.random()))
            factor[start : start + length, pool] = wrong[int(rng.integers(3))]
        for start, _ in _spans(rng, n, model.blips_per_year, SLOT_S):
            factor[start, pool] *= 0.7 * rng.random()
        for start, length in _spans(rng, n, model.units_per_year, model.unit_s):
            factor[start : start + length, pool] *= 1000.0 ** rng.choice([-1.0, 1.0])
        for start, length in _spans(rng, n, model.silences_per_year, model.silence_s):
            spoke[start : start + length, pool] = False
        for start, length in _spans(rng, n, model.absences_per_year, model.absence_s):
            spoke[start : start + length, pool] = False
    for start, _ in _spans(rng, n, model.common_blips_per_year, SLOT_S):
        factor[start] *= 0.7 * rng.random()
    return np.exp(log) * factor, spoke


def _repeated(model: ReportsModel, rng: np.random.Generator, value: Floats, pool: int) -> Floats:
    """Round a pool's values to its digits, and repeat them while they are frozen."""
    if model.digits[pool]:
        place = 10.0 ** (np.floor(np.log10(np.maximum(value, 1.0))) - model.digits[pool] + 1)
        value = np.rint(value / place) * place
    else:
        value = np.rint(value / _PETA * 1e6) / 1e6 * _PETA
    value = value.copy()
    every = model.spans_s[pool] / SLOT_S
    for start, length in _spans(rng, len(value), model.freezes_per_year * every, model.freeze_s):
        value[start : start + max(1, round(length / every))] = value[start]
    return value


def _returning(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, return_s: float
) -> Floats:
    """Draw Ornstein-Uhlenbeck paths in slots, shape (slots, ...)."""
    keep = float(np.exp(-SLOT_S / return_s))
    kicks = rng.standard_normal(shape)
    kicks[1:] *= np.sqrt(1.0 - keep * keep)
    path: Floats = lfilter([1.0], [1.0, -keep], kicks, axis=0)
    return spread * path


def _spans(
    rng: np.random.Generator, n: int, per_year: float, mean_s: float
) -> Iterator[tuple[int, int]]:
    """Draw stretches of slots: Poisson in number, exponential in length."""
    for _ in range(rng.poisson(per_year * n / _SLOTS_PER_YEAR)):
        yield int(rng.integers(n)), max(1, round(float(rng.exponential(mean_s)) / SLOT_S))
