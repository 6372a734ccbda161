"""``hashquake quakes list|show|export``: the catalog that the record holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.network import require_steady_bits
from hashquake.core.subject import NETWORK
from hashquake.core.times import parse_time
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import Db, Json, Since, Until, opened
from hashquake.serve.cli.output import console, note, print_json

if TYPE_CHECKING:
    from hashquake.core.quake import Quake


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
        found = [
            one
            for one in observatory.quakes()
            if _wanted(one, since, until, kind) and (every or one.status != "rejected")
        ]
        if not found:  # where falls cannot be looked for, none found says nothing
            require_steady_bits(observatory.network, "the catalog of falls")
    if as_json:
        from hashquake.serve.opinion_documents import quake_json

        print_json([quake_json(one) for one in found])
        return
    if not found:
        note("no quakes; has the catalog been made? hashquake replay --write makes it")
        return
    from hashquake.serve.quake_table import expected_by_luck, quake_table

    out = console()
    out.print(quake_table(found, width=out.width))
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
        known = [] if found else sorted({one.id for one in observatory.quakes()})
    if not found:
        raise UsageError(
            f"the catalog holds no quake {quake!r}{suggestion(quake, known)}",
            code="quake-unknown",
            hint="hashquake quakes list shows them",
        )
    if as_json:
        from hashquake.serve.opinion_documents import quake_json

        revisions = [quake_json(one) for one in found]
        print_json({**revisions[-1], "revisions": revisions})
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

    with opened(db) as observatory:
        found = observatory.quakes()
    from hashquake.serve.files import write_whole

    write_whole(out, quake_bytes(found, out.suffix))
    if as_json:
        print_json({"path": str(out), "n_quakes": len(found)})
    else:
        console().print(f"[bold]{out}[/]: {len(found):,} quakes")


def _wanted(one: "Quake", since: str | None, until: str | None, kind: str | None) -> bool:
    if since is not None and one.onset.end_s < parse_time(since):
        return False
    if until is not None and one.onset.start_s >= parse_time(until):
        return False
    return kind is None or (one.subject != NETWORK) == (kind == "pools")
