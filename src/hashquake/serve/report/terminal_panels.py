"""Causes and context of a report in a terminal: a heading, a sentence, a few figures each."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hashquake.core.incident import Incident
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import prose
from hashquake.serve.place_names import named
from hashquake.serve.report.panel_causes import cause_panel
from hashquake.serve.report.panel_energy import energy_panel
from hashquake.serve.report.panel_exposure import ExposurePanel, exposure_panel
from hashquake.serve.report.panel_map import map_panel
from hashquake.serve.report.panel_price import PricePanel, price_panel

_POOLS_SHOWN = 5


def print_causes(incident: Incident, console: Console) -> None:
    """Print why hash rate changed; nothing where no causes were weighed.

    Parameters
    ----------
    incident : Incident
        With its causes.
    console : rich.console.Console
        Where to print.
    """
    panel = cause_panel(incident)
    if panel is None:
        return
    _heading(console, "Why", panel.sentence)
    table = _table()
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_column(ratio=1)
    for row in panel.rows:
        table.add_row(Text(row.shown), Text.assemble(f"{row.text}. ", (row.because, "dim")))
    console.print(_indented(table))


def print_context(
    incident: Incident, around: EventContext, console: Console, names: Mapping[str, str]
) -> None:
    """Print exposure, map, power and price, or why one of them is not known.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    around : EventContext
        Exposure, maps, energy and price round the event.
    console : rich.console.Console
        Where to print.
    names : mapping of str to str
        Names of pools by their slugs.
    """
    event = incident.event

    def missing(name: str) -> str:
        return named(prose(around.missing.get(name, "not known")), event.country)

    pools = None if around.exposure is None else exposure_panel(around.exposure, names)
    said = missing("exposure") if pools is None else pools.sentence
    _heading(console, "Where the machines of pools are", said)
    if pools is not None and pools.rows:
        console.print(_exposed(pools))
    places = map_panel(around, country=event.country, place=event.place)
    _heading(console, "The mining map", missing("map_now") if places is None else places.sentence)
    if places is not None:
        for line in places.vintages:
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))
    energy = energy_panel(around, country=event.country)
    _heading(console, "Power", missing("dark") if energy is None else energy.sentence)
    if energy is not None:
        console.print(_lines(energy.dark))
        if energy.power:
            console.print(Padding(Text(energy.heading, style="bold"), (0, 0, 0, 2)))
            console.print(_lines(energy.power))
        for note in energy.notes:
            console.print(Padding(Text(note, style="dim"), (0, 0, 0, 2)))
    price = None if around.price is None else price_panel(around.price)
    if price is None:
        _heading(console, "The price", missing("price"))
    else:
        _heading(console, "The price", f"{price.verdict} {price.because}")
        if price.note:
            console.print(Padding(Text(price.note, style="yellow"), (0, 0, 0, 2)))
        console.print(_prices(price))


def _heading(console: Console, name: str, said: str) -> None:
    console.print()
    console.print(Text.assemble((f"{name}: ", "bold"), said))


def _exposed(panel: ExposurePanel) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("pool", style="bold", no_wrap=True, min_width=12, overflow="ellipsis")
    for column in (f"in {panel.place}", "by the map alone"):
        table.add_column(column, justify="right", overflow="fold")
    for row in panel.rows[:_POOLS_SHOWN]:
        table.add_row(*map(Text, (row.name, row.exposure, row.by_map)))
    return _indented(table)


def _lines(rows: Iterable[tuple[str, str]]) -> Padding:
    table = _table()
    table.add_column(no_wrap=True, style="dim")
    table.add_column(ratio=1)
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    return _indented(table)


def _prices(panel: PricePanel) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("stretch", ratio=1)
    for column in ("change", "abnormal [90 %]", "p"):
        table.add_column(column, justify="right", overflow="fold")
    for row in panel.rows:
        key = f"{row.key}  " if row.key else ""
        table.add_row(
            *map(Text, (f"{key}{row.name}, {row.when}", row.change, row.abnormal, row.p_value))
        )
    return _indented(table)


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, 2))
