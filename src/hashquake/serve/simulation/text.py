"""A simulation as text for people at a terminal."""

from typing import TYPE_CHECKING, Any

from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.forward.layout import HOUR_S
from hashquake.forward.simulation import Simulation
from hashquake.serve import format as written

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN_POOLS = 5


def print_simulation(run: Simulation, document: dict[str, Any], out: "Console") -> None:
    """Print one run."""
    scenario = run.scenario
    out.print(f"[bold]{scenario.title or scenario.name}[/]", highlight=False)
    if run.partial:
        out.print(f"[bold red]stopped early: {run.paths:,} of {run.paths_asked:,} paths[/]")
    out.print(f"{run.paths:,} futures, seed {run.seed}; medians, nine in ten in brackets\n")
    for what, text in outcome_rows(run, document):
        out.print(f"  {what:<24} {text}")
    out.print()
    out.print(_retargets(run))
    moved = _moved(document)
    if moved:
        out.print("\n  share of blocks in the window")
        for line in moved:
            out.print(f"    {line}")


def print_sweep(runs: "list[Simulation]", key: str, values: list[str], out: "Console") -> None:
    """Print a line a value."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = (key, "next difficulty", "blocks lost", "longest gap", "six confirmations", "paths")
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="left" if not at else "right")
    for run, value in zip(runs, values, strict=False):
        table.add_row(
            value,
            written.change(ratio_change(run, 1), digits=1),
            _counted(run.spread("blocks_lost").interval),
            _span(run.spread("longest_gap_s").interval),
            _span(run.spread("confirmation_6_s").interval),
            f"{run.paths:,}" + (" (partial)" if run.partial else ""),
        )
    out.print(table)


def ratio_change(run: Simulation, index: int) -> Interval:
    """Give the change of difficulty at a retarget, a share."""
    ratio = run.spread(f"ratio_{index}").interval
    return Interval(
        median=ratio.median - 1, low=ratio.low - 1, high=ratio.high - 1, level=ratio.level
    )


def outcome_rows(run: Simulation, document: dict[str, Any]) -> list[tuple[str, str]]:
    """Give what a person wants to know first, as pairs of texts."""
    rows = [
        (f"struck, {subject}", share_text(share))
        for subject, share in document["struck_share"].items()
    ]
    rows.append(("blocks in the window", _counted(run.spread("blocks_in_window").interval)))
    rows.append(("blocks lost there", _counted(run.spread("blocks_lost").interval)))
    rows.append(("longest gap there", _span(run.spread("longest_gap_in_window_s").interval)))
    over = (run.above("longest_gap_in_window_s", hours * HOUR_S) for hours in (1, 2, 3))
    texts = [written.percent(share, digits=1) for share in over]
    rows.append(("a gap over 1, 2, 3 h", f"in {', '.join(texts)} of futures"))
    rows.append(("one confirmation", _span(run.spread("confirmation_1_s").interval)))
    late = written.percent(run.above("confirmation_1_s", HOUR_S), digits=1)
    rows.append(("  later than an hour", late))
    rows.append(("six confirmations", _span(run.spread("confirmation_6_s").interval)))
    dark = document["energy_not_used"]
    if dark is not None and run.scenario.outages:
        rows.append(("power not used", f"{_number(dark['power_mw'])} MW"))
        rows.append(("carbon not emitted", f"{_number(dark['carbon_t'])} t CO2"))
    attack = document["cost_to_attack"]["during"]
    rented = attack is not None and attack["rent_usd_per_h"] is not None
    if rented and run.scenario.outages:
        rows.append(("rent of as much power", f"{_number(attack['rent_usd_per_h'])} USD an hour"))
    return rows


def _retargets(run: Simulation) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    dated = run.scenario.start_s is not None
    for heading in ("  retarget", "change of difficulty", "expected", "delay"):
        table.add_column(heading)
    for index in range(1, run.place.epochs + 1):
        when = run.spread(f"time_s_{index}").interval
        if dated:
            start_s = run.scenario.start_s or 0.0
            expected = written.date(start_s + when.median)
            expected += f" (± {(when.high - when.low) / 2 / DAY_S:.1f} d)"
        else:
            half = (when.high - when.low) / 2 / DAY_S
            expected = f"day {when.median / DAY_S:.1f} (± {half:.1f} d)"
        table.add_row(
            f"  {index}",
            written.change(ratio_change(run, index), digits=1),
            expected,
            f"{run.spread(f'delay_s_{index}').mean / 3600:+.1f} h",
        )
    return table


def _moved(document: dict[str, Any]) -> list[str]:
    rows = [row for row in document["revenue_share"] if row["moved"] is not None]
    largest = sorted(rows, key=lambda row: -abs(row["moved"]))[:_SHOWN_POOLS]
    return [
        f"{row['subject']:<22} {written.percent(row['before'], digits=1)} before, "
        f"{share_text(row['window'])} in it"
        for row in largest
    ]


def _counted(interval: Interval) -> str:
    return f"{interval.median:,.0f} [{interval.low:,.0f}, {interval.high:,.0f}]"


def _span(interval: Interval) -> str:
    low, middle, high = (
        written.duration(value) for value in (interval.low, interval.median, interval.high)
    )
    return f"{middle} [{low}, {high}]"


def share_text(shape: dict[str, Any]) -> str:
    """Give a share with its interval, or alone where it is exact."""
    low, middle, high = (written.percent(shape[key], digits=1) for key in ("low", "median", "high"))
    return middle if low == high else f"{middle} [{low}, {high}]"


def _number(shape: dict[str, Any]) -> str:
    return " ".join(
        (
            _three(shape["median"]),
            f"[{_three(shape['low'])}, {_three(shape['high'])}]",
        )
    )


def _three(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}"
