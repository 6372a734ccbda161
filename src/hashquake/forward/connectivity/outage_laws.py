"""How long outages of each kind last and how often each happens, fitted to real ones.

The laws are bundled as ``outage_laws.toml``, written by ``scripts/fit_outage_laws.py``. What the
real list cannot tell is stated here, with the reason.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from hashquake.core.times import HOUR_S

MOBILE_SHARE, ARTEFACT_SHARE = 0.1, 0.12
"""Shares of outages that concern phones alone, or are faults of an instrument. Stated, not fitted:
probes and routes hardly show the former, and people took the latter off the list."""
STAGGERED_SHARE = 0.15
"""Of kill switches, those in which network falls after network. Stated: like Iran 2019."""
ROUTES_STAY_SHARE = 0.3
"""Of kill switches, those whose routes stay. Stated: none of 99 on the list, but alarms on
routes put them there; Kazakhstan's of January 2022 stayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """A log-normal law of lengths.

    Parameters
    ----------
    median_s, log_sd : float
        Median, and standard deviation of the natural log.
    """

    median_s: float
    log_sd: float

    def draw_s(self, rng: np.random.Generator, *, least_s: float, most_s: float) -> float:
        """Draw a length, drawn again until it lies between two limits.

        Parameters
        ----------
        rng : numpy Generator
            The randomness.
        least_s, most_s : float
            Limits that hold a fair part of the law between them.
        """
        while True:
            length_s = self.median_s * float(np.exp(self.log_sd * rng.standard_normal()))
            if least_s <= length_s <= most_s:
                return length_s


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLaws:
    """What real outages taught.

    Parameters
    ----------
    kill_switch, night, cable, power : Lengths
        Of whole outages; ``night`` of one of a curfew's or an exam's windows.
    starts_on_the_mark_share, ends_on_the_mark_share : float
        Part of orders that take effect on the hour or half hour.
    kill_switch_share, curfew_share, cable_share, power_share : float
        How often each happens; with the stated shares of the others they sum to 1.
    """

    kill_switch: Lengths
    night: Lengths
    cable: Lengths
    power: Lengths
    starts_on_the_mark_share: float
    ends_on_the_mark_share: float
    kill_switch_share: float
    curfew_share: float
    cable_share: float
    power_share: float


@lru_cache(maxsize=1)
def load_outage_laws() -> OutageLaws:
    """Load the bundled laws."""
    file = resources.files("hashquake.forward.connectivity") / "outage_laws.toml"
    fitted = tomllib.loads(file.read_text(encoding="utf-8"))
    cases: dict[str, int] = fitted["cases"]
    rest_share = 1.0 - MOBILE_SHARE - ARTEFACT_SHARE
    share = {name: rest_share * n / sum(cases.values()) for name, n in cases.items()}
    order: dict[str, float] = fitted["order"]
    return OutageLaws(
        kill_switch=_lengths(fitted["kill_switch"]),
        night=_lengths(fitted["night"]),
        cable=_lengths(fitted["cable"]),
        power=_lengths(fitted["power"]),
        starts_on_the_mark_share=order["starts_on_the_mark_share"],
        ends_on_the_mark_share=order["ends_on_the_mark_share"],
        kill_switch_share=share["kill_switch"],
        curfew_share=share["curfew"],
        cable_share=share["cable"],
        power_share=share["power"],
    )


def _lengths(fitted: Mapping[str, float]) -> Lengths:
    return Lengths(median_s=fitted["median_hours"] * HOUR_S, log_sd=fitted["log_sd"])
