"""``hashquake map``: where hash rate sits, as it was known on a day."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
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
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.files import ending_of, write_whole
from hashquake.serve.record_age import age_note


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(show_map)
    return typer.main.get_command(app)


def show_map(
    *,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="What was known then: maps published later are not used. Default: the record's "
            "end.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The day whose map is asked for, no later than --as-of. Default: --as-of.",
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="CN", help="The provinces of China, September 2019 to June 2021."),
    ] = None,
    map_file: MapFile = None,
    map_unit: MapUnit = "share",
    map_partial: MapPartial = False,
    price_usd: PriceUsd = None,
    electricity_usd_per_kwh: Electricity = 0.05,
    out: Annotated[
        Path | None, typer.Option(metavar="F.html|F.svg", help="Write a page or a picture.")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show each country's share of hash rate, its rank, and what it implies in megawatts.

    Shares are as published, with 90 % intervals that widen with the months since.
    """
    if out is not None:
        ending_of(out, (".html", ".svg"), code="format-unknown")
    from hashquake.datasets.mining_map import place_names
    from hashquake.serve.geography.shapes import published_beside

    if within is not None and map_file is not None:
        raise UsageError("--within is of the bundled provinces; it excludes --map", code="usage")
    with opened(db) as observatory, working("measuring"):
        table = observatory.map(
            as_of_s=None if as_of is None else parse_time(as_of),
            at_s=None if at is None else parse_time(at),
            within=within,
            maps=maps_given(map_file, map_unit, partial=map_partial),
            prices=prices_given(price_usd, electricity_usd_per_kwh),
        )
        old = age_note(observatory) if as_of is None else ""
    if old:
        note(old)
    names = place_names()
    published = published_beside(table)
    if out is not None:
        from hashquake.serve.geography.page import map_html, map_svg

        svg = out.suffix.lower() == ".svg"
        text = map_svg(table, names) if svg else map_html(table, names, published)
        write_whole(out, text.encode())
    if as_json:
        from hashquake.serve.geography.shapes import map_shape

        print_json(map_shape(table, names, published))
        return
    from hashquake.serve.geography.terminal import print_map

    print_map(table, names, published, console())
    if out is not None:
        note(f"written to {out}")
