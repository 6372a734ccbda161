"""Charts for analysts: means over weeks and months, pools over time; and single charts to embed."""

from math import isnan
from typing import Any

import numpy as np

from hashquake.core.errors import HashquakeError
from hashquake.core.interval import Interval
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.rate_series import LEVEL, MEAN_DAYS, Band, RateSeries
from hashquake.serve.format import eh_s_interval, hashrate_unit
from hashquake.serve.language import number, translate
from hashquake.serve.page.earnings_charts import EARNINGS, earnings_charts, halvings_chart
from hashquake.serve.page.series_charts import quake_marks, rate_chart, record_window
from hashquake.serve.page.small_svg import (
    SHEETS,
    Sheet,
    height_of,
    highest,
    lines,
    round_ticks,
    stacked,
    year_ticks,
)
from hashquake.serve.page.website import Website
from hashquake.serve.source_names import pool_name

_HEADROOM = 1.04
_STACK_STEP_S = 30.0 * DAY_S
_MEANS_STEP_S = float(DAY_S)
_POOLS = 8
_DAYS_A_ROW = 30
MEANS_FILE, POOLS_FILE = "means", "pools_over_time"
"""Names of the files that a folder of pages has of these charts."""
EMBEDDED = ("hashrate", "means", "pools", "hashprice", "revenue", "halvings")
"""Charts that other pages may embed."""


def charts_page(ask: Observatory, site: Website) -> str:
    """Return the page of charts for analysts.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    return site.render(
        "charts.html.j2",
        section="charts",
        title=translate("Charts"),
        description=translate(
            "Hash rate, its means, pools over time, earnings, and growth after halvings."
        ),
        last_change_id=ask.last_change_id(),
        series=rate_chart(ask, site, marks=quake_marks(ask, site)),
        means=_means(ask, site),
        pools=_pools(ask, site),
        earnings=earnings_charts(ask, site),
        halvings=halvings_chart(ask, site),
        embedded=EMBEDDED,
    )


def embed_page(ask: Observatory, site: Website, name: str) -> str:
    """Return one chart with the line that names its source, for a frame of another page.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    name : str
        One of `EMBEDDED`.
    """
    return site.render(
        "embed.html.j2",
        section="-",
        title=translate("Hash rate"),
        last_change_id=ask.last_change_id(),
        name=name,
        series=rate_chart(ask, site, marks=quake_marks(ask, site)) if name == "hashrate" else None,
        means=_means(ask, site) if name == "means" else None,
        pools=_pools(ask, site) if name == "pools" else None,
        earnings=[one for one in earnings_charts(ask, site) if one["kind"] == name]
        if name in EARNINGS
        else [],
        halvings=halvings_chart(ask, site) if name == "halvings" else None,
        end_s=ask.end_s(),
    )


def series_of_means(ask: Observatory) -> RateSeries:
    """Return hash rate day by day with its trailing means, over the whole record.

    Parameters
    ----------
    ask : Observatory
        Of the record.

    Raises
    ------
    HashquakeError
        When there is less than a day of blocks.
    """
    return ask.rates(record_window(ask), step_s=_MEANS_STEP_S)


def series_of_pools(ask: Observatory) -> tuple[RateSeries, ...]:
    """Return the hash rates that blocks imply of the network and its largest pools, by 30 days.

    Parameters
    ----------
    ask : Observatory
        Of the record.

    Raises
    ------
    HashquakeError
        When the record is shorter than a month.
    """
    whole = record_window(ask)
    standings = ask.pools(whole.end_s, span_s=min(90.0 * DAY_S, whole.duration_s))
    slugs = [one.pool for one in standings if one.n_blocks][:_POOLS]
    return ask.rates_of(
        Window(start_s=whole.start_s, end_s=whole.end_s),
        step_s=_STACK_STEP_S,
        subjects=(NETWORK, *map(pool_subject, slugs)),
        mean_days=(),
    )


def _means(ask: Observatory, site: Website) -> dict[str, Any] | None:
    """Draw the trailing means of the whole record."""
    whole = record_window(ask)
    try:
        found = series_of_means(ask)
    except HashquakeError:
        return None  # less than a day of blocks
    values = [found.means[days].median_hps.tolist() for days in MEAN_DAYS]
    most = _HEADROOM * highest(values)
    return {
        "drawings": [
            {
                "lines": list(
                    zip(
                        MEAN_DAYS,
                        lines(values, width=sheet.width, height=sheet.height, most=most),
                        strict=True,
                    )
                ),
                **_axes(most, whole, sheet),
            }
            for sheet in SHEETS
        ],
        "saved": site.saved(
            "rates", f"step=1d&means=true&since={format_time(whole.start_s)}", MEANS_FILE
        ),
        "days": MEAN_DAYS,
        "rows": [
            (whole.start_s + at * _MEANS_STEP_S, [_known(one[at]) for one in values])
            for at in range(0, len(values[0]), _DAYS_A_ROW)
        ],
        "last": [
            (days, eh_s_interval(last))
            for days in MEAN_DAYS
            if (last := _last(found.means[days])) is not None
        ],
    }


def _last(band: Band) -> Interval | None:
    """Return the last mean that is known, with its 90 % interval; None where none is."""
    known = np.flatnonzero(np.isfinite(band.median_hps))
    if not len(known):
        return None
    median, low, high = (
        float(values[known[-1]]) for values in (band.median_hps, band.low_hps, band.high_hps)
    )
    return Interval(median=median, low=low, high=high, level=LEVEL)


def _pools(ask: Observatory, site: Website) -> dict[str, Any] | None:
    """Stack the hash rates that the blocks of the largest pools imply, month by month."""
    whole = record_window(ask)
    try:
        found = series_of_pools(ask)
    except HashquakeError:
        return None  # the record is shorter than a month
    slugs = [one.subject.partition(":")[2] for one in found[1:]]
    whole_line, *each = ([_known(v) for v in one.steps.median_hps.tolist()] for one in found)
    rest = [
        None if total is None else max(0.0, total - sum(one[at] or 0.0 for one in each))
        for at, total in enumerate(whole_line)
    ]
    names = (*map(pool_name, slugs), translate("all others"))
    subjects = "&".join(f"subject=pool:{name}" for name in slugs)
    drawings = []
    for sheet in SHEETS:
        outlines, top = stacked([*each, rest], width=sheet.width, height=sheet.height)
        areas = list(zip(names, outlines, strict=True))
        drawings.append({"areas": areas, **_axes(top, whole, sheet)})
    return {
        "drawings": drawings,
        "names": names,
        "rows": [
            (whole.start_s + at * _STACK_STEP_S, [one[at] for one in (*each, rest)])
            for at in range(len(rest))
        ],
        "saved": site.saved(
            "rates", f"step=30d&{subjects}&since={format_time(whole.start_s)}", POOLS_FILE
        ),
    }


def _axes(most_hps: float, whole: Window, sheet: Sheet) -> dict[str, Any]:
    """Return the sheet with the marks of both axes, and the unit of the upright one."""
    scale, unit = hashrate_unit(most_hps)
    return {
        "sheet": sheet,
        "y_ticks": [
            (height_of(one * scale, height=sheet.height, most=most_hps), number(f"{one:,g}"))
            for one in round_ticks(most_hps / scale)
        ],
        "unit": unit,
        "x_ticks": year_ticks(whole.start_s, whole.end_s, width=sheet.width),
    }


def _known(value: float) -> float | None:
    return None if isnan(value) else value
