"""Charts for analysts: means over weeks and months, pools over time; and single charts to embed."""

from math import isnan
from typing import Any

from hashquake.core.errors import HashquakeError
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.rate_series import MEAN_DAYS
from hashquake.serve.format import eh_s, hashrate_unit
from hashquake.serve.language import number, translate
from hashquake.serve.page.earnings_charts import EARNINGS, earnings_charts, halvings_chart
from hashquake.serve.page.series_charts import quake_marks, rate_chart, record_window
from hashquake.serve.page.small_svg import (
    height_of,
    highest,
    lines,
    round_ticks,
    stacked,
    year_ticks,
)
from hashquake.serve.page.website import Website
from hashquake.serve.source_names import pool_name

WIDTH, HEIGHT = 960.0, 320.0
_HEADROOM = 1.04
_STACK_STEP_S = 30.0 * DAY_S
_MEANS_STEP_S = float(DAY_S)
_POOLS = 8
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
        means=_means(ask),
        pools=_pools(ask),
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
        means=_means(ask) if name == "means" else None,
        pools=_pools(ask) if name == "pools" else None,
        earnings=[one for one in earnings_charts(ask, site) if one["kind"] == name]
        if name in EARNINGS
        else [],
        halvings=halvings_chart(ask, site) if name == "halvings" else None,
        end_s=ask.end_s(),
    )


def _means(ask: Observatory) -> dict[str, Any] | None:
    """Draw the trailing means of the whole record."""
    whole = record_window(ask)
    try:
        found = ask.rates(whole, step_s=_MEANS_STEP_S)
    except HashquakeError:
        return None  # less than a day of blocks
    values = [found.means[days].median_hps.tolist() for days in MEAN_DAYS]
    most = _HEADROOM * highest(values)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "lines": list(
            zip(MEAN_DAYS, lines(values, width=WIDTH, height=HEIGHT, most=most), strict=True)
        ),
        "start_s": whole.start_s,
        **_axes(most, whole),
        "last": [
            (days, eh_s(line[-1])) for days, line in zip(MEAN_DAYS, values, strict=True) if line
        ],
    }


def _pools(ask: Observatory) -> dict[str, Any] | None:
    """Stack the hash rates that the blocks of the largest pools imply, month by month."""
    whole = record_window(ask)
    try:
        standings = ask.pools(whole.end_s, span_s=min(90.0 * DAY_S, whole.duration_s))
        names = [one.pool for one in standings if one.n_blocks][:_POOLS]
        found = ask.rates_of(
            Window(start_s=whole.start_s, end_s=whole.end_s),
            step_s=_STACK_STEP_S,
            subjects=(NETWORK, *map(pool_subject, names)),
            mean_days=(),
        )
    except HashquakeError:
        return None  # the record is shorter than a month
    whole_line, *each = ([_known(v) for v in one.steps.median_hps.tolist()] for one in found)
    rest = [
        None if total is None else max(0.0, total - sum(one[at] or 0.0 for one in each))
        for at, total in enumerate(whole_line)
    ]
    outlines, top = stacked([*each, rest], width=WIDTH, height=HEIGHT)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "areas": list(
            zip((*map(pool_name, names), translate("all others")), outlines, strict=True)
        ),
        "start_s": whole.start_s,
        **_axes(top, whole),
        "subjects": "&".join(f"subject=pool:{name}" for name in names),
    }


def _axes(most_hps: float, whole: Window) -> dict[str, Any]:
    """Return the marks of both axes, and the unit of the upright one."""
    scale, unit = hashrate_unit(most_hps)
    return {
        "y_ticks": [
            (height_of(one * scale, height=HEIGHT, most=most_hps), number(f"{one:,g}"))
            for one in round_ticks(most_hps / scale)
        ],
        "unit": unit,
        "x_ticks": year_ticks(whole.start_s, whole.end_s, width=WIDTH),
    }


def _known(value: float) -> float | None:
    return None if isnan(value) else value
