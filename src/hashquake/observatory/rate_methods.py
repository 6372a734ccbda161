"""The methods that estimate hash rates at an instant, by name."""

from hashquake.core.errors import UsageError
from hashquake.core.record import Record
from hashquake.observatory.fused_rates import fused_rates
from hashquake.observatory.instant_rates import filtered_rates, smoothed_rates
from hashquake.observatory.tables import Rates

_METHODS = {"filter": filtered_rates, "smoother": smoothed_rates, "fused": fused_rates}


def rates_by_method(record: Record, at_s: float, subjects: tuple[str, ...], method: str) -> Rates:
    """Estimate hash rates at an instant; see `Observatory.rate_at`.

    Parameters
    ----------
    record : Record
        Observed at that instant.
    at_s : float
        UTC Unix seconds.
    subjects : tuple of str
        ``network`` or pools; empty is all that the method can tell.
    method : str
        ``filter``, ``smoother`` or ``fused``.

    Raises
    ------
    NoCoverage
        When the record was not watching; ``no-reports`` when no pool reported.
    UsageError
        ``method-unknown`` for another method, ``fused-network-only``.
    """
    if method not in _METHODS:
        raise UsageError(
            f"the method {method!r} for an instant does not exist",
            code="method-unknown",
            hint="ask for filter, smoother or fused",
        )
    return _METHODS[method](record, at_s, subjects)
