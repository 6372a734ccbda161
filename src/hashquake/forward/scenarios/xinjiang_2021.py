"""Power is cut to the data centres of Xinjiang for six days, as in April 2021."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import DAY_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="xinjiang_2021",
    title="Power cut to Xinjiang's data centres, April 2021",
    version=1,
    event="xinjiang-2021",
)


def build() -> Scenario:
    """Lay out the scenario as it could be known on the first day."""
    return Scenario(
        name="xinjiang-2021",
        title=CARD.title,
        start_s=1_618_515_600,
        outages=(
            Shock(
                subject="country:CN",
                # Xinjiang's part of China: 54 % by the map in force, up to 70 % in older ones.
                depth=Amount(value=0.55, low=0.4, high=0.7),
                onset_s=15_600.0,
                duration_s=6 * DAY_S,
                recovery_s=0.0,
            ),
        ),
        countries=(
            ("CN", Amount(value=0.5, low=0.44, high=0.62)),
            ("US", exactly(0.16)),
            ("KZ", exactly(0.08)),
            ("RU", exactly(0.07)),
            ("IR", exactly(0.045)),
        ),
        pools=(
            ("f2pool", 0.155),
            ("poolin", 0.151),
            ("antpool", 0.132),
            ("binancepool", 0.107),
            ("viabtc", 0.093),
            ("btccom", 0.084),
            ("huobipool", 0.067),
            ("1thash", 0.039),
            ("braiinspool", 0.032),
        ),
        economy=Economy(
            hashrate_hps=1.688e20,
            price_usd=62_000.0,
            subsidy_btc=6.25,
            fees_share=0.14,
            energy_j_per_th=Amount(value=65.0, low=45.0, high=85.0),
            carbon_g_per_kwh=Amount(value=700.0, low=500.0, high=900.0),
            load_share=1.0,
        ),
        sources=(
            "shares: CCAF mining map, vintages of 2020 and of April 2021, rounded",
            "dates: the event xinjiang-2021 of the catalog, known to the day",
            "pools: blocks of the 14 days before",
        ),
    )
