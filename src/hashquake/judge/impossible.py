"""Values that cannot be, whatever the record says."""

from typing import Literal

from hashquake.core.claim import Claim
from hashquake.core.verdict_reason import Impossible

_SHARES = ("hashrate_share", "connectivity_share", "generation_share")
_NEVER_BELOW_0 = ("hashrate_hps", "price_usd", "power_mw", "count", "money_usd", "rank")


def impossible_value(claim: Claim) -> Impossible | None:
    """Return why no such value can be; None where it can.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    if claim.quantity in _SHARES and (claim.low > 1.0 or claim.high < 0.0):
        # Connectivity is a share of its usual value, and may exceed that by a little.
        if claim.quantity != "connectivity_share" or claim.low > 2.0 or claim.high < 0.0:
            return _reason(claim, "share")
    elif claim.quantity.endswith("_change_share") and claim.high < -1.0:
        return _reason(claim, "stop")
    elif claim.quantity in _NEVER_BELOW_0 and claim.relation != "change" and claim.high < 0.0:
        return _reason(claim, "negative")
    return None


def _reason(claim: Claim, limit: Literal["share", "stop", "negative"]) -> Impossible:
    return Impossible(quantity=claim.quantity, low=claim.low, high=claim.high, limit=limit)
