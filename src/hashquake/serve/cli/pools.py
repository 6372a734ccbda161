"""``hashquake pools``: what pools found compared with the hash rate they report themselves."""

from typing import Annotated

import click
import typer

from hashquake.core.times import parse_time, positive_duration_s
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.record_age import age_note


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(pools)
    return typer.main.get_command(app)


def pools(
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="End of the time compared. Default: the record's end."),
    ] = None,
    span: Annotated[
        str, typer.Option(metavar="DURATION", help="Its length, such as 24h or 7d.")
    ] = "24h",
    every_pool: Annotated[
        bool, typer.Option("--all", help="Show pools under 1 % that report nothing too.")
    ] = False,
    pool: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            help="One pool for its operator: who gained what it lost, what names it, stale blocks.",
            show_default=False,
        ),
    ] = None,
    exposure: Annotated[
        bool,
        typer.Option(
            "--exposure", help="Add how much of each pool sits in places that went dark (slower)."
        ),
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Compare the blocks of each pool with the hash rate it reports, and with chance.

    Reports are read with hashquake ingest pool_SLUG. Without any, it is what each pool found.
    """
    span_s = positive_duration_s(span, "span")
    with opened(db) as observatory, working("comparing"):
        old = age_note(observatory) if at is None else ""
        at_s = None if at is None else parse_time(at)
        found = detail = None
        if pool is None:
            found = observatory.pools(at_s, span_s=span_s, exposure=exposure)
        else:
            detail = observatory.pool(pool, at_s, span_s=span_s, exposure=exposure)
    from hashquake.serve.pool_detail import pool_detail_shape, print_pool_detail
    from hashquake.serve.pool_table import pool_shapes, print_pools

    if old:
        note(old)
    if detail is not None:
        if as_json:
            print_json(pool_detail_shape(detail))
        else:
            print_pool_detail(detail, console())
    elif found is not None:
        if as_json:
            print_json(pool_shapes(found))
        else:
            print_pools(found, console(), every_pool=every_pool)
