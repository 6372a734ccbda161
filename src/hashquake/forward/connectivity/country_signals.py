"""A country's connectivity as four instruments see it, with scripted outages and their truth.

Pure: randomness is an argument, and each signal and script draws from its own stream, so that an
outage added changes nothing else. Every value made here is simulated, and says so.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hashquake.core.coverage import Coverage
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.cut import Cut, impose, stretches
from hashquake.forward.connectivity.failure_scripts import NetworkFault
from hashquake.forward.connectivity.instruments import MEASURE, usual_values
from hashquake.forward.connectivity.model import QUANTITIES, ConnectivityModel, Quantity
from hashquake.forward.connectivity.noise import silent_steps, week_rhythm
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.forward.connectivity.truth import TrueOutage, true_outage

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
_SMALL_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedSignal:
    """One instrument's values.

    Parameters
    ----------
    quantity : Quantity
        What is measured.
    start_s, step_s : float
        The grid: step ``k`` is ``[start_s + k step_s, start_s + (k + 1) step_s)``.
    by_network : array of float32, shape (networks, steps)
        NaN where not covered.
    national : array of float, shape (steps,)
        The country's own series: the sum over networks, also over those whose own value went
        missing; NaN where the instrument was silent.
    seen_s : array of float, shape (steps,)
        When each step's values were out, UTC Unix seconds.
    """

    quantity: Quantity
    start_s: float
    step_s: int
    by_network: Values
    national: Floats
    seen_s: Floats

    @property
    def times_s(self) -> Floats:
        """Starts of the steps, UTC Unix seconds."""
        return self.start_s + self.step_s * np.arange(len(self.national), dtype=np.float64)

    @property
    def coverage(self) -> Coverage:
        """When the instrument spoke."""
        seen = ~np.isnan(self.national)
        return Coverage(stretches(seen, start_s=self.start_s, step_s=self.step_s))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountrySignals:
    """What four instruments saw of a simulated country, and what was true.

    Parameters
    ----------
    country : Country
        Whose networks are the rows.
    window : Window
        The time simulated.
    signals : tuple of SimulatedSignal
        In the order of ``QUANTITIES``.
    outages : tuple of TrueOutage
        In the order of the scripts.
    faults : tuple of NetworkFault
        Small networks that failed alone: no outage of the country.
    source : str
        Always ``simulated``; no value made here can call itself anything else.
    """

    country: Country
    window: Window
    signals: tuple[SimulatedSignal, ...]
    outages: tuple[TrueOutage, ...]
    faults: tuple[NetworkFault, ...]
    source: ClassVar[str] = "simulated"

    def signal(self, quantity: Quantity) -> SimulatedSignal:
        """Return one instrument's values.

        Parameters
        ----------
        quantity : Quantity
            One that the model measures.
        """
        return self.signals[QUANTITIES.index(quantity)]


def simulate_country(
    country: Country,
    rng: np.random.Generator,
    *,
    window: Window,
    scripts: tuple[OutageScript, ...] = (),
    model: ConnectivityModel | None = None,
) -> CountrySignals:
    """Simulate a country.

    Parameters
    ----------
    country : Country
        Its networks.
    rng : numpy Generator
        Source of randomness; it is spawned from, so a second call with the same one gives another
        country.
    window : Window
        From and to which whole days, UTC.
    scripts : tuple of OutageScript
        What breaks.
    model : ConnectivityModel or None
        How the instruments see; None is the default one.

    Returns
    -------
    CountrySignals
        The same seed gives the same bytes.

    Raises
    ------
    UsageError
        ``simulated-days`` when the window does not begin and end with a day, UTC.
    """
    if window.start_s % DAY_S or window.end_s % DAY_S:
        raise UsageError(
            f"{window} does not begin and end with a day",
            code="simulated-days",
            hint="let the window begin and end at 00:00 UTC",
        )
    instruments = ConnectivityModel() if model is None else model
    streams = rng.spawn(len(QUANTITIES) + 1 + len(scripts))
    faults = _faults(country, streams[len(QUANTITIES)], instruments, window)
    own_streams = streams[len(QUANTITIES) + 1 :]
    compiled = [script.cuts(country, own) for script, own in zip(scripts, own_streams, strict=True)]
    alone = [cut for fault in faults for cut in fault.cuts(country, streams[len(QUANTITIES)])]
    cuts = [*(cut for some in compiled for cut in some), *alone]
    return CountrySignals(
        country=country,
        window=window,
        signals=tuple(
            _signal(country, own, instruments, quantity=quantity, window=window, cuts=cuts)
            for quantity, own in zip(QUANTITIES, streams[: len(QUANTITIES)], strict=True)
        ),
        outages=tuple(
            true_outage(script.cause, some, country)
            for script, some in zip(scripts, compiled, strict=True)
        ),
        faults=faults,
    )


def _faults(
    country: Country, rng: np.random.Generator, model: ConnectivityModel, window: Window
) -> tuple[NetworkFault, ...]:
    small = [network.asn for network in country.networks if network.users_share < _SMALL_SHARE]
    mean = model.faults_per_year * len(small) * window.duration_s / YEAR_S
    faults = []
    for _ in range(rng.poisson(mean)):
        start_s = window.start_s + window.duration_s * rng.random()
        length_s = model.fault_s * float(np.exp(rng.standard_normal()))
        faults.append(
            NetworkFault(
                window=Window(start_s=start_s, end_s=start_s + length_s),
                asn=small[int(rng.integers(len(small)))],
            )
        )
    return tuple(faults)


def _signal(
    country: Country,
    rng: np.random.Generator,
    model: ConnectivityModel,
    *,
    quantity: Quantity,
    window: Window,
    cuts: list[Cut],
) -> SimulatedSignal:
    instrument = model.of(quantity)
    step_s = instrument.step_s
    steps = round(window.duration_s / step_s)
    shape = (len(country.networks), steps)
    rhythm = week_rhythm(instrument, utc_offset_s=country.utc_offset_s).astype(np.float32)
    # The first second of the epoch was a Thursday's, so weeks count from there.
    at = (round(window.start_s / step_s) + np.arange(steps)) % len(rhythm)
    values = usual_values(instrument, rng, shape)
    values *= rhythm[at]
    silent = silent_steps(instrument, rng, steps)
    lag_s = instrument.lag_s + instrument.lag_spread_s * rng.random(steps)
    row = QUANTITIES.index(quantity)

    def cut_short(usual: Values) -> None:
        for cut in cuts:
            impose(usual, cut, row=row, start_s=window.start_s, step_s=step_s)

    MEASURE[quantity](country, rng, model, values, cut_short)
    national = values.sum(axis=0, dtype=np.float64)
    lost = rng.poisson(instrument.missing_share * values.size)
    values[rng.integers(0, shape[0], lost), rng.integers(0, steps, lost)] = np.nan
    values[:, silent] = np.nan
    national[silent] = np.nan
    ends_s = window.start_s + step_s * np.arange(1, steps + 1, dtype=np.float64)
    seen_s = ends_s + lag_s
    for array in (values, national, seen_s):
        array.flags.writeable = False
    return SimulatedSignal(
        quantity=quantity,
        start_s=window.start_s,
        step_s=step_s,
        by_network=values,
        national=national,
        seen_s=seen_s,
    )
