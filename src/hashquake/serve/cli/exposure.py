"""``hashquake exposure``: how much of each pool's power sits in a place that went dark."""

from typing import Annotated

import click
import typer

from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(exposure)
    return typer.main.get_command(app)


def exposure(
    *,
    country: Annotated[
        str | None,
        typer.Option(metavar="CC", help="One country, such as KZ. Default: all with an event."),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show how much of each pool's power is in places that went dark, with 90 % intervals.

    Estimated from the blocks around dated outages and cuts of power, and shown with what the map
    alone gives.
    """
    wanted = None if country is None else country.upper()
    with opened(db) as observatory, working("weighing blocks against the dark"):
        found = observatory.exposure(wanted)
    from hashquake.serve.exposure_table import exposure_shapes, print_exposures

    if as_json:
        print_json(exposure_shapes(found))
    else:
        print_exposures(found, console(), every_pool=country is not None)
