"""Pools' own word compared with their blocks: rows of JSON, and a table for people."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.observatory.pool_standings import PoolStanding, PoolStandings
from hashquake.serve.format import (
    NBSP,
    eh_s,
    eh_s_interval,
    percent,
    probability,
    share_interval,
)
from hashquake.serve.format_times import window_text
from hashquake.serve.shapes import interval_shape, window_shape

_WIDE = 104
"""Characters a terminal needs for the column of shares."""
_SMALL_SHARE = 0.01
_RARE = 0.05
_NO_LIMIT = 10.0
"""Luck that may be tenfold is not shown."""


def pool_shapes(rows: PoolStandings) -> list[dict[str, Any]]:
    """Return the rows of ``hashquake pools --json``.

    Parameters
    ----------
    rows : PoolStandings
        One row a pool.
    """
    return [_shape(row) for row in rows]


def _shape(row: PoolStanding) -> dict[str, Any]:
    shape = {
        "pool": row.pool,
        "name": row.name,
        "window": window_shape(row.window),
        "n_blocks": row.n_blocks,
        "expected_blocks": interval_shape(row.expected_blocks),
        "found_hps": interval_shape(row.found_hps),
        "reported_hps": interval_shape(row.reported_hps),
        "luck_share": interval_shape(row.luck_share),
        "luck_p_value": row.luck_p_value,
        "luck_p_value_adjusted": row.luck_p_value_adjusted,
        "share": interval_shape(row.share),
        "reported_state": row.reported_state,
        "reported_source": row.reported_source,
        "reported_covered_share": row.reported_covered_share,
    }
    if row.exposures:
        shape["exposures"] = [
            {
                "country": one.country,
                "place": one.place,
                "exposure_share": interval_shape(one.exposure_share),
                "events": list(one.events),
            }
            for one in row.exposures
        ]
    return shape


def print_pools(rows: PoolStandings, console: Console, *, every_pool: bool) -> None:
    """Print the table; pools under a hundredth that report nothing only when all are wanted.

    Parameters
    ----------
    rows : PoolStandings
        One row a pool, all of one window.
    console : rich.console.Console
        Where to print.
    every_pool : bool
        Whether small pools have a row too.
    """
    if not rows:
        console.print("No pool found a block in this time, and none reports its hash rate.")
        return
    console.print(f"{window_text(rows[0].window)}\n")
    shown = [row for row in rows if every_pool or _worth_a_line(row)]
    reporting = any(row.reported_state != "none" for row in rows)
    wide = console.width >= _WIDE
    titles = ["blocks", "found [90 %]"]
    if reporting:
        titles += ["reported", "luck [90 %]", "by chance"]
    if wide or not reporting:
        titles.append("share [90 %]")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    # In a narrow terminal a long name is folded; an interval is never cut.
    table.add_column("pool", overflow="fold", style="bold", min_width=8)
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for row in shown:
        cells = _cells(row)
        table.add_row(_plain(row.name), *(cells[title.partition(" ")[0]] for title in titles))
    console.print(table)
    if len(shown) < len(rows):
        console.print(f"  [dim]and {len(rows) - len(shown)} more: --all[/]")
    if any(row.exposures for row in shown):
        console.print()
        for row in shown:
            _print_exposures(row, console)
    console.print(f"\n[dim]{_words(rows)}[/]")


def _worth_a_line(row: PoolStanding) -> bool:
    small = row.share is not None and row.share.median < _SMALL_SHARE
    return row.reported_state != "none" or not small


def _cells(row: PoolStanding) -> dict[str, str]:
    """Return the cells of a row by the first word of their title."""
    blocks = f"{row.n_blocks:,}"
    if row.expected_blocks is not None:
        blocks += f"/{_count(row.expected_blocks.median)}"
    reported: str = row.reported_state if row.reported_state in ("silent", "frozen") else ""
    if row.reported_hps is not None and not reported:
        reported = eh_s(row.reported_hps.median)
    chance = row.luck_p_value_adjusted
    return {
        "blocks": blocks,
        "found": eh_s_interval(row.found_hps)
        if row.n_blocks
        else f"under {eh_s(row.found_hps.high)}",
        "reported": reported,
        "luck": "" if row.luck_share is None else _luck(row.luck_share, row.n_blocks),
        "by": "" if chance is None else probability(chance),
        "share": "" if row.share is None else share_interval(row.share),
    }


def _luck(interval: Interval, n_blocks: int) -> str:
    if interval.high > _NO_LIMIT:
        return ""  # too few blocks were expected to say anything
    if not n_blocks:  # the middle of no blocks is nobody's luck
        return f"under {percent(interval.high)}"
    low, high = (percent(limit).removesuffix(f"{NBSP}%") for limit in (interval.low, interval.high))
    return f"{percent(interval.median)} [{low},{NBSP}{high}]"


def _count(blocks: float) -> str:
    return f"{blocks:,.0f}" if blocks >= 10 else f"{blocks:.1f}"


def _print_exposures(row: PoolStanding, console: Console) -> None:
    parts = [
        f"{escape(visible_text(one.place))} {share_interval(one.exposure_share, digits=0)}"
        for one in row.exposures
    ]
    if parts:
        console.print(f"  {_plain(row.name)}: {'; '.join(parts)}")


def _words(rows: PoolStandings) -> str:
    if all(row.reported_hps is None for row in rows):
        return (
            "No pool reported its hash rate in this time. hashquake ingest pool_braiinspool reads "
            "one; "
            "hashquake plugins lists the others."
        )
    compared = [row for row in rows if row.luck_p_value_adjusted is not None]
    rare = [row for row in compared if (row.luck_p_value_adjusted or 0.0) < _RARE]
    said = (
        "blocks: found / expected of the reported hash rate. luck: hash rate by blocks over the "
        "reported one. by chance: how often chance alone makes such a difference in any of the "
        f"{len(compared)} pools compared. A report is the pool's own word; nobody checks it."
    )
    if rare:
        names = ", ".join(_plain(row.name) for row in rare)
        said += f" Chance alone hardly explains {names}."
    return said


def _plain(text: str) -> str:
    """Show a pool's name, which may come from anybody's table, as it is and no more."""
    return escape(visible_text(text, limit=40))
