"""Verdicts on claims that something other than blocks measures: maps, prices, energy, signals.

The claim is compared with an interval. Its probability is that the true value lies within a tenth
of the claim, by a log-normal law (a normal one for changes) with the interval's quantiles.
"""

from dataclasses import dataclass
from math import isfinite, log

from scipy.special import ndtr, ndtri

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.interval import Interval
from hashquake.core.verdict_reason import Evidence, IntervalFinding, IntervalMeasured
from hashquake.core.window import Window
from hashquake.judge.evidence import claimed_range

REACH = 0.1
"""A value within so much of the claim is what the claim says."""
_HALF = 0.41


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a claim is compared with.

    Parameters
    ----------
    evidence : str
        One of `Evidence`.
    measured : Interval
        In the unit of the claim's quantity.
    window : Window
        The time it is about.
    source : str
        Which map, which prices; may be empty.
    reach : float
        How far from the claim a value may lie and still be what it says: a share of the claim,
        for a change of 1.
    is_range : bool
        Whether the interval is a range that was passed through, such as a day's prices: every
        value in it was true at some time.
    is_whole : bool
        Whether a smaller claim may be true of a part, such as the power of registered miners.
    """

    evidence: Evidence
    measured: Interval
    window: Window
    source: str = ""
    reach: float = REACH
    is_range: bool = False
    is_whole: bool = False


def judge_interval(claim: Claim, measurement: Measurement) -> Verdict:
    """Judge a claim by a measured interval.

    Parameters
    ----------
    claim : Claim
        A statement with limits in the unit of `measurement`.
    measurement : Measurement
        What it is compared with.

    Returns
    -------
    Verdict
        ``supported`` when the true value lies within reach of the claim with a probability of 0.9
        or more, or the claim lies in the middle half of the interval and all of the interval is
        within twice that reach (then `is_consistent` is set); ``contradicted`` when the claim,
        rounding and reach included, lies outside the interval and the probability is under 0.05;
        ``undecidable`` otherwise.
    """
    low, high = _claimed(claim, measurement.reach)
    measured = measurement.measured
    near = probability_between(low, high, measured, signed=_is_change(claim))
    probability: float | None = near
    outside = high < measured.low or low > measured.high
    call: Call = "undecidable"
    consistent = False
    if measurement.is_range:
        call, probability = _by_range(claim, measurement, outside=outside)
    elif outside and near < 0.05 and measurement.is_whole and high < measured.low:
        call = "undecidable"
    elif outside and near < 0.05:
        call = "contradicted"
    elif near >= 0.9:
        call = "supported"
    elif not outside and _central(claim, measured):
        wide_low, wide_high = _claimed(claim, 2.0 * measurement.reach)
        consistent = True
        if wide_low <= measured.low and measured.high <= wide_high:
            call = "supported"
    part = call == "undecidable" and measurement.is_whole and high < measured.low
    return Verdict(
        about=claim,
        call=call,
        probability=None if part else probability,
        measured=measured,
        reason=IntervalMeasured(
            evidence=measurement.evidence,
            quantity=claim.quantity,
            measured=measured,
            window=measurement.window,
            source=measurement.source,
            finding="part" if part else _finding(call, claim, measured),
        ),
        is_consistent=consistent,
    )


def _by_range(
    claim: Claim, measurement: Measurement, *, outside: bool
) -> tuple[Call, float | None]:
    """Judge by a range of which every value was true at some time: in it, near it, or away."""
    if not outside:
        return "supported", None
    low, high = _claimed(claim, 4.0 * measurement.reach)
    away = high < measurement.measured.low or low > measurement.measured.high
    return ("contradicted" if away else "undecidable"), None


def _is_change(claim: Claim) -> bool:
    return claim.quantity.endswith("_change_share")


def _claimed(claim: Claim, reach: float) -> tuple[float, float]:
    if claim.quantity.endswith("_share"):
        low, high = claimed_range(claim)
    else:
        low = -float("inf") if claim.relation == "below" else claim.low
        high = float("inf") if claim.relation == "above" else claim.high
    if _is_change(claim):
        return low - reach, high + reach
    return (
        low - reach * abs(low) if isfinite(low) else low,
        high + reach * abs(high) if isfinite(high) else high,
    )


def probability_between(low: float, high: float, measured: Interval, *, signed: bool) -> float:
    """Return how probably the true value lies from low to high.

    Parameters
    ----------
    low, high : float
        In the unit of `measured`; may be infinite.
    measured : Interval
        Its limits are taken as quantiles of a log-normal law.
    signed : bool
        Take a normal law instead, as for changes.
    """
    z = float(ndtri(0.5 + measured.level / 2.0))
    if signed or measured.low <= 0:
        sides = (measured.median - measured.low, measured.high - measured.median)
        return _between(low - measured.median, high - measured.median, sides, z)
    middle = log(measured.median)
    sides = (middle - log(measured.low), log(measured.high) - middle)
    from_log = log(low) - middle if low > 0 else -float("inf")
    to_log = -float("inf") if high <= 0 else log(high) - middle if isfinite(high) else high
    return _between(from_log, to_log, sides, z)


def _between(low: float, high: float, sides: tuple[float, float], z: float) -> float:
    def below(value: float) -> float:
        sd = sides[0 if value < 0 else 1] / z
        if not sd:
            return 1.0 if value >= 0 else 0.0
        return float(ndtr(value / sd))

    return (
        max(0.0, below(high) - below(low))
        if sides[0] or low > 0
        else below(high) - below(low - 1e-12)
    )


def _central(claim: Claim, measured: Interval) -> bool:
    low = measured.median - _HALF * (measured.median - measured.low)
    high = measured.median + _HALF * (measured.high - measured.median)
    return claim.low <= high and claim.high >= low


def _finding(call: Call, claim: Claim, measured: Interval) -> IntervalFinding:
    if call == "contradicted":
        return "outside"
    if call == "supported":
        return "near"
    if _central(claim, measured):
        return "inside"
    return "inside_lower" if claim.high < measured.median else "inside_higher"
