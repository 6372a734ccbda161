"""The report in a terminal: the headline, the pools, what was said, and where the page is.

Everything a stranger wrote passes `prose`, so no escape sequence reaches the terminal, and rich's
markup is never read from it.
"""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hashquake.core.incident import LEVEL, Incident
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import percent, prose
from hashquake.serve.format_times import window_text
from hashquake.serve.report import claim_rows, rows
from hashquake.serve.report.gist import brief, tiles
from hashquake.serve.report.headline import headline, title
from hashquake.serve.report.outage_panel import OutagePanel, outage_panels
from hashquake.serve.report.terminal_panels import print_causes, print_context

_CALL_STYLES = {
    "supported": "green",
    "contradicted": "red",
    "undecidable": "yellow",
    "unresolved": "dim",
}
_POOLS_SHOWN = 6


def print_report(
    incident: Incident,
    console: Console,
    *,
    written_to: Path | None = None,
    pool_names: Mapping[str, str] | None = None,
    context: EventContext | None = None,
) -> None:
    """Print a summary that a person can read at a glance.

    Parameters
    ----------
    incident : Incident
        What to print.
    console : rich.console.Console
        Where.
    written_to : Path or None
        The page that was written, named at the end.
    pool_names : mapping or None
        Names to show for pool slugs.
    context : EventContext or None
        Where machines stood, what they drew, what the price did; None leaves it out.
    """
    event = incident.event
    console.print()
    console.print(Text(title(incident), style="bold"))
    place = f"{prose(event.place)}. " if event.place else ""
    console.print(Text(f"{place}{window_text(incident.window)}", style="dim"))
    console.print()
    console.print(Text(f"{headline(incident)}", style="bold cyan"))
    console.print()
    console.print(_tiles(incident))
    console.print()
    console.print(_brief(incident, context))
    console.print(Text(f"  Intervals in brackets are {percent(LEVEL)}.", style="dim"))
    print_causes(incident, console)
    console.print()
    console.print(_pools(incident, pool_names or {}))
    if incident.verdicts:
        claims = claim_rows.claim_rows(incident, claim_rows.claim_axis(incident))
        console.print()
        console.print(Text("Claims", style="bold"))
        console.print(_claims(claims))
    for panel in outage_panels(incident):
        console.print()
        console.print(Text.assemble(("The Internet: ", "bold"), panel.summary))
        console.print(_internet(panel))
    if context is not None:
        print_context(incident, context, console, pool_names or {})
    if incident.caveats:
        console.print()
        console.print(Text(f"Before you quote this: {prose(incident.caveats[0])}", style="dim"))
    if written_to is not None:
        console.print()
        console.print(Text.assemble("Wrote ", (str(written_to), "bold")), soft_wrap=True)


def _tiles(incident: Incident) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_column(ratio=1)
    for name, figure, more in tiles(incident):
        table.add_row(Text(name), Text(figure), Text(more))
    return Padding(table, (0, 0, 0, 2))


def _brief(incident: Incident, context: EventContext | None) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for name, text in brief(incident, context):
        table.add_row(Text(name), Text(text))
    return Padding(table, (0, 0, 0, 2))


def _pools(incident: Incident, names: Mapping[str, str]) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("pool", style="bold", min_width=8)
    for column in ("share", "blocks", "change", percent(LEVEL)):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("beyond luck,\ndrift? and p", no_wrap=True)
    listed = rows.pool_rows(incident, rows.pool_axis(incident), names)
    for row in listed[: _POOLS_SHOWN + 1]:
        table.add_row(
            *(Text(cell) for cell in (row.name, row.share, row.blocks, row.change, row.limits)),
            Text(
                f"{row.finding}{f', {row.p_value}' if row.p_value else ''}",
                style="yellow" if row.beyond_luck else "dim",
            ),
        )
    left = len(listed) - 1 - _POOLS_SHOWN
    if left > 0:
        table.add_row(Text(f"and {left} more", style="dim"))
    return Padding(table, (0, 0, 0, 2))


def _claims(claims: tuple[claim_rows.ClaimRow, ...]) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("claimed", justify="right", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    # A long verdict takes two lines, so that the claim keeps a width in which its words fit.
    table.add_column("verdict", width=12)
    table.add_column("claim", ratio=1, overflow="fold")
    for row in claims:
        table.add_row(
            Text(row.claimed),
            Text(row.measured or "-"),
            Text(row.call_word.lower(), style=_CALL_STYLES[row.call]),
            Text.assemble(row.text, (f" ({row.speaker})", "dim")),
        )
    return Padding(table, (0, 0, 0, 2))


def _internet(panel: OutagePanel) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(ratio=1)
    label = Text(panel.label, style="" if panel.evidence == "measured" else "yellow")
    table.add_row("evidence", label)
    saw = [row.name for row in panel.rows if row.saw]
    missed = [row.name for row in panel.rows if not row.saw]
    for heading, names in (("saw it", saw), ("did not", missed)):
        if names:
            table.add_row(heading, Text("; ".join(names)))
    likeliest = "cause not assessable"
    if panel.classes:
        likeliest = f"{panel.classes[0].text}, {panel.classes[0].shown}"
    table.add_row("class", Text(likeliest))
    return Padding(table, (0, 0, 0, 2))
