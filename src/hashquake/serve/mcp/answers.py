"""What language models may ask of a record; claims are in `hashquake.serve.mcp.claim_answers`."""

from typing import TYPE_CHECKING, Any

from hashquake.core.country import country_subject
from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Outage
from hashquake.core.subject import NETWORK, is_private
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.asked import rate_window
from hashquake.serve.forecast_table import next_difficulty_shape
from hashquake.serve.mcp import quotes
from hashquake.serve.opinion_documents import outage_json, quake_json
from hashquake.serve.shapes import coverage_shape, interval_shape, rate_shape, window_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashquake.core.quake import Quake

Answer = dict[str, Any]
_RECENT_S = 14.0 * DAY_S
_OPEN_S = 90.0 * DAY_S
_MOST_SPANS = 200


def rate(
    ask: Observatory,
    *,
    subject: str = NETWORK,
    at: str | None = None,
    since: str | None = None,
    until: str | None = None,
    span: str = "24h",
) -> Answer:
    """Return the hash rate of the network or a pool over a time.

    Parameters
    ----------
    ask : Observatory
        The record.
    subject : str
        ``network`` or ``pool:SLUG``.
    at, since, until, span : str or None
        As for `hashquake rate`.
    """
    window = rate_window(at, span, since, until, ask.end_s)
    found = ask.rate(window, subjects=(subject,))
    return {
        "quote": quotes.rate_quote([row.hashrate for row in found]),
        "rates": [rate_shape(row.hashrate, row.share, method="window") for row in found],
    }


def did_it_break(
    ask: Observatory, *, since: str, until: str | None = None, country: str | None = None
) -> Answer:
    """Return whether hash rate fell in a time, against the two weeks before.

    Parameters
    ----------
    ask : Observatory
        The record.
    since, until : str or None
        The time; without an end, 24 hours.
    country : str or None
        Outages of this country alone.
    """
    start_s = float(parse_time(since))
    end_s = start_s + DAY_S if until is None else float(parse_time(until))
    window = Window(start_s=start_s, end_s=end_s)
    missing = None
    drop = None
    try:
        drop = ask.report(window).network
    except NoCoverage as error:
        missing = error.message
    quakes = [
        one
        for one in ask.quakes()
        if one.status != "rejected"
        and one.onset.start_s < window.end_s
        and one.onset.end_s >= window.start_s
    ]
    subjects = None if country is None else (country_subject(country),)
    outages = list(ask.outages(subjects=subjects, window=window, search=False))
    return {
        "quote": quotes.break_quote(drop, quakes, outages),
        "window": window_shape(window),
        "drop_share": None if drop is None else interval_shape(drop.shown_share.interval(0.9)),
        "p_value": None if drop is None else drop.shown_p_value,
        "quakes": [quake_json(one) for one in quakes],
        "outages": [_short_outage(one) for one in outages],
        "missing": missing,
    }


def known_then(ask: Observatory, *, at: str) -> Answer:
    """Return what could be known at an instant, and which opinions stood then.

    Parameters
    ----------
    ask : Observatory
        The record.
    at : str
        The instant.
    """
    at_s = float(parse_time(at))
    rates = None
    missing = None
    try:
        rates = ask.rate_at(at_s, subjects=(NETWORK,), method="filter")
    except NoCoverage as error:
        missing = error.message
    quakes = _stood(ask.quake_opinions(), at_s)
    outages = _stood(ask.outage_opinions(search=False), at_s)
    interval = None if rates is None else rates[0].hashrate.interval(0.9)
    return {
        "quote": quotes.known_quote(at_s, interval, quakes, outages),
        "at_s": at_s,
        "hashrate_hps": interval_shape(interval),
        "quakes": [quake_json(one) for one in quakes],
        "outages": [_short_outage(one) for one in outages],
        "missing": missing,
    }


def forecast(ask: Observatory, *, at: str | None = None) -> Answer:
    """Return the next difficulty and when it comes.

    Parameters
    ----------
    ask : Observatory
        The record.
    at : str or None
        As it could be stated then; None is the end of the record.
    """
    made = ask.forecast(None if at is None else parse_time(at), store=False)
    return {"quote": quotes.forecast_quote(made), **next_difficulty_shape(made)}


def coverage(ask: Observatory) -> Answer:
    """Return what the record observed: not seen is not zero.

    Parameters
    ----------
    ask : Observatory
        The record.
    """
    found, end_s, age_s = ask.coverage(), ask.end_s(), ask.record_age_s()
    spans = ask.reading_spans()[:_MOST_SPANS]
    return {
        "quote": quotes.coverage_quote(found, end_s, age_s),
        "chain": coverage_shape(found),
        "end_s": end_s,
        "age_s": age_s,
        "readings": [
            {
                "subject": one.subject,
                "quantity": one.quantity,
                "source": one.source,
                "window": window_shape(one.window),
            }
            for one in spans
            if not is_private(one.subject)
        ],
    }


def _stood(opinions: "Sequence[Any]", at_s: float) -> list[Any]:
    """Return the opinions that stood at an instant, of what was not long over or settled."""
    last: dict[str, Quake | Outage] = {}
    for one in opinions:
        if one.issued_s <= at_s:
            last[one.id] = one
    return [one for one in last.values() if one.status != "rejected" and _recent(one, at_s)]


def _recent(one: "Quake | Outage", at_s: float) -> bool:
    """Return whether an opinion concerned the present of an instant."""
    if one.end_s is not None:
        return one.end_s > at_s - _RECENT_S
    # A fall that was never made up for has no end; once reviewed it is history.
    settled = one.status == "reviewed"
    return one.onset.start_s > at_s - (_RECENT_S if settled else _OPEN_S)


def _short_outage(one: Outage) -> Answer:
    """Return an outage without the witnesses' details."""
    document = outage_json(one)
    keys = ("id", "status", "subject", "onset", "end_s", "depth_share", "seen_by", "not_seen_by")
    return {key: document[key] for key in keys} | {
        "classes": [
            {"name": each.name, "probability": each.probability} for each in one.classes[:3]
        ]
    }
