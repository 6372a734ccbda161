"""Chains of many pools with machines in a place that went dark: the truth is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.interval import Interval
from hashquake.core.outage_intensity import DarkStretch, OutageIntensity
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.explain._exposure_reports import PoolReport
from hashquake.explain.pool_exposure import share_around

Floats = NDArray[np.float64]
BITS = 0x170B3CE9
ONSET_S = 1_640_000_000.0
SHARES = (0.20, 0.18, 0.15, 0.13, 0.11, 0.09, 0.06, 0.04, 0.025, 0.015)
BLOCK_S = 600.0
_STEP_S = 2.0 * HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOutage:
    """A chain with an outage imposed on it.

    ``dark_shares`` is the part of each pool that went dark and ``network_dark_share`` that of all,
    each pool weighed by what it would have mined in the dark time.
    """

    blocks: BlockColumns
    coverage: Coverage
    intensity: OutageIntensity
    map_share: Interval
    pools: tuple[str, ...]
    dark_shares: Floats
    network_dark_share: float
    reports: tuple[PoolReport, ...]


def make_outage(
    rng: np.random.Generator,
    *,
    days: float = 4.8,
    shares: tuple[float, ...] = SHARES,
    moves: float | None = None,
    dark_shares: Floats | None = None,
    concentration: float | None = None,
    onset_s: float = ONSET_S,
    country: str = "KZ",
) -> MadeOutage:
    """Make three weeks before, an outage, and eight days after.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    days : float
        Length of the outage.
    shares : tuple of float
        Of the pools, at the onset.
    moves : float or None
        How far machines that change pool move a pool's log rate in a day; None draws it from 0.01
        to 0.04.
    dark_shares : array or None
        Part of each pool that goes dark; None draws a place and pools in it.
    concentration : float or None
        How alike the pools are; None draws it from 3 to 12.
    onset_s : float
        UTC Unix seconds.
    country : str
        ISO 3166 alpha-2.
    """
    start_s, end_s = onset_s - 22.0 * DAY_S, onset_s + (days + 9.0) * DAY_S
    edges_s = np.arange(start_s, end_s + _STEP_S, _STEP_S)
    middle_s = (edges_s[1:] + edges_s[:-1]) / 2.0
    moves = float(np.exp(rng.uniform(np.log(0.01), np.log(0.04)))) if moves is None else moves
    place = float(1.0 / (1.0 + np.exp(-rng.normal(-1.6, 0.6))))
    if dark_shares is None:
        alike = (
            float(np.exp(rng.uniform(*np.log([3.0, 12.0]))))
            if concentration is None
            else concentration
        )
        complete = float(1.0 / (1.0 + np.exp(-rng.normal(0.6, 1.5))))
        dark_shares = complete * rng.beta(alike * place, alike * (1.0 - place), len(shares))
    level, rates = _rates(rng, middle_s, np.array(shares), moves)
    dark = (middle_s >= onset_s) & (middle_s < onset_s + days * DAY_S)
    lit = level * rates
    left = lit * np.where(dark, 1.0 - dark_shares[:, None], 1.0)
    blocks = _mine(rng, edges_s, left)
    window = Window(start_s=onset_s, end_s=onset_s + days * DAY_S)
    pools = tuple(f"pool{at:02d}" for at in range(len(shares)))
    noise = rng.normal(0.0, 0.3)
    told = float(1.0 / (1.0 + np.exp(-(np.log(place / (1.0 - place)) + noise))))
    return MadeOutage(
        blocks=blocks,
        coverage=Coverage((Window(start_s=start_s, end_s=end_s),)),
        intensity=OutageIntensity(
            event=f"made-{country}",
            country=country,
            place=country,
            stretches=(DarkStretch(window=window, depth_share=1.0),),
        ),
        map_share=share_around(told),
        pools=pools,
        dark_shares=dark_shares,
        network_dark_share=float((lit[:, dark].sum(axis=1) / lit[:, dark].sum()) @ dark_shares),
        reports=_reports(rng, pools, left, middle_s, onset_s, blocks),
    )


def _rates(
    rng: np.random.Generator, middle_s: Floats, shares: Floats, moves: float
) -> tuple[Floats, Floats]:
    """Return the network's level and the pools' shares: walk, transient, growth, moves."""
    step_d = _STEP_S / DAY_S
    n_cells = len(middle_s)
    walk = np.cumsum(rng.normal(0.0, 0.009 * np.sqrt(step_d), n_cells))
    kept = np.exp(-step_d / 0.7)
    transient = np.empty(n_cells)
    transient[0] = rng.normal(0.0, 0.02)
    for at in range(1, n_cells):
        transient[at] = kept * transient[at - 1] + rng.normal(0.0, 0.02 * np.sqrt(1.0 - kept**2))
    growth = 0.001 * np.arange(n_cells) * step_d
    drift = np.cumsum(rng.normal(0.0, moves * np.sqrt(step_d), (len(shares), n_cells)), axis=1)
    rates = shares[:, None] * np.exp(drift)
    return np.exp(walk + transient + growth), rates / rates.sum(axis=0)


def _mine(rng: np.random.Generator, edges_s: Floats, rates: Floats) -> BlockColumns:
    counts = rng.poisson(rates * _STEP_S / BLOCK_S)
    pool, cell = np.nonzero(counts)
    repeats = counts[pool, cell]
    pool, cell = np.repeat(pool, repeats), np.repeat(cell, repeats)
    header_s = edges_s[cell] + rng.uniform(0.0, _STEP_S, len(cell))
    order = np.argsort(header_s)
    return BlockColumns.build(
        height=np.arange(len(order)) + 2016 * 350 + 5,
        header_s=header_s[order].astype(np.int64),
        bits=np.full(len(order), BITS),
        pool_code=pool[order],
        pool_names=tuple(f"pool{at:02d}" for at in range(len(rates))),
    )


def _reports(
    rng: np.random.Generator,
    pools: tuple[str, ...],
    rates: Floats,
    middle_s: Floats,
    onset_s: float,
    blocks: BlockColumns,
) -> tuple[PoolReport, ...]:
    """Return daily reports: right to a hundredth with heavy tails, times the pool's own bias."""
    unit_hps = float(blocks.work_hashes[0]) / BLOCK_S
    made = []
    for row, pool in enumerate(pools):
        bias = rng.normal(0.0, 0.05)
        for day in range(-5, 5):
            start_s = onset_s + day * DAY_S
            held = (middle_s >= start_s) & (middle_s < start_s + DAY_S)
            mean = float(rates[row, held].mean())
            if mean <= 0.0:
                continue
            told = np.log(mean * unit_hps) + bias + 0.01 * rng.standard_t(4)
            made.append(
                PoolReport(
                    pool=pool,
                    window=Window(start_s=start_s, end_s=start_s + DAY_S),
                    hashrate_hps=float(np.exp(told)),
                )
            )
    return tuple(made)
