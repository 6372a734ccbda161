"""The bundled scores of outage detection, as measured with ``scripts/measure_outages.py``."""

import json
from dataclasses import asdict
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from hashquake.core.interval import Interval

if TYPE_CHECKING:
    from hashquake.judge.outage_backtest import ClassScores, OutageScores

_COUNTS = ("recall", "bare_recall", "onset", "restorations", "shallow", "artefacts")
_CLASSES = ("classes", "bare_classes")
_ALARMS = ("false_alarms_per_year", "bare_false_alarms_per_year")
"""Intervals that follow from the rest; written down, as every list of outages states them."""


def scores_json(scores: "OutageScores") -> str:
    """Write scores as the JSON bundled with the program.

    Parameters
    ----------
    scores : OutageScores
        As measured.
    """
    alarms = {name: asdict(getattr(scores, name)) for name in _ALARMS}
    return json.dumps(asdict(scores) | alarms, indent=1) + "\n"


def read_scores(text: str) -> "OutageScores":
    """Read what `scores_json` wrote.

    Parameters
    ----------
    text : str
        JSON.
    """
    from hashquake.judge.outage_backtest import HitCount, OutageScores

    stored = {name: value for name, value in json.loads(text).items() if name not in _ALARMS}
    stored |= {name: HitCount(**stored[name]) for name in _COUNTS}
    stored |= {name: _class_scores(stored[name]) for name in _CLASSES}
    return OutageScores(**stored)


def _class_scores(stored: dict[str, Any]) -> "ClassScores":
    from hashquake.judge.outage_backtest import ClassScores, HitCount, ReliabilityBin

    return ClassScores(
        confusion=tuple(tuple(row) for row in stored["confusion"]),
        reliability=tuple(
            ReliabilityBin(probability=one["probability"], right=HitCount(**one["right"]))
            for one in stored["reliability"]
        ),
        calibration_error=Interval(**stored["calibration_error"]),
    )


def measured_scores() -> "OutageScores":
    """Return the bundled scores."""
    return read_scores(_bundled())


@lru_cache(maxsize=1)
def _bundled() -> str:
    where = resources.files("hashquake.judge") / "outages_measured.json"
    return where.read_text(encoding="utf-8")


def measured_false_alarms_per_year(*, watched: bool) -> Interval:
    """Return the false alarms a country and year that go with every outage shown.

    Parameters
    ----------
    watched : bool
        Whether the country's networks were watched one by one; without them faults of an
        instrument are believed more often.

    Examples
    --------
    >>> measured_false_alarms_per_year(watched=False).high < 1.0
    True
    """
    alarms, bare_alarms = _ALARMS
    return Interval(**json.loads(_bundled())[alarms if watched else bare_alarms])
