"""``hashquake plugins``: what can be read and what can be run, without importing any of it."""

from typing import Any

import click
import typer

from hashquake.plugins import ROOMS, PluginInfo, broken_plugins, list_plugins
from hashquake.serve.cli.options import Json
from hashquake.serve.cli.output import console, note, print_json

_COLUMNS = {
    "sources": ("licence", "needs"),
    "detect": ("follows", "version"),
    "forward.scenarios": ("event", "version"),
}


_PUBLISHED = {"forward.scenarios": "simulate.scenarios"}
"""Rooms under another name in the JSON document, which does not change when a folder moves."""


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False)
    app.command()(plugins)
    return typer.main.get_command(app)


def plugins(*, as_json: Json = False) -> None:
    """List the sources that can be read, the detectors and scenarios that can be run."""
    found = [info for room in ROOMS for info in list_plugins(room)]
    for room in ROOMS:
        for one in broken_plugins(room):
            note(f"the plugin {one.name} of the package {one.package} is broken: {one.because}")
    if as_json:
        print_json([_shape(info) for info in found])
        return
    from rich.table import Table

    out = console()
    for room in ROOMS:
        table = Table(title=room, title_justify="left", title_style="bold", box=None)
        for heading in ("name", "what", *_COLUMNS[room]):
            table.add_column(heading, overflow="fold")
        for info in found:
            if info.room == room:
                table.add_row(f"[bold]{info.name}[/]", info.card["title"], *_cells(info))
        if table.row_count:
            out.print(table)
            out.print()


def _cells(info: PluginInfo) -> tuple[str, str]:
    card = info.card
    if info.room == "detect":
        return ("the present" if card["online"] else "the past"), f"{card['version']}"
    if info.room == "forward.scenarios":
        return card["event"], f"{card['version']}"
    extra = card.get("extra", "")
    return card["licence"], f"hashquake\\[{extra}]" if extra else ""  # no markup


def _shape(info: PluginInfo) -> dict[str, Any]:
    return {"room": _PUBLISHED.get(info.room, info.room), **info.card}
