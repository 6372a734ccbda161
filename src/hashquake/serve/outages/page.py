"""The page of an outage: one HTML file that needs nothing but itself."""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Outage
from hashquake.serve.format import chance, percent, prose, share_interval, share_limits
from hashquake.serve.format_times import duration, short_time, short_window, utc, window_text
from hashquake.serve.language import message, spoken, translate, translate_plural
from hashquake.serve.outages.alarms import false_alarm_line
from hashquake.serve.outages.raster import MOST_ROWS, raster, rows_of
from hashquake.serve.outages.seismogram import seismogram, seismograms, tracks_of
from hashquake.serve.outages.table import (
    CLASS_NAMES,
    EVIDENCE_SAYS,
    country_of,
    dark_s,
    in_the_dark,
    level_stated,
    lost,
    signals_of,
    unwatched,
    witnesses_of,
)
from hashquake.serve.outages.turns import turns
from hashquake.serve.own_markup import own_drawings, own_markup
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.source_names import source_title
from hashquake.serve.spoken_templates import speak
from hashquake.serve.wording import class_because, signal_name, silence_because
from hashquake.serve.wording.numbers import listed

_ALL, _MOST = 0.9, 0.6
"""Shares of connectivity that were lost: from here on its Internet, and most of it."""

if TYPE_CHECKING:
    from hashquake.catalog.outage_signals import OutageSignals


def outage_page(opinions: Sequence[Outage], seen: "OutageSignals", *, version: str) -> str:
    """Render the page of an outage.

    Parameters
    ----------
    opinions : sequence of Outage
        Revision by revision; texts in them may be hostile and are escaped.
    seen : OutageSignals
        The signals around it.
    version : str
        This program's version.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    NoCoverage
        When the record no longer holds the signals of any of its witnesses.
    """
    return _template("outage.html.j2").render(
        css=own_markup(_text("hashquake.serve.report", "report.css")),
        more_css=own_markup(_text("hashquake.serve.outages", "outage.css")),
        version=version,
        **_values(opinions, seen),
    )


def outage_body(opinions: Sequence[Outage], seen: "OutageSignals") -> str:
    """Render the header and body of the page, to stand in a page with a frame of its own.

    Parameters
    ----------
    opinions, seen
        As for `outage_page`.

    Raises
    ------
    NoCoverage
        As for `outage_page`.
    """
    return _template("outage_body.html.j2").render(**_values(opinions, seen))


def _values(opinions: Sequence[Outage], seen: "OutageSignals") -> dict[str, Any]:
    one = opinions[-1]
    tracks = tracks_of(one, [signal.flags for signal in seen.signals])
    rows = rows_of(seen.members, one)
    _require(one, tracks)
    return {
        "one": one,
        "heading": _heading(one),
        "in_short": _in_short(one),
        "language": spoken(),
        "false_alarm_line": false_alarm_line(),
        "says": translate(EVIDENCE_SAYS[one.evidence]),
        "level_stated": level_stated(one),
        "witnesses": witnesses_of(one),
        "seismogram": own_drawings(seismogram(one, tracks, seen.window)),
        "raster": own_drawings(raster(rows, one)) if rows else None,
        "n_rows": len(rows),
        "n_fallen": sum(row.dip is not None for row in rows),
        "more_members": len(seen.members) > MOST_ROWS,
        "class_names": {name: translate(text) for name, text in CLASS_NAMES.items()},
        "assessable": one.assessable,
        "windows": _windows(one),
        "unwatched": unwatched(one),
        "opinions": turns(opinions, _believed),
    }


def _believed(one: Outage) -> tuple[str, str]:
    """Return how much was lost and the likeliest class, as one revision had them."""
    likely, windows = one.classes[0], len(one.dark_windows)
    dark = translate_plural("{count} dark window", "{count} dark windows", windows)
    return (
        f"{lost(one)}, {dark}",
        f"{translate(CLASS_NAMES[likely.name])} {percent(likely.probability)}",
    )


def _heading(one: Outage) -> str:
    place = _capital(in_a_sentence(country_name(country_of(one))))
    share = one.depth_share.median
    if not level_stated(one) or share >= _ALL:
        return translate("{place} loses its Internet", place=place)
    if share >= _MOST:
        return translate("{place} loses most of its Internet", place=place)
    return translate("{place} loses part of its Internet", place=place)


def _in_short(one: Outage) -> str:
    """Return how much was lost for how long, and which signals saw it, in two sentences."""
    seen, missed = (listed(tuple(map(signal_name, some))) for some in signals_of(one))
    n = len(one.dark_windows)
    lasted = duration(dark_s(one))
    if n > 1:
        lasted = translate_plural(
            "{duration} in {count} dark window",
            "{duration} in {count} dark windows",
            n,
            duration=lasted,
        )
    lost_for = (
        translate(
            "{share} of the usual connectivity was lost for {duration}.",
            share=percent(one.depth_share.median),
            duration=lasted,
        )
        if level_stated(one)
        else translate("It was dark for {duration}.", duration=lasted)
    )
    saw = (
        translate("{signals} detected it; {others} did not.", signals=_capital(seen), others=missed)
        if missed
        else translate("{signals} detected it.", signals=_capital(seen))
    )
    return f"{lost_for} {saw}"


def outage_svg(one: Outage, seen: "OutageSignals") -> str:
    """Draw an outage's seismogram as a file of its own.

    Parameters
    ----------
    one : Outage
        One opinion of it.
    seen : OutageSignals
        The signals around it.

    Raises
    ------
    NoCoverage
        When the record no longer holds the signals of any of its witnesses.
    """
    from hashquake.serve.drawing.picture import standalone

    tracks = tracks_of(one, [signal.flags for signal in seen.signals])
    _require(one, tracks)
    svg, size = seismograms(one, tracks, seen.window)[0]
    return standalone(svg, size)


def _require(one: Outage, tracks: Sequence[Any]) -> None:
    if not tracks:
        raise NoCoverage(
            f"the record holds no readings of the witnesses of {one.id}",
            hint="ingest them again, or detect again from the readings that exist",
        )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _windows(one: Outage) -> list[dict[str, Any]]:
    """List dark windows and restorations in order of time."""
    kinds = ((message("dark"), one.dark_windows), (message("back"), one.restorations))
    rows = [{"kind": kind, "window": each} for kind, found in kinds for each in found]
    return sorted(rows, key=lambda row: row["window"].start_s)


def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _template(name: str) -> Template:
    environment = Environment(
        loader=FunctionLoader(lambda name: _text("hashquake.serve.outages", name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speak(environment)
    for written in (
        duration,
        percent,
        prose,
        share_interval,
        share_limits,
        short_time,
        short_window,
        utc,
        window_text,
    ):
        environment.filters[written.__name__] = written
    environment.filters |= {
        "chance": chance,
        "lost": lost,
        "source_title": source_title,
        "in_the_dark": in_the_dark,
        "class_because": class_because,
        "signal_name": signal_name,
        "silence_because": silence_because,
    }
    return environment.get_template(name)
