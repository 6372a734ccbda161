"""``hashquake energy``: the power that mining draws, of the network or of a country."""

from typing import Annotated

import click
import typer

from hashquake.core.times import parse_time
from hashquake.serve.cli.geography_options import (
    Electricity,
    MapFile,
    MapPartial,
    MapUnit,
    PriceUsd,
    maps_given,
    prices_given,
)
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(energy)
    return typer.main.get_command(app)


def energy(
    *,
    country: Annotated[
        str | None,
        typer.Option(metavar="CC", help="Two letters, such as KZ. Default: the whole network."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When. Default: the record's end.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Use only maps published by then."),
    ] = None,
    registered_mw: Annotated[
        float | None,
        typer.Option(
            metavar="MW",
            help="Power of registered miners, to find the rest. Default: the bundled fact, if any.",
        ),
    ] = None,
    map_file: MapFile = None,
    map_unit: MapUnit = "share",
    map_partial: MapPartial = False,
    price_usd: PriceUsd = None,
    electricity_usd_per_kwh: Electricity = 0.05,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show the megawatts that mining draws, its share of generation, and what it emits.

    For a country also what is left besides the registered miners. All with 90 % intervals.
    """
    with opened(db) as observatory, working("measuring"):
        report = observatory.energy(
            country=country,
            at_s=None if at is None else parse_time(at),
            as_of_s=None if as_of is None else parse_time(as_of),
            registered_mw=registered_mw,
            maps=maps_given(map_file, map_unit, partial=map_partial),
            prices=prices_given(price_usd, electricity_usd_per_kwh),
        )
    if as_json:
        from hashquake.serve.geography.shapes import energy_shape

        print_json(energy_shape(report))
        return
    from hashquake.core.country import country_names
    from hashquake.serve.geography.terminal import print_energy

    print_energy(report, country_names(), console())
