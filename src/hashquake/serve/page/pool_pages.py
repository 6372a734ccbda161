"""Pools: what they found compared with what they report, and a page each."""

from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.subject import pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.pools.registry import bundled
from hashquake.serve.language import translate
from hashquake.serve.page.exposures import exposure_rows
from hashquake.serve.page.series_charts import quake_marks, rate_chart, record_window
from hashquake.serve.page.small_svg import Line, sparkline
from hashquake.serve.page.website import Website
from hashquake.serve.quake_table import likeliest_cause

SPANS = {"24h": 1.0, "7d": 7.0, "30d": 30.0}
"""Spans that the page offers, in days."""
_TREND_S = 364.0 * DAY_S
_TREND_STEP_S = 14.0 * DAY_S
_MOST_TRENDS = 30


def pools_page(ask: Observatory, site: Website, span: str = "24h") -> str:
    """Return the table of pools.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    span : str
        One of `SPANS`.

    Raises
    ------
    NoCoverage
        When the record does not cover the span.
    """
    end_s = ask.end_s()
    standings = ask.pools(end_s, span_s=SPANS[span] * DAY_S)
    shown = [one for one in standings if one.n_blocks or one.reported_hps is not None]
    trends = _trends(ask, tuple(pool_subject(one.pool) for one in shown[:_MOST_TRENDS]))
    return site.render(
        "pools.html.j2",
        section="pools",
        title=translate("Pools"),
        description=translate(
            "Hash rate that pools' blocks imply, compared with what they report."
        ),
        last_change_id=ask.last_change_id(),
        span=span,
        spans=tuple(SPANS),
        end_s=end_s,
        rows=[(one, trends.get(pool_subject(one.pool))) for one in shown],
    )


def pool_page(ask: Observatory, site: Website, slug: str) -> str:
    """Return the page of one pool.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    slug : str
        Such as ``antpool``.

    Raises
    ------
    UsageError
        ``pool-unknown``.
    """
    subject = pool_subject(slug)
    rows = ask.pools(named=(subject,))
    one = next(row for row in rows if row.pool == slug)
    known = next((pool for pool in bundled().pools if pool.slug == slug), None)
    marks = quake_marks(ask, site)
    quakes = [
        (each, likeliest_cause(each))
        for each in ask.quakes()
        if each.status != "rejected" and (each.subject == subject or slug in each.pools)
    ]
    exposures = [row for row in exposure_rows(ask) if row["pool"] == slug]
    return site.render(
        "pool.html.j2",
        section="pools",
        title=one.name,
        description=translate(
            "{name}: hash rate that its blocks imply, and what it reports.", name=one.name
        ),
        last_change_id=ask.last_change_id(),
        one=one,
        known=known,
        series=rate_chart(ask, site, subjects=(subject,), marks=marks),
        quakes=quakes[::-1],
        exposures=exposures[:8],
    )


def _trends(ask: Observatory, subjects: tuple[str, ...]) -> dict[str, object]:
    """Draw the last year of each pool, two weeks a step."""
    whole = record_window(ask)
    start_s = max(whole.start_s, whole.end_s - _TREND_S)
    try:
        found = ask.rates_of(
            Window(start_s=start_s, end_s=whole.end_s),
            step_s=_TREND_STEP_S,
            subjects=subjects,
            mean_days=(),
        )
    except (NoCoverage, HashquakeError):
        return {}
    trends: dict[str, object] = {}
    for one in found:
        values: Line = one.steps.median_hps.tolist()
        trends[one.subject] = sparkline(values, label=translate("hash rate over the last year"))
    return trends
