"""Scenarios that tests of the laboratory share."""

from math import inf

from hashquake.core.times import DAY_S
from hashquake.forward.amount import exactly
from hashquake.forward.scenario import Scenario, Shock

POOLS = (
    ("alpha", 0.18),
    ("beta", 0.15),
    ("gamma", 0.144),
    ("delta", 0.12),
    ("epsilon", 0.117),
    ("zeta", 0.048),
    ("eta", 0.023),
    ("theta", 0.017),
)
"""Eight named pools; with the rest they are nine."""


def quiet(*, epochs: int = 4) -> Scenario:
    return Scenario(name="quiet", epochs=epochs)


def dark(
    share: float,
    *,
    onset_d: float = 0.0,
    days: float = inf,
    epochs: int = 4,
    pools: tuple[tuple[str, float], ...] = (),
) -> Scenario:
    """One country goes wholly dark, every part of it known exactly."""
    outage = Shock(subject="country:KZ", onset_s=onset_d * DAY_S, duration_s=days * DAY_S)
    return Scenario(
        name="dark",
        outages=(outage,),
        countries=(("KZ", exactly(share)), ("US", exactly(0.05))),
        pools=pools,
        epochs=epochs,
    )
