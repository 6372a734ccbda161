"""Countries: a map of where hash rate sits, and a page each."""

import json
from functools import lru_cache
from importlib import resources
from math import sqrt
from typing import TYPE_CHECKING, Any

from hashquake.core.country import parse_country
from hashquake.core.errors import FormatError, HashquakeError, UsageError
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S
from hashquake.observatory import Observatory
from hashquake.observatory.signal_series import signal_series
from hashquake.serve.geography.shapes import energy_shape, map_shape, published_beside
from hashquake.serve.language import message, number, translate
from hashquake.serve.outages.table import country_of, likeliest
from hashquake.serve.page.exposures import exposure_rows
from hashquake.serve.page.series_charts import outage_marks, rate_chart
from hashquake.serve.page.signal_tracks import signal_tracks
from hashquake.serve.page.website import Website
from hashquake.serve.place_names import country_name, named

if TYPE_CHECKING:
    from hashquake.core.outage import Outage

_SIGNALS_S = 30.0 * DAY_S
"""So much time before the last reading the signals of a country are drawn over."""
_SIGNAL_STEPS = 720
STEPS = 6
"""Shades of the map: the first is of no share, the last of the largest."""


def countries_page(ask: Observatory, site: Website) -> str:
    """Return the map with its table.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.

    Raises
    ------
    NoCoverage, UsageError
        As of ``hashquake map``.
    """
    document = _map(ask)
    shares = {row["country"]: row["share"]["median"] for row in document["countries"]}
    connectivity = _connectivity(ask)
    world = _world()
    shapes = [
        {
            "country": letters,
            "path": path,
            "shade": _shade(shares.get(letters), max(shares.values(), default=1.0)),
            "state": connectivity.get(letters, "unwatched"),
            "says": _says(letters, shares.get(letters), connectivity.get(letters, "unwatched")),
        }
        for letters, path in world["countries"].items()
    ]
    return site.render(
        "countries.html.j2",
        section="countries",
        title=translate("Countries"),
        description=translate("Where Bitcoin's hash rate sits, and whose Internet is watched."),
        last_change_id=ask.last_change_id(),
        world=world,
        shapes=shapes,
        document=document,
        caveats=[_by_name(line, document) for line in document["caveats"]],
        connectivity=connectivity,
    )


def country_page(ask: Observatory, site: Website, country: str) -> str:
    """Return the page of one country.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    country : str
        Two letters, or a name.

    Raises
    ------
    UsageError
        ``country-unknown``.
    """
    letters = _letters(country)
    document = _map(ask)
    row = next((one for one in document["countries"] if one["country"] == letters), None)
    outages = [one for one in ask.outages(search=False) if country_of(one) == letters]
    exposures = [one for one in exposure_rows(ask) if one["country"] == letters]
    energy, no_energy = _energy(ask, letters)
    marks = [one for one in outage_marks(ask, site) if one["label"].endswith(country_name(letters))]
    return site.render(
        "country.html.j2",
        section="countries",
        title=country_name(letters),
        description=translate(
            "Mining in {country}: hash rate, power, outages.", country=country_name(letters)
        ),
        last_change_id=ask.last_change_id(),
        letters=letters,
        row=row,
        document=document,
        published=[one for one in document["published"] if _is_of(one, letters)],
        outages=[(one, likeliest(one)) for one in outages][::-1],
        exposures=exposures[:15],
        energy=energy,
        no_energy=no_energy,
        watched=_watched(ask, letters),
        series=rate_chart(ask, site, marks=marks) if outages else None,
        tracks=signal_tracks(
            signal_series(ask, letters, longest_s=_SIGNALS_S, steps=_SIGNAL_STEPS),
            outages,
            title=f"Signals of connectivity, {country_name(letters)}",
        ),
    )


def countries_with_pages(ask: Observatory) -> list[str]:
    """Return the countries that a folder of pages has one for.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    """
    found = {row["country"] for row in _map(ask)["countries"]}
    found |= {country_of(one) for one in ask.outages(search=False)}
    found |= {row["country"] for row in exposure_rows(ask)}
    return sorted(one for one in found if one and one != "ZZ")


def _letters(text: str) -> str:
    try:
        return parse_country(text)
    except FormatError as error:
        hint = "two letters (ISO 3166-1), as KZ, or an English name"
        raise UsageError(str(error), code="country-unknown", hint=hint) from error


def _map(ask: Observatory) -> dict[str, Any]:
    from hashquake.datasets.mining_map import place_names

    table = ask.map()
    return map_shape(table, place_names(), published_beside(table))


def _by_name(line: str, document: dict[str, Any]) -> str:
    """Write the names of a map's countries where a caveat has their letters."""
    for row in document["countries"]:
        line = named(line, row["country"])
    return line[:1].upper() + line[1:]


def _energy(ask: Observatory, letters: str) -> tuple[dict[str, Any] | None, str]:
    try:
        return energy_shape(ask.energy(country=letters)), ""
    except HashquakeError as error:
        return None, str(error)


def _connectivity(ask: Observatory) -> dict[str, str]:
    """Return ``dark``, ``watched`` or nothing for each country, by what watches it now."""
    open_names = set(ask.status().open_outages)
    states = {one.name: "watched" for one in _watched_now(ask)}
    dark: list[Outage] = [one for one in ask.outages(search=False) if one.id in open_names]
    return states | {country_of(one): "dark" for one in dark}


def _watched_now(ask: Observatory) -> list[Any]:
    from hashquake.observatory.live.status import WATCHED_S

    since_s = ask.end_s() + ask.record_age_s() - WATCHED_S
    return [
        subject
        for span in ask.reading_spans()
        if span.window.end_s > since_s
        and (subject := parse_subject(span.subject)).kind == "country"
    ]


def _watched(ask: Observatory, letters: str) -> list[Any]:
    spans = [one for one in ask.reading_spans() if one.subject == f"country:{letters}"]
    return sorted(spans, key=lambda one: (one.quantity, one.window.start_s))


def _is_of(published: dict[str, Any], letters: str) -> bool:
    return letters in (published["place"], published["within"])


def _shade(share: float | None, most: float) -> int:
    """Return the step of a share; a root, since a few countries hold most."""
    if not share:
        return 0
    return min(STEPS - 1, 1 + int(sqrt(share / most) * (STEPS - 1)))


def _says(letters: str, share: float | None, state: str) -> str:
    name = country_name(letters)
    much = (
        translate("share not known")
        if share is None
        else translate("{share} % of hash rate", share=number(f"{100 * share:.1f}"))
    )
    return translate(
        "{name}: {much}; connectivity {state}",
        name=name,
        much=much,
        state=translate(_STATES[state]),
    )


_STATES = {
    "dark": message("lost now"),
    "watched": message("watched, nothing lost"),
    "unwatched": message("not watched now"),
}


@lru_cache(maxsize=1)
def _world() -> dict[str, Any]:
    file = resources.files("hashquake.serve.page") / "world.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
