"""Which number of a path stands in which column, and which limits are counted."""

from typing import NamedTuple

HOUR_S = 3_600.0
CONFIRMATIONS = (1, 3, 6)
PHASES = ("before", "during", "after")


class Layout(NamedTuple):
    """Columns of a path's row of outcomes: first column of each group, and how many columns.

    Groups with one column an epoch: ratio, time_s, difficulty, hashprice, delay_s. Groups with one
    a phase: hhi, nakamoto. Groups with one a pool or country: shares of blocks in the window and
    over the whole run.
    """

    epochs: int
    pools: int
    countries: int
    parts: int
    ratio: int
    time_s: int
    difficulty: int
    hashprice: int
    delay_s: int
    blocks: int
    lost: int
    dark_s: int
    gap_s: int
    window_gap_s: int
    confirmation_s: int
    hhi: int
    nakamoto: int
    pool_during: int
    pool_total: int
    country_during: int
    country_total: int
    part: int
    level: int
    width: int


def layout(*, epochs: int, pools: int, countries: int, parts: int) -> Layout:
    """Lay out the columns of a run."""
    sizes = {
        "ratio": epochs,
        "time_s": epochs,
        "difficulty": epochs,
        "hashprice": epochs,
        "delay_s": epochs,
        "blocks": 1,
        "lost": 1,
        "dark_s": 1,
        "gap_s": 1,
        "window_gap_s": 1,
        "confirmation_s": len(CONFIRMATIONS),
        "hhi": len(PHASES),
        "nakamoto": len(PHASES),
        "pool_during": pools,
        "pool_total": pools,
        "country_during": countries,
        "country_total": countries,
        "part": parts,
        "level": 1,
    }
    first, places = 0, {}
    for name, size in sizes.items():
        places[name] = first
        first += size
    return Layout(
        epochs=epochs, pools=pools, countries=countries, parts=parts, width=first, **places
    )


def counted_limits(place: Layout) -> tuple[tuple[int, float], ...]:
    """Return the columns and values above which paths are counted exactly."""
    return (
        *((place.gap_s, hours * HOUR_S) for hours in (1, 2, 3)),
        *((place.window_gap_s, hours * HOUR_S) for hours in (1, 2, 3)),
        *((place.confirmation_s + at, HOUR_S) for at in range(len(CONFIRMATIONS))),
        *((place.ratio + e, limit) for e in range(place.epochs) for limit in (0.95, 1.05)),
    )
