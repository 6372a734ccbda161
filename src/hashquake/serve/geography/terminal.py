"""Maps and megawatts as text for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from hashquake.core.electricity import RegisteredPower
from hashquake.core.hostile_text import visible_text
from hashquake.core.mining_map import PublishedShare
from hashquake.core.times import format_time
from hashquake.explain.energy_report import EnergyReport
from hashquake.explain.mining_map import ShareLaw
from hashquake.explain.mining_table import REDIRECTED, CountryRow, MapTable
from hashquake.serve.format import percent
from hashquake.serve.format_times import date
from hashquake.serve.geography.numbers import (
    NOTHING,
    megawatts,
    megawatts_interval,
    months,
    rate_text,
    share_text,
    tonnes_interval,
)
from hashquake.serve.language import translate
from hashquake.serve.place_names import in_a_sentence, named
from hashquake.serve.wording.fixed import fixed

if TYPE_CHECKING:
    from rich.console import Console

_FLAG_MARKS = {REDIRECTED: "VPN"}
_MOST_PUBLISHED = 8
_WIDE = 96
"""Characters from which on a number and its interval stand on one line."""


def print_map(
    table: MapTable,
    names: Mapping[str, str],
    published: Sequence[PublishedShare],
    out: "Console",
) -> None:
    """Print a mining map.

    Parameters
    ----------
    table : MapTable
        The map.
    names : mapping of str to str
        Names of countries by their codes.
    published : sequence of PublishedShare
        Single shares that somebody published, for comparison.
    out : rich.console.Console
        Where to print.
    """
    law = table.law
    out.print(
        f"[bold]The mining map of {date(law.at_s)}[/], as known on {date(law.as_of_s)}\n"
        f"by the map of {_safe(law.publisher)} for {months(law.windows)}, "
        f"published {date(law.vintage_s)}; 90 % intervals\n"
    )
    grid = Table(box=None, pad_edge=False)
    for heading in ("", "country", "published", "share", "hash rate", "power", ""):
        right = heading not in ("country", "")
        # A country's name may fold; a number and its interval stay in one piece.
        grid.add_column(heading, justify="right" if right else "left", no_wrap=right)
    narrow = out.width < _WIDE
    for row in table.rows:
        cells = _cells(row, names)
        grid.add_row(*(cell.replace(" [", "\n[", 1) if narrow else cell for cell in cells))
    out.print(grid)
    out.print(
        f"\nThe network: {rate_text(table.network_hps)}, {megawatts_interval(table.network_mw)}"
    )
    for caveat in table.caveats:
        out.print(f"[dim]- {_safe(with_names(caveat, table))}[/]")
    if published:
        out.print("\nOther shares published by then:")
        for line in published_lines(published, names):
            out.print(f"[dim]- {escape(line)}[/]")


def with_names(caveat: str, table: MapTable) -> str:
    """Write the names of a table's countries where a caveat has their letters.

    Parameters
    ----------
    caveat : str
        A sentence with codes of countries.
    table : MapTable
        The map with these countries.
    """
    for row in table.rows:
        caveat = named(caveat, row.country)
    return caveat[:1].upper() + caveat[1:]


def published_lines(
    published: Iterable[PublishedShare], names: Mapping[str, str]
) -> tuple[str, ...]:
    """Write single published shares, a line for each publisher and day, the latest first.

    Parameters
    ----------
    published : iterable of PublishedShare
        Of any publishers and days.
    names : mapping of str to str
        Names of countries by their codes.
    """
    days: dict[tuple[float, str, str], list[PublishedShare]] = {}
    for one in published:
        days.setdefault((one.as_of_s, one.publisher, one.within), []).append(one)
    lines = []
    for as_of_s, publisher, within in sorted(days, reverse=True)[:_MOST_PUBLISHED]:
        whole = {"world": "", "survey": " of those who answered"}.get(
            within, f" of {in_a_sentence(names.get(within, within))}"
        )
        shares = sorted(days[as_of_s, publisher, within], key=lambda one: -one.share)
        parts = ", ".join(
            f"{names.get(one.place, one.place)} {percent(one.share, digits=1)}" for one in shares
        )
        lines.append(f"{visible_text(publisher)}, {date(as_of_s)}: {parts}{whole}")
    return tuple(lines)


def print_energy(report: EnergyReport, names: Mapping[str, str], out: "Console") -> None:
    """Print the power of mining in a place.

    Parameters
    ----------
    report : EnergyReport
        Of a country or of the network.
    names : mapping of str to str
        Names of countries by their codes.
    out : rich.console.Console
        Where to print.
    """
    place = "the network" if report.country is None else names[report.country]
    out.print(f"[bold]The power of mining: {place}[/], at {format_time(report.at_s)}\n")
    grid = Table(box=None, pad_edge=False, show_header=False)
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for name, text in energy_lines(report):
        grid.add_row(name, text)
    out.print(grid)
    bounds = report.bounds
    out.print(
        f"\n[dim]The network by Cambridge's method: best guess {megawatts(bounds.best_mw)}; "
        f"{megawatts(bounds.lower_mw)} if every machine were of the most efficient kind, "
        f"{megawatts(bounds.upper_mw)} if of the least efficient that pays for its electricity.[/]"
    )
    said = () if report.claim is None else (claim_sentence(report.claim),)
    for caveat in (*report.reasons.values(), *report.caveats, *said):
        said_plainly = named(caveat, report.country)
        out.print(f"[dim]- {escape(said_plainly[:1].upper() + said_plainly[1:])}[/]")
    for source in report.sources:
        out.print(f"[dim]- {_safe(source)}[/]", soft_wrap=True)


def energy_lines(report: EnergyReport) -> tuple[tuple[str, str], ...]:
    """Name each figure and write it with its 90 % interval.

    Parameters
    ----------
    report : EnergyReport
        Of a country or of the network.
    """
    lines = [("hash rate", rate_text(report.hashrate_hps))]
    if report.share is not None and report.law is not None:
        lines.append(("share of the network", f"{share_text(report.share)}, {_source(report.law)}"))
    lines.append(("power", megawatts_interval(report.power_mw)))
    rest = report.unregistered
    if rest is not None:
        chance = (
            ""
            if rest.probability >= 0.995
            else translate(", {chance} likely any", chance=percent(rest.probability))
        )
        lines += [
            ("registered", megawatts(rest.registered_mw)),
            ("not registered", megawatts_interval(rest.unregistered_mw) + chance),
            ("  of generation", share_text(rest.share_of_generation)),
            ("  of capacity", share_text(rest.share_of_capacity)),
        ]
    generation = share_text(report.share_of_generation)
    year = report.generation_year
    lines.append(
        (
            "of generation",
            generation
            if generation == translate(NOTHING)
            else translate("{share} of {year}'s mean", share=generation, year=year),
        )
    )
    if report.capacity is not None:
        whole = megawatts(report.capacity.installed_mw)
        lines.append(
            (
                "of capacity",
                translate(
                    "{share} of {whole} installed",
                    share=share_text(report.share_of_capacity),
                    whole=whole,
                ),
            )
        )
    lines.append(("emissions", tonnes_interval(report.emissions_t_per_day)))
    return tuple(lines)


def claim_sentence(claim: RegisteredPower) -> str:
    """Set out what an authority said, and what its share implies.

    Parameters
    ----------
    claim : RegisteredPower
        Registered power, and what the authority claims beyond it.
    """
    both_mw = claim.registered_mw + claim.claimed_unregistered_mw[1]
    return translate(
        "{note} {power} are {share} of {capacity}.",
        note=visible_text(fixed(claim.note), limit=600),
        power=megawatts(both_mw),
        share=percent(claim.claimed_capacity_share),
        capacity=megawatts(claim.implied_capacity_mw),
    )


def _source(law: ShareLaw) -> str:
    return f"{_safe(law.publisher)}, {months(law.windows)}"


def _cells(row: CountryRow, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        "" if row.rank is None else f"{row.rank}",
        names.get(row.country, "not named"),
        percent(row.published_share, digits=1),
        share_text(row.share),
        rate_text(row.hashrate_hps),
        megawatts_interval(row.power_mw),
        ", ".join(_FLAG_MARKS[flag] for flag in row.flags if flag in _FLAG_MARKS),
    )


def _safe(text: str) -> str:
    return escape(visible_text(text, limit=600))
