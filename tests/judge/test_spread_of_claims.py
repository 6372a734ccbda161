"""Why the figures of one text differ: the causes that matter for these figures, and no others."""

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.verdict_reason import NotMeasured
from hashquake.core.window import Window
from hashquake.judge.claim_groups import SpreadPoint, claim_groups
from hashquake.serve.check.words import group_because

DAY = 1_641_340_800.0  # 5 January 2022


def said(
    low: float,
    *,
    subject: str = "network",
    quantity: str = "hashrate_change_share",
    day: int | None = 0,
    call: Call = "undecidable",
) -> Verdict:
    start_s = None if day is None else DAY + day * DAY_S
    return Verdict(
        about=Claim(
            text="",
            subject=subject,
            quantity=quantity,
            low=low,
            high=low,
            relation="change",
            window=None if start_s is None else Window(start_s=start_s, end_s=start_s + DAY_S),
        ),
        call=call,
        probability=None,
        measured=Interval(median=-0.02, low=-0.16, high=0.15, level=0.9),
        reason=NotMeasured(limit="no_price", quantity=quantity),
    )


def test_each_figure_is_explained_once_and_by_the_plainest_cause() -> None:
    verdicts = [
        said(-0.12),
        said(-0.128),
        said(-0.14, subject="pools"),
        said(-0.2, call="contradicted"),
        said(0.18, subject="country:KZ", quantity="hashrate_share", day=-150),
    ]
    (group,) = claim_groups(verdicts)
    assert group.points == (
        SpreadPoint(cause="share_and_change", claims=(4,)),
        SpreadPoint(cause="telemetry", claims=(2,)),
        SpreadPoint(cause="noise", claims=(0, 1)),
    )
    words = group_because(group, verdicts)
    assert words.count(". ") == 2
    assert "18" in words.split(". ")[0]
    assert "20" not in words  # contradicted: chance does not explain it


def test_figures_that_only_chance_parts_are_explained_by_it_alone() -> None:
    verdicts = [said(-0.10), said(-0.12), said(-0.134)]
    (group,) = claim_groups(verdicts)
    assert group.points == (SpreadPoint(cause="noise", claims=()),)
    assert "Chance" in group_because(group, verdicts)


def test_figures_of_three_pools_are_of_three_pools() -> None:
    verdicts = [said(-0.116, subject="pool:antpool"), said(-0.128, subject="pool:f2pool"),
                said(-0.192, subject="pool:viabtc")]  # fmt: skip
    (group,) = claim_groups(verdicts)
    assert group.points == (SpreadPoint(cause="subjects", claims=()),)
    assert group_because(group, verdicts) == "Each is about another pool or place."


def test_a_figure_of_another_day_is_named() -> None:
    verdicts = [said(-0.12), said(-0.13), said(-0.02, day=-3)]
    (group,) = claim_groups(verdicts)
    assert group.points[0] == SpreadPoint(cause="windows", claims=(2,))
    assert "hours or days than the rest" in group_because(group, verdicts)


def test_a_figure_without_a_time_is_not_of_another_time() -> None:
    verdicts = [said(-0.12), said(-0.13), said(-0.02, day=None)]
    (group,) = claim_groups(verdicts)
    assert [one.cause for one in group.points] == ["noise"]
