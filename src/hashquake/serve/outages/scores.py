"""Scores of outage detection as rows and as text: measured ones, or made while you wait."""

from typing import Any

from hashquake.core.interval import Interval
from hashquake.core.outage import OUTAGE_CLASSES
from hashquake.core.times import MINUTE_S
from hashquake.judge.outage_backtest import ClassScores, HitCount, OutageScores
from hashquake.judge.real_outages import held_out_scores
from hashquake.serve.format import NBSP, percent, share_interval
from hashquake.serve.shapes import interval_shape

TARGETS = {
    "recall": (">=", 0.99),
    "false_alarms_per_year": ("<=", 1.0),
    "onset_within_one_step": (">=", 0.95),
    "restorations_found": (">=", 0.95),
    "class_accuracy": (">=", 0.85),
    "calibration_error": ("<=", 0.05),
}
"""What was asked of outage detection before it was measured."""
WORDS = {
    "recall": "national outages found",
    "false_alarms_per_year": "false alarms a country and year",
    "onset_within_one_step": "onsets within one native step",
    "restorations_found": "restorations of an hour or more",
    "class_accuracy": "most probable class is right",
    "calibration_error": "calibration error",
    "recall_bare": "networks not watched: found",
    "false_alarms_per_year_bare": "    false alarms",
    "class_accuracy_bare": "    most probable class is right",
    "calibration_error_bare": "    calibration error",
    "class_accuracy_real": "real outages held out: class is right",
    "calibration_error_real": "    calibration error",
    "artefacts_known": "faults of an instrument known",
    "lesser_losses_found": "lesser losses also found",
}
SHORT = {"kill_switch": "kill", "mobile_only": "mobile"}


def score_rows(scores: OutageScores) -> list[dict[str, Any]]:
    """Return the scores as rows of the public contract, every one with its seed.

    Parameters
    ----------
    scores : OutageScores
        Measured or fresh.
    """
    real = held_out_scores()
    measured: dict[str, tuple[Interval | None, int | None, int]] = {
        "recall": _share(scores.recall),
        "false_alarms_per_year": (
            scores.false_alarms_per_year,
            scores.false_alarms,
            scores.country_years,
        ),
        "onset_within_one_step": _share(scores.onset),
        "restorations_found": _share(scores.restorations),
        "class_accuracy": _share(scores.classes.right),
        "calibration_error": (
            scores.classes.calibration_error,
            None,
            scores.classes.right.trials,
        ),
        "recall_bare": _share(scores.bare_recall),
        "false_alarms_per_year_bare": (
            scores.bare_false_alarms_per_year,
            scores.bare_false_alarms,
            scores.country_years,
        ),
        "class_accuracy_bare": _share(scores.bare_classes.right),
        "calibration_error_bare": (
            scores.bare_classes.calibration_error,
            None,
            scores.bare_classes.right.trials,
        ),
        "class_accuracy_real": _share(real.right),
        "calibration_error_real": (real.calibration_error, None, real.right.trials),
        "artefacts_known": _share(scores.artefacts),
        "lesser_losses_found": _share(scores.shallow),
    }
    made = {"country_years": scores.country_years, "seed": scores.seed}
    rows: list[dict[str, Any]] = [
        {
            "score": name,
            "value": interval_shape(interval),
            "hits": hits,
            "n": n,
            "target": TARGETS[name][1] if name in TARGETS else None,
            "met": met(name, interval),
            **made,
        }
        for name, (interval, hits, n) in measured.items()
    ]
    rows += [
        {
            "score": kind,
            "class": name,
            "told_as": told_as,
            "n": sum(told_as.values()),
            **made,
        }
        for kind, of in (
            ("confusion", scores.classes),
            ("confusion_bare", scores.bare_classes),
            ("confusion_real", real),
        )
        for name, told_as in confusion(of).items()
    ]
    rows += [
        {
            "score": kind,
            "probability": one.probability,
            "value": interval_shape(one.right.share),
            "n": one.right.trials,
            **made,
        }
        for kind, of in (("reliability", scores.classes), ("reliability_real", real))
        for one in of.reliability
    ]
    return rows


def _share(counted: HitCount) -> tuple[Interval | None, int | None, int]:
    return counted.share, counted.hits, counted.trials


def met(name: str, interval: Interval | None) -> bool | None:
    """Return whether a target is met by the number itself; None without a target.

    Parameters
    ----------
    name : str
        Of a score; see `TARGETS`.
    interval : Interval or None
        The score; None where it was not measured.
    """
    if name not in TARGETS or interval is None:
        return None
    side, target = TARGETS[name]
    return interval.median >= target if side == ">=" else interval.median <= target


def confusion(scores: ClassScores) -> dict[str, dict[str, int]]:
    """Return, for each true class, how often each class was the most probable one.

    Parameters
    ----------
    scores : ClassScores
        Of a back-test.
    """
    return {
        name: dict(zip(OUTAGE_CLASSES, row, strict=True))
        for name, row in zip(OUTAGE_CLASSES, scores.confusion, strict=True)
        if name != "unknown"
    }


def title(scores: OutageScores) -> str:
    """Return what was measured, as a sentence.

    Parameters
    ----------
    scores : OutageScores
        Of a back-test.
    """
    return (
        f"Outages in {scores.country_years:,} simulated country-years, seed {scores.seed}. "
        "Brackets hold 90 % intervals."
    )


def score_cells(scores: OutageScores) -> list[tuple[str, str, str, str]]:
    """Return what was measured, its value with its interval, the counts, and what was asked.

    Parameters
    ----------
    scores : OutageScores
        Of a back-test.
    """
    return [
        (
            WORDS[row["score"]],
            _value(row["score"], row["value"]),
            f"{row['n']:,}" if row["hits"] is None else f"{row['hits']:,} of {row['n']:,}",
            _asked(row["score"], row["met"]),
        )
        for row in score_rows(scores)
        if row["score"] in WORDS
    ]


def confusion_cells(scores: ClassScores) -> list[tuple[str, ...]]:
    """Return a row for each true class, a column for each class that was the most probable.

    Parameters
    ----------
    scores : ClassScores
        Measured or fresh; true classes without a case are left out.
    """
    cells = []
    for name, told_as in confusion(scores).items():
        total = sum(told_as.values())
        if not total:
            continue
        right = HitCount(hits=told_as[name], trials=total).share
        counts = [f"{n:,}" if n else "·" for n in told_as.values()]
        cells.append((plain(name), *counts, "" if right is None else share_interval(right)))
    return cells


def reliability_cells(scores: ClassScores) -> list[tuple[str, str, str]]:
    """Return the probability given, how often it came true, and of how many.

    Parameters
    ----------
    scores : ClassScores
        Of a back-test.
    """
    return [
        (
            percent(one.probability, digits=1),
            "" if one.right.share is None else share_interval(one.right.share),
            f"{one.right.trials:,}",
        )
        for one in scores.reliability
    ]


def onset_width(scores: OutageScores) -> str:
    """Return how wide the onsets are, as a sentence.

    Parameters
    ----------
    scores : OutageScores
        Of a back-test.
    """
    return f"Half of the onsets are given to {scores.onset_width_s / MINUTE_S:.0f} min or less."


def plain(name: str) -> str:
    """Write a class in one word.

    Parameters
    ----------
    name : str
        Of a class of outages.
    """
    return SHORT.get(name, name)


def _value(name: str, value: dict[str, float] | None) -> str:
    if value is None:
        return "none seen"
    if name.startswith("false_alarms"):
        return f"{value['median']:.4f} [{value['low']:.4f},{NBSP}{value['high']:.4f}]"
    if name.startswith("calibration_error"):
        return f"{value['median']:.3f} [{value['low']:.3f},{NBSP}{value['high']:.3f}]"
    return share_interval(Interval(**value))


def _asked(name: str, is_met: bool | None) -> str:
    if name not in TARGETS:
        return ""
    side, target = TARGETS[name]
    text = (
        percent(target)
        if name not in {"false_alarms_per_year", "calibration_error"}
        else f"{target:g}"
    )
    return f"{'≥' if side == '>=' else '≤'} {text}{'' if is_met else ', missed'}"
