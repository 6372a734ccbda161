"""A winter storm makes Texan miners sell their power back, as in December 2022."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="texas_storm",
    title="A winter storm curtails Texas, as in December 2022",
    version=1,
    event="elliott-2022",
)


def build() -> Scenario:
    """Lay out the scenario as it could be known when the storm was forecast."""
    return Scenario(
        name="texas-storm",
        title=CARD.title,
        start_s=1_671_462_730,
        outages=(
            Shock(
                subject="country:US",
                # Texas and the neighbouring grids that appealed too: a third to two thirds.
                depth=Amount(value=0.5, low=0.3, high=0.7),
                onset_s=290_870.0,
                duration_s=2.5 * DAY_S,
                ramp_s=12 * HOUR_S,
                recovery_s=12 * HOUR_S,
            ),
        ),
        countries=(
            ("US", Amount(value=0.38, low=0.33, high=0.43)),
            ("CN", exactly(0.20)),
            ("KZ", exactly(0.10)),
            ("CA", exactly(0.065)),
            ("RU", exactly(0.05)),
        ),
        pools=(
            ("foundryusa", 0.277),
            ("antpool", 0.212),
            ("f2pool", 0.141),
            ("binancepool", 0.121),
            ("viabtc", 0.106),
            ("braiinspool", 0.049),
            ("luxor", 0.015),
            ("marapool", 0.015),
        ),
        exposures=(
            ("foundryusa", "US", 0.85),
            ("antpool", "US", 0.2),
            ("f2pool", "US", 0.2),
            ("viabtc", "US", 0.2),
            ("binancepool", "US", 0.15),
            ("braiinspool", "US", 0.5),
            ("luxor", "US", 0.9),
            ("marapool", "US", 1.0),
        ),
        economy=Economy(
            hashrate_hps=2.531e20,
            price_usd=16_800.0,
            subsidy_btc=6.25,
            fees_share=0.02,
            energy_j_per_th=Amount(value=40.0, low=30.0, high=55.0),
            carbon_g_per_kwh=Amount(value=400.0, low=300.0, high=500.0),
            load_share=0.7,
        ),
        sources=(
            "share of the United States: CCAF mining map of January 2022, rounded",
            "Texas within it: 11 % at the end of 2021 and growing fastest; the rest is assumed",
            "dates: the event elliott-2022 of the catalog",
            "pools: blocks of the 14 days before; their exposure is assumed",
        ),
    )
