"""Years in which things happen to miners: shocks of known cause imposed on a simulated network.

Made to ask whether the probabilities given to causes are right.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.times import DAY_S, HOUR_S, YEAR_S
from hashquake.core.window import Window
from hashquake.forward.null import SimulatedDrop, advance, start
from hashquake.forward.pool_null import PoolNullState, label_blocks, start_pools
from hashquake.forward.shock_model import Happening, Notice, ShockModel, TrueShock

Floats = NDArray[np.float64]
_CHUNK_BLOCKS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShockedYears:
    """A simulated stretch with its truth.

    Parameters
    ----------
    blocks : BlockColumns
        What was mined.
    notices : tuple of Notice
        What was documented.
    shocks : tuple of TrueShock
        What really happened.
    """

    blocks: BlockColumns
    notices: tuple[Notice, ...]
    shocks: tuple[TrueShock, ...]


def shocked_years(model: ShockModel, rng: np.random.Generator, *, years: float) -> ShockedYears:
    """Simulate years of shocks.

    Parameters
    ----------
    model : ShockModel
        What happens, how often.
    rng : numpy Generator
        Source of randomness.
    years : float
        How long; nothing happens in the first 60 days, in which detectors learn the level.
    """
    state = start(model.null, rng)
    begin_s, end_s = state.clock_s, state.clock_s + years * YEAR_S
    notices, shocks = draw_shocks(
        model, rng, window=Window(start_s=begin_s + 60 * DAY_S, end_s=end_s)
    )
    holdings = _Holdings.draw(model, rng)
    pools = start_pools(model.pools, rng)
    pieces: list[BlockColumns] = []
    labelled: list[BlockColumns] = []
    running: tuple[TrueShock, ...] = ()
    while state.clock_s < end_s:
        now_s = state.clock_s
        on = tuple(one for one in shocks if one.window.start_s <= now_s < one.window.end_s)
        if on != running and pieces:
            whole, pools = _labelled(model, pools, rng, pieces, holdings.left(running))
            labelled.append(whole)
            pieces = []
        running = on
        away = 1.0 - float(np.prod([1.0 - one.loss_share for one in on]))
        drop = SimulatedDrop(share=away, start_s=begin_s - 1.0) if away > 0.0 else None
        blocks, state = advance(model.null, state, rng, n_blocks=_CHUNK_BLOCKS, drop=drop)
        pieces.append(blocks)
    whole, _ = _labelled(model, pools, rng, pieces, holdings.left(running))
    return ShockedYears(blocks=concatenate([*labelled, whole]), notices=notices, shocks=shocks)


@dataclass(frozen=True, slots=True)
class _Holdings:
    """Which part of each pool's machines stands in each country, and what an unknown trouble hits.

    What whole pools lose together with the network's total is left to the imposed drop: labels
    only say whose blocks they are.
    """

    by_country: Mapping[str | None, Floats]

    @classmethod
    def draw(cls, model: ShockModel, rng: np.random.Generator) -> "_Holdings":
        weight = np.array(model.pools.shares) / sum(model.pools.shares)
        by_country: dict[str | None, Floats] = {}
        for country, share in model.shares.items():
            lean = rng.gamma(0.7, size=len(weight))
            by_country[country] = np.minimum(0.95, share * lean / float(weight @ lean))
        return cls(by_country)

    def left(self, shocks: tuple[TrueShock, ...]) -> Floats | None:
        if not shocks:
            return None
        left = None
        for one in shocks:
            share = self.by_country.get(one.country)
            if share is None:
                continue
            part = 1.0 - share * one.depth
            left = part if left is None else left * part
        return left


def _labelled(
    model: ShockModel,
    pools: PoolNullState,
    rng: np.random.Generator,
    pieces: list[BlockColumns],
    left: Floats | None,
) -> tuple[BlockColumns, PoolNullState]:
    return label_blocks(model.pools, pools, rng, concatenate(pieces), factor=left)


def draw_shocks(
    model: ShockModel, rng: np.random.Generator, *, window: Window
) -> tuple[tuple[Notice, ...], tuple[TrueShock, ...]]:
    """Draw what happens in a window, and what is published of it.

    Parameters
    ----------
    model : ShockModel
        What happens, how often.
    rng : numpy Generator
        Source of randomness.
    window : Window
        When.

    Returns
    -------
    tuple of Notice and tuple of TrueShock
        Not every notice has a shock, nor every shock a notice.
    """
    notices, shocks = [], []
    for name, kind in model.happenings.items():
        for _ in range(int(rng.poisson(kind.per_year * window.duration_s / YEAR_S))):
            notice, shock = _happen(model, name, kind, rng, window)
            if notice is not None:
                notices.append(notice)
            if shock is not None:
                shocks.append(shock)
    return tuple(notices), tuple(sorted(shocks, key=lambda shock: shock.window))


def _happen(
    model: ShockModel,
    name: CauseName,
    kind: Happening,
    rng: np.random.Generator,
    window: Window,
) -> tuple[Notice | None, TrueShock | None]:
    start_s = float(rng.uniform(window.start_s, window.end_s))
    length_s = kind.median_s * float(np.exp(kind.log_sd * rng.standard_normal()))
    length_s = min(max(length_s, HOUR_S), 200 * DAY_S)
    depth = float(rng.uniform(kind.least_depth, kind.most_depth))
    late_s = float(rng.uniform(0.0, min(kind.late_s, length_s)))
    country, share = None, 1.0
    if kind.places:
        names = tuple(kind.places)
        weights = np.array([kind.places[one] for one in names])
        country = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        share = model.shares[country]
    dated_s = start_s + kind.blur_s * float(rng.standard_normal())
    mapped = min(0.9, share * float(np.exp(model.map_log_error * rng.standard_normal())))
    measured = min(1.0, max(0.05, depth + 0.1 * float(rng.standard_normal())))
    works = name == "unknown" or rng.random() < model.works
    away = Window(start_s=start_s + late_s, end_s=start_s + max(length_s, late_s + HOUR_S))
    shock = TrueShock(
        name=name,
        country=country,
        window=away,
        loss_share=min(0.95, share * depth),
        depth=depth,
    )
    notice = Notice(
        name=name,
        country=country,
        window=Window(start_s=dated_s, end_s=dated_s + length_s),
        blur_s=max(kind.blur_s, 900.0),
        share=_about(mapped, 0.35) if kind.places else None,
        depth=_about(measured, 0.15) if name == "internet" else None,
    )
    return (None if name == "unknown" else notice), (shock if works else None)


def _about(value: float, error: float) -> Interval:
    return Interval(
        median=value, low=value * (1.0 - error), high=min(1.0, value * (1.0 + error)), level=0.9
    )
