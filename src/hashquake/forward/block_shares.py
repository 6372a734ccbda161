"""Which pools and countries find the blocks of a path: Multinomial draws, and concentration."""

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.compiled import leaf
from hashquake.forward.course import Mix
from hashquake.forward.draws import binomial
from hashquake.forward.layout import Layout
from hashquake.forward.philox import Words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@leaf
def split_blocks(
    mix: Mix,
    weights: Floats,
    pool_share: Floats,
    country_share: Floats,
    chances: Floats,
    income: Floats,
) -> None:
    """Work out who finds a block in each class of piece: the same for every path, or path by path.

    Parameters
    ----------
    mix : Mix
        Who has the hash rate, by class of piece.
    weights : array of float64, shape (parts,)
        How large each struck part is in this path.
    pool_share : array of float64, shape (pools,)
        Shares before the outages in this path.
    country_share : array of float64, shape (countries,)
        The same by country.
    chances : array of float64, shape (classes, pools)
        Overwritten: each pool's share of the blocks that the pools before it left over.
    income : array of float64, shape (classes, countries)
        Overwritten: each country's share.
    """
    parts, pools = len(weights), len(pool_share)
    for q in range(len(chances)):
        online = 1.0
        for o in range(parts):
            online -= weights[o] * (1.0 - mix.online[o, q])
        # Where nothing is online no block comes, so any share will do.
        online = max(online, 1e-12)
        room = 1.0
        for p in range(pools - 1):
            share = pool_share[p]
            for o in range(parts):
                home = mix.home[o, q]
                now = home * mix.part_pool[o, p] + (1.0 - home) * mix.away_pool[o, p]
                share += weights[o] * (mix.online[o, q] * now - mix.part_pool[o, p])
            share = max(share, 0.0) / online
            chances[q, p] = share / room if room > 1e-12 else 1.0
            room -= share
        chances[q, pools - 1] = 1.0
        for c in range(len(country_share)):
            share = country_share[c]
            for o in range(parts):
                before = weights[o] * mix.part_country[o, c]
                share += before * (mix.online[o, q] - 1.0)
            income[q, c] = max(share, 0.0) / online


@leaf
def share_out(
    stream: Words,
    chances: Floats,
    income: Floats,
    cells: Ints,
    found: Ints,
    row: Floats,
    place: Layout,
) -> None:
    """Draw which pools found the blocks, what countries earned, and how concentrated it was.

    Parameters
    ----------
    stream : array of uint64
        Source of randomness.
    chances : array of float64, shape (classes, pools)
        From `split_blocks`.
    income : array of float64, shape (classes, countries)
        From `split_blocks`.
    cells : array of int64, shape (3, classes)
        Blocks by phase and class.
    found : array of int64, shape (3, pools)
        Overwritten: blocks by phase and pool.
    row : array of float64
        Its pool, country and concentration columns are filled.
    place : Layout
        The columns.
    """
    for phase in range(3):
        for p in range(place.pools):
            found[phase, p] = 0
    for c in range(2 * place.countries):
        row[place.country_during + c] = 0.0
    in_window = blocks = early = 0
    for q in range(cells.shape[1]):
        in_window += cells[1, q]
        blocks += cells[0, q] + cells[1, q] + cells[2, q]
    per_window, per_block = 1.0 / max(in_window, 1), 1.0 / blocks
    for q in range(cells.shape[1]):
        outside = cells[0, q] + cells[2, q]
        total = outside + cells[1, q]
        if total == 0:
            continue
        # Before and after are one draw where the pools share alike then.
        early += outside if cells[2, q] == 0 else 0
        out = found[2 if cells[2, q] > 0 else 0]
        draw_pools(stream, outside, cells[1, q], chances[q], out, found[1])
        during, whole = cells[1, q] * per_window, total * per_block
        for c in range(place.countries):
            row[place.country_during + c] += during * income[q, c]
            row[place.country_total + c] += whole * income[q, c]
    for p in range(place.pools):
        row[place.pool_during + p] = found[1, p] * per_window if in_window else np.nan
        row[place.pool_total + p] = (found[0, p] + found[1, p] + found[2, p]) * per_block
    row[place.hhi + 1], row[place.nakamoto + 1] = concentration(found[1])
    row[place.hhi + 2], row[place.nakamoto + 2] = concentration(found[2])
    if early > 0:
        row[place.hhi], row[place.nakamoto] = concentration(found[0])
    else:
        row[place.hhi], row[place.nakamoto] = row[place.hhi + 2], row[place.nakamoto + 2]


@leaf
def draw_pools(
    stream: Words, outside: int, inside: int, chances: Floats, out: Ints, within: Ints
) -> None:
    """Add two Multinomial draws of blocks, given each pool's share of what is left.

    The two are drawn side by side, for the processor works on one while it waits for the other.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    outside, inside : int
        Blocks to share out, outside and inside the window.
    chances : array of float64, shape (pools,)
        Each pool's share of what the pools before it leave, 0 to 1.
    out, within : array of int64, shape (pools,)
        Blocks of each pool outside and inside the window; added to.
    """
    for p in range(len(chances) - 1):
        first, second = binomial(stream, outside, chances[p]), binomial(stream, inside, chances[p])
        out[p] += first
        within[p] += second
        outside -= first
        inside -= second
    out[len(chances) - 1] += outside
    within[len(chances) - 1] += inside


@leaf
def concentration(found: Ints) -> tuple[float, float]:
    """Return the Herfindahl index and the Nakamoto coefficient of blocks found.

    Parameters
    ----------
    found : array of int64, shape (pools,)
        Blocks by pool; the last is the rest, taken as many small pools.

    Returns
    -------
    tuple of float
        The index without the bias of small counts, and the least number of named pools with more
        than half; NaN where there are too few blocks, and all named pools plus one where they do
        not reach half.
    """
    total, pairs, named = found[len(found) - 1], 0, len(found) - 1
    for p in range(named):
        total += found[p]
        pairs += found[p] * (found[p] - 1)
    if total < 2:
        return np.nan, np.nan
    sum_of_largest, needed, before = 0, named + 1, (total + 1) * len(found)
    for count in range(1, named + 1):
        # The largest not yet taken; its place makes every pool's number another.
        top = -1
        for p in range(named):
            number = found[p] * len(found) + p
            top = max(top, number if number < before else -1)
        before = top
        sum_of_largest += top // len(found)
        if 2 * sum_of_largest > total:
            needed = count
            break
    return pairs / (total * (total - 1.0)), float(needed)
