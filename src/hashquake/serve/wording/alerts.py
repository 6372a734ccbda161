"""Alerts in words: the number with its interval, how often by chance, what else it could be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.serve.alerts.kernel.event import AlertEvent
from hashquake.serve.format import NBSP, chance, change, eh_s_interval, share_interval
from hashquake.serve.format_times import duration, utc
from hashquake.serve.language import ENGLISH, Language, message, number, speaking, translate
from hashquake.serve.outages.table import CLASS_NAMES
from hashquake.serve.place_names import country_name
from hashquake.serve.report.panel_causes import cause_text, lowered
from hashquake.serve.source_names import source_name
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording.alert_site import site_alert
from hashquake.serve.wording.numbers import listed, times
from hashquake.serve.wording.outages import signal_name
from hashquake.serve.wording.source_states import state_words

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


def alert_words(event: AlertEvent, *, link: str, language: Language = ENGLISH) -> AlertWords:
    """Write an alert.

    Parameters
    ----------
    event : AlertEvent
        What a rule decided.
    link : str
        Where more of it is read; empty when it is not known.
    language : Language
        Of its readers.
    """
    with speaking(language):
        return _worded(event, link)


def _worded(event: AlertEvent, link: str) -> AlertWords:
    notice = event.notice
    write = _WRITERS[_kind(event)]
    title, because, others = write(notice.subject, notice.facts)
    if event.state == "recovered":
        # Of a source or a site the last notice says itself what it does again.
        if notice.about not in ("source", "site"):
            title, because = translate("Over: {title}", title=title), _ending(event)
        others = ""
    elif event.state == "updated":
        title = translate("Update: {title}", title=title)
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
        return translate(
            "False alarms, measured on simulated countries: {times} in a "
            "hundred years of a country.",
            times=times(round(100 * rate)),
        )
    return translate("Chance alone raises such an alert {times} a year.", times=times(rate))


def _ending(event: AlertEvent) -> str:
    facts, notice = event.notice.facts, event.notice
    if event.ending == "withdrawn":
        return translate(
            "More data do not confirm it: {matter} was withdrawn.", matter=notice.matter
        )
    if event.ending == "instrument":
        return translate(
            "Other places went dark at the same time in the same series alone: "
            "it is taken for a fault of the instrument, which has an alert of "
            "its own."
        )
    if facts.get("end_s") is not None:
        return translate("It ended at {time}.", time=utc(facts["end_s"]))
    if facts.get("ended_s") is not None:
        lasted = duration(facts["ended_s"] - facts["last_s"])
        return translate(
            "A block came at {time}, after {lasted}.", time=utc(facts["ended_s"]), lasted=lasted
        )
    return translate("It was over at {time}.", time=utc(event.at_s))


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
    return translate(
        "{start} and {end}", start=utc(document["start_s"]), end=utc(document["end_s"])
    )


def _quake(subject: str, facts: Facts) -> tuple[str, str, str]:
    fell, where = _fell(facts["remaining_share"]), subject_words(subject)
    lost = eh_s_interval(_interval(facts["lost_hps"]))
    because = translate(
        "Hash rate of {where} changed by {fell} (90 % interval), {lost} "
        "stopped; it began between {window} ({id}, {status}).",
        where=where,
        fell=fell,
        lost=lost,
        window=_window(facts["onset"]),
        id=facts["id"],
        status=translate(facts["status"]),
    )
    return translate("Hash rate of {where} {fell}", where=where, fell=fell), because, _causes(facts)


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
    more = translate(" What else could explain it: {others}.", others=others) if others else ""
    return translate("Most likely: {names}.{more}", names=names[0], more=more)


def _reports(subject: str, facts: Facts) -> tuple[str, str, str]:
    fell, where = _fell(facts["remaining_share"]), subject_words(subject)
    apart = facts["kind"] == "disagreement"
    because = translate(
        "The hash rate reported by {where} changed by {fell} (90 % "
        "interval){more}; it began between {window} ({id}, {status}).",
        where=where,
        fell=fell,
        more=translate(", which the blocks found do not show") if apart else "",
        window=_window(facts["onset"]),
        id=facts["id"],
        status=translate(facts["status"]),
    )
    others = translate(
        "What else could explain it: a fault of the reports, or machines that changed pool."
    )
    title = translate("Hash rate reported by {where} {fell}", where=where, fell=fell)
    return f"{title}{', not seen in blocks' if apart else ''}", because, others


def _outage(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    place = country_name(facts["country"])
    depth = facts["depth_share"]
    lost = translate("an unknown part")
    if depth is not None:
        lost = share_interval(_interval(depth), digits=0)
    saw = listed(tuple(signal_name(one) for one in facts["seen_by"])) or translate("one signal")
    because = translate(
        "{place} lost {lost} of its usual connectivity (90 % interval), "
        "seen by {saw}; it began between {window} ({id}, {status}).",
        place=place,
        lost=lost,
        saw=saw,
        window=_window(facts["onset"]),
        id=facts["id"],
        status=translate(facts["status"]),
    )
    ranked = sorted(facts["classes"], key=lambda one: -one["probability"])
    names = [
        f"{translate(CLASS_NAMES[one['name']])} {chance(one['probability'])}" for one in ranked
    ]
    return (
        translate("Outage in {place}: {lost} of connectivity lost", place=place, lost=lost),
        because,
        _explanations(names),
    )


def _instrument(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    places = listed(tuple(subject_words(one) for one in facts["subjects"]))
    because = translate(
        "By one series alone, {quantity} of {source}, {n_subjects} places "
        "went dark at once from {time}: {places}.",
        quantity=facts["quantity"],
        source=source_name(facts["source"]),
        n_subjects=len(facts["subjects"]),
        time=utc(facts["since_s"]),
        places=places,
    )
    others = translate(
        "Most likely: a fault of the instrument. What else could explain "
        "it: a cut that these places share."
    )
    return (
        translate("{source} shows many places dark at once", source=source_name(facts["source"])),
        because,
        others,
    )


def _source(subject: str, facts: Facts) -> tuple[str, str, str]:
    name = source_name(subject.partition(":")[2])
    if facts["state"] == "silent":
        places = listed(tuple(subject_words(one) for one in facts["silent"]))
        because = translate(
            "{name} answers, but sent nothing on {places} since {time}.",
            name=name,
            places=places,
            time=utc(facts["since_s"]),
        )
        return (
            translate("{name} sends nothing on some series", name=name),
            because,
            translate(_UNSEEN),
        )
    does = state_words(subject.partition(":")[2], facts["state"], facts["because"])
    because = translate(
        "{name} {state} since {time}",
        name=name,
        state=does,
        time=utc(facts["since_s"]),
    )
    because += f": {facts['because']}." if facts["because"] else "."
    return (
        translate("Source {name} {state}", name=name, state=does),
        because,
        translate(_UNSEEN),
    )


def _height(facts: Facts) -> str:
    return translate("height {number}", number=str(facts["target"]).rpartition(":")[2])


def _tip(one: Facts) -> str:
    block = translate("block {height}{by}", height=number(f"{one['height']:,}"), by="")
    return f"{source_name(one['source'])} {block} {one['hash'][:24]}"


_UNSEEN = message("What it would show is not seen meanwhile; that is not zero.")


def _silence(subject: str, facts: Facts) -> tuple[str, str, str]:
    of_whom = (
        "" if subject == "network" else translate(" of {subject}", subject=subject_words(subject))
    )
    silent = duration(facts["silent_s"])
    because = translate(
        "No block{of_whom} for {silent}, the last at {time}; "
        "blocks{of_whom} came every {duration}. The chance that a gap lasts "
        "longer is 1 in {odds}.",
        of_whom=of_whom,
        silent=silent,
        time=utc(facts["last_s"]),
        duration=duration(facts["usual_s"]),
        odds=number(f"{round(1.0 / max(facts['probability'], 1e-12)):,}"),
    )
    others = (
        translate("What else could explain it: chance, or sources that no longer follow the chain.")
        if subject == "network"
        else translate(
            "What else could explain it: chance, machines that changed pool, or "
            "a new tag that is not recognised."
        )
    )
    return (
        translate("No block{of_whom} for {silent}", of_whom=of_whom, silent=silent),
        because,
        others,
    )


def _pool_reports(subject: str, facts: Facts) -> tuple[str, str, str]:
    name = subject_words(subject)
    because = translate(
        "{name} has reported no hash rate since {time} (source {source}).",
        name=name,
        time=utc(facts["since_s"]),
        source=source_name(facts["source"]),
    )
    return translate("{name} reports no hash rate", name=name), because, translate(_UNSEEN)


def _tips(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    others = "; ".join(_tip(one) for one in facts["tips"])
    because = translate(
        "Sources follow different chains: the record is at block {height}",
        height=number(f"{facts['height']:,}"),
    )
    return (
        translate("Sources follow different chains"),
        f"{because}; {others}." if others else f"{because}.",
        translate("What else could explain it: a branch that ends within the hour."),
    )


def _difficulty(subject: str, facts: Facts) -> tuple[str, str, str]:
    del subject
    ratio = facts["next_difficulty_ratio"]
    moved = _fell(ratio)
    because = translate(
        "The next difficulty is expected to change by {moved} (90 % interval) at {height}.",
        moved=moved,
        height=_height(facts),
    )
    return (
        translate("Next difficulty {moved}", moved=moved),
        because,
        translate("What else could change it: the blocks until then."),
    )


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
    "site": site_alert,
}
