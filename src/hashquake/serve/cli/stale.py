"""``hashquake stale``: stale blocks by pool, from the time a block takes to spread."""

from functools import partial
from typing import Annotated, Any

import click
import typer

from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(stale)
    return typer.main.get_command(app)


def stale(
    *,
    delay: Annotated[
        list[float] | None,
        typer.Option(metavar="SECONDS", help="Until a block reaches the others; may be repeated."),
    ] = None,
    shares: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C", help="Shares of pools, such as 30%,29%,41%; default: the record's."
        ),
    ] = None,
    blocks: Annotated[
        int, typer.Option(metavar="N", help="How many to simulate for each delay.")
    ] = 2_000_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Equal seeds give equal results.")] = 1,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Simulate the share of each pool's blocks that become stale, over the delay of blocks.

    Without --shares the pools are those of the record's last 30 days, small ones together.
    """
    from hashquake.serve.race_documents import USUAL_DELAYS_S, stale_documents

    with working("simulating"):
        rows = stale_documents(
            partial(opened, db),
            delays_s=delay or USUAL_DELAYS_S,
            shares=shares,
            blocks=blocks,
            seed=seed,
        )
    if as_json:
        print_json(rows)
    else:
        _print(rows)


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from hashquake.serve.format import NBSP, percent
    from hashquake.serve.source_names import pool_name

    table = Table(
        box=None,
        pad_edge=False,
        title="Share of blocks that become stale, by the time a block takes to spread",
        title_justify="left",
    )
    table.add_column("pool")
    table.add_column("share", justify="right")
    for row in rows:
        table.add_column(f"{row['delay_s']:g} s", justify="right")

    def cell(found: dict[str, float]) -> str:
        median, low, high = (100.0 * found[name] for name in ("median", "low", "high"))
        return f"{median:.3f} % [{low:.3f},{NBSP}{high:.3f}]"

    table.add_row("network", "", *(cell(row["stale_share"]) for row in rows))
    for k, one in enumerate(rows[0]["pools"]):
        name, part = one["pool"], one["share"]
        if name.startswith("other ") and name != "other 1":
            continue
        label = "a small one" if name == "other 1" else escape(pool_name(name))
        share = percent(part, digits=0 if part >= 0.095 else 1)
        table.add_row(label, share, *(cell(row["pools"][k]["stale_share"]) for row in rows))
    console().print(table)
