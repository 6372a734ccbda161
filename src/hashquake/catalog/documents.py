"""Quakes as documents: the shape the command line promises, and a text that never varies.

Shares are cut to four decimals, rates to four digits and times to seconds: finer digits are not
knowledge, and they differ between builds of the same mathematics.
"""

import json
from typing import Any

from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.quake import Cause, Quake
from hashquake.core.window import Window


def quake_document(quake: Quake) -> dict[str, Any]:
    """Give a quake as a document of plain values.

    Parameters
    ----------
    quake : Quake
        One opinion.

    Returns
    -------
    dict
        With the keys of the command line's contract, and its picks.
    """
    return {
        "id": quake.id,
        "revision": quake.revision,
        "issued_s": round(quake.issued_s),
        "status": quake.status,
        "subject": quake.subject,
        "kind": quake.kind,
        "onset": _window(quake.onset),
        "detected_s": round(quake.detected_s),
        "end_s": None if quake.end_s is None else round(quake.end_s),
        "remaining_share": _interval(quake.remaining_share, _share),
        "lost_hps": _interval(quake.lost_hps, _digits),
        "false_alarms_per_year": quake.false_alarms_per_year,
        "pools": list(quake.pools),
        "causes": [_cause(cause) for cause in quake.causes],
        "picks": [_pick(pick) for pick in quake.picks],
        "made_by": quake.made_by,
    }


def canonical_json(quakes: tuple[Quake, ...]) -> str:
    """Write quakes as JSON, one a line, keys sorted: the same catalog is the same bytes.

    Parameters
    ----------
    quakes : tuple of Quake
        In any order; kept.
    """
    lines = [
        json.dumps(quake_document(quake), sort_keys=True, separators=(",", ":")) for quake in quakes
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _window(window: Window) -> dict[str, int]:
    return {"start_s": round(window.start_s), "end_s": round(window.end_s)}


def _interval(interval: Interval, cut: Any) -> dict[str, float]:
    return {
        "median": cut(interval.median),
        "low": cut(interval.low),
        "high": cut(interval.high),
        "level": interval.level,
    }


def _share(value: float) -> float:
    return round(value, 4)


def _digits(value: float) -> float:
    return float(f"{value:.3e}")


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "name": cause.name,
        "probability": round(cause.probability, 4),
        "because": cause.because,
        "country": cause.country,
    }


def _pick(pick: Pick) -> dict[str, Any]:
    return {
        "subject": pick.subject,
        "onset": _window(pick.onset),
        "detected_s": round(pick.detected_s),
        "remaining_share": _interval(pick.remaining_share, _share),
        "statistic": round(pick.statistic, 3),
        "threshold": round(pick.threshold, 3),
        "false_alarms_per_year": pick.false_alarms_per_year,
        "made_by": pick.made_by,
    }
