"""The report in short: four figures, and a few sentences that follow from them."""

from hashquake.core.incident import DeepestDay, Incident
from hashquake.core.times import DAY_S
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import (
    chance,
    change_limits,
    count_word,
    negated,
    percent,
)
from hashquake.serve.format_times import days, short_time
from hashquake.serve.language import message, number, translate, translate_plural
from hashquake.serve.place_names import named
from hashquake.serve.report import claim_rows, rows
from hashquake.serve.report.headline import moved_share, sight
from hashquake.serve.report.panel_causes import cause_panel, cause_text
from hashquake.serve.report.panel_energy import energy_panel
from hashquake.serve.report.panel_price import price_panel
from hashquake.serve.wording.fixed import fixed

Cell = tuple[str, str, str]
FINDINGS = {
    "fall": message("a fall beyond luck and drift"),
    "rise": message("a rise beyond luck and drift"),
    "none": message("within luck and drift"),
}
_LATE_S = 7 * DAY_S
"""From here on, the two weeks before a day differ much from a baseline before the window."""


def tiles(incident: Incident) -> tuple[Cell, ...]:
    """Return the four figures of a report: name, figure, and what goes with it.

    Parameters
    ----------
    incident : Incident
        With its causes.
    """
    moved = moved_share(incident)
    cells: list[Cell] = [
        (
            translate("Change of hash rate"),
            percent(moved.median, signed=True),
            f"{change_limits(moved)}, {translate(FINDINGS[incident.finding])}",
        )
    ]
    if incident.deepest_day is not None:
        day = incident.deepest_day
        deepest = negated(day.drop_share)
        cells.append(
            (
                translate("Deepest 24 hours"),
                percent(deepest.median, signed=True),
                translate(
                    "{limits}, from {time}",
                    limits=change_limits(deepest),
                    time=short_time(day.window.start_s),
                ),
            )
        )
    if incident.causes:
        first = max(incident.causes, key=lambda cause: cause.probability)
        said = cause_text(first.name, first.country)
        cells.append((translate("Likeliest explanation"), chance(first.probability), said))
    figure, when = rows.next_change(incident)
    if figure:
        cells.append((translate("Next change of difficulty"), figure, when))
    return tuple(cells)


def deepest_sentence(incident: Incident) -> str:
    """Set the deepest 24 hours against the mean of the window; empty for a shorter window.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    day = incident.deepest_day
    if day is None:
        return ""
    moved, mean = negated(day.drop_share), moved_share(incident)
    return translate(
        "In the deepest 24 hours, from {time} UTC, hash rate changed by "
        "{share} {limits} ({blocks}); over all {duration} by {mean} "
        "{mean_limits}. The first interval is wider because the worst of many "
        "days was chosen.{against_recent}",
        time=short_time(day.window.start_s),
        share=percent(moved.median, signed=True),
        limits=change_limits(moved),
        blocks=_blocks(day),
        duration=days(incident.window.duration_s),
        mean=percent(mean.median, signed=True),
        mean_limits=change_limits(mean),
        against_recent=_against_recent(incident, day),
    )


def fused_sentence(incident: Incident) -> str:
    """Compare the change by pools' reports with that of blocks; empty where none reported.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    if incident.fused is None:
        return ""
    moved, n_pools = incident.fused.change_share, len(incident.fused.pools)
    return translate_plural(
        "With the hash rate that one pool reported, the change is {share} {limits}. The headline "
        "rests on blocks alone.",
        "With the hash rate that {pools} pools reported, the change is {share} {limits}. The "
        "headline rests on blocks alone.",
        n_pools,
        pools=count_word(n_pools),
        share=percent(moved.median, signed=True),
        limits=change_limits(moved),
    )


def reported_sentence(incident: Incident) -> str:
    """State the change of the pools that report by their reports alone; empty where none did.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    if incident.reported is None:
        return ""
    moved, n_pools = incident.reported.change_share, len(incident.reported.pools)
    return translate_plural(
        "By its own reports alone, the hash rate of that pool changed by {share} {limits}.",
        "By their own reports alone, the hash rate of {pools} pools together changed by {share} "
        "{limits}.",
        n_pools,
        pools=count_word(n_pools),
        share=percent(moved.median, signed=True),
        limits=change_limits(moved),
    )


def _against_recent(incident: Incident, day: DeepestDay) -> str:
    """Return the day's change against the two weeks before it, where that is another question."""
    if day.recent_drop_share is None or day.window.start_s - incident.window.start_s < _LATE_S:
        return ""
    recent = negated(day.recent_drop_share)
    return translate(
        " Both are changes against the baseline; against the 14 days right "
        "before it, that day changed by {share} {limits}.",
        share=percent(recent.median, signed=True),
        limits=change_limits(recent),
    )


def _blocks(day: DeepestDay) -> str:
    return translate(
        "{n_blocks} blocks of {expected_blocks} expected",
        n_blocks=number(f"{day.n_blocks:,}"),
        expected_blocks=number(f"{day.expected_blocks:,.0f}"),
    )


def brief(incident: Incident, around: EventContext | None) -> tuple[tuple[str, str], ...]:
    """Return the report in a few sentences, each under its name.

    Parameters
    ----------
    incident : Incident
        The incident.
    around : EventContext or None
        With power and price; None leaves them out.
    """
    said: list[tuple[str, str]] = [(translate("Blocks"), sight(incident))]
    said.append((translate("Deepest day"), deepest_sentence(incident)))
    reports = (fused_sentence(incident), reported_sentence(incident))
    said.append((translate("Reports"), " ".join(one for one in reports if one)))
    causes = cause_panel(incident)
    if causes is not None:
        said.append((translate("Why"), causes.sentence))
    listed = rows.pool_rows(incident, rows.pool_axis(incident), {})
    said.append((translate("Pools"), rows.pools_sentence(listed, incident)))
    if incident.verdicts:
        claims = claim_rows.claim_rows(incident, claim_rows.claim_axis(incident))
        said.append((translate("Claims"), claim_rows.claims_sentence(claims)))
    if around is not None:
        country = incident.event.country
        energy = energy_panel(around, country=country)
        power = around.missing.get("dark", "") if energy is None else energy.sentence
        said.append((translate("Power"), named(fixed(power), country)))
        if around.price is not None:
            said.append((translate("Price"), price_panel(around.price).verdict))
    return tuple((name, text) for name, text in said if text)
