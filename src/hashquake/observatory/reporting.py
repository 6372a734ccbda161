"""An event set out as an incident: science and record joined."""

from dataclasses import replace

from hashquake.catalog.event_causes import event_causes
from hashquake.catalog.event_outages import outages_of_event
from hashquake.core.event import WINDOW_ID, Event
from hashquake.core.incident import LEVEL, Incident
from hashquake.core.interval import Interval
from hashquake.core.network import require_main, require_steady_bits
from hashquake.core.record import Record
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.explain.incident import build_incident, default_baseline
from hashquake.judge.claims import Setting
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.claim_judge import judge_event_claims
from hashquake.observatory.fused_rates import fused_change_between, reported_change_between
from hashquake.observatory.instant_rates import drift_before
from hashquake.observatory.measure import CONTEXT_S, blocks_around


def report(record: Record, event: Event, baseline: Window | None, *, now_s: float) -> Incident:
    """Set out what the blocks say of an event; see `Observatory.report`.

    Parameters
    ----------
    record : Record
        Blocks and what was watched.
    event : Event
        An event, or a window as one.
    baseline : Window or None
        What to compare with; None is the event's own, or the fourteen days before.
    now_s : float
        The clock, UTC Unix seconds: claims are judged by what is known then.
    """
    window, coverage, network = event.window, record.coverage(), record.network
    require_steady_bits(network, "a report")
    if event.id != WINDOW_ID:
        require_main(network, f"the event {event.id}")
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
        verdicts=judge_event_claims(record, event.claims, setting, now_s=now_s),
        label_gaps=label_gaps,
        network=network,
        learned=drift_before(record, min(window.end_s, baseline.end_s)),
    )
    found, bundled = outages_of_event(record, event, detectors=installed_detectors())
    drop = incident.network.shown_share.interval(LEVEL)
    fused = fused_change_between(record, baseline, window)
    weighed = event_causes(
        record,
        Interval(median=1.0 - drop.median, low=1.0 - drop.high, high=1.0 - drop.low, level=LEVEL),
        window=window,
        baseline=baseline,
        with_drift=incident.network.predictive_share is not None,
        fused=fused,
        labelled=bool((blocks.pool_code >= 0).any()),
        detectors=installed_detectors(),
    )
    return replace(
        incident,
        outages=found,
        outages_bundled=bundled,
        causes=weighed.causes,
        causes_evidence=weighed.evidence,
        causes_quake=weighed.quake,
        fused=fused,
        reported=reported_change_between(record, baseline, window),
    )
