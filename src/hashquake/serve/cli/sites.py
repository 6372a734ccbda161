"""``hashquake sites`` and ``hashquake sites token ID``: the operator's own mining farms."""

from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import parse_time
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, note, print_json

Sites = Annotated[
    str | None,
    typer.Option(
        "--sites",
        metavar="FILE",
        help="The file of sites. Default: `sites` in the settings, or sites.toml next to them.",
        show_default=False,
    ),
]


def command() -> click.Command:
    """Build the command with its subcommand."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.callback(invoke_without_command=True)(sites)
    app.command("token")(token)
    return typer.main.get_command(app)


def sites(
    ctx: typer.Context,
    *,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="The instant asked about. Default: now.")
    ] = None,
    price_usd: Annotated[
        float | None,
        typer.Option(
            metavar="USD", help="Price of a bitcoin; the record's own, else the bundled one."
        ),
    ] = None,
    file: Sites = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show which of your mining farms stand behind a dark network or grid.

    The farms are described in sites.toml; docs/how-to/sites.md shows one.
    """
    if ctx.invoked_subcommand is not None:
        return
    from hashquake.serve.settings import load_settings
    from hashquake.serve.site_settings import no_sites, sites_wanted

    if price_usd is not None and not 0.0 < price_usd < float("inf"):
        raise UsageError(
            f"--price-usd must be greater than 0, got {price_usd:g}", code="option-invalid"
        )
    wanted = sites_wanted(file, load_settings())
    if not wanted:
        raise no_sites()
    with opened(db) as observatory:
        rows = observatory.sites(
            wanted, None if at is None else parse_time(at), price_usd=price_usd
        )
    from hashquake.serve.site_table import print_sites, site_shapes

    if as_json:
        print_json(site_shapes(rows))
    else:
        print_sites(rows, console())


def token(
    site: Annotated[str, typer.Argument(metavar="ID", help="The site's id in the file.")],
    *,
    file: Sites = None,
    as_json: Json = False,
) -> None:
    """Make a new token with which a site sends heartbeats; only its hash is kept."""
    from hashquake.core.secret_token import new_token
    from hashquake.serve.settings import load_settings
    from hashquake.serve.site_settings import no_sites, sites_wanted

    wanted = sites_wanted(file, load_settings())
    if not wanted:
        raise no_sites()
    if site not in {one.id for one in wanted}:
        shown = visible_text(site, limit=40)
        raise UsageError(
            f"no site {shown!r} is described{suggestion(site, [one.id for one in wanted])}",
            code="site-unknown",
            hint="hashquake sites shows them",
        )
    made, kept = new_token()
    if as_json:
        print_json({"site": site, "token": made, "hash": kept})
        return
    note(f"The token of {site}, shown this once; it sends Authorization: Bearer TOKEN")
    typer.echo(made)
    note(f'Its hash, for the [[site]] in the file:\n\ntoken_hash = "{kept}"')
