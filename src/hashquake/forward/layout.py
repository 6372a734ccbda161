"""Which number of a path stands in which column, and which limits are counted."""

from typing import NamedTuple

HOUR_S = 3_600.0
CONFIRMATIONS = (1, 3, 6)
PHASES = ("before", "during", "after")


class Layout(NamedTuple):
    """Columns of a path's row of outcomes: first column of each group, and how many columns.

    Parameters
    ----------
    epochs, pools, countries, parts : int
        How many there are of each; parts are what shocks strike.
    ratio, time_s, difficulty, hashprice, delay_s : int
        One column an epoch: next difficulty over present, when the epoch ends, the next
        difficulty, revenue per unit of work then over that at the start, and how much later the
        epoch ends than without shocks.
    blocks, lost, dark_s : int
        Blocks found in the window; how many more it would have had without the shocks, and for how
        many seconds of the planned hash rate they amount to.
    gap_s, window_gap_s : int
        Longest time between blocks, in the run and in the window.
    confirmation_s : int
        How long one, three and six blocks take from the start of the window, one column each.
    hhi, nakamoto : int
        One column a phase: Herfindahl index of the pools, and how many pools have half of the
        blocks.
    pool_during, pool_total : int
        One column a pool: its share of blocks in the window and in the run.
    country_during, country_total : int
        One column a country: its share of income in the window and in the run.
    part : int
        One column a part: how much of all hash rate its shock takes.
    level : int
        Error of the hash rate's level at the start, as a factor.
    width : int
        How many columns a row has.
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
    """Lay out the columns of a run.

    Parameters
    ----------
    epochs, pools, countries, parts : int
        How many there are of each.
    """
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
    """Return the columns and values above which paths are counted exactly.

    Parameters
    ----------
    place : Layout
        Columns of a run.
    """
    return (
        *((place.gap_s, hours * HOUR_S) for hours in (1, 2, 3)),
        *((place.window_gap_s, hours * HOUR_S) for hours in (1, 2, 3)),
        *((place.confirmation_s + at, HOUR_S) for at in range(len(CONFIRMATIONS))),
        *((place.ratio + e, limit) for e in range(place.epochs) for limit in (0.95, 1.05)),
    )
