"""Networks whose pools report, made without the program's own simulator.

Plain NumPy, written apart from `hashquake.forward.pool_reports`, on which thresholds are
calibrated, and with other laws: hash rate moves in steps of hours, shares by a walk on the simplex,
errors are moving averages, faults last lengths of a heavy tail, whole pools change how they count.
Blocks are drawn from the same hash rate.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import work_of_bits_hashes
from hashquake.core.reading import Reading
from hashquake.core.window import Window

Floats = NDArray[np.float64]
SLOT_S, HOUR_S, DAY_S = 300.0, 3600.0, 86_400.0
T0_S = 1_735_689_600.0
BITS = 0x170B8C8B
RATE_HPS = work_of_bits_hashes(BITS) / 600.0


@dataclass(frozen=True, kw_only=True)
class Telemetry:
    """How pools report.

    Parameters
    ----------
    shares : tuple of float
        Of the network, of the pools that report.
    walk, wobble, wobble_s : float
        Of the network's log rate: after a day; a deviation that returns to zero, and how fast.
    share_walk : float
        Of the log of each pool's share, after a day.
    noise, noise_slots : float, int
        Error of a report, and over how many slots it is a moving average.
    wrong_per_year, stuck_per_year, quiet_per_year : float
        Faults of each pool: a wrong factor, a repeated value, silence.
    recounts_per_year : float
        How often a pool changes how it counts, by up to 10 %.
    lies : tuple of (int, float, float)
        Pools that report a multiple of the truth, and from when, seconds.
    fall : (float, float) or None
        When, seconds, and which part of all hash rate stops for good.
    """

    shares: tuple[float, ...] = (0.16, 0.12, 0.09, 0.06, 0.04, 0.03)
    walk: float = 0.009
    wobble: float = 0.02
    wobble_s: float = 0.7 * DAY_S
    share_walk: float = 0.02
    noise: float = 0.015
    noise_slots: int = 5
    wrong_per_year: float = 10.0
    stuck_per_year: float = 8.0
    quiet_per_year: float = 20.0
    recounts_per_year: float = 1.0
    lies: tuple[tuple[int, float, float], ...] = ()
    fall: tuple[float, float] | None = None
    growth_per_day: float = field(default=0.001)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A world.

    Parameters
    ----------
    rate_hps : array of float64, shape (slots,)
        Of the network.
    pool_rates_hps : array of float64, shape (slots, pools)
        Of the pools that report.
    pool, end_s, span_s, value : array, shape (n,)
        Reports in the order in which they end.
    blocks : BlockColumns
        Drawn from the same rate.
    """

    rate_hps: Floats
    pool_rates_hps: Floats
    pool: NDArray[np.int64]
    end_s: Floats
    span_s: Floats
    value: Floats
    blocks: BlockColumns

    def readings(self) -> tuple[Reading, ...]:
        """Return the reports as readings."""
        return tuple(
            Reading(
                subject=f"pool:p{pool:02d}",
                quantity="hashrate_hps",
                window=Window(start_s=end_s - span_s, end_s=end_s),
                value=value,
                source=f"pool_p{pool:02d}",
            )
            for pool, end_s, span_s, value in zip(
                self.pool.tolist(),
                self.end_s.tolist(),
                self.span_s.tolist(),
                self.value.tolist(),
                strict=True,
            )
        )


def make(model: Telemetry, seed: int, *, days: float) -> Told:
    """Draw a world."""
    rng = np.random.default_rng(seed)
    hours, per = round(days * 24), 12
    level = np.cumsum(model.walk / np.sqrt(24) * rng.laplace(0, np.sqrt(0.5), hours))
    level += model.growth_per_day / 24 * np.arange(hours)
    keep, wobble = 1.0 - HOUR_S / model.wobble_s, np.zeros(hours)
    wobble[0] = model.wobble * rng.standard_normal()
    for hour in range(1, hours):
        kick = model.wobble * np.sqrt(1.0 - keep**2) * rng.standard_normal()
        wobble[hour] = keep * wobble[hour - 1] + kick
    log_rate = np.interp(np.arange(hours * per) / per, np.arange(hours), level + wobble)
    rate = RATE_HPS * np.exp(log_rate)
    if model.fall is not None:
        rate[int(model.fall[0] // SLOT_S) :] *= 1.0 - model.fall[1]
    shares = _shares(model, rng, hours, per)
    own = rate[:, None] * shares[:, : len(model.shares)]
    columns = [_reports(model, rng, own[:, p], p) for p in range(len(model.shares))]
    pool, end_s, span_s, value = (np.concatenate(part) for part in zip(*columns, strict=True))
    order = np.lexsort((pool, end_s))
    return Told(
        rate_hps=rate,
        pool_rates_hps=own,
        pool=pool[order].astype(np.int64),
        end_s=end_s[order],
        span_s=span_s[order],
        value=value[order],
        blocks=_blocks(rng, rate, shares),
    )


def _shares(model: Telemetry, rng: np.random.Generator, hours: int, per: int) -> Floats:
    """Walk on the simplex: what the pools that report lose, others gain."""
    rest = 1.0 - sum(model.shares)
    base = np.log(np.array([*model.shares, 0.6 * rest, 0.4 * rest]))
    walk = np.cumsum(rng.standard_normal((hours, len(base))), axis=0)
    raw = np.exp(base + model.share_walk / np.sqrt(24) * walk)
    return np.repeat(raw / raw.sum(axis=1, keepdims=True), per, axis=0)


def _reports(
    model: Telemetry, rng: np.random.Generator, true: Floats, pool: int
) -> tuple[NDArray[Any], ...]:
    slots, years = len(true), len(true) * SLOT_S / (365.25 * DAY_S)
    raw = rng.standard_normal(slots + model.noise_slots)
    window = np.ones(model.noise_slots) / np.sqrt(model.noise_slots)
    error = np.exp(model.noise * np.convolve(raw, window, "valid")[:slots])
    said = true * error
    for _ in range(rng.poisson(model.recounts_per_year * years)):
        said[rng.integers(slots) :] *= 1.0 + 0.1 * (2.0 * rng.random() - 1.0)
    for liar, factor, from_s in model.lies:
        if liar == pool:
            said[int(from_s // SLOT_S) :] *= factor
    every = 1 + pool % 2
    at = np.arange(every - 1, slots, every)
    value = said[at] if every == 1 else (said[at] + said[at - 1]) / 2.0
    keep = np.ones(len(at), bool)
    for _ in range(rng.poisson(model.wrong_per_year * years)):
        start = int(rng.integers(len(at)))
        length = 1 + int(4.0 * rng.pareto(1.5))
        value[start : start + length] *= rng.choice([0.0, 0.1, 0.5, 1.6, 1000.0])
    for _ in range(rng.poisson(model.stuck_per_year * years)):
        start = int(rng.integers(len(at)))
        value[start : start + 1 + int(24.0 * rng.pareto(1.5))] = value[start]
    for _ in range(rng.poisson(model.quiet_per_year * years)):
        start = int(rng.integers(len(at)))
        keep[start : start + 1 + int(12.0 * rng.pareto(1.2))] = False
    value = np.rint(value / 1e12) * 1e12
    end_s = T0_S + (at + 1.0) * SLOT_S
    span_s = np.full(len(at), every * SLOT_S)
    return np.full(len(at), float(pool))[keep], end_s[keep], span_s[keep], value[keep]


def _blocks(rng: np.random.Generator, rate: Floats, shares: Floats) -> BlockColumns:
    """Draw blocks at one difficulty, each with its pool."""
    expected = np.concatenate([[0.0], np.cumsum(rate * SLOT_S)]) / work_of_bits_hashes(BITS)
    luck = np.cumsum(rng.standard_exponential(round(expected[-1] * 1.2) + 100))
    luck = luck[luck < expected[-1]]
    times = T0_S + np.interp(luck, expected, np.arange(len(expected)) * SLOT_S)
    slot = np.minimum(((times - T0_S) // SLOT_S).astype(int), len(rate) - 1)
    edges = np.cumsum(shares[slot], axis=1)
    codes = (rng.random(len(times))[:, None] > edges).sum(axis=1)
    return BlockColumns.build(
        height=np.arange(len(times)) + 2016,
        header_s=np.floor(times).astype(np.int64),
        bits=np.full(len(times), BITS, np.uint32),
        seen_s=times,
        pool_code=np.minimum(codes, shares.shape[1] - 1).astype(np.int32),
        pool_names=tuple(f"p{pool:02d}" for pool in range(shares.shape[1])),
    )
