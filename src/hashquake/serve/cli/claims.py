"""``hashquake claims list|show|scores``: the ledger of checked claims, and how forecasts did."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command with its subcommands."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", no_args_is_help=True)
    app.callback()(claims)
    app.command("list")(list_claims)
    app.command("show")(show)
    app.command("scores")(scores)
    return typer.main.get_command(app)


def claims() -> None:
    """Read the ledger of checked claims; `hashquake check` keeps them in a record of your own."""


def list_claims(*, db: Db = None, as_json: Json = False) -> None:
    """List the claims that were checked, each with its last verdict, the first checked first."""
    from hashquake.serve.check.document import ledger_documents

    with opened(db) as observatory:
        kept = observatory.claim_ledger()
    documents = ledger_documents(kept)
    if as_json:
        print_json(documents)
        return
    if not documents:
        note("no claims were checked; hashquake check FILE keeps them in a record of your own")
        return
    from hashquake.serve.check.ledger_table import ledger_table

    out = console()
    out.print(ledger_table(kept, width=out.width))


def show(
    claim: Annotated[str, typer.Argument(metavar="ID", help="Of hashquake claims list.")],
    *,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show a claim with every verdict there was on it, oldest first."""
    from hashquake.serve.check.document import revision_document

    with opened(db) as observatory:
        every = observatory.claim_ledger()
    found = [one for one in every if one.name == claim]
    if not found:
        names = sorted({one.name for one in every})
        raise UsageError(
            f"the ledger has no claim {visible_text(claim)!r}{suggestion(claim, names)}",
            code="claim-unknown",
            hint="list them with: hashquake claims list",
        )
    if as_json:
        last = revision_document(found[-1])
        print_json({**last, "revisions": [revision_document(one) for one in found]})
        return
    from hashquake.serve.check.ledger_table import print_claim

    print_claim(found, console())


def scores(
    *,
    file: Annotated[
        list[Path] | None,
        typer.Option(metavar="F.toml", help="Published forecasts written down as TOML."),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Score forecasts of the next difficulty: published ones, mempool.space's formula, our own.

    CRPS and bias in percentage points of the retarget's ratio, coverage of the 90 % interval,
    by year and by how much of the epoch had passed.
    """
    from hashquake.serve.check.score_table import score_documents, score_table

    with opened(db) as observatory, working("scoring"):
        found = observatory.forecast_scores(tuple(file or ()))
    if as_json:
        print_json(score_documents(found))
        return
    if not found:
        note("no forecast of this record has come to its retarget yet")
        return
    console().print(score_table(found))
