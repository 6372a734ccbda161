"""Records of simulated countries: fed through the one door, in memory of a temporary folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.simulated_readings import as_readings

from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.contracts import Batch
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country, draw_country
from hashquake.forward.connectivity.country_signals import simulate_country
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.observatory.observatory import Observatory
from hashquake.store.open_record import open_record


def simulated(
    path: Path,
    scripts: Sequence[OutageScript],
    *,
    since: str,
    until: str,
    code: str = "KZ",
    utc_offset_s: float = 6.0 * HOUR_S,
    n_networks: int = 12,
    seed: int = 3,
) -> tuple[Observatory, Country]:
    """Make a record of one simulated country and give it open, with the country's networks."""
    rng = np.random.default_rng(seed)
    country = draw_country(rng, code=code, utc_offset_s=utc_offset_s, n_networks=n_networks)
    window = Window(start_s=parse_time(since), end_s=parse_time(until))
    signals = simulate_country(country, rng, window=window, scripts=tuple(scripts))
    observatory = Observatory(open_record(path, create=True, network=None), now_s=lambda: 1.7e9)
    observatory.feed(Batch(readings=tuple(as_readings(signals))), source="simulated")
    return observatory, country


def networks_of(country: Country) -> tuple[AutonomousSystem, ...]:
    """Return what is known of a simulated country's networks."""
    return tuple(
        AutonomousSystem(
            asn=one.asn,
            country=country.code,
            weight_share=one.users_share,
            access="mobile" if one.mobile else "fixed",
            upstream=str(one.upstream_asn),
        )
        for one in country.networks
    )
