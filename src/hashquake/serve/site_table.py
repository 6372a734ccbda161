"""An operator's sites: rows of JSON, and a table for people."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.core.site import DARK, SiteStanding
from hashquake.observatory.site_document import site_document
from hashquake.observatory.sites import SiteRow, SiteRows
from hashquake.serve.format import chance, change, eh_s, negated
from hashquake.serve.format_times import short_time, utc
from hashquake.serve.wording.sites import site_sentence

_STYLES = {"up": "green", "network dark": "bold red", "grid dark": "bold red", "unknown": "yellow"}
_WIDE = 100
"""Characters a terminal needs for the limits of the dollars."""
_OLD_PRICE_S = 2 * 86_400.0


def site_shapes(rows: SiteRows) -> list[dict[str, Any]]:
    """Return the rows of ``hashquake sites --json``.

    Parameters
    ----------
    rows : SiteRows
        One row a site.
    """
    return [{**site_document(row), "because": site_sentence(row.standing.reason)} for row in rows]


def print_sites(rows: SiteRows, console: Console) -> None:
    """Print the table, and a sentence a site.

    Parameters
    ----------
    rows : SiteRows
        One row a site.
    console : rich.console.Console
        Where to print.
    """
    console.print(f"{utc(rows[0].standing.at_s)}\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("site", overflow="fold", style="bold", min_width=8)
    table.add_column("status", no_wrap=True)
    table.add_column("since", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    table.add_column("hash rate", justify="right", no_wrap=True)
    wide = console.width >= _WIDE
    table.add_column("USD a day [90 %]" if wide else "USD a day", justify="right", no_wrap=True)
    for row in rows:
        one = row.standing
        table.add_row(
            escape(one.site.name),
            f"[{_STYLES[one.status]}]{one.status}[/]",
            "" if one.since_s is None else short_time(one.since_s),
            _sure(one),
            "" if one.hashrate_hps is None else eh_s(one.hashrate_hps.median),
            _usd(row, limits=wide),
        )
    console.print(table)
    console.print()
    for row in rows:
        console.print(f"[bold]{escape(row.standing.site.name)}[/]: {escape(_words(row))}")
    console.print(f"\n[dim]{escape(_foot(rows))}[/]")


def _sure(one: SiteStanding) -> str:
    if one.status == "unknown" or one.dark_probability is None:
        return ""
    return chance(one.dark_probability if one.status in DARK else 1.0 - one.dark_probability)


def _usd(row: SiteRow, *, limits: bool) -> str:
    if row.earnings is None:
        return ""
    usd = row.earnings.usd_per_day
    if not limits:
        return _dollars(usd.median)
    return f"{_dollars(usd.median)} [{_dollars(usd.low)}, {_dollars(usd.high)}]"


def _dollars(usd: float) -> str:
    """Write dollars with three digits."""
    return f"{float(f'{usd:.3g}'):,.0f}" if usd >= 1.0 else f"{usd:.2f}"


def _words(row: SiteRow) -> str:
    one, others = row.standing, row.meanwhile
    text = f"{site_sentence(one.reason)}."
    if one.status not in DARK:
        return text
    if row.earnings is not None:
        text += f" At risk: {_dollars(row.earnings.usd_per_day.median)} USD a day"
        cost = row.earnings.power_usd_per_day
        text += "." if cost is None else f", less {_dollars(cost)} USD of electricity not drawn."
    if others.n_up + others.n_dark + others.n_unknown:
        text += (
            f" Of the other sites {others.n_up} up, {others.n_dark} dark, "
            f"{others.n_unknown} unknown."
        )
    if others.network_drop_share is not None:
        text += (
            " The network's hash rate since then, against the two weeks before: "
            f"{change(negated(others.network_drop_share))}."
        )
    return text


def _foot(rows: SiteRows) -> str:
    text = (
        "sure: the probability of the status, by the outage's depth and by how rarely the site is "
        "silent for so long. A site that nothing sees is unknown, unless its network or grid is "
        "dark. USD a day: what it earns while it runs, before electricity."
    )
    earned = [row.earnings for row in rows if row.earnings is not None]
    if earned:
        text += f" Price of a bitcoin: {earned[0].price_usd:,.0f} USD"
        age_s = earned[0].price_age_s
        text += f", {age_s / 86_400.0:,.0f} days old." if age_s > _OLD_PRICE_S else "."
    else:
        text += " No blocks or no price of these days: dollars cannot be determined."
    return text
