"""Pools that change their names only, and silences, in records asked as a user would ask them."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tests.power.figures import Figure, share
from tests.power.records import POOL_SHARES, record
from tests.power.worlds import DAY_S, HOUR_S, T0_S, Fall, World, make_chain, with_pools

from hashquake.core.chain import MEDIAN_BLOCKS
from hashquake.core.columns import BlockColumns
from hashquake.core.silence import believed_silence_s
from hashquake.core.window import Window

Names = NDArray[np.object_]
Renaming = Callable[[Names, np.random.Generator], Names]
_DAYS = 320.0
_RENAMED_DAY = 220.0
CONCERNED = frozenset({"p01", "p02", "q01", "unknown"})


def all_unknown(names: Names, rng: np.random.Generator) -> Names:
    """File 1,000 blocks under unknown."""
    del rng
    return np.where(np.arange(len(names)) < 1000, "unknown", names)


def partly_renamed(names: Names, rng: np.random.Generator) -> Names:
    """File 40 % of a pool's blocks under another name, for good."""
    return np.where((names == "p01") & (rng.random(len(names)) < 0.4), "q01", names)


def renamed(names: Names, rng: np.random.Generator) -> Names:
    """File a pool under another name, for good."""
    del rng
    return np.where(names == "p01", "q01", names)


def merged(names: Names, rng: np.random.Generator) -> Names:
    """File two pools under the name of one."""
    del rng
    return np.where(names == "p02", "p01", names)


@lru_cache
def mistaken(renaming: Renaming, *, trials: int, seed: int) -> Figure:
    """Return the share of trials in which names alone raise a quake that is not rejected."""
    hits = []
    for child in np.random.SeedSequence(seed).spawn(trials):
        rng = np.random.default_rng(child)
        chain = make_chain(World(), days=_DAYS, rng=rng)
        blocks = with_pools(chain, POOL_SHARES, rng)
        since = int(np.searchsorted(chain.true_s, chain.true_s[0] + _RENAMED_DAY * DAY_S))
        names = np.array(blocks.pool_names, object)[blocks.pool_code]
        names[since:] = renaming(names[since:], rng)
        with record(blocks.with_pools(names.tolist())) as opened:
            quakes = opened.replay()
        hits.append(
            any(
                one.status != "rejected"
                and one.kind == "pools"
                and CONCERNED & set(one.pools)
                and one.detected_s > chain.true_s[since]
                for one in quakes
            )
        )
    return share(hits)


@lru_cache
def replays_agree(*, trials: int, seed: int) -> Figure:
    """Ask in a silence what has fallen, and compare with what a later replay dates by then.

    Returns
    -------
    Figure
        The share of instants at which both know the same alarms.
    """
    hits: list[bool] = []
    groups: list[int] = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(trials)):
        rng = np.random.default_rng(child)
        first = make_chain(World(), days=150, rng=rng)
        dark = Fall(
            share=0.999,
            start_s=first.true_s[0] + 120 * DAY_S,
            end_s=first.true_s[0] + (120 + 2) * DAY_S,
        )
        chain = make_chain(World(), days=150, rng=np.random.default_rng(child), falls=[dark])
        with record(_bare(chain.blocks)) as opened:
            later = opened.replay()
            for until_s in np.arange(dark.start_s - 6 * HOUR_S, dark.end_s, 6 * HOUR_S):
                now = {one.detected_s for one in opened.replay(until_s=float(until_s))}
                hits.append(now == {one.detected_s for one in later if one.detected_s <= until_s})
                groups.append(at)
    return share(hits, groups)


@lru_cache
def rates_in_silence(*, trials: int, seed: int) -> Figure:
    """Ask for the hash rate of hours in which all but a thousandth stands still.

    Returns
    -------
    Figure
        The share of windows whose 90 % interval holds what was left.
    """
    hits: list[bool] = []
    groups: list[int] = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(trials)):
        rng = np.random.default_rng(child)
        start_s = T0_S + rng.uniform(60, 80) * DAY_S
        dark = Fall(share=0.999, start_s=start_s, end_s=start_s + 2 * DAY_S)
        chain = make_chain(World(), days=100, rng=rng, falls=[dark])
        with record(_bare(chain.blocks)) as opened:
            for hours in (3.0, 6.0, 12.0, 24.0):
                since_s = start_s + rng.uniform(1.0, 23.0) * HOUR_S
                window = Window(start_s=since_s, end_s=since_s + hours * HOUR_S)
                (rate,) = opened.rate(window, subjects=("network",))
                asked = rate.hashrate.interval(0.9)
                left_hps = chain.mean_hps(window.start_s, window.end_s)
                hits.append(asked.low <= left_hps <= asked.high)
                groups.append(at)
    return share(hits, groups)


def believed_of_a_cut_off_node(*, silent_s: float, days: float, seed: int) -> Figure:
    """Return how often a silence is believed of a node that was cut from its peers.

    Parameters
    ----------
    silent_s : float
        How long its newest block is past, seconds; it says that it is connected.
    days : float
        Length of the chain; a cut may come after any of its blocks.
    seed : int
        Of the draws.
    """
    chain = make_chain(World(), days=days, rng=np.random.default_rng(seed))
    dated = chain.blocks.header_s.astype(np.float64)
    return share(
        [
            silent_s <= believed_silence_s(dated[at - MEDIAN_BLOCKS : at].tolist())
            for at in range(MEDIAN_BLOCKS, len(dated))
        ]
    )


def _bare(blocks: BlockColumns) -> BlockColumns:
    return blocks.with_pools([None] * len(blocks))
