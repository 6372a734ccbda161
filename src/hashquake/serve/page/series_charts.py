"""What the chart of a series is to show: where its data are, and what is marked on it."""

import hashlib
from collections.abc import Iterable, Sequence
from math import ceil, isnan
from typing import Any

import numpy as np

from hashquake.core.reported_rate import QUANTITY
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S, format_time
from hashquake.core.window import Window
from hashquake.datasets.price_daily import bundled_daily_candles
from hashquake.observatory import Observatory
from hashquake.observatory.reported_series import reported_series
from hashquake.serve.format import change
from hashquake.serve.language import ENGLISH, number, spoken, translate
from hashquake.serve.page.website import Website
from hashquake.serve.place_names import country_name
from hashquake.serve.quake_table import remaining_change
from hashquake.serve.subject_names import subject_words

TIERS = ((DAY_S, 0.0), (6 * HOUR_S, 40.0 * DAY_S), (HOUR_S, 5.0 * DAY_S))
"""Length of a step, seconds, and the longest span that is shown with such steps."""
EPOCH_BLOCKS = 2016
_REPORTED_STEP_S = HOUR_S
_MOST_REPORTED = 1500
"""So many steps of reports stand in a page; a longer time has longer steps."""
_RETARGETS_SHOWN = 400


def record_window(ask: Observatory) -> Window:
    """Return the time between the first and the last block of a record.

    Parameters
    ----------
    ask : Observatory
        Of the record.

    Raises
    ------
    NoCoverage
        When the record has no blocks.
    """
    end_s = ask.end_s()
    return Window(start_s=ask.coverage().windows[0].start_s, end_s=end_s)


def rate_chart(
    ask: Observatory,
    site: Website,
    *,
    subjects: Sequence[str] = (NETWORK,),
    view: Window | None = None,
    marks: Iterable[dict[str, Any]] = (),
    follows: bool = False,
    more: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return the description of a chart of hash rates, for the module that draws it.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    subjects : sequence of str
        The first has the large plot, each other a strip.
    view : Window or None
        What is shown at first, as far as the record reaches; None is everything.
    marks : iterable of dict
        Moments and stretches of time.
    follows : bool
        Whether the address of the page names the span that is shown.
    more : sequence of dict
        Further strips whose values stand in the page, such as `price_strip`.
    """
    whole = record_window(ask)
    step_s = DAY_S
    start_s = whole.start_s - whole.start_s % step_s if whole.duration_s > step_s else whole.start_s
    source: dict[str, Any] = {
        "subjects": list(subjects),
        "start_s": start_s,
        "end_s": whole.end_s,
        "whole": site.static,
        "url": site.api("rates"),
        "tiers": [{"step_s": step, "widest_s": widest} for step, widest in TIERS],
    }
    query = f"since={format_time(start_s)}&until={format_time(whole.end_s)}&step=1d" + "".join(
        f"&subject={one}" for one in subjects
    )
    table, document = site.api(f"rates.csv?{query}"), site.api(f"rates?{query}")
    if site.static:
        days, name = whole_days(ask), series_name(subjects)
        site.wanted_series.add(tuple(subjects))
        source |= {
            "url": site.api(f"{name}.f32"),
            "start_s": days.start_s,
            "end_s": days.end_s,
            "tiers": [{"step_s": step_s, "widest_s": 0.0}],
        }
        table = document = site.api(f"{name}.csv")
    # A young record begins within what would be shown: no empty time before its first block.
    shown = whole if view is None else whole.overlap(view) or view
    return {
        "source": source,
        "view": [shown.start_s, shown.end_s],
        "names": [*(_name(one) for one in subjects), *(one["name"] for one in more)],
        "units": [*("hps" for _ in subjects), *(one["unit"] for one in more)],
        "more": list(more),
        "reported": _reported(ask, subjects),
        "marks": list(marks),
        "follows": follows,
        "table": table,
        "json": document,
    }


def _reported(ask: Observatory, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """Return what pools of a chart reported themselves, each with the place of its series.

    The steps begin where the first report is, so that those of a year are no coarser for the years
    before in which nobody asked.
    """
    spans = [
        one.window
        for one in ask.reading_spans()
        if one.quantity == QUANTITY and one.subject in subjects
    ]
    if not spans:
        return []
    begin_s = min(one.start_s for one in spans)
    window = Window(start_s=begin_s - begin_s % HOUR_S, end_s=max(one.end_s for one in spans))
    step_s = _REPORTED_STEP_S * max(
        1.0, ceil(window.duration_s / _REPORTED_STEP_S / _MOST_REPORTED)
    )
    return [
        {
            "at": list(subjects).index(one.subject),
            "start_s": one.start_s,
            "step_s": one.step_s,
            "values": [None if isnan(hps) else float(f"{hps:.4g}") for hps in one.mean_hps],
        }
        for one in reported_series(ask, window, step_s=step_s, subjects=tuple(subjects))
    ]


def series_name(subjects: Sequence[str]) -> str:
    """Return the name of a file of series, without its ending.

    Parameters
    ----------
    subjects : sequence of str
        As for `rate_chart`.
    """
    first = subjects[0].replace(":", "_")
    if len(subjects) == 1:
        return f"rates_{first}"
    return f"rates_{first}_{hashlib.sha256(' '.join(subjects).encode()).hexdigest()[:8]}"


def whole_days(ask: Observatory) -> Window:
    """Return the days that a file of series holds: those that the record covers, from midnight.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    """
    whole = record_window(ask)
    start_s = whole.start_s - whole.start_s % DAY_S
    n_days = max(1, int((whole.end_s - start_s) // DAY_S))
    return Window(start_s=start_s, end_s=start_s + n_days * DAY_S)


def price_strip(ask: Observatory) -> list[dict[str, Any]]:
    """Return the bundled price of each midnight as a strip; nothing on another network.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    """
    if not ask.network.has_main_facts:
        return []
    whole = record_window(ask)
    candles = bundled_daily_candles().between(whole)
    if not len(candles):
        return []
    return [
        {
            "name": translate("Price"),
            "unit": "usd",
            "start_s": float(candles.start_s[0]),
            "step_s": DAY_S,
            "values": [round(float(one)) for one in candles.close_usd],
        }
    ]


def _name(subject: str) -> str:
    words = subject_words(subject)
    if spoken() == ENGLISH:
        words = words.removeprefix("the ")
    return f"{words[:1].upper()}{words[1:]}"


def quake_marks(ask: Observatory, site: Website) -> list[dict[str, Any]]:
    """Mark the falls of the network.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    return [
        {
            "kind": "quake",
            "start_s": (one.onset.start_s + one.onset.end_s) / 2,
            "end_s": one.end_s or (one.onset.start_s + one.onset.end_s) / 2,
            "label": translate(
                "{id}: hash rate {change}",
                id=one.id,
                change=change(remaining_change(one.remaining_share)),
            ),
            "href": site.page(f"quakes/{one.id}"),
        }
        for one in ask.quakes()
        if one.status != "rejected" and one.subject == NETWORK
    ]


def outage_marks(ask: Observatory, site: Website) -> list[dict[str, Any]]:
    """Mark the stretches in which countries were seen to be dark.

    Between them, and after the last one where no end was seen, nothing is known or all was well.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    return [
        {
            "kind": "outage",
            "start_s": window.start_s,
            "end_s": window.end_s,
            "label": translate(
                "{id}: outage in {country}",
                id=one.id,
                country=country_name(one.subject.partition(":")[2]),
            ),
            "href": site.page(f"outages/{one.id}"),
        }
        for one in ask.outages(search=False)
        for window in one.dark_windows
    ]


def event_marks(ask: Observatory, site: Website) -> list[dict[str, Any]]:
    """Mark the events of history that the record covers.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    from hashquake.datasets.events import covered_events

    return [
        {
            "kind": "event",
            "start_s": one.window.start_s,
            "end_s": one.window.start_s,
            "label": translate(one.name),
            "href": site.page(f"events/{one.id}"),
        }
        for one in covered_events(ask.coverage())
    ]


def retarget_marks(ask: Observatory) -> list[dict[str, Any]]:
    """Mark the changes of difficulty.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    """
    columns = ask.columns()
    places = np.flatnonzero(columns.height % EPOCH_BLOCKS == 0)
    return [
        {
            "kind": "retarget",
            "start_s": float(columns.header_s[at]),
            "end_s": float(columns.header_s[at]),
            "label": translate(
                "new difficulty from block {height}",
                height=number(f"{int(columns.height[at]):,}"),
            ),
        }
        for at in places[-_RETARGETS_SHOWN:]
    ]
