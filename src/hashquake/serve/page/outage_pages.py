"""Outages of countries: the list, and a page each."""

from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Outage
from hashquake.core.subject import parse_subject
from hashquake.observatory import Observatory
from hashquake.serve.asked import outage_subjects, outage_window, unknown_outage
from hashquake.serve.format import chance
from hashquake.serve.format_times import duration, utc, window_text
from hashquake.serve.language import translate
from hashquake.serve.outages.page import outage_body
from hashquake.serve.outages.table import (
    CLASS_NAMES,
    country_of,
    dark_s,
    ended,
    level_stated,
    likeliest,
    lost,
    signals_of,
)
from hashquake.serve.outages.turns import turns
from hashquake.serve.page.embedding import embedded
from hashquake.serve.page.quake_pages import Chosen
from hashquake.serve.page.website import Website
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.report.panel_causes import lowered
from hashquake.serve.wording.numbers import listed
from hashquake.serve.wording.outages import signal_name


def outages_page(
    ask: Observatory, site: Website, chosen: Chosen | None = None, country: str = ""
) -> str:
    """Return the list of outages, newest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    chosen : Chosen or None
        What to leave out; None is the whole list without rejected ones.
    country : str
        Two letters; empty for all.

    Raises
    ------
    UsageError
        For a date or a country that cannot be read.
    """
    wanted = chosen or Chosen()
    window = outage_window(ask, wanted.since or None, wanted.until or None)
    subjects = outage_subjects(ask, country or None)
    found = list(
        ask.outages(subjects=subjects, window=window, rejected=wanted.rejected, search=False)
    )
    unwatched = ""
    if not found:
        try:
            ask.watched(subjects=subjects, window=window)
        except NoCoverage as error:
            unwatched = str(error)
    found.sort(key=lambda one: -one.onset.start_s)
    spans = [parse_subject(span.subject) for span in ask.reading_spans()]
    watched = sorted({one.name for one in spans if one.kind == "country"})
    return site.render(
        "outages.html.j2",
        section="outages",
        title=translate("Outages"),
        description=translate(
            "Outages of countries' Internet that may explain falls of hash rate."
        ),
        last_change_id=ask.last_change_id(),
        outages=[
            (one, country_of(one), lost(one), likeliest(one), dark_s(one), _saw(one))
            for one in found
        ],
        chosen=wanted,
        country=country,
        countries=watched,
        unwatched=unwatched,
    )


def outage_page(ask: Observatory, site: Website, outage: str) -> str:
    """Return the page of one outage.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    outage : str
        Its id.

    Raises
    ------
    UsageError
        ``outage-unknown``.
    """
    opinions = ask.outage_opinions(outage, search=False)
    if not opinions:
        raise unknown_outage(outage, ask.outages(rejected=True, search=False))
    one = opinions[-1]
    place = in_a_sentence(country_name(country_of(one)))
    try:
        body = embedded(outage_body([one], ask.outage_signals(one)))
    except NoCoverage:
        body = None  # the readings were not kept; the opinion stands all the same
    return site.render(
        "outage.html.j2",
        section="outages",
        title=translate("Outage in {place}: {id}", place=place, id=one.id),
        description=quotable(one),
        last_change_id=ask.last_change_id(),
        one=one,
        country=country_of(one),
        place=place,
        quotable=quotable(one),
        beware=beware(one),
        body=body,
        opinions=turns(opinions, _facts),
    )


def _facts(one: Outage) -> list[tuple[str, str]]:
    """Return what a revision says, by what it says it of."""
    likely = one.classes[0]
    return [
        (translate("Began"), window_text(one.onset)),
        (translate("Ended"), ended(one)),
        (translate("Lost"), lost(one)),
        (translate("Dark windows"), f"{len(one.dark_windows)}, {duration(dark_s(one))}"),
        (translate("Seen by"), _saw(one)),
        (
            translate("Likeliest class"),
            f"{translate(CLASS_NAMES[likely.name])}, {chance(likely.probability)}",
        ),
    ]


def quotable(one: Outage) -> str:
    """Return one sentence that may be quoted as it stands.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    place = in_a_sentence(country_name(country_of(one)))
    depth = f" ({lost(one)})" if level_stated(one) else ""
    until = "" if one.end_s is None else translate(", until {time}", time=utc(one.end_s))
    kind = (
        ""
        if one.evidence == "measured"
        else translate(", {evidence} values", evidence=translate(one.evidence))
    )
    return translate(
        "From {time}{ended}, {place} was offline for {duration}{depth}, "
        "seen by {saw} (hashquake, {id}, revision {revision}{kind}).",
        time=_began(one),
        ended=until,
        place=place,
        duration=duration(dark_s(one)),
        depth=depth,
        saw=_saw(one),
        id=one.id,
        revision=one.revision,
        kind=kind,
    )


def _began(one: Outage) -> str:
    """Return the middle of the time in which an outage began, and how far it may be off."""
    either_side_s = (one.onset.end_s - one.onset.start_s) / 2.0
    middle = utc(one.onset.start_s + either_side_s)
    return f"{middle} ±\N{NO-BREAK SPACE}{duration(either_side_s)}" if either_side_s else middle


def beware(one: Outage) -> list[str]:
    """Return what the signals do not support, for those who write about the outage.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    first = max(one.classes, key=lambda each: each.probability)
    said = [
        (
            translate(
                "Do not conclude from the outage alone that miners stopped: many "
                "have links of their own, and machines go on while only pools lose "
                "sight of them."
            )
        ),
        translate("Do not turn the part of connectivity that was lost into a part of hash rate."),
    ]
    if first.probability < 0.9:
        said.append(
            translate(
                "Do not name a cause as certain: the likeliest ({cause}) has a "
                "probability of {chance}.",
                cause=lowered(translate(CLASS_NAMES[first.name])),
                chance=chance(first.probability),
            )
        )
    if any(each.signal == "bgp" for each in one.not_seen_by):
        said.append(
            translate(
                "Do not say that the country was cut off from the routing of the "
                "Internet: its routes stayed announced."
            )
        )
    if one.evidence != "measured":
        said.append(
            translate(
                "Say that the values are {evidence}: they are not measurements of ours.",
                evidence=translate(one.evidence),
            )
        )
    if one.end_s is None:
        said.append(translate("Do not write that it lasts: the record does not show its end."))
    return said


def _saw(one: Outage) -> str:
    return listed(tuple(signal_name(name) for name in signals_of(one)[0])) or translate("no signal")
