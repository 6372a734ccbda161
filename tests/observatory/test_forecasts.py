"""Forecasts are stored when they are made, once, before the truth is known, and scored later."""

from pathlib import Path

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits
from hashquake.core.interval import QUANTILE_LEVELS
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

FIRST = 347 * EPOCH_BLOCKS


def chain(first: int, last: int) -> BlockColumns:
    """Return the bundled blocks of some heights, counted from the first of an epoch."""
    blocks = bundled_blocks()
    height = blocks.height - FIRST
    return blocks.take((height >= first) & (height <= last))


@pytest.fixture
def observatory(tmp_path: Path) -> Observatory:
    """Open a record whose last block is the 1,000th of an epoch."""
    found = open_observatory(str(tmp_path / "r.db"), create=True)
    found.record.append(Batch(blocks=chain(0, 999)), source="bundled")
    return found


def test_a_forecast_is_stored_once_and_scored_when_its_block_is_there(
    observatory: Observatory,
) -> None:
    with observatory:
        made = observatory.forecast()
        observatory.forecast()
        stored = observatory.forecasts()
        assert [one.forecast for one in stored] == [made.next_difficulty_ratio, made.retarget_s]
        assert {one.truth for one in stored} == {one.score for one in stored} == {None}
        kinds = [(one.kind, one.document["target"]) for one in observatory.changes()]
        last = FIRST + EPOCH_BLOCKS - 1
        assert kinds == [("forecast", f"height:{last + 1}"), ("forecast", f"height:{last}")]
        rest = chain(1000, EPOCH_BLOCKS)
        observatory.record.append(Batch(blocks=rest), source="bundled")
        ratio, retarget = observatory.forecasts()
        before, after = (difficulty_of_bits(int(bits)) for bits in rest.bits[-2:])
        assert ratio.truth == pytest.approx(after / before, rel=1e-12)
        assert retarget.truth == rest.header_s[-2]
        for one in (ratio, retarget):
            said = one.forecast.quantiles
            assert one.truth is not None
            assert one.in_interval == (said.values[1] <= one.truth <= said.values[5])
            losses = [
                (one.truth - value) * (level - (one.truth < value))
                for level, value in zip(QUANTILE_LEVELS, said.values, strict=True)
            ]
            assert one.score == pytest.approx(2.0 * float(np.mean(losses)))


def test_what_the_record_knows_already_is_not_stored(observatory: Observatory) -> None:
    with observatory:
        earlier_s = float(chain(500, 500).header_s[0])
        observatory.forecast(earlier_s)
        assert observatory.forecasts() == ()


def test_a_record_that_cannot_be_written_makes_forecasts_and_stores_none(
    observatory: Observatory, tmp_path: Path
) -> None:
    with observatory:
        made = observatory.forecast()
    path = tmp_path / "r.db"
    path.chmod(0o444)
    with open_observatory(str(path)) as again:
        assert again.forecast().next_difficulty_ratio == made.next_difficulty_ratio
        assert len(again.forecasts()) == 2
    with open_observatory("bundled") as bundled:
        bundled.forecast()
        assert bundled.forecasts() == ()
