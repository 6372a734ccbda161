"""``hashquake partition``: a country cut off that mines on, and what healing undoes."""

from functools import partial
from typing import Annotated, Any

import click
import typer

from hashquake.core.interval import Interval
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(partition)
    return typer.main.get_command(app)


def partition(
    *,
    duration: Annotated[str, typer.Option(metavar="DURATION", help="Length of the cut: 90m, 5d.")],
    share: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Hash rate behind the cut: 18% or 0.18.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CC", help="Take the share from the map instead.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Of the map; default: the record's end.")
    ] = None,
    domestic: Annotated[
        str, typer.Option(metavar="SHARE", help="Part of the machines whose pool is inside, too.")
    ] = "100%",
    confirmations: Annotated[
        int, typer.Option(metavar="N", help="Of a payment inside, when the cut heals.")
    ] = 6,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show how long two chains grow when a country is cut off and mines on, and what is undone.

    What is assumed of nodes and pools is printed with it.
    """
    from hashquake.serve.race_documents import partition_document

    document = partition_document(
        partial(opened, db),
        duration=duration,
        share=share,
        country=country,
        at=at,
        domestic=domestic,
        confirmations=confirmations,
    )
    if as_json:
        print_json(document)
    else:
        _print(document)


def _print(document: dict[str, Any]) -> None:
    from hashquake.serve.format import probability, share_interval
    from hashquake.serve.format_times import duration

    out = console()
    out.print(f"A cut of [bold]{duration(document['duration_s'])}[/], with pools inside:")
    share = share_interval(Interval(**document["inside_share"]))
    out.print(f"  mines inside      {share} of the hash rate")
    for name in ("inside", "outside"):
        interval_s = document[f"{name}_interval_s"]
        pace = "" if interval_s is None else f", one in {duration(interval_s)}"
        out.print(
            f"  blocks {name:<7}    {_count(document[f'{name}_blocks'])}{pace}; undone when it "
            f"heals: {_count(document[f'undone_{name}_blocks'])}"
        )
    longer, tie = document["inside_longer_probability"], document["tie_probability"]
    out.print(f"  inside is longer  {probability(longer)}, a tie {probability(tie)}")
    if document["reversal_probability"] is not None:
        risk = probability(document["reversal_probability"])
        count = document["confirmations"]
        out.print(f"  a payment with {count} confirmations inside is undone: {risk}")
    out.print("Assumed:")
    for line in document["assumptions"]:
        out.print(f"- {line}")


def _count(blocks: dict[str, float]) -> str:
    from hashquake.serve.format import NBSP

    return f"{blocks['median']:,.0f} [{blocks['low']:,.0f},{NBSP}{blocks['high']:,.0f}]"
