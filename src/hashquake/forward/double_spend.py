"""The chance that a payment with some confirmations is undone by miners who work against it.

Two answers, both in use: Nakamoto's, which takes the attacker's progress as Poisson with the mean
of the expected time, and Rosenfeld's exact one, in which it is negative binomial. Sources: keys
``nakamoto-2008`` and ``rosenfeld-2014`` in ``docs/refs.bib``.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from hashquake.core.errors import UsageError

Floats = NDArray[np.float64]


def rosenfeld(attacker_share: float, confirmations: int) -> float:
    """Return the exact probability that an attacker overtakes.

    Parameters
    ----------
    attacker_share : float
        Of the hash rate, 0 to 1.
    confirmations : int
        Of the payment when the goods are handed over; the attacker has mined one block before.

    Raises
    ------
    UsageError
        ``share-range`` or ``confirmations-range``.

    Examples
    --------
    >>> round(rosenfeld(0.1, 6), 7)
    0.0005914
    """
    _check(attacker_share, confirmations)
    if attacker_share >= 0.5:
        return 1.0
    made = np.arange(confirmations + 1)
    chance = nbinom.pmf(made, confirmations, 1.0 - attacker_share) if confirmations else [1.0]
    return _overtaken(attacker_share, confirmations, np.asarray(chance))


def nakamoto(attacker_share: float, confirmations: int) -> float:
    """Return the probability as the white paper approximates it.

    Parameters
    ----------
    attacker_share, confirmations
        As for `rosenfeld`.

    Raises
    ------
    UsageError
        ``share-range`` or ``confirmations-range``.

    Examples
    --------
    >>> round(nakamoto(0.1, 6), 7)
    0.0002428
    """
    _check(attacker_share, confirmations)
    if attacker_share >= 0.5:
        return 1.0
    made = np.arange(confirmations + 1)
    mean = confirmations * attacker_share / (1.0 - attacker_share)
    return _overtaken(attacker_share, confirmations, poisson.pmf(made, mean))


def share_after_loss(attacker_share: float, lost_share: float) -> float:
    """Return an attacker's share once others have left.

    Parameters
    ----------
    attacker_share : float
        Before, 0 to 1.
    lost_share : float
        What left, none of it the attacker's.

    Raises
    ------
    UsageError
        ``share-range`` when there was not so much to leave.
    """
    if not 0.0 <= attacker_share + lost_share < 1.0 + 1e-12 or lost_share < 0.0:
        raise UsageError(
            f"the shares of the attacker and of those who leave must sum to at most 1, got "
            f"{attacker_share} and {lost_share}",
            code="share-range",
            hint="shares are 0 to 1",
        )
    return attacker_share / (1.0 - lost_share) if lost_share < 1.0 else 1.0


def _overtaken(share: float, confirmations: int, chance: Floats) -> float:
    """Sum over the blocks the attacker has made; from there the race is a gambler's ruin."""
    made = np.arange(confirmations + 1)
    ratio = share / (1.0 - share)
    return float(1.0 - np.sum(chance * (1.0 - ratio ** (confirmations - made))))


def _check(share: float, confirmations: int) -> None:
    if not 0.0 <= share <= 1.0:
        raise UsageError(
            f"a share must be 0 to 1, got {share}", code="share-range", hint="such as 0.3"
        )
    if confirmations < 0:
        raise UsageError(
            f"confirmations must be 0 or more, got {confirmations}",
            code="confirmations-range",
            hint="ask for 0 or more",
        )
