"""``hashquake publish``: the record as a folder of pages and documents, for any web server."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core import clock
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.serve.cli.options import Db, Json, Lang, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import ProgressLine
from hashquake.serve.cli.serve import check_extra
from hashquake.serve.language import language_named


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(publish)
    return typer.main.get_command(app)


def publish(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to; it is made where there is none.")
    ],
    *,
    url: Annotated[
        str,
        typer.Option(metavar="URL", help="Where readers will find it, for the links of its feed."),
    ] = "",
    lang: Lang = "en",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write the record as a folder of pages and documents, for any web server.

    The pages are those of [bold]hashquake serve[/], without the laboratory. Files of the same
    names are replaced and others stay, so that addresses last.
    """
    check_extra()
    language = language_named(lang)
    if url and not url.startswith(("http://", "https://")):
        raise UsageError(
            f"the URL must begin with http:// or https://, got {visible_text(url, limit=60)!r}",
            code="usage",
            hint="as https://example.org/hashquake",
        )
    from hashquake.serve.page.publishing import Publisher

    with opened(db) as observatory, ProgressLine() as line:
        publisher = Publisher(observatory, folder, url=url, now_s=clock.now_s(), language=language)
        made = publisher.write(line.show)
    if as_json:
        print_json({"path": str(folder), "n_pages": made.n_pages, "n_files": made.n_files})
    else:
        console().print(
            f"{folder}: {made.n_pages:,} pages, {made.n_files:,} files",
            markup=False,
            soft_wrap=True,
        )
