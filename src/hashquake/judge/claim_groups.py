"""Claims about one quantity together: how far they differ, and why they may all be right."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hashquake.core.claim import Claim, Verdict
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

Cause = Literal[
    "windows", "subjects", "telemetry", "share_and_change", "then_and_now", "before_and_after",
    "parts", "noise",
]  # fmt: skip
"""Why claims about one quantity differ: other windows, other subjects, what pools measure
themselves against blocks, a share taken for a change, an older fact, the two ends of a change,
parts of a whole, or what blocks cannot distinguish."""
_SUMMED = frozenset({"power_mw", "count", "money_usd"})
_OLDER_S = 20 * DAY_S


_APART: tuple[Cause, ...] = (
    "share_and_change", "then_and_now", "before_and_after", "subjects", "windows",
)  # fmt: skip
"""Causes that set single claims apart, the plainest first."""
_OF_ALL: tuple[Cause, ...] = ("parts", "telemetry")
_MOST_POINTS = 3
_ALIKE = 1.5
"""Times of claims are the same where one is less than so many times as long as the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadPoint:
    """One cause of a spread, with the claims that it sets apart.

    Parameters
    ----------
    cause : str
        Of `Cause`.
    claims : tuple of int
        Their numbers, the first from 0; empty where it applies to all that are left.
    """

    cause: Cause
    claims: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGroup:
    """Claims about one quantity.

    Parameters
    ----------
    quantity : str
        Of all of them.
    subject : str
        Of all of them, or ``mining`` for hash rates of the network, of pools and of countries.
    claims : tuple of int
        Their numbers, the first from 0.
    low, high : float
        Of all of them, in the quantity's unit.
    causes : tuple of str
        Of `Cause`, each that applies.
    points : tuple of SpreadPoint
        Those of them that matter, three at most, the plainest first: a claim that one sets
        apart is left out of the next.
    """

    quantity: str
    subject: str
    claims: tuple[int, ...]
    low: float
    high: float
    causes: tuple[Cause, ...]
    points: tuple[SpreadPoint, ...]


def claim_groups(verdicts: Sequence[Verdict]) -> tuple[ClaimGroup, ...]:
    """Group the claims of a text by what they are about; single ones are left out.

    Parameters
    ----------
    verdicts : sequence of Verdict
        In the order of the claims.
    """
    families: dict[tuple[str, str, str, bool], list[int]] = {}
    for at, verdict in enumerate(verdicts):
        claim = verdict.about
        mined = claim.quantity in ("hashrate_change_share", "hashrate_share") and (
            claim.subject in ("network", "pools") or claim.subject.startswith(("pool:", "country:"))
        )
        key = ("hashrate", "mining") if mined else (claim.quantity, claim.subject)
        # Machines are no blocks, a day's revenue no hashprice, a step of a price no price.
        apart = (claim.measure, claim.relation == "change" and not mined)
        families.setdefault((*key, *apart), []).append(at)
    return tuple(
        _group(key[:2], members, [verdicts[at] for at in members])
        for key, members in families.items()
        if len(members) > 1
    )


def _group(key: tuple[str, str], members: list[int], verdicts: list[Verdict]) -> ClaimGroup:
    claims = [one.about for one in verdicts]
    quantities = {claim.quantity for claim in claims}
    causes = _causes(claims, verdicts)
    return ClaimGroup(
        quantity=claims[0].quantity if len(quantities) == 1 else "hashrate_change_share",
        subject=key[1],
        claims=tuple(members),
        low=min(claim.low for claim in claims),
        high=max(claim.high for claim in claims),
        causes=causes,
        points=_points(dict(zip(members, verdicts, strict=True)), causes),
    )


def _points(verdicts: Mapping[int, Verdict], causes: Sequence[Cause]) -> tuple[SpreadPoint, ...]:
    """Return the causes that matter: each sets claims apart that those before it did not."""
    found: list[SpreadPoint] = []
    claims = {at: one.about for at, one in verdicts.items()}
    left = dict(claims)
    for cause in _APART:
        odd = _set_apart(cause, left) if cause in causes and _differ(left.values()) else []
        if not odd or len(found) == _MOST_POINTS - 1:
            continue
        if len(odd) == len(left):
            # Each is about something else: nothing is left to be compared.
            return (*found, SpreadPoint(cause=cause, claims=()))
        pools = cause == "subjects" and all(left[at].subject.startswith("pool") for at in odd)
        named: Cause = "telemetry" if pools and "telemetry" in causes else cause
        found.append(SpreadPoint(cause=named, claims=tuple(odd)))
        left = {at: one for at, one in left.items() if at not in odd}
    if "noise" in causes:
        # What is contradicted can be distinguished.
        open_ones = {at: one for at, one in left.items() if verdicts[at].call == "undecidable"}
        if _differ(open_ones.values()):
            whole = len(open_ones) == len(claims)
            found.append(SpreadPoint(cause="noise", claims=() if whole else tuple(open_ones)))
    for cause in _OF_ALL:
        if cause in causes and not found and _differ(left.values()):
            found.append(SpreadPoint(cause=cause, claims=()))
    return tuple(found)


def _differ(claims: Iterable[Claim]) -> bool:
    return len({(claim.low, claim.high) for claim in claims}) > 1


def _set_apart(cause: str, claims: dict[int, Claim]) -> list[int]:
    """Return the claims that a cause sets apart from the rest; all where no two go together."""
    if cause == "share_and_change":
        shares = [at for at, one in claims.items() if one.quantity == "hashrate_share"]
        changes = [at for at in claims if at not in shares]
        return min((shares, changes), key=len)
    if cause == "before_and_after":
        return [at for at, one in claims.items() if one.is_former]
    if cause == "subjects":
        return _rarer({at: one.subject for at, one in claims.items()})
    dated = {at: one.window for at, one in claims.items() if one.window is not None}
    if cause == "then_and_now":
        last = max((window.end_s for window in dated.values()), default=0.0)
        return [at for at, window in dated.items() if last - window.end_s > _OLDER_S]
    times: list[Window] = []
    which: dict[int, int] = {}
    for at, window in dated.items():
        alike = next((at for at, one in enumerate(times) if _same_time(one, window)), len(times))
        if alike == len(times):
            times.append(window)
        which[at] = alike
    odd = _rarer(which)
    # Claims without a time are neither here nor there.
    return list(claims) if odd and len(odd) == len(which) == len(claims) else odd


def _rarer(kinds: Mapping[int, object]) -> list[int]:
    """Return those of other kinds than the commonest; all where every kind occurs once."""
    counts = Counter(kinds.values())
    if len(counts) < 2:
        return []
    commonest, count = counts.most_common(1)[0]
    if count == 1 and len(counts) > 2:
        return list(kinds)
    return [at for at, kind in kinds.items() if kind != commonest]


def _same_time(one: Window, other: Window) -> bool:
    lengths = sorted((one.duration_s, other.duration_s))
    return abs(one.end_s - other.end_s) <= HOUR_S and lengths[1] <= _ALIKE * lengths[0]


def _causes(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> tuple[Cause, ...]:
    found: list[Cause] = []
    windows = [claim.window for claim in claims if claim.window is not None]
    quantities = {claim.quantity for claim in claims}
    if "hashrate_share" in quantities and "hashrate_change_share" in quantities:
        found.append("share_and_change")
    if len({claim.subject for claim in claims}) > 1:
        found.append("subjects")
    if windows:
        ends = [window.end_s for window in windows]
        if max(ends) - min(ends) > _OLDER_S:
            found.append("then_and_now")
        lengths = [window.duration_s for window in windows]
        if max(ends) - min(ends) > HOUR_S or max(lengths) > _ALIKE * min(lengths):
            found.append("windows")
    if any(claim.is_former for claim in claims):
        found.append("before_and_after")
    if quantities <= _SUMMED:
        found.append("parts")
    elif _are_of_blocks(claims):
        found += _of_blocks(claims, verdicts)
    return tuple(dict.fromkeys(found))


def _of_blocks(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> list[Cause]:
    """Return why figures differ that blocks and pools measure."""
    found: list[Cause] = []
    if any(claim.subject.startswith("pool") for claim in claims):
        found.append("telemetry")
    unsettled = any(one.call == "undecidable" for one in verdicts)
    former = any(claim.is_former for claim in claims)
    if unsettled and not former and _overlapping(verdicts):
        found.append("noise")
    return found


def _are_of_blocks(claims: Sequence[Claim]) -> bool:
    return any(claim.quantity.startswith("hashrate") for claim in claims)


def _overlapping(verdicts: Sequence[Verdict]) -> bool:
    """Whether one measured interval holds several of the claims: blocks do not tell them apart."""
    return any(
        one.measured is not None
        and sum(one.measured.low <= other.about.high and other.about.low <= one.measured.high
                for other in verdicts if other.about.quantity == one.about.quantity) > 1
        for one in verdicts
    )  # fmt: skip
