"""Sums inside a text, checked by its own numbers: 205 to 177.33 EH/s is a fall of 13.5 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from hashquake.core.claim import Claim
from hashquake.judge.evidence import claimed_range

Kind = Literal["change", "part_of_whole"]
_NEAR_CHARACTERS = 600
"""Numbers farther from each other are not one calculation."""
_ROUNDING = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What some numbers of a text imply, and whether another of its numbers says the same.

    Parameters
    ----------
    kind : {"change", "part_of_whole"}
        A change from one value to another; a whole of which parts are said to be a share.
    claims : tuple of int
        Numbers of the claims it is made of, the first from 0.
    stated : int or None
        The claim it is compared with; None where the text states none.
    value_low, value_high : float
        What they imply, rounding allowed: a share, or megawatts for the whole.
    agrees : bool or None
        Whether the stated number lies in that; None where none is stated.
    """

    kind: Kind
    claims: tuple[int, ...]
    stated: int | None
    value_low: float
    value_high: float
    agrees: bool | None


def calculations(
    claims: Sequence[Claim], *, capacity_mw: float | None = None
) -> tuple[Calculation, ...]:
    """Check the sums of a text.

    Parameters
    ----------
    claims : sequence of Claim
        Of one text, in its order.
    capacity_mw : float or None
        What the whole is known to be, megawatts, for powers said to be a share of it.
    """
    return (*_changes(claims), *_parts(claims, capacity_mw))


def _changes(claims: Sequence[Claim]) -> list[Calculation]:
    """Compare pairs of levels that follow each other with the changes stated around them."""
    found: list[Calculation] = []
    for at, (one, other) in enumerate(pairwise(claims)):
        alike = one.quantity == other.quantity and one.subject == other.subject
        if not alike or one.quantity not in _CHANGE_OF or not _near(one, other):
            continue
        if min(one.low, other.low) <= 0 or "level" not in (one.relation, other.relation):
            continue
        low = _low(other) / _high(one) - 1.0
        high = _high(other) / _low(one) - 1.0
        stated = _stated_change(claims, at, _CHANGE_OF[one.quantity])
        agrees = None
        if stated is not None:
            from_low, to_high = claimed_range(claims[stated])
            agrees = from_low <= high and to_high >= low
        found.append(
            Calculation(
                kind="change",
                claims=(at, at + 1),
                stated=stated,
                value_low=low,
                value_high=high,
                agrees=agrees,
            )
        )
    return found


_CHANGE_OF = {
    "hashrate_hps": "hashrate_change_share",
    "price_usd": "price_change_share",
    "connectivity_share": "connectivity_change_share",
}


def _stated_change(claims: Sequence[Claim], at: int, quantity: str) -> int | None:
    near = [
        index
        for index, claim in enumerate(claims)
        if claim.quantity == quantity
        and claim.relation == "change"
        and claim.subject == claims[at].subject
        and (_near(claim, claims[at]) or _near(claim, claims[at + 1]))
    ]
    return min(near, key=lambda index: _apart(claims, index, at), default=None)


def _apart(claims: Sequence[Claim], index: int, at: int) -> int:
    """Return how many characters a claim stands from two that follow each other."""
    here, (first, last) = _figure(claims[index]), (_figure(claims[at]), _figure(claims[at + 1]))
    return max(first[0] - here[1], here[0] - last[1], 0)


def _figure(claim: Claim) -> tuple[int, int]:
    return claim.figure_span or claim.span or (0, 0)


def _parts(claims: Sequence[Claim], capacity_mw: float | None) -> list[Calculation]:
    """Return the whole of which the powers before a share are said to be that share."""
    found: list[Calculation] = []
    for index, share in enumerate(claims):
        if share.quantity != "generation_share" or not 0 < share.low <= 1:
            continue
        parts = [
            at
            for at, claim in enumerate(claims)
            if claim.quantity == "power_mw" and _near(claim, share) and abs(at - index) <= 3
        ]
        if not parts:
            continue
        low_share, high_share = claimed_range(share)
        low = sum(_low(claims[at]) for at in parts) / high_share
        high = sum(_high(claims[at]) for at in parts) / low_share
        agrees = None if capacity_mw is None else low <= capacity_mw <= high
        found.append(
            Calculation(
                kind="part_of_whole",
                claims=tuple(parts),
                stated=index,
                value_low=low,
                value_high=high,
                agrees=agrees,
            )
        )
    return found


def _near(one: Claim, other: Claim) -> bool:
    if one.span is None or other.span is None:
        return False
    return abs(one.span[0] - other.span[0]) <= _NEAR_CHARACTERS


def _low(claim: Claim) -> float:
    return claim.low * (1.0 - _rounding(claim.low))


def _high(claim: Claim) -> float:
    return claim.high * (1.0 + _rounding(claim.high))


def _rounding(value: float) -> float:
    """Return half a unit of the last digit that is not 0, over the value; 0.5 % at most."""
    digits = f"{value:.6e}".partition("e")[0].rstrip("0").replace(".", "")
    return float(
        min(0.5 * 10.0 ** -(len(digits) - 1) / (int(digits) / 10 ** (len(digits) - 1)), _ROUNDING)
    )
