"""``hashquake status``: whether the record is watched, and whether everything is fresh."""

from typing import TYPE_CHECKING, Any

import click
import typer

from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json

if TYPE_CHECKING:
    from hashquake.observatory.live.status import WatchStatus

EXIT_UNHEALTHY = 1


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(status)
    return typer.main.get_command(app)


def status(*, db: Db = None, as_json: Json = False) -> int:
    """Show whether the record is watched now, how old its newest block is, and how sources do.

    Ends with 0 when it is watched, every source answers and the newest block is not too old, and
    with 1 when not.
    """
    with opened(db) as observatory:
        found = observatory.status()
    if as_json:
        print_json(status_document(found))
    else:
        from hashquake.serve.watch_screen import status_lines

        out = console()
        for line in status_lines(found):
            out.print(line, markup=False, soft_wrap=False)
    return 0 if found.healthy else EXIT_UNHEALTHY


def status_document(found: "WatchStatus") -> dict[str, Any]:
    """Return a status as its JSON document.

    Parameters
    ----------
    found : WatchStatus
        State of the watcher, its sources and the record.
    """
    tip = found.tip
    return {
        "watching": found.watching,
        "healthy": found.healthy,
        "tip": None
        if tip is None
        else {
            "height": tip.height,
            "header_s": tip.header_s,
            "age_s": tip.age_s,
            "silence_probability": tip.silence_probability,
        },
        "sources": [one.document() for one in found.sources],
        "open_quakes": list(found.open_quakes),
        "open_outages": list(found.open_outages),
        "last_change_id": found.last_change_id,
        "tips_apart": [dict(one) for one in found.tips_apart],
    }
