"""``hashquake forecast``: the next difficulty and when it comes, with intervals."""

from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import parse_time
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.record_age import age_note


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(forecast)
    return typer.main.get_command(app)


def forecast(
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From what was known then. Default: the record's end."),
    ] = None,
    stored: Annotated[
        bool, typer.Option("--stored", help="List the stored forecasts with what came of each.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Forecast the next difficulty and the time of the retarget, with 90 % intervals.

    A forecast of a record's end is stored in it, unless it is read-only, before the truth is
    known; --stored lists them.
    """
    if stored:
        if at is not None:
            raise UsageError(
                "--stored lists what is stored and takes no --at",
                code="option-conflict",
                hint="give one of the two",
            )
        _list(db, as_json=as_json)
        return
    with opened(db) as observatory, working("filtering"):
        made = observatory.forecast(None if at is None else parse_time(at))
        old = age_note(observatory) if at is None else ""
    if old:
        note(old)
    retarget_s = made.retarget_s.quantiles.interval(0.9)
    if as_json:
        from hashquake.serve.forecast_table import next_difficulty_shape

        print_json(next_difficulty_shape(made))
        return
    from hashquake.serve.format import change, percent
    from hashquake.serve.format_times import utc

    moved = made.next_difficulty_ratio.quantiles.mapped(offset=-1.0).interval(0.9)
    out = console()
    elapsed = percent(made.epoch_share_elapsed)
    if made.is_set:
        out.print(f"The next difficulty is set by block {made.height:,}, {utc(retarget_s.median)}:")
        out.print(f"  next difficulty  [bold]{percent(moved.median, digits=2, signed=True)}[/]")
        out.print(f"  in force from    block {made.height + 1:,}")
        return
    out.print(f"At height {made.height:,}, {elapsed} of the epoch done:")
    out.print(f"  next difficulty  [bold]{change(moved, digits=1)}[/]")
    out.print(f"  expected         [bold]{utc(retarget_s.median)}[/]")
    out.print(f"  90 % interval    {utc(retarget_s.low)} to {utc(retarget_s.high)}")


def _list(db: str | None, *, as_json: bool) -> None:
    """Print the stored forecasts, oldest first."""
    from hashquake.serve.forecast_table import forecast_cells, forecast_shape

    with opened(db) as observatory:
        results = observatory.forecasts()
    if as_json:
        print_json([forecast_shape(one) for one in results])
        return
    out = console()
    if not results:
        out.print("No forecast is stored. hashquake forecast stores one in a record of your own.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("issued", "of", "for block", "forecast, 90 % interval", "came", "in it"):
        table.add_column(heading, overflow="fold")
    for one in results:
        table.add_row(*forecast_cells(one))
    out.print(table)
