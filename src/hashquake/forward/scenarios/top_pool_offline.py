"""The largest pool's servers fall silent for a day; its miners turn to others."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import DAY_S, MINUTE_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="top_pool_offline",
    title="The largest pool offline for a day",
    version=1,
    event="",
)


def build() -> Scenario:
    """Lay out the scenario with the pools of spring 2026."""
    return Scenario(
        name="top-pool-offline",
        title=CARD.title,
        outages=(
            Shock(
                subject="pool:foundryusa",
                onset_s=2 * DAY_S,
                duration_s=1 * DAY_S,
                # Machines try for 90 seconds to 12 minutes; those set up by hand take longer.
                failover_s=15 * MINUTE_S,
                return_share=0.9,
            ),
        ),
        countries=(
            ("US", exactly(0.36)),
            ("RU", exactly(0.16)),
            ("CN", exactly(0.14)),
            ("PY", exactly(0.04)),
            ("AE", exactly(0.035)),
            ("CA", exactly(0.03)),
        ),
        pools=(
            ("foundryusa", 0.297),
            ("antpool", 0.193),
            ("f2pool", 0.112),
            ("viabtc", 0.088),
            ("spiderpool", 0.076),
            ("secpool", 0.055),
            ("marapool", 0.051),
            ("luxor", 0.032),
        ),
        pool_blocks=2016.0,
        exposures=(("foundryusa", "US", 0.9), ("foundryusa", "CA", 0.1), ("marapool", "US", 0.9)),
        economy=Economy(
            hashrate_hps=9.706e20,
            price_usd=90_000.0,
            subsidy_btc=3.125,
            fees_share=0.01,
            energy_j_per_th=Amount(value=20.0, low=16.0, high=27.0),
            carbon_g_per_kwh=Amount(value=390.0, low=300.0, high=480.0),
        ),
        sources=(
            "pools: the last 2,016 blocks of the bundled record (April 2026)",
            "countries: Hashrate Index, mid 2025, rounded",
            "failover: how long cgminer and vendors' firmware try a dead pool",
        ),
    )
