"""The parameters in use, and where they come from.

None was chosen by eye: `hashquake.judge.fit.fit_network` and `fit_pools` maximise the predictive
likelihood of the bundled record before the date named at each value, and
``scripts/fit_filter.py`` prints this file's numbers again. That jumps go up as often as down is an
assumption (``docs/theory/filter.md`` says why); cells and bins are numerical choices.
"""

from dataclasses import replace
from math import inf

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.times import HOUR_S
from hashquake.estimate.filter import FilterParameters
from hashquake.estimate.rate_model import RateModel

_NETWORK = RateModel(
    drift_log_per_sqrt_day=0.00873,
    growth_log_per_day=0.001152,
    jumps_per_year=6.32,
    jump_log=0.0986,
    jump_up_share=0.5,
    restarts_per_year=0.0,
    transient_log=0.0166,
    transient_s=25_700.0,
    cell_log=0.0125,
    n_levels=160,
    n_transients=11,
    bin_s=HOUR_S,
    start_log=0.0,
    start_sd_log=0.3,
)
_POOL = RateModel(
    drift_log_per_sqrt_day=0.0155,
    growth_log_per_day=0.001152,
    jumps_per_year=5.12,
    jump_log=0.306,
    jump_up_share=0.5,
    restarts_per_year=1.18,
    transient_log=0.0,
    transient_s=0.0,
    cell_log=0.04,
    n_levels=256,
    n_transients=1,
    bin_s=4 * HOUR_S,
    start_log=-4.6,
    start_sd_log=inf,
)

FITTED = FilterParameters(network=_NETWORK, pool=_POOL)
"""Fitted on blocks before 2024-01-01."""

FITTED_EARLIER_HALF = replace(
    FITTED,
    network=replace(
        _NETWORK,
        drift_log_per_sqrt_day=0.00907,
        growth_log_per_day=0.00102,
        jumps_per_year=8.41,
        jump_log=0.0909,
        transient_log=0.0132,
        transient_s=27_500.0,
    ),
)
"""Fitted on blocks before 2023-08-22, the earlier 69 of the record's 139 epochs; for back-tests."""


def largest_pools(blocks: BlockColumns, count: int = 25) -> tuple[str, ...]:
    """Return the pools that found most of some blocks, most first: the ones to follow.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of which the pools are known.
    count : int
        Pools at most; names break ties.
    """
    found = np.bincount(blocks.pool_code[blocks.pool_code >= 0], minlength=len(blocks.pool_names))
    order = np.argsort(-found, kind="stable")[:count]
    return tuple(blocks.pool_names[at] for at in order.tolist() if found[at])
