"""The mining map as a ranked plot: what was published, and how sure it is."""

from collections.abc import Iterator, Mapping
from functools import partial

from hashquake.explain.mining_table import REDIRECTED, CountryRow, MapTable
from hashquake.serve.drawing.axes import x_axis
from hashquake.serve.drawing.elements import px, rectangle, stroke, written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
    CLAIMED,
    MEASURED,
    MEASURED_PALE,
    MUTED,
    PAPER,
    RULE,
    Size,
)
from hashquake.serve.drawing.ticks import number_ticks
from hashquake.serve.format import NBSP, percent
from hashquake.serve.format_times import date
from hashquake.serve.geography.numbers import exahashes, megawatts, months

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
            partial(_draw, table, names),
            size,
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


def _draw(table: MapTable, names: Mapping[str, str], size: Size) -> Iterator[str]:
    longest = max(len(names.get(row.country, "not named")) for row in table.rows)
    left = max(100.0, longest * size.text_px * _WIDTH_OF_A_LETTER + 14)
    right = 14.0 if size.is_narrow else 176.0
    most = 1.04 * max(row.share.interval(0.9).high for row in table.rows)
    ends = (len(table.rows) - 0.5, -0.5)
    box = frame(size, (0.0, most), ends, margins_px=(_HEAD_PX, right, _FOOT_PX, left))
    yield written(
        f"Share of hash rate: \N{BLACK DIAMOND} published for {months(table.law.windows)}; "
        "bars: 50 and 90 %"
        if not size.is_narrow
        else "\N{BLACK DIAMOND} published; bars: 50 and 90 %",
        0, _HEAD_PX - 14, size=size, colour=MUTED, upright="bottom", smaller_px=1,
    )  # fmt: skip
    ticks = [(one, percent(one)) for one in number_ticks(0.0, most)]
    yield from (box.moment(one, colour=RULE, width=0.6) for one, _ in ticks)
    for at, row in enumerate(table.rows):
        yield from _draw_row(box, at, row)
        name = names.get(row.country, "not named")
        yield written(name, left - 8, float(box.y(at)), size=size, anchor="end")
        if not size.is_narrow:
            yield _write_row(box, at, row, size)
    yield x_axis(box, ticks, size=size)


def _draw_row(box: Frame, at: int, row: CountryRow) -> Iterator[str]:
    doubtful = REDIRECTED in row.flags or row.rank is None
    y = float(box.y(at))
    for level, colour, opacity in (
        (0.9, MEASURED_PALE, 0.55 if doubtful else 1.0),
        (0.5, MEASURED, 0.4 if doubtful else 1.0),
    ):
        limits = row.share.interval(level)
        left, right = box.x([limits.low, limits.high]).tolist()
        yield rectangle(left, y - 3.5, right, y + 3.5, colour=colour, opacity=opacity)
    x = float(box.x(row.published_share))
    corners = f"M{px(x)} {px(y - 5)}l5 5l-5 5l-5-5z"
    yield stroke(corners, colour=PAPER, width=1.6)
    yield f'<path fill="{CLAIMED}" d="{corners}"/>'


def _write_row(box: Frame, at: int, row: CountryRow, size: Size) -> str:
    """Write hash rate and power at the end of a row, and what makes it doubtful."""
    parts = [] if row.hashrate_hps is None else [exahashes(row.hashrate_hps.median)]
    parts += [] if row.power_mw is None else [megawatts(row.power_mw.median)]
    if REDIRECTED in row.flags:
        parts.append("VPN")
    words = f"  {NBSP}".join(parts)
    return written(words, box.right_px + 8, float(box.y(at)), size=size, colour=MUTED)
