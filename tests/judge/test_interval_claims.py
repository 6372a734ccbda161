"""Claims judged by intervals, ranges, records and what cannot be."""

import numpy as np
import pytest
from scipy.stats import norm

from hashquake.core.candles import Candles
from hashquake.core.claim import Claim, Relation, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.judge.arithmetic import calculations
from hashquake.judge.impossible import impossible_value
from hashquake.judge.interval_claims import Measurement, judge_interval
from hashquake.judge.record_claims import judge_price_record, judge_record

WINDOW = Window(start_s=1_641_340_800.0, end_s=1_641_427_200.0)


def claim(
    quantity: str, low: float, high: float | None = None, *, relation: Relation = "level"
) -> Claim:
    return Claim(
        text="said",
        subject="country:KZ",
        quantity=quantity,
        low=low,
        high=low if high is None else high,
        relation=relation,
    )


def judged(
    one: Claim,
    low: float,
    median: float,
    high: float,
    *,
    is_range: bool = False,
    is_whole: bool = False,
    reach: float = 0.1,
) -> Verdict:
    measurement = Measurement(
        evidence="map",
        measured=Interval(median=median, low=low, high=high, level=0.9),
        window=WINDOW,
        is_range=is_range,
        is_whole=is_whole,
        reach=reach,
    )
    return judge_interval(one, measurement)


@pytest.mark.parametrize(
    ("said", "call"), [(0.18, "supported"), (0.30, "contradicted"), (0.205, "undecidable")]
)
def test_a_share_is_judged_by_how_much_of_the_interval_agrees(said: float, call: str) -> None:
    assert judged(claim("hashrate_share", said), 0.17, 0.18, 0.19 + 0.02).call == call


def test_the_probability_is_that_of_the_law_behind_the_interval() -> None:
    verdict = judged(claim("power_mw", 1000.0), 800.0, 1000.0, 1250.0)
    sd = np.log(1.25) / norm.ppf(0.95)
    expected = norm.cdf(np.log(1.1) / sd) - norm.cdf(np.log(0.9) / sd)
    assert verdict.probability == pytest.approx(expected, rel=1e-6)


def test_a_claim_on_the_median_of_a_wide_interval_is_consistent_and_not_supported() -> None:
    verdict = judged(claim("power_mw", 1000.0), 500.0, 1000.0, 2000.0)
    assert (verdict.call, verdict.is_consistent) == ("undecidable", True)


def test_a_part_is_not_contradicted_by_the_whole() -> None:
    whole = judged(claim("power_mw", 600.0), 1200.0, 1580.0, 2060.0, is_whole=True)
    assert whole.call == "undecidable"
    assert judged(claim("power_mw", 600.0), 1200.0, 1580.0, 2060.0).call == "contradicted"
    assert judged(claim("power_mw", 9000.0), 1200.0, 1580.0, 2060.0, is_whole=True).call == (
        "contradicted"
    )


def test_every_price_of_a_days_range_was_true_at_some_time() -> None:
    said = {43_000.0: "supported", 47_500.0: "undecidable", 60_000.0: "contradicted"}
    for value, call in said.items():
        verdict = judged(
            claim("price_usd", value), 42_400.0, 46_300.0, 46_900.0, is_range=True, reach=0.01
        )
        assert verdict.call == call, value


@pytest.mark.parametrize(
    ("quantity", "value", "relation", "limit"),
    [
        ("hashrate_share", 1.2, "level", "share"),
        ("generation_share", -0.1, "level", "share"),
        ("hashrate_change_share", -1.2, "change", "stop"),
        ("price_usd", -5.0, "level", "negative"),
        ("hashrate_share", 1.0, "level", None),
        ("hashrate_change_share", 1.2, "change", None),
        ("connectivity_share", 1.05, "level", None),
    ],
)
def test_values_that_cannot_be(
    quantity: str, value: float, relation: Relation, limit: str | None
) -> None:
    found = impossible_value(claim(quantity, value, relation=relation))
    assert (None if found is None else found.limit) == limit


def steady_blocks(
    days: int, *, faster_from_day: int | None = None, times: float = 1.0
) -> BlockColumns:
    rng = np.random.default_rng(7)
    gaps = rng.exponential(600.0, days * 144)
    if faster_from_day is not None:
        gaps[faster_from_day * 144 :] /= times
    seconds = np.cumsum(gaps).astype(np.int64) + 1_600_000_000
    return BlockColumns.build(
        height=np.arange(len(seconds)), header_s=seconds, bits=np.full(len(seconds), 0x170B8C8B)
    )


@pytest.mark.parametrize(
    ("times", "call"), [(1.35, "supported"), (1.0, "undecidable"), (0.7, "contradicted")]
)
def test_a_record_has_to_be_beyond_luck(times: float, call: str) -> None:
    blocks = steady_blocks(120, faster_from_day=106, times=times)
    end_s = float(blocks.header_s[-1])
    said = Claim(
        text="a record", subject="network", quantity="rank", low=1, high=1, relation="level"
    )
    verdict = judge_record(said, Window(start_s=end_s - 3 * DAY_S, end_s=end_s), blocks)
    assert verdict.call == call
    assert verdict.measured is not None
    assert verdict.measured.low < verdict.measured.median < verdict.measured.high


def test_a_sum_is_compared_with_the_stated_change_nearest_to_it() -> None:
    def at(quantity: str, value: float, place: int, relation: Relation) -> Claim:
        return Claim(
            text="said", subject="network", quantity=quantity, low=value, high=value,
            relation=relation, span=(place, place + 9), figure_span=(place, place + 9),
        )  # fmt: skip

    claims = [
        at("hashrate_change_share", -0.2, 0, "change"),
        at("hashrate_hps", 205e18, 60, "level"),
        at("hashrate_hps", 177.33e18, 72, "level"),
        at("hashrate_change_share", -0.135, 90, "change"),
    ]
    (found,) = calculations(claims)
    assert (found.stated, found.agrees) == (3, True)
    assert found.value_low < -0.135 < found.value_high
    (wrong,) = calculations(claims[:3])
    assert (wrong.stated, wrong.agrees) == (0, False)


def record_claim(measure: str, subject: str = "network") -> Claim:
    return Claim(
        text="a record", subject=subject, quantity="rank", low=1, high=1, relation="level",
        measure=measure,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "times", "call"),
    [
        ("hashrate_lowest", 0.7, "supported"),
        ("hashrate_lowest", 1.0, "undecidable"),
        ("hashrate_lowest", 1.35, "contradicted"),
        ("hashrate_highest_since", 1.35, "supported"),
        ("hashrate_highest_since", 1.0, "undecidable"),
        ("hashrate_highest_since", 0.7, "contradicted"),
    ],
)
def test_an_extreme_since_some_time_has_to_be_beyond_luck(
    measure: str, times: float, call: str
) -> None:
    blocks = steady_blocks(120, faster_from_day=112, times=times)
    first_s, end_s = float(blocks.header_s[0]), float(blocks.header_s[-1])
    since = Window(start_s=first_s + 10 * DAY_S, end_s=end_s)
    verdict = judge_record(record_claim(measure), since, blocks)
    assert verdict.call == call
    assert verdict.probability is not None
    assert call == "undecidable" or (verdict.probability > 0.5) == (call == "supported")


@pytest.mark.parametrize(("since_day", "call"), [(2, "supported"), (0, "contradicted")])
def test_a_high_price_since_is_not_compared_with_what_was_before(since_day: int, call: str) -> None:
    prices = np.array([50.0, 65.0, 40.0, 55.0, 54.0, 53.0, 52.0, 60.0])
    candles = Candles(
        step_s=DAY_S, start_s=1.6e9 + DAY_S * np.arange(8.0), open_usd=prices, high_usd=prices,
        low_usd=prices, close_usd=prices, volume_btc=np.full(8, np.nan),
    )  # fmt: skip
    window = Window(start_s=1.6e9 + since_day * DAY_S, end_s=1.6e9 + 8 * DAY_S)
    claim = record_claim("price_highest_since", "asset:btc")
    assert judge_price_record(claim, window, candles).call == call


@pytest.mark.parametrize(
    ("last_bits", "measure", "call"),
    [
        (0x170B0000, "difficulty_highest", "supported"),
        (0x170C0000, "difficulty_highest", "contradicted"),
        (0x170B0000, "difficulty_highest_since", "supported"),
        (0x170C0000, "difficulty_highest_since", "contradicted"),
        (0x170C8000, "difficulty_lowest", "supported"),
        (0x170B0000, "difficulty_lowest", "contradicted"),
    ],
)
def test_records_of_difficulty_are_exact(last_bits: int, measure: str, call: str) -> None:
    height = np.arange(60 * 144)
    bits = np.full(len(height), 0x170B8C8B)
    bits[2016:4032], bits[8064:] = 0x170C4000, last_bits
    seconds = 1_600_000_000 + 600 * height
    blocks = BlockColumns.build(height=height, header_s=seconds, bits=bits)
    start_s = float(seconds[100] if measure.endswith(("lowest", "since")) else seconds[8064])
    window = Window(start_s=start_s, end_s=float(seconds[-1]))
    verdict = judge_record(record_claim(measure), window, blocks)
    assert verdict.call == call
    assert verdict.probability == (1.0 if call == "supported" else 0.0)


@pytest.mark.parametrize(("top", "call"), [(70.0, "supported"), (60.0, "contradicted")])
def test_a_record_price_is_the_highest_known(top: float, call: str) -> None:
    prices = np.array([50.0, 65.0, 40.0, 55.0, top])
    candles = Candles(
        step_s=DAY_S, start_s=1.6e9 + DAY_S * np.arange(5.0), open_usd=prices, high_usd=prices,
        low_usd=prices, close_usd=prices, volume_btc=np.full(5, np.nan),
    )  # fmt: skip
    window = Window(start_s=1.6e9 + 4 * DAY_S, end_s=1.6e9 + 5 * DAY_S)
    verdict = judge_price_record(record_claim("price_highest", "asset:btc"), window, candles)
    assert verdict.call == call
    assert verdict.measured is not None
    assert verdict.measured.median == pytest.approx(top / 65.0)
