"""How fast the hash rate drifts and grows, learned from the blocks themselves.

Hypotheses about drift and growth are followed in parallel: each is a discounted gamma filter of
the rate, and each batch of blocks weighs it by how well that filter predicted the batch. The
weights forget, so that they are about the hash rate as it has been lately, and fall back to a prior
where nothing is known. Everything that judges a change asks here what no change looks like.

Sources: Gamma-Poisson filter with discounted information, key ``west-harrison-1997``; weights that
forget, key ``raftery-et-al-2010``; both in ``docs/refs.bib``.
"""

from dataclasses import dataclass, replace
from math import exp, inf, lgamma, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S
from hashquake.estimate.clock import VOUCH_AFTER, vouched_s

Floats = NDArray[np.float64]

BATCH_BLOCKS = 24
"""Blocks between two updates of the weights."""
MEMORY_DAYS = 270.0
"""Time constant with which the weights forget."""
WORTH = 0.92
"""What a block counts for here: the short transient adds 8 % to the variance of the counts."""
MOST_NATS = 2.0
"""The most one batch can tell against a hypothesis: a break says nothing about drift."""

_WALKS = (0.004, 0.0065, 0.0095, 0.014, 0.021, 0.032)
_WALK_CHANCES = (0.08, 0.22, 0.30, 0.22, 0.12, 0.06)
_GROWTHS = (0.0, 0.002, 0.0052)
_GROWTH_CHANCES = (0.45, 0.40, 0.15)

# Rows of a belief, one column a hypothesis.
LOG_WEIGHT, SHAPE, RATE = range(3)
BELIEF_ROWS = 3


class Hypotheses(NamedTuple):
    """What may be the case.

    Parameters
    ----------
    walk_variance : array of float, shape (h,)
        Variance of the log rate's random walk after a day.
    growth_log_per_day : array of float, shape (h,)
        Mean growth of the log rate.
    log_prior : array of float, shape (h,)
        Log probability before any block.
    """

    walk_variance: Floats
    growth_log_per_day: Floats
    log_prior: Floats


def hypotheses() -> Hypotheses:
    """Return the grid of drifts and growths in use."""
    walk, growth = np.meshgrid(_WALKS, _GROWTHS, indexing="ij")
    chance = np.outer(_WALK_CHANCES, _GROWTH_CHANCES).ravel()
    return Hypotheses(
        walk_variance=walk.ravel() ** 2,
        growth_log_per_day=growth.ravel(),
        log_prior=np.log(chance / chance.sum()),
    )


@kernel
def learn(
    before: Floats,
    after: Floats,
    grid: Hypotheses,
    blocks: float,
    exposure: float,
    days: float,
) -> None:
    """Weigh the hypotheses by a batch of blocks.

    Parameters
    ----------
    before, after : array of float, shape (3, h)
        The belief, and where the next one is written.
    grid : Hypotheses
        What may be the case.
    blocks, exposure, days : float
        The batch: its blocks, time over work summed over its gaps, and its length.
    """
    n, passed = WORTH * blocks, WORTH * exposure
    keep = exp(-days / (MEMORY_DAYS))
    highest = -1e300
    for h in range(before.shape[1]):
        shape, rate = before[SHAPE, h], before[RATE, h]
        evidence = 0.0
        if shape > 0.0:
            known = 1.0 / (1.0 / shape + grid.walk_variance[h] * days)
            rate *= known / shape * exp(-grid.growth_log_per_day[h] * days)
            shape = known
            evidence = (
                lgamma(shape + n)
                - lgamma(shape)
                + shape * log(rate)
                - (shape + n) * log(rate + passed)
            )
        after[SHAPE, h] = shape + n
        after[RATE, h] = rate + passed
        after[LOG_WEIGHT, h] = evidence
        highest = max(highest, evidence)
    total = 0.0
    for h in range(before.shape[1]):
        evidence = max(after[LOG_WEIGHT, h] - highest, -MOST_NATS)
        weight = keep * before[LOG_WEIGHT, h] + (1.0 - keep) * grid.log_prior[h] + evidence
        after[LOG_WEIGHT, h] = weight
        total += exp(weight)
    for h in range(before.shape[1]):
        after[LOG_WEIGHT, h] -= log(total)


@kernel
def drift_now(belief: Floats, grid: Hypotheses) -> tuple[float, float]:
    """Return the expected variance of a day's drift, and the expected growth per day.

    Parameters
    ----------
    belief : array of float, shape (3, h)
        As `learn` leaves it.
    grid : Hypotheses
        What it is about.
    """
    variance, growth = 0.0, 0.0
    for h in range(belief.shape[1]):
        chance = exp(belief[LOG_WEIGHT, h])
        variance += chance * grid.walk_variance[h]
        growth += chance * grid.growth_log_per_day[h]
    return variance, growth


def begin(belief: Floats, grid: Hypotheses) -> None:
    """Set a belief to what is thought before any block.

    Parameters
    ----------
    belief : array of float64, shape (rows, hypotheses)
        Overwritten.
    grid : Hypotheses
        What each hypothesis says of the drift.
    """
    belief[LOG_WEIGHT] = grid.log_prior
    belief[[SHAPE, RATE]] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """What is thought of the drift of a hash rate at an instant.

    Parameters
    ----------
    walk_log_per_sqrt_day : array of float, shape (h,)
        Standard deviations of the log rate's random walk after a day that may be the case.
    growth_log_per_day : array of float, shape (h,)
        Mean growth that goes with each.
    chance : array of float, shape (h,)
        Their probabilities; they sum to 1.
    """

    walk_log_per_sqrt_day: Floats
    growth_log_per_day: Floats
    chance: Floats

    @property
    def walk(self) -> float:
        """Root of the expected variance of a day's drift."""
        return float(np.sqrt(self.chance @ self.walk_log_per_sqrt_day**2))

    @property
    def growth(self) -> float:
        """Expected growth of the log rate per day."""
        return float(self.chance @ self.growth_log_per_day)

    def with_walk(self, more_log_per_sqrt_day: float) -> "Drift":
        """Return the drift of a subject that walks by itself on top, such as a pool.

        Parameters
        ----------
        more_log_per_sqrt_day : float
            Standard deviation of the subject's own walk after a day, of the natural logarithm.
        """
        walk = np.hypot(self.walk_log_per_sqrt_day, more_log_per_sqrt_day)
        return replace(self, walk_log_per_sqrt_day=walk)

    def without_growth(self) -> "Drift":
        """Return the drift that may go either way, for what is compared with a level as it was."""
        return replace(self, growth_log_per_day=np.zeros_like(self.growth_log_per_day))


def learned(blocks: BlockColumns, *, until_s: float = inf) -> Drift:
    """Return what the blocks before an instant show of drift and growth.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order; months of them, or what is thought before any block remains.
    until_s : float
        UTC Unix seconds; later blocks are not used.
    """
    clock_s = _clock_s(blocks)
    return _learned(blocks, clock_s, (int(np.searchsorted(clock_s, until_s)),))[0]


def learned_course(blocks: BlockColumns, counts: tuple[int, ...]) -> tuple[Drift, ...]:
    """Return what the first so many blocks show of drift and growth, for several numbers.

    One pass for all of them, for back-tests; never a look ahead.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    counts : tuple of int
        How many blocks are known, increasing.
    """
    # The times of the last blocks are vouched for by those that follow, which are not known yet.
    return _learned(blocks, _clock_s(blocks), tuple(max(0, n - VOUCH_AFTER) for n in counts))


def _clock_s(blocks: BlockColumns) -> Floats:
    clock_s: Floats = np.maximum.accumulate(vouched_s(blocks.header_s.astype(np.float64)))
    return clock_s


def _learned(blocks: BlockColumns, clock_s: Floats, counts: tuple[int, ...]) -> tuple[Drift, ...]:
    grid = hypotheses()
    passed = np.concatenate([[0.0], np.cumsum(np.diff(clock_s) / blocks.work_hashes[1:])])
    ends = np.arange(0, max(counts, default=0), BATCH_BLOCKS)
    # A batch with missing heights carries no information.
    whole = np.diff(blocks.height[ends]) == BATCH_BLOCKS
    belief = np.zeros((BELIEF_ROWS, len(grid.log_prior)))
    begin(belief, grid)
    course = _learn_all(belief, grid, np.diff(passed[ends]), np.diff(clock_s[ends]) / DAY_S, whole)
    found = []
    for n in counts:
        chance = np.exp(course[max(0, (n - 1) // BATCH_BLOCKS)])
        found.append(
            Drift(
                walk_log_per_sqrt_day=np.sqrt(grid.walk_variance),
                growth_log_per_day=grid.growth_log_per_day,
                chance=chance / chance.sum(),
            )
        )
    return tuple(found)


def _learn_all(
    belief: Floats, grid: Hypotheses, exposure: Floats, days: Floats, whole: NDArray[np.bool_]
) -> Floats:
    """Learn from batches in turn; return the log weights before any and after each.

    This is `learn` over months of batches, once an answer, in NumPy: only what goes from batch to
    batch is done batch by batch.
    """
    n, passed = WORTH * BATCH_BLOCKS, WORTH * exposure[whole]
    days = days[whole]
    shapes = np.empty((len(days), len(grid.log_prior)))
    rates = np.empty_like(shapes)
    widened = np.outer(days, grid.walk_variance)
    grown = np.exp(-np.outer(days, grid.growth_log_per_day))
    shape, rate = belief[SHAPE], belief[RATE]
    for at, more in enumerate(passed.tolist()):
        if shape[0] > 0.0:
            known = 1.0 / (1.0 / shape + widened[at])
            rate = rate * (known / shape * grown[at])
            shape = known
        shapes[at], rates[at] = shape, rate
        shape, rate = shape + n, rate + more
    evidence = _evidence(shapes, rates, n, passed)
    keep = np.exp(-days / MEMORY_DAYS)
    after = np.empty_like(shapes)
    weight = belief[LOG_WEIGHT]
    for at, kept in enumerate(keep.tolist()):
        weight = kept * weight + (1.0 - kept) * grid.log_prior + evidence[at]
        weight -= np.log(np.exp(weight).sum())
        after[at] = weight
    known_batches = np.concatenate([[0], np.cumsum(whole)])
    course: Floats = np.concatenate([belief[None, LOG_WEIGHT], after])[known_batches]
    return course


def _evidence(shape: Floats, rate: Floats, n: float, passed: Floats) -> Floats:
    """Return how well each hypothesis predicted each batch, at worst `MOST_NATS` below the best."""
    known = shape[:, 0] > 0.0
    evidence = np.zeros_like(shape)
    shape, rate = shape[known], rate[known]
    evidence[known] = (
        _log_gamma(shape + n)
        - _log_gamma(shape)
        + shape * np.log(rate)
        - (shape + n) * np.log(rate + passed[known, None])
    )
    behind: Floats = np.maximum(evidence - evidence.max(axis=1, keepdims=True), -MOST_NATS)
    return behind


def _log_gamma(at: Floats) -> Floats:
    return np.fromiter(map(lgamma, at.ravel().tolist()), np.float64, at.size).reshape(at.shape)
