"""One page a historical event: what the blocks say, what was said, what could be known when."""

from collections.abc import Iterable, Mapping, Sequence

from hashquake.core.event import window_event
from hashquake.core.incident import LEVEL, Incident
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.format import (
    change,
    negated,
    percent,
    prose,
)
from hashquake.serve.format_times import duration, window_text
from hashquake.serve.pages.context_sections import causes_section, context_sections
from hashquake.serve.pages.markdown import bullets, page, table
from hashquake.serve.quake_table import quake_line
from hashquake.serve.report.claim_rows import claim_axis, claim_rows
from hashquake.serve.report.gist import deepest_sentence
from hashquake.serve.report.headline import headline
from hashquake.serve.report.outage_panel import outage_panels
from hashquake.serve.report.rows import found_word

KNOWN_AFTER_S = (6 * HOUR_S, 12 * HOUR_S, DAY_S, 2 * DAY_S, 5 * DAY_S, 10 * DAY_S)
_POOLS_SHOWN = 8


def event_page(
    observatory: Observatory, incident: Incident, *, picture: str, names: Mapping[str, str]
) -> str:
    """Write the page of an event.

    Parameters
    ----------
    observatory : Observatory
        The record the incident was measured on.
    incident : Incident
        The event, measured.
    picture : str
        File name of its picture, next to the page.
    names : mapping
        Names of pools by slug.

    Returns
    -------
    str
        Markdown.
    """
    event, around = incident.event, observatory.context(incident)
    ending = ", end not known, 30 days assumed" if event.open_end else ""
    return page(
        f"# {prose(event.name)}",
        f"*{prose(event.place)}. {window_text(event.window)}{ending}*",
        prose(event.summary),
        f"**{headline(incident)}**",
        deepest_sentence(incident),
        f"![Hash rate before, during and after, with bands]({picture})",
        causes_section(incident),
        _internet(incident),
        "## In the catalog",
        _catalog(observatory, event.window),
        "## What could be known, when",
        _known(observatory, incident),
        "## Pools",
        _pools(incident, names),
        "## What was said" if incident.verdicts else "",
        _claims(incident) if incident.verdicts else "",
        *context_sections(incident, around, names),
        "## Before you quote this",
        bullets(prose(text) for text in (*incident.caveats, *around.caveats, *event.traps)),
        "## Sources",
        bullets(f"<{url}>" for url in event.sources),
        f"Made by `hashquake report {event.id}` and `hashquake quakes list`; "
        "`python scripts/build_pages.py` makes it again.",
    )


def _internet(incident: Incident) -> str:
    """Return what instruments saw of the country's Internet; nothing where no outage is known."""
    sections = []
    for panel in outage_panels(incident):
        rows = [
            (
                f"[{row.name}]({row.url})" if row.url else row.name,
                row.signal,
                row.finding,
                row.covered or "whole",
            )
            for row in panel.rows
        ]
        sides = [
            f"**{prose(one.about)}.** "
            + "; ".join(f"{prose(who)}: {prose(says)}" for who, says in one.sides)
            for one in panel.disagreements
        ]
        sections += [
            "## The Internet",
            f"**{panel.label}.** {panel.origin}",
            panel.summary,
            table(("instrument", "signal", "finding", "coverage of the dark time"), rows),
            "Where sources disagree:" if sides else "",
            bullets(sides) if sides else "",
            "Class of the outage:",
            bullets(f"{one.shown} {one.text}. {one.because}" for one in panel.classes)
            if panel.classes
            else "Cause not assessable: the evidence hardly moves the priors.",
        ]
    return page(*sections).rstrip() if sections else ""


def overlapping(quakes: Iterable[Quake], window: Window) -> list[Quake]:
    """List the quakes that began in a window or up to two days on either side of it.

    Parameters
    ----------
    quakes : iterable of Quake
        Of the catalog; rejected ones are left out.
    window : Window
        Of an event.
    """
    return [
        one
        for one in quakes
        if one.status != "rejected"
        and one.onset.start_s < window.end_s + 2 * DAY_S
        and one.onset.end_s > window.start_s - 2 * DAY_S
    ]


def _catalog(observatory: Observatory, window: Window) -> str:
    found = overlapping(observatory.quakes(), window)
    network = [one for one in found if one.subject == NETWORK]
    if not network:
        said = (
            "The catalog has no fall of the network near these days: none was detected at one "
            "false alarm a year."
        )
    else:
        said = bullets(map(quake_line, network))
    pools = [one for one in found if one.subject != NETWORK]
    if pools:
        said = page(
            said,
            "Falls of pools without the network (machines that changed pool, or one operator):",
            bullets(map(quake_line, pools)),
        ).rstrip()
    return said


def _known(observatory: Observatory, incident: Incident) -> str:
    """Tabulate what the blocks showed as the event went on."""
    rows = []
    start_s = incident.event.window.start_s
    for after_s in _steps(incident.event.window):
        so_far = Window(start_s=start_s, end_s=start_s + after_s)
        seen = observatory.report(window_event(so_far), baseline=incident.baseline)
        rows.append(
            (
                duration(after_s),
                f"{seen.network.n_blocks:,} of {seen.network.expected_blocks:,.0f}",
                change(negated(seen.network.shown_share.interval(LEVEL))),
                percent(seen.detectable_share),
            )
        )
    return table(("after", "blocks", "change [90 %]", "fall found in 4 of 5 cases"), rows)


def _steps(window: Window) -> Sequence[float]:
    return [*(s for s in KNOWN_AFTER_S if s < window.duration_s), window.duration_s]


def _pools(incident: Incident, names: Mapping[str, str]) -> str:
    rows = [
        (
            prose(names.get(row.pool, row.pool)),
            percent(row.share_before.median, digits=1),
            f"{row.drop.n_blocks:,} of {row.drop.expected_blocks:,.0f}",
            change(negated(row.drop.shown_share.interval(LEVEL))),
            found_word(row),
        )
        for row in incident.pools[:_POOLS_SHOWN]
    ]
    headings = ("pool", "share before", "blocks", "change [90 %]", "beyond luck and drift?")
    return table(headings, rows)


def _claims(incident: Incident) -> str:
    rows = [
        (
            f"{row.text} ({row.speaker})",
            row.claimed,
            row.measured or "not measured",
            row.call_word.lower(),
        )
        for row in claim_rows(incident, claim_axis(incident))
    ]
    return table(("claim", "claimed", "measured [90 %]", "verdict"), rows)
