"""Fit what evidence is worth to classes of outage, drawn back to the stated weights.

Multinomial logistic regression on the degrees of evidence, the class ``unknown`` as the reference,
by penalised maximum likelihood. The penalty is the square of the distance from the stated weights:
evidence that the trials never showed keeps the weight it was given by judgement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hashquake.core.outage import OUTAGE_CLASSES, OutageClassName
from hashquake.detect.outage_class import evidence_of
from hashquake.detect.outage_features import OutageFeatures
from hashquake.detect.outage_weights import Weights

Floats = NDArray[np.float64]
NEVER_AGAINST: tuple[tuple[str, OutageClassName], ...] = (
    ("staggered", "kill_switch"),
    ("stepwise", "kill_switch"),
    ("slid", "kill_switch"),
)
"""Weights limited to 0 or more: Iran 2019 was ordered, and took five hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledOutage:
    """An outage whose class is known.

    Parameters
    ----------
    features : OutageFeatures
        What was seen of it.
    right : str
        Its class.
    """

    features: OutageFeatures
    right: OutageClassName


def fit_weights(
    rows: Sequence[LabelledOutage], *, stated: Weights, penalty: float, prior_penalty: float = 1.0
) -> Weights:
    """Fit weights.

    Parameters
    ----------
    rows : sequence of LabelledOutage
        To learn from.
    stated : Weights
        To draw back to.
    penalty, prior_penalty : float
        Of the squared distance of a weight, and of a log prior, from the one stated, against a
        log likelihood summed over rows.

    Returns
    -------
    Weights
        With a temper of 1.
    """
    classes: list[OutageClassName] = [name for name in OUTAGE_CLASSES if name != "unknown"]
    names = list(stated.table)
    degrees = degrees_of([row.features for row in rows], names)
    right = np.array([OUTAGE_CLASSES.index(row.right) for row in rows])
    start = np.array(
        [[stated.temper * stated.table[name].get(one, 0.0) for one in classes] for name in names]
    )
    base = np.log([stated.prior[one] / stated.prior["unknown"] for one in classes])
    centre = np.concatenate([base, start.ravel()])
    stiff = np.concatenate([np.full(len(base), prior_penalty), np.full(start.size, penalty)])

    def loss(flat: Floats) -> tuple[float, Floats]:
        table = flat[len(base) :].reshape(start.shape)
        scores = np.column_stack([flat[: len(base)] + degrees @ table, np.zeros(len(rows))])
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        away = chance.copy()
        away[np.arange(len(rows)), right] -= 1.0
        away = away[:, : len(base)]
        fit = -float(np.log(chance[np.arange(len(rows)), right] + 1e-300).sum())
        slope = np.concatenate([away.sum(axis=0), (degrees.T @ away).ravel()])
        gap = flat - centre
        return fit + float(stiff @ gap**2), slope + 2.0 * stiff * gap

    least = np.full(len(centre), -np.inf)
    for name, one in NEVER_AGAINST:
        least[len(base) + names.index(name) * len(classes) + classes.index(one)] = 0.0
    bounds = [(low if np.isfinite(low) else None, None) for low in least]
    best = minimize(loss, np.maximum(centre, least), jac=True, method="L-BFGS-B", bounds=bounds)
    odds = np.append(best.x[: len(base)], 0.0)
    prior = np.exp(odds - odds.max())
    prior /= prior.sum()
    table = best.x[len(base) :].reshape(start.shape)
    return Weights(
        prior={name: float(p) for name, p in zip(OUTAGE_CLASSES, prior, strict=True)},
        table={
            name: {one: float(value) for one, value in zip(classes, row, strict=True)}
            for name, row in zip(names, table, strict=True)
        },
        temper=1.0,
    )


def degrees_of(features: Sequence[OutageFeatures], names: Sequence[str]) -> Floats:
    """Lay degrees of evidence out, shape (outages, names); 0 where it is absent or not known.

    Parameters
    ----------
    features : sequence of OutageFeatures
        One for each outage.
    names : sequence of str
        Kinds of evidence, the columns.
    """
    at = {name: k for k, name in enumerate(names)}
    degrees = np.zeros((len(features), len(names)))
    for row, of in zip(degrees, features, strict=True):
        for item in evidence_of(of):
            row[at[item.name]] = item.degree_share
    return degrees
