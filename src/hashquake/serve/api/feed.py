"""Quakes and outages as an Atom feed, for readers of feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
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
    name : str
        Its identifier, the same whenever it is shown.
    updated_s : float
        When it was formed, UTC Unix seconds.
    title, text : str
        For people.
    page_url : str
        For people.
    document_url : str
        For programs; empty where there is none of it alone.
    """

    name: str
    updated_s: float
    page_url: str
    document_url: str = ""
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
    links = partial(_links, base_url=base_url, files=files)
    entries = [_quake(one, links) for one in ask.quakes()]
    entries += [_outage(one, links) for one in ask.outages(rejected=True, search=False)]
    return atom_xml(
        entries,
        url=f"{base_url}/feed.atom",
        title="hashquake: falls of Bitcoin's hash rate, and outages",
    )


def alerts_xml(ask: Observatory, *, base_url: str) -> bytes:
    """Return the feed of alerts: what the rules of the settings led to, newest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    base_url : str
        Where readers find the server, without a slash at its end.
    """
    outbox = ask.outbox()
    alerts = () if outbox is None else outbox.alerts(limit=MOST_ENTRIES)
    entries = [
        FeedEntry(
            name=f"alert:{one.key}",
            updated_s=one.at_s,
            title=one.document["title"],
            text=one.document["text"].replace("\n", " "),
            page_url=one.document["link"] or f"{base_url}/",
        )
        for one in alerts
    ]
    return atom_xml(entries, url=f"{base_url}/alerts.atom", title="hashquake: alerts")


def atom_xml(entries: Sequence[FeedEntry], *, url: str, title: str) -> bytes:
    """Return entries as an Atom feed (RFC 4287), newest first, at most `MOST_ENTRIES`.

    Parameters
    ----------
    entries : sequence of FeedEntry
        In any order.
    url : str
        Of the feed itself.
    title : str
        Of the feed.
    """
    newest = sorted(entries, key=lambda one: (-one.updated_s, one.name))[:MOST_ENTRIES]
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    add = _adder(root)
    add("id", url)
    add("title", title)
    add("updated", format_time(max((one.updated_s for one in newest), default=0.0)))
    add("link", rel="self", type="application/atom+xml", href=url)
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _adder(author)("name", "hashquake")
    for one in newest:
        entry = _adder(ET.SubElement(root, f"{{{_ATOM}}}entry"))
        entry("id", f"urn:hashquake:{one.name}")
        entry("title", one.title)
        entry("updated", format_time(one.updated_s))
        entry("link", rel="alternate", type="text/html", href=one.page_url)
        if one.document_url:
            entry("link", rel="related", type="application/json", href=one.document_url)
        entry("content", one.text, type="text")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _links(path: str, *, base_url: str, files: bool) -> dict[str, str]:
    page, document = (".html", ".json") if files else ("", "")
    return {
        "page_url": f"{base_url}/{path}{page}",
        "document_url": f"{base_url}/api/v1/{path}{document}",
    }


def _adder(parent: ET.Element) -> Callable[..., None]:
    def add(name: str, text: str = "", **attributes: str) -> None:
        made = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        # XML has no place for control characters, not even escaped; they come out visible.
        made.text = visible_text(text.replace(NBSP, " "), limit=_LONGEST) or None

    return add


def _quake(one: Quake, links: Callable[[str], dict[str, str]]) -> FeedEntry:
    fell = change(remaining_change(one.remaining_share))
    where = subject_words(one.subject)
    return FeedEntry(
        name=f"quakes:{one.id}:{one.revision}",
        **links(f"quakes/{one.id}"),
        updated_s=one.issued_s,
        title=f"{one.id} ({one.status}): hash rate of {where} {fell}",
        text=f"Onset {window_text(one.onset)}; change of hash rate {fell}, with the 90 % interval; "
        f"most likely {likeliest_cause(one)}. {_ended(one.end_s)} False alarms of such "
        f"detectors: {one.false_alarms_per_year:g} a year.",
    )


def _outage(one: Outage, links: Callable[[str], dict[str, str]]) -> FeedEntry:
    place = country_name(country_of(one))
    return FeedEntry(
        name=f"outages:{one.id}:{one.revision}",
        **links(f"outages/{one.id}"),
        updated_s=one.issued_s,
        title=f"{one.id} ({one.status}): outage in {place}",
        text=f"Onset {window_text(one.onset)}; {lost(one)}; most likely {likeliest(one)}. "
        f"{_ended(one.end_s)} Evidence: {one.evidence}.",
    )


def _ended(end_s: float | None) -> str:
    return "Not over by the last data." if end_s is None else f"Over by {utc(end_s)}."
