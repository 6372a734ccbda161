"""Exposures for people and programs: a table a place, and rows of JSON."""

from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, DarkShare, Exposure, Exposures
from hashquake.core.subject import NETWORK
from hashquake.serve.format import (
    NBSP,
    percent,
    share_interval,
)
from hashquake.serve.place_names import country_name
from hashquake.serve.shapes import interval_shape
from hashquake.serve.source_names import pool_name

_SMALL_SHARE = 0.02
_MOVED = 0.25
_NARROWED = 0.6
"""A line is dim where blocks moved the median by less of the prior's width and narrowed it less."""
_WIDE = 92
"""Characters a terminal needs for the column of blocks; intervals are never cut for it."""


def exposure_shapes(found: Exposures) -> list[dict[str, Any]]:
    """Return the rows of ``hashquake exposure --json``.

    Parameters
    ----------
    found : Exposures
        Of pools and places.
    """
    events = {one.event: one for one in found.events}
    return [_shape(row, events, found.made_by) for row in found.rows]


def _shape(row: Exposure, events: dict[str, Completeness], made_by: str) -> dict[str, Any]:
    return {
        "pool": row.pool,
        "country": row.country,
        "place": row.place,
        "exposure_share": interval_shape(row.exposure_share),
        "prior_exposure_share": interval_shape(row.prior_exposure_share),
        "events": list(row.events),
        "informative": row.pool == NETWORK or not little_learnt(row),
        "dark": [_dark_shape(row, one, events[one.event]) for one in row.dark],
        "share_before": row.share_before,
        "note": row.note,
        "made_by": made_by,
    }


def _dark_shape(row: Exposure, one: DarkShare, event: Completeness) -> dict[str, Any]:
    shape = {
        "event": one.event,
        "dark_share": interval_shape(one.dark_share),
        "prior_dark_share": interval_shape(one.prior_dark_share),
        "n_blocks": one.n_blocks,
        "expected_blocks": one.expected_blocks,
    }
    if row.pool == NETWORK:
        shape |= {
            "map_share": interval_shape(event.map_share),
            "dark_of_map_share": interval_shape(event.dark_of_map_share),
            "complete_share": interval_shape(event.complete_share),
        }
    return shape


def print_exposures(found: Exposures, console: Console, *, every_pool: bool) -> None:
    """Print a table a place; pools under a fiftieth of the network only when all are wanted.

    Parameters
    ----------
    found : Exposures
        Of pools and places.
    console : rich.console.Console
        Where to print.
    every_pool : bool
        Whether small pools have a row too.
    """
    events = {one.event: one for one in found.events}
    console.print(
        "Share of each pool's hash rate, 90 % intervals. The part that [bold]went dark[/] is "
        "estimated from blocks; [bold]exposure[/] allows for how much of the place stopped. An "
        "interval that begins near 0 shows no fall. [dim]map only: blocks add nothing to the "
        "map.[/]"
    )
    for (country, place, _), rows in groupby(
        found.rows, key=lambda row: (row.country, row.place, row.events)
    ):
        _print_place(list(rows), events, console, heading=(country, place), every_pool=every_pool)


def _print_place(
    rows: list[Exposure],
    events: dict[str, Completeness],
    console: Console,
    *,
    heading: tuple[str, str],
    every_pool: bool,
) -> None:
    country, place = heading
    struck = rows[0].dark
    where = "" if country_name(country) == place else f", {country_name(country)}"
    console.print(f"\n[bold]{place}[/]{where}")
    for number, one in enumerate(struck, 1):
        console.print(f"  {number}  {one.event}: {_sentence(events[one.event], place)}")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    # In a narrow terminal a long name is folded; an interval is never cut.
    table.add_column("pool", overflow="fold")
    counted = len(struck) == 1 and console.width >= _WIDE
    for title in ("share", "found/due") if counted else ("share",):
        table.add_column(title, justify="right", no_wrap=True)
    for number in range(1, len(struck) + 1):
        table.add_column("went dark" if len(struck) == 1 else f"dark in {number}", no_wrap=True)
    table.add_column("exposure", no_wrap=True)
    table.add_column("by map alone", no_wrap=True)
    shown = [row for row in rows if every_pool or row.share_before >= _SMALL_SHARE]
    for row in shown:
        table.add_row(*_cells(row, counted=counted), style=_style(row))
    console.print(table)
    if len(shown) < len(rows):
        console.print(f"  [dim]and {len(rows) - len(shown)} smaller: --country {country}[/]")
    for note in dict.fromkeys(
        f"Blocks of {_named(row.pool)} are counted {_plain(row.note)}" for row in shown if row.note
    ):
        console.print(f"  [dim]{note}[/]")


def _cells(row: Exposure, *, counted: bool) -> list[str]:
    cells = [_named(row.pool), percent(row.share_before, digits=1)]
    if counted:
        cells.append(f"{row.dark[0].n_blocks:,}/{row.dark[0].expected_blocks:,.0f}")
    if row.pool != NETWORK and little_learnt(row):
        return [*cells, *("" for _ in row.dark), "map only", _share(row.prior_exposure_share)]
    cells += [_share(one.dark_share) for one in row.dark]
    return [*cells, _share(row.exposure_share), _share(row.prior_exposure_share)]


def _style(row: Exposure) -> str:
    if row.pool == NETWORK:
        return "bold"
    return "dim" if little_learnt(row) else ""


def little_learnt(row: Exposure) -> bool:
    """Return whether blocks left the part that went dark where it was, and about as uncertain.

    Parameters
    ----------
    row : Exposure
        Of one pool and place.
    """
    # The part that went dark is what blocks can tell; exposure leans on the map as well.
    return not any(_taught(one) for one in row.dark)


def _taught(one: DarkShare) -> bool:
    """Return whether blocks moved or narrowed what was believed of the dark."""
    after, before = one.dark_share, one.prior_dark_share
    width = max(before.high - before.low, 1e-9)
    moved = abs(after.median - before.median) / width
    return moved > _MOVED or (after.high - after.low) / width < _NARROWED


def _sentence(event: Completeness, place: str) -> str:
    lost = f"the network lost {share_interval(event.dark_share, digits=0)}"
    ratio = event.dark_of_map_share
    if event.map_share is None or ratio is None:
        return f"{lost}; no map gives the share of {place}."
    by_map = percent(event.map_share.median, digits=1)
    part = f"{ratio.median:.2f} [{ratio.low:.2f},{NBSP}{ratio.high:.2f}]"
    more = "; other places went dark too, or the map is low" if ratio.low > 1.0 else ""
    return f"{lost}, {part} of the {by_map} that the map gives {place}{more}."


def _named(pool: str) -> str:
    return NETWORK if pool == NETWORK else _plain(pool_name(pool))


def _plain(text: str) -> str:
    """Show a pool's name, which may come from anybody's table, as it is and no more."""
    return escape(visible_text(text))


def _share(interval: Interval) -> str:
    return share_interval(interval, digits=0)
