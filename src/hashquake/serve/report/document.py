"""The report as one document for programs: the same numbers, SI units, no prose."""

from typing import Any

from hashquake.core.estimate import Estimate
from hashquake.core.fused_change import FusedChange
from hashquake.core.incident import BlockIntervals, DeepestDay, Drop, Incident, PoolRow, Retarget
from hashquake.core.interval import Quantiles
from hashquake.core.reported_change import ReportedChange
from hashquake.observatory.event_context import EventContext
from hashquake.serve.check.document import claim_document
from hashquake.serve.format import negated
from hashquake.serve.opinion_documents import causes_json, outage_json
from hashquake.serve.report.context_shape import context_shape
from hashquake.serve.report.headline import headline
from hashquake.serve.shapes import finite, interval_shape, window_shape


def report_document(incident: Incident, context: EventContext | None = None) -> dict[str, Any]:
    """Return the document that ``hashquake report --json`` prints.

    Parameters
    ----------
    incident : Incident
        The incident.
    context : EventContext or None
        From `Observatory.context`; None leaves what it tells null.

    Returns
    -------
    dict
        Only JSON's own values. A limit that has no bound (a rise from nothing) is None.
    """
    network = _drop(incident.network)
    around = context or EventContext()
    return {
        "event": _event(incident),
        "window": window_shape(incident.window),
        "baseline": window_shape(incident.baseline),
        "headline": headline(incident),
        "finding": incident.finding,
        "null_probability": incident.null_probability,
        "network": {
            **network,
            "detectable_share": finite(incident.detectable_share),
            "hashrate_before_hps": interval_shape(incident.hashrate_before.interval()),
            "hashrate_during_hps": interval_shape(incident.hashrate_during.interval()),
            "rates": [_rate(rate) for rate in incident.rates],
            "fused": None if incident.fused is None else _fused(incident.fused),
        },
        "reporting_pools": None if incident.reported is None else _reported(incident.reported),
        "first_day": None
        if incident.first_day is None
        else {
            "window": window_shape(incident.first_day.window),
            **_drop(incident.first_day),
            "detectable_share": finite(incident.detectable_first_day_share),
        },
        "deepest_day": _deepest(incident.deepest_day),
        "pools": [_pool(row) for row in incident.pools],
        "claims": [claim_document(verdict) for verdict in incident.verdicts],
        "causes": causes_json(incident.causes),
        "causes_evidence": incident.causes_evidence,
        "causes_quake": incident.causes_quake,
        "outages": [outage_json(outage) for outage in incident.outages],
        "outages_bundled": incident.outages_bundled,
        "gaps": None if incident.gaps is None else _gaps(incident.gaps),
        "difficulty": {"retargets": [_retarget(row) for row in incident.retargets]},
        **context_shape(around, incident),
        "caveats": list(dict.fromkeys((*incident.caveats, *around.caveats, *incident.event.traps))),
    }


def _event(incident: Incident) -> dict[str, Any]:
    event = incident.event
    return {
        "id": event.id,
        "name": event.name,
        "place": event.place,
        "country": event.country,
        "cause": event.cause,
        "open_end": event.open_end,
        "precision": event.precision,
        "summary": event.summary,
        "dark_windows": [window_shape(window) for window in incident.dark_windows],
        "online_windows": [
            window_shape(window) for outage in incident.outages for window in outage.restorations
        ],
        "moments": [
            {"time_s": moment.time_s, "text": moment.text, "source": moment.source}
            for moment in event.moments
        ],
        "map_shares": [
            {
                "share": share.share,
                "as_of": share.as_of,
                "known_from": share.known_from,
                "source": share.source,
            }
            for share in event.map_shares
        ],
        "sources": list(event.sources),
    }


def _drop(drop: Drop) -> dict[str, Any]:
    return {
        "n_blocks": drop.n_blocks,
        "baseline_n_blocks": drop.baseline_n_blocks,
        "expected_blocks": drop.expected_blocks,
        "drop_share": interval_shape(drop.shown_share.interval(0.9)),
        "drop_share_95": interval_shape(drop.shown_share.interval(0.95)),
        "p_value": drop.shown_p_value,
        "predictive_share": interval_shape(drop.shown_share.interval(0.9)),
        "exact_share": interval_shape(drop.drop_share.interval(0.9)),
        "exact_share_95": interval_shape(drop.drop_share.interval(0.95)),
    }


def _fused(fused: FusedChange) -> dict[str, Any]:
    return {
        "drop_share": interval_shape(negated(fused.change_share)),
        "pools": list(fused.pools),
        "made_by": fused.made_by,
    }


def _reported(reported: ReportedChange) -> dict[str, Any]:
    return {
        "drop_share": interval_shape(negated(reported.change_share)),
        "before_hps": reported.before_hps,
        "during_hps": reported.during_hps,
        "pools": list(reported.pools),
        "covered_share": reported.covered_share,
        "made_by": reported.made_by,
    }


def _deepest(day: DeepestDay | None) -> dict[str, Any] | None:
    if day is None:
        return None
    return {
        "window": window_shape(day.window),
        "n_blocks": day.n_blocks,
        "expected_blocks": day.expected_blocks,
        "drop_share": interval_shape(day.drop_share),
        "recent_drop_share": None
        if day.recent_drop_share is None
        else interval_shape(day.recent_drop_share),
    }


def _pool(row: PoolRow) -> dict[str, Any]:
    drop = _drop(row.drop)
    return {
        "pool": row.pool,
        "share_before": row.share_before.median,
        "share_before_interval": _quantiles(row.share_before),
        **drop,
        "beyond_luck": row.beyond_luck,
        "is_comparable": row.is_comparable,
        "p_value_adjusted": row.p_value_adjusted,
        "note": row.note,
    }


def _rate(rate: Estimate) -> dict[str, Any]:
    return {
        "window": window_shape(rate.window),
        "hashrate_hps": interval_shape(rate.interval()),
        "n_blocks": rate.n_blocks,
        "made_by": rate.made_by,
    }


def _gaps(gaps: BlockIntervals) -> dict[str, Any]:
    return {
        "n_intervals": gaps.n_intervals,
        "mean_s": _quantiles(gaps.mean_s),
        "mean_s_95": _quantiles(gaps.mean_s, 0.95),
        "expected_mean_s": gaps.expected_mean_s,
        "longest_s": gaps.longest_s,
        "longest_from_height": gaps.longest_from_height,
        "longest_p_value": gaps.longest_p_value,
    }


def _retarget(retarget: Retarget) -> dict[str, Any]:
    without = retarget.ratio_without_event
    return {
        "height": retarget.height,
        "header_s": retarget.header_s,
        "difficulty_before": retarget.difficulty_before,
        "difficulty_after": retarget.difficulty_after,
        "ratio": retarget.ratio,
        "epoch_overlap_share": retarget.epoch_overlap_share,
        "ratio_without_event": None if without is None else _quantiles(without),
        "ratio_without_event_95": None if without is None else _quantiles(without, 0.95),
    }


def _quantiles(quantiles: Quantiles, level: float = 0.9) -> dict[str, float | None] | None:
    return interval_shape(quantiles.interval(level))
