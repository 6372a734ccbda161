"""Iran cuts its Internet for six days, as it did in November 2019, with the miners of 2021."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="iran_blackout",
    title="Iran cuts its Internet for six days",
    version=1,
    event="",
)


def build() -> Scenario:
    """Lay out the scenario: the cut of 2019, which came within a day, on the map of 2021."""
    return Scenario(
        name="iran-blackout",
        title=CARD.title,
        outages=(
            Shock(
                subject="country:IR",
                depth=Amount(value=0.8, low=0.5, high=0.95),
                onset_s=2 * DAY_S,
                duration_s=6 * DAY_S,
                ramp_s=12 * HOUR_S,
            ),
        ),
        countries=(
            ("CN", exactly(0.44)),
            ("US", exactly(0.18)),
            ("KZ", exactly(0.08)),
            ("RU", exactly(0.07)),
            ("IR", Amount(value=0.045, low=0.03, high=0.07)),
        ),
        pools=(
            ("f2pool", 0.156),
            ("antpool", 0.152),
            ("poolin", 0.139),
            ("viabtc", 0.103),
            ("binancepool", 0.081),
            ("btccom", 0.072),
            ("huobipool", 0.051),
            ("1thash", 0.042),
            ("foundryusa", 0.039),
        ),
        economy=Economy(
            hashrate_hps=1.793e20,
            price_usd=37_000.0,
            subsidy_btc=6.25,
            fees_share=0.1,
            energy_j_per_th=Amount(value=75.0, low=55.0, high=100.0),
            carbon_g_per_kwh=Amount(value=500.0, low=450.0, high=600.0),
        ),
        sources=(
            "share of Iran: CCAF mining map and Elliptic, May 2021",
            "length and course: the shutdown of 16 November 2019",
        ),
    )
