"""The first page: one sentence on what is happening, and the record as a seismogram."""

from typing import TYPE_CHECKING, Any

from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.event import window_event
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK, POOLS, pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.format import change_limits, percent
from hashquake.serve.format_times import duration
from hashquake.serve.language import message, translate, translate_plural
from hashquake.serve.outages.table import country_of
from hashquake.serve.page.series_charts import (
    event_marks,
    outage_marks,
    price_strip,
    quake_marks,
    rate_chart,
    record_window,
    retarget_marks,
)
from hashquake.serve.page.website import Website
from hashquake.serve.place_names import country_name
from hashquake.serve.quake_table import remaining_change
from hashquake.serve.report.gist import FINDINGS
from hashquake.serve.report.headline import headline, moved_share
from hashquake.serve.watch_screen import unwatched_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashquake.core.incident import Incident
    from hashquake.core.outage import Outage
    from hashquake.observatory.live.status import WatchStatus
    from hashquake.observatory.pool_standings import PoolStanding

STRIPS = (10, 30)
"""So many strips of pools the first page offers; the first is usual."""
_MANY_SPAN_S = 180.0 * DAY_S
"""Of so many seconds pools are ranked where more are shown than find a block a day."""
STALE_S = float(DAY_S)
"""From here on the record is history, and the page says so."""
_SHOWN_AT_FIRST_S = 365.0 * DAY_S
_LATEST_QUAKES = 6
_COUNTRIES_NAMED = 2


def seismograph_page(ask: Observatory, site: Website, strips: int = STRIPS[0]) -> str:
    """Return the first page.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    strips : int
        How many pools have one, one of `STRIPS`.

    Raises
    ------
    NoCoverage
        When the record is empty.
    """
    end_s = ask.end_s()
    status = ask.status()
    standings = _standings(ask, DAY_S)
    span_s = min(_MANY_SPAN_S, record_window(ask).duration_s)
    largest = standings if strips == STRIPS[0] else _standings(ask, span_s)
    subjects = (NETWORK, *(pool_subject(one.pool) for one in largest[:strips]))
    marks = [
        *retarget_marks(ask),
        *outage_marks(ask, site),
        *event_marks(ask, site),
        *quake_marks(ask, site),
    ]
    quakes = [one for one in ask.quakes() if one.status != "rejected"]
    open_quakes = [one for one in quakes if one.id in status.open_quakes]
    dark = [one for one in ask.outages(search=False) if one.id in status.open_outages]
    incident = _last_day(ask, end_s)
    says = sentence(open_quakes, incident, dark)
    if ask.network.stands_for_main:
        says = translate("Rehearsal. {sentence}", sentence=says)
    since_s = min(record_window(ask).start_s, end_s - DAY_S)
    view = Window(start_s=max(end_s - _SHOWN_AT_FIRST_S, since_s), end_s=end_s)
    return site.render(
        "seismograph.html.j2",
        section="",
        title=translate("Seismograph"),
        description=says,
        last_change_id=status.last_change_id,
        sentence=says,
        detail="" if incident is None else headline(incident),
        stale=stale_words(status, end_s),
        status=status,
        end_s=end_s,
        rate=_rate(ask),
        incident=incident,
        moved=None if incident is None else moved_share(incident),
        finding="" if incident is None else translate(FINDINGS[incident.finding]),
        series=rate_chart(
            ask,
            site,
            subjects=subjects,
            view=view,
            marks=marks,
            follows=True,
            more=price_strip(ask),
        ),
        standings=standings,
        strips=strips,
        offered=[one for one in STRIPS if one != strips],
        quakes=sorted(quakes, key=lambda one: -one.onset.start_s)[:_LATEST_QUAKES],
        unwatched=unwatched_lines(status),
        troubled=[one for one in status.sources if one.state != "ok"],
    )


def sentence(
    open_quakes: "list[Quake]",
    incident: "Incident | None",
    open_outages: "Sequence[Outage]" = (),
) -> str:
    """Return what is happening, in a sentence or two that a newcomer understands.

    Parameters
    ----------
    open_quakes : list of Quake
        Falls that are not over.
    incident : Incident or None
        The last day against the two weeks before; None where it cannot be measured.
    open_outages : sequence of Outage
        Countries that are without Internet.
    """
    return " ".join([_of_hash_rate(open_quakes, incident, open_outages), *_offline(open_outages)])


def _of_hash_rate(
    open_quakes: "list[Quake]", incident: "Incident | None", open_outages: "Sequence[Outage]"
) -> str:
    network = [one for one in open_quakes if one.subject == NETWORK]
    if network:
        return _down(max(network, key=lambda one: 1.0 - one.remaining_share.median))
    reported = [one for one in open_quakes if one.subject == POOLS]
    if reported:
        return _reported_less(reported[-1])
    if incident is None:
        return translate("The record is too short to say whether this day is unusual.")
    if incident.finding == "none" and open_outages:
        return translate(
            "Hash rate is as usual: {how_often}.", how_often=_how_often(incident.network.p_value)
        )
    if incident.finding == "none":
        return translate(
            "Nothing unusual: {how_often}.", how_often=_how_often(incident.network.p_value)
        )
    moved = moved_share(incident)
    sentence = (
        message("Down {share} {limits} over the last day: {finding}.")
        if moved.median < 0
        else message("Up {share} {limits} over the last day: {finding}.")
    )
    return translate(
        sentence,
        share=percent(abs(moved.median)),
        limits=change_limits(moved),
        finding=translate(FINDINGS[incident.finding]),
    )


def _offline(outages: "Sequence[Outage]") -> list[str]:
    """Return a sentence for each country without Internet, the deepest outages first."""
    deepest = sorted(outages, key=lambda one: -one.depth_share.median)
    found = [
        translate(
            "{country} has lost {share} of its usual connectivity.",
            country=country_name(country_of(one)),
            share=percent(one.depth_share.median),
        )
        for one in deepest[:_COUNTRIES_NAMED]
    ]
    more = len(deepest) - len(found)
    if more:
        found.append(translate_plural("So has {count} more.", "So have {count} more.", more))
    return found


def _down(one: Quake) -> str:
    moved = remaining_change(one.remaining_share)
    return translate(
        "Down {share} {limits}: by luck alone such an alarm comes {alarms}.",
        share=percent(abs(moved.median)),
        limits=change_limits(moved),
        alarms=_alarms(one.false_alarms_per_year),
    )


def _reported_less(one: Quake) -> str:
    moved = remaining_change(one.remaining_share)
    return translate(
        "Pools report {share} less {limits}, which blocks do not show yet: by luck alone such an "
        "alarm comes {alarms}.",
        share=percent(abs(moved.median)),
        limits=change_limits(moved),
        alarms=_alarms(one.false_alarms_per_year),
    )


def _alarms(per_year: float) -> str:
    if per_year >= 1.5:
        return translate_plural("{count} times a year", "{count} times a year", round(per_year))
    if per_year > 0.75:
        return translate("about once a year")
    return (
        translate_plural("once in {count} years", "once in {count} years", round(1 / per_year))
        if per_year > 0
        else translate("hardly ever")
    )


def _how_often(p_value: float) -> str:
    """Return how often luck and drift alone make a day that is at least so far off."""
    once_in = 1.0 / max(p_value, 1e-9)
    if once_in < 1.5:
        return translate("most days are like this")
    if once_in < 2.5:
        return translate("a day like this comes every second day")
    if once_in < 60:
        return translate_plural(
            "a day like this comes once in {count} days",
            "a day like this comes once in {count} days",
            round(once_in),
        )
    return translate("a day like this comes once in {duration}", duration=duration(once_in * DAY_S))


def stale_words(status: "WatchStatus", end_s: float) -> str:
    """Return that the record is not of the present; empty where it is.

    Parameters
    ----------
    status : WatchStatus
        Of the record.
    end_s : float
        Its end, UTC Unix seconds.
    """
    tip = status.tip
    if tip is None or tip.age_s < STALE_S:
        return ""
    del end_s
    return (
        ""
        if status.watching
        else translate("This is not the present: nothing watches this record.")
    )


def _last_day(ask: Observatory, end_s: float) -> "Incident | None":
    try:
        return ask.report(window_event(Window(start_s=end_s - DAY_S, end_s=end_s)))
    except NoCoverage:
        return None


def _rate(ask: Observatory) -> Any:
    try:
        return ask.rate(
            Window(start_s=ask.end_s() - DAY_S, end_s=ask.end_s()), subjects=(NETWORK,)
        )[0].hashrate
    except HashquakeError:
        return None


def _standings(ask: Observatory, span_s: float) -> "list[PoolStanding]":
    """Return the pools that found blocks in the last so many seconds, most blocks first."""
    try:
        found = ask.pools(span_s=span_s)
    except HashquakeError:
        return []  # the record is shorter
    return [one for one in found if one.pool != "unknown" and one.n_blocks]
