"""``hashquake export``: the record's blocks as Parquet or CSV."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.serve.cli.options import Db, Json, Since, Until, opened, window_in_record
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.files import ending_of


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(export)
    return typer.main.get_command(app)


def export(
    *,
    out: Annotated[
        Path, typer.Option(metavar="F.parquet|F.csv", help="Where to; the ending decides.")
    ],
    since: Since = None,
    until: Until = None,
    stale: Annotated[bool, typer.Option("--stale", help="Include stale blocks.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write blocks as Parquet or CSV, one row a block, whole or not at all."""
    ending_of(out, (".parquet", ".csv"))
    window = None
    with opened(db) as observatory:
        if since is not None or until is not None:
            window = window_in_record(observatory, since, until)
        with working("writing"):
            n_blocks = observatory.export_blocks(out, window=window, stale=stale)
    if as_json:
        print_json({"path": str(out), "n_blocks": n_blocks})
    else:
        console().print(f"[bold]{out}[/]: {n_blocks:,} blocks")
