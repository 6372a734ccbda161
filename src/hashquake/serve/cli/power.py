"""``hashquake power``: how long it takes to find a drop, and what can be found in a time."""

from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, parse_duration
from hashquake.serve.cli.options import Db, Json
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.shares import parse_share
from hashquake.serve.shapes import finite, interval_shape

if TYPE_CHECKING:
    from hashquake.core.interval import Interval
    from hashquake.judge.power import Power

_AVERAGES = {"mean_24h": "24 h mean", "mean_3d": "3 d mean"}


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(power)
    return typer.main.get_command(app)


def power(
    *,
    drop: Annotated[
        str | None, typer.Option(metavar="SHARE", help="The drop, such as 12% or 0.12.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="The reverse: the smallest drop found so soon."),
    ] = None,
    per_year: Annotated[
        float, typer.Option(metavar="N", help="False alarms a year that are accepted.")
    ] = 1.0,
    table: Annotated[
        bool, typer.Option("--table", help="All drops, with the limit and moving averages.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show how many hours and blocks it takes to detect or to size a drop of the network."""
    del db  # every command takes it; power rests on simulation alone
    from hashquake.judge.power import power as power_of
    from hashquake.judge.power import power_table, smallest_drop

    if sum((drop is not None, within is not None, table)) != 1:
        raise UsageError(
            "power needs one of --drop, --within and --table",
            code="usage",
            hint="such as hashquake power --drop 12% --per-year 1",
        )
    if within is not None:
        within_s = parse_duration(within)
        found = smallest_drop(within_s=within_s, false_alarms_per_year=per_year)
        _print_reverse(within_s, found, per_year, as_json=as_json)
        return
    if table:
        rows = power_table(false_alarms_per_year=per_year)
    else:
        share = parse_share(drop or "", what="a drop", code="drop-syntax")
        rows = (power_of(drop_share=share, false_alarms_per_year=per_year),)
    if as_json:
        print_json([_shape(row) for row in rows])
    elif table:
        _print_table(rows, per_year)
    else:
        _print_one(rows[0])


def _shape(row: "Power") -> dict[str, Any]:
    return {
        "drop_share": row.drop_share,
        "false_alarms_per_year": row.false_alarms_per_year,
        "delay_s": interval_shape(row.delay_s),
        "mean_delay_s": row.mean_delay_s,
        "mean_delay_any_instant_s": row.mean_delay_any_instant_s,
        "delay_blocks": row.delay_blocks,
        "bound_s": row.bound_s,
        "bound_blocks": row.bound_blocks,
        "found_share": row.found_share,
        "not_within_days": row.not_within_days,
        "sizing_days": finite(row.sizing_days),
    }


def _print_reverse(within_s: float, found: float | None, per_year: float, *, as_json: bool) -> None:
    if as_json:
        print_json([{"within_s": within_s, "drop_share": found, "false_alarms_per_year": per_year}])
        return
    from hashquake.serve.format import percent
    from hashquake.serve.format_times import duration

    said = f"a fall of {percent(found)} or more" if found else "no fall that was measured"
    console().print(f"On average within {duration(within_s)}, at {_borne(per_year)}: {said}.")


def _print_one(row: "Power") -> None:
    from hashquake.serve.format import percent
    from hashquake.serve.format_times import duration

    out = console()
    out.print(
        f"A fall of [bold]{percent(row.drop_share)}[/] at {_borne(row.false_alarms_per_year)}:"
    )
    if row.delay_s is None or row.mean_delay_s is None or row.delay_blocks is None:
        out.print(
            f"  to detect  [bold]not within {row.not_within_days:.0f} days[/] can be promised"
        )
        out.print(f"             {percent(row.found_share)} of them are found by then")
    else:
        high = duration(row.delay_s.high) if row.delay_s.high < 30 * DAY_S else "over 30 days"
        out.print(
            f"  to detect  [bold]{duration(row.mean_delay_s)}[/] on average, "
            f"{row.delay_blocks:,.0f} blocks; nine in ten: {duration(row.delay_s.low)} to {high}"
        )
        if row.mean_delay_any_instant_s is not None:
            out.print(
                f"             {duration(row.mean_delay_any_instant_s)} on average over all "
                "instants, those soon after an alarm included"
            )
    out.print(
        f"  limit      {duration(row.bound_s)}, {row.bound_blocks:,.0f} blocks: size, baseline "
        f"and rate known"
    )
    sizing = f"{row.sizing_days:.1f} days" if finite(row.sizing_days) else "no number of days"
    out.print(f"  to size    {sizing} to distinguish it from no fall, if its date is known")


def _print_table(rows: tuple["Power", ...], per_year: float) -> None:
    from rich.table import Table

    from hashquake.judge.peer_table import measured_rows
    from hashquake.serve.format import percent

    peers = {
        (peer.name, peer.drop_share): peer for peer in measured_rows() if peer.name in _AVERAGES
    }
    out = console()
    out.print(f"Mean hours to an alarm, at {_borne(per_year)}; never counts 30 days.\n")
    made = Table(box=None, pad_edge=False)
    for heading in (
        "drop",
        "limit",
        "hashquake",
        "nine in ten",
        "any instant",
        *_AVERAGES.values(),
        "days to size",
    ):
        made.add_column(heading, justify="right")
    for row in rows:
        mean_delay = (
            "not promised" if row.mean_delay_s is None else f"{row.mean_delay_s / HOUR_S:.1f}"
        )
        spread = "" if row.delay_s is None else _hours(row.delay_s)
        at_any = row.mean_delay_any_instant_s
        averages = [
            f"{peers[name, row.drop_share].mean_delay_s / HOUR_S:.0f}"
            if (name, row.drop_share) in peers and per_year == 1.0
            else ""
            for name in _AVERAGES
        ]
        days = f"{row.sizing_days:.1f}" if finite(row.sizing_days) else "-"
        made.add_row(
            percent(row.drop_share),
            f"{row.bound_s / HOUR_S:.1f}",
            mean_delay,
            spread,
            "" if at_any is None else f"{at_any / HOUR_S:.1f}",
            *averages,
            days,
        )
    out.print(made)


def _hours(delay: "Interval") -> str:
    high = finite(delay.high)
    return f"{delay.low / HOUR_S:.0f} to " + ("never" if high is None else f"{high / HOUR_S:.0f}")


def _borne(per_year: float) -> str:
    return "one false alarm a year" if per_year == 1 else f"{per_year:g} false alarms a year"
