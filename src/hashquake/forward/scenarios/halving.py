"""The subsidy halves inside an epoch and old machines switch off, as in April 2024."""

from hashquake.core.contracts import ScenarioCard
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario

CARD = ScenarioCard(
    name="halving",
    title="The subsidy halves, as in April 2024",
    version=1,
    event="halving-2024",
)


def build() -> Scenario:
    """Lay out the scenario: machines that no longer earn their power are off at once."""
    return Scenario(
        name="halving",
        title=CARD.title,
        start_s=1_712_783_397,
        pools=(
            ("foundryusa", 0.273),
            ("antpool", 0.230),
            ("f2pool", 0.133),
            ("viabtc", 0.121),
            ("binancepool", 0.046),
            ("sbicrypto", 0.032),
            ("luxor", 0.031),
            ("marapool", 0.029),
        ),
        economy=Economy(
            hashrate_hps=6.184e20,
            price_usd=64_000.0,
            subsidy_btc=6.25,
            fees_share=0.06,
            halving_after_blocks=1344,
            fleet=(
                (17.5, 0.10),
                (21.5, 0.20),
                (25.0, 0.15),
                (29.5, 0.25),
                (34.0, 0.15),
                (38.0, 0.08),
                (45.0, 0.04),
                (60.0, 0.03),
            ),
            power_price_usd_per_kwh=exactly(0.05),
            energy_j_per_th=Amount(value=30.0, low=25.0, high=36.0),
            load_share=1.0,
        ),
        sources=(
            "block 840000 is the 1,345th of its epoch",
            "fleet: classes of machines by efficiency, their numbers assumed from years of sale",
            "price and power: rounded, as of April 2024",
        ),
    )
