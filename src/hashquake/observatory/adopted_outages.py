"""Outages taken over from a record in which they were found already."""

from dataclasses import replace

from hashquake.catalog.outage_search import signal_spans
from hashquake.catalog.outages import versions_of
from hashquake.core.record import Record
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.change_rows import opinion_changes


def adopt_outages(inside: Record, formed: Record) -> None:
    """Take over the outages that were found in the same readings by the same detectors.

    Parameters
    ----------
    inside : Record
        The record to fill; one that has outages, or was searched for them, is left as it is.
    formed : Record
        The record in which they were found.
    """
    detectors = installed_detectors()
    spans = signal_spans(inside, detectors=detectors)
    searched = formed.searched("outage")
    same = spans == signal_spans(formed, detectors=detectors) and {
        one.detectors for one in searched
    } == {versions_of(detectors)}
    if not same or inside.opinions("outage") or inside.searched("outage"):
        return
    numbers = inside.last_readings()
    outages = formed.opinions("outage")
    inside.add_opinions(outages)
    inside.add_searched(
        [replace(one, last_reading=numbers.get(one.subject, 0)) for one in searched]
    )
    inside.add_changes(opinion_changes(outages))
