"""``hashquake report``: the report of an event or of any window."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from hashquake.core import clock
from hashquake.serve.asked import report_baseline, report_event
from hashquake.serve.cli.options import Db, Json, Lang, Since, Until, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.files import ending_of, write_whole
from hashquake.serve.language import language_named, speaking

if TYPE_CHECKING:
    from hashquake.core.claim import Claim
    from hashquake.core.incident import Incident
    from hashquake.observatory import Observatory
    from hashquake.observatory.event_context import EventContext


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(report)
    return typer.main.get_command(app)


def report(
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="An event of --list.")
    ] = None,
    *,
    list_events: Annotated[
        bool, typer.Option("--list", help="List the events that the record covers.")
    ] = False,
    since: Since = None,
    until: Until = None,
    baseline_since: Annotated[
        str | None,
        typer.Option(
            "--baseline-since",
            "--baseline",
            metavar="TIME",
            help="Start of what it is compared with. Default: 14 days before.",
        ),
    ] = None,
    baseline_until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Its end. Default: the start of the window.")
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(
            metavar="F.toml",
            help="Judge the claims of this file too, written down as for hashquake check.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="F.html", help="Write the report here as one HTML file.")
    ] = None,
    lang: Lang = "en",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Report what the blocks show of an event or of any window, as text, JSON and one HTML file.

    With the likely causes, where pools' machines stood, the megawatts that stopped, and the price.
    """
    if out is not None:
        ending_of(out, (".html", ".htm"), code="format-unknown")
    language = language_named(lang)
    said = _claims_of(claims)
    with opened(db) as observatory:
        if list_events:
            _list(observatory, as_json=as_json)
            return
        chosen = report_event(event, since, until)
        baseline = report_baseline(chosen.window, baseline_since, baseline_until)
        with working("measuring"):
            incident = observatory.report(chosen, baseline=baseline, claims=said)
        with working("looking around"):
            around = observatory.context(incident)
    if out is not None:
        with working("drawing"):
            with speaking(language):
                page = _page(incident, around)
            write_whole(out, page)
    if as_json:
        from hashquake.serve.report.document import report_document

        print_json(report_document(incident, around))
        return
    from hashquake.serve.report.terminal import print_report

    print_report(incident, console(), written_to=out, pool_names=_pool_names(), context=around)


def _claims_of(path: Path | None) -> "tuple[Claim, ...]":
    """Return the claims of a file; none without one."""
    if path is None:
        return ()
    from hashquake.core.hostile_text import visible_text
    from hashquake.datasets.claims_file import read_claims
    from hashquake.serve.cli.check import read_text_file

    return read_claims(read_text_file(str(path)), name=visible_text(str(path)))


def _page(incident: "Incident", around: "EventContext") -> bytes:
    from hashquake import __version__
    from hashquake.serve.format_times import date
    from hashquake.serve.report.html import render_html

    made_at = date(clock.now_s())
    page = render_html(
        incident,
        version=__version__,
        made_at=made_at,
        pool_names=_pool_names(),
        context=around,
    )
    return page.encode()


def _pool_names() -> dict[str, str]:
    from hashquake.pools.registry import bundled

    return {pool.slug: pool.name for pool in bundled().pools}


def _list(observatory: "Observatory", *, as_json: bool) -> None:
    from hashquake.datasets.events import covered_events
    from hashquake.serve.shapes import event_shape

    events = covered_events(observatory.coverage())
    if as_json:
        print_json([event_shape(event) for event in events])
        return
    from rich.table import Table

    from hashquake.serve.format_times import date

    table = Table(box=None, pad_edge=False)
    table.add_column("event", style="bold", no_wrap=True)
    for heading in ("from", "to", "what"):
        table.add_column(heading)
    for event in events:
        ending = "open" if event.open_end else date(event.window.end_s)
        table.add_row(event.id, date(event.window.start_s), ending, event.name)
    console().print(table)
