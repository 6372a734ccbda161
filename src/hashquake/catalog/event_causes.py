"""Why hash rate changed in a window, by all that the catalog knows: blocks, pools' reports, quakes.

A window that somebody chose and an alarm are two pieces of evidence. Where pools' reports raised or
joined a quake that makes up the window, its time and its size are known better than any window
shows, and the causes are those of the quake: a report and an alert of the same instant agree.
Theory: ``docs/theory/causes.md``; decision: ``docs/decisions/0027-one-answer-on-causes.md``.
"""

from math import inf

from hashquake.catalog.causes import explained, window_causes
from hashquake.catalog.documents import quake_of
from hashquake.catalog.ledger import is_rejected, latest
from hashquake.core.fused_change import FusedChange
from hashquake.core.incident import WeighedCauses
from hashquake.core.interval import Interval
from hashquake.core.opinion import Opinion
from hashquake.core.quake import Quake
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK, POOLS
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN, Detectors

_MOST = 0.5
"""A quake makes up a change when it lies in more of the window than this, and in less of the
baseline."""


def event_causes(
    record: Record,
    remaining: Interval,
    *,
    window: Window,
    baseline: Window,
    with_drift: bool,
    fused: FusedChange | None,
    labelled: bool,
    detectors: Detectors = OWN,
) -> WeighedCauses:
    """Weigh the causes of a change between two windows.

    Parameters
    ----------
    record : Record
        Its catalog, readings and maps.
    remaining : Interval
        Hash rate in the window over that in the baseline, by blocks alone.
    window, baseline : Window
        What was compared.
    with_drift : bool
        Whether the interval of `remaining` allows for drift already.
    fused : FusedChange or None
        The same change by blocks and pools' reports together; None where no pool reported.
    labelled : bool
        Whether the blocks name their pools.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.
    """
    quake = reported_quake(record, window=window, baseline=baseline)
    contradicted = quake is not None and quake.kind == "disagreement"
    if quake is not None and not contradicted:
        # By the outages known now: one may have been found since its last opinion.
        (known,) = explained(record, (quake,), labelled=labelled, detectors=detectors)
        return WeighedCauses(causes=known.causes, evidence="quake", quake=known.id)
    with_reports = fused is not None and not contradicted
    if fused is not None and with_reports:
        remaining, with_drift = _remaining(fused.change_share), False
    causes = window_causes(
        record,
        remaining,
        window=window,
        baseline=baseline,
        with_drift=with_drift,
        detectors=detectors,
    )
    return WeighedCauses(causes=causes, evidence="blocks+reports" if with_reports else "blocks")


def reported_quake(record: Record, *, window: Window, baseline: Window) -> Quake | None:
    """Return the quake that pools' reports saw and that makes up the change between two windows.

    Parameters
    ----------
    record : Record
        Whose catalog is read.
    window, baseline : Window
        What is compared. The quake lies in more than half of the window and in less than half of
        the baseline.

    Returns
    -------
    Quake or None
        Its latest opinion, of the network or of all pools that report; of several the one that
        lies in most of the window. None where there is none, or it was rejected.
    """
    found = [
        quake_of(one.document)
        for one in latest(record.opinions("quake", latest_only=True))
        if not is_rejected(one) and _by_reports(one)
    ]
    parts = [(_part(quake, window), quake) for quake in found]
    within = [
        (part, quake.detected_s, quake)
        for part, quake in parts
        if part > _MOST and _part(quake, baseline) < _MOST
    ]
    return max(within, key=lambda each: each[:2])[2] if within else None


def _by_reports(opinion: Opinion) -> bool:
    document = opinion.document
    if document["subject"] not in (NETWORK, POOLS):
        return False
    return any(pick.get("reported") is not None for pick in document["picks"])


def _part(quake: Quake, window: Window) -> float:
    """Return the part of a window in which a quake lasts, 0 to 1."""
    middle_s = (quake.onset.start_s + quake.onset.end_s) / 2.0
    end_s = inf if quake.end_s is None else max(quake.end_s, middle_s)
    return max(0.0, min(end_s, window.end_s) - max(middle_s, window.start_s)) / window.duration_s


def _remaining(change: Interval) -> Interval:
    return Interval(
        median=1.0 + change.median, low=1.0 + change.low, high=1.0 + change.high, level=change.level
    )
