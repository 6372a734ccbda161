"""What was true of a simulated outage, worked out from its cuts without any noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.times import MINUTE_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.cut import Cut, national_share, stretches
from hashquake.forward.connectivity.model import QUANTITIES, Quantity
from hashquake.forward.connectivity.scripts import Cause

Floats = NDArray[np.float64]
DARK_DEPTH_SHARE = 0.3
"""A country is dark while at least so much of what its users usually do is gone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrueOutage:
    """The truth next to the signals.

    Parameters
    ----------
    cause : Cause
        The class.
    window : Window
        From the first network's fall to the last one's return, in whole minutes.
    dark : tuple of Window
        While the country was down by `DARK_DEPTH_SHARE`, by users and their traffic, to the
        minute; none where it never was, and none for a fault of an instrument.
    restorations_s : tuple of float
        When each dark window ended.
    onset_s : array of float, shape (networks,)
        When each network first fell; NaN where it did not, and for a fault of an instrument.
    depth_share : array of float, shape (4,)
        The largest national drop in each signal, in the order of ``QUANTITIES``.
    cuts : tuple of Cut
        All of it, for other questions.
    """

    cause: Cause
    window: Window
    dark: tuple[Window, ...]
    restorations_s: tuple[float, ...]
    onset_s: Floats
    depth_share: Floats
    cuts: tuple[Cut, ...]


def signal_weights(country: Country, quantity: Quantity) -> Floats:
    """Return what each network counts for in a national signal: users for traffic, else blocks.

    Parameters
    ----------
    country : Country
        Whose networks.
    quantity : Quantity
        What is measured.
    """
    return country.users_shares if quantity == "traffic_share" else country.slash24s


def signal_down(
    outage: TrueOutage, country: Country, *, quantity: Quantity, depth_share: float
) -> tuple[Window, ...]:
    """Return when a national signal was down by a depth or more, noise apart.

    Parameters
    ----------
    outage : TrueOutage
        Which.
    country : Country
        The one it was made for.
    quantity : Quantity
        The signal.
    depth_share : float
        How far down, above 0.
    """
    weights = signal_weights(country, quantity)
    row = QUANTITIES.index(quantity)
    left = national_share(outage.cuts, weights, row=row, window=outage.window)
    return stretches(left <= 1.0 - depth_share + 1e-9, start_s=outage.window.start_s)


def true_outage(cause: Cause, cuts: tuple[Cut, ...], country: Country) -> TrueOutage:
    """Work out the truth of the cuts of one script.

    Parameters
    ----------
    cause : Cause
        The class.
    cuts : tuple of Cut
        Of a script.
    country : Country
        The one they were made for.

    Raises
    ------
    UsageError
        ``cut-nobody`` when the cuts touch no network.
    """
    starts_s = np.stack([cut.start_s for cut in cuts])
    ends_s = np.stack([cut.end_s + cut.rise_s for cut in cuts])
    touched = ~np.isnan(starts_s)
    if not touched.any():
        raise UsageError(
            f"the script of a {cause} touches none of the {len(country.networks)} networks",
            code="cut-nobody",
            hint="name an upstream or a network that the country has, or one mobile network",
        )
    first_s = np.min(starts_s[touched])
    last_s = np.max(ends_s[touched])
    window = Window(
        start_s=float(np.floor(first_s / MINUTE_S) * MINUTE_S),
        end_s=float(np.ceil(last_s / MINUTE_S) * MINUTE_S),
    )
    left = [
        national_share(cuts, signal_weights(country, quantity), row=row, window=window)
        for row, quantity in enumerate(QUANTITIES)
    ]
    real = cause != "measurement_artefact"
    dark = left[QUANTITIES.index("traffic_share")] <= 1.0 - DARK_DEPTH_SHARE if real else None
    windows = () if dark is None else stretches(dark, start_s=window.start_s)
    onset_s = np.where(touched, starts_s, np.inf).min(axis=0)
    return TrueOutage(
        cause=cause,
        window=window,
        dark=windows,
        restorations_s=tuple(one.end_s for one in windows),
        onset_s=np.where(np.isinf(onset_s) | (not real), np.nan, onset_s),
        depth_share=np.array([1.0 - line.min() for line in left]),
        cuts=cuts,
    )
