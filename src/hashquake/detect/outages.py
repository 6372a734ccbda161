"""From the signals of one place to its outages: fused, described and classified."""

from collections.abc import Sequence

from hashquake.core.outage import Outage
from hashquake.core.times import format_time
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.dark_bins import DEFAULT, FusionTuning
from hashquake.detect.fusion import Fused, fuse
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_features import WatchedNetwork, began_elsewhere, features_of
from hashquake.detect.outage_weights import Weights

MADE_BY = "fusion/3+outage_class/3"
NEIGHBOURS = 4
"""Outages before and after one that may show whether it recurs."""


def find_outages(
    signals: Sequence[AnomalyFlags],
    *,
    members: Sequence[WatchedNetwork] = (),
    others: Sequence[Sequence[Fused]] = (),
    tuning: FusionTuning = DEFAULT,
    weights: Weights | None = None,
    fused: Sequence[Fused] | None = None,
) -> tuple[Outage, ...]:
    """Find the outages of one place and say what they were.

    Parameters
    ----------
    signals : sequence of AnomalyFlags
        Of one subject, one for each signal.
    members : sequence of WatchedNetwork
        Its networks, where they are watched one by one.
    others : sequence of sequence of Fused
        What was found in each other country, to know a failure of the instrument.
    tuning : FusionTuning
        What makes an outage.
    weights : Weights or None
        What evidence is worth; None is as fitted.
    fused : sequence of Fused or None
        The signals as `hashquake.detect.fusion.fuse` fuses them, where that is known; None fuses
        them.

    Returns
    -------
    tuple of Outage
        Oldest first, each in its first revision.

    Raises
    ------
    UsageError
        As `hashquake.detect.fusion.fuse` does.
    """
    outages: list[Outage] = []
    found = fuse(signals, tuning=tuning) if fused is None else fused
    for at, one in enumerate(found):
        stem = _stem(one)
        letter = chr(ord("a") + sum(outage.id.startswith(stem) for outage in outages))
        features = features_of(
            one,
            members,
            elsewhere_share=began_elsewhere(one, others),
            neighbours=neighbours(found, at),
        )
        outages.append(
            Outage(
                id=stem + letter,
                revision=1,
                issued_s=one.seen_until_s,
                subject=one.subject,
                onset=one.onset,
                end_s=one.end_s,
                dark_windows=one.dark_windows,
                restorations=one.restorations,
                depth_share=one.depth_share,
                seen_by=one.seen_by,
                not_seen_by=one.not_seen_by,
                classes=classify(features, weights=weights),
                made_by=MADE_BY,
            )
        )
    return tuple(outages)


def neighbours(found: Sequence[Fused], at: int) -> Sequence[Fused]:
    """Return the outages around one of a place, which may show whether it recurs.

    Parameters
    ----------
    found : sequence of Fused
        Of one place, oldest first.
    at : int
        Which.
    """
    return found[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]


def _stem(fused: Fused) -> str:
    day = format_time(fused.dark_windows[0].start_s)[:10].replace("-", "")
    kind, _, name = fused.subject.partition(":")
    place = name.lower() if kind == "country" else f"as{name}-"
    return f"ou{day}{place}"
