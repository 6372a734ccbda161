"""The bundled scores of outage detection, as measured with ``scripts/measure_outages.py``."""

import json
from dataclasses import asdict
from typing import Any

from hashquake.core.interval import Interval
from hashquake.judge.outage_alarms import ALARMS, bundled_scores
from hashquake.judge.outage_backtest import ClassScores, HitCount, OutageScores, ReliabilityBin

_COUNTS = ("recall", "bare_recall", "onset", "restorations", "shallow", "artefacts")
_CLASSES = ("classes", "bare_classes")


def scores_json(scores: OutageScores) -> str:
    """Write scores as the JSON bundled with the program.

    Parameters
    ----------
    scores : OutageScores
        As measured.
    """
    alarms = {name: asdict(getattr(scores, name)) for name in ALARMS}
    return json.dumps(asdict(scores) | alarms, indent=1) + "\n"


def read_scores(text: str) -> OutageScores:
    """Read what `scores_json` wrote.

    Parameters
    ----------
    text : str
        JSON.
    """
    stored = {name: value for name, value in json.loads(text).items() if name not in ALARMS}
    stored |= {name: HitCount(**stored[name]) for name in _COUNTS}
    stored |= {name: _class_scores(stored[name]) for name in _CLASSES}
    return OutageScores(**stored)


def _class_scores(stored: dict[str, Any]) -> ClassScores:
    return ClassScores(
        confusion=tuple(tuple(row) for row in stored["confusion"]),
        reliability=tuple(
            ReliabilityBin(probability=one["probability"], right=HitCount(**one["right"]))
            for one in stored["reliability"]
        ),
        calibration_error=Interval(**stored["calibration_error"]),
    )


def measured_scores() -> OutageScores:
    """Return the bundled scores."""
    return read_scores(bundled_scores())
