"""Kazakhstan's Internet is shut down for nearly five days, as in January 2022."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import HOUR_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="kazakhstan_2022",
    title="Kazakhstan's Internet shut down, January 2022",
    version=1,
    event="kazakhstan-2022",
)


def build() -> Scenario:
    """Lay out the scenario as it could be known on the first day."""
    return Scenario(
        name="kazakhstan-2022",
        title=CARD.title,
        start_s=1_640_422_619,
        outages=(
            Shock(
                subject="country:KZ",
                # Farms behind leased lines and satellites stayed up; nobody counted them.
                depth=Amount(value=0.6, low=0.25, high=0.9),
                onset_s=956_881.0,
                duration_s=111.25 * HOUR_S,
                windows=tuple(
                    (start * HOUR_S, end * HOUR_S)
                    for start, end in (
                        (0.0, 6.75),
                        (11.25, 23.75),
                        (27.25, 39.75),
                        (43.25, 63.75),
                        (71.25, 87.75),
                        (91.25, 111.25),
                    )
                ),
            ),
        ),
        countries=(
            ("US", exactly(0.36)),
            ("CN", exactly(0.20)),
            ("KZ", Amount(value=0.157, low=0.13, high=0.185)),
            ("CA", exactly(0.06)),
            ("RU", exactly(0.05)),
        ),
        pools=(
            ("foundryusa", 0.181),
            ("unknown", 0.178),
            ("f2pool", 0.149),
            ("antpool", 0.144),
            ("binancepool", 0.119),
            ("viabtc", 0.117),
            ("braiinspool", 0.048),
            ("sbicrypto", 0.023),
        ),
        exposures=(
            ("foundryusa", "US", 0.9),
            ("unknown", "KZ", 0.2),
            ("f2pool", "KZ", 0.2),
            ("antpool", "KZ", 0.2),
            ("binancepool", "KZ", 0.2),
            ("viabtc", "KZ", 0.2),
            ("braiinspool", "KZ", 0.05),
        ),
        economy=Economy(
            hashrate_hps=1.737e20,
            price_usd=46_500.0,
            subsidy_btc=6.25,
            fees_share=0.015,
            energy_j_per_th=Amount(value=66.0, low=45.0, high=80.0),
            carbon_g_per_kwh=Amount(value=650.0, low=500.0, high=800.0),
            load_share=0.8,
        ),
        sources=(
            "share of Kazakhstan: CCAF mining map, 18.1 % (August 2021) and 13.2 % (January 2022)",
            "dark hours: the event kazakhstan-2022 of the catalog",
            "pools: blocks of the 14 days before; Poolin is filed under unknown then",
            "exposure of pools: assumed even outside Foundry, which takes no Kazakh machines",
            "epoch: begins with block 715680, eleven days before the shutdown",
        ),
    )
