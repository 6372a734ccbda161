"""China closes its mines province by province over six weeks, as in the summer of 2021."""

from hashquake.core.contracts import ScenarioCard
from hashquake.core.times import DAY_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import Scenario, Shock

CARD = ScenarioCard(
    name="china_ban_2021",
    title="China bans mining, May to July 2021",
    version=1,
    event="china-ban-2021",
)


def build() -> Scenario:
    """Lay out the scenario: a straight line to nothing, as nobody could know the order."""
    return Scenario(
        name="china-ban-2021",
        title=CARD.title,
        start_s=1_620_896_111,
        epochs=4,
        outages=(
            Shock(
                subject="country:CN",
                depth=Amount(value=0.9, low=0.7, high=0.98),
                onset_s=659_089.0,
                duration_s=43 * DAY_S,
                profile=((0.0, 1.0), (43 * DAY_S, 0.0)),
                return_share=0.0,
            ),
        ),
        countries=(
            ("CN", Amount(value=0.45, low=0.4, high=0.55)),
            ("US", exactly(0.18)),
            ("KZ", exactly(0.08)),
            ("RU", exactly(0.07)),
            ("IR", exactly(0.045)),
        ),
        pools=(
            ("antpool", 0.166),
            ("f2pool", 0.149),
            ("poolin", 0.138),
            ("viabtc", 0.097),
            ("binancepool", 0.092),
            ("btccom", 0.068),
            ("huobipool", 0.059),
            ("1thash", 0.044),
            ("foundryusa", 0.033),
        ),
        exposures=(
            ("antpool", "CN", 0.55),
            ("f2pool", "CN", 0.6),
            ("poolin", "CN", 0.65),
            ("viabtc", "CN", 0.5),
            ("binancepool", "CN", 0.5),
            ("btccom", "CN", 0.6),
            ("huobipool", "CN", 0.8),
            ("1thash", "CN", 0.8),
            ("foundryusa", "US", 0.9),
        ),
        economy=Economy(
            hashrate_hps=1.793e20,
            price_usd=49_000.0,
            subsidy_btc=6.25,
            fees_share=0.10,
            energy_j_per_th=Amount(value=65.0, low=45.0, high=85.0),
            carbon_g_per_kwh=Amount(value=600.0, low=300.0, high=800.0),
            load_share=0.9,
        ),
        sources=(
            "shares: CCAF mining map of May 2021, rounded",
            "dates: the event china-ban-2021 of the catalog",
            "course: a straight line over the six weeks, assumed",
            "pools: blocks of the 14 days before; their exposure is assumed",
        ),
    )
