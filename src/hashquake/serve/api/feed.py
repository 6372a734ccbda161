"""Quakes and outages as an Atom feed, for readers of feeds."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from hashquake.core.hostile_text import visible_text
from hashquake.core.outage import Outage
from hashquake.core.quake import Quake
from hashquake.core.times import format_time
from hashquake.observatory import Observatory
from hashquake.serve.format import NBSP, change
from hashquake.serve.format_times import utc, window_text
from hashquake.serve.outages.table import country_of, likeliest, lost
from hashquake.serve.place_names import country_name
from hashquake.serve.quake_table import likeliest_cause, remaining_change
from hashquake.serve.subject_names import subject_words

MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of the feed.

    Parameters
    ----------
    path : str
        Of its document, below ``/api/v1``.
    revision : int
        Of the opinion.
    updated_s : float
        When it was formed, UTC Unix seconds.
    title, text : str
        For people.
    """

    path: str
    revision: int
    updated_s: float
    title: str
    text: str


def feed_xml(ask: Observatory, *, base_url: str, files: bool = False) -> bytes:
    """Return the feed: the latest opinion of each quake and outage, newest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    base_url : str
        Where readers find the server, without a slash at its end.
    files : bool
        Whether it is a folder of files, which have endings.
    """
    entries = [_quake(one) for one in ask.quakes()]
    entries += [_outage(one) for one in ask.outages(rejected=True, search=False)]
    entries.sort(key=lambda one: (-one.updated_s, one.path))
    entries = entries[:MOST_ENTRIES]
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    add = _adder(root)
    add("id", f"{base_url}/feed.atom")
    add("title", "hashquake: falls of Bitcoin's hash rate, and outages")
    add("updated", format_time(max((one.updated_s for one in entries), default=0.0)))
    add("link", rel="self", type="application/atom+xml", href=f"{base_url}/feed.atom")
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _adder(author)("name", "hashquake")
    for one in entries:
        entry = _adder(ET.SubElement(root, f"{{{_ATOM}}}entry"))
        page, document = (".html", ".json") if files else ("", "")
        url = f"{base_url}/api/v1/{one.path}{document}"
        entry("id", f"urn:hashquake:{one.path.replace('/', ':')}:{one.revision}")
        entry("title", one.title)
        entry("updated", format_time(one.updated_s))
        entry("link", rel="alternate", type="text/html", href=f"{base_url}/{one.path}{page}")
        entry("link", rel="related", type="application/json", href=url)
        entry("content", one.text, type="text")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _adder(parent: ET.Element) -> Callable[..., None]:
    def add(name: str, text: str = "", **attributes: str) -> None:
        made = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        # XML has no place for control characters, not even escaped; they come out visible.
        made.text = visible_text(text.replace(NBSP, " "), limit=_LONGEST) or None

    return add


def _quake(one: Quake) -> FeedEntry:
    fell = change(remaining_change(one.remaining_share))
    where = subject_words(one.subject)
    return FeedEntry(
        path=f"quakes/{one.id}",
        revision=one.revision,
        updated_s=one.issued_s,
        title=f"{one.id} ({one.status}): hash rate of {where} {fell}",
        text=f"Onset {window_text(one.onset)}; change of hash rate {fell}, with the 90 % interval; "
        f"most likely {likeliest_cause(one)}. {_ended(one.end_s)} False alarms of such "
        f"detectors: {one.false_alarms_per_year:g} a year.",
    )


def _outage(one: Outage) -> FeedEntry:
    place = country_name(country_of(one))
    return FeedEntry(
        path=f"outages/{one.id}",
        revision=one.revision,
        updated_s=one.issued_s,
        title=f"{one.id} ({one.status}): outage in {place}",
        text=f"Onset {window_text(one.onset)}; {lost(one)}; most likely {likeliest(one)}. "
        f"{_ended(one.end_s)} Evidence: {one.evidence}.",
    )


def _ended(end_s: float | None) -> str:
    return "Not over by the last data." if end_s is None else f"Over by {utc(end_s)}."
