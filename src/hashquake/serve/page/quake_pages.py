"""Falls of hash rate: the list, and a page each."""

from dataclasses import dataclass

from hashquake.core.errors import NoCoverage
from hashquake.core.event import window_event
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.asked import quakes_wanted, unknown_quake
from hashquake.serve.format import chance, change, percent
from hashquake.serve.language import message, translate
from hashquake.serve.page.report_pages import report_path
from hashquake.serve.page.series_charts import (
    event_marks,
    outage_marks,
    quake_marks,
    rate_chart,
    retarget_marks,
)
from hashquake.serve.page.website import Website
from hashquake.serve.quake_table import (
    expected_by_luck,
    likeliest_cause,
    onset_cell,
    remaining_change,
)
from hashquake.serve.report.gist import deepest_sentence
from hashquake.serve.report.panel_causes import cause_rows, cause_text, lowered
from hashquake.serve.subject_names import subject_words

WITNESS_WORDS = {
    "blocks": message("The network\N{RIGHT SINGLE QUOTATION MARK}s blocks"),
    "shares": message("Pools\N{RIGHT SINGLE QUOTATION MARK} shares of the blocks"),
    "reports": message("What pools report of themselves"),
}
_AROUND_S = 21.0 * DAY_S
_ASSUMED_S = 14.0 * DAY_S
_LIKELY = 0.9
_DOUBT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a reader chose of a list.

    Parameters
    ----------
    since, until : str
        Dates; empty where none is given.
    kind : str
        ``network``, ``pools`` or empty.
    rejected : bool
        Whether rejected ones are shown.
    """

    since: str = ""
    until: str = ""
    kind: str = ""
    rejected: bool = False


def quakes_page(ask: Observatory, site: Website, chosen: Chosen | None = None) -> str:
    """Return the list of falls, newest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    chosen : Chosen or None
        What to leave out; None is the whole list without rejected ones.

    Raises
    ------
    UsageError
        As for `quakes_wanted`.
    """
    wanted = chosen or Chosen()
    found = quakes_wanted(
        ask.quakes(),
        since=wanted.since or None,
        until=wanted.until or None,
        kind=wanted.kind,
        rejected=wanted.rejected,
    )
    found.sort(key=lambda one: -one.onset.start_s)
    return site.render(
        "quakes.html.j2",
        section="quakes",
        title=translate("Quakes"),
        description=translate("Falls of Bitcoin's hash rate that luck alone would rarely produce."),
        last_change_id=ask.last_change_id(),
        quakes=[(one, likeliest_cause(one)) for one in found],
        by_luck=expected_by_luck(found),
        chosen=wanted,
        events=event_marks(ask, site)[::-1],
    )


def quake_page(ask: Observatory, site: Website, quake: str) -> str:
    """Return the page of one fall.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    quake : str
        Its id.

    Raises
    ------
    UsageError
        ``quake-unknown``.
    """
    opinions = ask.quake_opinions(quake)
    if not opinions:
        raise unknown_quake(quake, ask.quakes())
    one = opinions[-1]
    around = _around(one, ask.end_s())
    marks = [*outage_marks(ask, site), *event_marks(ask, site), *quake_marks(ask, site)]
    marks += retarget_marks(ask)
    subjects = dict.fromkeys(
        (NETWORK, *(f"pool:{pool}" for pool in one.pools[:8]), *_pool_subject(one))
    )
    during = _during(one, ask.end_s())
    return site.render(
        "quake.html.j2",
        section="quakes",
        title=f"{_heading(one)}: {one.id}",
        description=quotable(one),
        last_change_id=ask.last_change_id(),
        one=one,
        opinions=[(each, cause_rows(each.causes)) for each in opinions],
        heading=_heading(one),
        quotable=quotable(one),
        causes=cause_rows(one.causes),
        witnesses=[
            (name, translate(words), name in one.seen_by) for name, words in WITNESS_WORDS.items()
        ],
        beware=beware(one),
        deepest=_deepest(ask, during),
        report=report_path(during),
        series=rate_chart(ask, site, subjects=tuple(subjects), view=around, marks=marks),
    )


def quotable(one: Quake) -> str:
    """Return one sentence that may be quoted as it stands, with its interval.

    Parameters
    ----------
    one : Quake
        One revision.
    """
    moved = remaining_change(one.remaining_share)
    least, most = (percent(abs(limit)) for limit in (moved.high, moved.low))
    level = percent(moved.level)
    if one.status == "rejected":
        return translate(
            "An alarm of {onset} UTC turned out to be luck and drift: the hash "
            "rate of {subject} is not shown to have fallen.",
            onset=onset_cell(one.onset),
            subject=subject_words(one.subject),
        )
    between = (
        translate("between {least} and {most}", least=least, most=most)
        if moved.high < 0
        else translate("at most {most}", most=most)
    )
    return translate(
        "Around {onset} UTC the hash rate of {subject} fell by about "
        "{share} ({between}, {level} interval), by the times of Bitcoin's "
        "blocks alone (hashquake, {id}, revision {revision}).",
        onset=onset_cell(one.onset),
        subject=subject_words(one.subject),
        share=percent(abs(moved.median)),
        between=between,
        level=level,
        id=one.id,
        revision=one.revision,
    )


def beware(one: Quake) -> list[str]:
    """Return what the blocks do not support, for those who write about the fall.

    Parameters
    ----------
    one : Quake
        One revision.
    """
    moved = remaining_change(one.remaining_share)
    first = max(one.causes, key=lambda cause: cause.probability)
    luck = sum(cause.probability for cause in one.causes if cause.name == "luck")
    said = [
        (
            translate(
                "Do not give {limit} as the size: it is the limit of an interval, "
                "and {share} is the best single number.",
                limit=percent(abs(moved.low)),
                share=percent(abs(moved.median)),
            )
        ),
        (
            translate(
                "Do not take the worst hour or day of a dashboard as the size: "
                "blocks come at random, and the worst of many hours always looks "
                "bad."
            )
        ),
    ]
    if one.subject != NETWORK:
        said.append(
            translate(
                "Do not write that the network fell: machines may have changed "
                "pool, and then nothing stopped."
            )
        )
    if first.probability < _LIKELY:
        cause = lowered(cause_text(first.name, first.country))
        said.append(
            translate(
                "Do not name a cause as certain: the likeliest ({cause}) has a "
                "probability of {chance}.",
                cause=cause,
                chance=chance(first.probability),
            )
        )
    if luck > _DOUBT:
        said.append(
            translate(
                "Do not write that something certainly broke: the probability that "
                "luck and drift made it is {chance}.",
                chance=chance(luck),
            )
        )
    if one.status == "preliminary":
        said.append(
            translate("Say that it is preliminary: later blocks may show that nothing broke.")
        )
    if one.end_s is None:
        said.append(
            translate(
                "Do not write that it lasts: where no end is stated, hash rate may "
                "have settled lower."
            )
        )
    return said


def _heading(one: Quake) -> str:
    moved = remaining_change(one.remaining_share)
    who = subject_words(one.subject)
    if one.status == "rejected":
        return translate("No fall: the hash rate of {who}", who=who)
    return translate("Hash rate of {who} {change}", who=who, change=change(moved))


def _pool_subject(one: Quake) -> tuple[str, ...]:
    return (one.subject,) if one.subject.startswith("pool:") else ()


def _middle_s(one: Quake) -> float:
    return (one.onset.start_s + one.onset.end_s) / 2


def _around(one: Quake, end_s: float) -> Window:
    until_s = (one.end_s or _middle_s(one) + _ASSUMED_S) + _AROUND_S
    start_s = one.onset.start_s - _AROUND_S
    return Window(start_s=start_s, end_s=max(min(until_s, end_s), _middle_s(one) + 1))


def _during(one: Quake, end_s: float) -> Window:
    start_s = round(_middle_s(one))
    until_s = one.end_s or min(start_s + _ASSUMED_S, end_s)
    return Window(start_s=start_s, end_s=max(round(until_s), start_s + 3600))


def _deepest(ask: Observatory, during: Window) -> str:
    try:
        return deepest_sentence(ask.report(window_event(during)))
    except NoCoverage:
        return ""
