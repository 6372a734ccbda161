"""An event set out as an incident: science and record joined."""

from dataclasses import replace

from hashquake.core.contracts import Record
from hashquake.core.event import Event
from hashquake.core.incident import Incident
from hashquake.core.outage import Outage
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.explain.incident import build_incident, default_baseline
from hashquake.judge.claims import Setting, judge_claims
from hashquake.observatory.connectivity import outages
from hashquake.observatory.measure import CONTEXT_S, blocks_around
from hashquake.observatory.stand_ins import StandIns

AFTER_S = 2 * DAY_S
"""How far past an event its country's readings are read."""


def report(record: Record, event: Event, baseline: Window | None) -> Incident:
    """Set out what the blocks say of an event; see `Observatory.report`."""
    window, coverage, network = event.window, record.coverage(), record.network
    baseline = baseline or default_baseline(window, coverage)
    around = Window(
        start_s=min(baseline.start_s, window.start_s), end_s=max(baseline.end_s, window.end_s)
    )
    blocks = blocks_around(record, around, after_s=CONTEXT_S)
    label_gaps = load_label_gaps()
    setting = Setting(
        blocks=blocks,
        window=window,
        baseline=baseline,
        coverage=coverage,
        label_gaps=label_gaps,
        network=network,
    )
    incident = build_incident(
        blocks,
        event,
        baseline,
        coverage,
        verdicts=judge_claims(event.claims, setting),
        label_gaps=label_gaps,
        network=network,
    )
    found, bundled = _outages(record, event)
    return replace(incident, outages=found, outages_bundled=bundled)


def _outages(record: Record, event: Event) -> tuple[tuple[Outage, ...], bool]:
    """Find the outages of the event's country, the bundled readings standing in for silence.

    Tells also whether any outage rests on readings that are not in the record.
    """
    if event.country is None:
        return (), False
    subject = f"country:{event.country}"
    # What comes after the event tells whether an outage ended with it.
    wide = Window(start_s=event.window.start_s, end_s=event.window.end_s + AFTER_S)
    found = tuple(
        outage
        for outage in outages(StandIns(record, subject), subjects=(subject,), window=wide)
        if any(event.window.overlap(dark) for dark in outage.dark_windows)
    )
    held = {reading.source for reading in record.readings(subject=subject, window=wide)}
    saw = {witness.source for outage in found for witness in outage.seen_by}
    return found, not saw <= held
