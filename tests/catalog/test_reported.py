"""Quakes that pools report: alone, with blocks, and against them."""

import numpy as np
import pytest
from tests.reported_records import (
    START_S,
    batches,
    readings_of,
    simulated_blocks,
    simulated_reports,
)

from hashquake.catalog import pipeline
from hashquake.catalog.documents import quake_document
from hashquake.catalog.documents.quakes import quake_of
from hashquake.catalog.in_turn import in_turn
from hashquake.catalog.pipeline import PipelineState
from hashquake.core.contracts import Batch
from hashquake.core.quake import Quake
from hashquake.core.times import DAY_S, HOUR_S

DAYS, FALL_S = 45.0, 30.0 * DAY_S


def followed(of_blocks: float, of_reports: float, *, step_s: float = 6.0 * HOUR_S) -> PipelineState:
    blocks = simulated_blocks(DAYS, seed=3, fall_s=FALL_S, fall_share=of_blocks)
    reports = simulated_reports(DAYS, seed=3, fall_s=FALL_S, fall_share=of_reports)
    state = pipeline.start()
    for _, batch in batches(blocks, readings_of(reports), step_s=step_s):
        state, _ = pipeline.step(state, batch)
    return state


def at_the_fall(state: PipelineState) -> list[Quake]:
    """Return all opinions of the one quake around the fall that is not of a single pool."""
    ids = {
        one.id
        for one in state.quakes.ledger
        if abs(one.detected_s - START_S - FALL_S) < 3.0 * DAY_S
        and not one.subject.startswith("pool:")
    }
    assert len(ids) == 1
    return [one for one in state.quakes.ledger if one.id in ids]


@pytest.fixture(scope="module")
def both() -> PipelineState:
    return followed(0.35, 0.35, step_s=HOUR_S)


def test_reports_raise_a_quake_within_an_hour_and_blocks_join_it(both: PipelineState) -> None:
    first, *_, last = at_the_fall(both)
    assert first.kind == "reports"
    assert first.subject == "pools"
    assert first.seen_by == ("reports",)
    assert 0.0 < first.detected_s - START_S - FALL_S < HOUR_S
    assert first.remaining_share.low < 0.65 < first.remaining_share.high
    assert last.subject == "network"
    assert last.kind == "network"
    assert last.seen_by == ("blocks", "reports")
    assert last.status == "reviewed"
    assert [one.revision for one in at_the_fall(both)] == list(range(1, last.revision + 1))


def test_what_an_alarm_rests_on_is_kept(both: PipelineState) -> None:
    first = at_the_fall(both)[0]
    (reported,) = (pick.reported for pick in first.picks)
    assert reported is not None
    assert set(reported.pools) == {"p00", "p01", "p02", "p03"}
    assert reported.after_hps / reported.before_hps == pytest.approx(0.65, abs=0.05)
    assert first.lost_hps.median == pytest.approx(
        reported.before_hps * (1.0 - first.remaining_share.median)
    )
    document = quake_document(first)
    assert quake_document(quake_of(document)) == document


def test_reports_that_fall_while_blocks_do_not_are_a_disagreement() -> None:
    first, *_, last = at_the_fall(followed(0.0, 0.35))
    assert first.kind == "reports"
    assert (last.kind, last.status, last.subject) == ("disagreement", "reviewed", "pools")
    assert last.remaining_share.high > 1.0
    assert last.seen_by == ("reports",)


def test_blocks_that_fall_while_reports_do_not_are_a_disagreement() -> None:
    first, *_, last = at_the_fall(followed(0.5, 0.0))
    assert first.kind == "network"
    assert (last.kind, last.subject) == ("disagreement", "network")
    assert last.seen_by == ("blocks",)


@pytest.mark.parametrize("step_s", [1800.0, 5.0 * DAY_S])
def test_how_blocks_and_reports_are_split_does_not_matter(
    both: PipelineState, step_s: float
) -> None:
    other = followed(0.35, 0.35, step_s=step_s)
    assert [quake_document(one) for one in other.quakes.quakes()] == [
        quake_document(one) for one in both.quakes.quakes()
    ]


def test_a_replay_of_the_record_says_the_same(both: PipelineState) -> None:
    blocks = simulated_blocks(DAYS, seed=3, fall_s=FALL_S, fall_share=0.35)
    reports = readings_of(simulated_reports(DAYS, seed=3, fall_s=FALL_S, fall_share=0.35))
    state = pipeline.start()
    for batch in in_turn(blocks, reports):
        state, _ = pipeline.step(state, batch)
    wanted = [_unnumbered(one) for one in both.quakes.quakes()]
    assert [_unnumbered(one) for one in state.quakes.quakes()] == wanted


def test_a_snapshot_in_between_changes_nothing(both: PipelineState) -> None:
    blocks = simulated_blocks(DAYS, seed=3, fall_s=FALL_S, fall_share=0.35)
    reports = readings_of(simulated_reports(DAYS, seed=3, fall_s=FALL_S, fall_share=0.35))
    state = pipeline.start()
    for at, (_, batch) in enumerate(batches(blocks, reports, step_s=HOUR_S)):
        state, _ = pipeline.step(state, batch)
        if at % 401 == 400:
            restored = pipeline.restore(pipeline.snapshot(state))
            assert restored is not None
            state = restored
    assert state.quakes.quakes() == both.quakes.quakes()
    assert all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(state.reports.memory, both.reports.memory, strict=True)
    )


def test_reports_of_long_ago_ask_for_a_rebuild(both: PipelineState) -> None:
    early = readings_of(simulated_reports(2.0, seed=9))
    with pytest.raises(pipeline.LateReportError):
        pipeline.step(both, Batch(readings=early))


def _unnumbered(quake: Quake) -> dict[str, object]:
    return {name: value for name, value in quake_document(quake).items() if name != "revision"}
