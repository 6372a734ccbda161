"""What is measured, from where, how it is calibrated, and what is silent."""

import itertools

from hashquake.observatory import Observatory
from hashquake.serve.language import translate
from hashquake.serve.page.series_charts import record_window
from hashquake.serve.page.terms import TERMS
from hashquake.serve.page.website import Website
from hashquake.serve.watch_screen import unwatched_lines

_GAPS_SHOWN = 20


def method_page(ask: Observatory, site: Website) -> str:
    """Return the page of method and coverage.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    status = ask.status()
    windows = ask.coverage().windows
    gaps = [(before.end_s, after.start_s) for before, after in itertools.pairwise(windows)]
    spans = sorted(ask.reading_spans(), key=lambda one: (one.subject, one.quantity, one.source))
    return site.render(
        "method.html.j2",
        section="method",
        title=translate("Method and coverage"),
        description=translate(
            "What is measured, from where, how it is calibrated, and what is silent."
        ),
        last_change_id=status.last_change_id,
        status=status,
        covered=record_window(ask),
        counts=ask.counts(),
        gaps=gaps[-_GAPS_SHOWN:],
        n_gaps=len(gaps),
        spans=spans,
        unwatched=unwatched_lines(status),
        terms=sorted(TERMS.items()),
    )
