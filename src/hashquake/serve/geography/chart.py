"""The mining map as a ranked plot: what was published, and how sure it is."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from hashquake.explain.mining_table import REDIRECTED, CountryRow, MapTable
from hashquake.serve.format import NBSP, percent
from hashquake.serve.format_times import date
from hashquake.serve.geography.numbers import exahashes, megawatts, months
from hashquake.serve.report.style import (
    CLAIMED,
    INK,
    MEASURED,
    MEASURED_PALE,
    MUTED,
    Size,
    bare,
    drawn,
)

_ROW_PX = 30
_HEAD_PX, _FOOT_PX = 34, 40
_WIDTH_OF_A_LETTER = 0.6
"""Over its height, for a page's own font, which is not known here."""


def map_charts(table: MapTable, names: Mapping[str, str]) -> tuple[str, str]:
    """Draw the map wide and narrow, as SVG elements to stand inside a page.

    Parameters
    ----------
    table : MapTable
        What to draw.
    names : mapping of str to str
        Countries' names.
    """
    wide, narrow = map_sizes(table)
    first = table.rows[0]
    description = (
        f"{names.get(first.country, 'not named')} leads with "
        f"{percent(first.published_share, digits=1)}; bars are 90 percent intervals."
    )
    svgs = [
        drawn(
            lambda figure, size: _draw(table, names, figure, size),
            size,
            name="map",
            title=f"Shares of hash rate on {date(table.law.at_s)}",
            description=description,
        )
        for size in (wide, narrow)
    ]
    return svgs[0], svgs[1]


def map_sizes(table: MapTable) -> tuple[Size, Size]:
    """Return the sizes of the wide and the narrow drawing: as high as there are countries.

    Parameters
    ----------
    table : MapTable
        The map.
    """
    height_px = _HEAD_PX + _FOOT_PX + _ROW_PX * len(table.rows)
    return Size("wide", 820, height_px, 13), Size("narrow", 358, height_px, 12)


def _draw(table: MapTable, names: Mapping[str, str], figure: Figure, size: Size) -> None:
    longest = max(len(names.get(row.country, "not named")) for row in table.rows)
    left_px = max(100, longest * size.text_px * _WIDTH_OF_A_LETTER + 14)
    right_px = 176 if not size.is_narrow else 14
    axes: Any = figure.add_axes(
        (
            left_px / size.width_px,
            _FOOT_PX / size.height_px,
            1 - (left_px + right_px) / size.width_px,
            1 - (_HEAD_PX + _FOOT_PX) / size.height_px,
        )
    )
    bare(axes, size=size)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#e8ebee", linewidth=0.6)
    count = len(table.rows)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xlim(0, 1.04 * max(row.share.interval(0.9).high for row in table.rows))
    for at, row in enumerate(table.rows):
        _draw_row(axes, at, row)
        if not size.is_narrow:
            _write_row(axes, at, row, size)
    axes.set_yticks(range(count), [names.get(row.country, "not named") for row in table.rows])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _at: percent(value)))
    axes.set_title(
        f"Share of hash rate: \N{BLACK DIAMOND} published for {months(table.law.windows)}; "
        "bars: 50 and 90 %"
        if not size.is_narrow
        else "\N{BLACK DIAMOND} published; bars: 50 and 90 %",
        loc="left",
        fontsize=size.points(size.text_px - 1),
        color=MUTED,
        x=-left_px / (size.width_px - left_px - right_px),
    )


def _draw_row(axes: Any, at: int, row: CountryRow) -> None:
    wide, near = row.share.interval(0.9), row.share.interval(0.5)
    doubtful = REDIRECTED in row.flags or row.rank is None
    axes.plot(
        [wide.low, wide.high],
        [at, at],
        color=MEASURED_PALE,
        linewidth=5,
        solid_capstyle="butt",
        alpha=0.55 if doubtful else 1,
    )
    axes.plot(
        [near.low, near.high],
        [at, at],
        color=MEASURED,
        linewidth=5,
        solid_capstyle="butt",
        alpha=0.4 if doubtful else 1,
    )
    axes.plot(
        [row.published_share], [at], marker="D", markersize=5, color=CLAIMED,
        markeredgecolor="white", markeredgewidth=0.7, clip_on=False, zorder=5,
    )  # fmt: skip


def _write_row(axes: Any, at: int, row: CountryRow, size: Size) -> None:
    """Write hash rate and power beside a row, and what makes it doubtful."""
    parts = [] if row.hashrate_hps is None else [exahashes(row.hashrate_hps.median)]
    parts += [] if row.power_mw is None else [megawatts(row.power_mw.median)]
    if REDIRECTED in row.flags:
        parts.append("VPN")
    axes.annotate(
        f"  {NBSP}".join(parts),
        (1, at),
        xycoords=("axes fraction", "data"),
        xytext=(size.points(8), 0),
        textcoords="offset points",
        va="center",
        color=MUTED,
        annotation_clip=False,
    )
