"""The page of an outage: one HTML file that needs nothing but itself."""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Outage
from hashquake.serve.format import chance, percent, prose, share_interval, share_limits
from hashquake.serve.format_times import duration, short_time, short_window, utc, window_text
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
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.source_names import source_name
from hashquake.serve.wording import class_because, signal_name, silence_because
from hashquake.serve.wording.numbers import listed

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
        css=Markup(_text("hashquake.serve.report", "report.css")),  # noqa: S704  our own file
        more_css=Markup(_text("hashquake.serve.outages", "outage.css")),  # noqa: S704  our own file
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
    seen_by, not_seen_by = (listed(tuple(map(signal_name, some))) for some in signals_of(one))
    return {
        "one": one,
        "place": _capital(in_a_sentence(country_name(country_of(one)))),
        "false_alarm_line": false_alarm_line(),
        "says": EVIDENCE_SAYS[one.evidence],
        "level_stated": level_stated(one),
        "dark_s": dark_s(one),
        "seen_by": seen_by,
        "not_seen_by": not_seen_by,
        "witnesses": witnesses_of(one),
        "seismogram": Markup("\n").join(map(Markup, seismogram(one, tracks, seen.window))),
        "raster": Markup("\n").join(map(Markup, raster(rows, one))) if rows else None,
        "n_rows": len(rows),
        "n_fallen": sum(row.dip is not None for row in rows),
        "more_members": len(seen.members) > MOST_ROWS,
        "class_names": CLASS_NAMES,
        "assessable": one.assessable,
        "windows": _windows(one),
        "unwatched": unwatched(one),
        "opinions": opinions,
    }


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
    from hashquake.serve.pages.pictures import standalone

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
    kinds = (("dark", one.dark_windows), ("back", one.restorations))
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
        "capital": _capital,
        "chance": chance,
        "lost": lost,
        "source_name": source_name,
        "in_the_dark": in_the_dark,
        "class_because": class_because,
        "signal_name": signal_name,
        "silence_because": silence_because,
    }
    return environment.get_template(name)
