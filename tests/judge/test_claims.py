"""Verdicts on claims: real ones of Kazakhstan and Xinjiang, and made ones with a known answer."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from tests.small_chains import chain, covered, window

from hashquake.catalog.documents import reason_document, reason_of
from hashquake.core.claim import Claim, Relation
from hashquake.core.label_gap import LabelGap
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.verdict_reason import ChangeMeasured
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.estimate.block_count import BlockCount
from hashquake.estimate.drift import NETWORK_WALK, drift_sd
from hashquake.judge.claims import Setting, judge_claim
from hashquake.judge.evidence import change_evidence, claimed_range
from hashquake.serve.wording import verdict_because

COVERAGE = BundledRecord().coverage()


def _claim(
    subject: str,
    low: float,
    high: float | None = None,
    *,
    span: Window | None = None,
    quantity: str = "hashrate_change_share",
    relation: Relation = "change",
) -> Claim:
    return Claim(
        text="said",
        subject=subject,
        quantity=quantity,
        low=low,
        high=low if high is None else high,
        relation=relation,
        window=span,
    )


def _span(start: str, end: str) -> Window:
    return Window(start_s=parse_time(start), end_s=parse_time(end))


def _setting(span: Window) -> Setting:
    before = Window(start_s=span.start_s - 14 * DAY_S, end_s=span.start_s)
    return Setting(blocks=bundled_blocks(), window=span, baseline=before, coverage=COVERAGE)


KAZAKHSTAN = _setting(_span("2022-01-05T10:45Z", "2022-01-10T02:00Z"))
XINJIANG = _setting(_span("2021-04-16", "2021-04-22"))
HOURS = _span("2022-01-05T10:45Z", "2022-01-05T22:45Z")


@pytest.mark.parametrize(
    "claim",
    [
        _claim("pools", -0.10, span=_span("2022-01-05T06:00Z", "2022-01-06T06:00Z")),
        _claim("pools", -0.14, span=_span("2022-01-04T18:00Z", "2022-01-06T12:15Z")),
        _claim("network", -0.12, span=_span("2022-01-05T10:45Z", "2022-01-06T10:45Z")),
        _claim("pool:f2pool", -0.128, span=HOURS),
        _claim("pool:antpool", -0.116, span=HOURS),
        _claim("pool:viabtc", -0.192, span=HOURS),
    ],
)
def test_the_presss_figures_of_january_2022_cannot_be_decided(claim: Claim) -> None:
    verdict = judge_claim(claim, KAZAKHSTAN)
    assert verdict.call == "undecidable"
    assert verdict.probability is not None
    assert 0.05 < verdict.probability < 0.95
    assert "can neither be confirmed nor excluded" in verdict_because(verdict.reason)
    assert "days" in verdict_because(verdict.reason)


def test_the_large_pools_are_the_named_ones_over_five_percent() -> None:
    # Foundry, F2Pool, AntPool, Binance and ViaBTC; unknown, with 18 %, is no pool that could fall.
    because = verdict_because(judge_claim(_claim("pools", -0.1), KAZAKHSTAN).reason)
    assert "438 blocks of the 5 pools over 5 % together" in because


def test_the_reason_says_what_it_would_take() -> None:
    claim = _claim("network", -0.12, span=_span("2022-01-05T10:45Z", "2022-01-06T10:45Z"))
    because = verdict_because(judge_claim(claim, KAZAKHSTAN).reason)
    assert "A fall of 12 % can neither be confirmed nor excluded within 24 hours" in because
    assert "about 3.4 days of blocks" in because
    assert "137 blocks of the network" in because


def test_a_fall_of_a_fifth_over_the_whole_blackout_is_contradicted() -> None:
    verdict = judge_claim(_claim("network", -0.20), KAZAKHSTAN)
    assert verdict.call == "contradicted"
    assert verdict.measured is not None
    assert verdict.measured.level == 0.9
    assert verdict.measured.low == pytest.approx(-0.106, abs=0.003)


def test_on_the_edge_drift_keeps_a_claim_from_being_contradicted() -> None:
    # -12 % over the whole blackout lies outside the 90 % interval and inside the 95 % interval.
    verdict = judge_claim(_claim("network", -0.12), KAZAKHSTAN)
    assert verdict.call == "undecidable"
    assert "inside the 95 % interval" in verdict_because(verdict.reason)


@pytest.mark.parametrize(
    ("change", "call"),
    [
        (-0.022, "contradicted"),
        (-0.20, "supported"),
        (-0.24, "supported"),
        (-0.30, "supported"),
        (-0.50, "contradicted"),
    ],
)
def test_six_figures_for_xinjiang_were_published_and_three_stand(change: float, call: str) -> None:
    assert judge_claim(_claim("network", change), XINJIANG).call == call


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (_claim("country:KZ", 0.181, quantity="hashrate_share", relation="level"), "map"),
        (_claim("country:KZ", -0.2), "place"),
        (_claim("country:KZ", 1500.0, quantity="power_mw", relation="level"), "power"),
        (_claim("country:KZ", 0.02, quantity="connectivity_share"), "connectivity"),
        (_claim("asset:btc", 43_000.0, quantity="price_usd"), "price"),
        (_claim("network", 5.0, quantity="rank"), "rank"),
        (_claim("network", -0.1, relation="level"), "level"),
        (_claim("network", -0.1, span=_span("2015-01-01", "2015-01-02")), "not observed"),
        (_claim("pool:never", -0.1), "no block"),
    ],
)
def test_what_blocks_cannot_measure_is_left_unresolved(claim: Claim, word: str) -> None:
    verdict = judge_claim(claim, KAZAKHSTAN)
    assert verdict.call == "unresolved"
    assert verdict.probability is None
    assert verdict.measured is None
    assert word in verdict_because(verdict.reason)


def test_a_pool_whose_labels_fail_is_not_judged() -> None:
    gap = LabelGap(
        pool="poolin",
        filed_under="unknown",
        window=_span("2021-10-15", "2022-01-15"),
        note="",
    )
    setting = replace(KAZAKHSTAN, label_gaps=(gap,))
    for pool in ("pool:poolin", "pool:unknown"):
        assert "Labels fail" in verdict_because(judge_claim(_claim(pool, -0.2), setting).reason)
    assert judge_claim(_claim("pool:f2pool", -0.2), setting).call != "unresolved"


def test_a_window_longer_than_the_baseline_left_takes_as_long_a_stretch_before() -> None:
    # The claim's window starts a day into the baseline: one day of it is left, four are needed.
    start_s = KAZAKHSTAN.baseline.start_s + DAY_S
    claim = _claim("network", -0.3, span=Window(start_s=start_s, end_s=start_s + 4 * DAY_S))
    assert "from the 4 days before" in verdict_because(judge_claim(claim, KAZAKHSTAN).reason)


@pytest.mark.parametrize("days", [-40, 40])
def test_blocks_that_were_not_loaded_are_not_counted_as_missing(days: int) -> None:
    near = KAZAKHSTAN.blocks.take(
        (KAZAKHSTAN.blocks.header_s >= KAZAKHSTAN.baseline.start_s - DAY_S)
        & (KAZAKHSTAN.blocks.header_s < KAZAKHSTAN.window.end_s + DAY_S)
    )
    start_s = KAZAKHSTAN.window.start_s + days * DAY_S
    claim = _claim("network", -0.3, span=Window(start_s=start_s, end_s=start_s + DAY_S))
    verdict = judge_claim(claim, replace(KAZAKHSTAN, blocks=near))
    assert verdict.call == "unresolved"
    assert "do not cover" in verdict_because(verdict.reason)


def _halved() -> Setting:
    header_s = [*range(0, 600_000, 600), *range(600_000, 1_200_000, 1200)]
    return Setting(
        blocks=chain(header_s, pool=["a"] * len(header_s)),
        window=window(600_000, 1_200_000),
        baseline=window(0, 600_000),
        coverage=covered(0, 1_200_000),
    )


@pytest.mark.parametrize(
    ("relation", "low", "call"),
    [
        ("change", -0.5, "supported"),
        ("below", -0.3, "supported"),
        ("above", -0.3, "contradicted"),
        ("below", -0.8, "contradicted"),
        ("change", 0.5, "contradicted"),
    ],
)
def test_a_halving_of_the_rate_is_judged_right(relation: Relation, low: float, call: str) -> None:
    claim = _claim("pools", low, relation=relation)
    assert judge_claim(claim, _halved()).call == call


def test_between_luck_and_drift_a_favoured_size_is_still_not_supported() -> None:
    # The interval that counts as compatible ends at -42 %; a pool's own drift reaches -39 %.
    verdict = judge_claim(_claim("pool:a", -0.405), _halved())
    assert verdict.call == "undecidable"
    assert verdict.probability is not None
    assert verdict.probability > 0.99


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.12, -0.12, (-0.125, -0.115)),
        (-0.128, -0.128, (-0.1285, -0.1275)),
        (-0.18, -0.15, (-0.185, -0.145)),
        (-1.0, -1.0, (-1.0, -0.995)),
    ],
)
def test_a_number_stands_for_what_rounds_to_it(
    low: float, high: float, expected: tuple[float, float]
) -> None:
    assert claimed_range(_claim("network", low, high)) == pytest.approx(expected)


def _count(n_blocks: int, exposure: float) -> BlockCount:
    return BlockCount(
        subject="network", window=window(0, 1), n_blocks=n_blocks, exposure_s_per_hash=exposure
    )


def test_the_odds_are_those_of_the_conditional_binomial() -> None:
    during, before = _count(80, 1.0), _count(300, 3.0)
    evidence = change_evidence(during, before, low=-0.21, high=-0.19)

    def likelihood(log_ratio: float) -> float:
        odds = np.exp(log_ratio) / 3.0
        return float(stats.binom.pmf(80, 380, odds / (1 + odds)))

    low, high = np.log(0.79), np.log(0.81)
    mean = integrate.quad(likelihood, low, high)[0] / (high - low)
    assert evidence.log_odds == pytest.approx(np.log(mean / likelihood(0.0)), abs=1e-4)
    assert evidence.probability == pytest.approx(mean / (mean + likelihood(0.0)), abs=1e-4)
    assert evidence.exclusion.low <= evidence.measured.low
    assert evidence.exclusion.high >= evidence.measured.high


@settings(deadline=None)
@given(n=st.integers(0, 400), m=st.integers(1, 3000), drift=st.floats(0.001, 0.2))
def test_drift_only_widens_and_only_weakens(n: int, m: int, drift: float) -> None:
    sharp = change_evidence(_count(n, 1.0), _count(m, 5.0), low=-0.2, high=-0.2)
    loose = change_evidence(_count(n, 1.0), _count(m, 5.0), low=-0.2, high=-0.2, drift_sd=drift)
    assert loose.measured.median == sharp.measured.median
    assert loose.measured.low <= sharp.measured.low
    assert loose.measured.high >= sharp.measured.high
    assert loose.exclusion.low <= loose.measured.low
    assert 0 <= loose.probability <= 1


def test_drift_grows_with_time_and_is_two_percent_over_a_kazakhstan() -> None:
    two_weeks = window(0, 14 * DAY_S)
    near = drift_sd(window(14 * DAY_S, 19 * DAY_S), two_weeks, walk=NETWORK_WALK)
    far = drift_sd(window(40 * DAY_S, 45 * DAY_S), two_weeks, walk=NETWORK_WALK)
    assert near == pytest.approx(0.026, abs=0.002)
    assert far > 0.045


def test_the_drift_of_two_means_against_a_simulated_walk() -> None:
    rng = np.random.default_rng(20220105)
    steps = rng.normal(0, NETWORK_WALK / 10, size=(4000, 1900))
    walk = steps.cumsum(axis=1)
    difference = walk[:, 1400:].mean(axis=1) - walk[:, :1400].mean(axis=1)
    transient_free = (
        drift_sd(window(14 * DAY_S, 19 * DAY_S), window(0, 14 * DAY_S), walk=NETWORK_WALK) ** 2
        - drift_sd(window(14 * DAY_S, 19 * DAY_S), window(0, 14 * DAY_S), walk=0.0) ** 2
    )
    assert difference.std() == pytest.approx(transient_free**0.5, rel=0.05)


CHINA = _setting(_span("2021-05-21", "2021-07-03T23:00Z"))


@pytest.mark.parametrize(
    ("low", "call"), [(-0.2794, "supported"), (-0.28, "supported"), (-0.51, "contradicted")]
)
def test_a_change_of_difficulty_is_in_the_chain_to_the_digit(low: float, call: str) -> None:
    claim = _claim("network", low, quantity="difficulty_change_share")
    verdict = judge_claim(claim, CHINA)
    assert verdict.call == call
    assert verdict.measured is not None
    assert verdict.measured.median == pytest.approx(-0.2794, abs=1e-4)
    assert "689,472" in verdict_because(verdict.reason)


def test_without_a_retarget_after_it_a_difficulty_claim_is_unresolved() -> None:
    claim = _claim("network", -0.1, quantity="difficulty_change_share")
    assert judge_claim(claim, _halved()).call == "unresolved"


@pytest.mark.parametrize(
    ("subject", "quantity", "level", "call"),
    [
        ("network", "hashrate_hps", 173e18, "supported"),
        ("network", "hashrate_hps", 184e18, "undecidable"),
        ("network", "hashrate_hps", 205e18, "contradicted"),
        ("pool:f2pool", "hashrate_share", 0.15, "undecidable"),
        ("pool:f2pool", "hashrate_share", 0.25, "contradicted"),
        ("pool:nobody", "hashrate_share", 0.25, "unresolved"),
        ("country:KZ", "hashrate_hps", 30e18, "unresolved"),
    ],
)
def test_levels_of_network_and_pools(subject: str, quantity: str, level: float, call: str) -> None:
    claim = _claim(subject, level, quantity=quantity, relation="level")
    verdict = judge_claim(claim, KAZAKHSTAN)
    assert verdict.call == call
    if call == "unresolved":
        assert verdict.probability is None
    else:
        low, high = {"supported": (0.95, 1.0), "contradicted": (0.0, 0.2)}.get(call, (0.05, 0.95))
        assert verdict.probability is not None
        assert low <= verdict.probability <= high


@pytest.mark.parametrize(("relation", "call"), [("below", "supported"), ("above", "contradicted")])
def test_a_level_can_be_a_limit(relation: Relation, call: str) -> None:
    claim = _claim("network", 200e18, quantity="hashrate_hps", relation=relation)
    assert judge_claim(claim, KAZAKHSTAN).call == call


def test_reasons_are_codes_and_values_both_ways() -> None:
    """What a verdict rests on can be stored and read again; its words come last."""
    claims = (
        _claim("pools", -0.1),
        _claim("network", -0.12),
        _claim("country:KZ", -0.12),
        replace(_claim("network", -0.12), quantity="price_usd"),
        replace(_claim("network", 0.1), quantity="hashrate_hps", low=1.8e20, high=1.8e20),
        replace(_claim("network", 0.1), quantity="difficulty_change_share"),
        replace(_claim("pool:nobody", 0.1), quantity="hashrate_share"),
    )
    codes = set()
    for claim in claims:
        reason = judge_claim(claim, KAZAKHSTAN).reason
        document = json.loads(json.dumps(reason_document(reason), allow_nan=False))
        assert document["code"] == reason.code
        assert reason_document(reason_of(document)) == document
        assert verdict_because(reason_of(document))[:40] == verdict_because(reason)[:40]
        codes.add(reason.code)
    assert codes >= {"change-measured", "not-measured", "level-measured", "retarget-measured"}


def test_a_reason_names_a_pool_as_people_do() -> None:
    claim = _claim("pool:foundryusa", -0.12, span=HOURS)
    assert "blocks of Foundry USA" in verdict_because(judge_claim(claim, KAZAKHSTAN).reason)


def test_a_larger_change_never_asks_for_more_blocks_than_a_smaller_one() -> None:
    """A 14 % fall once asked for 1,341 days, as its reference only just sufficed; 10 % for 54."""
    day = _span("2022-01-05", "2022-01-06")
    reasons = [
        judge_claim(_claim("pool:antpool", -drop / 100, span=day), KAZAKHSTAN).reason
        for drop in range(8, 30)
    ]
    changes = [one for one in reasons if isinstance(one, ChangeMeasured)]
    known = [one.needed_s for one in changes if one.needed_s is not None]
    assert len(known) > 15
    assert known == sorted(known, reverse=True)
