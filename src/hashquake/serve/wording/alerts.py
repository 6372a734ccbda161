"""Alerts in words: the number with its interval, how often by chance, what else it could be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashquake.catalog.documents.fields import reason_of
from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.core.site import DARK
from hashquake.core.site_reason import SiteReason
from hashquake.serve.alerts.kernel.event import AlertEvent
from hashquake.serve.format import NBSP, chance, change, eh_s_interval, share_interval
from hashquake.serve.format_times import duration, utc
from hashquake.serve.outages.table import CLASS_NAMES
from hashquake.serve.place_names import country_name
from hashquake.serve.report.panel_causes import cause_text, lowered
from hashquake.serve.source_names import source_name
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording.changes import STATES
from hashquake.serve.wording.numbers import listed, times
from hashquake.serve.wording.outages import signal_name
from hashquake.serve.wording.sites import site_sentence

_LONGEST_TITLE, _LONGEST = 160, 1_200
_OTHERS = 3
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    """An alert for people.

    Parameters
    ----------
    title : str
        One line.
    because : str
        One sentence: what was found.
    text : str
        All of it, a paragraph a line.
    """

    title: str
    because: str
    text: str


def alert_words(event: AlertEvent, *, link: str) -> AlertWords:
    """Write an alert.

    Parameters
    ----------
    event : AlertEvent
        What a rule decided.
    link : str
        Where more of it is read; empty when it is not known.
    """
    notice = event.notice
    write = _WRITERS[_kind(event)]
    title, because, others = write(notice.subject, notice.facts)
    if event.state == "recovered":
        # Of a source or a site the last notice says itself what it does again.
        if notice.about not in ("source", "site"):
            title, because = f"Over: {title}", _ending(event)
        others = ""
    elif event.state == "updated":
        title = f"Update: {title}"
    lines = [because, others, "" if event.state == "recovered" else _by_chance(event), link]
    return AlertWords(
        title=_plain(title, _LONGEST_TITLE),
        because=_plain(because, _LONGEST),
        text="\n".join(_plain(one, _LONGEST) for one in lines if one),
    )


def _plain(text: str, limit: int) -> str:
    return visible_text(text.replace(NBSP, " "), limit=limit)


def _kind(event: AlertEvent) -> str:
    if event.notice.state == "instrument":
        return "instrument"
    if event.notice.about == "pool-silence":
        return f"pool-{event.notice.facts['what']}"
    return event.notice.about


def _by_chance(event: AlertEvent) -> str:
    rate = event.notice.false_alarms_per_year
    if rate is None:
        return ""
    if event.notice.about == "outage":
        return (
            f"False alarms, measured on simulated countries: {times(round(100 * rate))} in a "
            "hundred years of a country."
        )
    return f"Chance alone raises such an alert {times(rate)} a year."


def _ending(event: AlertEvent) -> str:
    facts, notice = event.notice.facts, event.notice
    if event.ending == "withdrawn":
        return f"More data do not confirm it: {notice.matter} was withdrawn."
    if event.ending == "instrument":
        return (
            "Other places went dark at the same time in the same series alone: it is taken for a "
            "fault of the instrument, which has an alert of its own."
        )
    if facts.get("end_s") is not None:
        return f"It ended at {utc(facts['end_s'])}."
    if facts.get("ended_s") is not None:
        lasted = duration(facts["ended_s"] - facts["last_s"])
        return f"A block came at {utc(facts['ended_s'])}, after {lasted}."
    return f"It was over at {utc(event.at_s)}."


def _interval(document: Facts) -> Interval:
    return Interval(
        median=document["median"],
        low=document["low"],
        high=document["high"],
        level=document["level"],
    )


def _fell(remaining: Facts) -> str:
    return change(
        Interval(
            median=remaining["median"] - 1.0,
            low=remaining["low"] - 1.0,
            high=remaining["high"] - 1.0,
            level=remaining["level"],
        )
    )


def _window(document: Facts) -> str:
    return f"{utc(document['start_s'])} and {utc(document['end_s'])}"


def _quake(subject: str, facts: Facts) -> tuple[str, str, str]:
    fell, where = _fell(facts["remaining_share"]), subject_words(subject)
    lost = eh_s_interval(_interval(facts["lost_hps"]))
    because = (
        f"Hash rate of {where} changed by {fell} (90 % interval), {lost} stopped; it began between "
        f"{_window(facts['onset'])} ({facts['id']}, {facts['status']})."
    )
    return f"Hash rate of {where} {fell}", because, _causes(facts)


def _causes(facts: Facts) -> str:
    ranked = sorted(facts["causes"], key=lambda one: -one["probability"])
    names = [
        f"{lowered(cause_text(one['name'], one['country']))} {chance(one['probability'])}"
        for one in ranked
    ]
    return _explanations(names)


def _explanations(names: Sequence[str]) -> str:
    if not names:
        return ""
    others = "; ".join(names[1 : 1 + _OTHERS])
    more = f" What else could explain it: {others}." if others else ""
    return f"Most likely: {names[0]}.{more}"


def _reports(subject: str, facts: Facts) -> tuple[str, str, str]:
    fell, where = _fell(facts["remaining_share"]), subject_words(subject)
    apart = facts["kind"] == "disagreement"
    because = (
        f"The hash rate reported by {where} changed by {fell} (90 % interval)"
        f"{', which the blocks found do not show' if apart else ''}; it began between "
        f"{_window(facts['onset'])} ({facts['id']}, {facts['status']})."
    )
    others = "What else could explain it: a fault of the reports, or machines that changed pool."
    title = f"Hash rate reported by {where} {fell}"
    return f"{title}{', not seen in blocks' if apart else ''}", because, others


def _outage(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    place = country_name(facts["country"])
    depth = facts["depth_share"]
    lost = "an unknown part"
    if depth is not None:
        lost = share_interval(_interval(depth), digits=0)
    saw = listed(tuple(signal_name(one) for one in facts["seen_by"])) or "one signal"
    because = (
        f"{place} lost {lost} of its usual connectivity (90 % interval), seen by {saw}; it began "
        f"between {_window(facts['onset'])} ({facts['id']}, {facts['status']})."
    )
    ranked = sorted(facts["classes"], key=lambda one: -one["probability"])
    names = [f"{CLASS_NAMES[one['name']]} {chance(one['probability'])}" for one in ranked]
    return f"Outage in {place}: {lost} of connectivity lost", because, _explanations(names)


def _instrument(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    places = listed(tuple(subject_words(one) for one in facts["subjects"]))
    because = (
        f"By one series alone, {facts['quantity']} of {source_name(facts['source'])}, "
        f"{len(facts['subjects'])} places went dark at once from {utc(facts['since_s'])}: {places}."
    )
    others = (
        "Most likely: a fault of the instrument. What else could explain it: a cut that these "
        "places share."
    )
    return f"{source_name(facts['source'])} shows many places dark at once", because, others


def _source(subject: str, facts: Facts) -> tuple[str, str, str]:
    name = source_name(subject.partition(":")[2])
    if facts["state"] == "silent":
        places = listed(tuple(subject_words(one) for one in facts["silent"]))
        because = f"{name} answers, but sent nothing on {places} since {utc(facts['since_s'])}."
        return f"{name} sends nothing on some series", because, _UNSEEN
    because = f"{name} {STATES[facts['state']]} since {utc(facts['since_s'])}"
    because += f": {facts['because']}." if facts["because"] else "."
    return f"Source {name} {STATES[facts['state']]}", because, _UNSEEN


_UNSEEN = "What it would show is not seen meanwhile; that is not zero."


def _silence(subject: str, facts: Facts) -> tuple[str, str, str]:
    of_whom = "" if subject == "network" else f" of {subject_words(subject)}"
    silent = duration(facts["silent_s"])
    because = (
        f"No block{of_whom} for {silent}, the last at {utc(facts['last_s'])}; blocks{of_whom} came "
        f"every {duration(facts['usual_s'])}. The chance that a gap lasts longer is "
        f"1 in {round(1.0 / max(facts['probability'], 1e-12)):,}."
    )
    others = (
        "What else could explain it: chance, or sources that no longer follow the chain."
        if subject == "network"
        else "What else could explain it: chance, machines that changed pool, or a new tag that is "
        "not recognised."
    )
    return f"No block{of_whom} for {silent}", because, others


def _pool_reports(subject: str, facts: Facts) -> tuple[str, str, str]:
    name = subject_words(subject)
    because = (
        f"{name} has reported no hash rate since {utc(facts['since_s'])} "
        f"(source {source_name(facts['source'])})."
    )
    return f"{name} reports no hash rate", because, _UNSEEN


def _tips(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    others = "; ".join(
        f"{source_name(one['source'])} block {one['height']:,} {one['hash'][:24]}"
        for one in facts["tips"]
    )
    because = f"Sources follow different chains: the record is at block {facts['height']:,}"
    return (
        "Sources follow different chains",
        f"{because}; {others}." if others else f"{because}.",
        "What else could explain it: a branch that ends within the hour.",
    )


def _difficulty(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    ratio = facts["next_difficulty_ratio"]
    moved = _fell(ratio)
    because = (
        f"The next difficulty is expected to change by {moved} (90 % interval) at "
        f"{str(facts['target']).replace(':', ' ')}."
    )
    return f"Next difficulty {moved}", because, "What else could change it: the blocks until then."


def _site(subject: str, facts: Facts) -> tuple[str, str, str]:
    name = str(facts.get("name") or facts.get("site") or subject.partition(":")[2])
    since = "" if facts.get("since_s") is None else f" since {utc(facts['since_s'])}"
    sure = facts.get("dark_probability")
    if sure is not None and facts["status"] in DARK:
        since += f" ({chance(sure)} sure)"
    reason = _site_reason(facts)
    because = f"{name}: {facts['status']}{since}{f'; {reason}' if reason else ''}"
    at_risk = facts.get("usd_per_day_interval")
    if at_risk is not None and facts["status"] in DARK:
        because += f"; at risk, US dollars a day: {_whole(at_risk)}"
    return f"{name}: {facts['status']}", f"{because}.", ""


def _site_reason(facts: Facts) -> str:
    if facts.get("reason") is None:
        return str(facts.get("because") or "")
    return site_sentence(reason_of(SiteReason, facts, str))


def _whole(interval: Facts) -> str:
    middle, low, high = (f"{interval[name]:,.0f}" for name in ("median", "low", "high"))
    return f"{middle} [{low}, {high}]"


_WRITERS: Mapping[str, Callable[[str, Facts], tuple[str, str, str]]] = {
    "quake": _quake,
    "reports": _reports,
    "outage": _outage,
    "instrument": _instrument,
    "source": _source,
    "silence": _silence,
    "pool-blocks": _silence,
    "pool-reports": _pool_reports,
    "tips": _tips,
    "difficulty": _difficulty,
    "site": _site,
}
