"""``hashquake partition``: a country cut off that mines on, and what healing undoes."""

from typing import TYPE_CHECKING, Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.times import parse_duration, parse_time
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.shares import parse_share
from hashquake.serve.shapes import finite, interval_shape

if TYPE_CHECKING:
    from hashquake.forward.partition import Partition


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
    from hashquake.forward.partition import partition as partition_of
    from hashquake.forward.partition import reversal_risk

    behind = _share(share, country, at, db)
    inside = parse_share(domestic, what="a part", code="share-syntax")
    length_s = parse_duration(duration)
    found = partition_of(behind, length_s, domestic_share=inside)
    middle = (behind.median if isinstance(behind, Interval) else behind) * inside
    undone = reversal_risk(middle, length_s, confirmations) if middle > 0.0 else None
    if as_json:
        print_json(_shape(found, confirmations, undone))
    else:
        _print(found, confirmations, undone)


def _share(
    share: str | None, country: str | None, at: str | None, db: str | None
) -> Interval | float:
    if (share is None) == (country is None):
        raise UsageError(
            "a partition needs either --share or --country",
            code="usage",
            hint="such as hashquake partition --country KZ --at 2022-01-05 --duration 5d",
        )
    if share is not None:
        return parse_share(share, what="a share", code="share-syntax")
    from hashquake.core.country import parse_country

    code = parse_country(str(country))
    at_given_s = None if at is None else float(parse_time(at))
    with opened(db) as observatory:
        at_s = observatory.end_s() if at_given_s is None else at_given_s
        table = observatory.map(as_of_s=at_s, at_s=at_s)
        row = next((one for one in table.rows if one.country == code), None)
        if row is None:
            raise UsageError(
                f"no map names {code}", code="map-missing", hint="give its hash rate by --share"
            )
        return row.share.interval(0.9)


def _shape(found: "Partition", confirmations: int, undone: float | None) -> dict[str, object]:
    from hashquake.forward.partition import WHAT_NODES_DO

    return {
        "duration_s": found.duration_s,
        "inside_share": interval_shape(found.inside_share),
        "inside_blocks": interval_shape(found.inside_blocks),
        "outside_blocks": interval_shape(found.outside_blocks),
        "inside_longer_probability": found.inside_longer,
        "tie_probability": found.tie,
        "undone_inside_blocks": interval_shape(found.undone_inside),
        "undone_outside_blocks": interval_shape(found.undone_outside),
        "inside_interval_s": finite(found.inside_interval_s),
        "outside_interval_s": finite(found.outside_interval_s),
        "inside_epoch_s": finite(found.inside_retarget_s),
        "confirmations": confirmations,
        "reversal_probability": undone,
        "assumptions": list(WHAT_NODES_DO),
    }


def _print(found: "Partition", confirmations: int, undone: float | None) -> None:
    from hashquake.forward.partition import WHAT_NODES_DO
    from hashquake.serve.format import probability, share_interval
    from hashquake.serve.format_times import duration

    out = console()
    out.print(f"A cut of [bold]{duration(found.duration_s)}[/], with pools inside:")
    out.print(f"  mines inside      {share_interval(found.inside_share)} of the hash rate")
    for name, blocks, undone_blocks, interval_s in (
        ("inside ", found.inside_blocks, found.undone_inside, found.inside_interval_s),
        ("outside", found.outside_blocks, found.undone_outside, found.outside_interval_s),
    ):
        pace = f", one in {duration(interval_s)}" if finite(interval_s) else ""
        out.print(
            f"  blocks {name}    {_count(blocks)}{pace}; undone when it heals: "
            f"{_count(undone_blocks)}"
        )
    out.print(
        f"  inside is longer  {probability(found.inside_longer)}, a tie {probability(found.tie)}"
    )
    if undone is not None:
        risk = probability(undone)
        out.print(f"  a payment with {confirmations} confirmations inside is undone: {risk}")
    out.print("Assumed:")
    for line in WHAT_NODES_DO:
        out.print(f"- {line}")


def _count(blocks: Interval) -> str:
    from hashquake.serve.format import NBSP

    return f"{blocks.median:,.0f} [{blocks.low:,.0f},{NBSP}{blocks.high:,.0f}]"
