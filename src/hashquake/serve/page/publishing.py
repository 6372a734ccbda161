"""The record as a folder of files: the same pages and documents, for any web server."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from hashquake.core.contracts import Progress
from hashquake.core.errors import HashquakeError, NoCoverage, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import NETWORK
from hashquake.datasets.events import covered_events
from hashquake.observatory import Observatory
from hashquake.serve.api.csv_table import csv_bytes
from hashquake.serve.api.feed import feed_xml
from hashquake.serve.api.parquet_table import parquet_bytes
from hashquake.serve.api.reply import json_bytes
from hashquake.serve.api.series import float32_bytes, series_rows
from hashquake.serve.earnings import earnings_rows, earnings_shape, halving_rows, halvings_shape
from hashquake.serve.files import write_whole
from hashquake.serve.forecast_table import next_difficulty_shape
from hashquake.serve.geography.shapes import energy_shape, map_shape, published_beside
from hashquake.serve.language import ENGLISH, Language, speaking
from hashquake.serve.opinion_documents import (
    outage_history_json,
    outage_json,
    quake_history_json,
    quake_json,
)
from hashquake.serve.outages.alarms import with_false_alarms
from hashquake.serve.page.charts_page import (
    MEANS_FILE,
    POOLS_FILE,
    charts_page,
    series_of_means,
    series_of_pools,
)
from hashquake.serve.page.country_pages import countries_page, countries_with_pages, country_page
from hashquake.serve.page.exposures import exposure_rows
from hashquake.serve.page.forecast_page import forecast_page
from hashquake.serve.page.method_page import method_page
from hashquake.serve.page.outage_pages import outage_page, outages_page
from hashquake.serve.page.pool_pages import pool_page, pools_page
from hashquake.serve.page.quake_pages import quake_page, quakes_page
from hashquake.serve.page.report_pages import incident_page
from hashquake.serve.page.seismograph import seismograph_page
from hashquake.serve.page.series_charts import record_window, series_name, whole_days
from hashquake.serve.page.website import Website, asset_bytes, asset_names, left_out
from hashquake.serve.pool_table import pool_shapes
from hashquake.serve.rate_series import series_shape
from hashquake.serve.report.document import report_document
from hashquake.serve.shapes import event_shape

DAY_STEP_S = 86_400.0
File = tuple[str, Callable[[], bytes]]
"""A path below the folder, and what makes its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written.

    Parameters
    ----------
    n_pages : int
        Pages for people.
    n_files : int
        All files, those pages among them.
    """

    n_pages: int
    n_files: int


class Publisher:
    """Writes a record as a folder.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    folder : Path
        Where to; files of the same names are replaced, others stay, so that addresses last.
    url : str
        Where readers will find the folder, for the feed; empty where that is not known.
    now_s : float
        The present, UTC Unix seconds.
    language : Language
        Of the pages; the documents stay as they are.
    """

    def __init__(
        self,
        ask: Observatory,
        folder: Path,
        *,
        url: str,
        now_s: float,
        language: Language = ENGLISH,
    ) -> None:
        self._ask = ask
        self._folder = folder
        self._url = url.rstrip("/")
        self._sites = [
            Website(
                static=True,
                depth=depth,
                rehearsal=ask.network.stands_for_main,
                left_out=left_out(ask.network),
                published_s=now_s,
                language=language,
            )
            for depth in (0, 1)
        ]

    def write(self, progress: Callable[[Progress], None]) -> Published:
        """Write everything.

        Parameters
        ----------
        progress : callable
            Called with how far it is.

        Raises
        ------
        NoCoverage
            When the record is empty.
        UsageError
            ``cannot-write``.
        """
        self._ask.end_s()
        if self._folder.exists() and not self._folder.is_dir():
            raise UsageError(
                f"{visible_text(str(self._folder))} is a file, not a folder",
                code="cannot-write",
                hint="name a folder; it is made where there is none",
            )
        names = []
        for name, make in chain(self._pages(), self._documents(), self._assets()):
            write_whole(self._folder / name, make())
            names.append(name)
            progress(Progress(done=len(names), total=None, unit="files"))
        series = {one for site in self._sites for one in site.wanted_series}
        for subjects in sorted(series):
            self._write_series(subjects)
        n_pages = sum(name.endswith(".html") for name in names)
        return Published(n_pages=n_pages, n_files=len(names) + 2 * len(series))

    def _pages(self) -> Iterator[File]:
        ask, (top, below) = self._ask, self._sites
        for name, make in (
            ("index", seismograph_page),
            ("quakes", quakes_page),
            ("outages", outages_page),
            ("pools", pools_page),
            ("forecast", forecast_page),
            ("countries", countries_page),
            ("charts", charts_page),
            ("method", method_page),
        ):
            if name not in top.left_out:
                yield f"{name}.html", partial(_encoded, make, ask, top)
        one_each: tuple[tuple[str, Callable[..., str], list[str]], ...] = (
            ("quakes", quake_page, [one.id for one in ask.quakes()]),
            ("outages", outage_page, [one.id for one in ask.outages(rejected=True, search=False)]),
            ("pools", pool_page, self._pools()),
            ("countries", country_page, countries_with_pages(ask)),
        )
        for folder, render, names in one_each:
            for name in names:
                yield (
                    f"{folder}/{name}.html",
                    partial(_encoded, render, ask, below, name),
                )

    def _documents(self) -> Iterator[File]:
        ask = self._ask
        quakes = sorted(ask.quakes(), key=lambda one: (one.onset.start_s, one.id))
        kept = [quake_json(one) for one in quakes if one.status != "rejected"]
        yield from _table("quakes", {"items": kept, "next": None}, kept)
        for quake in quakes:
            opinions = ask.quake_opinions(quake.id)
            yield _json(f"quakes/{quake.id}", quake_history_json(opinions))
        outages = list(ask.outages(rejected=True, search=False))
        seen = [outage_json(one) for one in outages if one.status != "rejected"]
        rows = with_false_alarms(seen)
        yield from _table("outages", {"items": rows, "next": None}, rows)
        for outage in outages:
            yield _json(
                f"outages/{outage.id}",
                outage_history_json(ask.outage_opinions(outage.id, search=False)),
            )
        events = covered_events(ask.coverage())
        yield _json("events", {"items": [event_shape(one) for one in events], "next": None})
        for event in events:
            yield from self._event(event)
        yield from self._earnings()
        yield from self._rates()
        yield "feed.atom", lambda: feed_xml(ask, base_url=self._url or ".", files=True)
        yield from self._whole_documents()

    def _whole_documents(self) -> Iterator[File]:
        from hashquake.datasets.mining_map import place_names

        ask = self._ask
        pools = pool_shapes(ask.pools())
        yield from _table("pools", {"items": pools, "next": None}, pools)
        table = ask.map()
        document = map_shape(table, place_names(), published_beside(table))
        yield from _table("map", document, document["countries"])
        if ask.network.retargets:
            yield (
                "api/v1/forecast.json",
                lambda: json_bytes(next_difficulty_shape(ask.forecast(store=False))),
            )
        for country in countries_with_pages(ask):
            try:
                yield _json(f"energy_{country}", energy_shape(ask.energy(country=country)))
            except HashquakeError as error:
                because = {"error": {"code": error.code, "message": str(error)}}
                yield _json(f"energy_{country}", because)

    def _earnings(self) -> Iterator[File]:
        ask = self._ask
        asked: tuple[tuple[str, Callable[[], dict[str, Any]], Callable[..., Any]], ...] = (
            ("earnings", lambda: earnings_shape(ask.earnings(record_window(ask))), earnings_rows),
            ("halvings", lambda: halvings_shape(ask.halvings()), halving_rows),
        )
        for name, question, rows in asked:
            try:
                document = question()
            except HashquakeError:
                continue  # no price, no halving, or another network: the page leaves it out too
            yield from _table(name, document, rows(document))

    def _rates(self) -> Iterator[File]:
        """Yield the data of the charts of means and of pools over time."""
        with suppress(HashquakeError):  # too short a record: the page leaves the chart out too
            means = series_shape(series_of_means(self._ask))
            yield from _table(MEANS_FILE, means, series_rows({"series": [means]}))
        with suppress(HashquakeError):
            pools = {"series": [series_shape(one) for one in series_of_pools(self._ask)]}
            yield from _table(POOLS_FILE, pools, series_rows(pools))

    def _event(self, event: Any) -> Iterator[File]:
        try:
            incident = self._ask.report(event)
        except NoCoverage:
            return  # the record begins or ends within what the event is compared with
        context = self._ask.context(incident)
        yield _json(f"report/{event.id}", report_document(incident, context))
        site = self._sites[1]
        with speaking(site.language):
            made = incident_page(incident, context, site, path=f"report/{event.id}")
        yield f"events/{event.id}.html", made.encode

    def _pools(self) -> list[str]:
        """Return the pools that pages speak of: they found a block, or events showed them."""
        whole = record_window(self._ask)
        rows = self._ask.pools(whole.end_s, span_s=whole.duration_s)
        found = {one.pool for one in rows if one.n_blocks}
        found |= {row["pool"] for row in exposure_rows(self._ask)}
        return sorted(found - {NETWORK})

    def _assets(self) -> Iterator[File]:
        for name in asset_names():
            yield f"assets/{name}", partial(asset_bytes, name)

    def _write_series(self, subjects: tuple[str, ...]) -> None:
        found = self._ask.rates_of(
            whole_days(self._ask), step_s=DAY_STEP_S, subjects=subjects, mean_days=()
        )
        document = {"series": [series_shape(one) for one in found]}
        name = f"api/v1/{series_name(subjects)}"
        write_whole(self._folder / f"{name}.f32", float32_bytes(document))
        write_whole(self._folder / f"{name}.csv", csv_bytes(series_rows(document)))


def _json(path: str, document: Any) -> File:
    return f"api/v1/{path}.json", lambda: json_bytes(document)


def _table(name: str, document: Any, rows: list[dict[str, Any]]) -> Iterator[File]:
    yield _json(name, document)
    yield f"api/v1/{name}.csv", lambda: csv_bytes(rows)
    yield f"api/v1/{name}.parquet", lambda: parquet_bytes(rows)


def _encoded(render: Callable[..., str], ask: Observatory, site: Website, *asked: Any) -> bytes:
    with speaking(site.language):
        return render(ask, site, *asked).encode()
