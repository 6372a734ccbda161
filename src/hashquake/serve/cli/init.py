"""``hashquake init``: a record and a settings file of one's own."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.network import MAIN, network_named
from hashquake.serve.cli.options import Db, Json
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import ProgressLine
from hashquake.serve.files import write_whole
from hashquake.serve.settings import own_record_path, settings_path

_TEMPLATE = """\
# hashquake settings. Environment variables win: HASHQUAKE_DB=... ; the command line wins over all.

# The record to use when --db is not given: a file or a database URL.
db = {db!r}

# Options of a source, used by `hashquake ingest` unless given there.
# [sources.bitcoind_rpc]
# url = "http://127.0.0.1:8332"
# cookie = "~/.bitcoin/.cookie"
"""


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(init)
    return typer.main.get_command(app)


def init(
    *,
    empty: Annotated[
        bool, typer.Option("--empty", help="Leave the bundled blocks of 2021-2026 out.")
    ] = False,
    network: Annotated[
        str | None, typer.Option(help="The network of a new record: main, signet, regtest, ...")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Make a record of your own, filled with the bundled blocks, and a settings file.

    What exists already is kept: running it again changes nothing.
    """
    from hashquake.observatory import bundled_batches, open_observatory

    name = db or str(own_record_path())
    chosen = None if network is None else network_named(network)
    with open_observatory(name, create=True, network=chosen) as observatory:
        record = observatory.record
        if not empty and record.network == MAIN and record.tip() is None:
            with ProgressLine() as progress:
                for batch, done in bundled_batches():
                    observatory.feed(batch, source="bundled")
                    progress.show(done)
        counts = dict(record.counts())
    settings = settings_path()
    made = not settings.exists()
    if made:
        write_whole(settings, _TEMPLATE.format(db=str(_absolute(name))).encode())
    if as_json:
        print_json({"db": name, "settings": str(settings), "settings_made": made, "counts": counts})
        return
    out = console()
    out.print(f"record    [bold]{name}[/] ({counts['blocks']:,} blocks)")
    out.print(f"settings  [bold]{settings}[/]" + ("" if made else " (kept as it was)"))
    out.print("next      hashquake ingest bitcoind_rpc --help")


def _absolute(name: str) -> str | Path:
    return name if "://" in name else Path(name).expanduser().absolute()
