"""What evidence is worth to each class of outage: as stated by judgement, and as fitted.

The fitted weights are bundled as ``outage_weights.toml``, written by
``scripts/fit_outage_classes.py``; see ``docs/theory/outage_classes.md``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from hashquake.core.outage import OUTAGE_CLASSES, OutageClassName
from hashquake.detect._outage_weights import PRIOR, TEMPER, WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What evidence is worth.

    Parameters
    ----------
    prior : mapping of class to float
        Probabilities before any evidence; they sum to 1.
    table : mapping of evidence to mapping of class to float
        Changes of the log odds against ``unknown`` when the evidence is fully present.
    temper : float
        By which all changes are multiplied: evidence overlaps, and sums of it overstate.
    """

    prior: Mapping[OutageClassName, float]
    table: Mapping[str, Mapping[OutageClassName, float]]
    temper: float


WATCHED, BARE = "watched", "bare"
STATED = Weights(prior=PRIOR, table=WEIGHTS, temper=TEMPER)
"""The weights as stated in the theory page, before anything was fitted."""


@lru_cache(maxsize=2)
def fitted_weights(*, watched: bool) -> Weights:
    """Read the bundled weights, fitted on simulated country-years.

    Parameters
    ----------
    watched : bool
        For outages whose networks were watched one by one; else for those known by the country's
        own signals alone, which must make more of less.
    """
    text = (resources.files("hashquake.detect") / "outage_weights.toml").read_text(encoding="utf-8")
    stored = tomllib.loads(text)[WATCHED if watched else BARE]
    table = {
        name: {one: float(row[one]) for one in OUTAGE_CLASSES if one in row}
        for name, row in stored["table"].items()
    }
    odds = {one: float(stored["prior"][one]) for one in OUTAGE_CLASSES}
    total = sum(odds.values())  # the file is rounded
    return Weights(
        prior={one: value / total for one, value in odds.items()}, table=table, temper=1.0
    )


def weights_toml(
    weights: Mapping[str, Weights], *, provenance: Mapping[str, Mapping[str, int | float]]
) -> str:
    """Write weights as the file bundled with the program.

    Parameters
    ----------
    weights : mapping of str to Weights
        `WATCHED` and `BARE`, each with a temper of 1.
    provenance : mapping of str to mapping of str to number
        What each was fitted on: seed, country-years, outages, penalty.
    """
    lines = ["# Written by scripts/fit_outage_classes.py: natural log odds against unknown."]
    for part, fitted in weights.items():
        lines += ["", f"[{part}]"]
        lines += [f"{name} = {value}" for name, value in provenance[part].items()]
        lines += ["", f"[{part}.prior]"]
        lines += [f"{one} = {fitted.prior[one]:.6f}" for one in OUTAGE_CLASSES]
        lines += ["", f"[{part}.table]"]
        for name, row in fitted.table.items():
            stored = ", ".join(f"{one} = {row[one]:.3f}" for one in OUTAGE_CLASSES if one in row)
            lines.append(f"{name} = {{ {stored} }}")
    return "\n".join(lines) + "\n"
