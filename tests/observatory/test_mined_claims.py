"""Counts, sums of money, ranks of pools and changes of a country, judged on the bundled record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from hashquake.core.claim import Claim, Verdict
from hashquake.core.verdict_reason import IntervalMeasured, NotMeasured
from hashquake.core.window import Window
from hashquake.explain.fleet import FEE_SHARE, subsidy_btc
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.claim_judge import ClaimJudge
from hashquake.serve.wording import verdict_because

NOW_S = datetime(2022, 1, 9, tzinfo=UTC).timestamp()


def time_s(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


DAY = Window(start_s=time_s("2022-01-04"), end_s=time_s("2022-01-05"))
CLAIM = Claim(
    text="as said",
    subject="network",
    quantity="count",
    low=144.0,
    high=144.0,
    relation="level",
    window=DAY,
    published_s=NOW_S,
)


@pytest.fixture(scope="module")
def ask() -> Iterator[Observatory]:
    with open_observatory("bundled") as opened:
        yield opened


def judged(ask: Observatory, **changes: Any) -> Verdict:
    claim = replace(CLAIM, **changes)
    judge = ClaimJudge(ask.record, known_s=NOW_S, now_s=NOW_S, published_s=NOW_S)
    [verdict] = judge.all([claim])
    assert verdict_because(verdict.reason).endswith(".")
    return verdict


def evidence_of(verdict: Verdict) -> str:
    assert isinstance(verdict.reason, IntervalMeasured)
    return verdict.reason.evidence


def blocks_of_day(ask: Observatory, pool: str | None = None) -> int:
    blocks = ask.record.blocks(window=DAY).main()
    inside = (blocks.header_s >= DAY.start_s) & (blocks.header_s < DAY.end_s)
    blocks = blocks.take(inside)
    if pool is None:
        return len(blocks)
    return int(sum(blocks.pool_names[code] == pool for code in blocks.pool_code.tolist()))


@pytest.mark.parametrize("pool", [None, "foundryusa"])
def test_blocks_are_counted_to_the_one(ask: Observatory, pool: str | None) -> None:
    subject = "network" if pool is None else f"pool:{pool}"
    n_blocks = float(blocks_of_day(ask, pool))
    right = judged(ask, subject=subject, measure="blocks", low=n_blocks, high=n_blocks)
    assert right.call == "supported"
    assert right.measured is not None
    assert right.measured.median == n_blocks
    far = judged(ask, subject=subject, measure="blocks", low=3 * n_blocks, high=3 * n_blocks)
    assert far.call == "contradicted"


def test_a_count_of_another_time_zones_day_is_not_contradicted(ask: Observatory) -> None:
    n_blocks = float(blocks_of_day(ask) + 2)
    verdict = judged(ask, measure="blocks", low=n_blocks, high=n_blocks)
    assert verdict.call == "undecidable"
    assert verdict.measured is not None
    assert verdict.measured.low < n_blocks <= verdict.measured.high


def test_about_so_many_blocks_allows_for_rounding(ask: Observatory) -> None:
    n_blocks = 1.04 * blocks_of_day(ask)
    assert judged(ask, measure="blocks", low=n_blocks, high=n_blocks, hedge="about").call == (
        "supported"
    )


@pytest.mark.parametrize(
    ("measure", "limit"),
    [("machines", "no_machines"), ("sites", "no_sites"), ("", "count_unsaid")],
)
@pytest.mark.parametrize("subject", ["network", "country:KZ"])
def test_what_no_record_counts_is_unresolved_with_the_reason(
    ask: Observatory, measure: str, limit: str, subject: str
) -> None:
    verdict = judged(ask, measure=measure, subject=subject)
    assert verdict.call == "unresolved"
    assert isinstance(verdict.reason, NotMeasured)
    assert verdict.reason.limit == limit


def test_revenue_a_day_is_blocks_times_subsidy_times_price(ask: Observatory) -> None:
    blocks = ask.record.blocks(window=DAY).main()
    inside = (blocks.header_s >= DAY.start_s) & (blocks.header_s < DAY.end_s)
    paid_btc = float(np.sum(subsidy_btc(blocks.take(inside).height)))
    # Bitcoin traded from 45,500 to 47,600 dollars on that day.
    low, high = (paid_btc * price * (1 + FEE_SHARE) for price in (45_500, 47_600))
    money = {"quantity": "money_usd", "measure": "revenue_per_day"}
    right = judged(ask, low=0.5 * (low + high), high=0.5 * (low + high), **money)
    assert (right.call, evidence_of(right)) == ("supported", "revenue")
    assert right.measured is not None
    assert low <= right.measured.median <= high
    assert judged(ask, low=3 * low, high=3 * low, **money).call == "contradicted"


def test_revenue_of_two_days_is_twice_that_of_one(ask: Observatory) -> None:
    two = Window(start_s=DAY.start_s, end_s=DAY.end_s + 86400)
    per_day = judged(ask, window=two, quantity="money_usd", measure="revenue_per_day")
    whole = judged(ask, window=two, quantity="money_usd", measure="revenue")
    assert per_day.measured is not None
    assert whole.measured is not None
    assert whole.measured.median == pytest.approx(2 * per_day.measured.median)


def test_hashprice_agrees_with_revenue_over_hash_rate(ask: Observatory) -> None:
    verdict = judged(
        ask, quantity="money_usd", measure="hashprice", low=255.0, high=255.0, window=DAY
    )
    assert (verdict.call, evidence_of(verdict)) == ("supported", "hashprice")
    revenue = judged(ask, quantity="money_usd", measure="revenue_per_day")
    assert verdict.measured is not None
    assert revenue.measured is not None
    # Blocks of the day times 2^32 times difficulty, a day: within the luck of 144 blocks.
    assert revenue.measured.median / verdict.measured.median == pytest.approx(174_000, rel=0.2)


@pytest.mark.parametrize("subject", ["country:KZ", "pool:antpool"])
def test_money_of_one_country_or_pool_is_unresolved(ask: Observatory, subject: str) -> None:
    verdict = judged(ask, quantity="money_usd", measure="revenue", subject=subject)
    assert isinstance(verdict.reason, NotMeasured)
    assert verdict.reason.limit == "no_money_of"


@pytest.mark.parametrize(
    ("pool", "rank", "call"),
    [("foundryusa", 1.0, "supported"), ("antpool", 5.0, "contradicted"), ("f2pool", 2.0, None)],
)
def test_ranks_of_pools_come_from_their_blocks(
    ask: Observatory, pool: str, rank: float, call: str | None
) -> None:
    verdict = judged(ask, subject=f"pool:{pool}", quantity="rank", low=rank, high=rank, window=None)
    assert verdict.call == (call or "undecidable")
    assert verdict.probability is not None
    assert evidence_of(verdict) == "rank_of_blocks"
    if call is None:  # AntPool found nearly as many
        assert verdict.measured is not None
        assert verdict.is_consistent == (verdict.measured.median == rank)
        assert 0.2 < verdict.probability < 0.8


def test_a_countrys_change_over_months_comes_from_two_maps(ask: Observatory) -> None:
    months = Window(start_s=time_s("2021-04-15"), end_s=time_s("2021-08-15"))
    change = {"subject": "country:KZ", "quantity": "hashrate_change_share", "relation": "change"}
    doubled = judged(ask, low=1.0, high=1.0, window=months, **change)
    assert (doubled.call, evidence_of(doubled)) == ("contradicted", "map_change")
    assert doubled.measured is not None
    # From 8.2 to 18.1 % of a network that had lost more than a quarter.
    assert 0.1 < doubled.measured.median < 0.9


def test_a_countrys_change_of_a_day_is_bounded_by_the_network(ask: Observatory) -> None:
    change = {"subject": "country:KZ", "quantity": "hashrate_change_share", "relation": "change"}
    verdict = judged(ask, low=-0.6, high=-0.6, **change)
    assert (verdict.call, evidence_of(verdict)) == ("undecidable", "network_bound")
    tenfold = judged(ask, low=9.0, high=9.0, **change)
    assert tenfold.call == "contradicted"


def test_a_price_that_fell_by_dollars_is_judged_by_how_far_it_fell(ask: Observatory) -> None:
    fifth = Window(start_s=DAY.end_s, end_s=DAY.end_s + 86400)
    step = {"subject": "asset:btc", "quantity": "price_usd", "relation": "change", "window": fifth}
    assert judged(ask, low=-3000.0, high=-3000.0, **step).call == "supported"
    assert judged(ask, low=-12000.0, high=-12000.0, **step).call == "contradicted"


def test_a_hash_rate_that_fell_by_exahashes_is_judged_as_a_change(ask: Observatory) -> None:
    step = {"quantity": "hashrate_hps", "relation": "change"}
    verdict = judged(ask, low=-90e18, high=-90e18, **step)
    assert (verdict.call, evidence_of(verdict)) == ("contradicted", "hashrate_step")
    small = judged(ask, low=-5e18, high=-5e18, **step)
    assert small.call in ("undecidable", "supported")


def test_claims_of_money_and_blocks_are_read_with_what_they_measure(ask: Observatory) -> None:
    text = (
        "Foundry found 20 blocks on January 4. Miners earned $40 million per day. Hashprice was "
        "$0.22 per TH/s per day. Bitcoin fell by 3,000 dollars. Texan miners run 90,000 machines."
    )
    found = [one.about for one in ask.check(text, published="2022-01-09").verdicts]
    assert [(one.subject, one.measure, one.low) for one in found] == [
        ("pool:foundryusa", "blocks", 20.0),
        ("network", "revenue_per_day", 40e6),
        ("network", "hashprice", 220.0),
        ("asset:btc", "", -3000.0),
        ("country:US", "machines", 90_000.0),
    ]


def test_a_time_with_two_readings_is_asked_and_not_guessed(ask: Observatory) -> None:
    text = "On 5/1/2022 hash rate fell 12%. At 3:00 am local time it stood at 177 EH/s."
    checked = ask.check(text, published="2022-01-07")
    assert [one.call for one in checked.verdicts] == ["unresolved", "unresolved"]
    reasons = [verdict_because(one.reason) for one in checked.verdicts]
    assert "5 January 2022 or 1 May 2022" in reasons[0]
    assert "local time" in reasons[1]
    assert len(checked.questions) == 2
