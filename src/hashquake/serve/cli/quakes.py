"""``hashquake quakes list|show|export``: the catalog that the record holds."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.network import require_steady_bits
from hashquake.serve.asked import quakes_wanted, unknown_quake
from hashquake.serve.cli.options import Db, Json, Since, Until, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.document_bytes import ENDINGS
from hashquake.serve.files import ending_of, write_whole


def command() -> click.Command:
    """Build the command with its subcommands."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", no_args_is_help=True)
    app.callback()(quakes)
    app.command("list")(list_quakes)
    app.command("show")(show)
    app.command("export")(export)
    return typer.main.get_command(app)


def quakes() -> None:
    """Read the catalog of falls of hash rate; `hashquake replay --write` makes it."""


Kind = Annotated[
    str | None,
    typer.Option(metavar="network|pools", help="Only falls of the network, or of pools."),
]


def list_quakes(
    *,
    since: Since = None,
    until: Until = None,
    kind: Kind = None,
    every: Annotated[bool, typer.Option("--all", help="Rejected ones, too.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """List the quakes, one line each, in order of onset."""
    with opened(db) as observatory:
        catalog = observatory.quakes()
        found = quakes_wanted(catalog, since=since, until=until, kind=kind, rejected=every)
        if not found:  # where falls cannot be looked for, none found says nothing
            require_steady_bits(observatory.network, "the catalog of falls")
    if as_json:
        from hashquake.serve.opinion_documents import quake_json

        print_json([quake_json(one) for one in found])
        return
    if not found:
        note(
            f"no quake matches; quakes in the catalog, rejected ones included: {len(catalog)}"
            if catalog
            else "the catalog has no quakes; hashquake watch or hashquake replay --write finds them"
        )
        return
    from hashquake.serve.quake_table import expected_by_luck, quake_table

    out = console()
    out.print(quake_table(found))
    if summed := expected_by_luck(found):
        out.print(f"\n{summed}")


def show(
    quake: Annotated[str, typer.Argument(metavar="ID", help="Such as hq20210416a.")],
    *,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show one quake: what was thought of it, revision by revision."""
    with opened(db) as observatory:
        found = observatory.quake_opinions(quake)
        if not found:
            raise unknown_quake(quake, observatory.quakes())
    if as_json:
        from hashquake.serve.opinion_documents import quake_history_json

        print_json(quake_history_json(found))
        return
    from hashquake.serve.quake_table import print_quake

    print_quake(found, console())


def export(
    *,
    out: Annotated[Path, typer.Option(metavar="F.json|F.csv|F.parquet", help="Where to.")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write the latest opinion of each quake as JSON, CSV or Parquet."""
    from hashquake.serve.quake_table import quake_bytes

    ending = ending_of(out, ENDINGS)
    with opened(db) as observatory:
        found = observatory.quakes()
    write_whole(out, quake_bytes(found, ending))
    if as_json:
        print_json({"path": str(out), "n_quakes": len(found)})
    else:
        console().print(f"[bold]{out}[/]: {len(found):,} quakes")
