"""Simulated signals as readings, for tests that feed them to a record."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.forward.connectivity.country_signals import CountrySignals, SimulatedSignal


def as_readings(
    signals: CountrySignals, *, until_s: float = float("inf"), by_network: bool = True
) -> Iterator[Reading]:
    """Return what was covered, signal by signal and subject by subject, in order of time.

    Parameters
    ----------
    signals : CountrySignals
        A simulated country.
    until_s : float
        Only what was published by then, UTC Unix seconds: values lag.
    by_network : bool
        Also the networks, as ``asn:...``, after the country.

    Yields
    ------
    Reading
        With ``source="simulated"``; nothing is said where nothing was covered.
    """
    for signal in signals.signals:
        yield from _series(signal, f"country:{signals.country.code}", signal.national, until_s)
        if by_network:
            for network, values in zip(signals.country.networks, signal.by_network, strict=True):
                yield from _series(signal, f"asn:{network.asn}", values, until_s)


def _series(
    signal: SimulatedSignal,
    subject: str,
    values: NDArray[np.floating],
    until_s: float,
) -> Iterator[Reading]:
    for k in np.flatnonzero(~np.isnan(values) & (signal.seen_s <= until_s)):
        start_s = signal.start_s + float(k) * signal.step_s
        yield Reading(
            subject=subject,
            quantity=signal.quantity,
            window=Window(start_s=start_s, end_s=start_s + signal.step_s),
            value=float(values[k]),
            source=CountrySignals.source,
        )
