"""A simulation as text for people at a terminal, at most 80 columns wide."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hashquake.core.hostile_text import visible_text
from hashquake.core.times import DAY_S
from hashquake.serve.format_times import duration
from hashquake.serve.simulation.words import (
    NBSP,
    NO_VALUE,
    moved_rows,
    outcomes,
    points_text,
    ratio_text,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from hashquake.forward.simulation import Simulation

_MOST_MOVED = 6


def print_simulation(run: "Simulation", document: dict[str, Any], out: "Console") -> None:
    """Print one run.

    Parameters
    ----------
    run : Simulation
        What to print.
    document : dict
        Its JSON.
    out : Console
        Where to.
    """
    from rich.text import Text

    scenario = run.scenario
    out.print(Text(visible_text(scenario.title or scenario.name), style="bold"))
    if run.partial:
        out.print(f"[bold red]stopped early: {run.paths:,} of {run.paths_asked:,} futures[/]")
    out.print(
        f"{run.paths:,} futures, seed {run.seed}. Medians; 90 % of futures lie in brackets.\n"
    )
    out.print(_outcomes(document))
    out.print()
    out.print(_retargets(run, document))
    if document["steady_hashrate"] is not None:
        out.print()
        out.print(_effects(document))
    for kind, heading in (("pool", "pool"), ("country", "country")):
        rows = moved_rows(document, kind)
        if rows:
            out.print()
            out.print(_shares(rows, heading))


def print_sweep(
    runs: list["Simulation"],
    documents: list[dict[str, Any]],
    key: str,
    values: list[str],
    out: "Console",
) -> None:
    """Print a line a value, in the words and about the window of a single run.

    Parameters
    ----------
    runs, documents : list
        The runs and their JSON.
    key, values : str, list of str
        What was swept.
    out : Console
        Where to.
    """
    out.print("Blocks and gaps are those in the window of the outage.")
    table = _table(visible_text(key), "next difficulty", "blocks lost", "longest gap",
                   "6 confirmations")  # fmt: skip
    for run, document, value in zip(runs, documents, values, strict=False):
        table.add_row(
            visible_text(value) + (" (partial)" if run.partial else ""), *_swept(document)
        )
    calm = documents[0]["without_outage"]
    if calm is not None:
        table.add_row("no outage", *_swept({**calm, "blocks_lost": None}))
    out.print(table)


def _swept(document: dict[str, Any]) -> tuple[str, ...]:
    lost = document["blocks_lost"]
    return (
        ratio_text(document["retargets"][0]["ratio"]),
        NO_VALUE if lost is None else _median(lost, "{:,.0f}".format),
        _median(document["longest_gap_in_window_s"], duration),
        _median(document["confirmation_s"]["6"], duration),
    )


def _median(shape: dict[str, Any], text: Any) -> str:
    return str(text(shape["quantiles"]["0.5"]))


def _outcomes(document: dict[str, Any]) -> "Table":
    compared = document["without_outage"] is not None
    table = _table("", "with the outage", "without it") if compared else _table("", "")
    for row in outcomes(document):
        table.add_row(*(row if compared else row[:2]))
    return table


def _retargets(run: "Simulation", document: dict[str, Any]) -> "Table":
    calm = document["without_outage"]
    headings = ["no.", "change of difficulty"]
    headings += ["without outage"] if calm is not None else []
    headings += ["expected", "later by"] if calm is not None else ["expected"]
    table = _table(*headings)
    for at, row in enumerate(document["retargets"]):
        cells = [f"{row['index']}", ratio_text(row["ratio"])]
        cells += [] if calm is None else [ratio_text(calm["retargets"][at]["ratio"])]
        cells += [expected_text(run.scenario.start_s, row["time_s"])]
        cells += [] if calm is None else [later_text(row["delay_s"])]
        table.add_row(*cells)
    return table


def _effects(document: dict[str, Any]) -> "Table":
    compared = document["without_outage"] is not None
    headings = ["no.", *(["effect of the outage"] if compared else [])]
    table = _table(*headings, "effect of growth, price and fleet")
    for row in document["retargets"]:
        effects = row["effects"]
        cells = [points_text(effects["outage"])] if compared else []
        table.add_row(f"{row['index']}", *cells, points_text(effects["growth_price_and_fleet"]))
    return table


def _shares(rows: list[dict[str, Any]], heading: str) -> "Table":
    table = _table(heading, "share of blocks before", "in the window", "change")
    for row in rows[:_MOST_MOVED]:
        table.add_row(visible_text(row["name"]), row["before"], row["window"], row["moved"])
    return table


def expected_text(start_s: float | None, shape: dict[str, Any]) -> str:
    """Write when a retarget is expected: a date, or a day of the run, give or take.

    Parameters
    ----------
    start_s : float or None
        Start of the run, UTC Unix seconds; None where the scenario has no date.
    shape : dict
        Quantiles of the time, seconds from the start, as in the JSON document.
    """
    quantiles = shape["quantiles"]
    half_d = (quantiles["0.95"] - quantiles["0.05"]) / 2 / DAY_S
    middle = quantiles["0.5"]
    day = f"day {middle / DAY_S:.1f}" if start_s is None else _date(start_s + middle)
    return f"{day} \N{PLUS-MINUS SIGN} {half_d:.1f}{NBSP}d"


def _date(time_s: float) -> str:
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{moment.day} {moment:%b %Y}"


def later_text(shape: dict[str, Any]) -> str:
    """Write by how much later a retarget comes than without the outage, on average.

    Parameters
    ----------
    shape : dict
        Mean of the delay, seconds, as in the JSON document.
    """
    hours = shape["mean"] / 3600
    sign = "\N{MINUS SIGN}" if hours < -0.05 else ""
    return f"{sign}{abs(hours):.1f} h"


def _table(*headings: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for heading in headings:
        table.add_column(heading)
    return table
