"""Claims about one quantity together: how far they differ, and why they may all be right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hashquake.core.claim import Claim, Verdict
from hashquake.core.times import DAY_S, HOUR_S

Cause = Literal[
    "windows", "subjects", "telemetry", "share_and_change", "then_and_now", "before_and_after",
    "parts", "noise",
]  # fmt: skip
"""Why claims about one quantity differ: other windows, other subjects, what pools measure
themselves against blocks, a share taken for a change, an older fact, the two ends of a change,
parts of a whole, or what blocks cannot distinguish."""
_SUMMED = frozenset({"power_mw", "count", "money_usd"})
_OLDER_S = 20 * DAY_S


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
    """

    quantity: str
    subject: str
    claims: tuple[int, ...]
    low: float
    high: float
    causes: tuple[Cause, ...]


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
    return ClaimGroup(
        quantity=claims[0].quantity if len(quantities) == 1 else "hashrate_change_share",
        subject=key[1],
        claims=tuple(members),
        low=min(claim.low for claim in claims),
        high=max(claim.high for claim in claims),
        causes=_causes(claims, verdicts),
    )


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
        if max(ends) - min(ends) > HOUR_S or max(lengths) > 1.5 * min(lengths):
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
