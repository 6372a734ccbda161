"""Charts of what miners earn: hashprice, what blocks paid, and growth after halvings."""

from typing import Any

from hashquake.core.errors import HashquakeError
from hashquake.core.times import DAY_S, format_time
from hashquake.observatory import Observatory
from hashquake.serve.earnings import (
    earnings_rows,
    earnings_shape,
    halving_rows,
    halvings_shape,
)
from hashquake.serve.language import number, translate
from hashquake.serve.page.series_charts import record_window
from hashquake.serve.page.small_svg import (
    SHEETS,
    Sheet,
    height_of,
    highest,
    limits,
    lines,
    round_ticks,
    year_ticks,
)
from hashquake.serve.page.website import Website

EARNINGS = ("hashprice", "revenue")
_HEADROOM = 1.06
_TABLE_WEEKS = 13
_DAYS_A_TICK = 180


def earnings_charts(ask: Observatory, site: Website) -> list[dict[str, Any]]:
    """Return the charts of hashprice and of what the blocks found paid; none without a price.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    whole = record_window(ask)
    try:
        document = earnings_shape(ask.earnings(whole))
    except HashquakeError:
        return []  # another network, less than a day of blocks, or no price of these days
    rows = earnings_rows(document)
    known = [at for at, row in enumerate(rows) if row["subsidy_usd"] is not None]
    if not known:
        return []
    shown = rows[known[0] : known[-1] + 1]
    asked = f"since={format_time(whole.start_s)}&until={format_time(whole.end_s)}"
    about = {
        "saved": site.saved("earnings", asked),
        "start_s": shown[0]["start_s"],
        "last_s": shown[-1]["start_s"],
        "fees": document["fees_over_subsidy"],
        "last": shown[-1],
        "months": [row for row in shown if format_time(row["start_s"])[8:10] == "01"][::-1],
    }
    return [about | {"kind": kind} | _drawn(shown, kind) for kind in EARNINGS]


def _drawn(rows: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    median, low, high = (
        [row[f"{kind}_{name}_usd"] for row in rows] for name in ("median", "low", "high")
    )
    start_s, end_s = rows[0]["start_s"], rows[-1]["start_s"] + DAY_S
    most = _HEADROOM * highest((median, high))

    def on(sheet: Sheet) -> dict[str, Any]:
        size = {"width": sheet.width, "height": sheet.height, "most": most}
        return {
            "sheet": sheet,
            "bands": [limits(low, high, **size)],
            "lines": lines([median], **size),
            "y_ticks": [
                (height_of(one, height=sheet.height, most=most), number(f"${one:.2f}"))
                for one in round_ticks(most)
            ],
            "unit": "",
            "x_ticks": year_ticks(start_s, end_s, width=sheet.width),
        }

    return {"drawings": [on(sheet) for sheet in SHEETS]}


def halvings_chart(ask: Observatory, site: Website) -> dict[str, Any] | None:
    """Return the chart of the hash rate after each halving; None where the record covers none.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    try:
        document = halvings_shape(ask.halvings())
    except HashquakeError:
        return None
    items = document["items"]
    n_weeks = max(len(one["ratio"]) for one in items)
    most = _HEADROOM * highest([one["ratio_high"] for one in items])

    def padded(one: dict[str, Any], name: str) -> list[float | None]:
        return [*one[name], *[None] * (n_weeks - len(one[name]))]

    n_days = n_weeks * document["step_s"] / DAY_S
    rows = halving_rows(document)

    def on(sheet: Sheet) -> dict[str, Any]:
        size = {"width": sheet.width, "height": sheet.height, "most": most}
        return {
            "sheet": sheet,
            "bands": [
                limits(padded(one, "ratio_low"), padded(one, "ratio_high"), **size) for one in items
            ],
            "lines": lines([padded(one, "ratio") for one in items], **size),
            "y_ticks": [
                (height_of(one, height=sheet.height, most=most), f"{number(f'{100 * one:,.0f}')} %")
                for one in round_ticks(most)
            ],
            "unit": "",
            "x_ticks": [
                (sheet.width * (days - 7) / (n_days - 7), translate("{days} d", days=days))
                for days in range(_DAYS_A_TICK, int(n_days), _DAYS_A_TICK)
            ],
        }

    return {
        "drawings": [on(sheet) for sheet in SHEETS],
        "halvings": items,
        "rows": [row for row in rows if row["days_since"] / 7 % _TABLE_WEEKS == 0],
        "saved": site.saved("halvings"),
    }
