"""``hashquake init``: a record and a settings file of one's own."""

import os
from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.network import MAIN, network_named
from hashquake.core.secret_url import without_passwords
from hashquake.serve.cli.options import Json, OwnDb
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import ProgressLine
from hashquake.serve.files import write_whole

UNIT = "hashquake.service"


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
        str | None,
        typer.Option(
            metavar="NAME", help="The network of a new record: main, regtest, rehearsal, ..."
        ),
    ] = None,
    systemd: Annotated[
        bool,
        typer.Option(
            "--systemd", help="Write hashquake.service into this folder too: it watches for months."
        ),
    ] = False,
    db: OwnDb = None,
    as_json: Json = False,
) -> None:
    """Make a record of your own, filled with the bundled blocks, and a settings file.

    What exists already is kept: running it again changes nothing, and goes on with what was
    stopped. The record used by default never changes while there is one.
    """
    from rich.markup import escape

    from hashquake.observatory import load_bundled, open_observatory
    from hashquake.serve.record_name import record_name
    from hashquake.serve.settings import (
        load_settings,
        own_record_needed,
        own_record_path,
        settings_path,
        settings_text,
    )
    from hashquake.serve.systemd_unit import SYSTEM_SETTINGS

    # A container names its record in the environment: what is made is what is read later.
    db = db or os.environ.get("HASHQUAKE_DB")
    if db:
        record_name(db, create=True)  # refuses the bundled record, and what cannot be one
    name = str(_absolute(db)) if db else str(own_record_needed())
    chosen = None if network is None else network_named(network)
    own = own_record_path()
    had_own = own is not None and own.exists()
    with open_observatory(name, create=True, network=chosen) as observatory:
        if not empty and observatory.network == MAIN:
            with ProgressLine() as progress:
                load_bundled(observatory, progress=progress.show)
        counts = dict(observatory.counts())
    settings = settings_path()
    # Settings that name a record would take the place of one's own at its usual path.
    # Without a home directory there is no place for them, and no default to be changed.
    known = settings is not None and settings.exists()
    made = settings is not None and not known and (not had_own or name == str(own))
    if settings is not None and made:
        try:
            write_whole(settings, settings_text(name).encode(), private=True)
        except UsageError as error:
            # The record is made; with a home that cannot be written it is named by --db.
            made = False
            note(f"{error.message}; name the record with --db or HASHQUAKE_DB")
    unit = _unit(name) if systemd else None
    default = load_settings().record_named(create=False)
    if as_json:
        print_json(
            {
                "db": without_passwords(name),
                "settings": None if settings is None else str(settings),
                "settings_made": made,
                "default_db": str(default),
                "counts": counts,
                **({} if unit is None else {"unit": str(unit[0]), "unit_made": unit[1]}),
            }
        )
        return
    out = console()
    kept = "" if made else " (kept as it was)" if known else " (not made)"
    out.print(f"record    [bold]{escape(without_passwords(name))}[/] ({counts['blocks']:,} blocks)")
    out.print(f"settings  [bold]{escape(str(settings or 'none'))}[/]{kept}")
    if default.secret != name:
        out.print(f"default   [bold]{escape(str(default))}[/], used when --db is not given")
    if unit is not None:
        kept = "" if unit[1] else " (another one is kept as it was)"
        out.print(f"unit      [bold]{escape(str(unit[0]))}[/]{kept}")
        where = SYSTEM_SETTINGS if os.geteuid() == 0 else settings
        out.print(f"next      name your sources in {where}, then", markup=False)
        out.print(f"          sudo cp {UNIT} /etc/systemd/system/", markup=False)
        out.print(f"          sudo systemctl enable --now {UNIT}", markup=False)
        return
    out.print("next      hashquake watch bitcoind_rpc --help")


def _unit(record: str) -> tuple[Path, bool]:
    """Write the unit into the current folder; whether it is the one wanted now."""
    from hashquake.serve.systemd_unit import unit_text

    path, wanted = Path.cwd() / UNIT, unit_text(record).encode()
    if not path.exists():
        write_whole(path, wanted)
    return path, path.read_bytes() == wanted


def _absolute(name: str) -> str | Path:
    return name if "://" in name else Path(name).expanduser().absolute()
