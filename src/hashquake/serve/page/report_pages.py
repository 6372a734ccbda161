"""Reports of events and of any window, in the frame of the page."""

from hashquake.core.incident import Incident
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.event_context import EventContext
from hashquake.serve.asked import report_baseline, report_event
from hashquake.serve.page.embedding import embedded
from hashquake.serve.page.website import Website
from hashquake.serve.report.headline import headline, title
from hashquake.serve.report.html import render_body
from hashquake.serve.source_names import pool_name


def report_page(
    ask: Observatory,
    site: Website,
    *,
    event: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> str:
    """Return the report of an event of history, or of any window.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    event : str or None
        An id of the events; None for a window.
    since, until : str or None
        The window, ISO 8601.

    Raises
    ------
    NoCoverage, UsageError
        As of ``hashquake report``.
    """
    chosen = report_event(event, since, until)
    incident = ask.report(chosen, baseline=report_baseline(chosen.window, None, None))
    path = f"report/{event}" if event else f"report?since={since}&until={until or ''}"
    return incident_page(incident, ask.context(incident), site, path=path.removesuffix("&until="))


def incident_page(incident: Incident, context: EventContext, site: Website, *, path: str) -> str:
    """Return the report of an incident that is measured already.

    Parameters
    ----------
    incident, context : Incident, EventContext
        As `Observatory.report` and `Observatory.context` return them.
    site : Website
        Where the page is.
    path : str
        Of its document below ``/api/v1``.
    """
    names = {row.pool: pool_name(row.pool) for row in incident.pools}
    body = render_body(incident, pool_names=names, context=context)
    return site.render(
        "report.html.j2",
        section="quakes",
        title=title(incident),
        description=headline(incident),
        body=embedded(body),
        data=site.api(f"{path}.json" if site.static else path),
    )


def report_path(window: Window) -> str:
    """Return the path of the report of a window.

    Parameters
    ----------
    window : Window
        Whole seconds.
    """
    return f"report?since={format_time(window.start_s)}&until={format_time(window.end_s)}"
