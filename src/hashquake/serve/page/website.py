"""Addresses and templates of the page: one look for the server, for reports and for `publish`."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hashquake import __version__
from hashquake.core.interval import Interval
from hashquake.core.network import Network
from hashquake.core.times import format_time
from hashquake.serve import format as numbers
from hashquake.serve import format_times as times
from hashquake.serve.language import ENGLISH, NAMES, Language, message, speaking, translate
from hashquake.serve.page.terms import TERMS
from hashquake.serve.place_names import country_name, in_a_sentence, place_name
from hashquake.serve.quake_table import lasted, onset_cell, remaining_change
from hashquake.serve.source_names import pool_name, source_name
from hashquake.serve.spoken_templates import speak
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording.fixed import fixed
from hashquake.serve.wording.outages import signal_name

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS = (
    ("", message("Seismograph")),
    ("quakes", message("Quakes")),
    ("outages", message("Outages")),
    ("pools", message("Pools")),
    ("forecast", message("Forecast")),
    ("countries", message("Countries")),
    ("laboratory", message("Laboratory")),
    ("check", message("Claims")),
    ("charts", message("Charts")),
    ("method", message("Method")),
)
"""Path and name of each section, in the order of the menu."""
LIVE_ONLY = ("laboratory", "check")
"""Sections that need a server and are left out of what `publish` writes."""
ENDINGS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_OF_REPORTS = {
    "report.css": (
        ("hashquake.serve.report", "report.css"),
        ("hashquake.serve.report", "panels.css"),
    ),
    "outage.css": (("hashquake.serve.outages", "outage.css"),),
}
"""Style sheets of reports that are files of their own as well: package and file of each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """Where pages, files and documents are found from a page.

    Parameters
    ----------
    root : str
        Path under which a proxy shows the server, without a slash at its end.
    static : bool
        Whether it is a folder of files, whose links are relative.
    depth : int
        How many folders deep the page lies, of a folder of files.
    language : Language
        Of its texts.
    rehearsal : bool
        Whether blocks of the past are played again, which every page says first.
    left_out : tuple of str
        Paths of sections that the record has nothing to show in.
    published_s : float or None
        When the folder was written, UTC Unix seconds.
    wanted_series : set of tuple of str
        The subjects of each chart rendered so far, of a folder of files, which then needs a file
        for each.
    """

    root: str = ""
    static: bool = False
    depth: int = 0
    language: Language = ENGLISH
    rehearsal: bool = False
    left_out: tuple[str, ...] = ()
    published_s: float | None = None
    wanted_series: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def base(self) -> str:
        """What every address begins with."""
        return "../" * self.depth if self.static else f"{self.root}/"

    def saved(self, path: str, query: str = "", name: str = "") -> list[tuple[str, str]]:
        """Return the formats in which the data of a chart can be saved, and their addresses.

        Parameters
        ----------
        path : str
            Below ``/api/v1``, without an ending.
        query : str
            What is asked, without ``?``.
        name : str
            Of the files of a folder of pages, where it differs from `path`.
        """
        if self.static:
            file = self.api(name or path)
            return [(kind, f"{file}.{kind.lower()}") for kind in ("CSV", "Parquet", "JSON")]
        asked = f"?{query}" if query else ""
        return [
            ("CSV", self.api(f"{path}.csv{asked}")),
            ("Parquet", self.api(f"{path}.parquet{asked}")),
            ("JSON", self.api(f"{path}{asked}")),
        ]

    def page(self, path: str = "") -> str:
        """Return the address of a page.

        Parameters
        ----------
        path : str
            Such as ``quakes/hq20210416a``; the seismograph's is empty.
        """
        if self.static:
            return f"{self.base}{path or 'index'}.html"
        return f"{self.base}{path}"

    def asset(self, name: str) -> str:
        """Return the address of a style sheet or a module.

        Parameters
        ----------
        name : str
            Of the file.
        """
        # Modules import each other by relative names, so the digest is a folder of the address.
        folder = "assets" if self.static else f"assets/{assets_digest()}"
        return f"{self.base}{folder}/{name}"

    def api(self, path: str) -> str:
        """Return the address of a document of the API.

        Parameters
        ----------
        path : str
            Below ``/api/v1``; in a folder it names a file.
        """
        return f"{self.base}api/v1/{path}"

    def render(self, template: str, *, section: str, title: str, **values: Any) -> str:
        """Return a page.

        Parameters
        ----------
        template : str
            Its file among the templates.
        section : str
            The path of its section in the menu; ``-`` for none.
        title : str
            For the window and for search engines.
        values
            What the template shows.
        """
        with speaking(self.language):
            sections = [
                (path, translate(name))
                for path, name in SECTIONS
                if path not in self.left_out and not (self.static and path in LIVE_ONLY)
            ]
            page = environment().get_template(template)
            return page.render(
                site=self,
                section=section,
                sections=sections,
                title=title,
                version=__version__,
                languages=NAMES,
                **values,
            )


def left_out(network: Network) -> tuple[str, ...]:
    """Return the sections that a network has nothing to show in.

    Parameters
    ----------
    network : Network
        Of the record. Where its difficulty follows no rule, there is nothing to forecast.
    """
    return () if network.retargets else ("forecast",)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates with the words and numbers that all pages use."""
    made = Environment(
        loader=PackageLoader("hashquake.serve.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speak(made)
    filters: tuple[Callable[..., Any], ...] = (
        numbers.chance,
        numbers.change,
        numbers.change_limits,
        numbers.eh_s,
        numbers.eh_s_interval,
        numbers.percent,
        numbers.probability,
        numbers.prose,
        numbers.share_interval,
        numbers.share_limits,
        times.date,
        times.duration,
        times.short_window,
        times.utc,
        times.window_text,
        fixed,
        iso,
        country_name,
        in_a_sentence,
        lasted,
        onset_cell,
        place_name,
        pool_name,
        remaining_change,
        signal_name,
        source_name,
        subject_words,
    )
    made.filters |= {one.__name__: one for one in filters}
    made.globals |= {
        "when": when,
        "term": term,
        "bar": bar,
        "as_interval": Interval,
    }
    return made


def when(time_s: float, *, short: bool = False) -> Markup:
    """Return a time that the reader can switch to the zone of the browser.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.
    short : bool
        Whether only the day is shown.
    """
    shown = times.date(time_s) if short else times.utc(time_s)
    mark = "" if short else Markup(' data-at="{}"').format(f"{time_s:.0f}")
    return Markup('<time datetime="{}"{}>{}</time>').format(format_time(time_s), mark, shown)


def iso(time_s: float) -> str:
    """Return a time as the questions of the API take it.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.
    """
    return format_time(time_s)


def term(word: str, shown: str | None = None) -> Markup:
    """Return a word that explains itself on hover and focus.

    Parameters
    ----------
    word : str
        A key of `TERMS`.
    shown : str or None
        How it stands in the sentence; None is the key.
    """
    return Markup('<span class="term" tabindex="0">{}<span role="tooltip">{}</span></span>').format(
        shown or translate(word), translate(TERMS[word])
    )


def bar(share: float, *, high: float | None = None) -> Markup:
    """Return a bar of a share; the number stands in text next to it.

    Parameters
    ----------
    share : float
        0 to 1.
    high : float or None
        The upper limit of its interval, 0 to 1; drawn paler behind it.
    """
    paler = (
        ""
        if high is None
        else Markup('<rect class="limit" width="{}" height="8" rx="1"/>').format(_place(high))
    )
    return Markup(
        '<svg viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">'
        '{}<rect width="{}" height="8" rx="1"/></svg>'
    ).format(paler, _place(share))


def _place(share: float) -> str:
    return f"{1000 * min(max(share, 0.002), 1.0):.0f}"


def asset_names() -> tuple[str, ...]:
    """Return the names of the style sheets, modules and pictures."""
    folder = resources.files("hashquake.serve.page") / "assets"
    own = (one.name for one in folder.iterdir() if one.name.rpartition(".")[2] in ENDINGS)
    return tuple(sorted((*own, *_OF_REPORTS)))


def asset_bytes(name: str) -> bytes:
    """Return a style sheet, a module or a picture.

    Parameters
    ----------
    name : str
        One of `asset_names`.
    """
    files = _OF_REPORTS.get(name, (("hashquake.serve.page", f"assets/{name}"),))
    return b"".join((resources.files(package) / path).read_bytes() for package, path in files)


@lru_cache(maxsize=1)
def assets_digest() -> str:
    """Return a name for all of these files as they are: another version has another."""
    digest = hashlib.sha256()
    for name in asset_names():
        digest.update(asset_bytes(name))
    return digest.hexdigest()[:12]
