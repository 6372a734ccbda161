"""``hashquake replay``: the catalog rebuilt from the record, as live detection would have."""

from typing import Annotated

import click
import typer

from hashquake.core.times import parse_time
from hashquake.serve.asked import quakes_wanted
from hashquake.serve.cli.options import Db, Json, Since, Until, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(replay)
    return typer.main.get_command(app)


def replay(
    *,
    since: Since = None,
    until: Until = None,
    false_alarms: Annotated[
        float,
        typer.Option(
            metavar="PER_YEAR",
            help="How often luck and drift alone may raise a quake of the network, "
            "and as often one of pools.",
        ),
    ] = 1.0,
    write: Annotated[bool, typer.Option("--write", help="Keep the catalog in the record.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Rejected quakes, too.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Rebuild the catalog from the record's blocks. The same blocks give the same catalog.

    With --until it uses only what was known then. --since leaves earlier quakes out.
    """
    from hashquake.serve.opinion_documents import quake_json
    from hashquake.serve.quake_table import quake_table

    quakes_wanted((), since=since, until=until)  # refused before the work, not after it
    with opened(db) as observatory, working("replaying"):
        quakes = observatory.replay(
            false_alarms_per_year=false_alarms,
            until_s=None if until is None else parse_time(until),
            write=write,
        )
    found = quakes_wanted(quakes, since=since, rejected=every)
    if as_json:
        print_json([quake_json(quake) for quake in found])
    else:
        out = console()
        out.print(quake_table(found))
