"""``hashquake backup``: a whole copy of a record while others read and write it."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(backup)
    return typer.main.get_command(app)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; must not exist yet.")],
    *,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Copy a record into one file, whole, while others go on reading and writing it."""
    with opened(db) as observatory, working("copying"):
        n_blocks = observatory.backup(file)
    if as_json:
        print_json({"path": str(file), "n_blocks": n_blocks})
    else:
        console().print(f"{file}: {n_blocks:,} blocks", markup=False, soft_wrap=True)
